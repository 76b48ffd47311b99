"""Standings as bands of the score: configurable, without a gap and without an overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from operations.kpi_math import Number
from operations.scoring.numbers import ScoringError, fraction


@dataclass(frozen=True, slots=True)
class Band:
    """One standing: all scores from ``low`` (inclusive) up to ``high`` (exclusive).

    Only the topmost band contains its ``high``, which is 100. ``code`` is stored,
    ``label`` is shown.
    """

    code: str
    label: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """A whole set of bands, in any order of entry; kept from the best to the worst.

    Raises :class:`ScoringError` unless the bands cover 0 to 100 with no gap and no
    overlap, each is wider than nothing, and codes are distinct. So every score from 0 to
    100, both included, has exactly one band.
    """

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        for band in self.bands:
            low, high = fraction(band.low, band.label), fraction(band.high, band.label)
            if low >= high:
                raise ScoringError(
                    f"The band {band.label} must end above its beginning, not run from {band.low} to {band.high}."
                )
        ordered = tuple(sorted(self.bands, key=lambda band: band.low, reverse=True))
        if not ordered:
            raise ScoringError("There must be at least one band.")
        if len({band.code for band in ordered}) != len(ordered) or not all(band.code for band in ordered):
            raise ScoringError("Every band needs a code of its own.")
        if ordered[-1].low != 0:
            raise ScoringError(
                f"The bands must begin at 0; the lowest, {ordered[-1].label}, begins at {ordered[-1].low}."
            )
        if ordered[0].high != 100:
            raise ScoringError(
                f"The bands must end at 100; the highest, {ordered[0].label}, ends at {ordered[0].high}."
            )
        for better, worse in pairwise(ordered):
            if worse.high < better.low:
                raise ScoringError(
                    f"There is a gap between {worse.label}, which ends at {worse.high}, "
                    f"and {better.label}, which begins at {better.low}."
                )
            if worse.high > better.low:
                raise ScoringError(
                    f"{worse.label}, which ends at {worse.high}, overlaps {better.label}, which begins at {better.low}."
                )
        object.__setattr__(self, "bands", ordered)

    @classmethod
    def from_data(cls, rows: Iterable[Mapping[str, str]]) -> Bands:
        """Read bands kept as text: ``code``, ``label``, ``low``, ``high`` each.

        The limits are decimal text ("85"). Raises :class:`ScoringError` for a missing or
        unreadable entry, and as the class does.
        """
        bands = []
        for row in rows:
            try:
                low, high = Decimal(str(row["low"])), Decimal(str(row["high"]))
                bands.append(Band(str(row["code"]), str(row["label"]), low, high))
            except (KeyError, ArithmeticError):
                raise ScoringError(
                    f"A band needs a code, a label and two numbers, low and high: {dict(row)}."
                ) from None
        return cls(tuple(bands))

    def to_data(self) -> list[dict[str, str]]:
        """Return the bands as text, best first; the inverse of :meth:`from_data`."""
        return [
            {
                "code": b.code,
                "label": b.label,
                "low": f"{b.low:f}",
                "high": f"{b.high:f}",
            }
            for b in self.bands
        ]

    def of(self, score: Number) -> Band:
        """Return the one band that holds ``score``; :class:`ScoringError` outside 0 to 100."""
        number = fraction(score, "The score")
        if not 0 <= number <= 100:
            raise ScoringError(f"A score lies between 0 and 100, not at {score}.")
        return self.holding(Decimal(score))

    def holding(self, score: Decimal) -> Band:
        """Return what :meth:`of` does, for a score that is known to lie from 0 to 100."""
        return next(band for band in self.bands if score >= band.low)

    def get(self, code: str) -> Band:
        """Return the band with ``code``; :class:`ScoringError` if there is none."""
        for band in self.bands:
            if band.code == code:
                return band
        raise ScoringError(f"There is no standing called {code!r}.")

    def worst(self, codes: Iterable[str]) -> Band:
        """Return the lowest band among ``codes``, of which there is at least one."""
        return min((self.get(code) for code in codes), key=lambda band: band.low)

    def above(self, code: str) -> Band | None:
        """Return the next better band, or None for the best."""
        position = self.bands.index(self.get(code))
        return self.bands[position - 1] if position else None


DEFAULT_BANDS = Bands(
    (
        Band("PREFERRED", "Preferred", Decimal(85), Decimal(100)),
        Band("ACCEPTABLE", "Acceptable", Decimal(70), Decimal(85)),
        Band("WATCH", "Watch", Decimal(55), Decimal(70)),
        Band("PROBATION", "Probation", Decimal(0), Decimal(55)),
    )
)
"""A default to start a configuration from, not a rule."""
