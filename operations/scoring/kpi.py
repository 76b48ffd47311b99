"""One KPI on its way into a score: its input, its norm and its reading in words."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from operations.kpi_math import Direction, KpiMathError, Number, exact, quotient, to_decimal
from operations.scoring.numbers import HUNDRED, Quotient, ScoringError, fraction

State = Literal["ok", "no_activity", "not_supplied", "not_applicable"]
"""``ok``: there is a value, zero included. ``no_activity``: nothing happened that could be
counted. ``not_supplied``: something may have happened, but the data did not come.
``not_applicable``: the KPI makes no sense for this relationship."""

STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiInput:
    """One KPI of one period, as it goes into a score.

    ``code`` is unique in a scorecard, ``category`` names a category weight, ``weight`` is
    the KPI's weight within its category (0 or more; any scale). ``target`` and ``red`` are in
    the KPI's unit; both None only for a KPI of weight 0, which is reported and not scored.
    ``direction`` must agree with them: ``up`` has its red line below its target.

    With state ``ok`` there is a ``value`` in the KPI's unit; zero is a value. ``numerator`` and
    ``denominator`` are what it was calculated from. Where the KPI is a share of counted
    things, ``per`` says so: value = per * numerator / denominator (100 for a percentage or for
    "per 100 batches"). Then the counts are the truth, ``value`` may be left out, and if
    given must be their quotient rounded to the decimals that it shows. With ``per`` None the
    value stands by itself (a median, a mean, an amount) and ``denominator``, if given, is
    the number of cases behind it.

    With any other state there is no ``value``; counts may be given (0 of 0).

    ``coverage`` is the share of records that could be judged, 0 to 100 percent: it is
    carried for the reader and does not change the score. A denominator below
    ``minimum_sample`` is flagged, and scored all the same. ``places`` is the number of
    decimals the KPI is shown with.

    Raises :class:`ScoringError`, naming the KPI, for anything that breaks these rules.
    """

    code: str
    category: str
    weight: Number
    state: State
    direction: Direction
    target: Number | None
    red: Number | None
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    per: Number | None = None
    coverage: Number | None = None
    minimum_sample: int = 0
    places: int = 1
    # Quotients of whole numbers, not in lowest terms: a run scores thousands of cards, and reducing is most of a
    # Fraction's cost. `_value` is None without a value, `_scale` without a target.
    _value: Quotient | None = field(default=None, init=False, repr=False, compare=False)
    _scale: tuple[int, int, int] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.code or not self.category:
            raise ScoringError("A KPI needs a code and a category.")
        self._require(
            self.state in STATES,
            f"the state is one of {', '.join(STATES)}, not {self.state!r}",
        )
        self._require(
            self.direction in ("up", "down"),
            f"the direction is 'up' or 'down', not {self.direction!r}",
        )
        self._require(0 <= self.places <= 12, "it is shown with 0 to 12 decimals")
        weight = self._number(self.weight, "weight")
        self._require(weight >= 0, "the weight cannot be negative")
        self._check_limits(weight)
        if self.per is not None:
            self._require(self._number(self.per, "per") > 0, "the factor of a rate is above 0")
        self._measure()

    def measured(
        self,
        state: State,
        *,
        value: Number | None = None,
        numerator: Number | None = None,
        denominator: Number | None = None,
        coverage: Number | None = None,
    ) -> KpiInput:
        """Return this KPI with another measurement, which alone is checked: the rules were, when this was made."""
        made = object.__new__(KpiInput)
        for name in _RULES:
            _set(made, name, getattr(self, name))
        _set(made, "state", state)
        _set(made, "value", value)
        _set(made, "numerator", numerator)
        _set(made, "denominator", denominator)
        _set(made, "coverage", coverage)
        made._measure()
        return made

    @property
    def exact_value(self) -> Fraction | None:
        """The value to score, exactly: from the counts for a rate, else ``value``."""
        return None if self._value is None else Fraction(*self._value)

    @property
    def value_in_full(self) -> Decimal | None:
        """The same as a decimal."""
        return None if self._value is None else quotient(*self._value)

    def _measure(self) -> None:
        """Check the measurement and keep its exact value."""
        for name in ("value", "numerator", "denominator", "coverage"):
            given = getattr(self, name)
            if given is not None:
                self._number(given, name)
        if self.coverage is not None and not 0 <= self.coverage <= 100:
            raise self._wrong("the coverage lies between 0 and 100 percent")
        if self.denominator is not None and self.denominator < 0:
            raise self._wrong("the denominator cannot be negative")
        if self.state == "ok":
            self._check_value()
            _set(self, "_value", self._count())
        elif self.value is not None:
            raise self._wrong(f"there is a value although it is {self.state}")
        else:
            _set(self, "_value", None)

    def _count(self) -> Quotient:
        if self.per is None:
            assert self.value is not None
            return exact(self.value).as_integer_ratio()
        assert self.numerator is not None and self.denominator is not None
        per, top, bottom = exact(self.per), exact(self.numerator), exact(self.denominator)
        return (
            per.numerator * top.numerator * bottom.denominator,
            per.denominator * top.denominator * bottom.numerator,
        )

    def progress(self) -> Quotient | None:
        """Return how far the value has come from the red line to the target, as a quotient of whole numbers.

        0 or less at the red line or beyond, 1 or more at the target or beyond; the lower number is above 0.
        None without a value or without limits.
        """
        if self._value is None or self._scale is None:
            return None
        top, bottom = self._value
        slope, offset, span = self._scale
        return top * slope - bottom * offset, bottom * span

    @property
    def small_sample(self) -> bool:
        """Whether a value rests on fewer cases than wanted. False where the number is unknown."""
        return self.state == "ok" and self.denominator is not None and self.denominator < self.minimum_sample

    def _check_limits(self, weight: Fraction) -> None:
        if self.target is None or self.red is None:
            self._require(
                self.target is None and self.red is None and weight == 0,
                "it needs a target and a red line, unless its weight is 0 and it has neither",
            )
            return
        target, red = (
            self._number(self.target, "target"),
            self._number(self.red, "red line"),
        )
        self._require(target != red, "the target and the red line must differ")
        if self.direction == "up":
            self._require(target > red, "higher is better, so the red line lies below the target")
        else:
            self._require(target < red, "lower is better, so the red line lies above the target")
        # (value - red) / (target - red) with all denominators multiplied out, the lower number made positive.
        way = (target - red) * red.denominator
        sign = 1 if way > 0 else -1
        _set(
            self,
            "_scale",
            (
                sign * red.denominator * way.denominator,
                sign * red.numerator * way.denominator,
                sign * way.numerator,
            ),
        )

    def _check_value(self) -> None:
        if self.per is None:
            if self.value is None:
                raise self._wrong("the value is missing although its state is ok")
            return
        if self.numerator is None or self.denominator is None:
            raise self._wrong("a rate needs its numerator and its denominator")
        if self.numerator < 0:
            raise self._wrong("the numerator of a rate cannot be negative")
        if self.denominator <= 0:
            raise self._wrong("a rate with a denominator of 0 has no value; its state is no_activity")
        if self.value is not None:
            counted = Fraction(*self._count())
            exponent = Decimal(self.value).as_tuple().exponent
            assert isinstance(exponent, int)
            half_of_last_digit = Fraction(1, 2) * Fraction(10) ** min(exponent, 0)
            # Quotients of 28 digits and doubles cast to numeric end in a rounding of their own.
            slack = max(half_of_last_digit, abs(counted) / 10**12)
            self._require(
                abs(Fraction(self.value) - counted) <= slack,
                f"the value {self.value} is not {self.numerator} of {self.denominator}",
            )

    def _number(self, value: Number, name: str) -> Fraction:
        try:
            return exact(value)
        except KpiMathError:
            return fraction(value, f"{self.code}: the {name}")

    def _require(self, holds: bool, sentence: str) -> None:
        if not holds:
            raise self._wrong(sentence)

    def _wrong(self, sentence: str) -> ScoringError:
        return ScoringError(f"{self.code}: {sentence}.")


_set = object.__setattr__
_RULES = tuple(
    f.name
    for f in fields(KpiInput)
    if f.name not in ("state", "value", "numerator", "denominator", "coverage", "_value")
)


def normalise(value: Number, target: Number, red: Number) -> Decimal:
    """Return ``clamp((value - red) / (target - red), 0, 1) * 100``, from 0 to 100.

    All three in the KPI's unit; the direction follows from which of target and red line is
    higher. Raises :class:`ScoringError` if they are equal, or for what is no number.
    """
    return to_decimal(
        norm_of(
            fraction(value, "The value"),
            fraction(target, "The target"),
            fraction(red, "The red line"),
        )
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a value stands against its limits.

    ``level``: ``on_target`` (at or better than the target), ``off_target`` (between),
    ``beyond_red`` (worse than the red line; exactly on it is not yet beyond), or ``none``.
    ``words`` says it: "on target", "below target", "above red line", "no activity".
    """

    level: Literal["on_target", "off_target", "beyond_red", "none"]
    words: str


def reading(kpi: KpiInput) -> Reading:
    """Return the reading of a KPI in words; never empty."""
    if kpi._value is None:
        return Reading("none", kpi.state.replace("_", " "))
    progress = kpi.progress()
    if progress is None:
        return Reading("none", "reported only")
    come, way = progress
    if come >= way:
        return _ON_TARGET
    return (_OFF_TARGET if come >= 0 else _BEYOND_RED)[kpi.direction]


_ON_TARGET = Reading("on_target", "on target")
_OFF_TARGET = {"up": Reading("off_target", "below target"), "down": Reading("off_target", "above target")}
_BEYOND_RED = {"up": Reading("beyond_red", "below red line"), "down": Reading("beyond_red", "above red line")}


def norm_of(value: Fraction, target: Fraction, red: Fraction) -> Fraction:
    """Return the norm, 0 to 100, exactly; see :func:`normalise`."""
    if target == red:
        raise ScoringError("The target and the red line must differ.")
    return HUNDRED * min(max((value - red) / (target - red), Fraction(0)), Fraction(1))
