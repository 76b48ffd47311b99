"""What is written on a screen: its form and tables, bound, checked and saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.forms.models import fields_for_model
from django.utils.html import format_html

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.history import field_label
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.doors.pages.parts import Table, readably
from cmo_lifecycle.doors.writing.shapes import Asked, Screen
from cmo_lifecycle.doors.writing.writer import Writer
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, Refusal


class ScreenForm(RecordForm):
    """The fields of one screen. What may stand in them is said once, where the record is written."""

    def _post_clean(self) -> None:
        pass


class Written:
    """What one screen asks for, bound to what was sent or to what stands. A room subclasses it for controls of its own."""

    def __init__(self, writer: Writer, screen: Screen, record: Any, user: User, data: Any = None) -> None:
        self.writer, self.screen, self.record, self.user, self.data = writer, screen, record, user, data
        instance = writer.model.objects.visible_to(user).get(pk=record.pk)
        form_class = _form_class(writer, screen, writer.left_out(screen, record))
        self.form = form_class(data, user=user, instance=instance)
        self.dress(self.form)
        self.tables = [self._table(asked) for asked in screen.tables]

    # ---- what a subclass says

    def dress(self, form: Any) -> None:
        """Limit or replace what the screen's fields offer."""

    def cells(self, name: str) -> Mapping[str, Any]:
        """Return form fields that stand in the place of a table's own: column → function that makes one."""
        return {}

    def begins_with(self, name: str) -> list[dict[str, Any]]:
        """Return the rows that a table begins with."""
        return []

    def extras(self) -> list[Any]:
        """Return further forms of the screen."""
        return []

    def save_more(self, record: Any) -> Any:
        """Write what `extras` hold, once all else is written; return the record as it then stands."""
        return record

    # ---- the screen

    def _table(self, asked: Asked) -> Table:
        part = parts.parts_of(self.writer.model)[asked.name]
        fields: dict[str, Any] = {}
        if "currency" in part.columns:
            fields["currency"] = lambda: in_capitals(fields_for_model(part, fields=["currency"])["currency"])
        return Table(
            part, record=self.record, user=self.user, data=self.data, rows=self.begins_with(asked.name),
            given=asked.given, fields={**fields, **self.cells(asked.name)}, labels=asked.labels, helps=asked.helps,
            heading=asked.heading, help=asked.help, row_word=asked.row_word, wide=asked.wide,
        )  # fmt: skip

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(one.is_valid() for one in (*self.tables, *self.extras()))])

    def save(self, version: int) -> Any:
        """Write everything or nothing; a refusal's sentences are put at their fields and cells before it is raised."""
        record: Any = self.record
        refused: Refusal | None = None
        with transaction.atomic():
            try:
                with transaction.atomic():
                    record = edits.update(record, self.form.values(), actor=self.user, version=version, source="page")
            except InvalidInput as refusal:
                self._take(refusal)
                refused = refusal
            for table in self.tables:
                try:
                    with transaction.atomic():
                        record = parts.write(
                            record, table.part, table.rows(), actor=self.user, version=record.version, source="page"
                        )
                except InvalidInput as refusal:
                    for sentence in table.take(refusal.errors):
                        self.form.add_error(None, sentence)
                    refused = refused or refusal
            if refused is None:
                try:
                    record = self.save_more(record)
                except InvalidInput as refusal:
                    refused = refusal
            if refused is not None:
                raise refused
        return record

    def _take(self, refusal: InvalidInput) -> None:
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                at = name if name in self.form.fields else self._at(sentence)
                self.form.add_error(at, self._with_place(name, sentence) if at is None else sentence)

    def _with_place(self, name: str, sentence: str) -> Any:
        """A sentence about a field of another screen, with the way to it."""
        screen = self.writer.screen_of.get(name)
        if screen is None:
            return sentence
        url = f"{self.writer.url(self.record, screen)}#{self.writer.anchor(name)}"
        label = screen.labels.get(name) or field_label(self.writer.model, name)
        return format_html('{} This is about <a href="{}">{}, on “{}”</a>.', sentence, url, label, screen.title)

    def _at(self, sentence: str) -> str | None:
        """Return the field that a constraint's sentence is about."""
        for constraint in self.writer.model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint) and constraint.get_violation_error_message() == sentence:
                named = constraint.condition.referenced_base_fields  # type: ignore[union-attr]
                return next((name for name in self.form.fields if name in named), None)
        return None

    # ---- beside what somebody else saved

    def shown(self, name: str) -> Any:
        """Return a field or table as events tell it."""
        for table in self.tables:
            if table.name == name:
                return table.shown()
        if name in self.form.cleaned_data:
            instance = self.writer.model(pk=self.record.pk, **{name: self.form.cleaned_data[name]})
            return edits.shown(instance, name)
        return self.form.data.get(name)


def _form_class(writer: Writer, screen: Screen, left_out: Collection[str]) -> type[ScreenForm]:
    fields: dict[str, Any] = {}
    for name in screen.fields:
        if name in left_out:
            continue
        field = fields_for_model(writer.model, fields=[name])[name]
        assert field is not None
        if name in screen.labels:
            field.label = screen.labels[name]
        if name in screen.helps:
            field.help_text = screen.helps[name]
        if name in writer.radios:
            choices = [choice for choice in field.choices if choice[0] not in ("", None)]  # type: ignore[attr-defined]
            widget = forms.RadioSelect()
            field.widget = widget
            field.choices = choices  # type: ignore[attr-defined]
        elif isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 2 if name.endswith("evidence") else 4
        # Its limits are the model's, which has a sentence for them.
        field.validators = [
            one for one in field.validators if not isinstance(one, MinValueValidator | MaxValueValidator)
        ]
        fields[name] = in_capitals(field) if name == "currency" else readably(field)
    meta = type("Meta", (), {"model": writer.model, "fields": list(fields)})
    return type("WriterForm", (ScreenForm,), {"Meta": meta, **fields})


def in_capitals(field: Any) -> Any:
    """Let a currency be typed in small letters."""
    understand = field.to_python
    field.to_python = lambda value: understand(value).upper()
    return field
