"""The life of an RFP: written, approved, issued, closed by the clock, opened by two, judged, recommended, awarded."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition
from evaluation import clock
from evaluation.actions import opening, proposals
from evaluation.findings import findings
from evaluation.models import Evaluator, Proposal, Rfp
from evaluation.panel import is_cleared, takes_part, what_is_missing
from evaluation.standing import cda_standings

S = Rfp.State
P = Proposal.State


def _whole(rfp: Rfp) -> Iterator[str]:
    for finding in findings(rfp):
        yield finding.sentence


@transition(
    Rfp,
    source=S.DRAFT,
    target=S.APPROVED,
    approvers=("technical", "quality"),
    permits=takes_part,
    gates=(_whole,),
    meaning="I approve this request for issue",
)
def approve(rfp: Rfp, event: Event) -> None:
    """Approve the request for issue; its criteria and weights are locked from now on."""


@transition(
    Rfp,
    source=S.APPROVED,
    target=S.DRAFT,
    roles=("sourcing", "technical", "quality"),
    permits=takes_part,
    reason=True,
    tone="bad",
)
def send_back(rfp: Rfp, event: Event) -> None:
    """Open the request for writing again before it is issued."""


def _invites(rfp: Rfp) -> Iterator[str]:
    invited = list(rfp.proposals.all())  # type: ignore[attr-defined]
    if not invited:
        yield "Invite at least one candidate from the short list."
    covering = cda_standings((one.cmo_id, rfp.programme_id) for one in invited) if invited else {}
    for one in invited:
        if not covering[one.cmo_id, rfp.programme_id].is_live:
            yield f"There is no CDA in force with {one.cmo}: have one signed first."
        if one.contact_id is None:
            yield f"Say who at {one.cmo} is written to."


def _is_ahead(rfp: Rfp) -> Iterator[str]:
    if rfp.closes_at is not None and rfp.closes_at <= clock.database_time():
        yield "The deadline for proposals has passed already: send the request back and give a later one."


def _has_a_panel(rfp: Rfp) -> Iterator[str]:
    gone = (Evaluator.State.CONFLICTED, Evaluator.State.RELEASED)
    if all(one.state in gone for one in rfp.evaluators.all()):  # type: ignore[attr-defined]
        yield "Name the panel that is going to judge the proposals."


@transition(
    Rfp, source=S.APPROVED, target=S.ISSUED, roles=("sourcing",), permits=takes_part,
    gates=(_invites, _is_ahead, _has_a_panel),
)  # fmt: skip
def issue(rfp: Rfp, event: Event) -> None:
    """Issue the request to everybody invited: their pages and links open now."""
    rfp.issued_at = timezone.now()


def _is_over(rfp: Rfp) -> Iterator[str]:
    if rfp.closes_at is not None and clock.database_time() <= rfp.closes_at:
        yield f"Proposals are taken until {rfp.closes_at:%-d %B %Y at %H:%M} UTC."


@transition(Rfp, source=S.ISSUED, target=S.CLOSED, roles=("sourcing",), gates=(_is_over,), by_clock=True)
def close(rfp: Rfp, event: Event) -> None:
    """Close the request once its deadline has passed; everything stays sealed."""
    rfp.closed_at = timezone.now()
    opening.lodge_hidden(rfp, event)


def _late_ones_decided(rfp: Rfp) -> Iterator[str]:
    for one in rfp.proposals.all():  # type: ignore[attr-defined]
        if one.late == Proposal.Late.WAITING:
            yield f"The proposal of {one.cmo} came late: decide first whether it is accepted."


def _something_came(rfp: Rfp) -> Iterator[str]:
    if not any(one.state == P.SUBMITTED for one in rfp.proposals.all()):  # type: ignore[attr-defined]
        yield "Nothing was submitted: cancel the request, and write another one."


def _panel_declared(rfp: Rfp) -> Iterator[str]:
    for seat in rfp.evaluators.all():  # type: ignore[attr-defined]
        if seat.state == Evaluator.State.ASKED:
            yield f"{seat.person} has not declared whether there is a conflict of interests."


@transition(
    Rfp,
    source=S.CLOSED,
    target=S.EVALUATION,
    approvers=("sourcing", "quality"),
    permits=is_cleared,
    gates=(_late_ones_decided, _something_came, _panel_declared),
    meaning="I open the technical envelopes",
    author_may=True,
)
def open_technical(rfp: Rfp, event: Event) -> None:
    """Open the technical envelopes, two people together; prices stay sealed."""
    rfp.opened_at = timezone.now()
    for one in rfp.proposals.select_related("cmo").order_by("id"):  # type: ignore[attr-defined]
        if one.state in (P.INVITED, P.WITHDRAWN, P.DECLINED):
            if one.state != P.DECLINED:
                proposals.miss(one, cause=event)
            continue
        if one.state == P.SUBMITTED:
            opening.open_envelope(rfp, one, "technical", event)


def _technical_whole(rfp: Rfp) -> Iterator[str]:
    for one in rfp.proposals.filter(state=P.SUBMITTED).select_related("cmo"):  # type: ignore[attr-defined]
        yield f"Check first whether the proposal of {one.cmo} complies."
    if not rfp.proposals.filter(state=P.COMPLIANT).exists():  # type: ignore[attr-defined]
        yield "No proposal complies: cancel the request, and say so to all."
    yield from what_is_missing(rfp, commercial=False)


@transition(
    Rfp, source=S.EVALUATION, target=S.TECHNICAL_LOCKED, roles=("sourcing",), permits=is_cleared,
    gates=(_technical_whole,),
)  # fmt: skip
def lock_technical(rfp: Rfp, event: Event) -> None:
    """Lock the technical scores; only then are prices opened."""
    for one in rfp.proposals.filter(state=P.COMPLIANT).order_by("id"):  # type: ignore[attr-defined]
        proposals.score(one, cause=event)


@transition(
    Rfp,
    source=S.TECHNICAL_LOCKED,
    target=S.COMMERCIAL,
    approvers=("sourcing", "finance"),
    permits=is_cleared,
    meaning="I open the commercial envelopes",
    author_may=True,
)
def open_commercial(rfp: Rfp, event: Event) -> None:
    """Open the commercial envelopes of what is still in the running, two people together."""
    rfp.priced_at = timezone.now()
    seats = list(rfp.evaluators.filter(state=Evaluator.State.CLEARED))  # type: ignore[attr-defined]
    for one in rfp.proposals.filter(state__in=(P.SCORED, P.SHORTLISTED)).order_by("id"):  # type: ignore[attr-defined]
        opening.open_envelope(rfp, one, "commercial", event)
        for seat in seats:
            proposals.open_sheet(seat, one, event, commercial=True)


@transition(Rfp, source=S.COMMERCIAL, target=S.RECOMMENDED)
def recommend(rfp: Rfp, event: Event) -> None:
    """Hand the recommendation to the committee."""


@transition(Rfp, source=S.RECOMMENDED, target=S.COMMERCIAL)
def reconsider(rfp: Rfp, event: Event) -> None:
    """Go back to the commercial evaluation: the committee asks for more."""


@transition(Rfp, source=S.RECOMMENDED, target=S.AWARDED)
def award(rfp: Rfp, event: Event) -> None:
    """Award the work: the committee has signed."""


def _asked_for_information(rfp: Rfp) -> Iterator[str]:
    if rfp.kind != Rfp.Kind.RFI:
        yield "Only a request for information ends without an award or a cancellation."


@transition(
    Rfp, source=(S.EVALUATION, S.TECHNICAL_LOCKED), target=S.CONCLUDED, roles=("sourcing",), permits=is_cleared,
    gates=(_asked_for_information,), reason=True,
)  # fmt: skip
def conclude(rfp: Rfp, event: Event) -> None:
    """Conclude the request for information: what was learnt goes into the next step."""


@transition(
    Rfp,
    source=(S.DRAFT, S.APPROVED, S.ISSUED, S.CLOSED, S.EVALUATION, S.TECHNICAL_LOCKED, S.COMMERCIAL),
    target=S.CANCELLED,
    roles=("sourcing", "executive"),
    permits=takes_part,
    reason=True,
    tone="bad",
)
def cancel(rfp: Rfp, event: Event) -> None:
    """Cancel the request; everything stays on record, and what is sealed stays sealed."""
    from evaluation.actions import awards

    if rfp.state == S.ISSUED:
        # Nothing is taken any more, and what is filed with it from now on is our own.
        rfp.closed_at = timezone.now()
    for award_ in rfp.awards.filter(state="draft"):  # type: ignore[attr-defined]
        awards.withdraw(award_, cause=event, reason=event.reason)


def before_issue(rfp: Rfp) -> list[str]:
    """Return what keeps a request from being issued, besides its approval."""
    return [*_invites(rfp), *_is_ahead(rfp), *_has_a_panel(rfp)]


def close_due() -> int:
    """Close every issued RFP whose deadline has passed; return how many were closed."""
    closed = 0
    service = User.objects.service("rfp_clock")
    for rfp in Rfp.objects.filter(state=S.ISSUED, closes_at__lt=clock.database_time()).order_by("closes_at"):
        close(rfp, actor=service, source="schedule")
        closed += 1
    return closed
