"""What stands before whoever signs a strategy, and whose word is still awaited."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.workflow.transitions import transitions_of
from strategy.models import Consequence, Strategy
from strategy.overview import Overview

#: The signers as a sentence names them.
_SIGNERS = {"executive": "an executive", "quality": "quality"}


def awaited(strategy: Strategy) -> str:
    """Say whose signature a strategy in review still waits for."""
    roles = transitions_of(Strategy)["approve"].waiting_roles(strategy)
    still = "still " if len(roles) < len(_SIGNERS) else ""
    return f"It {still}waits for {listed([_SIGNERS[role] for role in roles])}." if roles else "Everybody has signed."


def to_be_signed(strategy: Strategy, overview: Overview) -> SafeString:
    """Return in short what a signature covers: the answers, the figures, and what was declined with its reason."""
    s: Any = strategy
    states = Consequence.State
    binding = [one for one in overview.asks if one.is_binding]
    changed = sum(1 for one in binding if one.state == states.CHANGED)
    held = f"{len(binding)}, {changed} of them changed" if changed else str(len(binding))
    facts: list[Fact] = [
        ("Programme", s.programme, url_of(s.programme)),
        *((one.question, " · ".join(word for word in (one.answer, one.when) if word), "") for one in overview.answers),
        ("Risk tier", s.get_tier_display() or "", ""),
        *((one.label, one.value, "") for one in overview.money if one.key.startswith("npv-")),
        ("Consequences that hold", held, ""),
    ]
    where = strategy.get_absolute_url()
    given = {
        "facts": facts,
        "declined": [one for one in overview.asks if one.state == states.DECLINED],
        "fights": len(overview.conflicts),
        "where": where,
    }
    return render_to_string("strategy/panels/to_be_signed.html", given)
