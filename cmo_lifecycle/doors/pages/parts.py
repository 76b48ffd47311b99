"""Tables of a record as inputs: rows to fill in, to add and to remove, with each mistake at its cell.

A page makes a `Table` for each table it asks for, shows it with `{% part_table table %}`, and writes what was sent::

    table = Table(DemandYear, record=strategy, user=user, data=request.POST or None)
    if table.is_valid():
        parts.write(strategy, table.part, table.rows(), actor=user, version=strategy.version)

Inputs are called `<table>-<n>-<column>`. A row in which nothing was filled in is none. Without scripts three empty
rows stand at the end and a box in each row takes it away; with them rows come and go by buttons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.models import fields_for_model
from django.forms.utils import ErrorDict

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.parts import Part

EXTRA = 3
#: What stands for the number of a row that is still to be added.
NEXT = "__n__"
_MOST_DIGITS = 4
#: From so many letters on a line grows downwards instead of running out of its cell.
LONG = 200


class RowForm(forms.Form):
    """The cells of one row. What a column may hold is said by the model, when the table is written."""

    def __init__(self, table: Table, number: int | str, *args: Any, pk: str = "", **kwargs: Any) -> None:
        self.table = table
        self.number = number
        self.pk = pk
        #: Whether the row is there to be filled in, and was not sent or saved.
        self.spare = False
        #: Which row of the saved table it is, from 0.
        self.place: int | None = None
        super().__init__(*args, prefix=f"{table.name}-{number}", **kwargs)
        self.fields.update({name: make() for name, make in table.makers.items()})
        self.taken_out = bool(self.is_bound and self.data.get(f"{self.prefix}-remove"))

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and (self.taken_out or self.is_blank):
            # What is not written is not judged, beside a mistake elsewhere neither.
            self._errors = ErrorDict()

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in self.table.columns]

    @cached_property
    def is_blank(self) -> bool:
        """Whether nothing was filled in, but for what stood there to begin with."""
        return all(
            name in self.table.given or not self.fields[name].has_changed(self.table.start.get(name), self[name].data)
            for name in self.table.columns
        )

    @property
    def is_spare(self) -> bool:
        """Whether it is one of the empty rows that were sent along."""
        return not self.pk and self.is_blank and not any(self[name].data for name in self.table.given)


class Table:
    """One table of a record as inputs.

    `rows` are what it begins with (dicts by column): their columns, named in `given`, are filled in for the person, tell
    which of them are there already, and do not make a row count as filled. `fields` puts form fields in the place of a column's own:
    column → function that makes one. `labels` and `helps` speak to the person where the model's words do not.
    `wide` shows each row as a card of its own: for rows of more cells than a line holds.
    """

    def __init__(
        self,
        part: type[Part],
        *,
        record: Any,
        user: User,
        data: Any = None,
        rows: Sequence[Mapping[str, Any]] = (),
        given: Sequence[str] = (),
        fields: Mapping[str, Callable[[], forms.Field]] | None = None,
        labels: Mapping[str, str] | None = None,
        helps: Mapping[str, str] | None = None,
        heading: str = "",
        help: str = "",
        row_word: str = "row",
        wide: bool = False,
    ) -> None:
        self.part = part
        self.record = record
        self.user = user
        self.data = data
        self.name = parts.table_name(part)
        self.columns = part.columns
        self.given = tuple(given)
        self.heading = heading
        self.help = help
        self.row_word = row_word
        self.wide = wide
        #: Sentences about the table as a whole, and about rows that cannot be shown.
        self.faults: list[str] = []
        self._begins_with = list(rows)
        own, words, aside = fields or {}, labels or {}, helps or {}
        self.makers = {name: own.get(name) or _maker(part, name) for name in self.columns}
        shown = {name: make() for name, make in self.makers.items()}
        for name, field in shown.items():
            label = words.get(name) or field.label or _label(part, name)
            help_text = aside[name] if name in aside else str(field.help_text or "")
            self.makers[name] = _dressed(self.makers[name], label, help_text)
        self.heads = [(name, self.makers[name]()) for name in self.columns]
        self.start = {name: _plain(part._meta.get_field(name).get_default()) for name in self.columns}  # type: ignore[union-attr]

    # ---- rows

    @cached_property
    def forms(self) -> list[RowForm]:
        """Every row that is shown: what was sent or saved, then the empty ones."""
        found = self._sent() if self.data is not None else self._saved()
        for row in found:
            row.spare = row.is_bound and row.is_spare
        found = [row for row in found if not row.spare]
        first = 1 + max((int(row.number) for row in found), default=-1)
        for number in range(first, first + EXTRA):
            spare = RowForm(self, number, initial=self.start)
            spare.spare = True
            found.append(spare)
        return found

    @property
    def filled(self) -> list[RowForm]:
        """The rows that are written: neither empty nor taken out."""
        return [
            row for row in self.forms if not row.spare and not row.taken_out and not (row.is_bound and row.is_blank)
        ]

    @cached_property
    def template(self) -> RowForm:
        """The row that scripts copy."""
        return RowForm(self, NEXT, initial=self.start)

    def _saved(self) -> list[RowForm]:
        present = parts.rows_of(self.record, self.part)
        rows: list[tuple[int | None, str, Mapping[str, Any]]] = [
            (place, str(row.pk), {name: getattr(row, name) for name in self.columns})
            for place, row in enumerate(present)
        ]
        rows += [(None, "", row) for row in self._missing(present)]
        order = {self._told_by(row): place for place, row in enumerate(self._begins_with)}
        rows.sort(key=lambda row: order.get(self._told_by(row[2]), len(order)) if self.given else 0)
        found = []
        for number, (place, pk, values) in enumerate(rows):
            row = RowForm(self, number, pk=pk, initial={**self.start, **values})
            row.place = place
            found.append(row)
        return found

    def _missing(self, present: Sequence[Any]) -> list[Mapping[str, Any]]:
        """Rows to begin with that are not there yet, told by what is filled in for the person."""
        there = {tuple(getattr(row, name) for name in self.given) for row in present}
        return [row for row in self._begins_with if self._told_by(row) not in there]

    def _told_by(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.given)

    def _sent(self) -> list[RowForm]:
        mine = re.compile(rf"{re.escape(self.name)}-(\d{{1,{_MOST_DIGITS}}})-\w+")
        numbers = sorted({int(found.group(1)) for key in self.data if (found := mine.fullmatch(key))})
        return [
            RowForm(self, n, self.data, pk=self.data.get(f"{self.name}-{n}-id", ""), initial=self.start)
            for n in numbers
        ]

    # ---- what was sent

    def is_valid(self) -> bool:
        """Whether every cell can be read. A row that is taken out is not looked at."""
        # Each row is looked at, so that all mistakes are told at once.
        return sum(not row.is_valid() for row in self.filled) == 0

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows for `parts.write`; ask only what is valid."""
        found = []
        for row in self.filled:
            values = {name: row.cleaned_data[name] for name in self.columns}
            if row.pk:
                values["id"] = _uuid(row.pk)
            found.append(values)
        return found

    def shown(self) -> list[dict[str, Any]]:
        """Return the rows as events tell them, to lay them beside what somebody else has saved."""
        found = []
        for row in self.filled:
            cleaned = getattr(row, "cleaned_data", {})
            made = self.part(**{name: cleaned[name] for name in self.columns if name in cleaned})
            found.append(made.values())
        return found

    def take(self, errors: Mapping[str, Sequence[str]]) -> list[str]:
        """Put the sentences of a refusal at their cells; return those that belong to no cell of this table."""
        rows, elsewhere = self.filled, []
        for place, sentences in errors.items():
            said, _, column = place.partition(".")
            number = whole_number(said)
            if number is not None and number < len(rows) and column in self.columns:
                rows[number].add_error(column, list(sentences))
            elif place == parts.TABLE or number is not None:
                self.faults += [str(sentence) for sentence in sentences]
            else:
                elsewhere += [str(sentence) for sentence in sentences]
        return elsewhere

    @property
    def anchor(self) -> str:
        return f"table_{self.name}"

    @property
    def problems(self) -> list[tuple[str, str, Any]]:
        """Everything that is wrong, for the summary: the id to go to, where that is, and the sentence or bound field."""
        found: list[tuple[str, str, Any]] = [(self.anchor, "", sentence) for sentence in self.faults]
        for place, row in enumerate(self.forms, start=1):
            if row in self.filled and row.is_bound:
                where = f"{self.heading}, {self.row_word} {place}: " if self.heading else f"Row {place}: "
                found += [(cell.id_for_label, where, cell) for cell in row.cells if cell.errors]
        return found

    @property
    def errors(self) -> bool:
        return bool(self.problems)

    def id_of(self, place: int | None) -> str:
        """Return the id of what to go to for a saved row, counted from 0; without one, or where it is gone, the table's."""
        row = next((row for row in self.forms if place is not None and row.place == place), None)
        return str(row.cells[0].id_for_label) if row is not None else self.anchor


