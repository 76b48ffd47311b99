"""The life of a scorecard review, from the schedule to publication.

`run_reviews` in operations.review_run opens and scores reviews for a whole period at once, in
set-based SQL; the verbs here are what people do with one review.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cmo_lifecycle.partners.clocks import add_business_days
from cmo_lifecycle.workflow.models import Event, Signature
from cmo_lifecycle.workflow.transitions import transition
from operations import review_run, schedule
from operations.models import Review

S = Review.State
SIGN_OFF_BUSINESS_DAYS = 10


def _has_observations(review: Review) -> Iterator[str]:
    if not review.observations.exists():
        yield "There is no KPI in force, so nothing was measured: put a KPI definition in force, then recompute."


def _unsigned(review: Review) -> Iterator[str]:
    if Signature.objects.of(review).exists():
        yield "Somebody has signed these figures: a signed scorecard is never computed again."


def _sign_off_due(review: Review) -> date:
    return add_business_days(schedule.local_day(review.opened_at), SIGN_OFF_BUSINESS_DAYS)


@transition(Review, source=S.OPEN, target=S.SCORED, roles=("project_manager",), by_clock=True)
def score(review: Review, event: Event) -> None:
    """Take the inputs as they are now and compute the scorecard."""
    review_run.take_and_score(review)


@transition(
    Review,
    source=S.SCORED,
    target=None,
    roles=("project_manager", "quality"),
    gates=(_unsigned,),
    reason=True,
)
def recompute(review: Review, event: Event) -> None:
    """Take the inputs anew: possible until the review is signed."""
    review_run.take_and_score(review)


@transition(
    Review,
    source=S.SCORED,
    target=S.SIGNED_OFF,
    approvers=("project_manager", "quality"),
    gates=(_has_observations,),
    meaning="I have reviewed and approve this scorecard",
    due=_sign_off_due,
    author_may=True,
)
def sign_off(review: Review, event: Event) -> None:
    """Sign the scorecard as it stands; its inputs are fixed from the first signature on."""


@transition(Review, source=S.SIGNED_OFF, target=S.PUBLISHED, roles=("project_manager",))
def publish(review: Review, event: Event) -> None:
    """Publish the signed scorecard to everybody in the programme."""
