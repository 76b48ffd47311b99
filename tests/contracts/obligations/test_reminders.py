"""Alice is reminded of the fee, then it is brought before Priya, who manages Harrow, and Erin."""

from __future__ import annotations

import smtplib
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from time_machine import travel

from cmo_lifecycle.doors.duties import duties_of
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits
from contracts.actions import obligations
from contracts.models import Obligation
from contracts.reminding import remind_all
from tests.contracts.obligations.conftest import InForce

DUE = date(2026, 7, 31)


@pytest.fixture
def fee(in_force: InForce, alice: Any, priya: Any, relationship: Any) -> Obligation:
    Relationship.objects.filter(pk=relationship.pk).update(manager=priya)
    with travel("2026-04-15 09:00Z", tick=False):
        made = in_force(
            duties=[{"text": "Pay the fee", "rule": "once", "on": DUE, "owner": alice}],
            effective_on="2026-01-31",
            expires_on="2030-12-31",
        )
    return Obligation.objects.get(agreement=made)


def sent() -> list[tuple[str, str]]:
    found = [(one.to[0].split("@")[0], one.subject.split(":")[0]) for one in mail.outbox]
    mail.outbox.clear()
    return found


def test_each_reminder_and_each_level_once(fee: Obligation, alice: Any, priya: Any, erin: Any) -> None:
    told = {}
    for days in range(-31, 14):
        day = DUE + timedelta(days=days)
        remind_all(day)
        assert remind_all(day) == 0
        if found := sent():
            told[days] = found
    assert told == {
        -30: [("alice", "Due soon")],
        -7: [("alice", "Due soon")],
        -1: [("alice", "Due soon")],
        0: [("alice", "Due soon")],
        1: [("alice", "Overdue")],
        5: [("priya", "Overdue")],
        10: [("erin", "Overdue")],
    }
    fee.refresh_from_db()
    assert fee.level == "executive" and len(fee.reminded) == 4
    with travel("2026-08-10 09:00Z", tick=False):
        for person in (alice, priya, erin):
            assert [one.label for one in duties_of(person) if "Pay the fee" in one.label], person


def test_one_who_comes_late_is_told_once(fee: Obligation) -> None:
    assert remind_all(DUE - timedelta(days=3)) == 1
    assert "3 days from now" in mail.outbox[0].body and "obligations/" in mail.outbox[0].body
    sent()
    # The clock stood still: owner, manager and executive are told at once, each once.
    remind_all(DUE + timedelta(days=20))
    assert sent() == [("alice", "Overdue"), ("priya", "Overdue"), ("erin", "Overdue")]


def test_reminders_follow_the_day(fee: Obligation, alice: Any) -> None:
    remind_all(DUE - timedelta(days=7))
    sent()
    later = DUE + timedelta(days=60)
    # As the clock moves it: with the words that say how.
    edits.update(fee, {"due_on": later, "counted": "Moved"}, actor=alice)
    assert remind_all(DUE) == 0
    assert remind_all(later - timedelta(days=30)) == 1


def test_what_is_done_is_not_asked_for(fee: Obligation, alice: Any) -> None:
    obligations.complete(fee, actor=alice, done_on=date(2026, 4, 15), evidence="Receipt 9")
    assert remind_all(DUE + timedelta(days=40)) == 0 and not mail.outbox


def test_a_mail_that_fails_is_tried_again(fee: Obligation, monkeypatch: Any) -> None:
    from django.core.mail import EmailMessage

    def refuse(self: Any, fail_silently: bool = False) -> int:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", refuse)
        assert remind_all(DUE) == 0
    fee.refresh_from_db()
    assert fee.reminded == []
    assert remind_all(DUE) == 1
