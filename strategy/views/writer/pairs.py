"""Every two attributes against each other, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from math import log
from typing import Any

from django import forms

from strategy.models import Judgement, PartnershipAttribute
from strategy.overview import Overview

#: Saaty's words for how much more important one is than the other.
IMPORTANCE = {
    1: "equally important",
    2: "between equally and moderately more important",
    3: "moderately more important",
    4: "between moderately and strongly more important",
    5: "strongly more important",
    6: "between strongly and very strongly more important",
    7: "very strongly more important",
    8: "between very strongly and extremely more important",
    9: "extremely more important",
}


class Pairs(forms.Form):
    """Every two attributes against each other: one choice of words for each pair."""

    def __init__(
        self, attributes: Sequence[PartnershipAttribute], judged: Iterable[Judgement], data: Any = None
    ) -> None:
        super().__init__(data, prefix="pair")
        self.pairs = {f"{one.code}-{other.code}": (one, other) for one, other in combinations(attributes, 2)}
        known: dict[str, Judgement] = {f"{row.first.code}-{row.second.code}": row for row in judged}
        for name, (one, other) in self.pairs.items():
            chosen, turned = known.get(name), known.get(f"{other.code}-{one.code}")
            value = _mark(chosen.ratio) if chosen else _mark(turned.ratio, turned=True) if turned else ""
            choices = _importance(one.name, other.name)
            if value and value not in dict(choices):
                choices.append((value, f"As entered: {value}"))
            self.fields[name] = forms.ChoiceField(
                choices=choices, required=False, initial=value, label=f"{one.name} against {other.name}",
                widget=forms.Select,
            )  # fmt: skip

    def rows(self, kept: Iterable[PartnershipAttribute]) -> list[dict[str, Any]]:
        """Return the judgements between attributes that are kept."""
        keys = {one.pk for one in kept}
        return [
            {"first": one, "second": other, "ratio": _ratio(self.cleaned_data[name])}
            for name, (one, other) in self.pairs.items()
            if self.cleaned_data.get(name) and {one.pk, other.pk} <= keys
        ]


def _importance(one: str, other: str) -> list[tuple[str, str]]:
    left = [(str(n), f"{one}: {IMPORTANCE[n]} ({n})") for n in range(9, 1, -1)]
    right = [(f"1/{n}", f"{other}: {IMPORTANCE[n]} ({n})") for n in range(2, 10)]
    return [("", "Not compared yet"), *left, ("1", "Both equally important (1)"), *right]


def _mark(ratio: Decimal, *, turned: bool = False) -> str:
    """A ratio as the choice that stands for it: '3', '1/3', or its digits where it is none of the scale."""
    exact = 1 / ratio if turned else ratio
    for n in range(1, 10):
        if abs(exact - n) < Decimal("0.00001") * n:
            return str(n)
        if abs(exact - Decimal(1) / n) < Decimal("0.000001"):
            return f"1/{n}"
    return f"{exact:.6f}".rstrip("0")


def _ratio(mark: str) -> Decimal:
    over, _, under = mark.partition("/")
    return (Decimal(over) / Decimal(under or 1)).quantize(Decimal("0.000001"))


def worst(overview: Overview) -> dict[str, str] | None:
    """The pair whose judgement lies farthest from the weights that all judgements together give."""
    reading = overview.reading
    found = reading.priorities.value
    if found is None or found.consistency_ratio == 0:
        return None
    shares = found.shares

    def off(row: Any) -> float:
        return abs(log(float(row.ratio)) - log(float(shares[row.first.code] / shares[row.second.code])))

    rows = [row for row in reading.judgements if row.first.code in shares and row.second.code in shares]
    row = max(rows, key=off, default=None)
    if row is None:
        return None
    weighs = shares[row.first.code] / shares[row.second.code]
    return {
        "first": row.first.name,
        "second": row.second.name,
        "said": _times(Decimal(row.ratio)),
        "meant": _times(weighs),
    }


def _times(ratio: Decimal) -> str:
    """A ratio in words: '3 times as important as', 'a third' of it turned round."""
    if abs(ratio - 1) < Decimal("0.05"):
        return "as important as"
    if ratio > 1:
        return f"{ratio:.1f} times as important as".replace(".0 ", " ")
    return f"1/{1 / ratio:.1f} as important as".replace(".0 ", " ")
