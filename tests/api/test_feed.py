"""The feed of events skips nothing, also where transactions end in another order than they began."""

from __future__ import annotations

from datetime import timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.doors.rest import shared
from cmo_lifecycle.workflow.models import Event
from tests.api.conftest import Api, problem


def follow(person: Api, after: str, seen: list[str]) -> str:
    """Read on from `after`; return where to go on next time."""
    address: str | None = f"/events/?after={after}&verb=create&record=cmos&limit=2"
    while address:
        body = person.get(address).json()
        seen += [row["record_label"] for row in body["results"]]
        after, address = body["after"], body["next"]
    return after


@pytest.mark.django_db
def test_the_feed_goes_on_where_it_stopped(api: Any, alice: Any) -> None:
    person = api(alice)
    for name in "ABCDE":
        person.post("/cmos/", {"legal_name": name})
    seen: list[str] = []
    follow(person, "", seen)
    assert "E" not in seen  # younger than a second
    Event.objects.update(at=timezone.now() - timedelta(seconds=5))
    seen = []
    after = follow(person, "", seen)
    assert sorted(seen) == list("ABCDE")
    assert follow(person, after, seen) == after
    assert len(seen) == 5
    person.post("/cmos/", {"legal_name": "F"})
    with time_machine.travel(timezone.now() + timedelta(seconds=3), tick=False):
        follow(person, after, seen)
    assert seen[5:] == ["F"]


@pytest.mark.django_db
def test_the_feed_takes_no_other_order_and_no_foreign_cursor(api: Any, alice: Any) -> None:
    person = api(alice)
    for query in ("ordering=at", "cursor=x", "format=csv", "count=true"):
        problem(person.get(f"/events/?after=&{query}"), 400, "invalid")
    problem(person.get("/events/?after=nonsense"), 400, "invalid")


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_holds_back_what_is_younger(alice: Any) -> None:
    """A begins and writes, B begins, writes and commits; only when A has committed are both told, A first."""
    person = Api(alice)
    wrote, go_on = Signal(), Signal()

    def slowly() -> None:
        from cmo_lifecycle.partners.models import CMO
        from cmo_lifecycle.workflow import edits

        try:
            with acting(alice, source="test"), transaction.atomic():
                edits.create(CMO, {"legal_name": "Slow"}, actor=alice)
                wrote.set()
                go_on.wait(timeout=60)
        finally:
            connection.close()

    thread = Thread(target=slowly)
    thread.start()
    try:
        assert wrote.wait(timeout=60)
        assert person.post("/cmos/", {"legal_name": "Fast"}).status_code == 201
        seen: list[str] = []
        with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
            after = follow(person, "", seen)
            assert seen == []
            go_on.set()
            thread.join(timeout=60)
            follow(person, after, seen)
        assert seen == ["Slow", "Fast"]
    finally:
        go_on.set()
        thread.join(timeout=60)


@pytest.mark.django_db
def test_the_watermark_is_at_least_a_second_old() -> None:
    assert shared.watermark() <= timezone.now() - shared.HELD_BACK
