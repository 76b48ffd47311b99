"""What answers of a strategy have to do with each other."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strategy.models.strategy import Strategy


def of_answers(strategy: Strategy) -> dict[str, str]:
    """Return what is wrong at once, as a sentence by field."""
    errors: dict[str, str] = {}
    if (
        strategy.sourcing_intent == strategy.SourcingIntent.IN_HOUSE_LATER
        and strategy.starts_on
        and strategy.in_house_by
        and strategy.in_house_by <= strategy.starts_on
    ):
        errors["in_house_by"] = (
            f"The programme starts on {_spoken(strategy.starts_on)}: give a later day for bringing it in-house."
        )
    if strategy.in_house_by and strategy.sourcing_intent != strategy.SourcingIntent.IN_HOUSE_LATER:
        errors["in_house_by"] = (
            "A day belongs to “We bring it in-house by a date” alone: choose that, or leave it empty."
        )
    if strategy.duration_until and strategy.starts_on and strategy.duration_until <= strategy.starts_on:
        errors["duration_until"] = f"The programme starts on {_spoken(strategy.starts_on)}: give a later day."
    if strategy.alternate_by and strategy.alternates in (strategy.Alternates.SOLE, strategy.Alternates.SINGLE):
        errors["alternate_by"] = (
            "A sole or single source has no alternate: leave the day empty, or choose another answer."
        )
    elif strategy.alternate_by and strategy.starts_on and strategy.alternate_by < strategy.starts_on:
        errors["alternate_by"] = (
            f"The programme starts on {_spoken(strategy.starts_on)}: give that day or a later one for the alternate"
            " source."
        )
    if strategy.launch_on and strategy.starts_on and strategy.launch_on < strategy.starts_on:
        errors["launch_on"] = "The launch must not lie before the programme starts: give a later day."
    if strategy.horizon_from and strategy.horizon_to and strategy.horizon_to < strategy.horizon_from:
        errors["horizon_to"] = "The last year of the horizon must not be before its first."
    if strategy.severity_gate and strategy.risk_scale and not 1 <= strategy.severity_gate <= strategy.risk_scale:
        errors["severity_gate"] = f"Give a severity of this scale, 1 to {strategy.risk_scale}."
    if (
        strategy.risk_threshold is not None
        and strategy.risk_scale
        and not 1 <= strategy.risk_threshold <= strategy.risk_scale**3
    ):
        errors["risk_threshold"] = f"Give a number from 1 to {strategy.risk_scale**3}."
    return errors


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
