"""What is owed by a day: done with what shows it, or not asked for."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from contracts.models import Obligation

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


@transition(Obligation, source=(S.DONE, S.WAIVED), target=S.OPEN, roles=("legal", "sourcing", "quality"), reason=True)
def reopen(obligation: Obligation, event: Event) -> None:
    """Open it again: it was not done after all."""
    obligation.done_on, obligation.evidence = None, ""
