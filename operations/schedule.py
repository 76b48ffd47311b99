"""Which periods each relationship owes a review for, written down before anybody looks at a clock.

`derive` brings the table of due periods up to a moment: for every relationship in operation, each period of
its cadence from the one that holds its first active day to the one that is running, in set-based SQL over a
small calendar that `periods` makes. The running period's row is there before it is due, so that people see
what comes next.

Rules:

* The cadence is the relationship's own, else that of its tier in the scoring policy in force. Where the policy
  says so, a low standing in the latest *signed* review shortens it (`periods.cadence_for_standing`).
* A change of cadence, whatever its reason, reaches the running period and those after it, never what has ended.
  What had ended before is owed in the cadence it ran under. Periods never overlap and leave no gap: the one
  that meets the change is cut, and its name says from or to which day it goes.
* A period that is due stays owed, whether the clock ran or not, for as long as the relationship is in operation.
* Periods are local dates in REVIEW_TIME_ZONE, fiscal years begin in FISCAL_YEAR_START_MONTH.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from cmo_lifecycle.partners.models import Relationship
from operations import periods
from operations.models import Review, ScoringPolicy
from operations.models.review import ReviewKind

#: No review is made up for a period before this day, whatever somebody entered as the first active day.
EARLIEST = date(1990, 1, 1)


def local_day(moment: datetime) -> date:
    """Return the date that a moment falls on where reviews are scheduled."""
    return moment.astimezone(ZoneInfo(settings.REVIEW_TIME_ZONE)).date()


def policy_in_force() -> ScoringPolicy | None:
    return ScoringPolicy.objects.filter(state=ScoringPolicy.State.IN_FORCE).first()


def derive(as_of: datetime) -> int:
    """Write down what is owed up to the aware instant `as_of`; return how many periods were added.

    Does nothing without a scoring policy in force. May be called again and again, and by two at once where the
    caller holds the lock of `review_run`.
    """
    policy = policy_in_force()
    if policy is None:
        return 0
    today = local_day(as_of)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT min(active_from) FROM partners_relationship WHERE state = ANY(%s)", [_operating()])
        first = cursor.fetchone()[0]
        if first is None:
            first = today
        _make_calendar(cursor, policy, max(min(first, today), EARLIEST), today)
        _make_owing(cursor, policy)
        cursor.execute(_DROP_WHAT_IS_NOT_OWED, {"as_of": as_of, "kind": ReviewKind.SCORECARD})
        cursor.execute(_KNOW_WHAT_IS_THERE, {"kind": ReviewKind.SCORECARD})
        cursor.execute(_ADD, {"today": today, "kind": ReviewKind.SCORECARD})
        added = cursor.rowcount
        cursor.execute("DROP TABLE calendar, owing")
    return added


def _operating() -> list[str]:
    return [state.value for state in Relationship.OPERATING]


def _make_calendar(cursor: Any, policy: ScoringPolicy, first: date, today: date) -> None:
    zone, grace = settings.REVIEW_TIME_ZONE, policy.grace_days
    # A year more at the beginning: a changed cadence asks for the period before the running one.
    every = [
        period
        for cadence in periods.CADENCES
        for period in periods.periods_between(
            cadence, first - timedelta(days=366), today, fiscal_start=settings.FISCAL_YEAR_START_MONTH
        )
    ]
    cursor.execute(
        """
        CREATE TEMP TABLE calendar ON COMMIT DROP AS
        SELECT * FROM unnest(%s::text[], %s::date[], %s::date[], %s::text[], %s::timestamptz[], %s::timestamptz[])
            AS c (cadence, starts_on, ends_on, label, due_at, late_at)
        """,
        [
            [period.cadence for period in every],
            [period.start for period in every],
            [period.last for period in every],
            [period.label for period in every],
            [periods.due_at(period, zone, grace_days=grace) for period in every],
            [periods.late_from(period, zone, grace_days=grace) for period in every],
        ],
    )
    cursor.execute("CREATE INDEX ON calendar (cadence, ends_on); ANALYZE calendar")


def _make_owing(cursor: Any, policy: ScoringPolicy) -> None:
    standings = ["", *Review.Standing.values] if policy.cadence_follows_standing else [""]
    rules = [
        (base, standing, periods.cadence_for_standing(base, standing.upper() or None))
        for base in periods.CADENCES
        for standing in standings
    ]
    cursor.execute(
        """
        CREATE TEMP TABLE owing ON COMMIT DROP AS
        SELECT r.id AS relationship_id, greatest(r.active_from, %(earliest)s) AS active_from,
               coalesce(rule.cadence, base.cadence) AS cadence,
               NULL::date AS first, NULL::date AS last, NULL::text AS last_cadence
        FROM partners_relationship r
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(r.review_cadence, ''), %(by_tier)s::jsonb ->> coalesce(r.tier::text, 'none'))
                AS cadence
        ) AS base
        LEFT JOIN LATERAL (
            SELECT v.standing FROM operations_review v
            WHERE v.relationship_id = r.id AND v.kind = %(kind)s AND v.state = ANY(%(signed)s)
            ORDER BY v.starts_on DESC LIMIT 1
        ) AS latest ON true
        LEFT JOIN unnest(%(bases)s::text[], %(standings)s::text[], %(cadences)s::text[])
            AS rule (base, standing, cadence)
            ON rule.base = base.cadence AND rule.standing = coalesce(latest.standing, '')
        WHERE r.state = ANY(%(operating)s) AND r.active_from IS NOT NULL
        """,
        {
            "earliest": EARLIEST,
            "by_tier": json.dumps(policy.cadence_by_tier),
            "kind": ReviewKind.SCORECARD,
            "signed": [state.value for state in Review.SIGNED],
            "bases": [rule[0] for rule in rules],
            "standings": [rule[1] for rule in rules],
            "cadences": [rule[2] for rule in rules],
            "operating": _operating(),
        },
    )
    cursor.execute("CREATE INDEX ON owing (relationship_id); ANALYZE owing")


# What is reviewed stays. So does what is due and still owed, in the cadence in which it came due.
_DROP_WHAT_IS_NOT_OWED = """
DELETE FROM operations_dueperiod p
WHERE p.kind = %(kind)s
  AND NOT EXISTS (
    SELECT FROM operations_review v
    WHERE v.relationship_id = p.relationship_id AND v.kind = p.kind AND v.starts_on = p.starts_on
  )
  AND CASE WHEN p.due_at <= %(as_of)s
    THEN NOT EXISTS (SELECT FROM owing o WHERE o.relationship_id = p.relationship_id)
    ELSE NOT EXISTS (
      SELECT FROM owing o JOIN calendar c
        ON c.cadence = o.cadence AND c.ends_on = p.ends_on AND c.due_at = p.due_at AND c.late_at = p.late_at
      WHERE o.relationship_id = p.relationship_id AND o.cadence = p.cadence AND p.ends_on >= o.active_from
    )
  END