class Among(forms.ChoiceField):
    """One of a few records, read once for all rows of a table: `records` is their list. The value is the record."""

    widget = PlainSelect

    def __init__(self, *, records: Sequence[Any], **kwargs: Any) -> None:
        self.by_key = {str(record.pk): record for record in records}
        super().__init__(**kwargs)
        self.choices = [("", "---------"), *((key, str(record)) for key, record in self.by_key.items())]

    def prepare_value(self, value: Any) -> Any:
        return str(value.pk) if hasattr(value, "pk") else value

    def to_python(self, value: Any) -> Any:
        if hasattr(value, "pk"):
            return value
        text = super().to_python(value)
        return self.by_key.get(text, text) if text else None

    def valid_value(self, value: Any) -> bool:
        return hasattr(value, "pk")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


def _maker(part: type[Part], name: str) -> Callable[[], forms.Field]:
    def make() -> forms.Field:
        field = fields_for_model(part, fields=[name])[name]
        assert field is not None
        return field

    return make


def _dressed(make: Callable[[], forms.Field], label: Any, help_text: str) -> Callable[[], forms.Field]:
    """A field with its label and the kit's controls."""

    def made() -> forms.Field:
        field = make()
        field.label = label
        field.help_text = help_text
        # Its limits are the model's, which has a sentence for them.
        field.validators = [
            one for one in field.validators if not isinstance(one, MinValueValidator | MaxValueValidator)
        ]
        widget = field.widget
        if isinstance(widget, forms.Select) and not isinstance(widget, PlainSelect | forms.RadioSelect):
            plain = PlainSelect(attrs=widget.attrs)
            plain.choices = field.choices  # type: ignore[attr-defined]
            field.widget = widget = plain
        if isinstance(widget, PlainSelect):
            widget.empty = "Choose one" if field.required else "None"
        elif isinstance(field, forms.CharField) and type(widget) is forms.TextInput and (field.max_length or 0) >= LONG:
            field.widget = widget = forms.Textarea(attrs={"maxlength": field.max_length})
            _on_one_line(field)
        if isinstance(widget, forms.Textarea):
            widget.attrs["rows"] = 1
        readably(field)
        return field

    return made


