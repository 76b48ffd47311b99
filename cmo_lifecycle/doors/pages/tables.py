"""Small tables and lists inside panels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.rows import Column, render_rows
from cmo_lifecycle.doors.templatetags.ui import clock


def table(columns: Sequence[Column], rows: Sequence[Any], caption: str, empty: str) -> SafeString:
    """Return a table for a panel; the sentence `empty` where there are no rows."""
    if not rows:
        return format_html('<p class="quiet">{}</p>', empty)
    heads = "".join(
        f'<th scope="col"{" class=n" if column.numeric else ""}>{escape(column.label)}</th>' for column in columns
    )
    return mark_safe(  # noqa: S308 - heads and rows are escaped where they are made
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}, table"><table class="rows">'
        f'<caption class="visually-hidden">{escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{render_rows(columns, rows)}</tbody></table></div>"
    )


def items(entries: Iterable[tuple[Any, Any, Any]], empty: str) -> SafeString:
    """Return a list of (what, aside below it, mark at the right); the sentence `empty` where there is none."""
    lines = format_html_join(
        "",
        "<li><div>{}{}</div>{}</li>",
        ((what, format_html("<small>{}</small>", aside) if aside else "", mark or "") for what, aside, mark in entries),
    )
    return format_html('<ul class="list">{}</ul>', lines) if lines else format_html('<p class="quiet">{}</p>', empty)


def link(url: str, label: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, label) if url else format_html("{}", label)


def ends(day: date | None) -> SafeString:
    """Return the day something ends with how long is left; that no day is known where there is none."""
    if day is None:
        return SafeString('<span class="quiet">no date set</span>')
    return format_html("{} {}", fmt.time_tag(day), clock(day))


def words(value: str) -> SafeString:
    """Return a longer text with its paragraphs kept."""
    paragraphs = [line for line in value.split("\n\n") if line.strip()]
    return format_html_join("", "<p>{}</p>", ((paragraph.strip(),) for paragraph in paragraphs))
