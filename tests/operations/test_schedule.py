"""Which periods a relationship owes: by calendar, after changes of cadence, and after low standings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmo_lifecycle.partners.models import Relationship
from operations import periods, schedule
from operations.models import DuePeriod, Review, ScoringPolicy

pytestmark = pytest.mark.django_db


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def owed(relationship: Any) -> list[tuple[str, str, str]]:
    rows = DuePeriod.objects.filter(relationship=relationship).order_by("starts_on")
    return [(row.label, row.starts_on.isoformat(), row.ends_on.isoformat()) for row in rows]


def _set(relationship: Any, **fields: Any) -> None:
    Relationship.objects.filter(pk=relationship.pk).update(**fields)


def _review(relationship: Any, label: str, standing: str, state: str = "signed_off") -> Review:
    period = DuePeriod.objects.get(relationship=relationship, label=label)
    return Review.objects.create(
        relationship=relationship, cadence=period.cadence, starts_on=period.starts_on, ends_on=period.ends_on,
        label=label, opened_at=period.due_at, standing=standing, state=state,
        policy=ScoringPolicy.objects.get(state="in_force"),
    )  # fmt: skip


def _review_what_is_due(relationship: Any, as_of: datetime) -> None:
    reviewed = set(Review.objects.values_list("starts_on", flat=True))
    for period in DuePeriod.objects.filter(relationship=relationship, due_at__lte=as_of):
        if period.starts_on not in reviewed:
            _review(relationship, period.label, "acceptable")


def test_every_period_from_the_first_active_day_to_the_running_one(relationship: Any) -> None:
    _set(relationship, active_from=date(2025, 8, 20))
    assert schedule.derive(at(2026, 2, 10)) == 3
    assert owed(relationship) == [
        ("Q3 2025", "2025-07-01", "2025-09-30"),
        ("Q4 2025", "2025-10-01", "2025-12-31"),
        ("Q1 2026", "2026-01-01", "2026-03-31"),
    ]
    assert schedule.derive(at(2026, 2, 10)) == 0
    assert schedule.derive(at(2026, 4, 1)) == 1


@pytest.mark.parametrize(
    ("tier", "cadence", "label"), [(1, "", "May 2026"), (3, "", "H1 2026"), (None, "", "Q2 2026"), (1, "year", "2026")]
)
def test_the_cadence_is_the_relationships_own_or_its_tiers(
    relationship: Any, tier: int | None, cadence: str, label: str
) -> None:
    _set(relationship, active_from=date(2026, 5, 20), tier=tier, review_cadence=cadence)
    schedule.derive(at(2026, 5, 25))
    assert [row[0] for row in owed(relationship)] == [label]


def test_time_zone_fiscal_year_and_grace(relationship: Any, settings: Any) -> None:
    settings.REVIEW_TIME_ZONE = "America/New_York"
    settings.FISCAL_YEAR_START_MONTH = 4
    ScoringPolicy.objects.update(grace_days=5)
    _set(relationship, active_from=date(2026, 1, 10))
    schedule.derive(at(2026, 3, 1))
    [period] = DuePeriod.objects.all()
    assert (period.label, period.due_at) == ("Q4 FY2026", datetime(2026, 4, 6, 4, tzinfo=UTC))
    assert period.late_at == datetime(2026, 7, 6, 4, tzinfo=UTC)


@pytest.mark.parametrize("state", ["onboarding", "closed", "cancelled"])
def test_only_what_is_in_operation_owes_a_review(relationship: Any, state: str) -> None:
    schedule.derive(at(2024, 2, 1))
    assert len(owed(relationship)) == 1
    _set(relationship, state=state)
    schedule.derive(at(2024, 8, 1))
    assert owed(relationship) == []


def test_no_day_is_too_early_to_be_a_typing_error(relationship: Any) -> None:
    _set(relationship, active_from=date(202, 1, 1))
    assert schedule.derive(at(1990, 5, 1)) == 2


class TestChangesOfCadence:
    def test_from_quarters_to_months_in_the_middle_of_a_quarter(self, relationship: Any) -> None:
        _set(relationship, active_from=date(2026, 1, 1))
        schedule.derive(at(2026, 4, 2))
        _review_what_is_due(relationship, at(2026, 4, 2))
        _set(relationship, review_cadence="month")
        schedule.derive(at(2026, 6, 15))
        assert owed(relationship) == [
            ("Q1 2026", "2026-01-01", "2026-03-31"),
            ("Q2 2026 (to 31 May)", "2026-04-01", "2026-05-31"),
            ("June 2026", "2026-06-01", "2026-06-30"),
        ]
        cut = DuePeriod.objects.get(label="Q2 2026 (to 31 May)")
        assert (cut.due_at, cut.late_at) == (at(2026, 6, 1, 0), at(2026, 7, 1, 0))

    def test_from_months_to_quarters_keeps_what_was_reviewed(self, relationship: Any) -> None:
        _set(relationship, active_from=date(2026, 1, 1), review_cadence="month")
        schedule.derive(at(2026, 2, 3))
        _review_what_is_due(relationship, at(2026, 2, 3))
        _set(relationship, review_cadence="quarter")
        schedule.derive(at(2026, 2, 10))
        assert owed(relationship) == [
            ("January 2026", "2026-01-01", "2026-01-31"),
            ("Q1 2026 (from 1 Feb)", "2026-02-01", "2026-03-31"),
        ]

    def test_what_came_due_while_the_clock_stood_is_owed_as_it_was(self, relationship: Any) -> None:
        _set(relationship, active_from=date(2025, 1, 1))
        schedule.derive(at(2025, 2, 1))
        _set(relationship, review_cadence="year")
        schedule.derive(at(2026, 5, 1))
        assert [row[0] for row in owed(relationship)] == ["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "2026"]

    def test_an_earlier_first_day_adds_what_lies_before(self, relationship: Any) -> None:
        _set(relationship, active_from=date(2026, 1, 10))
        schedule.derive(at(2026, 2, 1))
        _set(relationship, active_from=date(2025, 9, 1))
        schedule.derive(at(2026, 2, 1))
        assert [row[0] for row in owed(relationship)] == ["Q3 2025", "Q4 2025", "Q1 2026"]

    def test_new_days_of_grace_move_only_what_is_not_due(self, relationship: Any) -> None:
        _set(relationship, active_from=date(2026, 1, 1))
        schedule.derive(at(2026, 4, 2))
        ScoringPolicy.objects.update(grace_days=7)
        schedule.derive(at(2026, 4, 3))
        assert list(DuePeriod.objects.order_by("starts_on").values_list("due_at", flat=True)) == [
            at(2026, 4, 1, 0),
            at(2026, 7, 8, 0),
        ]


class TestLowStandings:
    @pytest.mark.parametrize(
        ("standing", "state", "follows", "label"),
        [
            ("probation", "signed_off", True, "April 2026"),
            ("watch", "published", True, "April 2026"),
            ("acceptable", "signed_off", True, "Q2 2026"),
            ("insufficient", "signed_off", True, "Q2 2026"),
            ("probation", "scored", True, "Q2 2026"),
            ("probation", "signed_off", False, "Q2 2026"),
        ],
    )
    def test_a_signed_low_standing_shortens_the_running_period(
        self, relationship: Any, standing: str, state: str, follows: bool, label: str
    ) -> None:
        ScoringPolicy.objects.update(cadence_follows_standing=follows)
        _set(relationship, active_from=date(2026, 1, 1))
        schedule.derive(at(2026, 4, 2))
        _review(relationship, "Q1 2026", standing, state)
        schedule.derive(at(2026, 4, 20))
        assert [row[0] for row in owed(relationship)] == ["Q1 2026", label]

    def test_watch_halves_a_half_year(self, relationship: Any) -> None:
        _set(relationship, active_from=date(2026, 1, 1), review_cadence="half_year")
        schedule.derive(at(2026, 7, 2))
        _review(relationship, "H1 2026", "watch")
        schedule.derive(at(2026, 7, 20))
        assert [row[0] for row in owed(relationship)] == ["H1 2026", "Q3 2026"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.dates(date(2020, 1, 1), date(2021, 12, 31)),
    steps=st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from(periods.CADENCES), st.booleans()), min_size=1, max_size=8
    ),
    fiscal_start=st.integers(1, 12),
)
def test_whatever_changes_periods_have_no_gap_and_no_overlap(
    relationship: Any, start: date, steps: Any, fiscal_start: int
) -> None:
    from django.db import transaction
    from django.test import override_settings

    with transaction.atomic(), override_settings(FISCAL_YEAR_START_MONTH=fiscal_start):
        _set(relationship, active_from=start)
        now, due_before = at(start.year, start.month, start.day), set()
        for days, cadence, reviewed in steps:
            _set(relationship, review_cadence=cadence)
            schedule.derive(now)
            rows = list(DuePeriod.objects.order_by("starts_on"))
            assert rows[0].starts_on <= start and rows[-1].ends_on >= now.date()
            for earlier, later in pairwise(rows):
                assert later.starts_on == earlier.ends_on + timedelta(days=1)
            due = {(row.starts_on, row.ends_on) for row in rows if row.due_at <= now}
            assert due_before <= due
            if reviewed:
                _review_what_is_due(relationship, now)
            due_before = due
            now += timedelta(days=days)
        transaction.set_rollback(True)
