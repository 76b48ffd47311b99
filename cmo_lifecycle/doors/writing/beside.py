"""What stands beside the questions of a screen: what is missing at a field, and what weights add up to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join

from cmo_lifecycle.doors.pages.parts import Table
from cmo_lifecycle.doors.templatetags.ui import icon


def placed(missing: Sequence[Any]) -> dict[str, list[str]]:
    """Return sentences of findings by the field or table they are about."""
    at: dict[str, list[str]] = {}
    for one in missing:
        at.setdefault(one.field, []).append(one.sentence)
    return at


def rows_missing(name: str, missing: Sequence[Any]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for one in missing:
        if one.field == name:
            found.setdefault(one.row, []).append(one.sentence)
    return found


def append_help(field: forms.Field, sentences: Sequence[str]) -> None:
    """Say at the field what is missing, so that it is read out with it."""
    lines = format_html_join(
        "", '<span class="lacking">{}<span><strong>Still missing:</strong> {}</span></span>',
        ((icon("flag"), sentence) for sentence in sentences),
    )  # fmt: skip
    field.help_text = format_html("{}{}", field.help_text, lines) if field.help_text else lines


def links(missing: Sequence[Any], written: Any) -> list[tuple[str, str]]:
    """Return what is missing on this screen, with the id of the control to go to."""
    tables = {table.name: table for table in written.tables}
    found = []
    for one in missing:
        if one.field in tables:
            target = tables[one.field].id_of(one.row)
        elif one.field not in written.form.fields:
            target = written.writer.anchor(one.field)
        else:
            group = isinstance(written.form.fields[one.field].widget, forms.RadioSelect)
            target = f"id_{one.field}_0" if group else f"id_{one.field}"
        found.append((target, one.sentence))
    return found


def weighed(table: Table) -> Decimal:
    """Return what the weights in the rows of a table add up to, as they stand in its inputs."""
    total = Decimal(0)
    for row in table.forms:
        if row.spare or row.taken_out:
            continue
        try:
            typed = Decimal(str(row["weight"].value() or 0).replace(",", "."))
        except InvalidOperation:
            continue
        total += typed if typed.is_finite() else 0
    return total


def short(number: Decimal) -> str:
    """Write a number without zeros that say nothing."""
    return f"{number.normalize():f}" if number else "0"


def off(total: Decimal) -> str:
    """Say by how much weights miss 100; nothing where they do not."""
    if total == 100:
        return ""
    return f"{short(100 - total)} missing" if total < 100 else f"{short(total - 100)} too much"
