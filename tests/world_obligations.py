"""What is owed under the agreement of VX-12, and an event that started a clock of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any


def build(world: Any) -> None:
    """Put an obligation and an event on the shelves, with the agreement that they belong to where there is none yet."""
    from contracts import models as m

    records, people = world.records, world.people
    agreement = records.get("agreements")
    if agreement is None:
        agreement = records["agreements"] = m.Agreement.objects.create(
            reference="MSA-VX12",
            title="Supply of VX-12",
            kind=m.Agreement.Kind.MSA,
            cmo=records["cmos"],
            programme=records["programmes"],
            created_by=people["alice"],
        )
    event = m.AgreementEvent.objects.create(
        agreement=agreement,
        clock="notice",
        what="Deviation at Vial 2R",
        happened_at=datetime(2026, 4, 14, 8, tzinfo=UTC),
        created_by=people["quinn"],
    )
    records["agreement-events"] = event
    records["obligations"] = m.Obligation.objects.create(
        agreement=agreement,
        title="Tell us of the deviation at Vial 2R",
        side="theirs",
        owner=people["quinn"],
        due_on=date(2026, 4, 15),
        counted="14 April 2026 plus 24 hours",
        event=event,
        created_by=people["quinn"],
    )
