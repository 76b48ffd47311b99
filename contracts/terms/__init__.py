"""The sums of contracts: plain values in; days, windows, states and sentences out.

`dates` holds a date as a contract gives it and `reading` finds it in text; `periods` adds months, years and business
days; `renewal` says in which term a contract is and until when notice can be given; `effective` lays amendments over a
base agreement, as of any day; `authority` says who must approve a commitment and finds one that was split; `splitting`
is the latter. `typed` reads typed terms (`shapes` are their values, `forms`, `rows` and `writing` how they are written),
`term_sums` reckons with them; `duties` says when what was promised is due, reminded of and escalated.

Nothing here knows a database row or a clock: "today" is always told. No day is ever invented: what depends on a day that
the contract does not give is answered as a window between two days, or as unknown. Whatever no sum can be made of is
refused with :class:`~strategy.sums.errors.SumError`, whose sentence says what to do.
"""

from __future__ import annotations

from strategy.sums.errors import SumError

__all__ = ["SumError"]
