"""What the demonstration's bidders do with their invitations: each at the portal's own functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile

from cmo_lifecycle.portfolio.demo.selecting.company import Company
from cmo_lifecycle.portfolio.demo.selecting.papers import pdf
from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf
from cmo_lifecycle.workflow import edits
from evaluation import workbook
from evaluation.actions import clarifying, portal
from evaluation.asking import questions_of
from evaluation.bidding import Bidder
from evaluation.models import Addendum, Proposal, Rfp


def invitation(rfp: Rfp, cmo: str) -> tuple[Proposal, Bidder]:
    """Return a CMO's invitation and whoever acts for it: who has an account signs in, others follow their link."""
    proposal = rfp.proposals.select_related("contact__user").get(cmo__legal_name=cmo)  # type: ignore[attr-defined]
    contact = proposal.contact
    return proposal, Bidder(contact.user, contact) if contact.user else Bidder.by_link(contact)


def hand_in(company: Company, rfp: Rfp, bid: BidOf) -> None:
    """Write a proposal over two days and submit it, at the portal or by its workbook."""
    proposal, bidder = invitation(rfp, bid.cmo)
    prices = {code: _said(said, bid.currency) for code, said in bid.prices.items()}
    with company.on(bid.on_day - 1):
        portal.seen(proposal)
        if bid.how == "workbook":
            _by_workbook(rfp, proposal, bidder, bid, prices)
        else:
            portal.save(proposal, bidder, answers=bid.answers, prices=prices)
    question, name, line = bid.file
    with company.on(bid.on_day):
        paper = ContentFile(pdf((bid.cmo, rfp.title, "", line)), name=name)
        portal.add_file(proposal, bidder, paper, question=question)
        portal.submit(proposal, bidder)


def _said(said: str | Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {"currency": currency, **({"amount": said} if isinstance(said, str) else said)}


def _by_workbook(rfp: Rfp, proposal: Proposal, bidder: Bidder, bid: BidOf, prices: Mapping[str, Any]) -> None:
    questions, lines = questions_of(rfp), list(rfp.price_sheet.order_by("position"))  # type: ignore[attr-defined]
    closes = f"{rfp.closes_at:%-d %B %Y, %H:%M} UTC"
    filled = workbook.write(
        rfp.title, rfp.reference, closes, questions, lines, bid.cmo, answers=bid.answers, prices=prices
    )
    returned = workbook.read(filled, questions, lines, rfp.reference)
    if returned.faults:
        raise ValueError(f"The demonstration's workbook does not read: {returned.faults}")
    said = {line["code"]: {name: value for name, value in line.items() if name != "code"} for line in returned.prices}
    portal.save(proposal, bidder, answers=returned.answers, prices=said)


def ask(company: Company, rfp: Rfp, cmo: str, day: int, question: str) -> Any:
    proposal, bidder = invitation(rfp, cmo)
    with company.on(day):
        return portal.ask(proposal, bidder, question)


def answer(company: Company, enquiry: Any, day: int, wording: str, said: str) -> None:
    with company.on(day):
        clarifying.answer(enquiry, wording=wording, answer=said, **company.by("tom"))


def extend(company: Company, rfp: Rfp, day: int, title: str, body: str, closes: int) -> Rfp:
    """Publish an addendum that moves the deadline to so many days after the issue; return the RFP as it then stands."""
    with company.on(day):
        values = {"rfp": rfp, "title": title, "body": body, "closes_at": company.moment(closes)}
        addendum = edits.create(Addendum, values, **company.by("alice"))
        clarifying.publish(addendum, **company.signed("alice"))
    rfp.refresh_from_db()
    return rfp


def confirm(company: Company, rfp: Rfp, cmo: str, day: int) -> None:
    proposal, bidder = invitation(rfp, cmo)
    with company.on(day):
        portal.confirm(proposal, bidder)
