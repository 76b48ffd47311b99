"""Between which numbers a field stands, refused in one sentence that gives both ends."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator


def between(low: int, high: int, what: str = "number") -> list[MinValueValidator]:
    """Return validators for whole numbers from `low` to `high`, both included."""
    sentence = f"Give a {what} from {low} to {high}."
    return [MinValueValidator(low, message=sentence), MaxValueValidator(high, message=sentence)]