"""

_KNOW_WHAT_IS_THERE = """
UPDATE owing SET first = f.starts_on, last = l.ends_on, last_cadence = l.cadence
FROM owing o
CROSS JOIN LATERAL (
    SELECT starts_on FROM operations_dueperiod
    WHERE relationship_id = o.relationship_id AND kind = %(kind)s ORDER BY starts_on LIMIT 1
) AS f
CROSS JOIN LATERAL (
    SELECT ends_on, cadence FROM operations_dueperiod
    WHERE relationship_id = o.relationship_id AND kind = %(kind)s ORDER BY starts_on DESC LIMIT 1
) AS l
WHERE owing.relationship_id = o.relationship_id
"""

_ADD = """
INSERT INTO operations_dueperiod (id, relationship_id, kind, cadence, starts_on, ends_on, label, due_at, late_at)
SELECT uuidv7(), relationship_id, %(kind)s, cadence, starts_on, ends_on,
       label || CASE
         WHEN starts_on > whole_start AND ends_on < whole_end
           THEN to_char(starts_on, ' (FMDD FMMon') || to_char(ends_on, ' "to" FMDD FMMon)')
         WHEN starts_on > whole_start THEN to_char(starts_on, ' ("from" FMDD FMMon)')
         WHEN ends_on < whole_end THEN to_char(ends_on, ' ("to" FMDD FMMon)')
         ELSE '' END,
       due_at, late_at
FROM (
  -- In the present cadence: all that comes after what is there. After a change, from the running period on.
  SELECT o.relationship_id, c.cadence, greatest(c.starts_on, o.last + 1) AS starts_on, c.ends_on,
         c.starts_on AS whole_start, c.ends_on AS whole_end, c.label, c.due_at, c.late_at
  FROM owing o JOIN calendar c ON c.cadence = o.cadence
  WHERE c.ends_on >= o.active_from
    AND (o.last IS NULL OR c.ends_on > o.last)
    AND (o.last IS NULL OR o.last_cadence = o.cadence OR c.ends_on >= %(today)s)
  UNION ALL
  -- After a change: what ended in between, in the former cadence, until the new one's running period begins.
  SELECT o.relationship_id, f.cadence, greatest(f.starts_on, o.last + 1), least(f.ends_on, n.starts_on - 1),
         f.starts_on, f.ends_on, f.label,
         CASE WHEN f.ends_on < n.starts_on THEN f.due_at ELSE b.due_at END,
         CASE WHEN f.ends_on < n.starts_on THEN f.late_at ELSE n.due_at END
  FROM owing o
  JOIN calendar n ON n.cadence = o.cadence AND %(today)s BETWEEN n.starts_on AND n.ends_on
  JOIN calendar b ON b.cadence = o.cadence AND b.ends_on = n.starts_on - 1
  JOIN calendar f ON f.cadence = o.last_cadence AND f.ends_on > o.last AND f.starts_on < n.starts_on
  WHERE o.last_cadence <> o.cadence AND o.last + 1 < n.starts_on
  UNION ALL
  -- The first active day was put earlier: what lies before what is there.
  SELECT o.relationship_id, c.cadence, c.starts_on, least(c.ends_on, o.first - 1),
         c.starts_on, c.ends_on, c.label, c.due_at, c.late_at
  FROM owing o JOIN calendar c ON c.cadence = o.cadence
  WHERE c.starts_on < o.first AND least(c.ends_on, o.first - 1) >= o.active_from
) AS owed
ON CONFLICT DO NOTHING
"""
