"""What is owed by a day: done with what shows it, or not asked for. And the events that start clocks."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from contracts.models import AgreementEvent, Obligation

S = Obligation.State
KEEPERS = ("sourcing", "legal", "quality", "project_manager", "finance", "supply_planning")


class DoneForm(forms.Form):
    done_on = forms.DateField(label="Done on")
    evidence = forms.CharField(label="What shows it", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


@transition(Obligation, source=S.OPEN, target=S.DONE, roles=KEEPERS, form=DoneForm)
def complete(obligation: Obligation, event: Event, *, done_on: date, evidence: str) -> None:
    """Record that it was done, when, and what shows it."""
    if done_on > timezone.localdate():
        raise InvalidInput({"done_on": ["Give the day on which it was done, not one to come."]})
    obligation.done_on, obligation.evidence = done_on, evidence


@transition(Obligation, source=S.OPEN, target=S.WAIVED, roles=("legal", "sourcing", "quality"), reason=True)
def waive(obligation: Obligation, event: Event) -> None:
    """Do not ask for it this time, and say why."""


@transition(Obligation, source=S.OPEN, target=S.LAPSED, by_clock=True)
def lapse(obligation: Obligation, event: Event) -> None:
    """Take it back: the agreement or its day is no longer what it was counted from."""


@transition(Obligation, source=S.LAPSED, target=S.OPEN, by_clock=True)
def take_up(obligation: Obligation, event: Event) -> None:
    """Take up what had lapsed: the agreement asks for it again."""
    obligation.level, obligation.reminded = "", []


@transition(Obligation, source=(S.DONE, S.WAIVED), target=S.OPEN, roles=("legal", "sourcing", "quality"), reason=True)
def reopen(obligation: Obligation, event: Event) -> None:
    """Open it again: it was not done after all."""
    obligation.done_on, obligation.evidence = None, ""


@transition(
    AgreementEvent, source=AgreementEvent.State.RECORDED, target=AgreementEvent.State.WITHDRAWN,
    roles=("legal", "sourcing", "quality"), reason=True, tone="bad",
)  # fmt: skip
def withdraw(recorded: AgreementEvent, event: Event) -> None:
    """Take the event back with the clock that it started: it was recorded in error."""
    from contracts.obliging import settle

    # The clock is counted from what is recorded, and this one is not any more.
    AgreementEvent.objects.filter(pk=recorded.pk).update(state=AgreementEvent.State.WITHDRAWN)
    settle(recorded.agreement, cause=event)
