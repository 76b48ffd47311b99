"""By what KPI values may be grouped, and how a group is found again from its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, DateField, F, Func, Value
from django.db.models.functions import Coalesce, Concat
from django_countries import countries

from operations import periods
from operations.periods import Cadence, Period


@dataclass(frozen=True, slots=True)
class Group:
    """One way to group delivery lines.

    `path` is the field whose value is the key, `text` the expression shown for it; `missing` names the group
    of the lines that have none. `cadence` is set for a group of time, whose key is a `Period.key`.
    """

    code: str
    label: str
    path: str = ""
    text: Any = None
    missing: str = ""
    cadence: Cadence | None = None
    is_uuid: bool = False

    @property
    def is_time(self) -> bool:
        return self.cadence is not None

    def clean(self, text: str) -> str | UUID | None:
        """Return the key that `text` of a URL names (None: the lines without one); ValueError if it names none."""
        if text == "" and self.missing:
            return None if self.is_uuid else ""
        if self.is_uuid:
            return UUID(text)
        if not text:
            raise ValueError("empty")
        return text

    def where(self, key: str | UUID | None) -> dict[str, Any]:
        """Return the filter of the lines that belong to the group with this key."""
        return {f"{self.path}__isnull": True} if key is None else {self.path: key}

    def shown(self, key: Any, label: str | None) -> str:
        """Return what people read for a key of this group."""
        if key in (None, ""):
            return self.missing
        if self.code == "country":
            return countries.name(key) or key
        return label or str(key)


_RELATIONSHIP = Concat(
    "relationship__cmo__legal_name", Value(" · "), "relationship__programme__name", output_field=CharField()
)
_SITE = Concat("site__name", Value(", "), "site__cmo__legal_name", output_field=CharField())

GROUPS: dict[str, Group] = {
    group.code: group
    for group in (
        Group("none", "Everything together"),
        Group("cmo", "CMO", "relationship__cmo_id", F("relationship__cmo__legal_name"), is_uuid=True),
        Group("site", "Site", "site_id", _SITE, "Site not supplied", is_uuid=True),
        Group("programme", "Programme", "relationship__programme_id", F("relationship__programme__name"), is_uuid=True),
        Group("relationship", "Relationship", "relationship_id", _RELATIONSHIP, is_uuid=True),
        Group("item", "Item", "item", F("item")),
        Group("country", "Country", "country", F("country"), "Country not supplied"),
        Group("transport_mode", "Transport mode", "transport_mode", F("transport_mode"), "Transport mode not supplied"),
        Group("month", "Month", cadence="month"),
        Group("quarter", "Quarter", cadence="quarter"),
        Group("half_year", "Half-year", cadence="half_year"),
        Group("year", "Year", cadence="year"),
    )
}

#: Groups that also narrow: `?cmo=<id>` beside `group_by=month`.
NARROWING = tuple(code for code, group in GROUPS.items() if group.path)


class PeriodStart(Func):
    """The first day of the period of `months` months, in a fiscal year from month `first`, that holds a date."""

    output_field = DateField()

    def __init__(self, day: Any, months: int, first: int) -> None:
        self.months, self.first = months, first
        super().__init__(day)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        # Whole months from year 0, less those before the fiscal year, rounded down to the period.
        day, parameters = compiler.compile(self.source_expressions[0])
        index = f"(extract(year FROM {day})::int * 12 + extract(month FROM {day})::int - {self.first})"
        start = f"({index} / {self.months} * {self.months} + {self.first} - 1)"
        return f"make_date({start} / 12, {start} % 12 + 1, 1)".replace("%", "%%"), [*parameters] * 4


def time_key(group: Group, basis: str) -> PeriodStart:
    """Return the expression of a group of time over the date field `basis`."""
    assert group.cadence is not None
    return PeriodStart(F(basis), periods.months_in(group.cadence), settings.FISCAL_YEAR_START_MONTH)


def period_from(group: Group, start: date) -> Period:
    assert group.cadence is not None
    return periods.period_containing(group.cadence, start, fiscal_start=settings.FISCAL_YEAR_START_MONTH)


def periods_of(group: Group, start: date, end: date) -> list[Period]:
    """Return each period of the group with a day from `start` to `end`, both included."""
    assert group.cadence is not None
    return periods.periods_between(group.cadence, start, end, fiscal_start=settings.FISCAL_YEAR_START_MONTH)


def within(period: Period, start: date | None, end: date | None) -> tuple[date, date]:
    """Return the days of a period that also lie in the span, both included."""
    last = period.end - timedelta(days=1)
    return max(period.start, start or period.start), min(last, end or last)


def key_expression(group: Group, basis: str) -> Mapping[str, Any]:
    """Return the annotations `group_key` and `group_label` for a queryset of delivery lines."""
    if group.is_time:
        key = time_key(group, basis)
        return {"group_key": key}
    return {"group_key": F(group.path), "group_label": Coalesce(group.text, Value(""), output_field=CharField())}
