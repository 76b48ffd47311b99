"""A supply agreement of VX-12 that is still written, with a version of its text."""

from __future__ import annotations

import hashlib
from typing import Any

WORDS = "1. Supply. Harrow fills VX-12 into vials.\n\n2. Price. PO-9 sets it.\n"


def build(world: Any) -> None:
    """Put an agreement and its text on the shelves."""
    from contracts import models as m

    records, people = world.records, world.people
    agreement = m.Agreement.objects.create(
        reference="MSA-VX12",
        title="Supply of VX-12",
        kind=m.Agreement.Kind.MSA,
        cmo=records["cmos"],
        programme=records["programmes"],
        relationship=records["relationships"],
        effective_on="2026-01-01",
        expires_on="2030-12-31",
        notice_length="180 days",
        external_id="G-7",
        created_by=people["alice"],
    )
    m.Signatory.objects.create(agreement=agreement, colleague=people["erin"])
    m.Term.objects.create(
        agreement=agreement, code="notice", label="Notice", kind="clock", unit="hours", value="24 hours"
    )
    records |= {
        "agreements": agreement,
        "contract-documents": m.ContractDocument.objects.create(
            agreement=agreement,
            number=1,
            words=WORDS,
            sha256=hashlib.sha256(WORDS.encode()).hexdigest(),
            created_by=people["alice"],
        ),
    }
