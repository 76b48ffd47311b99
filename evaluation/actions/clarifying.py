"""Questions of bidders, answered to all; addenda, which move the deadline and ask for confirmation."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.db.models import Max
from django.utils import timezone

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from evaluation import clock
from evaluation.models import Addendum, Enquiry, Rfp
from evaluation.panel import takes_part_in_its_rfp

A = Addendum.State
Q = Enquiry.State


class AnswerForm(forms.Form):
    wording = forms.CharField(
        label="Question as all bidders read it", max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Take out what gives away who asked.",
    )  # fmt: skip
    answer = forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}))


def _under_way(enquiry: Enquiry) -> Iterator[str]:
    if enquiry.rfp.state == Rfp.State.CANCELLED:
        yield "This request was cancelled: its questions are not answered any more."
    elif enquiry.rfp.state != Rfp.State.ISSUED:
        yield "Questions are answered while the request is open."


@transition(
    Enquiry, source=(Q.ASKED, Q.REFUSED), target=Q.ANSWERED, roles=("sourcing", "technical", "quality"),
    permits=takes_part_in_its_rfp, gates=(_under_way,), form=AnswerForm,
)  # fmt: skip
def answer(enquiry: Enquiry, event: Event, *, wording: str, answer: str) -> None:
    """Answer the question to all bidders at once, without a word of who asked."""
    enquiry.wording, enquiry.answer = wording, answer
    enquiry.answered_at = timezone.now()


@transition(
    Enquiry, source=Q.ASKED, target=Q.REFUSED, roles=("sourcing",), permits=takes_part_in_its_rfp, gates=(_under_way,),
    reason=True,
)  # fmt: skip
def decline_to_answer(enquiry: Enquiry, event: Event) -> None:
    """Leave the question without an answer to all; only who asked is told why."""
    enquiry.answer = event.reason


def _of_an_open_rfp(addendum: Addendum) -> Iterator[str]:
    if addendum.rfp.state != Rfp.State.ISSUED:
        yield Addendum.only_while_issued(addendum.rfp)


def _later(addendum: Addendum) -> Iterator[str]:
    rfp = addendum.rfp
    if addendum.closes_at is not None and rfp.closes_at is not None:
        if addendum.closes_at <= rfp.closes_at:
            yield f"A deadline moves back only: give one after {rfp.closes_at:%-d %B %Y, %H:%M} UTC."
        elif addendum.closes_at <= clock.database_time():
            yield "The new deadline has passed already: give a later one."


@transition(
    Addendum, source=A.DRAFT, target=A.PUBLISHED, roles=("sourcing",), permits=takes_part_in_its_rfp, gates=(_of_an_open_rfp, _later),
    meaning="I publish this addendum to all bidders",
)  # fmt: skip
def publish(addendum: Addendum, event: Event) -> None:
    """Publish the addendum to all bidders; what they have submitted is theirs to confirm."""
    rfp = Rfp.objects.select_for_update(of=("self",)).get(pk=addendum.rfp_id)
    if rfp.state != Rfp.State.ISSUED or clock.has_passed(rfp.closes_at):
        raise InvalidInput({"__all__": ["The deadline has passed: nothing is changed any more."]})
    last = rfp.addenda.filter(state=A.PUBLISHED).aggregate(last=Max("number"))["last"] or 0  # type: ignore[attr-defined]
    addendum.number = last + 1
    addendum.published_at = timezone.now()
    if addendum.closes_at is not None:
        move_deadline(rfp, cause=event, closes_at=addendum.closes_at)


@transition(
    Addendum, source=A.DRAFT, target=A.ABANDONED, roles=("sourcing",), permits=takes_part_in_its_rfp, reason=True,
    tone="bad",
)  # fmt: skip
def abandon(addendum: Addendum, event: Event) -> None:
    """Give the addendum up before it is published."""


@transition(Rfp, source=Rfp.State.ISSUED, target=None)
def move_deadline(rfp: Rfp, event: Event, *, closes_at: object) -> None:
    """Move the deadline back, as an addendum says."""
    rfp.closes_at = closes_at  # type: ignore[assignment]
