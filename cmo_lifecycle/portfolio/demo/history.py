"""Let the demonstration happen, in order of time, through the same doors that people use."""

from __future__ import annotations

import calendar
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cmo_lifecycle.accounts import cast
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.actions import qualifications, relationships, tiers
from cmo_lifecycle.partners.models import (
    CMO,
    Capability,
    Certificate,
    Contact,
    Identifier,
    Inspection,
    Programme,
    Qualification,
    Relationship,
    Site,
    TierAssessment,
)
from cmo_lifecycle.portfolio.demo import telling
from cmo_lifecycle.portfolio.demo.clock import at, month_start, noon
from cmo_lifecycle.portfolio.demo.contracting import Contracting, joining
from cmo_lifecycle.portfolio.demo.selecting import Selecting
from cmo_lifecycle.portfolio.demo.strategies import STRATEGIES
from cmo_lifecycle.portfolio.demo.together import Together
from cmo_lifecycle.portfolio.demo.world import CMOS, PROGRAMMES, SOURCE, WORK, CmoOf, SiteOf, WorkOf
from cmo_lifecycle.workflow import edits
from contracts.models import Agreement
from evaluation.models import Rfp
from operations import review_run
from operations.actions import reviews
from operations.models import Delivery, Review
from strategy.models import Strategy

SEED = 20260522
#: What the schedule opened in the latest so many months is left for the reader to sign.
LEFT_UNSIGNED_MONTHS = 2
#: Whose CMOs are chosen by RFP.
SELECTED_FOR = "VX-12"
SIGN_IN = ("Otto Brandl", "Marta Ferrer")
#: The stages that follow a signed award, in order: the step into each, who takes it, why, and how many months after.
AFTER_THE_AWARD = {
    "contracting": (relationships.start_contracting, "alice", "", 1),
    "onboarding": (relationships.onboard, "alice", "Supply and quality agreement are in force", 2),
    "operating": (relationships.operate, "priya", "The last gate of the transfer is passed", 5),
}
AWARDED_MONTHS_AGO = 6


