"""What every part of scoring stands on: the error and exact numbers."""

from __future__ import annotations

from fractions import Fraction

from operations.kpi_math import KpiMathError, Number, exact

HUNDRED = Fraction(100)

Quotient = tuple[int, int]
"""Upper and lower number of a quotient, exact and not in lowest terms; the lower one is above 0."""


class ScoringError(ValueError):
    """Inputs that no score can be made of; the message is a sentence for a person."""


def fraction(value: Number, what: str) -> Fraction:
    """Return ``value`` exactly; :class:`ScoringError`, naming it ``what``, if it is no number."""
    try:
        return exact(value, what)
    except KpiMathError as error:
        raise ScoringError(str(error)) from None
