"""Declarations of interests, and the scores that evaluators hand in blind to each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone

from cmo_lifecycle.workflow.models import Approval, Event
from cmo_lifecycle.workflow.transitions import ask_for_approvals, transition, transitions_of
from evaluation.actions.proposals import open_sheet
from evaluation.models import Evaluator, Proposal, Rfp, ScoreSheet
from evaluation.panel import scored_by, takes_part_in_its_rfp
from strategy.sums.numbers import plain

E = Evaluator.State
S = ScoreSheet.State
ANYBODY = ("sourcing", "project_manager", "technical", "quality", "finance", "legal", "supply_planning", "executive")


class ConflictForm(forms.Form):
    conflict = forms.CharField(
        label="What the conflict is", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A stake, a former employer, family, gifts: whatever could be held against the decision.",
    )  # fmt: skip


class FreeForm(forms.Form):
    interests = forms.CharField(
        label="Anything worth saying", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def _oneself(seat: Any, user: Any) -> bool:
    return bool(seat.person_id == user.pk)


@transition(
    Evaluator, source=E.ASKED, target=E.CLEARED, roles=ANYBODY, permits=_oneself, form=FreeForm,
    meaning="I have no conflict of interests with any bidder", author_may=True,
)  # fmt: skip
def declare_none(seat: Evaluator, event: Event, *, interests: str = "") -> None:
    """Declare that you have no conflict of interests; only then do you see proposals."""
    seat.declaration = interests or "No conflict of interests."
    seat.declared_at = timezone.now()
    seat.state = E.CLEARED
    give_sheets(seat, event)


@transition(
    Evaluator, source=(E.ASKED, E.CLEARED), target=E.CONFLICTED, roles=ANYBODY, permits=_oneself, form=ConflictForm,
    tone="bad",
)  # fmt: skip
def declare_conflict(seat: Evaluator, event: Event, *, conflict: str) -> None:
    """Declare a conflict of interests; it removes you from the panel at once."""
    seat.declaration = conflict
    seat.declared_at = timezone.now()
    _ask_anew(seat)


def _ask_anew(seat: Evaluator) -> None:
    """A signature given before a conflict came out does not complete a step that others still wait to sign."""
    rfp: Any = seat.rfp
    for record in (rfp, *rfp.awards.all()):
        asked = [one.verb for one in transitions_of(type(record)).values() if record.state in one.sources]
        given = Approval.objects.of(record).filter(by=seat.person, status=Approval.Status.GIVEN, verb__in=asked)
        if given.exists():
            ask_for_approvals(record)


def _scores_not_locked(seat: Evaluator) -> Iterator[str]:
    if seat.rfp.state != Rfp.State.EVALUATION and seat.score_sheets.filter(state=S.SUBMITTED).exists():  # type: ignore[attr-defined]
        yield (
            f"The scores of {seat.person} are locked and count: nobody takes them out any more. Where there is a"
            " conflict of interests, it is declared by whom it concerns."
        )


@transition(
    Evaluator, source=(E.ASKED, E.CLEARED), target=E.RELEASED, roles=("sourcing",), permits=takes_part_in_its_rfp,
    gates=(_scores_not_locked,), reason=True, tone="bad",
)  # fmt: skip
def release(seat: Evaluator, event: Event) -> None:
    """Release somebody from the panel; what they have submitted stays on record and no longer counts."""


def give_sheets(seat: Evaluator, event: Event) -> None:
    """Give an evaluator a sheet for each proposal; one that was handed in goes back where a section was added to it."""
    rfp = seat.rfp
    for sheet in seat.score_sheets.filter(state=S.SUBMITTED).select_related("evaluator"):  # type: ignore[attr-defined]
        scored = set(sheet.scores.filter(score__isnull=False).values_list("criterion", flat=True))
        if any(one.code not in scored for one in scored_by(sheet)) and not [*_is_time(sheet)]:
            reopen(sheet, cause=event, reason="A section was added")
    if rfp.state == Rfp.State.EVALUATION:
        for proposal in rfp.proposals.filter(state=Proposal.State.COMPLIANT):  # type: ignore[attr-defined]
            open_sheet(seat, proposal, event)
    if rfp.state == Rfp.State.COMMERCIAL:
        for proposal in rfp.proposals.filter(state__in=("scored", "shortlisted")):  # type: ignore[attr-defined]
            open_sheet(seat, proposal, event, commercial=True)


def _own(sheet: Any, user: Any) -> bool:
    return bool(sheet.evaluator.person_id == user.pk and sheet.evaluator.state == E.CLEARED)


def _is_time(sheet: ScoreSheet) -> Iterator[str]:
    wanted = Rfp.State.COMMERCIAL if sheet.commercial else Rfp.State.EVALUATION
    if sheet.rfp.state != wanted:
        yield "The scores are locked: nothing is changed any more."


def _every_score(sheet: ScoreSheet) -> Iterator[str]:
    rows = {row.criterion: row for row in sheet.scores.all()}  # type: ignore[attr-defined]
    for one in scored_by(sheet):
        row = rows.get(one.code)
        if row is None or row.score is None:
            yield f"Score “{one.title}”."
        elif not row.rationale.strip():
            yield f"Say why “{one.title}” scores {plain(row.score)}."


@transition(
    ScoreSheet, source=S.OPEN, target=S.SUBMITTED, roles=ANYBODY, permits=_own, gates=(_is_time, _every_score),
)  # fmt: skip
def submit(sheet: ScoreSheet, event: Event) -> None:
    """Hand your scores in; after that you see those of the others who have."""
    sheet.submitted_at = timezone.now()


@transition(
    ScoreSheet, source=S.SUBMITTED, target=S.OPEN, roles=("sourcing",), permits=takes_part_in_its_rfp, gates=(_is_time,),
    reason=True,
)  # fmt: skip
def reopen(sheet: ScoreSheet, event: Event) -> None:
    """Give a sheet back to its evaluator, for a reason that stays on record."""
    sheet.submitted_at = None
