"""The sums of a strategy: plain values in, exact decimals and words out.

`weights` and `pairwise` make weights; `batches` turns demand into batches and the gap in capacity; `cash` compares
making with buying in money and `factors` beside it; `fmea` sorts the risks; `segments` places what is bought. The
tier of risk is `cmo_lifecycle.partners.tiering`.

Nothing here knows a database row or a clock. Sums are exact fractions inside and become a decimal of 34 significant
digits once, so that neither the order of the inputs nor the scale of weights can change a digit; only the eigenvector
of pairwise judgements is not a fraction, and is found to 30 decimals. Whatever no sum can be made of is refused with
:class:`~strategy.sums.errors.SumError`, whose sentence says what to do.
"""

from __future__ import annotations

from strategy.sums.errors import SumError

__all__ = ["SumError"]
