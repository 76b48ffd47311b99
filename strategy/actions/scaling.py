"""Bring the weights of the criteria that hold to 100, each change told like any other."""

from __future__ import annotations

from django.db import transaction

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow.refusals import Refused
from strategy.actions.consequences import change, opened_for_all
from strategy.criteria import GONE, total_off, weight_of
from strategy.models import Consequence, Strategy
from strategy.rules.shapes import Kind
from strategy.sums.errors import SumError
from strategy.sums.weights import rounded_to_hundred

S = Consequence.State
REASON = "Scaled so that the criteria weigh 100"
PLACES = 1


def scale_criteria(strategy: Strategy, *, actor: User, version: int | None = None, source: str = "") -> int:
    """Scale the weights of all accepted and changed criteria in proportion, so that they add up to exactly 100.

    In percent, to one decimal, by the largest remainder; each is a `change` with a reason, all in one transaction.
    Return how many there were: 0 where they weigh 100 already. Raises a `Refusal` while one is undecided, where all
    weigh 0, for people who do not decide and where the strategy is not being written.
    """
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        rows = Consequence.objects.filter(strategy=strategy, kind=Kind.CRITERION.value).exclude(state__in=GONE)
        criteria = opened_for_all(strategy, change, rows.order_by("key"), actor=actor, version=version)
        if any(one.state == S.PROPOSED for one in criteria):
            raise Refused("Decide each criterion first: what is undecided has no weight yet.")
        if total_off(criteria) is None:
            return 0
        try:
            weights = rounded_to_hundred([weight_of(one) for one in criteria], PLACES)
        except SumError as problem:
            raise Refused(str(problem)) from problem
        for one, weight in zip(criteria, weights, strict=True):
            change(one, actor=actor, reason=REASON, source=source, content={**one.content, "weight": f"{weight:f}"})
    return len(criteria)
