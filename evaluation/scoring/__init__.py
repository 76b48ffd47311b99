"""The sums of a selection: criteria, bidders and scores in; points, totals, ranks and words out.

`rules` makes one score of a criterion from several evaluators' scores, from an answer or from the prices; `totals`
says what a sheet of scores is and weighs it; `matrix` does the whole of it in one go; `sensitivity` tells what other
weights would change and `words` says it; `export` gives a browser what it needs to reweigh to the same digit.

Nothing here knows a database row or a clock. Sums are exact: integers over one common denominator inside, fractions
outside, rounded only where the terms of the sheet say so. What is missing is named and never counts as 0. Whatever no
sum can be made of is refused with :class:`~strategy.sums.errors.SumError`, whose sentence says what to do.
"""

from __future__ import annotations

from strategy.sums.errors import SumError

__all__ = ["SumError"]
