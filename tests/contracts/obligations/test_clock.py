"""Whether the clock ran on each day or once makes no difference to what is open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Agreement, Duty, Obligation
from contracts.obliging import settle
from tests.contracts.obligations.conftest import InForce

FIRST = date(2026, 1, 31)
DAYS = st.dates(FIRST, date(2029, 12, 31))
ONCE = st.builds(lambda on: {"rule": "once", "on": on}, DAYS)
COUNTED = st.builds(
    lambda anchor, number, unit, before: {"rule": "relative", "anchor": anchor, "offset": f"{number} {unit}", "before": before},
    st.sampled_from(Duty.Anchor.values), st.integers(1, 40), st.sampled_from(["days", "business days", "months"]), st.booleans(),
)  # fmt: skip
AGAIN = st.builds(
    lambda anchor, number, until: {"rule": "recurring", "anchor": anchor, "every": f"{number} months", "until": until},
    st.sampled_from(["start", "signature"]), st.integers(1, 18), st.none() | DAYS,
)  # fmt: skip
HEADS = st.sampled_from(
    [
        {"expires_on": "2026-12-31", "renews": "automatic", "renewal_length": "1 year", "notice_length": "180 days"},
        {"expires_on": "2027-02-28", "renews": "by_notice", "renewal_length": "6 months", "notice_length": "3 months"},
        {"expires_on": "2028-02-29"}, {"expires_on": "2027-06"}, {"renews": "evergreen", "notice_length": "90 days"},
    ]
)  # fmt: skip


class Undone(Exception):
    """Takes back what one run has written."""


def open_of(agreement: Agreement) -> set[tuple[Any, ...]]:
    rows = Obligation.objects.filter(agreement=agreement, state="open")
    return set(rows.values_list("duty", "occurrence", "due_on", "counted"))


def run(agreement: Agreement, duties: list[dict[str, Any]], head: dict[str, Any], days: list[date]) -> set[Any]:
    """Return what is open after the clock ran on each of the days."""
    found: set[Any] = set()
    try:
        with transaction.atomic():
            empty = {"expires_on": "", "renews": "no", "renewal_length": "", "notice_length": ""}
            Agreement.objects.filter(pk=agreement.pk).update(**empty | head)
            for place, row in enumerate(duties):
                Duty.objects.create(agreement=agreement, position=place, text=f"Duty {place}", key=KEYS[place], **row)
            for day in days:
                settle(agreement, today=day)
            found = open_of(agreement)
            raise Undone
    except Undone:
        return found


KEYS = [f"0190c0de-0000-7000-8000-00000000000{place}" for place in range(4)]


@pytest.fixture
def bare(in_force: InForce) -> Agreement:
    made = in_force(effective_on=FIRST.isoformat(), expires_on="2030-12-31")
    Obligation.objects.filter(agreement=made)._raw_delete("default")
    return made


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    duties=st.lists(ONCE | COUNTED | AGAIN, min_size=1, max_size=4),
    head=HEADS,
    steps=st.lists(st.integers(1, 90), min_size=2, max_size=8),
)
def test_each_day_or_once(bare: Agreement, duties: list[Any], head: dict[str, Any], steps: list[int]) -> None:
    days = [FIRST]
    for step in steps:
        days.append(days[-1] + timedelta(days=step))
    often = run(bare, duties, head, days)
    assert often == run(bare, duties, head, days[-1:])
    assert often == run(bare, duties, head, [*days, days[-1]])
