"""KPI values against the published figures, small tables made by hand, and a plain oracle."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations import kpi_math
from operations.kpi import GROUPS, kpi_values, rows_behind
from operations.models import Delivery, KpiDefinition

pytestmark = pytest.mark.django_db

Y2009, Y2010 = (date(2009, 1, 1), date(2009, 12, 31)), (date(2010, 1, 1), date(2010, 12, 31))
SPAN = (date(2009, 1, 1), date(2010, 12, 31))
TODAY = date(2026, 7, 1)


def _two(value: Decimal | None) -> float | None:
    return None if value is None else float(kpi_math.quantise(value, 2))


def _figures(define: Any, span: tuple[date, date], group_by: str, **settings: Any) -> dict[str, dict[str, Any]]:
    """The figures of the reference by label, each from its own KPI."""
    found: dict[str, dict[str, Any]] = {}

    def each(code: str) -> Any:
        for value in kpi_values(define(code, **settings), None, *span, group_by):
            if value.lines:
                yield found.setdefault(value.label, {}), value

    for row, value in each("on_time_delivery"):
        row["lines"], row["on_time"] = int(value.denominator), int(value.numerator)
        row["late"] = row["lines"] - row["on_time"]
        row["on_time_pct"] = _two(value.value)
    for row, value in each("mean_days_late"):
        row["mean_days_late_of_late"] = _two(value.value)
        assert value.state == ("ok" if row["late"] else "not_applicable")
    for row, value in each("max_days_late"):
        row["max_days_late"] = int(value.value)
    for row, value in each("line_value"):
        row["line_value_usd"], currency = float(value.value), value.currency
        assert currency == "USD"
    return found


def _wanted(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (
        "lines", "on_time", "late", "on_time_pct", "mean_days_late_of_late", "max_days_late", "line_value_usd"
    )}  # fmt: skip


class TestAgainstThePublishedFigures:
    def test_all_lines_together(self, scms: Any, reference: Any, define: Any) -> None:
        assert _figures(define, SPAN, "none")["Everything together"] == _wanted(reference["overall"])

    def test_each_vendor(self, scms: Any, reference: Any, define: Any) -> None:
        assert _figures(define, SPAN, "cmo") == {vendor: _wanted(row) for vendor, row in reference["by_vendor"].items()}

    def test_each_scheduled_year(self, scms: Any, reference: Any, define: Any) -> None:
        assert _figures(define, SPAN, "year") == {
            year: _wanted(row) for year, row in reference["by_scheduled_year"].items()
        }

    def test_each_delivered_year(self, scms: Any, reference: Any, define: Any) -> None:
        span = (date(2008, 1, 1), date(2011, 12, 31))
        assert _figures(define, span, "year", date_basis="delivered") == {
            year: _wanted(row) for year, row in reference["by_delivered_year"].items()
        }

    def test_grace(self, scms: Any, reference: Any, define: Any) -> None:
        for days, row in reference["on_time_with_grace_days"].items():
            [value] = kpi_values(define("on_time_delivery", grace_days=int(days)), None, *SPAN)
            assert (int(value.numerator), _two(value.value)) == (row["on_time"], row["pct"])

    def test_window_of_a_week_each_way(self, scms: Any, reference: Any, define: Any) -> None:
        [value] = kpi_values(define("on_time_delivery", grace_days=7, early_days=7), None, *SPAN)
        row = reference["on_time_window_minus7_plus7"]
        assert (int(value.numerator), _two(value.value)) == (row["lines"], row["pct"])

    def test_accepted_quantities_are_not_in_the_file(self, scms: Any, define: Any) -> None:
        [value] = kpi_values(define("on_time_in_full"), None, *SPAN)
        assert (value.state, value.value, value.coverage) == ("not_supplied", None, 0)

    def test_lead_time_says_how_many_lines_it_rests_on(self, scms: Any, scms_rows: Any, define: Any) -> None:
        days = [(row["delivered_on"] - row["ordered_on"]).days for row in scms_rows if row["ordered_on"]]
        [median] = kpi_values(define("lead_time_median"), None, *SPAN)
        [ninety] = kpi_values(define("lead_time_p90"), None, *SPAN)
        assert (median.value, ninety.value) == (kpi_math.median(days), kpi_math.p90(days))
        assert median.denominator == len(days)
        assert median.coverage == kpi_math.percentage(len(days), len(scms_rows))

    def test_every_group_adds_up_to_the_whole(self, scms: Any, define: Any) -> None:
        definition = define("on_time_delivery")
        for group in GROUPS:
            values = kpi_values(definition, None, *SPAN, group)
            assert (sum(v.numerator for v in values), sum(v.denominator for v in values)) == (1065, 1139), group

    def test_every_number_opens_to_its_rows(self, scms: Any, define: Any) -> None:
        definition = define("on_time_delivery")
        counts = {
            part: rows_behind(definition, None, *SPAN, part).count()
            for part in ("denominator", "numerator", "missed", "left_out")
        }
        assert counts == {"denominator": 1139, "numerator": 1065, "missed": 74, "left_out": 0}


class TestByHand:
    def _one(self, definition: KpiDefinition, **more: Any) -> Any:
        [value] = kpi_values(definition, None, date(2026, 1, 1), date(2026, 12, 31), as_of=TODAY, **more)
        return value

    def test_nothing_due_is_no_activity_and_not_zero(self, define: Any) -> None:
        for definition in KpiDefinition.objects.filter(state="in_force"):
            value = self._one(definition)
            assert (value.state, value.value, value.coverage) == ("no_activity", None, None), definition

    def test_overdue_is_a_miss_and_the_future_is_not_counted(self, line: Any, define: Any) -> None:
        line((3, 1), (3, 1))
        line((6, 30))
        line((7, 1))
        line((9, 1))
        value = self._one(define("on_time_delivery"))
        assert (value.numerator, value.denominator, value.value) == (1, 2, 50)

    def test_a_line_in_its_days_of_grace_is_not_overdue(self, line: Any, define: Any) -> None:
        line((6, 28))
        assert self._one(define("on_time_delivery", grace_days=3)).state == "no_activity"
        assert self._one(define("on_time_delivery", grace_days=2)).value == 0

    def test_zero_is_a_value(self, line: Any, define: Any) -> None:
        line((3, 1), (3, 9))
        value = self._one(define("on_time_delivery"))
        assert (value.state, value.value, value.small_sample) == ("ok", 0, True)

    def test_no_late_line_has_no_mean_delay_and_a_longest_of_zero(self, line: Any, define: Any) -> None:
        line((3, 1), (3, 1))
        line((3, 1), (2, 20))
        mean, longest = self._one(define("mean_days_late")), self._one(define("max_days_late"))
        assert (mean.state, mean.value) == ("not_applicable", None)
        assert (longest.state, longest.value, longest.denominator) == ("ok", 0, 2)

    def test_overdue_lines_have_no_length_of_delay_yet(self, line: Any, define: Any) -> None:
        line((3, 1))
        assert [self._one(define(code)).state for code in ("mean_days_late", "max_days_late")] == ["not_supplied"] * 2
        line((3, 1), (3, 11))
        mean = self._one(define("mean_days_late"))
        assert (mean.value, mean.denominator, mean.coverage) == (10, 1, 50)

    def test_in_full_needs_the_accepted_quantity(self, line: Any, define: Any) -> None:
        line((3, 1), (3, 1), quantity_ordered=100, quantity_accepted=100)
        line((3, 1), (3, 1), quantity_ordered=100, quantity_accepted=98)
        line((3, 1), (3, 2), quantity_ordered=100, quantity_accepted=100)
        line((3, 1), (3, 1), quantity_ordered=100)
        line((3, 1), quantity_ordered=100)
        strict = self._one(define("on_time_in_full"))
        assert (strict.numerator, strict.denominator, strict.coverage) == (1, 4, 80)
        assert self._one(define("on_time_in_full", quantity_tolerance=Decimal(2))).numerator == 2
        counted = self._one(define("on_time_in_full", missing_data="count_as_miss"))
        assert (counted.numerator, counted.denominator, counted.coverage) == (1, 5, 80)

    def test_lines_that_nobody_counted_do_not_make_an_otif_of_zero(self, line: Any, define: Any) -> None:
        line((3, 1), (3, 1), quantity_ordered=100)
        line((3, 1), quantity_ordered=100)
        assert self._one(define("on_time_in_full")).state == "not_supplied"
        assert self._one(define("on_time_in_full", missing_data="count_as_miss")).value == 0

    def test_currencies_are_never_added(self, line: Any, define: Any) -> None:
        from operations.kpi.formulas import Sums, measure

        line((3, 1), (3, 1), value=Decimal("10.10"), currency="EUR")
        line((3, 1), (3, 1), value=Decimal("5.05"), currency="USD")
        line((3, 1), (3, 1))
        values = kpi_values(define("line_value"), None, date(2026, 1, 1), date(2026, 12, 31), as_of=TODAY)
        assert [(v.currency, v.value, v.state) for v in values] == [
            ("", None, "not_supplied"),
            ("EUR", Decimal("10.10"), "ok"),
            ("USD", Decimal("5.05"), "ok"),
        ]
        mixed = measure(define("line_value"), Sums(2, 2, 0, 2, Decimal("15.15"), "EUR, USD"))
        assert (mixed.state, mixed.value) == ("not_applicable", None)
        assert mixed.words == ("The lines are in EUR, USD, and amounts in different currencies are never added.")

    def test_lines_without_a_site_are_their_own_group(self, line: Any, define: Any, harrow_site: Any) -> None:
        line((3, 1), (3, 1))
        line((3, 1), (3, 9), site=harrow_site)
        values = kpi_values(define("on_time_delivery"), None, None, None, "site", as_of=TODAY)
        assert [(v.key, v.label, v.value) for v in values] == [
            ("", "Site not supplied", 100),
            (str(harrow_site.pk), "Harrow Cork, Harrow Biologics", 0),
        ]

    def test_a_quarter_without_lines_is_there_without_activity(self, line: Any, define: Any) -> None:
        line((5, 1), (5, 1))
        values = kpi_values(
            define("on_time_delivery"), None, date(2026, 2, 1), date(2026, 9, 30), "quarter", as_of=TODAY
        )
        assert [(v.key, v.label, v.state, v.start, v.end) for v in values] == [
            ("2026-Q1", "Q1 2026", "no_activity", date(2026, 2, 1), date(2026, 3, 31)),
            ("2026-Q2", "Q2 2026", "ok", date(2026, 4, 1), date(2026, 6, 30)),
            ("2026-Q3", "Q3 2026", "no_activity", date(2026, 7, 1), date(2026, 9, 30)),
        ]

    @pytest.mark.parametrize("fiscal_start", [1, 4, 11])
    def test_periods_are_those_of_the_fiscal_calendar(
        self, line: Any, define: Any, settings: Any, fiscal_start: int
    ) -> None:
        from operations.periods import period_containing

        settings.FISCAL_YEAR_START_MONTH = fiscal_start
        made = [line((month, 15), (month, 15)) for month in range(1, 13)]
        for group in ("month", "quarter", "half_year", "year"):
            wanted = {period_containing(group, row.scheduled_on, fiscal_start=fiscal_start).key for row in made}
            values = kpi_values(define("on_time_delivery"), None, None, None, group, as_of=TODAY)
            assert {value.key for value in values} == wanted

    def test_only_what_one_may_see_is_counted(
        self, line: Any, define: Any, relationship: Any, other_programme: Any, harrow: Any, bob: Any, priya: Any
    ) -> None:
        from cmo_lifecycle.partners.models import Relationship

        theirs = Relationship.objects.create(cmo=harrow, programme=other_programme, state="active")
        line((3, 1), (3, 1))
        line((3, 1), (3, 9), relationship=theirs)
        for user, value in ((priya, 100), (bob, 0)):
            seen = Relationship.objects.visible_to(user)
            [found] = kpi_values(define("on_time_delivery"), seen, None, None, as_of=TODAY)
            assert (found.value, found.denominator) == (value, 1)


days = st.integers(-40, 40)
amounts = st.none() | st.integers(0, 5).map(Decimal)
a_line = st.fixed_dictionaries(
    {
        "scheduled": st.integers(0, 60),
        "late": st.none() | days,
        "lead": st.none() | st.integers(0, 90),
        "ordered": amounts,
        "accepted": amounts,
        "value": amounts,
    }
)


def _oracle(row: dict[str, Any], d: Any, today: int) -> dict[str, Any]:
    """What each formula makes of a line, told once more in plain Python."""
    arrived = row["late"] is not None
    overdue = not arrived and row["scheduled"] + d.grace_days < today
    in_window = arrived and row["late"] <= d.grace_days and (d.early_days is None or row["late"] >= -d.early_days)
    quantities = row["ordered"] is not None and row["accepted"] is not None
    full = quantities and row["accepted"] >= row["ordered"] * (100 - d.quantity_tolerance) / 100
    return {
        "due": arrived or overdue, "arrived": arrived, "overdue": overdue, "in_window": in_window,
        "quantities": quantities, "full": full, "late": arrived and row["late"] > d.grace_days,
    }  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(a_line, max_size=12),
    grace=st.integers(0, 10),
    early=st.none() | st.integers(0, 10),
    tolerance=st.integers(0, 60),
    as_miss=st.booleans(),
)
def test_values_agree_with_a_plain_oracle(
    relationship: Any, define: Any, rows: Any, grace: int, early: int | None, tolerance: int, as_miss: bool
) -> None:
    from django.db import transaction

    zero, today = date(2026, 3, 1), 30
    with transaction.atomic():
        made = []
        for row in rows:
            scheduled = zero + timedelta(row["scheduled"])
            delivered = None if row["late"] is None else scheduled + timedelta(row["late"])
            made.append(
                Delivery(
                    relationship=relationship, item="Vial", scheduled_on=scheduled, delivered_on=delivered,
                    ordered_on=None if row["lead"] is None or delivered is None else delivered - timedelta(row["lead"]),
                    quantity_ordered=row["ordered"], quantity_accepted=row["accepted"],
                    value=row["value"], currency="USD",
                )
            )  # fmt: skip
        Delivery.objects.bulk_create(made)

        def value(code: str) -> Any:
            definition = define(
                code, grace_days=grace, early_days=early, quantity_tolerance=Decimal(tolerance),
                missing_data="count_as_miss" if as_miss else "leave_out",
            )  # fmt: skip
            values = kpi_values(definition, None, None, None, as_of=zero + timedelta(today))
            counts = {
                part: rows_behind(definition, None, None, None, part, as_of=zero + timedelta(today)).count()
                for part in ("denominator", "numerator", "missed", "left_out")
            }
            assert counts["denominator"] == counts["numerator"] + counts["missed"]
            return values[0], counts

        d = define("on_time_delivery", grace_days=grace, early_days=early, quantity_tolerance=Decimal(tolerance))
        told = [(row, _oracle(row, d, today)) for row in rows]
        due = [row for row, says in told if says["due"]]

        found, counts = value("on_time_delivery")
        hits = sum(says["in_window"] for _, says in told)
        assert found.value == kpi_math.percentage(hits, len(due))
        assert (counts["denominator"], counts["numerator"]) == (len(due), hits)

        found, counts = value("on_time_in_full")
        known = sum(says["arrived"] and says["quantities"] for _, says in told)
        overdue = sum(says["overdue"] for _, says in told)
        hits = sum(says["in_window"] and says["full"] for _, says in told)
        below = len(due) if as_miss else known + overdue
        silent = not as_miss and known == 0 and overdue < len(due)
        assert found.value == (None if silent else kpi_math.percentage(hits, below))
        assert found.coverage == kpi_math.percentage(known + overdue, len(due))
        assert found.state == ("no_activity" if not due else "not_supplied" if silent else "ok")

        late = [row["late"] for row, says in told if says["late"]]
        found, _ = value("mean_days_late")
        assert found.value == kpi_math.mean(late)
        assert found.state == (
            "no_activity" if not due else "ok" if late else "not_supplied" if overdue else "not_applicable"
        )
        arrived = [row["late"] for row, says in told if says["arrived"]]
        found, _ = value("max_days_late")
        assert found.value == max(arrived, default=None)

        leads = [row["lead"] for row, says in told if says["arrived"] and row["lead"] is not None]
        assert value("lead_time_median")[0].value == kpi_math.median(leads)
        assert value("lead_time_p90")[0].value == kpi_math.p90(leads)

        worth = [row["value"] for row in rows if row["value"] is not None]
        assert value("line_value")[0].value == (sum(worth) if worth else None)
        transaction.set_rollback(True)
