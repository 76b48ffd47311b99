"""The approved vendor list. Quality alone decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django import forms
from django.utils import timezone

from cmo_lifecycle.partners.models import Qualification
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition

S = Qualification.State
QUALITY = ("quality",)


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}))


class ReviewDateForm(forms.Form):
    next_review_on = _day("Next review", "Without a new decision by this day the site is not orderable.")


class ConditionsForm(ReviewDateForm):
    conditions = forms.CharField(
        label="Conditions",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the CMO must do, by when, and how it is watched.",
    )


class ExtensionForm(forms.Form):
    extended_to = _day("Extend to", "The day until which the overdue review may be made up.")


def _basis(qualification: Qualification) -> Iterator[str]:
    if not qualification.basis.strip():
        yield "Name the audits or reports that the decision rests on."


def _approve(qualification: Qualification, next_review_on: date) -> None:
    today = timezone.localdate()
    if next_review_on <= today:
        raise InvalidInput({"next_review_on": ["Choose a day after today."]})
    qualification.approved_on = today
    qualification.next_review_on = next_review_on
    qualification.extended_to = None


@transition(Qualification, source=S.CANDIDATE, target=S.IN_QUALIFICATION, roles=QUALITY)
def start(qualification: Qualification, event: Event) -> None:
    """Start qualifying this site for this scope."""


@transition(
    Qualification,
    source=(S.IN_QUALIFICATION, S.CONDITIONAL),
    target=S.APPROVED,
    roles=QUALITY,
    gates=(_basis,),
    meaning="I approve this site for this scope",
    by_another=True,
    form=ReviewDateForm,
    reason=True,
)
def approve(qualification: Qualification, event: Event, *, next_review_on: date) -> None:
    """Approve the site for this scope."""
    _approve(qualification, next_review_on)
    qualification.conditions = ""


@transition(
    Qualification,
    source=(S.IN_QUALIFICATION, S.APPROVED),
    target=S.CONDITIONAL,
    roles=QUALITY,
    gates=(_basis,),
    meaning="I approve this site for this scope with conditions",
    by_another=True,
    form=ConditionsForm,
    reason=True,
)
def approve_conditionally(qualification: Qualification, event: Event, *, next_review_on: date, conditions: str) -> None:
    """Approve the site with conditions and closer watch."""
    _approve(qualification, next_review_on)
    qualification.conditions = conditions


@transition(
    Qualification,
    source=S.IN_QUALIFICATION,
    target=S.REJECTED,
    roles=QUALITY,
    meaning="I reject this site for this scope",
    reason=True,
    tone="bad",
)
def reject(qualification: Qualification, event: Event) -> None:
    """Reject the site for this scope."""


@transition(
    Qualification,
    source=(S.APPROVED, S.CONDITIONAL),
    target=None,
    roles=QUALITY,
    meaning="I extend the review of this site",
    by_another=True,
    form=ExtensionForm,
    reason=True,
)
def extend_review(qualification: Qualification, event: Event, *, extended_to: date) -> None:
    """Move the review with a recorded reason; until then the site stays orderable."""
    due = qualification.review_due_on
    if due is not None and extended_to <= due:
        raise InvalidInput({"extended_to": [f"Choose a day after {due:%-d %B %Y}."]})
    qualification.extended_to = extended_to


@transition(
    Qualification,
    source=(S.APPROVED, S.CONDITIONAL),
    target=S.SUSPENDED,
    roles=QUALITY,
    meaning="I suspend this site for this scope",
    reason=True,
    tone="bad",
)
def suspend(qualification: Qualification, event: Event) -> None:
    """Suspend the site: no new orders, goods in transit into quarantine."""


@transition(
    Qualification,
    source=S.SUSPENDED,
    target=S.APPROVED,
    roles=QUALITY,
    gates=(_basis,),
    meaning="I reinstate this site for this scope",
    by_another=True,
    form=ReviewDateForm,
    reason=True,
)
def reinstate(qualification: Qualification, event: Event, *, next_review_on: date) -> None:
    """Lift the suspension."""
    _approve(qualification, next_review_on)


@transition(
    Qualification,
    source=S.SUSPENDED,
    target=S.DISQUALIFIED,
    roles=QUALITY,
    meaning="I disqualify this site for this scope",
    reason=True,
    tone="bad",
)
def disqualify(qualification: Qualification, event: Event) -> None:
    """Disqualify the site: quarantine, look back at what it made, plan another source."""


@transition(Qualification, source=(S.DISQUALIFIED, S.REJECTED), target=S.CANDIDATE, roles=QUALITY, reason=True)
def readmit(qualification: Qualification, event: Event) -> None:
    """Let the site try again, from the start."""
    qualification.approved_on = None
    qualification.next_review_on = None
    qualification.extended_to = None
