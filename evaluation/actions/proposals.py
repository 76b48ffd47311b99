"""The life of a proposal: what its bidder did, whether it complies, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from evaluation import bidding, mails
from evaluation.models import AccessLink, BidderMail, Evaluator, Proposal, Rfp, ScoreSheet
from evaluation.panel import is_cleared_in_its_rfp, judged, takes_part_in_its_rfp

P = Proposal.State
BIDDER = ("cmo_contact",)


CANCELLED = "This request was cancelled: nothing more is taken or let in."


def _is_sealed(proposal: Any) -> Iterator[str]:
    if proposal.rfp.state == Rfp.State.CANCELLED:
        yield CANCELLED
    elif proposal.rfp.state not in Rfp.SEALED:
        yield "The proposals have been opened, or the RFP is over."


@transition(
    Proposal,
    source=(P.INVITED, P.SUBMITTED, P.WITHDRAWN),
    target=P.SUBMITTED,
    roles=BIDDER,
    gates=(_is_sealed,),
    by_clock=True,
)
def submit(
    proposal: Proposal, event: Event, *, receipt: str, at: datetime, late: bool, addendum: int = 0, by: str = ""
) -> None:
    """Hand the proposal in, sealed until it is opened."""
    proposal.receipt = receipt
    proposal.submitted_at = at
    proposal.confirmed_addendum = addendum
    proposal.late = Proposal.Late.WAITING if late else Proposal.Late.NO


@transition(
    Proposal, source=P.SUBMITTED, target=P.WITHDRAWN, roles=BIDDER, gates=(_is_sealed,),
    by_clock=True,
)  # fmt: skip
def withdraw(proposal: Proposal, event: Event, *, by: str = "") -> None:
    """Take the proposal back before the deadline."""
    proposal.receipt, proposal.submitted_at = "", None


@transition(Proposal, source=P.SUBMITTED, target=None, roles=BIDDER, gates=(_is_sealed,), by_clock=True)
def confirm_addendum(proposal: Proposal, event: Event, *, number: int, receipt: str, by: str = "") -> None:
    """Confirm that the proposal holds under the addenda published since."""
    proposal.confirmed_addendum, proposal.receipt = number, receipt


@transition(
    Proposal, source=(P.INVITED, P.WITHDRAWN), target=P.DECLINED, roles=BIDDER,
    gates=(_is_sealed,), reason=True, by_clock=True,
)  # fmt: skip
def decline(proposal: Proposal, event: Event, *, by: str = "") -> None:
    """Say that no proposal will come."""


@transition(
    Proposal, source=P.DECLINED, target=P.INVITED, roles=BIDDER, gates=(_is_sealed,),
    by_clock=True,
)  # fmt: skip
def reconsider(proposal: Proposal, event: Event, *, by: str = "") -> None:
    """Take back that no proposal will come."""


def _is_not_over(proposal: Any) -> Iterator[str]:
    if proposal.rfp.state == Rfp.State.CANCELLED:
        yield CANCELLED
    elif proposal.rfp.state not in (*Rfp.BEFORE_ISSUE, *Rfp.SEALED):
        yield "The proposals have been opened, or the RFP is over."


def _nothing_came(proposal: Proposal) -> Iterator[str]:
    if proposal.rfp.hides_participation and proposal.rfp.state == Rfp.State.ISSUED:
        # Any answer that depended on the bidder would tell whether it takes part.
        yield "This request hides who takes part until it closes: the bidder submits in the portal or by its workbook."
    elif not proposal.on_behalf and bidding.is_the_bidders(proposal):
        yield "The bidder writes this proposal in the portal: nothing is entered from paper over it."


@transition(
    Proposal,
    source=(P.INVITED, P.WITHDRAWN),
    target=None,
    roles=("sourcing",),
    permits=takes_part_in_its_rfp,
    gates=(_is_sealed, _nothing_came),
    reason=True,
)
def enter_paper(proposal: Proposal, event: Event) -> None:
    """Enter what came on paper on behalf of the bidder; it stays marked so for ever."""
    proposal.on_behalf, proposal.on_behalf_why = True, event.reason


class ContactForm(forms.Form):
    contact = forms.ModelChoiceField(Contact.objects.filter(left_on__isnull=True), label="Who is written to")


@transition(
    Proposal, source=(P.INVITED, P.SUBMITTED, P.WITHDRAWN, P.DECLINED), target=None, roles=("sourcing",),
    permits=takes_part_in_its_rfp, gates=(_is_not_over,), form=ContactForm,
)  # fmt: skip
def write_to(proposal: Proposal, event: Event, *, contact: Contact) -> None:
    """Say who at the CMO is written to; links of the one before end."""
    if contact.cmo_id != proposal.cmo_id or contact.left_on is not None:
        raise InvalidInput({"contact": [f"Choose somebody who works for {proposal.cmo}."]})
    proposal.contact = contact
    AccessLink.objects.filter(proposal=proposal, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if proposal.rfp.state == Rfp.State.ISSUED:
        mails.ask(BidderMail.Kind.INVITATION, [proposal], about=event.pk)


@transition(Proposal, source=(P.INVITED, P.WITHDRAWN, P.DECLINED), target=P.NOT_SUBMITTED)
def miss(proposal: Proposal, event: Event) -> None:
    """Note that nothing was submitted."""


def _came_late(proposal: Proposal) -> Iterator[str]:
    if proposal.late != Proposal.Late.WAITING:
        yield "This proposal did not come late, or it has been decided on."
    if proposal.rfp.state == Rfp.State.CANCELLED:
        yield CANCELLED
    elif proposal.rfp.state not in Rfp.SEALED:
        yield "The other proposals are open already: a late one is not let in any more."


@transition(
    Proposal, source=P.SUBMITTED, target=None, roles=("executive",), permits=takes_part_in_its_rfp, gates=(_came_late,),
    reason=True, meaning="I accept this late proposal",
)  # fmt: skip
def accept_late(proposal: Proposal, event: Event) -> None:
    """Let a late proposal in, for a reason that stays on record."""
    proposal.late = Proposal.Late.ACCEPTED


@transition(
    Proposal, source=P.SUBMITTED, target=P.NON_COMPLIANT, roles=("sourcing", "executive"),
    permits=takes_part_in_its_rfp, gates=(_came_late,), reason=True, tone="bad",
)  # fmt: skip
def refuse_late(proposal: Proposal, event: Event) -> None:
    """Keep a late proposal out; it stays sealed."""
    proposal.late = Proposal.Late.REFUSED
    proposal.compliance = event.reason


class ComplianceForm(forms.Form):
    found = forms.CharField(
        label="What was checked", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Formal completeness: mandatory answers, signatures, documents, validity.",
    )  # fmt: skip


def _is_open(proposal: Proposal) -> Iterator[str]:
    if proposal.rfp.state != Rfp.State.EVALUATION:
        yield "Compliance is checked while the technical evaluation is under way."


def _was_opened(proposal: Proposal) -> Iterator[str]:
    if proposal.late == Proposal.Late.REFUSED:
        yield "It came late and was not accepted: it stays sealed."


@transition(
    Proposal, source=(P.SUBMITTED, P.NON_COMPLIANT), target=P.COMPLIANT, roles=("sourcing", "quality"),
    permits=is_cleared_in_its_rfp, gates=(_is_open, _was_opened), form=ComplianceForm,
)  # fmt: skip
def find_compliant(proposal: Proposal, event: Event, *, found: str) -> None:
    """Find the proposal formally complete; evaluators may score it."""
    proposal.compliance = found
    for seat in proposal.rfp.evaluators.filter(state=Evaluator.State.CLEARED):  # type: ignore[attr-defined]
        open_sheet(seat, proposal, event)


@transition(
    Proposal, source=(P.SUBMITTED, P.COMPLIANT), target=P.NON_COMPLIANT, roles=("sourcing", "quality"),
    permits=is_cleared_in_its_rfp, gates=(_is_open,), reason=True, tone="bad",
)  # fmt: skip
def find_non_compliant(proposal: Proposal, event: Event) -> None:
    """Find the proposal formally deficient; it stays on record and is not scored."""
    proposal.compliance = event.reason


@transition(Proposal, source=P.COMPLIANT, target=P.SCORED)
def score(proposal: Proposal, event: Event) -> None:
    """Count it among the scored: its technical scores are locked."""


def _under_way(proposal: Proposal) -> Iterator[str]:
    if proposal.rfp.state not in (Rfp.State.TECHNICAL_LOCKED, Rfp.State.COMMERCIAL):
        yield "A short list is drawn between the lock of the technical scores and the recommendation."


@transition(
    Proposal, source=P.SCORED, target=P.SHORTLISTED, roles=("sourcing",), permits=is_cleared_in_its_rfp, gates=(_under_way,),
    reason=True,
)  # fmt: skip
def shortlist(proposal: Proposal, event: Event) -> None:
    """Put the proposal on the short list for presentations and site visits."""


@transition(Proposal, source=(P.SCORED, P.SHORTLISTED), target=P.AWARDED)
def win(proposal: Proposal, event: Event) -> None:
    """Award the work, or a share of it, to this proposal."""


@transition(Proposal, source=(P.SUBMITTED, P.COMPLIANT, P.NON_COMPLIANT, P.SCORED, P.SHORTLISTED), target=P.NOT_AWARDED)
def lose(proposal: Proposal, event: Event) -> None:
    """Note that the work went to another proposal."""


def open_sheet(seat: Evaluator, proposal: Proposal, event: Event, *, commercial: bool = False) -> None:
    """Give an evaluator a sheet for a proposal, where one of their sections is scored by people."""
    theirs = [one for one in judged(proposal.rfp, commercial=commercial) if one.group in seat.sections]
    if theirs and not ScoreSheet.objects.filter(proposal=proposal, evaluator=seat, commercial=commercial).exists():
        edits.create(
            ScoreSheet,
            {"rfp": proposal.rfp, "proposal": proposal, "evaluator": seat, "commercial": commercial},
            actor=event.actor,
            cause=event,
        )
