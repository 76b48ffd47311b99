"""The life of a technology transfer: planned, run gate by gate, complete; or signed as not needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.due import within
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.signed import unsigned_roles
from cmo_lifecycle.workflow.transitions import authors_of, transition
from operations.models import Transfer, TransferGate

S = Transfer.State
G = TransferGate.State
RUNNERS = ("technical", "project_manager")


def gates_of(transfer: Transfer) -> list[TransferGate]:
    return list(transfer.gates.order_by("position"))


def _has_its_criteria(transfer: Transfer) -> Iterator[str]:
    gates = gates_of(transfer)
    if not any(gate.state != G.LEFT_OUT for gate in gates):
        yield "Write down the gates of the transfer first."
    for gate in gates:
        if gate.state == G.OPEN and not gate.is_quantitative:
            yield f"{gate}: say in numbers how much is enough, such as “3 of 3 batches within specification”."
    if transfer.site is None:
        yield "Name the receiving site."


@transition(Transfer, source=S.PLANNED, target=S.RUNNING, roles=RUNNERS, gates=(_has_its_criteria,))
def start_transfer(transfer: Transfer, event: Event) -> None:
    """Start the transfer; from now on its gates and their acceptance criteria are fixed."""
    transfer.started_on = transfer.started_on or timezone.localdate()


def _nothing_is_presented(transfer: Transfer) -> Iterator[str]:
    for gate in gates_of(transfer):
        if gate.state == G.PRESENTED:
            yield f"{gate} waits for its signatures: have it passed or sent back first."


@transition(
    Transfer, source=S.RUNNING, target=S.PLANNED, roles=("quality",), gates=(_nothing_is_presented,),
    meaning="I agree that the plan of this transfer is changed", reason=True,
)  # fmt: skip
def replan(transfer: Transfer, event: Event) -> None:
    """Open the gates that are not passed yet for a change of plan; what was passed stays."""


def _every_gate_is_passed(transfer: Transfer) -> Iterator[str]:
    for gate in gates_of(transfer):
        if gate.state not in TransferGate.BEHIND:
            yield f"{gate} has not been passed."
        elif unsigned_roles(gate):
            yield f"{gate} is without a valid signature: look into the trail."


@transition(Transfer, source=S.RUNNING, target=S.COMPLETE, roles=RUNNERS, gates=(_every_gate_is_passed,))
def complete_transfer(transfer: Transfer, event: Event) -> None:
    """Complete the transfer: every gate is passed."""
    transfer.completed_on = timezone.localdate()


@transition(
    Transfer, source=S.PLANNED, target=S.NOT_NEEDED, roles=("technical", "quality"), by_another=True, reason=True,
    meaning="I confirm that no technology transfer is needed",
)  # fmt: skip
def declare_not_needed(transfer: Transfer, event: Event) -> None:
    """Confirm that nothing has to be transferred, and why."""


def _comes_after_those_before(gate: TransferGate) -> Iterator[str]:
    if gate.transfer.state != S.RUNNING:
        yield "Start the transfer first: results come after the criteria are fixed."
    earlier = gate.transfer.gates.filter(position__lt=gate.position).exclude(state__in=TransferGate.BEHIND)
    for one in earlier.order_by("position"):
        yield f"{one} comes first: no gate is skipped."


def _is_not_before_the_start(gate: TransferGate) -> Iterator[str]:
    begun = gate.transfer.started_on
    if gate.met_on is not None and begun is not None and gate.met_on < begun:
        yield "It was met before the transfer began, when its criterion was not fixed: give the right day."


@transition(
    TransferGate, source=G.OPEN, target=G.PRESENTED, roles=RUNNERS, required=("result", "evidence", "met_on"),
    gates=(_comes_after_those_before, _is_not_before_the_start),
)  # fmt: skip
def present(gate: TransferGate, event: Event) -> None:
    """Present the gate with its result and evidence to technical and quality."""


def _another_of_quality(gate: TransferGate, user: User, role: str) -> str:
    if role == "quality" and user.pk in authors_of(gate):
        return "Quality judges what others wrote: ask a colleague of quality who did not write this gate."
    return ""


@transition(
    TransferGate, source=G.PRESENTED, target=G.PASSED, approvers=("technical", "quality"),
    gates=(_comes_after_those_before,), objection=_another_of_quality, author_may=True, due=within(days=5),
    meaning="I confirm that this gate's acceptance criterion is met",
)  # fmt: skip
def pass_gate(gate: TransferGate, event: Event) -> None:
    """Confirm that the criterion is met by the evidence; technical and quality both sign."""


@transition(TransferGate, source=G.PRESENTED, target=G.OPEN, roles=("technical", "quality"), reason=True)
def send_gate_back(gate: TransferGate, event: Event) -> None:
    """Send the gate back: the evidence does not show that the criterion is met."""


def _is_still_planned(gate: TransferGate) -> Iterator[str]:
    if gate.transfer.state != S.PLANNED:
        yield "A gate is left out while the transfer is planned. Have it re-planned first."


@transition(
    TransferGate, source=G.OPEN, target=G.LEFT_OUT, roles=("quality",), gates=(_is_still_planned,), reason=True,
    meaning="I agree that this transfer does not need this gate",
)  # fmt: skip
def leave_out(gate: TransferGate, event: Event) -> None:
    """Leave this gate out of the plan, and say why the transfer does not need it."""


def next_gate(gates: list[Any]) -> Any:
    """Return the first gate that is not behind; None once all are."""
    return next((gate for gate in gates if gate.state not in TransferGate.BEHIND), None)


__all__ = ["complete_transfer", "declare_not_needed", "gates_of", "next_gate", "pass_gate", "present", "start_transfer"]
