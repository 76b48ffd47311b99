"""The review run of one period against the same aggregates in bare SQL, in one run."""

from __future__ import annotations

from datetime import UTC, datetime

from bench import measure
from bench.database import superuser

AS_OF = datetime(2024, 3, 2, 12, tzinfo=UTC)
PERIOD = {"start": "2024-02-01", "end": "2024-03-01"}

ON_TIME = "delivered_on <= scheduled_on"
LINES = "FROM operations_delivery WHERE scheduled_on >= %(start)s AND scheduled_on < %(end)s GROUP BY relationship_id"

#: One statement a KPI, as a person would write it at the prompt.
BARE = {
    "on time": f"SELECT relationship_id, count(*) FILTER (WHERE {ON_TIME}), count(*) {LINES}",
    "on time in full": f"SELECT relationship_id, count(*) FILTER (WHERE {ON_TIME} AND quantity_accepted >= quantity_ordered),"
    f" count(*) FILTER (WHERE quantity_accepted IS NOT NULL) {LINES}",
    "mean days late": "SELECT relationship_id, sum(days_late) FILTER (WHERE days_late > 0),"
    f" count(*) FILTER (WHERE days_late > 0) {LINES}",
    "max days late": f"SELECT relationship_id, max(days_late) {LINES}",
    "lead time, median": "SELECT relationship_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY delivered_on - ordered_on)"
    f" {LINES}",
    "lead time, P90": "SELECT relationship_id, percentile_cont(0.9) WITHIN GROUP (ORDER BY delivered_on - ordered_on)"
    f" {LINES}",
    "line value": f"SELECT relationship_id, currency, sum(value) {LINES}, currency",
}


def run() -> None:
    """Print the bare statements, then the review run for the same month, then its memory."""
    from operations.models import Review
    from operations.review_run import run_reviews

    # January first: its run is the warm-up and gives February something to compare with.
    run_reviews(datetime(2024, 2, 2, 12, tzinfo=UTC))
    with superuser() as cursor:
        cursor.execute("ANALYZE")

        def bare(statement: str) -> float:
            def ask() -> None:
                cursor.execute(statement, PERIOD)
                cursor.fetchall()

            return measure.seconds(ask, times=3, warm=1)

        rows = [[name, f"{bare(statement) * 1000:,.0f} ms"] for name, statement in BARE.items()]
        total = sum(bare(statement) for statement in BARE.values())
    before = Review.objects.count()
    memory = measure.peak_megabytes()
    taken = measure.seconds(lambda: run_reviews(AS_OF))
    made = Review.objects.count() - before
    again = measure.seconds(lambda: run_reviews(AS_OF))
    rows += [
        ["all bare statements together", f"{total * 1000:,.0f} ms"],
        [f"review run, {made:,} reviews with trail, inputs and scores", f"{taken * 1000:,.0f} ms"],
        ["ratio", f"{taken / total:.2f}"],
        ["the same run again, nothing due", f"{again * 1000:,.0f} ms"],
        ["memory added by the run", f"{measure.peak_megabytes() - memory:,.1f} MB"],
    ]
    measure.table("Review run, one month", ["step", "time"], rows)
