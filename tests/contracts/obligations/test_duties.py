"""What the supply agreement with Harrow makes both sides owe, and by which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from time_machine import travel

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput
from contracts.actions import agreements, obligations
from contracts.models import Agreement, AgreementEvent, Duty, Holiday, HolidayCalendar, Obligation
from contracts.obliging import settle, settle_all
from tests.contracts.obligations.conftest import InForce, amended, open_days, settled

in_april = travel("2026-04-15 09:00Z", tick=False)

FEES = {"text": "Pay the reservation fee", "rule": "recurring", "anchor": "start", "every": "3 months"}
HANDOVER = {
    "text": "Hand over the batch records",
    "side": "theirs",
    "rule": "relative",
    "anchor": "end",
    "offset": "30 days",
}
NOTIFY = {"text": "Tell us of a recall", "side": "theirs", "rule": "on_event", "clock": "24 hours"}


@in_april
def test_the_coming_thirteen_months(in_force: InForce) -> None:
    made = in_force(duties=[FEES], effective_on="2026-01-31", expires_on="2030-12-31")
    days = [day for title, day in open_days(made) if title == FEES["text"]]
    assert days == ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31", "2027-04-30"]
    before = list(Obligation.objects.values_list("pk", "version"))
    assert settle_all() == 0 and settle(made) == 0
    assert list(Obligation.objects.values_list("pk", "version")) == before
    assert settled(made, date(2026, 7, 1)) == 1
    assert open_days(made)[-1][1] == "2027-07-31"


@in_april
def test_leap_days_and_ends_of_months(in_force: InForce) -> None:
    yearly = {
        "text": "Insurance certificate",
        "side": "theirs",
        "rule": "recurring",
        "anchor": "start",
        "every": "1 year",
    }
    monthly = {
        "text": "Forecast",
        "rule": "recurring",
        "anchor": "start",
        "every": "1 month",
        "until": date(2024, 6, 30),
    }
    made = in_force(
        duties=[yearly, monthly], effective_on="2024-02-29", expires_on="2030-12-31", executed_on=date(2024, 2, 1)
    )
    days = {
        title: [day for name, day in open_days(made) if name == title]
        for title in ("Insurance certificate", "Forecast")
    }
    assert days["Insurance certificate"] == ["2025-02-28", "2026-02-28", "2027-02-28"]
    assert days["Forecast"] == ["2024-03-29", "2024-04-29", "2024-05-29", "2024-06-29"]


@in_april
def test_notice_and_end_follow_the_agreement(in_force: InForce, alice: Any, lena: Any) -> None:
    renewing = {
        "effective_on": "2025-01-01", "expires_on": "2026-12-31", "renews": "automatic", "renewal_length": "1 year",
        "notice_length": "180 days", "executed_on": date(2024, 12, 20),
    }  # fmt: skip
    made = in_force(**renewing)
    assert open_days(made) == [("Decide whether to give notice", "2026-07-04")]
    (row,) = Obligation.objects.filter(agreement=made)
    assert row.counted.endswith("31 December 2026 less 180 days = 4 July 2026")
    obligations.complete(row, actor=alice, done_on=date(2026, 4, 15), evidence="The committee goes on.")
    # The last day is past: the next term has its own.
    settled(made, date(2026, 7, 5))
    assert open_days(made) == [("Decide whether to give notice", "2027-07-04")]
    agreements.record_notice(made, actor=lena, given_on=date(2026, 4, 15), reason="Another source")
    assert open_days(made) == [("The agreement ends: settle what follows", "2026-12-31")]


@in_april
def test_an_amendment_moves_what_is_counted_from_the_end(in_force: InForce, alice: Any, lena: Any) -> None:
    made = in_force(
        duties=[HANDOVER], effective_on="2025-01-01", expires_on="2026-06-30", executed_on=date(2024, 12, 20)
    )
    assert ("Hand over the batch records", "2026-07-30") in open_days(made)
    row = Obligation.objects.get(agreement=made, title=HANDOVER["text"])
    Obligation.objects.filter(pk=row.pk).update(reminded=[["2026-07-30", 30]])
    # Signed today, in force since January.
    amended(made, "expires_on", "2026-09-30", actor=alice, by=lena, effective_on="2026-01-01")
    row.refresh_from_db()
    assert (row.state, row.due_on, row.version) == ("open", date(2026, 10, 30), 2)
    assert "30 September 2026 plus 30 days = 30 October 2026" in row.counted
    # Further away than what is written down: it lapses, and comes back under the same name.
    amended(made, "expires_on", "2028-09-30", actor=alice, by=lena, effective_on="2026-02-01", number=2)
    row.refresh_from_db()
    assert row.state == "lapsed" and open_days(made) == []
    amended(made, "expires_on", "2026-12-31", actor=alice, by=lena, effective_on="2026-03-01", number=3)
    row.refresh_from_db()
    assert (row.state, row.due_on, row.reminded) == ("open", date(2027, 1, 30), [])


@in_april
def test_the_end_takes_back_what_lies_after_it(in_force: InForce, lena: Any) -> None:
    made = in_force(duties=[FEES, HANDOVER], effective_on="2026-01-01", expires_on="2030-12-31")
    overdue = Obligation.objects.get(agreement=made, title=FEES["text"], due_on=date(2026, 4, 1))
    ended = agreements.terminate(
        made,
        actor=lena,
        ended_on=date(2026, 4, 10),
        reason="Breach",
        password="correct horse battery 9",
        email=lena.email,
    )
    # What was due before is still owed, and what follows the end is due now.
    assert open_days(ended) == [(FEES["text"], "2026-04-01"), (HANDOVER["text"], "2026-05-10")]
    assert set(Obligation.objects.filter(agreement=made).values_list("state", flat=True)) == {"open", "lapsed"}
    overdue.refresh_from_db()
    assert overdue.state == "open" and overdue.is_overdue
    assert settle_all(date(2027, 1, 1)) == 0


@in_april
def test_no_day_is_made_up(in_force: InForce, alice: Any) -> None:
    from_signature = {"text": "Deposit", "rule": "relative", "anchor": "signature", "offset": "30 days"}
    before_end = {"text": "Plan the exit", "rule": "relative", "anchor": "end", "offset": "1 month", "before": True}
    made = in_force(
        duties=[from_signature, before_end],
        effective_on="2025-01-01",
        expires_on="2027-03",
        executed_on=date(2025, 1, 1),
    )
    plan = Obligation.objects.get(agreement=made, title="Plan the exit")
    assert plan.due_on is None and "a day from" in plan.counted and "1 month" in plan.counted
    deposit = Obligation.objects.get(agreement=made, title="Deposit")
    assert deposit.due_on == date(2025, 1, 31)
    with pytest.raises(InvalidInput, match="counted from the agreement"):
        edits.update(deposit, {"due_on": date(2026, 1, 1)}, actor=alice)


@in_april
def test_what_was_due_before_it_was_known_here_is_not_made_up(alice: Any, lena: Any, harrow: Any, vx12: Any) -> None:
    from contracts.documents import bring_in
    from tests.contracts.conftest import TEXT, written

    made = written(alice, harrow, vx12, "msa", effective_on="2020-01-01", expires_on="2030-12-31")
    made = parts.write(made, Duty, [FEES], actor=alice)
    bring_in(made, actor=alice, words=TEXT)
    made = agreements.register_as_existing(
        made, actor=lena, evidence="Safe 4", executed_on=date(2019, 12, 1), reason="Old"
    )
    made = agreements.take_effect(made, actor=lena)
    assert [day for _, day in open_days(made)][:2] == ["2026-07-01", "2026-10-01"]


@in_april
def test_the_review_of_a_quality_agreement(in_force: InForce, quinn: Any) -> None:
    made = in_force(
        kind="qag", effective_on="2024-05-31", expires_on="2034-12-31", review_years=2, executed_on=date(2024, 5, 1)
    )
    made.refresh_from_db()
    assert open_days(made) == [("Review the quality agreement", "2026-05-31")] and made.next_review == date(2026, 5, 31)
    obligations.complete(
        Obligation.objects.get(agreement=made), actor=quinn, done_on=date(2026, 4, 15), evidence="Minutes"
    )
    settled(made, date(2027, 6, 1))
    made.refresh_from_db()
    assert made.next_review == date(2028, 5, 31)


@pytest.fixture
def hesse(lena: Any) -> HolidayCalendar:
    made = edits.create(HolidayCalendar, {"name": "Hesse", "first_year": 2026, "last_year": 2026}, actor=lena)
    return parts.write(made, Holiday, [{"on": date(2026, 4, 6), "name": "Easter Monday"}], actor=lena)  # type: ignore[no-any-return]


CLOCKS = [
    {"code": "notice_critical", "label": "Notice of critical events", "kind": "clock", "unit": "hours", "value": "24"},
    {"code": "notice_major", "label": "Notice of major events", "kind": "clock", "unit": "business days", "value": "3"},
]


def recorded(agreement: Agreement, clock: str, at: datetime, actor: Any, **more: Any) -> AgreementEvent:
    return edits.create(  # type: ignore[no-any-return]
        AgreementEvent,
        {
            "agreement": agreement,
            "clock": clock,
            "what": "DEV-17, no sterile filter",
            "happened_at": at,
            "zone": "Europe/Berlin",
            **more,
        },
        actor=actor,
    )


@in_april
def test_a_clock_of_hours_runs_to_the_minute(in_force: InForce, quinn: Any) -> None:
    made = in_force(terms=CLOCKS, duties=[NOTIFY])
    assert not Obligation.objects.filter(agreement=made, event__isnull=False).exists()
    # The clocks go forward in the night to 29 March.
    event = recorded(made, "notice_critical", datetime(2026, 3, 28, 21, 30, tzinfo=UTC), quinn)
    row = Obligation.objects.get(event=event)
    assert row.due_at == datetime(2026, 3, 29, 21, 30, tzinfo=UTC) and row.due_on == date(2026, 3, 29)
    assert row.counted == "28 March 2026 22:30 CET plus 24 hours = 29 March 2026 23:30 CEST"
    assert row.title == "Notice of critical events: DEV-17, no sterile filter" and row.side == "theirs"
    duty = made.duties.get()
    other = recorded(made, str(duty.key), datetime(2026, 4, 14, 8, tzinfo=UTC), quinn)
    assert other.obligations.get().due_on == date(2026, 4, 15)
    with pytest.raises(InvalidInput, match="has no such clock"):
        recorded(made, "cap", datetime(2026, 4, 14, 8, tzinfo=UTC), quinn)
    with pytest.raises(InvalidInput, match="has come"):
        recorded(made, "notice_critical", timezone.now() + timedelta(minutes=1), quinn)


@in_april
def test_business_days_pass_over_holidays(in_force: InForce, hesse: HolidayCalendar, lena: Any, quinn: Any) -> None:
    made = in_force(terms=CLOCKS, calendar=hesse)
    event = recorded(made, "notice_major", datetime(2026, 4, 1, 23, tzinfo=UTC), quinn)
    row = event.obligations.get()
    # It was the 2nd in Berlin, a Thursday; Monday the 6th is a holiday.
    assert row.due_on == date(2026, 4, 8) and row.due_at is None and "Hesse" in row.counted
    edits.update(event, {"happened_at": datetime(2026, 3, 30, 8, tzinfo=UTC)}, actor=quinn, reason="The log says so")
    row.refresh_from_db()
    assert row.due_on == date(2026, 4, 2)
    obligations.withdraw(event, actor=quinn, reason="Another site")
    row.refresh_from_db()
    assert row.state == "lapsed"
    # Next year's holidays are not known: no day is made up until they are.
    with travel("2027-01-05 09:00Z", tick=False):
        later = recorded(made, "notice_major", datetime(2026, 12, 30, 8, tzinfo=UTC), quinn).obligations.get()
        assert later.due_on is None and "add those of 2027" in later.counted
        calendar = edits.update(hesse, {"last_year": 2027}, actor=lena, reason="Published")
        parts.write(calendar, Holiday, [{"on": date(2027, 1, 1)}], actor=lena, reason="Published")
        settle_all()
        later.refresh_from_db()
        assert later.due_on == date(2027, 1, 5)


@in_april
def test_an_amended_clock_counts_from_its_day(in_force: InForce, alice: Any, lena: Any, quinn: Any) -> None:
    made = in_force(terms=CLOCKS)
    early = recorded(made, "notice_critical", datetime(2026, 2, 1, 8, tzinfo=UTC), quinn).obligations.get()
    late = recorded(made, "notice_critical", datetime(2026, 3, 3, 8, tzinfo=UTC), quinn).obligations.get()
    amended(made, "notice_critical", "4 hours", actor=alice, by=lena, effective_on="2026-03-01")
    early.refresh_from_db()
    late.refresh_from_db()
    assert early.due_at == datetime(2026, 2, 2, 8, tzinfo=UTC) and late.due_at == datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_a_rule_says_what_it_needs() -> None:
    for wrong, field in (
        ({"rule": "once"}, "on"),
        ({"rule": "relative", "anchor": "start", "offset": "24 hours"}, "offset"),
        ({"rule": "recurring", "anchor": "start", "every": "10 days"}, "every"),
        ({"rule": "recurring", "anchor": "start", "every": "1 month", "offset": "3 days"}, "offset"),
    ):
        with pytest.raises(ValidationError) as refused:
            Duty(text="Report", **wrong).clean()
        assert [*refused.value.message_dict] == [field]
