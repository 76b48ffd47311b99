"""The risks of a bidder, judged by the thresholds that the strategy fixed before anything was scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from strategy.snapshot import Risk
from strategy.sums import fmea


@dataclass(frozen=True)
class Assessed:
    """One row of a bidder's register with its assessment before and, where scored, after what is done about it."""

    row: Any
    before: fmea.Assessment
    after: fmea.Assessment | None

    @property
    def is_dealt_with(self) -> bool:
        """Harmless, or met by an action with owner and day, or accepted in writing."""
        row = self.row
        return (
            not self.before.needs_action
            or bool(row.accepted.strip())
            or bool(row.action.strip() and row.owner.strip() and row.due_on)
        )

    @property
    def remains(self) -> bool:
        """Whether what is left still asks for an acceptance in writing."""
        left = self.after or self.before
        return left.needs_action and not self.row.accepted.strip()


def limits(rfp: Any) -> tuple[fmea.Scale, int, int]:
    """Return scale, action threshold and severity gate of the RFP's strategy."""
    strategy = rfp.strategy
    return fmea.Scale(strategy.risk_scale), strategy.risk_threshold, strategy.severity_gate


def _risk(row: Any, severity: int, occurrence: int, detection: int) -> Risk:
    return Risk(category=row.category, severity=severity, occurrence=occurrence, detection=detection)


def assessed(appraisal: Any) -> list[Assessed]:
    """Return the register, the worst first."""
    terms = limits(appraisal.rfp)
    found = []
    for row in appraisal.risks.order_by("position", "id"):
        plain = _risk(row, row.severity, row.occurrence, row.detection)
        left = (row.residual_severity, row.residual_occurrence, row.residual_detection)
        after = None if None in left else fmea.assess(_risk(row, *left), *terms)
        found.append((fmea.sort_key(plain, *terms), Assessed(row, fmea.assess(plain, *terms), after)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def not_dealt_with(appraisal: Any) -> list[str]:
    """Return what still has to be done about a bidder's risks, as sentences."""
    found = []
    for one in assessed(appraisal):
        if not one.is_dealt_with:
            found.append(f"“{one.row.risk}”: give an action with owner and day, or say why it is accepted.")
        elif one.remains:
            found.append(f"“{one.row.risk}” remains above the threshold: say why that is accepted.")
    return found
