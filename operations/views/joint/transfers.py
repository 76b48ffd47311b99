"""Pages of technology transfers and their gates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.pages.tables import table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from operations import reading
from operations.actions.transfers import gates_of, next_gate
from operations.filters import TransferFilters, TransferGateFilters
from operations.forms_joint import GateForm, TransferForm
from operations.models import Transfer, TransferGate
from operations.views.base import OperationsNoun

S = Transfer.State
G = TransferGate.State

GATES = (
    Column("position", "Gate", kind="number"),
    Column("name", "What for", kind="link", value="name", note="criterion", url=lambda row: row.get_absolute_url()),
    Column("state", "State", kind="state"),
    Column("planned_for", "Planned for", kind="date"),
    Column("met_on", "Met on", kind="date"),
)


class Transfers(OperationsNoun):
    """Technology transfers."""

    model = Transfer
    columns = (
        Column("title", "What is transferred", kind="link", value="title"),
        Column("relationship", "Relationship", value=lambda row: str(row.relationship)),
        Column("site", "Receiving site", value=lambda row: row.site.name if row.site is not None else "–"),
        Column("passed", "Gates passed", value=lambda row: f"{row.passed} of {row.gates_in_all}"),
        Column("state", "State", kind="state"),
        Column("started_on", "Started", kind="date", default=False),
        Column("completed_on", "Completed", kind="date", default=False),
    )
    sorts = {
        "title": "title", "relationship": "relationship__cmo__legal_name", "state": "state", "started_on": "started_on",
        "completed_on": "completed_on",
    }  # fmt: skip
    sort = "title"
    filters = TransferFilters
    form = TransferForm
    add_title = "Plan a technology transfer"
    add_button = "Plan the transfer"
    find_in = ("title", "relationship__cmo__legal_name")
    list_sentence = "What is transferred to which CMO, gate after gate; the first batch waits for the last one."
    empty_sentence = "Plan one for the relationship that is being onboarded, or have it confirmed that none is needed."
    about = {
        "title": "About technology transfers",
        "purpose": "A transfer fails where it is declared done. Each gate says in numbers, before the work, what must"
        " hold at its end; technical and quality sign that it does, and no gate is skipped.",
        "checklist": [
            "Criteria are fixed before the transfer starts; a change of plan takes quality.",
            "Engineering batches are not qualification batches.",
            "What earlier transfers taught is part of the knowledge package.",
        ],
        "done": ["Every gate is passed, and the report names where the evidence lies."],
        "source": "Phases after WHO TRS 1044, Annex 4.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme", "site").annotate(
            passed=Count("gates", filter=Q(gates__state=G.PASSED)),
            gates_in_all=Count("gates", filter=~Q(gates__state=G.LEFT_OUT)),
        )

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related(
            "relationship__cmo", "relationship__programme", "site", "lead", "plan_from__proposal"
        )

    def found_note(self, record: Transfer) -> str:
        return f"Technology transfer, {record.get_state_display().lower()}"

    def sentence(self, record: Transfer, request: HttpRequest) -> str:
        match record.state:
            case S.PLANNED:
                return "Planned. Write down what must hold at each gate, in numbers; then start it."
            case S.COMPLETE:
                return f"Complete since {fmt.day(record.completed_on)}: every gate is passed."
            case S.NOT_NEEDED:
                return "Not needed; the history says why, and who signed that."
        gates = gates_of(record)
        behind = sum(1 for gate in gates if gate.state == G.PASSED)
        of = sum(1 for gate in gates if gate.state != G.LEFT_OUT)
        after = next_gate(gates)
        return f"{behind} of {of} gates passed. " + (f"Next: {after}." if after is not None else "It can be completed.")

    def stepper(self, record: Transfer) -> list[dict[str, Any]]:
        if record.state == S.NOT_NEEDED:
            return [{"label": "Planned", "status": "done"}, {"label": "Not needed", "status": "now"}]
        at = [S.PLANNED, S.RUNNING, S.COMPLETE].index(S(record.state))
        notes = ("", record.started_on and f"since {fmt.day(record.started_on)}", fmt.day(record.completed_on) if record.completed_on else "")  # fmt: skip
        return [
            {
                "label": label, "status": "done" if place < at else "now" if place == at else "next",
                **({"note": notes[place]} if notes[place] else {}),
            }
            for place, label in enumerate(("Planned", "Running", "Complete"))
        ]  # fmt: skip

    def facts(self, record: Transfer, request: HttpRequest) -> list[Fact]:
        found: list[Fact] = [
            ("Relationship", record.relationship, url_of(record.relationship)),
            ("From", record.sending_unit, ""),
            ("To", record.site or "", url_of(record.site) if record.site is not None else ""),
            ("Led by", record.lead or "", ""),
        ]
        if record.plan_from is not None:
            found.append(("Planned in the selection", "Gates of the chosen proposal", ""))
        return found

    def panels(self, record: Transfer, request: HttpRequest) -> Iterable[Panel]:
        gates = gates_of(record)
        adds = record.state == S.PLANNED and edits.may_create(TransferGate, request.user)  # type: ignore[arg-type]
        where = f"{reverse('operations:transfer_gate_add')}?transfer={record.pk}"
        yield Panel(
            "Gates",
            table(GATES, gates, "Gates", "No gate yet: add what must hold before the first batch."),
            actions=[{"label": "Add a gate", "url": where}] if adds else (),
            key="gates",
            flush=bool(gates),
        )
        if record.lessons:
            yield Panel("Lessons of earlier transfers", words(record.lessons), key="lessons")

    def consequences(self, record: Transfer, verb: str) -> list[str]:
        match verb:
            case "start_transfer":
                count = sum(1 for gate in gates_of(record) if gate.state != G.LEFT_OUT)
                return [f"{reading.counted(count, 'gate')} and their criteria are fixed; changing them takes quality."]
            case "declare_not_needed":
                return ["The relationship can become active without any gate being passed."]
        return []


class TransferGates(OperationsNoun):
    """Gates of technology transfers."""

    model = TransferGate
    columns = (
        Column("name", "Gate", kind="link", value="name", note="criterion"),
        Column("transfer", "Transfer", value=lambda row: str(row.transfer)),
        Column("position", "Place", kind="number"),
        Column("planned_for", "Planned for", kind="date"),
        Column("met_on", "Met on", kind="date"),
        Column("state", "State", kind="state"),
    )
    sorts = {"name": "name", "planned_for": "planned_for", "met_on": "met_on", "state": "state", "position": "position"}
    sort = "planned_for"
    filters = TransferGateFilters
    form = GateForm
    add_title = "Add a gate"
    list_sentence = "Gates of all transfers; the next ones first."
    empty_sentence = "Gates are planned with their transfer."

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("transfer")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("transfer__relationship__cmo", "transfer__relationship__programme")

    def parent(self, record: TransferGate) -> Any:
        return record.transfer

    def crumbs(self, record: TransferGate | None = None) -> list[tuple[str, str]]:
        if record is None:
            return super().crumbs()
        transfer = record.transfer
        return [("Operations", reverse("operations:home")), (str(transfer), transfer.get_absolute_url())]

    def title(self, record: TransferGate) -> str:
        return str(record)

    def after_create(self, record: TransferGate) -> str:
        return record.transfer.get_absolute_url()

    def sentence(self, record: TransferGate, request: HttpRequest) -> str:
        match record.state:
            case G.PRESENTED:
                return "Its result is there. Technical and quality sign that the criterion is met, or send it back."
            case G.PASSED:
                return f"Passed; the criterion was met on {fmt.day(record.met_on)}."
            case G.LEFT_OUT:
                return "Left out of the plan; the history says why."
        if record.transfer.state == S.PLANNED:
            return "Planned. Its criterion is fixed once the transfer starts."
        return "Open. Write down what came out and where the evidence lies, then present it."

    def facts(self, record: TransferGate, request: HttpRequest) -> list[Fact]:
        return [
            ("Transfer", record.transfer, record.transfer.get_absolute_url()),
            ("Planned for", fmt.day(record.planned_for) if record.planned_for else "", ""),
            ("Met on", fmt.day(record.met_on) if record.met_on else "", ""),
        ]

    def panels(self, record: TransferGate, request: HttpRequest) -> Iterable[Panel]:
        yield Panel("What must hold", words(record.criterion), key="criterion")
        if record.result:
            yield Panel("What came out", words(record.result), key="result")
        if record.evidence:
            yield Panel("Evidence", words(record.evidence), key="evidence")

    def step_home(self, record: TransferGate) -> str:
        return record.transfer.get_absolute_url()


__all__ = ["TransferGates", "Transfers"]
