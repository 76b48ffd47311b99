"""Open and score every review that is due, in chunks of one transaction each.

Exactly one review per relationship, kind and period, whoever asks how often: a chunk holds the advisory lock of
its lane from reading what is due to its commit, and a constraint of the database stands behind it. A lane has its
own relationships, so that each one's reviews are made in order. A process that is killed leaves whole chunks or
nothing of one; whoever asks next does the rest.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from uuid_utils import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import bulk
from operations import periods, schedule
from operations.kpi_math import six
from operations.models import KpiObservation, Review, ReviewRun
from operations.models.review import ReviewKind
from operations.review_run import observe, overrides, scorecards
from operations.scoring import Previous, Scorecard

log = logging.getLogger(__name__)

#: Chunks made side by side: the database works on one while another is counted.
LANES = 2
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('operations.review_run', %s))"


@dataclass(frozen=True, slots=True)
class _Due:
    """One period to review now, with what names it."""

    review_id: UUID
    relationship_id: UUID
    cadence: str
    starts_on: date
    ends_on: date
    label: str
    late: bool
    name: str


@dataclass(slots=True)
class _Chunk:
    due: list[_Due] = field(default_factory=list)

    def triples(self) -> Iterator[tuple[UUID, UUID, date, date]]:
        return ((row.review_id, row.relationship_id, row.starts_on, row.ends_on) for row in self.due)


def end_of(day: date) -> datetime:
    """Return the moment that “as of this day” means: its first instant where reviews are scheduled."""
    return periods.day_begins(day, settings.REVIEW_TIME_ZONE)


def run_reviews(as_of: datetime, source: str = "schedule", *, chunk: int | None = None) -> ReviewRun:
    """Open and score the reviews due at the aware instant `as_of`; return the run with its counts.

    Periods that were missed are made up, oldest first, and marked late. The reviews are the schedule's, in the
    trail and in their history; `source` says by which door it was asked (`schedule`, `command`). `chunk` reviews share a transaction.
    """
    service = User.objects.service("schedule")
    run = ReviewRun.objects.create(as_of=as_of, started_at=timezone.now())
    with acting(service, source=source):
        with transaction.atomic(), connection.cursor() as cursor:
            for lane in range(LANES):
                cursor.execute(_LOCK, [lane])
            schedule.derive(as_of)
        _in_lanes(partial(_lane, run, service, chunk or settings.REVIEW_CHUNK))
        ReviewRun.objects.filter(pk=run.pk).update(ended_at=timezone.now())
        run.refresh_from_db()
    if run.reviews_opened:
        log.info("Opened %s reviews, %s of them late.", run.reviews_opened, run.made_up_late)
    return run


def _in_lanes(work: Callable[[int], None]) -> None:
    """Do the work of every lane, all but the first on a thread and a connection of their own."""
    if connection.in_atomic_block:
        # Another connection would see nothing of the transaction that we are in.
        for lane in range(LANES):
            work(lane)
        return

    def elsewhere(lane: int) -> None:
        try:
            work(lane)
        finally:
            connection.close()

    with ThreadPoolExecutor(LANES - 1) as pool:
        others = [pool.submit(copy_context().run, elsewhere, lane) for lane in range(1, LANES)]
        work(0)
    for other in others:
        other.result()


def _lane(run: ReviewRun, service: User, size: int, lane: int) -> None:
    while _one_chunk(run, service, size, lane):
        pass


def _one_chunk(run: ReviewRun, service: User, size: int, lane: int) -> bool:
    """Make the next reviews of a lane; tell whether there may be more."""
    policy = schedule.policy_in_force()
    if policy is None:
        log.warning("No review was opened: no scoring policy is in force.")
        return False
    definitions = observe.in_force()
    day = schedule.local_day(run.as_of)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [lane])
        chunk = _take_due(cursor, run.as_of, size, lane)
        if not chunk.due:
            return False
        observe.set_due(cursor, chunk.triples())
        earlier = _earlier(cursor)
        capped = overrides.in_force(cursor)
        found = observe.take(cursor, definitions, day)
        now = timezone.now()
        rules = scorecards.Rules.of(policy, definitions)
        like = Review(state=Review.State.SCORED, opened_at=now)
        noted = [bulk.Noted(due.review_id, due.name, due.relationship_id) for due in chunk.due]
        rows: list[tuple[Any, ...]] = []

        def observations() -> Iterator[tuple[Any, ...]]:
            for due in chunk.due:
                measured = found[due.review_id]
                against = earlier.get(due.relationship_id)
                if against is not None and against[0] >= due.starts_on:
                    against = None
                previous, name = (against[2], against[1]) if against else (None, None)
                card = scorecards.card_of(rules, measured, previous, capped.get(due.review_id, ()))
                rows.append(_row(due, card, scorecards.result_of(rules, card, measured, day, name)))
                earlier[due.relationship_id] = (due.starts_on, due.label, card.as_previous())
                yield from scorecards.observation_rows(uuid7, due.review_id, rules, card, measured)

        # The observations come first: making their rows makes the reviews'. Foreign keys are checked at the end.
        bulk.copy_rows(KpiObservation._meta.db_table, scorecards.OBSERVATION_COLUMNS, observations())
        bulk.copy_rows(
            Review._meta.db_table,
            _COLUMNS,
            rows,
            {
                "version": 2, "created_at": now, "updated_at": now, "created_by_id": None, "opened_at": now,
                "kind": ReviewKind.SCORECARD.value, "run_id": run.pk, "policy_id": policy.pk, "comment": "",
                "state": like.state.value,
            },
        )  # fmt: skip
        told = partial(bulk.write_events, Review, noted, actor=service, related=Relationship, at=now)
        told(verb="open", version=1, to_state=Review.State.OPEN)
        told(verb="score", version=2, from_state=Review.State.OPEN, to_state=Review.State.SCORED)
        bulk.ask_for_approvals(like, noted, at=now)
        # The long check of foreign keys goes first: from the counts to the commit the other lanes wait.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        ReviewRun.objects.filter(pk=run.pk).update(
            periods_due=F("periods_due") + len(chunk.due),
            reviews_opened=F("reviews_opened") + len(rows),
            made_up_late=F("made_up_late") + sum(due.late for due in chunk.due),
        )
    return len(chunk.due) == size


def _take_due(cursor: Any, as_of: datetime, size: int, lane: int) -> _Chunk:
    cursor.execute(
        """
        SELECT uuidv7(), p.relationship_id, p.cadence, p.starts_on, p.ends_on, p.label, p.late_at <= %(as_of)s,
               'Scorecard review, ' || p.label || ': ' || c.legal_name || ' · ' || g.name
        FROM operations_dueperiod p
        JOIN partners_relationship r ON r.id = p.relationship_id
        JOIN partners_cmo c ON c.id = r.cmo_id
        JOIN partners_programme g ON g.id = r.programme_id
        WHERE p.kind = %(kind)s AND p.due_at <= %(as_of)s AND r.state = ANY(%(operating)s)
          AND abs(uuid_hash(p.relationship_id)::bigint) %% %(lanes)s = %(lane)s
          AND NOT EXISTS (
            SELECT FROM operations_review v
            WHERE v.relationship_id = p.relationship_id AND v.kind = p.kind AND v.starts_on = p.starts_on
          )
        ORDER BY p.due_at, p.starts_on, p.relationship_id
        LIMIT %(size)s
        """,
        {
            "as_of": as_of,
            "kind": ReviewKind.SCORECARD,
            "operating": [state.value for state in Relationship.OPERATING],
            "lanes": LANES,
            "lane": lane,
            "size": size,
        },
    )
    return _Chunk([_Due(*row) for row in cursor.fetchall()])


def _earlier(cursor: Any) -> dict[UUID, tuple[date, str, Previous | None]]:
    """Return for each relationship in `due` the review before its first one there: its start, name and score."""
    cursor.execute(
        """
        SELECT d.relationship_id, v.starts_on, v.label, v.overall, v.kpis
        FROM (SELECT relationship_id, min(starts_on) AS starts_on FROM "due" GROUP BY 1) AS d
        CROSS JOIN LATERAL (
            SELECT v.starts_on, v.label, v.result ->> 'overall' AS overall, v.result -> 'kpis' AS kpis
            FROM operations_review v
            WHERE v.relationship_id = d.relationship_id AND v.kind = %s AND v.starts_on < d.starts_on
            ORDER BY v.starts_on DESC LIMIT 1
        ) AS v
        """,
        [ReviewKind.SCORECARD],
    )
    return {
        relationship: (starts_on, label, scorecards.previous_of({"overall": overall, "kpis": _read(kpis)}))
        for relationship, starts_on, label, overall, kpis in cursor.fetchall()
    }


def _read(value: Any) -> Any:
    """Django takes psycopg2's JSON reading away from raw cursors."""
    return json.loads(value) if isinstance(value, str) else value


