"""Where the parts of a strategy are written: the screens of its writer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from strategy.models import Strategy
from strategy.overview import Overview
from strategy.screens import screen_of

#: What a consequence names as its ground, where the field is called otherwise.
FIELDS = {
    "segment": "supply_risk",
    "own_oversight_budget": "oversight_budget",
    "horizon": "horizon_from",
}
#: What is said of the programme itself.
OF_THE_PROGRAMME = ("modality", "phase", "kind")


def writer_url(strategy: Strategy, field: str) -> str:
    """Return the screen on which a field or table is written."""
    return reverse("strategy:strategy_write", args=[strategy.pk, screen_of(field)])


def ground_url(strategy: Strategy, source: str, *, writable: bool) -> str:
    """Return where an answer behind a consequence stands: on its writer screen, or on the one-page view."""
    family, _, _ = source.partition(":")
    if family in OF_THE_PROGRAMME:
        return strategy.programme.get_absolute_url()
    field = {"attribute": "attributes", "risk": "risks"}.get(family, FIELDS.get(family, family))
    if writable:
        return writer_url(strategy, field)
    tab, anchor = _SHOWN.get(field, ("", field))
    return f"{strategy.get_absolute_url()}{f'?tab={tab}' if tab else ''}#{anchor}"


_SHOWN = {
    "core_competency": ("", "questions"),
    "sourcing_intent": ("", "questions"),
    "alternates": ("", "questions"),
    "duration": ("", "questions"),
    "exit_intent": ("", "exit"),
    "attributes": ("", "attributes"),
    "tier": ("", "facts"),
    "relationship_type": ("", "facts"),
    "horizon_from": ("figures", "demand"),
    "demand": ("figures", "demand"),
    "capacity": ("figures", "capacity"),
    "risks": ("market", "risks"),
    "supply_risk": ("market", "segment"),
    "oversight_budget": ("market", "limits"),
}


def fights(strategy: Strategy, overview: Overview, *, writes: bool) -> list[dict[str, Any]]:
    """Return the answers that fight, each with the way to what it rests on."""
    return [
        {
            "sentence": one.sentence,
            "because": [
                {
                    "label": f"{ground.label}: {ground.value}",
                    "url": ground_url(strategy, ground.source, writable=writes),
                }
                for ground in one.because
            ],
        }
        for one in overview.conflicts
    ]


def may_write(strategy: Strategy, user: Any) -> bool:
    """Whether this person may go on writing the strategy as it stands."""
    from cmo_lifecycle.workflow import edits

    return edits.may_edit(strategy, user)
