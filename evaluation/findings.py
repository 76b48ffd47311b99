"""What keeps an RFP from being approved: told at its field while it is written, and holding the approval."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from evaluation.models import Criterion
from strategy.sums.errors import SumError
from strategy.sums.numbers import shown
from strategy.sums.weights import check_total

HUNDRED = Decimal(100)


class Finding(NamedTuple):
    """One thing that is missing: the field or table it is about, a sentence, and the row from 0 where there is one."""

    field: str
    sentence: str
    row: int | None = None


def findings(rfp: Any) -> list[Finding]:
    """Return what is missing, in the order in which an RFP is written."""
    found: list[Finding] = []
    priced = rfp.kind != "rfi"

    def need(field: str, sentence: str, row: int | None = None) -> None:
        found.append(Finding(field, sentence, row))

    if not rfp.scope.strip():
        need("scope", "Say what is to be done.")
    if rfp.closes_at is None:
        need("closes_at", "Say until when proposals are taken.")
    if rfp.questions_until is None:
        need("questions_until", "Say until when bidders may ask.")
    criteria = list(rfp.criteria.all())
    if not criteria:
        need("criteria", "List the criteria: they are told to bidders and locked before anything is opened.")
    else:
        try:
            check_total([one.weight for one in criteria])
        except SumError as error:
            need("criteria", str(error))
        for place, one in enumerate(criteria):
            if one.rule not in Criterion.COMPUTED and not one.measure.strip():
                need("criteria", f"Say what is looked at for “{one.title}”, so that two evaluators would agree.", place)
    questions = list(rfp.questions.all())
    if not questions:
        need("questions", "Ask at least one question.")
    codes = {one.code for one in criteria}
    asked_for = {one.code for one in rfp.requirements.all()}
    for place, row in enumerate(questions):
        if row.criterion and row.criterion not in codes:
            need("questions", f"Question {row.code} serves criterion {row.criterion}, which is not on the list.", place)
        if row.requirement and row.requirement not in asked_for:
            need("questions", f"Question {row.code} traces to {row.requirement}, which is no requirement here.", place)
    banded = {row.criterion for row in questions if row.bands}
    for one in criteria:
        if one.rule == Criterion.Rule.AUTO and one.code not in banded:
            need("questions", f"“{one.title}” is scored from answers: give one of its questions bands.")
    if priced:
        if not rfp.currency:
            need("currency", "Choose the base currency.")
        elif rfp.currency in {row.currency for row in rfp.rates.all()}:
            need("rates", f"{rfp.currency} is the base currency: take it out of the rates.")
        if not rfp.price_sheet.all():
            need("price_sheet", "List what bidders price, so that quotes can be compared.")
        if not rfp.quantities.all():
            need("quantities", "Give the quantities by year: costs are worked out for them.")
        if not any(one.is_commercial for one in criteria):
            need("criteria", "Add a criterion for the total cost of partnership.")
    sets: dict[str, dict[str, Any]] = {}
    for row in rfp.weight_sets.all():
        sets.setdefault(row.scenario, {})[row.criterion] = row.weight
    for scenario, weights in sets.items():
        unknown = sorted(set(weights) - codes)
        if unknown:
            need("weight_sets", f"Scenario “{scenario}” weighs {unknown[0]}, which is not on the list.")
        elif not sum(weights.values()):
            need("weight_sets", f"All weights of scenario “{scenario}” are 0.")
    return found


def weights_say(criteria: Iterable[Any]) -> str:
    """Say what weights in percent add up to, and by how much they miss 100: "97 %: 3 missing"."""
    total = sum((one.weight for one in criteria), Decimal(0))
    if total == HUNDRED:
        return "100 %"
    off = f"{shown(HUNDRED - total, 3)} missing" if total < HUNDRED else f"{shown(total - HUNDRED, 3)} too much"
    return f"{shown(total, 3)} %: {off}"
