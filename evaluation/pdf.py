"""The recommendation report and the letters of an award on paper, in the words of their pages.

A report is made from what the award was proposed and signed on, never from how things stand since.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pdf import render, signatures_of
from cmo_lifecycle.workflow.canonical import sha256_of
from evaluation.models import Award, Letter
from evaluation.report import Report, basis_shown
from strategy.sums.numbers import plain


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()


def report_data(award: Award) -> dict[str, Any]:
    """Return what the report says, as plain JSON values; all numbers and days are words."""
    a: Any = award
    found = Report(basis_shown(award))
    given, waiting = signatures_of(award)
    winners = [
        [str(row.cmo), f"{plain(row.share)} %", row.reason or "–"]
        for row in a.winners.select_related("cmo").order_by("position", "id")
    ]
    strategy = found.basis.get("strategy")
    about = f"{a.rfp.reference}, {a.rfp.title}" if a.rfp else f"Single source for {a.programme.name}"
    return {
        "title": f"Recommendation report: {about}",
        "heading": "Recommendation report" if award.state != Award.State.SIGNED else "Award",
        "about": about,
        "sponsor": settings.SPONSOR_NAME,
        "facts": [
            ["Programme", a.programme.name],
            ["State", a.get_state_display()],
            ["Strategy", f"version {strategy['number']}" if strategy else "–"],
            ["Signed", fmt.moment(a.signed_at) if a.signed_at else "not yet"],
            ["Standstill until", fmt.day(a.standstill_until)],
            ["As of", fmt.moment(timezone.now())],
        ],
        "winners": winners,
        "recommendation": a.recommendation,
        "against": a.against,
        "single_source": a.single_source,
        "process": [list(row) for row in found.process],
        "panel": found.panel,
        "criteria": found.criteria,
        "group_heads": [f"{label} ({weight})" for label, weight in found.group_heads],
        "ranking": found.ranking,
        "scenarios": [list(row) for row in found.scenarios],
        "sensitivity": found.sensitivity,
        "costs": found.costs,
        "component_heads": found.components[0],
        "components": found.components[1],
        "cost_notes": found.cost_notes,
        "found": found.found,
        "hashes": found.hashes,
        "signatures": given,
        "waiting": waiting,
        "record": {"id": str(a.pk), "version": a.version, "sha256": sha256_of(award)},
    }  # fmt: skip


def report_paper(award: Award) -> bytes:
    """Return the recommendation report as a PDF file."""
    return render("award.typ", report_data(award), timezone.now())


def report_name(award: Award) -> str:
    return f"award-{_name(award.rfp.reference if award.rfp else award.programme.name)}.pdf"


def letter_paper(award: Award, letter: Letter) -> bytes:
    """Return the letter to one bidder as a PDF file: its own debrief, and nothing of the others."""
    proposal: Any = letter.proposal
    data = {
        "title": f"{letter.get_kind_display()} to {proposal.cmo}",  # type: ignore[attr-defined]
        "sponsor": settings.SPONSOR_NAME,
        "to": [str(proposal.cmo), *([str(proposal.contact)] if proposal.contact else [])],
        "on": fmt.day(timezone.localtime(letter.at).date()),
        "about": f"{proposal.rfp.reference}, {proposal.rfp.title}",
        "body": letter.body,
        "debrief": letter.debrief,
        "receipt": proposal.receipt,
    }
    return render("letter.typ", data, letter.at)


def letter_name(award: Award, letter: Letter) -> str:
    proposal: Any = letter.proposal
    return f"letter-{_name(proposal.rfp.reference)}-{_name(str(proposal.cmo))}.pdf"
