"""Columns that hold what a contract says as it says it: dates with parts held back, and lengths of time."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from contracts.terms.dates import NONE, PartialDate
from contracts.terms.periods import Length, parse_length
from contracts.terms.reading import parse
from strategy.sums.errors import SumError


def read_date(text: str) -> PartialDate:
    """Return the date of a stored code or of a person's words, day before month; SumError with what to write instead."""
    try:
        return PartialDate.from_code(text.strip())
    except SumError:
        return parse(text, "dmy")


class PartialDateField(models.CharField):
    """A date of which the day or the month may be missing or held back, stored by its code: "2018-03-XX"."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 60)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, PartialDate):
            return value.code
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return read_date(text).code
        except SumError as error:
            raise ValidationError(str(error)) from None


class LengthField(models.CharField):
    """A length of time with its unit, stored as it is read: "180 days"."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return str(parse_length(text))
        except SumError as error:
            raise ValidationError(str(error)) from None


def length_of(text: str) -> Length | None:
    """Return the length that a column holds, None for an empty one."""
    return parse_length(text) if text else None


__all__ = ["NONE", "LengthField", "PartialDateField", "length_of", "read_date"]
