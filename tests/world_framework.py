"""How Harrow and we work together on VX-12: a framework that is being written, and a transfer with a gate."""

from __future__ import annotations

from typing import Any


def build(world: Any) -> None:
    """Put a framework, a transfer and a gate on the shelves."""
    from operations import models as m

    records, people = world.records, world.people
    framework = m.Framework.objects.create(
        relationship=records["relationships"],
        scope="Frozen bulk of cell line VXM-3",
        goals="Never out of stock",
        created_by=people["alice"],
    )
    m.ContactRow.objects.create(framework=framework, function="Quality", colleague=people["quinn"])
    m.Meeting.objects.create(framework=framework, name="Core team", cadence="week", purpose="Work of the week")
    m.EscalationLevel.objects.create(framework=framework, level=1, name="Functional leads", business_days=2)
    m.AgreedKpi.objects.create(
        framework=framework, name="Deviations", counted_as="Deviations ÷ batches", direction="down", unit="%", target=6,
        red_line=8,
    )  # fmt: skip
    m.BudgetLine.objects.create(framework=framework, year=2027, kind="work", what="Batches", amount=1, currency="EUR")
    transfer = m.Transfer.objects.create(
        relationship=records["relationships"],
        title="Process of VXM-3 to Cork",
        site=records["sites"],
        created_by=people["priya"],
    )
    records |= {
        "frameworks": framework,
        "transfers": transfer,
        "transfer-gates": m.TransferGate.objects.create(
            transfer=transfer, position=1, name="Protocol", criterion="2 of 2 quality units have signed"
        ),
    }