def _on_one_line(field: Any) -> None:
    """Let a long line be read whole while it is typed; it stays a line."""
    understand = field.to_python
    field.to_python = lambda value: " ".join(str(understand(value)).split())


#: 10,5 can only mean ten and a half; 10,500 is read as ten thousand five hundred.
_WITH_COMMA = re.compile(r"\s*[-−]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))\s*")
_GROUPED = re.compile(r"\s*[-−]?\d{1,3}([,\u00a0\u202f ]\d{3})+(\.\d*)?\s*")


def readably(field: Any) -> Any:
    """Let a number be read and typed as people write it: 30,000,000 and 8, not 30000000.0000 and 8.000."""
    if not isinstance(field, forms.DecimalField):
        return field
    understand, show = field.to_python, field.prepare_value

    def to_python(value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("−", "-")
            if _WITH_COMMA.fullmatch(value):
                value = value.replace(",", ".")
            elif _GROUPED.fullmatch(value):
                value = re.sub(r"[,\s]", "", value)
        found = understand(value)
        if isinstance(found, Decimal) and not found.is_finite():
            # A signalling NaN cannot even be compared with what stood there.
            raise ValidationError(field.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(value: Any) -> Any:
        if isinstance(value, Decimal):
            text = f"{value:,f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return show(value)

    field.to_python = to_python  # type: ignore[method-assign]
    field.prepare_value = prepare_value  # type: ignore[method-assign]
    return field


def _label(part: type[Part], name: str) -> str:
    text = str(part._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def _plain(value: Any) -> Any:
    return None if isinstance(value, models.NOT_PROVIDED) else value


def _uuid(text: str) -> UUID | str:
    try:
        return UUID(text)
    except ValueError:
        return text
