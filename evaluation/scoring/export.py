"""A sheet of scores as text and whole numbers, for a browser that reweighs it to the same digit as the server.

**The contract.** All numbers that are not places or ranks are decimal strings, because whole numbers here outgrow the
53 bits of a script's numbers: read them with ``BigInt``. With the weights that a person typed, all as integers W over
one power of ten (which one does not matter: "22.5" and "30" may be 225 and 300), the criteria's M (``most``), and a
bidder's scores S (``scores``):

1. Z = ``over`` * sum of W * M over all criteria. If it is 0 there are no totals.
2. The points of a criterion are the ratio W * S * ``full`` / Z. If ``points.mode`` is "half_up", with p =
   ``points.places``, they are the whole number (2 * W * S * ``full`` * 10^p + Z) / (2 * Z), the division rounding
   down, of which 10^p make a point; so that Z is 10^p in what follows.
3. The total is the ratio T / Z with T the sum of the points over all criteria (W * S * ``full`` where they are not
   rounded). If ``total.mode`` is "half_up", with q = ``total.places``, it is the whole number
   (2 * T * 10^q + Z) / (2 * Z), rounding down, of which 10^q make a point; else it stays T / Z.
4. Ranks go by these totals: 1 plus the number of bidders in the ranking (``ranked``) with a higher one.
5. A total is written with ``written`` decimals, half up by the same division.

Nothing is ever below 0, so half up and rounding down are unambiguous. A bidder whose ``scores`` holds null has no
total. The weights need not add up to anything: only their proportions matter.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from evaluation.scoring.matrix import Matrix
from evaluation.scoring.rules import Rounding
from evaluation.scoring.totals import Terms

_FULL_PLACES = 12


def written_places(terms: Terms) -> int:
    """Return how many decimals a total is written with: those it is rounded to; 12 where nothing is rounded."""
    for rounding in (terms.total, terms.points):
        if rounding.mode == "half_up":
            return rounding.places
    return _FULL_PLACES


def written(value: Fraction, places: int) -> str:
    """Return ``value`` (0 or more) with exactly ``places`` decimals, half up: "43.50"."""
    whole = (2 * value.numerator * 10**places + value.denominator) // (2 * value.denominator)
    return f"{Decimal(whole).scaleb(-places, Context(prec=400)):f}"


def as_numbers(matrix: Matrix) -> dict[str, Any]:
    """Return ``matrix`` as plain text, whole numbers, lists and dicts, by the contract of this module.

    Keys: ``method``; ``points`` and ``total`` ({places, mode}); ``written`` (decimals of a total); ``full`` and
    ``over`` (whole numbers as text); ``criteria``: code, name, group, ``weight`` (the decimal of the sheet as text),
    ``most`` (a whole number as text); ``bidders``: code, name, ``scores`` in the order of the criteria (whole numbers
    as text, or null), ``ranked``, and as the server has it now ``total`` (text or null), ``rank`` (or null) and
    ``reasons``.
    """
    dense, places = matrix.sheet, written_places(matrix.terms)
    return {
        "method": matrix.terms.method.value,
        "points": _rounding(matrix.terms.points),
        "total": _rounding(matrix.terms.total),
        "written": places,
        "full": str(dense.full),
        "over": str(dense.over),
        "criteria": [
            {
                "code": criterion.code,
                "name": criterion.name,
                "group": criterion.group,
                "weight": f"{Decimal(criterion.weight):f}",
                "most": str(most),
            }
            for criterion, most in zip(matrix.criteria, dense.most, strict=True)
        ],
        "bidders": [
            {
                "code": line.bidder.code,
                "name": line.bidder.name,
                "scores": [None if score is None else str(score) for score in row],
                "ranked": line.rank is not None,
                "total": None if line.total is None else written(line.total, places),
                "rank": line.rank,
                "reasons": list(line.reasons),
            }
            for line, row in zip(matrix.lines.values(), dense.scores, strict=True)
        ],
    }


def _rounding(rounding: Rounding) -> dict[str, Any]:
    return {"places": rounding.places, "mode": rounding.mode}
