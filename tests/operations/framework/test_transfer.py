"""A technology transfer: gates in order, criteria fixed before the work, each signed by technical and quality."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Approval
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from evaluation.models import RelationshipAward
from evaluation.models.appraisal import TransferPhase
from operations.actions import transfers
from operations.models import Transfer, TransferGate
from tests.operations.framework.conftest import passed, signed

OUTCOME = {"result": "3 of 3", "evidence": "TR-7", "met_on": date.today()}


def gate(transfer: Transfer, place: int) -> TransferGate:
    return transfer.gates.get(position=place)  # type: ignore[no-any-return]


def test_gates_are_passed_in_order_by_two_signatures(transfer: Transfer, tom: Any, quinn: Any, priya: Any) -> None:
    assert [one.name for one in transfer.gates.all()][-2:] == [
        "Process performance qualification", "Report and regulatory filing",
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="fixed"):
        edits.update(gate(transfer, 1), OUTCOME, actor=tom)
    assert not Approval.objects.filter(verb="pass_gate").exists()
    transfer = transfers.start_transfer(transfer, actor=tom)
    with pytest.raises(InvalidInput, match="fixed since"):
        edits.update(gate(transfer, 2), {"criterion": "1 of 3 batches"}, actor=tom)
    with pytest.raises(InvalidInput, match="fixed before the work"):
        edits.create(
            TransferGate, {"transfer": transfer, "position": 9, "name": "Late", "criterion": "1 of 1"}, actor=tom
        )
    with pytest.raises(Refused, match="no gate is skipped"):
        transfers.present(edits.update(gate(transfer, 2), OUTCOME, actor=tom), actor=tom)
    early = edits.update(gate(transfer, 1), {**OUTCOME, "met_on": date.today() - timedelta(days=30)}, actor=tom)
    with pytest.raises(Refused, match="met before the transfer began"):
        transfers.present(early, actor=tom)
    first = transfers.present(edits.update(early, OUTCOME, actor=tom), actor=tom)
    first = signed(transfers.pass_gate, first, tom)
    assert first.state == "presented"
    with pytest.raises(Refused, match="not edited any more"):
        edits.update(first, {"result": "Better"}, actor=tom)
    assert signed(transfers.pass_gate, first, quinn).state == "passed"
    with pytest.raises(Refused, match="has not been passed"):
        transfers.complete_transfer(transfer, actor=priya)
    for place in range(2, 9):
        passed(gate(transfer, place), tom, quinn)
    assert transfers.complete_transfer(transfer, actor=priya).completed_on == date.today()


def test_evidence_that_does_not_show_it_goes_back(transfer: Transfer, tom: Any, quinn: Any) -> None:
    transfers.start_transfer(transfer, actor=tom)
    with pytest.raises(Refused, match="Fill in evidence"):
        transfers.present(edits.update(gate(transfer, 1), {"result": "Good"}, actor=tom), actor=tom)
    first = transfers.present(edits.update(gate(transfer, 1), OUTCOME, actor=tom), actor=tom)
    back = transfers.send_gate_back(first, actor=quinn, reason="The report is a draft")
    assert back.state == "open" and edits.update(back, {"evidence": "TR-8"}, actor=tom).evidence == "TR-8"


def test_a_plan_changes_only_with_quality(transfer: Transfer, tom: Any, quinn: Any, priya: Any) -> None:
    left = signed(transfers.leave_out, gate(transfer, 6), quinn, reason="The process runs there already")
    assert left.state == "left_out"
    transfers.start_transfer(transfer, actor=tom)
    with pytest.raises(Refused, match="re-planned first"):
        signed(transfers.leave_out, gate(transfer, 7), quinn, reason="Too dear")
    passed(gate(transfer, 1), tom, quinn)
    with pytest.raises(NotPermitted):
        signed(transfers.replan, transfer, tom, reason="A method more")
    again = signed(transfers.replan, transfer, quinn, reason="A method more")
    assert again.state == "planned" and gate(again, 1).state == "passed"
    with pytest.raises(InvalidInput, match="later gate is passed"):
        edits.create(
            TransferGate, {"transfer": again, "position": 0, "name": "Before", "criterion": "1 of 1"}, actor=tom
        )
    edits.create(TransferGate, {"transfer": again, "position": 9, "name": "Cleaning", "criterion": "3 of 3"}, actor=tom)
    assert transfers.start_transfer(again, actor=priya).started_on == date.today()


def test_a_criterion_without_a_number_does_not_start(transfer: Transfer, tom: Any) -> None:
    edits.update(gate(transfer, 3), {"criterion": "The protocol is good"}, actor=tom)
    with pytest.raises(Refused, match="in numbers how much is enough"):
        transfers.start_transfer(transfer, actor=tom)
    edits.update(gate(transfer, 3), {"criterion": "Two of two quality units have signed"}, actor=tom)
    assert transfers.start_transfer(transfer, actor=tom).state == "running"


def test_not_needed_is_signed_by_another(transfer: Transfer, priya: Any, quinn: Any, farid: Any) -> None:
    with pytest.raises(NotPermitted):
        signed(transfers.declare_not_needed, transfer, farid, reason="None")
    found = signed(transfers.declare_not_needed, transfer, quinn, reason="Harrow makes it already")
    assert found.state == "not_needed"


def test_the_plan_of_the_chosen_bidder_is_taken_over(world: Any, db: None) -> None:
    for place, (phase, ends, criterion) in enumerate(
        [("Familiarisation", date(2027, 3, 1), "2 of 2 analysts trained"), ("PPQ", date(2027, 9, 1), "3 of 3 batches")]
    ):
        TransferPhase.objects.create(
            appraisal=world.appraisals, position=place, phase=phase, starts_on=date(2027, 1, 1 + place), ends_on=ends,
            gate=criterion,
        )  # fmt: skip
    RelationshipAward.objects.create(
        relationship=world.relationships, award=world.awards, proposal=world.appraisals.proposal, event=world.event
    )
    made = edits.create(Transfer, {"relationship": world.relationships, "title": "By plan"}, actor=world.priya)
    kept = [(one.position, one.name, one.criterion, one.planned_for) for one in made.gates.all()]
    assert kept == [
        (1, "Familiarisation", "2 of 2 analysts trained", date(2027, 3, 1)),
        (2, "PPQ", "3 of 3 batches", date(2027, 9, 1)),
    ]
    assert Transfer.objects.get(pk=made.pk).plan_from == world.appraisals