class History:
    """One telling of the demonstration, as of `today`; the same day tells the same story."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.random = random.Random(SEED)
        self.people: dict[str, User] = {}
        self.password = cast.DEMO_PASSWORD

    def tell(self) -> dict[str, int]:
        """Make everything; return how much of what was made."""
        self.people = cast.make_cast()
        start = month_start(self.today, -36)
        with at(noon(start)):
            programmes = {row["name"]: self.programme(row) for row in PROGRAMMES}
            for row in CMOS:
                self.cmo(row)
        strategies, selections = telling.Telling(self.today, self.people), Selecting(self.today, self.people)
        for told in STRATEGIES:
            second = selections.second_source if told.programme == SELECTED_FOR else None
            strategies.tell(told, programmes[told.programme], second)
        selections.packer(programmes[SELECTED_FOR])
        selections.laboratory(programmes[SELECTED_FOR])
        self.contracting = Contracting(self.today, self.people)
        self.calendar = self.contracting.ground(start)
        found = [self.work(row, programmes[row.programme], start) for row in WORK]
        self.contracting.ran_before(found, self.calendar)
        together = Together(self.today, self.people)
        for relationship in found:
            together.tell(relationship)
        for row, relationship in zip(WORK, found, strict=True):
            self.deliveries(row, relationship)
        self.reviews(start)
        return {
            "CMOs": len(CMOS),
            "agreements": Agreement.objects.filter(programme__in=programmes.values()).count(),
            "RFPs": Rfp.objects.filter(programme__in=programmes.values()).count(),
            "strategies": Strategy.objects.filter(programme__in=programmes.values()).count(),
            "relationships": len(found),
            "deliveries": Delivery.objects.filter(source_system=SOURCE).count(),
            "reviews": Review.objects.filter(relationship__in=found).count(),
        }

    def programme(self, row: dict[str, Any]) -> Programme:
        members = [self.people[name] for name in row["members"]]
        values = {**row, "members": members}
        author = self.people["mallory"] if "mallory" in row["members"] else self.people["alice"]
        return edits.create(Programme, values, actor=author, source=SOURCE)

    def cmo(self, row: CmoOf) -> None:
        alice, quinn = self.people["alice"], self.people["quinn"]
        made = edits.create(
            CMO,
            {
                "legal_name": row.name,
                "country": row.country,
                "kind": row.kind,
                "modalities": list(row.modalities),
                "aliases": list(row.aliases),
                "financial_rating": row.rating,
                "financial_rating_on": month_start(self.today, -7),
                "insurance_expires_on": self.today + timedelta(days=row.insurance_in_days),
            },
            actor=alice,
            source=SOURCE,
        )
        if row.lei:
            edits.create(Identifier, {"cmo": made, "scheme": "lei", "value": row.lei}, actor=alice, source=SOURCE)
        for name, position, email in row.contacts:
            user = self.people.get(name.partition(" ")[0].lower()) if name in SIGN_IN else None
            edits.create(
                Contact,
                {"cmo": made, "name": name, "position": position, "email": email, "user": user},
                actor=alice,
                source=SOURCE,
            )
        for site in row.sites:
            self.site(made, site, quinn)

    def site(self, cmo: CMO, row: SiteOf, quinn: User) -> None:
        site = edits.create(
            Site,
            {
                "cmo": cmo,
                "name": row.name,
                "city": row.city,
                "country": row.country,
                "time_zone": row.time_zone,
                "duns": row.duns,
                "fei": row.fei,
            },
            actor=quinn,
            source=SOURCE,
        )
        amount, unit = row.capacity
        edits.create(
            Capability,
            {
                "site": site,
                "service": row.service,
                "modality": row.modality,
                "scale": row.scale,
                "capacity": Decimal(amount),
                "capacity_unit": unit,
            },
            actor=quinn,
            source=SOURCE,
        )
        expires = self.today + timedelta(days=row.certificate_in_days)
        edits.create(
            Certificate,
            {
                "site": site,
                "kind": "gmp",
                "number": f"GMP-{row.country}-{row.duns[:5]}",
                "issuer": "National medicines authority",
                "scope": row.scope,
                "issued_on": expires - timedelta(days=3 * 365),
                "expires_on": expires,
            },
            actor=quinn,
            source=SOURCE,
        )
        if row.inspection:
            authority, days_ago, outcome = row.inspection
            began = self.today - timedelta(days=days_ago)
            edits.create(
                Inspection,
                {
                    "site": site,
                    "authority": authority,
                    "kind": "surveillance",
                    "started_on": began,
                    "ended_on": began + timedelta(days=4),
                    "form_483": authority == "FDA" and outcome != "nai",
                    "observations": 3 if outcome != "nai" else 0,
                    "classification": outcome,
                    "responded_on": began + timedelta(days=22) if outcome != "nai" else None,
                },
                actor=quinn,
                source=SOURCE,
            )
        self.qualify(site, row, quinn)

    def qualify(self, site: Site, row: SiteOf, quinn: User) -> None:
        if not row.qualification:
            return
        entry = edits.create(
            Qualification,
            {
                "site": site,
                "service": row.service,
                "scope": row.scope,
                "basis": f"Qualification audit of {site.name}, report VT-AR-{row.duns[-4:]}",
            },
            actor=self.people["alice"],
            source=SOURCE,
        )
        entry = qualifications.start(entry, actor=quinn, source=SOURCE)
        if row.qualification == "in_qualification":
            return
        entry = qualifications.approve(
            entry,
            actor=quinn,
            password=self.password,
            source=SOURCE,
            reason="Audit closed without critical findings",
            next_review_on=self.today + timedelta(days=row.review_in_days),
        )
        if row.qualification == "conditional":
            with at(noon(self.today - timedelta(days=60))):
                qualifications.approve_conditionally(
                    entry,
                    actor=quinn,
                    password=self.password,
                    source=SOURCE,
                    reason="Deliveries slipped and three observations are open",
                    next_review_on=self.today + timedelta(days=row.review_in_days),
                    conditions="Monthly call on deviations; observations closed before the next review.",
                )

    def work(self, row: WorkOf, programme: Programme, start: date) -> Relationship:
        """Make the relationship as it ran before this system did, or go on with the one that an award has selected."""
        if row.stage in AFTER_THE_AWARD:
            return self.selected(row, programme)
        in_vx = programme.name != "QR-7"
        author = self.people["alice" if in_vx else "mallory"]
        with at(noon(start)):
            relationship = edits.create(
                Relationship,
                {
                    "cmo": CMO.objects.get(legal_name=row.cmo),
                    "programme": programme,
                    "sites": list(Site.objects.filter(name__in=row.sites)),
                    "services": list(row.services),
                    "manager": self.people["priya" if in_vx else "bob"],
                    "review_cadence": row.cadence,
                },
                actor=author,
                source=SOURCE,
            )
            if in_vx:
                self.assess(relationship, row, start)
            if row.stage == "active":
                return relationships.register_as_existing(
                    relationship,
                    actor=author,
                    source=SOURCE,
                    reason="It ran before this system did",
                    evidence=row.evidence,
                    active_from=month_start(self.today, -row.months),
                )
        return relationship

    def assess(self, relationship: Relationship, row: WorkOf, on: date) -> None:
        impact, detect, data, supply = row.factors
        assessment = edits.create(
            TierAssessment,
            {
                "relationship": relationship,
                "product_impact": impact,
                "detectability": detect,
                "data_integrity": data,
                "supply_continuity": supply,
                "rationale": row.rationale,
                "assessed_on": on,
            },
            actor=self.people["alice"],
            source=SOURCE,
        )
        tiers.approve(assessment, actor=self.people["quinn"], password=self.password, source=SOURCE)

    def selected(self, row: WorkOf, programme: Programme) -> Relationship:
        """Take a relationship from its award on, one stage a month."""
        alice = self.people["alice"]
        relationship = Relationship.objects.get(cmo__legal_name=row.cmo, programme=programme)
        first = month_start(self.today, -AWARDED_MONTHS_AGO)
        with at(noon(first)):
            values = {"manager": self.people["priya"], "review_cadence": row.cadence}
            relationship = edits.update(
                relationship, values, actor=alice, reason="Handed over to its manager", source=SOURCE
            )
            self.assess(relationship, row, first)
        relationship.refresh_from_db()
        for state, (step, name, reason, months) in AFTER_THE_AWARD.items():
            if state == "operating":
                joining.join(self.contracting, relationship)
            day = month_start(self.today, months - AWARDED_MONTHS_AGO)
            with at(noon(day)):
                relationship = step(relationship, actor=self.people[name], reason=reason, source=SOURCE)
            if state == "contracting":
                self.contracting.second_source(relationship, day, self.calendar)
                relationship.refresh_from_db()
            if state == row.stage:
                break
        return relationship

    def deliveries(self, row: WorkOf, relationship: Relationship) -> None:
        site = relationship.sites.first()
        made = []
        for back in range(row.months, -2, -1):
            first = month_start(self.today, -back)
            days = calendar.monthrange(first.year, first.month)[1]
            share = row.late[0] + (row.late[1] - row.late[0]) * (row.months - back) / row.months
            for _ in range(row.monthly):
                made.append(
                    self.delivery(row, relationship, site, first + timedelta(self.random.randrange(days)), share)
                )
        service = User.objects.service("demo")
        with acting(service, source=SOURCE):
            Delivery.objects.bulk_create([line for line in made if line is not None], batch_size=500)

    def delivery(
        self, row: WorkOf, relationship: Relationship, site: Site | None, due: date, late_share: float
    ) -> Delivery:
        pick = self.random
        item, unit, price = pick.choice(row.items)
        ordered_on = due - timedelta(days=pick.randint(60, 120))
        slip = pick.randint(1, row.delay) if pick.random() < late_share else -pick.choice((0, 0, 0, 1, 2, 3))
        arrived = due + timedelta(days=slip)
        quantity = Decimal(pick.randint(4, 60) * (500 if price < 100 else 1))
        delivered = accepted = None
        if arrived <= self.today:
            delivered = quantity
            accepted = (quantity * Decimal("0.94")).quantize(Decimal(1)) if pick.random() < row.short else quantity
        number = pick.randrange(10**6)
        return Delivery(
            relationship=relationship,
            site=site,
            source_system=SOURCE,
            external_id=f"{relationship.cmo.legal_name[:3].upper()}-{due:%y%m%d}-{number:06d}",
            order_ref=f"PO-{ordered_on:%y}-{number % 9000 + 1000}",
            item=item,
            country=row.country,
            transport_mode=row.mode,
            incoterm="DAP",
            ordered_on=ordered_on,
            scheduled_on=due,
            delivered_on=arrived if delivered is not None else None,
            recorded_on=arrived + timedelta(days=1) if delivered is not None and arrived < self.today else None,
            quantity_ordered=quantity,
            quantity_delivered=delivered,
            quantity_accepted=accepted,
            unit=unit,
            value=(quantity * price).quantize(Decimal("0.01")),
            currency="EUR",
            created_by=None,
        )

    def reviews(self, start: date) -> None:
        """Let the schedule run on the fourth day of every month, and people sign what it opened."""
        for back in range(35, -1, -1):
            day = month_start(self.today, -back) + timedelta(days=3)
            if day > self.today:
                continue
            with at(noon(day)):
                review_run.run_reviews(noon(day))
                if back >= LEFT_UNSIGNED_MONTHS:
                    self.sign(day)
        for row in WORK:
            if row.comments:
                latest = (
                    Review.objects.filter(relationship__cmo__legal_name=row.cmo, state=Review.State.SCORED)
                    .order_by("-starts_on")
                    .first()
                )
                if latest is not None:
                    why = {"actor": self.people["priya"], "reason": "From the operations call", "source": SOURCE}
                    edits.update(latest, {"comment": row.comments[0]}, **why)

    def sign(self, day: date) -> None:
        for review in Review.objects.filter(
            state=Review.State.SCORED, relationship__cmo__legal_name__in=[c.name for c in CMOS]
        ):
            with at(noon(day + timedelta(days=4))):
                review = reviews.sign_off(
                    review, actor=self.people["priya"], password=self.password, role="project_manager", source=SOURCE
                )
            with at(noon(day + timedelta(days=6))):
                review = reviews.sign_off(
                    review, actor=self.people["quinn"], password=self.password, role="quality", source=SOURCE
                )
                reviews.publish(review, actor=self.people["priya"], source=SOURCE)
