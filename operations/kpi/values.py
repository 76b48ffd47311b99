"""KPI values over any span and group, and the very lines behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Field, Func, QuerySet
from django.utils import timezone

from operations.kpi import groups
from operations.kpi.formulas import LINE, PARTS, F, Measurement, Sums, aggregates, measure, terms
from operations.kpi.groups import GROUPS, Group
from operations.models import Delivery, KpiDefinition

#: More periods than this are not filled up where nothing happened.
LONGEST_ROW_OF_PERIODS = 1200

assert f'"{Delivery._meta.db_table}"' == LINE


class _Aggregate(Func):
    """An aggregate of `formulas.aggregates` in a queryset over delivery lines."""

    contains_aggregate = True
    arity = 0

    def __init__(self, sql: str) -> None:
        self.sql = sql
        # Whatever the driver makes of the type: counts are int, sums Decimal.
        super().__init__(output_field=Field())

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        return self.sql.replace("%", "%%"), []

    def get_group_by_cols(self) -> list[Any]:
        return []

    @property
    def identity(self) -> Any:
        return (type(self), self.sql)


class _Condition(Func):
    """A condition of `formulas.terms` as a filter of a queryset over delivery lines."""

    conditional = True
    arity = 0

    def __init__(self, sql: str) -> None:
        self.sql = sql
        super().__init__(output_field=BooleanField())

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        return f"({self.sql})".replace("%", "%%"), []

    @property
    def identity(self) -> Any:
        return (type(self), self.sql)


@dataclass(frozen=True, slots=True)
class KpiValue:
    """One group's value of one KPI; see `formulas.Measurement` for the numbers.

    `key` finds the group again (a period's key for groups of time, "" for everything together or for lines
    that lack the key), `label` is for people. `lines` is how many lines were looked at.
    """

    key: str
    label: str
    measurement: Measurement
    lines: int
    start: date | None = None
    end: date | None = None

    @property
    def numerator(self) -> Any:
        return self.measurement.numerator

    @property
    def denominator(self) -> Any:
        return self.measurement.denominator

    @property
    def value(self) -> Any:
        return self.measurement.value

    @property
    def state(self) -> str:
        return self.measurement.state

    @property
    def coverage(self) -> Any:
        return self.measurement.coverage

    @property
    def small_sample(self) -> bool:
        return self.measurement.small_sample

    @property
    def currency(self) -> str:
        return self.measurement.currency

    @property
    def words(self) -> str:
        return self.measurement.words


def basis_of(definition: KpiDefinition) -> str:
    """Return the date field that says to which period a line belongs."""
    return "delivered_on" if definition.date_basis == KpiDefinition.DateBasis.DELIVERED else "scheduled_on"


def lines(
    definition: KpiDefinition,
    relationships: QuerySet[Any] | None,
    start: date | None,
    end: date | None,
    where: Mapping[str, Any] | None = None,
) -> QuerySet[Delivery]:
    """Return the delivery lines of the span (days included at both ends; None is open).

    `relationships` is the queryset of those the asker may see, None for all.
    """
    basis = basis_of(definition)
    found = Delivery.objects.order_by().filter(**(where or {}))
    if relationships is not None:
        found = found.filter(relationship__in=relationships.order_by().values("pk"))
    if start is not None:
        found = found.filter(**{f"{basis}__gte": start})
    if end is not None:
        found = found.filter(**{f"{basis}__lte": end})
    if definition.date_basis == KpiDefinition.DateBasis.DELIVERED:
        found = found.filter(delivered_on__isnull=False)
    return found


def kpi_values(
    definition: KpiDefinition,
    relationships: QuerySet[Any] | None,
    start: date | None,
    end: date | None,
    group_by: str = "none",
    *,
    as_of: date | None = None,
    where: Mapping[str, Any] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[KpiValue]:
    """Measure one KPI over a span of days, both ends included, grouped by one of `groups.GROUPS`.

    One SQL statement. `as_of` is the local day on which one looks (today): lines due after it and not
    yet arrived are not counted. Amounts are never added over currencies: line value has a row for each.
    Groups without a line are left out, except for periods, which are all there, with no activity, where the
    span is closed. Rows come in the order of their labels, periods in the order of time.
    """
    group = GROUPS[group_by]
    day = as_of or timezone.localdate()
    found = lines(definition, relationships, start, end, where)
    by: list[str] = []
    if group.code != "none":
        found = found.annotate(**groups.key_expression(group, basis_of(definition)))
        by = ["group_key"] if group.is_time else ["group_label", "group_key"]
    if definition.formula == F.LINE_VALUE:
        by.append("currency")
    sums = {name: _Aggregate(sql) for name, sql in _typed(definition, day).items()}
    rows: Any
    if by:
        rows = found.values(*by).annotate(**sums).order_by(*by).values_list(*by, *sums)
        fill = group.is_time and start is not None and end is not None
        if limit is not None and not fill:
            rows = rows[offset : offset + limit]
    else:
        rows = [tuple(found.aggregate(**sums).values())]
        fill = False
    measured = [_value(definition, group, by, row, start, end) for row in rows]
    if not measured and group.code == "none":
        measured = [KpiValue("", GROUPS["none"].label, measure(definition, Sums()), 0, start, end)]
    if fill and start is not None and end is not None:
        measured = _filled(definition, group, measured, start, end)
        if limit is not None:
            measured = measured[offset : offset + limit]
    return measured


def _typed(definition: KpiDefinition, as_of: date) -> dict[str, str]:
    """The aggregates under names that no field of the model has."""
    return {f"of_{name}": sql for name, sql in aggregates(definition, as_of).items()}


def _value(
    definition: KpiDefinition, group: Group, by: list[str], row: Any, start: date | None, end: date | None
) -> KpiValue:
    found = dict(zip(by, row, strict=False))
    sums = Sums(*row[len(by) :])
    measurement = measure(definition, sums)
    if group.code == "none":
        return KpiValue("", group.label, measurement, sums.cases, start, end)
    key = found["group_key"]
    if group.is_time:
        period = groups.period_from(group, key)
        return KpiValue(period.key, period.label, measurement, sums.cases, *groups.within(period, start, end))
    label = group.shown(key, found["group_label"])
    return KpiValue("" if key is None else str(key), label, measurement, sums.cases, start, end)


def _filled(definition: KpiDefinition, group: Group, found: list[KpiValue], start: date, end: date) -> list[KpiValue]:
    every = groups.periods_of(group, start, end)
    if len(every) > LONGEST_ROW_OF_PERIODS:
        return found
    have: dict[str, list[KpiValue]] = {}
    for value in found:
        have.setdefault(value.key, []).append(value)
    nothing = measure(definition, Sums())
    return [
        value
        for period in every
        for value in have.get(period.key)
        or [KpiValue(period.key, period.label, nothing, 0, *groups.within(period, start, end))]
    ]


def rows_behind(
    definition: KpiDefinition,
    relationships: QuerySet[Any] | None,
    start: date | None,
    end: date | None,
    part: str = "denominator",
    *,
    as_of: date | None = None,
    where: Mapping[str, Any] | None = None,
) -> QuerySet[Delivery]:
    """Return the delivery lines that one value was made of; `part` is one of `formulas.PARTS`.

    Raises KeyError for another part.
    """
    return lines(definition, relationships, start, end, where).filter(
        part_condition(definition, part, as_of or timezone.localdate())
    )


def part_condition(definition: KpiDefinition, part: str, as_of: date) -> Any:
    """Return the condition on delivery lines of one part of a KPI, for `QuerySet.filter`."""
    return _Condition(part_sql(definition, part, as_of))


def part_sql(definition: KpiDefinition, part: str, as_of: date) -> str:
    """Return the same as SQL over `operations_delivery`, without parameters. KeyError for an unknown part."""
    PARTS[part]
    term = terms(definition, as_of)
    return {
        "denominator": term.judged,
        "numerator": term.hit,
        "missed": f"{term.judged} AND NOT coalesce({term.hit}, FALSE)",
        "left_out": f"{term.missing} AND NOT coalesce({term.judged}, FALSE)",
    }[part]


def definition_in_force(code: str) -> KpiDefinition | None:
    """Return the version of a KPI that is in force, if any."""
    return KpiDefinition.objects.filter(code=code, state=KpiDefinition.State.IN_FORCE).first()