_COLUMNS = (
    "id", "relationship_id", "cadence", "starts_on", "ends_on", "label", "made_up_late", "score", "coverage",
    "standing", "result",
)  # fmt: skip


def _row(due: _Due, card: Scorecard, result: dict[str, Any]) -> tuple[Any, ...]:
    """Return a scored review in the order of _COLUMNS."""
    return (
        due.review_id, due.relationship_id, due.cadence, due.starts_on, due.ends_on, due.label, due.late,
        six(card.overall), six(card.coverage), card.standing or Review.Standing.INSUFFICIENT.value, result,
    )  # fmt: skip


def take_and_score(review: Review) -> None:
    """Take a review's inputs as they are now and set its scorecard on it, not saved.

    For the verbs `score` and `recompute`, inside their transaction. The same statements as the whole run's.
    """
    policy = schedule.policy_in_force() or review.policy
    definitions = observe.in_force()
    day = schedule.local_day(timezone.now())
    with connection.cursor() as cursor:
        observe.set_due(cursor, [(review.pk, review.relationship_id, review.starts_on, review.ends_on)])
        found = observe.take(cursor, definitions, day)[review.pk]
        before = _earlier(cursor).get(review.relationship_id)
        capped = overrides.in_force(cursor).get(review.pk, ())
        rules = scorecards.Rules.of(policy, definitions)
        card = scorecards.card_of(rules, found, before[2] if before else None, capped)
        result = scorecards.result_of(rules, card, found, day, before[1] if before else None)
        scorecards.put_on(review, rules, card, result)
        review.observations.all().delete()
        bulk.copy_rows(
            KpiObservation._meta.db_table,
            scorecards.OBSERVATION_COLUMNS,
            scorecards.observation_rows(uuid7, review.pk, rules, card, found),
        )
