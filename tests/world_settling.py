"""What is negotiated and settled beside agreements: a point, a quality agreement with all of its own, authority, days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def build(world: Any) -> None:
    """Put one record of each noun on the shelves. Needs the supply agreement of `tests.world_contracts`."""
    from contracts import models as m

    records, people = world.records, world.people
    supply = records["agreements"]
    quality = m.Agreement.objects.create(
        reference="QAG-VX12", title="Quality of VX-12", kind="qag", cmo=supply.cmo, programme=supply.programme,
        relationship=supply.relationship, created_by=people["quinn"],
    )  # fmt: skip
    m.Responsibility.objects.create(agreement=quality, activity="recall", sponsor_quality="AR", cmo_quality="R")
    point = m.NegotiationPoint.objects.create(
        agreement=supply, title="Step-in right", rank=1, target="After 60 days", fallback="After 90 days",
        created_by=people["alice"],
    )  # fmt: skip
    m.Position.objects.create(point=point, on=date(2026, 4, 2), side="ours", said="After 60 days.")
    delegation = m.Delegation.objects.create(number=7, currency="EUR", created_by=people["farid"])
    m.AuthorityLimit.objects.create(delegation=delegation, line="business", role="executive", up_to=Decimal(250_000))
    m.DelegationRate.objects.create(
        delegation=delegation, currency="USD", rate=Decimal("1.08"), on=date(2026, 4, 1), source="ECB"
    )
    calendar = m.HolidayCalendar.objects.create(
        name="Hesse", first_year=2026, last_year=2028, created_by=people["lena"]
    )
    m.Holiday.objects.create(calendar=calendar, on=date(2026, 12, 25), name="Christmas")
    records |= {
        "negotiation-points": point,
        "subcontractors": m.Subcontractor.objects.create(
            agreement=quality, name="Alpine Testing", activity="Sterility tests", basis="Audit AR-12",
            created_by=people["alice"],
        ),
        "exercises": m.Exercise.objects.create(
            agreement=quality, held_on=date(2026, 4, 7), event="DEV-12", participants="Quinn, Otto",
            steps="Told within a day.", created_by=people["quinn"],
        ),
        "delegations": delegation,
        "split-answers": m.SplitAnswer.objects.create(
            codes=["MSA-VX12", "SOW-VX12"], question="They pass EUR 250,000 together.", agreement=supply
        ),
        "holiday-calendars": calendar,
    }  # fmt: skip
    world.more["quality_agreement"] = quality
