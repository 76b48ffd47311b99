"""Let the demonstration's agreements be written, negotiated, approved, signed and amended through the doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cmo_lifecycle.accounts import cast
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO, Contact, Relationship
from cmo_lifecycle.portfolio.demo.clock import at, month_start, noon
from cmo_lifecycle.portfolio.demo.contracting import existing, papers
from cmo_lifecycle.portfolio.demo.world import SOURCE
from cmo_lifecycle.workflow import edits, parts
from contracts import responsibility
from contracts.actions import agreements, delegations, obligations, points
from contracts.documents import bring_in
from contracts.drafting import Drafted, draft
from contracts.models import (
    Agreement,
    AuthorityLimit,
    Clause,
    Delegation,
    DelegationRate,
    Duty,
    Holiday,
    HolidayCalendar,
    NegotiationPoint,
    Obligation,
    Position,
    Provision,
    Responsibility,
    Signatory,
    Term,
)

#: By their day in the year: those of Hesse that do not move.
HOLIDAYS = (
    (1, 1, "New Year"), (5, 1, "Labour Day"), (10, 3, "German Unity"), (12, 25, "Christmas"), (12, 26, "Boxing Day"),
)  # fmt: skip
LIMITS: tuple[dict[str, Any], ...] = (
    {"line": "business", "role": "project_manager", "up_to": Decimal(500_000), "months": 36, "tier": 2},
    {"line": "business", "role": "executive", "tier": 1},
    {"line": "finance", "role": "finance", "up_to": Decimal(50_000_000), "tier": 1},
    {"line": "legal", "role": "legal", "tier": 1},
)


class Contracting:
    """Tells agreements as of `today`, by the demo's people."""

    def __init__(self, today: date, people: Mapping[str, User]) -> None:
        self.today = today
        self.people = people
        #: Since when this system knows what was signed before it.
        self.known = month_start(today, -2)

    def by(self, name: str) -> dict[str, Any]:
        return {"actor": self.people[name], "source": SOURCE}

    def signed(self, name: str) -> dict[str, Any]:
        return {**self.by(name), "password": cast.DEMO_PASSWORD}

    def ground(self, on: date) -> HolidayCalendar:
        """Put the delegation of authority in force and write the holidays down; return those."""
        with at(noon(on)):
            matrix = edits.create(Delegation, {"currency": "EUR", "split_days": 120}, **self.by("lena"))
            matrix = parts.write(matrix, AuthorityLimit, [dict(row) for row in LIMITS], **self.by("lena"))
            rates = [{"currency": "USD", "rate": Decimal("1.0842"), "on": on, "source": "European Central Bank"}]
            matrix = parts.write(matrix, DelegationRate, rates, **self.by("lena"))
            for name in ("farid", "erin"):
                matrix = delegations.put_in_force(matrix, **self.signed(name))
            first, last = on.year, self.today.year + 6
            values = {"name": "Hesse", "first_year": first, "last_year": last}
            calendar = edits.create(HolidayCalendar, values, **self.by("lena"))
            days = [
                {"on": date(year, month, day), "name": name}
                for year in range(first, last + 1)
                for month, day, name in HOLIDAYS
            ]
            return parts.write(calendar, Holiday, days, **self.by("lena"))  # type: ignore[no-any-return]

    # ---- one agreement

    def write(self, relationship: Relationship, kind: str, values: Mapping[str, Any]) -> Agreement:
        """Write the head of an agreement under a relationship."""
        head = {
            "kind": kind, "cmo": relationship.cmo, "programme": relationship.programme, "our_party": papers.SPONSOR,
            "governing_law": "Germany" if kind != "qag" else "", "sites": list(relationship.sites.all()),
            "products": relationship.programme.name, **values,
        }  # fmt: skip
        return edits.create(Agreement, head, **self.by("alice"))  # type: ignore[no-any-return]

    def text(
        self, agreement: Agreement, by: str, without: frozenset[str] = frozenset(), *, judged: bool = True
    ) -> Drafted:
        """Bring in a text from the library, with its typed terms; where it is judged, say where each topic stands."""
        cmo = agreement.cmo.legal_name
        made = draft(
            agreement.kind, title=agreement.title, sponsor=papers.SPONSOR, cmo=cmo, fills=papers.FILLS, without=without
        )
        document = bring_in(agreement, words=made.text, note="From the clause library", **self.by(by))
        terms = papers.typed_terms(agreement.kind, list(made.places))
        if terms:
            agreement.refresh_from_db()
            parts.write(agreement, Term, terms, **self.by(by))
        for topic, (start, end) in made.places.items() if judged else ():
            values = {
                "agreement": agreement, "topic": topic, "status": "present", "document": document, "start": start,
                "end": end,
            }  # fmt: skip
            edits.create(Clause, values, **self.by(by))
        agreement.refresh_from_db()
        return made

    def signatories(self, agreement: Agreement) -> Agreement:
        capacity = "quality" if agreement.is_quality else "commercial"
        ours = self.people["quinn" if agreement.is_quality else "erin"]
        rows = [
            {"capacity": capacity, "colleague": ours, "title": ours.job_title},
            {"capacity": capacity, "contact": contact_of(agreement.cmo)},
        ]
        return parts.write(agreement, Signatory, rows, **self.by("alice"))  # type: ignore[no-any-return]

    def approved(self, agreement: Agreement) -> Agreement:
        """Take an agreement through its review to the signature."""
        agreement = agreements.submit(agreement, **self.by("alice"))
        who = {"project_manager": "priya", "executive": "erin", "finance": "farid", "legal": "lena", "quality": "quinn"}
        for role in agreements.roles_needed(agreement):
            agreement = agreements.approve(agreement, **self.signed(who[role]))
        return agreements.send_for_signature(agreement, **self.by("alice"))  # type: ignore[no-any-return]

    def executed(self, agreement: Agreement) -> Agreement:
        """Have both sides sign."""
        for name in ("quinn" if agreement.is_quality else "erin", contact_of(agreement.cmo).name.split()[0].lower()):
            agreement = agreements.sign(agreement, **self.signed(name))
        return agreement

    # ---- what ran before this system did

    def ran_before(self, relationships: Sequence[Relationship], calendar: HolidayCalendar) -> None:
        """Register what is signed with all who work for us since before this system, and keep up with what is owed."""
        for relationship in relationships:
            if relationship.registered_as_existing:
                self.register(relationship, calendar)
        self.keep_up()

    def register(self, relationship: Relationship, calendar: HolidayCalendar) -> None:
        """Register what is signed with a CMO that works for us since before this system."""
        told = existing.AGREEMENTS.get(relationship.cmo.legal_name)
        if told is None:
            return
        start = self.today.replace(day=1) - timedelta(days=3 * 365)
        supply = self.registered(relationship, "msa", told, start, calendar)
        if told.quality:
            self.registered(relationship, "qag", told, start, calendar, parent=supply)
        for row in told.amendments:
            self.amend(supply, row, start)
        if told.awaited:
            self.awaited(supply, told.awaited)

    def registered(
        self, relationship: Relationship, kind: str, told: existing.Told, start: date, calendar: HolidayCalendar,
        parent: Agreement | None = None,
    ) -> Agreement:  # fmt: skip
        with at(noon(self.known)):
            agreement = self.write(
                relationship, kind, {**told.head(kind, start, self.today), "calendar": calendar, "parent": parent}
            )
            self.text(agreement, "lena", told.without if kind == "msa" else frozenset(), judged=told.judged)
            if kind == "qag":
                agreement = self.matrix(agreement, "quinn")
            agreement = parts.write(agreement, Duty, told.duties(kind, self.people), **self.by("lena"))
            agreement = agreements.register_as_existing(
                agreement, reason="It was signed before this system was", evidence=told.evidence, executed_on=start,
                **self.by("lena"),
            )  # fmt: skip
            return agreements.take_effect(agreement, **self.by("lena"))  # type: ignore[no-any-return]

    def keep_up(self) -> None:
        """Meet what has fallen due until a week ago, on its day."""
        due = Obligation.objects.open().filter(due_on__lt=self.today - timedelta(days=7), owner__isnull=False)
        for one in due.select_related("owner").order_by("due_on", "id"):
            with at(noon(one.due_on)):
                obligations.complete(
                    one, done_on=one.due_on, evidence=one.evidence_asked or "Sent and received", actor=one.owner,
                    source=SOURCE,
                )  # fmt: skip

    def matrix(self, agreement: Agreement, by: str) -> Agreement:
        rows = [{"activity": row.activity, **row.letters} for row in responsibility.usual()]
        return parts.write(agreement, Responsibility, rows, **self.by(by))  # type: ignore[no-any-return]

    def amend(self, supply: Agreement, row: existing.AmendmentOf, start: date) -> None:
        signed, effective = start + timedelta(days=row.signed), start + timedelta(days=row.effective)
        with at(noon(self.known)):
            values = {
                "reference": f"{supply.reference}-A{row.number}", "title": row.title, "parent": supply,
                "effective_on": effective.isoformat(), "agreed_on": signed.isoformat(),
                "lapses_on": start + timedelta(days=row.lapses) if row.lapses else None,
                "value": row.value, "currency": "EUR" if row.value is not None else "",
            }  # fmt: skip
            made = edits.create(
                Agreement,
                {
                    "kind": "amendment", "cmo": supply.cmo, "programme": supply.programme, "our_party": papers.SPONSOR,
                    "governing_law": "Germany", **values,
                },
                **self.by("lena"),
            )  # fmt: skip
            bring_in(made, words=row.text, note="As signed", **self.by("lena"))
            made.refresh_from_db()
            made = parts.write(made, Provision, row.provisions(supply, start), **self.by("lena"))
            made = agreements.register_as_existing(
                made, reason="It was signed before this system was", evidence=f"{values['reference']}, in legal's file",
                executed_on=signed, **self.by("lena"),
            )  # fmt: skip
            agreements.take_effect(made, **self.by("lena"))

    def awaited(self, supply: Agreement, row: existing.AmendmentOf) -> None:
        """An amendment that has been approved, and waits for both signatures."""
        with at(noon(self.today - timedelta(days=6))):
            made = edits.create(
                Agreement,
                {
                    "kind": "amendment", "cmo": supply.cmo, "programme": supply.programme, "parent": supply,
                    "reference": f"{supply.reference}-A{row.number}", "title": row.title, "our_party": papers.SPONSOR,
                    "governing_law": "Germany", "value": row.value, "currency": "EUR", "term_months": 12,
                    "effective_on": (self.today + timedelta(days=row.effective)).isoformat(),
                },
                **self.by("alice"),
            )  # fmt: skip
            bring_in(made, words=row.text, note="Agreed in the call of last week", **self.by("alice"))
            made.refresh_from_db()
            made = parts.write(made, Provision, row.provisions(supply, self.today), **self.by("alice"))
            self.approved(self.signatories(made))

    # ---- the second source, through every gate

    def second_source(self, relationship: Relationship, begun: date, calendar: HolidayCalendar) -> None:
        """Negotiate, approve and sign the set of agreements with the CMO that an award has selected."""
        with at(noon(begun)):
            supply = self.write(
                relationship, "msa", {**existing.CASTELLAN.head("msa", begun, self.today), "calendar": calendar}
            )
            supply = agreements.start_negotiation(supply, **self.by("alice"))
        rows = list(NegotiationPoint.objects.filter(agreement=supply).order_by("rank", "title"))
        for number, point in enumerate(rows):
            self.negotiate(
                point, begun + timedelta(days=3 + number), existing.OUTCOMES[number % len(existing.OUTCOMES)]
            )
        with at(noon(begun + timedelta(days=16))):
            self.text(supply, "alice")
            supply = parts.write(supply, Duty, existing.CASTELLAN.duties("msa", self.people), **self.by("alice"))
            supply = self.approved(self.signatories(supply))
        with at(noon(begun + timedelta(days=22))):
            supply = self.executed(supply)
            supply = agreements.take_effect(supply, **self.by("alice"))
            head = {**existing.CASTELLAN.head("qag", begun, self.today), "calendar": calendar, "parent": supply}
            quality = self.write(relationship, "qag", head)
            self.text(quality, "alice")
            quality = self.matrix(quality, "alice")
            quality = self.approved(self.signatories(quality))
            quality = self.executed(quality)
            agreements.take_effect(quality, **self.by("quinn"))

    def negotiate(self, point: NegotiationPoint, on: date, outcome: Sequence[Any]) -> None:
        how, achieved, theirs, value = outcome
        moves = [
            {"on": on, "side": "ours", "said": point.target[:2000]},
            {"on": on + timedelta(days=2), "side": "theirs", "said": theirs},
        ]
        if value:
            moves.append(
                {
                    "on": on + timedelta(days=5), "side": "ours", "said": (point.fallback or point.target)[:2000],
                    "concession": True, "value": Decimal(value), "currency": "EUR",
                }
            )  # fmt: skip
        with at(noon(on + timedelta(days=5))):
            point = parts.write(point, Position, moves, **self.by("alice"))
            text = point.target if how == "target" else (point.fallback or point.target)
            points.settle(point, outcome=how, achieved=achieved, final_text=text, **self.by("alice"))


def contact_of(cmo: CMO) -> Contact:
    """Return who signs for a CMO: whoever may sign in, else the first."""
    rows = Contact.objects.filter(cmo=cmo).order_by("id")
    return rows.filter(user__isnull=False).first() or rows[0]


__all__ = ["Contracting"]
