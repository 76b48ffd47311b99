"""A typed term: its value as a person writes it, and as data.

`read` makes a :class:`Typed` of a text, `from_data` of its plain JSON; its `text`, `words` and `data` are the ways back.
Kinds and units are those of :data:`contracts.clauses.shapes.TERM_KINDS`; what the values are made of is `shapes`, how
each is written `forms`. The sums on them are in `term_sums`: `binding`, `tier_of`, `price`, `shortfall`, `cancellation`,
`indexed`, `softer`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.clauses.shapes import TERM_KINDS
from contracts.terms.forms import FORMS
from contracts.terms.shapes import Band, Index, Level, Money, Rung, Tier, Value, Zone
from contracts.terms.writing import LONGEST_TEXT, Form, Read, Unreadable
from strategy.sums.errors import SumError

__all__ = ["Band", "Index", "Level", "Money", "Rung", "Tier", "Typed", "Value", "Zone", "example", "from_data", "read"]


@dataclass(frozen=True, slots=True)
class Typed:
    """The value of a term of ``kind``, in ``unit``.

    What `value` is made of, by kind: a ``Length`` for clock and duration; a ``PartialDate`` for date; a tuple of ``Zone``,
    ``Tier`` or ``Rung`` (furthest first) for zone, tier and ladder; a ``Decimal`` for volume, percent, count and a cap by
    yearly fees; ``Money`` for money and a cap in a currency; ``Index``, ``Band``, ``Level``; a ``str`` for choice.

    There is none that its own text would not say again: :class:`SumError`, as :func:`read`.
    """

    kind: str
    unit: str
    value: Value

    def __post_init__(self) -> None:
        form = _form(self.kind, self.unit)
        if not isinstance(self.value, form.type):
            raise SumError(f"This is no value of {form.name}; write {form.example(self.unit)}.", field="text")
        if _read(form, self.unit, self.text) != (self.unit, self.value):
            raise SumError(
                f"“{self.text}” is not {form.name} in “{self.unit}”; write {form.example(self.unit)}.", field="text"
            )

    @property
    def text(self) -> str:
        """The text in its one canonical form; :func:`read` makes the same term of it."""
        return _form(self.kind, self.unit).text(self.unit, self.value)

    @property
    def words(self) -> str:
        """A part of a sentence, numbers with thousands apart."""
        return _form(self.kind, self.unit).words(self.unit, self.value)

    @property
    def data(self) -> dict[str, Any]:
        """Plain JSON: "kind", "unit", "text", and the parts of the value as "value", decimals as text."""
        value = _form(self.kind, self.unit).plain(self.value)
        return {"kind": self.kind, "unit": self.unit, "text": self.text, "value": value}


def read(kind: str, unit: str, text: str) -> Typed:
    """Return the term that ``text`` says; its unit may be another one of its kind if the text says so.

    :class:`SumError`: field "kind" or "unit" for one that does not exist, "text", with the row where it is one of
    several, for a text that cannot be read or says what cannot be; the sentence shows an example of the form.
    """
    form = _form(kind, unit)
    # Pasted text has spaces that do not break, and tabs.
    told = re.sub(r"[^\S\n]+", " ", text).strip()
    if not told:
        raise SumError(f"Nothing is written; write {form.example(unit)}.", field="text")
    if len(told) > LONGEST_TEXT:
        raise SumError(
            f"A term has at most {LONGEST_TEXT:,} characters; write it as {form.example(unit)}.", field="text"
        )
    found_unit, value = _read(form, unit, told)
    return Typed(kind, found_unit, value)


def from_data(data: Mapping[str, Any]) -> Typed:
    """Return the term whose :attr:`Typed.data` this is.

    :class:`SumError` as :func:`read`; field "data" if a part is missing, or if text and value say different things.
    """
    parts = [data.get(name) for name in ("kind", "unit", "text")]
    kind, unit, text = (part if isinstance(part, str) else None for part in parts)
    if kind is None or unit is None or text is None:
        raise SumError("A term as data has kind, unit and text, each a text.", field="data")
    typed = read(kind, unit, text)
    if "value" in data and data["value"] != typed.data["value"]:
        raise SumError(f"The value is not what “{text}” says; send one of the two, or both the same.", field="data")
    return typed


def example(kind: str, unit: str) -> str:
    """Return a text of the kind, for the hint beside a field; :class:`SumError` as :func:`read`."""
    return _form(kind, unit).example(unit)


def _form(kind: str, unit: str) -> Form:
    if kind not in TERM_KINDS:
        raise SumError(f"There is no kind of term “{kind}”; choose one of {', '.join(TERM_KINDS)}.", field="kind")
    if unit not in TERM_KINDS[kind]:
        raise SumError(f"“{kind}” is not stated in “{unit}”; choose {' or '.join(TERM_KINDS[kind])}.", field="unit")
    return FORMS[kind]


def _read(form: Form, unit: str, text: str) -> Read:
    try:
        return form.read(unit, text)
    except Unreadable as error:
        row = error.row
        raise SumError(
            f"“{text}” could not be read as {form.name}; write {form.example(unit)}.", field="text", row=row
        ) from None
    except SumError as error:
        shown = form.example(unit)
        sentence = str(error) if shown in str(error) else f"{error} For example: {shown}."
        raise SumError(sentence, field="text", row=error.row) from None
