"""The risk register: failure mode and effects analysis with a severity gate.

Source: ICH Q9(R1), annex I.2, as the domain reference tells it in section 2: one scale for a whole assessment,
thresholds fixed before anything is scored, and severity enough by itself. The number is for sorting, not a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

from strategy.snapshot import Risk
from strategy.sums.errors import SumError

SCALES = (5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Scores run from 1 to ``highest``, which is 5 or 10; :class:`SumError` (field "scale") for anything else."""

    highest: int

    def __post_init__(self) -> None:
        if isinstance(self.highest, bool) or self.highest not in SCALES:
            raise SumError(f"A risk scale runs to 5 or to 10, not to {self.highest}.", field="scale")

    @property
    def largest_rpn(self) -> int:
        """The risk priority number of the worst risk: 125 or 1000."""
        return int(self.highest**3)

    @property
    def usual_gate(self) -> int:
        """The severity from which a risk needs action whatever its number, unless said otherwise: 5 of 5, 9 of 10."""
        return 5 if self.highest == 5 else 9


@dataclass(frozen=True, slots=True)
class Assessment:
    """Whether one risk needs action, and why.

    ``rpn`` is severity * occurrence * detection. ``why`` holds "threshold", "severity_gate", both or neither;
    ``sentence`` says the same for a person.
    """

    rpn: int
    needs_action: bool
    why: tuple[str, ...]
    sentence: str


def rpn(severity: int, occurrence: int, detection: int, scale: Scale, *, row: int | None = None) -> int:
    """Return the risk priority number, from 1 to ``scale.largest_rpn``.

    Each score is a whole number from 1 (harmless, rare, surely noticed) to ``scale.highest``. Raises
    :class:`SumError` with field "severity", "occurrence" or "detection", and ``row`` as given.
    """
    number = 1
    for name, score in (("severity", severity), ("occurrence", occurrence), ("detection", detection)):
        if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= scale.highest:
            raise SumError(f"The {name} is a whole number from 1 to {scale.highest}, not {score}.", field=name, row=row)
        number *= score
    return number


def assess(risk: Risk, scale: Scale, threshold: int, severity_gate: int, *, row: int | None = None) -> Assessment:
    """Return whether ``risk`` needs action with owner and date, or an acceptance in writing.

    It does if its number lies above ``threshold`` (exactly on it is not yet above), or if its severity reaches
    ``severity_gate``. Raises :class:`SumError` as :func:`rpn` does, and with field "threshold" (1 to
    ``scale.largest_rpn``) or "severity_gate" (1 to ``scale.highest``).
    """
    number = rpn(risk.severity, risk.occurrence, risk.detection, scale, row=row)
    if not 1 <= threshold <= scale.largest_rpn:
        raise SumError(
            f"The threshold lies between 1 and {scale.largest_rpn} on this scale, not at {threshold}.",
            field="threshold",
        )
    if not 1 <= severity_gate <= scale.highest:
        raise SumError(
            f"The severity gate lies between 1 and {scale.highest} on this scale, not at {severity_gate}.",
            field="severity_gate",
        )
    why, words = [], []
    if number > threshold:
        why.append("threshold")
        words.append(f"its number {number} is above {threshold}")
    if risk.severity >= severity_gate:
        why.append("severity_gate")
        words.append(f"its severity {risk.severity} reaches the gate at {severity_gate}")
    if why:
        sentence = f"Needs action or a written acceptance: {' and '.join(words)}."
    else:
        sentence = f"Needs no action: its number {number} is not above {threshold}."
    return Assessment(number, bool(why), tuple(why), sentence)


def sort_key(risk: Risk, scale: Scale, threshold: int, severity_gate: int) -> tuple[int, ...]:
    """Return what sorts the worst risk first: those that need action, then by number, severity and occurrence.

    Raises :class:`SumError` as :func:`assess` does.
    """
    found = assess(risk, scale, threshold, severity_gate)
    return (0 if found.needs_action else 1, -found.rpn, -risk.severity, -risk.occurrence, -risk.detection)
