"""What the panel settles about each proposal, and the due diligence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition
from evaluation.models import Appraisal, Diligence, Gap, Requirement, Rfp
from evaluation.panel import is_cleared_in_its_rfp
from evaluation.risks import not_dealt_with

A = Appraisal.State
D = Diligence.State
WORKERS = ("sourcing", "project_manager", "technical", "quality", "finance", "supply_planning", "legal")


def _under_way(record: Any) -> Iterator[str]:
    if record.rfp.state not in Rfp.JUDGING:
        yield "The evaluation is over: nothing is changed any more."


def failed_musts(appraisal: Any) -> list[str]:
    """Return a sentence for each must that the proposal does not meet: any of them knocks it out."""
    musts = {row.code: row for row in appraisal.rfp.requirements.filter(need=Requirement.Need.MUST)}
    return [
        musts[row.requirement].not_met(row.finding)
        for row in appraisal.gaps.all()
        if row.verdict == Gap.Verdict.NOT_MET and row.requirement in musts
    ]


def _every_requirement(appraisal: Appraisal) -> Iterator[str]:
    judged = {row.requirement for row in appraisal.gaps.all()}  # type: ignore[attr-defined]
    for row in appraisal.rfp.requirements.order_by("position"):  # type: ignore[attr-defined]
        if row.code not in judged:
            yield f"Say how the proposal meets {row.code}: {row.requirement}."


def _every_risk(appraisal: Appraisal) -> Iterator[str]:
    if not appraisal.risks.exists():  # type: ignore[attr-defined]
        yield "Write down the risks of choosing this bidder."
    yield from not_dealt_with(appraisal)


@transition(
    Appraisal, source=A.OPEN, target=A.SETTLED, roles=WORKERS, permits=is_cleared_in_its_rfp,
    gates=(_under_way, _every_requirement, _every_risk),
)  # fmt: skip
def settle(appraisal: Appraisal, event: Event) -> None:
    """Settle what was found about the proposal: requirements, risks, transfer and terms."""


@transition(
    Appraisal,
    source=A.SETTLED,
    target=A.OPEN,
    roles=WORKERS,
    permits=is_cleared_in_its_rfp,
    gates=(_under_way,),
    reason=True,
)
def take_up(appraisal: Appraisal, event: Event) -> None:
    """Take the appraisal up again, for a reason that stays on record."""


def _concluded(stream: Diligence) -> Iterator[str]:
    if not stream.findings.strip():
        yield "Write down what was found."
    if not stream.conclusion:
        yield "Conclude: nothing against it, with conditions, or against it."
    if stream.conclusion == Diligence.Conclusion.CONDITIONS and not stream.conditions.strip():
        yield "Say which conditions."


@transition(
    Diligence,
    source=D.NOT_STARTED,
    target=D.IN_PROGRESS,
    roles=WORKERS,
    permits=is_cleared_in_its_rfp,
    gates=(_under_way,),
)
def start(stream: Diligence, event: Event) -> None:
    """Start looking into this."""


@transition(
    Diligence, source=D.IN_PROGRESS, target=D.COMPLETE, roles=WORKERS, permits=is_cleared_in_its_rfp,
    gates=(_under_way, _concluded),
)  # fmt: skip
def complete(stream: Diligence, event: Event) -> None:
    """Complete the stream with its findings and conclusion."""


@transition(
    Diligence, source=(D.NOT_STARTED, D.IN_PROGRESS), target=D.WAIVED, roles=("quality", "executive"),
    permits=is_cleared_in_its_rfp, gates=(_under_way,), reason=True, meaning="I waive this stream of the due diligence",
)  # fmt: skip
def waive(stream: Diligence, event: Event) -> None:
    """Waive the stream, for a reason that stays on record."""


@transition(
    Diligence, source=(D.COMPLETE, D.WAIVED), target=D.IN_PROGRESS, roles=WORKERS, permits=is_cleared_in_its_rfp,
    gates=(_under_way,), reason=True,
)  # fmt: skip
def resume(stream: Diligence, event: Event) -> None:
    """Look into it again, for a reason that stays on record."""
