"""How one invitation stands for its bidder: who acts, what is drafted, what was handed in, what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refused
from evaluation import sealing
from evaluation.asking import by_code, questions_of
from evaluation.library.questions import fault
from evaluation.models import Addendum, Proposal, Rfp
from evaluation.models.vocabulary import EnvelopeKind
from evaluation.panel import takes_part
from evaluation.pricing import faults_of_prices
from evaluation.sealing import Content, Envelopes

P = Proposal.State
TECHNICAL, COMMERCIAL = EnvelopeKind.TECHNICAL, EnvelopeKind.COMMERCIAL
BOTH = sealing.KINDS


@dataclass(frozen=True)
class Bidder:
    """Who acts for a CMO: a contact who has signed in, or the holder of a link (then as the portal's own account).

    `on_behalf` is the event by which a colleague of ours began to enter a paper proposal.
    """

    user: User
    contact: Contact | None = None
    source: str = "portal"
    on_behalf: Event | None = None

    @classmethod
    def by_link(cls, contact: Contact) -> Bidder:
        return cls(User.objects.service("portal"), contact, "link")

    @classmethod
    def on_paper(cls, user: User, proposal: Proposal) -> Bidder:
        """A colleague who enters what came on paper; Refused unless that was said and reasoned first."""
        begun = Event.objects.of(proposal).filter(verb="enter_paper", actor=user).order_by("-at", "-id").first()
        if begun is None or not proposal.on_behalf:
            raise Refused("Say first that a paper proposal is entered on behalf of the bidder, and why.")
        if not takes_part(proposal.rfp, user):
            raise Refused("You declared a conflict of interests: a colleague enters this proposal.")
        if is_the_bidders(proposal):
            raise Refused("The bidder writes this proposal in the portal: nothing is entered from paper over it.")
        return cls(user, None, "page", begun)

    @property
    def by(self) -> dict[str, Any]:
        """Who walks a step of the proposal."""
        if self.on_behalf is not None:
            return {"cause": self.on_behalf, "source": self.source}
        return {"actor": self.user, "source": self.source}

    @property
    def name(self) -> str:
        return self.contact.name if self.contact is not None else self.user.name


@dataclass(frozen=True)
class Receipt:
    """What a bidder receives for a submission: the hash of all that was handed in, and the server's time."""

    sha256: str
    at: datetime
    late: bool


@dataclass(frozen=True)
class Standing:
    """How an invitation stands, as its bidder sees it. `faults` is what keeps it from submission (see `faults_of`)."""

    proposal: Proposal
    draft: Mapping[str, Content]
    #: What was handed in and stands; None where nothing is.
    final: Mapping[str, Content] | None
    submitted: Receipt | None
    withdrawn: bool
    declined: bool
    changed_since: bool
    faults: Mapping[str, Any]
    may_write: bool
    why_not: str


def has_declined(proposal: Proposal, kept: Envelopes) -> bool:
    """Whether the bidder has declined: told openly, or under seal where the RFP hides who takes part."""
    return proposal.state == P.DECLINED or bool(kept.draft[TECHNICAL].declined)


def why_closed(rfp: Rfp, proposal: Proposal, kept: Envelopes) -> str:
    """Return why nothing more can be written here; empty where it can."""
    if rfp.state in Rfp.BEFORE_ISSUE:
        return "This request has not been issued yet."
    if rfp.state == Rfp.State.CANCELLED:
        return "This request was cancelled. What you submitted is kept sealed and is not opened."
    if rfp.state not in Rfp.SEALED:
        return "The proposals have been opened: nothing can be changed any more."
    if has_declined(proposal, kept):
        return "You have declined to bid. Take that back first."
    return ""


def is_the_bidders(proposal: Proposal) -> bool:
    """Whether the bidder itself has written what is kept: then nobody here enters anything over it, or reads it."""
    kept = sealing.unseal(proposal)
    return any(not one.is_empty and not one.on_paper for one in (*kept.draft.values(), *kept.handed.values()))


def handed_in(proposal: Proposal) -> dict[str, Content] | None:
    """Return what was submitted and stands, by envelope; None where nothing is."""
    return standing_copy(sealing.unseal(proposal))


def standing_copy(kept: Envelopes) -> dict[str, Content] | None:
    return kept.handed if all(content.final for content in kept.handed.values()) else None


def receipt_of(contents: Mapping[str, Content]) -> Receipt:
    joined = ":".join(contents[kind].sha256() for kind in BOTH)
    at = sealing.moment(contents[TECHNICAL].submitted_at)
    assert at is not None
    return Receipt(hashlib.sha256(joined.encode()).hexdigest(), at, contents[TECHNICAL].late)


def faults_of(rfp: Rfp, contents: Mapping[str, Content], *, draft: bool) -> dict[str, Any]:
    """Return what is wrong with a proposal: `answers` by code of the question, `prices` by line and field."""
    said = {**contents[TECHNICAL].answers, **contents[COMMERCIAL].answers}
    files = {
        one["question"]: one["name"]
        for content in contents.values()
        for one in content.files.values()
        if one["question"]
    }
    answers: dict[str, str] = {}
    known = by_code(questions_of(rfp))
    for code, question in known.items():
        answer = files.get(code) if question.kind == "file" else said.get(code)
        if wrong := fault(question, answer, draft=draft):
            answers[code] = wrong
    answers |= {code: "This RFP asks no such question." for code in said if code not in known}
    quoted: list[str] = []
    if rfp.currency:
        quoted = [rfp.currency, *rfp.rates.order_by("currency").values_list("currency", flat=True)]  # type: ignore[attr-defined]
    prices = faults_of_prices(
        rfp.price_sheet.order_by("position"),  # type: ignore[attr-defined]
        contents[COMMERCIAL].prices,
        draft=draft,
        currencies=quoted,
    )
    found: dict[str, Any] = {}
    if answers:
        found["answers"] = answers
    if prices:
        found["prices"] = prices
    return found


def standing(proposal: Proposal) -> Standing:
    """Return how an invitation stands for its bidder."""
    rfp, kept = proposal.rfp, sealing.unseal(proposal)
    draft, final = kept.draft, standing_copy(kept)
    changed = final is not None and any(
        (draft[kind].answers, draft[kind].prices, draft[kind].files)
        != (final[kind].answers, final[kind].prices, final[kind].files)
        for kind in BOTH
    )
    said = why_closed(rfp, proposal, kept)
    return Standing(
        proposal=proposal,
        draft=draft,
        final=final,
        submitted=receipt_of(final) if final else None,
        withdrawn=final is None and any(content.submitted_at for content in kept.handed.values()),
        declined=has_declined(proposal, kept),
        changed_since=changed,
        faults=faults_of(rfp, draft, draft=False),
        may_write=not said,
        why_not=said,
    )


def last_addendum(rfp: Rfp) -> int:
    return rfp.addenda.filter(state=Addendum.State.PUBLISHED).aggregate(last=Max("number"))["last"] or 0  # type: ignore[attr-defined]


def needs_confirmation(proposal: Proposal) -> int:
    """Return the number of the last addendum that a submitted proposal was handed in before; 0 where none."""
    contents, last = handed_in(proposal), last_addendum(proposal.rfp)
    return last if contents is not None and contents[TECHNICAL].addendum < last else 0
