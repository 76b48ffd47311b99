"""What each formula counts, once, for every door: SQL over delivery lines, and how its sums are read.

`terms` says of one line whether it belongs, could be judged and counts; `aggregates` sums that over
whatever set of lines a statement groups; `measure` turns the sums into a value, exactly. The scheduled
reviews, the explorer and the lists of rows behind a number all go through these three.

The rules, formula by formula (a line *arrived* when it has a delivery day; it is *overdue* when it has
none and its scheduled day plus the days of grace is before `as_of`; a line that is neither is not yet
anybody's fault and is not counted):

* on time: of the lines that arrived or are overdue, those that arrived within the window. Overdue is a miss.
* on time in full: likewise, and the quantity accepted reaches the quantity ordered less the tolerance.
  A line that arrived without one of the two quantities cannot be judged and follows the missing-data
  policy. An overdue line is a miss; but where not one line that arrived can be judged, nothing is
  said at all: the quantities were not supplied.
* mean days late: days after the scheduled day, over the lines that arrived later than the grace allows.
  No such line: not applicable, since a mean of nothing is not zero. Overdue lines have no length of delay
  yet; they lower the coverage.
* maximum days late: the longest delay among the lines that arrived; 0 or less says that none was late.
* lead time: days from order to delivery of the lines that arrived; one without its order day lowers the coverage.
* line value: the sum of the values, in one currency. Amounts in different currencies are never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from operations.kpi_math import rate, share
from operations.models.kpi import KpiDefinition
from operations.models.review import KpiObservation

F = KpiDefinition.Formula
S = KpiObservation.State

LINE = '"operations_delivery"'
_SCHEDULED = f"{LINE}.scheduled_on"
_DELIVERED = f"{LINE}.delivered_on"
_ORDERED = f"{LINE}.ordered_on"
_ARRIVED = f"{_DELIVERED} IS NOT NULL"

#: Formulas whose value is a share of counted lines in per cent.
SHARES = (F.ON_TIME, F.ON_TIME_IN_FULL)
LEAD_TIMES = (F.LEAD_TIME_MEDIAN, F.LEAD_TIME_P90)
_FRACTION: dict[str, str] = {F.LEAD_TIME_MEDIAN: "0.5", F.LEAD_TIME_P90: "0.9"}

PARTS = {
    "denominator": "Lines counted",
    "numerator": "Lines that met it",
    "missed": "Lines that missed it",
    "left_out": "Lines that could not be judged",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """Conditions on one row of `operations_delivery`, as SQL without parameters.

    `case`: the line is one to judge; `known`: it arrived and can be judged; `missing`: it cannot;
    `judged`: it is in the denominator; `hit`: it is in the numerator.
    """

    case: str
    known: str
    missing: str
    judged: str
    hit: str


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _number(value: Any) -> str:
    return format(Decimal(value), "f")


def terms(definition: KpiDefinition, as_of: date) -> Terms:
    """Return the conditions of a definition, with `as_of` as the local day on which one looks."""
    grace = int(definition.grace_days)
    deadline = f"{_SCHEDULED} + {grace}"
    overdue = f"({_DELIVERED} IS NULL AND {deadline} < {_date(as_of)})"
    in_window = f"{_DELIVERED} <= {deadline}"
    if definition.early_days is not None:
        in_window += f" AND {_DELIVERED} >= {_SCHEDULED} - {int(definition.early_days)}"
    due = f"({_ARRIVED} OR {overdue})"
    formula = definition.formula
    if formula == F.ON_TIME:
        return Terms(case=due, known=_ARRIVED, missing="FALSE", judged=due, hit=f"({_ARRIVED} AND {in_window})")
    if formula == F.ON_TIME_IN_FULL:
        both = f"{LINE}.quantity_accepted IS NOT NULL AND {LINE}.quantity_ordered IS NOT NULL"
        wanted = _number(100 - definition.quantity_tolerance)
        enough = f"{LINE}.quantity_accepted * 100 >= {LINE}.quantity_ordered * {wanted}"
        known = f"({_ARRIVED} AND {both})"
        as_miss = definition.missing_data == KpiDefinition.MissingData.COUNT_AS_MISS
        return Terms(
            case=due,
            known=known,
            missing=f"({_ARRIVED} AND NOT ({both}))",
            judged=due if as_miss else f"({known} OR {overdue})",
            hit=f"({known} AND {in_window} AND {enough})",
        )
    if formula == F.MEAN_DAYS_LATE:
        late = f"({_ARRIVED} AND {_DELIVERED} > {deadline})"
        return Terms(case=due, known=_ARRIVED, missing=overdue, judged=late, hit=late)
    if formula == F.MAX_DAYS_LATE:
        return Terms(
            case=due,
            known=_ARRIVED,
            missing=overdue,
            judged=f"({_ARRIVED})",
            hit=f"({_ARRIVED} AND {_DELIVERED} > {deadline})",
        )
    if formula in LEAD_TIMES:
        known = f"({_ARRIVED} AND {_ORDERED} IS NOT NULL)"
        return Terms(
            case=f"({_ARRIVED})",
            known=known,
            missing=f"({_ARRIVED} AND {_ORDERED} IS NULL)",
            judged=known,
            hit=known,
        )
    if formula == F.LINE_VALUE:
        known = f"({LINE}.value IS NOT NULL)"
        return Terms(case="TRUE", known=known, missing=f"({LINE}.value IS NULL)", judged=known, hit=known)
    raise ValueError(f"There is no formula {formula!r}.")


class Sums(NamedTuple):
    """What `aggregates` brings back for one group of lines, in this order.

    `total` is the formula's own amount: hits, days, or money; None where there is nothing to sum.
    `currencies` holds one code, several joined by commas, or None.
    """

    cases: int = 0
    known: int = 0
    missing: int = 0
    judged: int = 0
    total: Decimal | int | None = None
    currencies: str | None = None


def aggregates(definition: KpiDefinition, as_of: date, within: str = "TRUE") -> dict[str, str]:
    """Return SQL aggregates over `operations_delivery`, named as the fields of `Sums`.

    `within` is a further condition on the line. Nothing in them takes a parameter.
    """
    term = terms(definition, as_of)
    late_days = f"({_DELIVERED} - {_SCHEDULED})"
    lead_days = f"({_DELIVERED} - {_ORDERED})"
    formula = definition.formula

    def where(condition: str) -> str:
        return f"FILTER (WHERE {within} AND {condition})"

    currencies = "NULL::text"
    if formula in SHARES:
        total = f"count(*) {where(term.hit)}"
    elif formula == F.MEAN_DAYS_LATE:
        total = f"sum({late_days}) {where(term.hit)}"
    elif formula == F.MAX_DAYS_LATE:
        total = f"max({late_days}) {where(term.judged)}"
    elif formula in LEAD_TIMES:
        # Between whole days, half and nine tenths have one decimal: rounding to it takes the noise of
        # double precision away and nothing else.
        within_group = f"WITHIN GROUP (ORDER BY {lead_days})"
        total = f"round((percentile_cont({_FRACTION[formula]}) {within_group} {where(term.judged)})::numeric, 1)"
    else:
        total = f"sum({LINE}.value) {where(term.judged)}"
        currencies = f"string_agg(DISTINCT {LINE}.currency, ', ') {where(term.judged)}"
    return {
        "cases": f"count(*) {where(term.case)}",
        "known": f"count(*) {where(term.known)}",
        "missing": f"count(*) {where(term.missing)}",
        "judged": f"count(*) {where(term.judged)}",
        "total": total,
        "currencies": currencies,
    }


class Measurement(NamedTuple):
    """One KPI of one group of lines, exactly.

    `state` is one of KpiObservation.State. `value` is in the definition's unit and None unless the state is
    `ok`. A share, a mean and a sum have a `numerator`; a median, a percentile and a maximum have none.
    `denominator` is the number of lines counted, `coverage` the share in per cent of the lines that could be
    judged (None without lines), `words` a sentence where the state needs one.
    """

    state: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    coverage: Decimal | None
    small_sample: bool = False
    currency: str = ""
    words: str = ""


def measure(definition: KpiDefinition, sums: Sums) -> Measurement:
    """Read the sums of one group under a definition."""
    formula = definition.formula
    coverage = share(sums.cases - sums.missing, sums.cases)
    judged = Decimal(sums.judged)
    amount = None if sums.total is None else Decimal(sums.total)

    def without(state: str, words: str, numerator: Decimal | None = None) -> Measurement:
        return Measurement(state, numerator, judged, None, coverage, words=words)

    def found(value: Decimal | None, numerator: Decimal | None, currency: str = "") -> Measurement:
        small = sums.judged < definition.minimum_sample
        return Measurement(S.OK, numerator, judged, value, coverage, small, currency)

    if sums.cases == 0:
        words = _NOTHING.get(formula, "No line fell due here.")
        return without(S.NO_ACTIVITY, words, Decimal(0) if formula in SHARES else None)
    if formula in SHARES:
        if sums.judged == 0 or (sums.known == 0 and sums.missing > 0 and sums.judged < sums.cases):
            return without(S.NOT_SUPPLIED, "The accepted quantities were not supplied.")
        return found(share(int(sums.total or 0), sums.judged), amount)
    if sums.judged == 0:
        if formula == F.MEAN_DAYS_LATE and sums.missing == 0:
            return without(S.NOT_APPLICABLE, "No line was late, so there is no delay to average.")
        return without(S.NOT_SUPPLIED, _LACKING[formula])
    if formula == F.MEAN_DAYS_LATE:
        return found(rate(sums.total or 0, sums.judged), amount)
    if formula == F.LINE_VALUE:
        if "," in (sums.currencies or ""):
            return without(
                S.NOT_APPLICABLE,
                f"The lines are in {sums.currencies}, and amounts in different currencies are never added.",
            )
        return found(amount, amount, sums.currencies or "")
    return found(amount, None)


_NOTHING: dict[str, str] = {
    F.LEAD_TIME_MEDIAN: "No line arrived here.",
    F.LEAD_TIME_P90: "No line arrived here.",
    F.LINE_VALUE: "There is no line here.",
}
_LACKING: dict[str, str] = {
    F.MEAN_DAYS_LATE: "The overdue lines have not arrived, so nobody knows yet how late they are.",
    F.MAX_DAYS_LATE: "The overdue lines have not arrived, so nobody knows yet how late they are.",
    F.LEAD_TIME_MEDIAN: "No order day was supplied.",
    F.LEAD_TIME_P90: "No order day was supplied.",
    F.LINE_VALUE: "No value was supplied.",
}
