"""What stands beside the questions of a screen: what is missing, what it brings about, and drawings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join

from cmo_lifecycle.doors.pages.parts import Table
from cmo_lifecycle.doors.templatetags.ui import icon
from cmo_lifecycle.workflow import parts
from strategy import drawing, rules
from strategy.findings import Finding
from strategy.models import Strategy
from strategy.overview import Overview
from strategy.screens import ASKS, FIRST, SCREEN_OF, Screen
from strategy.views.writer.entries import writer_url
from strategy.views.writer.written import Written
from strategy.wording import short

#: Tables whose weights are to add up to 100.
WEIGHED = ("objectives", "attributes")


def options(written: Written, screen: Screen) -> list[dict[str, Any]]:
    """The choices of one of the four questions, each with what it brings about."""
    return [
        {"box": box, "value": box.data["value"], "follows": rules.what_follows(screen.question, box.data["value"])}
        for box in written.form[screen.question]
    ]


def placed(missing: Sequence[Finding], written: Written) -> dict[str, list[str]]:
    at: dict[str, list[str]] = {}
    for one in missing:
        at.setdefault(one.field, []).append(one.sentence)
    return at


def rows_missing(name: str, missing: Sequence[Finding]) -> dict[int | None, list[str]]:
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


def links(missing: Sequence[Finding], written: Written) -> list[tuple[str, str]]:
    """What is missing on this screen, with the id of the control to go to."""
    tables = {table.name: table for table in written.tables}
    found = []
    for one in missing:
        if one.field in tables:
            target = tables[one.field].id_of(one.row)
        elif one.field == "judgements":
            target = "pairs"
        else:
            group = isinstance(written.form.fields[one.field].widget, forms.RadioSelect)
            target = f"id_{one.field}_0" if group else f"id_{one.field}"
        found.append((target, one.sentence))
    return found


def to_mend(strategy: Strategy, found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Everything that is unfinished, screen by screen, each with the way to its field."""
    groups: dict[str, dict[str, Any]] = {}
    tables = parts.parts_of(Strategy)
    for one in found:
        screen = SCREEN_OF.get(one.field, FIRST)
        anchor = f"table_{one.field}" if one.field in tables else f"id_{one.field}"
        anchor = "pairs" if one.field == "judgements" else anchor
        url = writer_url(strategy, screen)
        if screen is not ASKS:
            url = f"{url}?missing=1#{anchor}"
        group = groups.setdefault(screen.key, {"screen": screen, "lines": []})
        group["lines"].append((url, one.sentence))
    return list(groups.values())


def weighed(table: Table) -> str:
    """What the weights in the rows of a table add up to, as they stand in its inputs."""
    total = Decimal(0)
    for row in table.forms:
        if row.spare or row.taken_out:
            continue
        try:
            typed = Decimal(str(row["weight"].value() or 0).replace(",", "."))
        except InvalidOperation:
            continue
        total += typed if typed.is_finite() else 0
    return short(total)


def plots(screen: Screen, overview: Overview) -> dict[str, Any]:
    reading, strategy = overview.reading, overview.strategy
    match screen.key:
        case "demand" if reading.demand:
            return {"demand": drawing.demand(reading.demand, strategy.demand_unit or "units")}
        case "capacity" if reading.gaps.value:
            return {"capacity": drawing.capacity(reading.gaps.value, reading.needed)}
        case "make-or-buy" if reading.make_or_buy.value:
            return {"cash": drawing.cash(reading.make_or_buy.value)}
        case "segment" if reading.segment is not None:
            return {"matrix": drawing.matrix(strategy.supply_risk or 0, strategy.profit_impact or 0, reading.segment)}
    return {}
