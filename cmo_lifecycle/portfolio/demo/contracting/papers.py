"""What the demonstration's agreements say where the library leaves a blank, and their typed terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.clauses.topics import TOPICS

SPONSOR = "Vantara Therapeutics GmbH"

#: Answers to the library's blanks, by "topic:blank" or by blank.
FILLS: Mapping[str, Sequence[str]] = {
    "Master Supply Agreement": ["Master Supply Agreement"],
    "product or service": ["VX-12"],
    "product": ["VX-12"],
    "parties:address": ["Seestrasse 12, 60311 Frankfurt am Main", "its seat"],
    "parties:number": ["HRB 118204", "its register number"],
    "site, address, licence number": ["the site named in Schedule 1"],
    "day month year": ["the day of its last signature"],
    "date": ["1 January"],
    "earlier date": ["its signature"],
    "date, or number of years": ["the fifth anniversary of that day"],
    "jurisdiction": ["Germany"],
    "a warning letter or a classification as unacceptable": ["a warning letter or an unacceptable classification"],
    "number": ["2"],
    "finished goods or intermediate": ["finished goods"],
    "second site": ["a second site"],
    "lower": ["92"],
    "upper": ["104"],
    "unit": ["vials"],
    "rate": ["EUR 12,000"],
    "Incoterm, place": ["FCA, the CMO's site"],
    "public index": ["the harmonised index of consumer prices of the euro area"],
    "material": ["glass"],
    "quantity": ["8 batches"],
    "arbitration under (rules) at (place), in English, by three arbitrators": [
        "arbitration under the rules of the DIS at Frankfurt am Main, in English, by three arbitrators"
    ],
    "laboratory": ["Brightwater Labs"],
    "institution": ["the chamber of commerce of Frankfurt am Main"],
    "amount": ["EUR 10,000,000"],
    "field": ["severe asthma"],
    "escrow agent": ["a notary"],
    "indication or mechanism": ["severe asthma"],
    "line or suite": ["line 4"],
}

#: Terms of a supply agreement that depend on the case: what the library leaves open.
OF_SUPPLY: Mapping[str, str] = {
    "reserved_slots": "10 batches a year",
    "batch_size": "36000-40000",
    "yield_band": "92-104",
    "yield_credit": "EUR 12000",
}
#: Of each kind of agreement, the terms that are kept as data.
KEPT: Mapping[str, Sequence[str]] = {
    "msa": (
        "firm_zone", "zone_two", "zone_three", "order_acceptance", "reserved_slots", "failure_level",
        "replacement_time", "recovery_plan", "safety_stock", "batch_size", "yield_band", "repeat_time",
        "acceptance_period", "cure_period", "payment_term", "cancellation_steps",
    ),
    "qag": (
        "notice_critical", "notice_major_event", "notice_minor_event", "oos_notice", "integrity_notice",
        "complaint_notice", "batch_package", "batch_review", "notice_registered", "notice_major", "notice_minor",
        "record_hand_over",
    ),
}  # fmt: skip


def typed_terms(kind: str, topics: Sequence[str]) -> list[dict[str, Any]]:
    """Return the typed terms of an agreement of a kind whose text holds `topics`: those with a value."""
    found = []
    for code in topics:
        for one in TOPICS[code].terms:
            value = OF_SUPPLY.get(one.code, one.default)
            if one.code in KEPT.get(kind, ()) and value:
                found.append(
                    {
                        "code": one.code,
                        "label": one.label,
                        "topic": code,
                        "kind": one.kind,
                        "unit": one.unit,
                        "value": with_unit(value, one.kind, one.unit),
                    }
                )
    return found


def with_unit(value: str, kind: str, unit: str) -> str:
    """Return a value of the library as a term reads it: a bare figure gets the unit that stands beside it."""
    bare = value.replace(".", "").isdigit()
    if bare and kind in ("clock", "duration", "volume", "count"):
        return f"{value} {unit}"
    return f"{value} %" if bare and unit.startswith("percent") else value
