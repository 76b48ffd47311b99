"""How the demonstration's companies work together: a framework in force, and its next version before the CMO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cmo_lifecycle.accounts import cast
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact, Relationship
from cmo_lifecycle.portfolio.demo.clock import at, noon
from cmo_lifecycle.portfolio.demo.world import SOURCE
from cmo_lifecycle.workflow import edits, parts
from operations.actions import frameworks
from operations.models import BudgetLine, ContactRow, EscalationLevel, Framework, Meeting

#: With whom a framework is in force, since how many days; its next version waits for the CMO's word since some.
IN_FORCE, IN_FORCE_DAYS, REVISED_DAYS = "Nordvik Fill-Finish", 342, 6

SECTIONS = {
    "scope": "Aseptic filling of VX-12, 150 mg and 300 mg, at Bergen. Packaging and distribution are not part of it.",
    "goals": "No vial late for want of an answer. Every deviation closed within 30 days. One list of open points, not two.",
    "decisions": "Quality decides on quality, whatever it costs. The relationship managers decide on schedule and orders"
    " within the forecast. All else goes to the operations review; what changes the contract to the steering committee.",
    "communication": "Each function talks to its own. What is promised is written the same day. A question has an answer"
    " within two business days, or a day on which it will have one.",
    "data_exchange": "Batch records as PDF within five business days of release. Stock and work in progress every Monday"
    " as CSV. Deviations in our template within the clock of the quality agreement.",
    "person_in_plant": "One of ours at each media fill and at the first batch after a shutdown: to observe and to escalate,"
    " never to sign a record of theirs.",
    "contingencies": "Line down for more than five days: the reserved slot in week four, and we release safety stock."
    " Shipment lost: the next batch is pulled forward. Site closed by an authority: both heads of quality the same day.",
}  # fmt: skip
#: What the strategy's own meetings leave open.
CHARTER = {
    "chair": "The two relationship managers in turn",
    "quorum": "Relationship managers and quality of both sides",
    "agenda": "Plans of both sides; capacity, technology and investment; decisions and who does what by when",
    "minutes": "Written by the chair's side within 3 business days, approved by both at the next meeting",
}


class Together:
    """Tells frameworks and transfers as of `today`, by the demo's people."""

    def __init__(self, today: date, people: Mapping[str, User]) -> None:
        self.today = today
        self.people = people

    def by(self, name: str) -> dict[str, Any]:
        return {"actor": self.people[name], "source": SOURCE}

    def signed(self, name: str) -> dict[str, Any]:
        return {**self.by(name), "password": cast.DEMO_PASSWORD}

    def tell(self, relationship: Relationship) -> None:
        """Tell what a relationship has, by its CMO."""
        if relationship.cmo.legal_name == IN_FORCE:
            self.revised(self.in_force(relationship))

    def in_force(self, relationship: Relationship) -> Framework:
        on = self.today - timedelta(days=IN_FORCE_DAYS)
        with at(noon(on - timedelta(days=9))):
            made = edits.create(Framework, {"relationship": relationship}, **self.by("alice"))
            made = edits.update(made, SECTIONS, **self.by("alice"))
            made = self.named(made)
            lines = [
                {"year": on.year, "kind": "oversight", "what": "People and travel", "amount": Decimal(280_000), "currency": "EUR"},
                {"year": on.year, "kind": "work", "what": "Batches as forecast", "amount": Decimal(6_400_000), "currency": "EUR"},
            ]  # fmt: skip
            made = parts.write(made, BudgetLine, lines, **self.by("alice"))
            made = frameworks.submit(made, **self.by("alice"))
        with at(noon(on)):
            for name in ("priya", "quinn", "erin", "otto"):
                made = frameworks.approve(made, **self.signed(name))
        return made  # type: ignore[no-any-return]

    def revised(self, framework: Framework) -> None:
        """Before the year is over: the next version, signed by our side, with the CMO to read."""
        with at(noon(self.today - timedelta(days=REVISED_DAYS))):
            made = frameworks.revise(
                framework, why="Deliveries slipped; who is told first was not clear", **self.by("alice")
            )
            words = f"{SECTIONS['communication']} A late shipment is told before noon of the day on which it is known."
            made = edits.update(made, {"communication": words}, **self.by("alice"))
            made = frameworks.submit(made, **self.by("alice"))
            for name in ("priya", "quinn"):
                made = frameworks.approve(made, **self.signed(name))

    def named(self, framework: Framework) -> Framework:
        """Name somebody on both sides, wherever nobody stands yet: who signs in for the CMO, and the project manager."""
        rows = Contact.objects.filter(cmo=framework.relationship.cmo).order_by("id")
        contact = rows.filter(user__isnull=False).first() or rows.first()
        for part in (ContactRow, EscalationLevel):
            filled = [
                {
                    "id": row.pk,
                    **{name: getattr(row, name) for name in part.columns},
                    "colleague": row.colleague or self.people["priya"],
                    "contact": row.contact or contact,
                }
                for row in parts.rows_of(framework, part)
            ]
            framework = parts.write(framework, part, filled, **self.by("alice"))
        charters = [
            {
                "id": row.pk,
                **{name: getattr(row, name) or CHARTER.get(name, "") for name in Meeting.columns},
            }
            for row in parts.rows_of(framework, Meeting)
        ]
        return parts.write(framework, Meeting, charters, **self.by("alice"))  # type: ignore[no-any-return]


__all__ = ["Together"]
