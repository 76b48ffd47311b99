"""The rows of a list, written in one pass.

A list of fifty rows goes through here for every cell, so cells are plain string building: no nested templates, no
locale machinery. Everything that is not marked safe is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import format as fmt

Getter = Callable[[Any], Any]
KINDS = ("text", "link", "date", "datetime", "number", "percent", "money", "badge", "state", "html")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    `key` names it in the URL (`columns=`, `sort=`) and is where its value is found: a dotted path over attributes or
    mapping keys; a method without arguments is called. `value`, `url`, `note`, `tone`, `currency` may each be another
    such path or a function of the row.

    Kinds: `text`; `link` (to `url`, else the row's `get_absolute_url`); `date`, `datetime`; `number` (with `places` and
    `unit`); `percent` (the value is in per cent, 81.3 means 81.3 %); `money` (with `currency`); `badge` (with `tone`);
    `state` (the row's own state: word and tone from its choices); `html` (the value is safe already).
    Cells stay on one line; `wrap` lets long text break.
    """

    key: str
    label: str
    kind: str = "text"
    value: str | Getter | None = None
    url: str | Getter | None = None
    note: str | Getter | None = None
    tone: str | Getter | None = None
    currency: str | Getter | None = None
    unit: str = ""
    places: int | None = None
    sortable: bool = False
    default: bool = True
    wrap: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Column {self.key!r} has no kind {self.kind!r}; choose from {', '.join(KINDS)}.")

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "percent", "money")


def getter(path: str | Getter) -> Getter:
    """Turn a dotted path into a function of the row. A missing link of the path gives None."""
    if callable(path):
        return path
    steps = path.split(".")

    def get(row: Any) -> Any:
        found = row
        for step in steps:
            if found is None:
                return None
            found = found.get(step) if isinstance(found, Mapping) else getattr(found, step)
            if callable(found) and not isinstance(found, type):
                found = found()
        return found

    return get


def _own_url(row: Any) -> str:
    return row["url"] if isinstance(row, Mapping) else row.get_absolute_url()


def _state_cell(row: Any) -> SafeString:
    return state_badge_html(row)


def state_badge_html(record: Any) -> SafeString:
    """The badge of a record's present state: word and tone come from its own choices."""
    state = type(record).State(record.state)
    return fmt.badge_html(record.get_state_display(), state.tone)


def _cell(column: Column) -> Getter:
    """Compile a column to a function of the row that gives the cell's inner HTML."""
    get = getter(column.value or column.key)
    kind = column.kind
    if kind == "state":
        return _state_cell
    if kind == "link":
        url = getter(column.url) if column.url else _own_url

        def link(row: Any) -> str:
            value, where = get(row), url(row)
            if value is None or value == "":
                return "–"
            return f'<a class="name" href="{escape(where)}">{fmt.html(value)}</a>' if where else fmt.html(value)

        return link
    if kind in ("date", "datetime"):
        inner: Getter = lambda row: fmt.time_tag(get(row))  # noqa: E731
    elif kind in ("number", "percent"):
        unit = column.unit or ("%" if kind == "percent" else "")
        places = column.places if column.places is not None or kind == "number" else 1

        def inner(row: Any) -> str:
            value = get(row)
            return "–" if value is None else escape(fmt.with_unit(fmt.number(value, places), unit))
    elif kind == "money":
        currency = getter(column.currency or "currency")
        money_places = 2 if column.places is None else column.places
        inner = lambda row: escape(fmt.amount(get(row), currency(row), money_places))  # noqa: E731
    elif kind == "badge":
        tone = getter(column.tone) if column.tone else lambda row: "none"

        def inner(row: Any) -> str:
            value = get(row)
            return "–" if value is None or value == "" else fmt.badge_html(value, tone(row) or "none")
    else:

        def inner(row: Any) -> str:
            value = get(row)
            return "–" if value is None or value == "" else fmt.html(value)

    if column.url:
        where = getter(column.url)

        def linked(row: Any) -> str:
            href, shown = where(row), inner(row)
            return f'<a href="{escape(href)}">{shown}</a>' if href and shown != "–" else shown

        return linked
    return inner


def render_rows(columns: Sequence[Column], rows: Iterable[Any]) -> SafeString:
    """Write the rows of a table body: `<tr>…</tr>` for each row, one cell for each column, everything escaped.

    The first column heads its row (`<th scope="row">`), so that a screen reader says whose cell it is in.
    """
    makers = []
    for place, column in enumerate(columns):
        css = ' class="n"' if column.numeric else ' class="wrap"' if column.wrap else ""
        opening, closing = (f'<th scope="row"{css}>', "</th>") if place == 0 else (f"<td{css}>", "</td>")
        makers.append((opening, _cell(column), getter(column.note) if column.note else None, closing))
    out: list[str] = []
    write = out.append
    for row in rows:
        write("<tr>")
        for opening, cell, note, closing in makers:
            write(opening)
            write(cell(row))
            if note is not None:
                aside = note(row)
                if aside is not None and aside != "":
                    write(f"<small>{fmt.html(aside)}</small>")
            write(closing)
        write("</tr>")
    return mark_safe("".join(out))  # noqa: S308 - every cell above is escaped


def chosen(columns: Sequence[Column], asked: str | Sequence[str] | None) -> list[Column]:
    """The columns to show: those named in the URL's `columns=`, comma separated or repeated, in the list's own order.

    Hand it `request.GET.getlist("columns")`: a form without scripts repeats the key.

    The first column always stays: it names the row. Unknown names are left out; nothing known asked for gives the
    defaults.
    """
    parts = [asked] if isinstance(asked, str) else (asked or ())
    names = {name.strip() for part in parts for name in part.split(",") if name.strip()}
    known = [column for column in columns[1:] if column.key in names]
    if not known:
        known = [column for column in columns[1:] if column.default]
    return [*columns[:1], *known]
