"""What happens at the same time: the lock of the scores against those who still change them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.refusals import Refusal
from evaluation.actions import judging, rfps
from evaluation.board import board
from evaluation.models import Criterion, Rfp, Score, ScoreSheet
from tests.evaluation.conftest import hand_in_scores

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do things at the same time; return what each came to: its value, or its refusal."""
    gate = Barrier(len(works))
    said: list[Any] = [None] * len(works)

    def doing(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait()
            said[place] = work()
        except Exception as error:
            said[place] = error
        finally:
            connection.close()

    threads = [Thread(target=doing, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_a_score_never_changes_once_the_scores_are_locked(opened: Any, bidders: Any, people: Any) -> None:
    hand_in_scores(opened, bidders)
    sheet = ScoreSheet.objects.filter(rfp=opened, evaluator__person=people.tom).first()
    rows = [{"criterion": code, "score": 1, "rationale": "Changed"} for code in ("T1", "Q1", "P1")]

    def reopen_and_write() -> Any:
        mine = judging.reopen(ScoreSheet.objects.get(pk=sheet.pk), actor=people.alice, reason="A slip")
        mine = parts.write(mine, Score, rows, actor=people.tom)
        return judging.submit(mine, actor=people.tom)

    locked, written = at_once(
        lambda: rfps.lock_technical(Rfp.objects.get(pk=opened.pk), actor=people.alice), reopen_and_write
    )
    now = Rfp.objects.get(pk=opened.pk)
    changed = Score.objects.filter(sheet=sheet, rationale="Changed").exists()
    if isinstance(locked, Refusal):
        # The sheet was open when the lock was tried.
        assert "has not submitted the scores of" in " ".join(locked.sentences)
        assert now.state == Rfp.State.EVALUATION
        assert changed and not isinstance(written, Exception)
        now = rfps.lock_technical(now, actor=people.alice)
    elif isinstance(written, Exception):
        assert isinstance(written, Refusal) and "locked" in " ".join(written.sentences)
        assert not changed
    assert now.state == Rfp.State.TECHNICAL_LOCKED
    assert not now.score_sheets.filter(state="open").exists()
    # From here on nothing moves, whichever way it is tried.
    one = ScoreSheet.objects.get(pk=sheet.pk)
    for work in (
        lambda: judging.reopen(one, actor=people.alice, reason="Late"),
        lambda: parts.write(one, Score, rows, actor=people.tom),
    ):
        with pytest.raises(Refusal):
            work()


def test_a_write_waits_for_the_lock_and_is_refused(opened: Any, bidders: Any, people: Any) -> None:
    """An edit takes the RFP before the sheet, as the lock does: it sees what the lock has done."""
    hand_in_scores(opened, bidders)
    sheet = ScoreSheet.objects.filter(rfp=opened, evaluator__person=people.tom).first()
    rows = [{"criterion": code, "score": 1, "rationale": "Changed"} for code in ("T1", "Q1", "P1")]

    with acting("test"):
        # As if it had been given back in the instant before: the lock below does not look at it.
        ScoreSheet.objects.filter(pk=sheet.pk).update(state="open")
    said: list[Any] = []

    def write() -> None:
        try:
            said.append(parts.write(ScoreSheet.objects.get(pk=sheet.pk), Score, rows, actor=people.tom))
        except Exception as error:
            said.append(error)
        finally:
            connection.close()

    writer = Thread(target=write)
    with transaction.atomic(), acting("test"):
        Rfp.objects.select_for_update().get(pk=opened.pk)
        writer.start()
        writer.join(0.7)
        assert writer.is_alive()
        Rfp.objects.filter(pk=opened.pk).update(state=Rfp.State.TECHNICAL_LOCKED)
    writer.join()
    assert isinstance(said[0], Refusal), said
    assert not Score.objects.filter(sheet=sheet, rationale="Changed").exists()


def test_two_locks_and_a_weight_after_the_opening(opened: Any, bidders: Any, people: Any) -> None:
    hand_in_scores(opened, bidders)

    def lock() -> Any:
        return rfps.lock_technical(Rfp.objects.get(pk=opened.pk), actor=people.alice)

    def weigh() -> Any:
        rfp = Rfp.objects.get(pk=opened.pk)
        rows = [
            {"id": row.pk, **{name: getattr(row, name) for name in Criterion.columns}, "weight": 1}
            for row in rfp.criteria.order_by("position")
        ]
        return parts.write(rfp, Criterion, rows, actor=people.alice)

    before = list(opened.criteria.order_by("position").values_list("code", "weight"))
    first, second, weighed = at_once(lock, lock, weigh)
    assert sum(isinstance(one, Refusal) for one in (first, second)) == 1
    assert isinstance(weighed, Refusal)
    assert list(opened.criteria.order_by("position").values_list("code", "weight")) == before
    assert opened.proposals.filter(state="scored").count() == 3


def test_a_conflict_declared_while_scoring_ends_it(opened: Any, bidders: Any, people: Any) -> None:
    sheet = ScoreSheet.objects.filter(rfp=opened, evaluator__person=people.tom).first()
    seat = sheet.evaluator
    rows = [{"criterion": "T1", "score": 5, "rationale": "While declaring"}]
    declared, _ = at_once(
        lambda: judging.declare_conflict(seat, actor=people.tom, conflict="My former employer"),
        lambda: parts.write(ScoreSheet.objects.get(pk=sheet.pk), Score, rows, actor=people.tom),
    )
    assert declared.state == "conflicted"
    with pytest.raises(ScoreSheet.DoesNotExist):
        parts.write(ScoreSheet.objects.get(pk=sheet.pk), Score, [], actor=people.tom)

    assert not any(str(seat.pk) == str(who) for who, *_ in board(opened).scores)
    with pytest.raises((Refusal, ScoreSheet.DoesNotExist)):
        judging.submit(ScoreSheet.objects.get(pk=sheet.pk), actor=people.tom)
