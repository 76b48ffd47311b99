"""The second source on its way to regular operations: how both work together, and the transfer, gate by gate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from cmo_lifecycle.partners.actions import qualifications
from cmo_lifecycle.partners.models import Qualification, Relationship
from cmo_lifecycle.portfolio.demo.clock import at, noon
from cmo_lifecycle.portfolio.demo.together import Together
from cmo_lifecycle.workflow import edits
from operations.actions import frameworks, transfers
from operations.models import Framework, Transfer, TransferGate

if TYPE_CHECKING:
    from cmo_lifecycle.portfolio.demo.contracting import Contracting

TEXTS = {
    "scope": "Aseptic filling of VX-12 at Girona as second source, from the first engineering run to commercial supply.",
    "goals": "A second filler that can take over all vials within three months; no batch lost twice for one cause.",
    "decisions": "Quality decides on quality. Schedule and price within the agreed bands are decided in the operations"
    " review; whatever passes them goes to the joint steering committee.",
    "communication": "Each function talks to its counterpart; what is promised is written down within two business days.",
    "data_exchange": "Batch records and test results within five business days, as CSV and PDF, through our portal.",
    "person_in_plant": "Two days for each engineering and qualification run: observes, escalates, never signs Girona's"
    " records.",
    "contingencies": "Four months of filled stock in Cork; Nordvik keeps its slots until three qualification runs passed.",
}


def join(contracting: Contracting, relationship: Relationship) -> None:
    """Agree on the operating framework, and pass every gate of the technology transfer."""
    begun = relationship.stage_since.date() if relationship.stage_since is not None else contracting.today
    framework(contracting, relationship, begun + timedelta(days=9))
    ended = contracting.today - timedelta(days=45)
    transfer(contracting, relationship, begun + timedelta(days=12), ended)
    qualify(contracting, relationship, ended + timedelta(days=3))
    relationship.refresh_from_db()


def qualify(contracting: Contracting, relationship: Relationship, on: date) -> None:
    """Put the site on the approved vendor list: what kept it in qualification is closed."""
    for entry in Qualification.objects.filter(site__in=relationship.sites.all(), state="in_qualification"):
        with at(noon(on)):
            qualifications.approve(
                entry, reason="Qualification runs passed, audit observations closed",
                next_review_on=on + timedelta(days=365), **contracting.signed("quinn"),
            )  # fmt: skip


def framework(contracting: Contracting, relationship: Relationship, on: date) -> None:
    with at(noon(on)):
        made = edits.create(Framework, {"relationship": relationship}, **contracting.by("alice"))
        made = edits.update(made, TEXTS, **contracting.by("alice"))
        made = Together(contracting.today, contracting.people).named(made)
        made = frameworks.submit(made, **contracting.by("alice"))
    for place, name in enumerate(("priya", "quinn", "erin", "marta"), 1):
        with at(noon(on + timedelta(days=place))):
            made = frameworks.approve(made, **contracting.signed(name))


def transfer(contracting: Contracting, relationship: Relationship, begun: date, ended: date) -> None:
    with at(noon(begun)):
        values = {
            "relationship": relationship, "title": "Filling of VX-12, from Bergen to Girona",
            "site": relationship.sites.first(),
        }  # fmt: skip
        made = edits.create(Transfer, values, **contracting.by("priya"))
        for gate in made.gates.order_by("position"):
            if not gate.is_quantitative:
                criterion = {"criterion": f"{gate.criterion or gate.name}: 3 of 3 runs within specification"}
                edits.update(gate, criterion, **contracting.by("priya"))
        made = transfers.start_transfer(made, **contracting.by("tom"))
    gates = list(TransferGate.objects.filter(transfer=made).order_by("position"))
    for place, gate in enumerate(gates, 1):
        day = begun + (ended - begun) * place // len(gates)
        with at(noon(day)):
            outcome = {
                "result": "3 of 3 runs within specification",
                "evidence": f"Transfer report TR-{place:02}, signed by both sites",
                "met_on": day,
            }
            gate = edits.update(gate, outcome, **contracting.by("tom"))
            gate = transfers.present(gate, **contracting.by("tom"))
            for name in ("tom", "quinn"):
                gate = transfers.pass_gate(gate, **contracting.signed(name))
    with at(noon(ended)):
        made.refresh_from_db()
        transfers.complete_transfer(made, **contracting.by("priya"))
