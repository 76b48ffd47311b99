"""The ranked patterns of every topic, by its code."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.clauses.patterns import competition, frame, liability, licences, making, money, oversight
from contracts.clauses.patterns.shapes import Group, Pattern, Ranked, ranked

PATTERNS: Mapping[str, Ranked] = ranked(
    {
        **frame.WRITTEN,
        **competition.WRITTEN,
        **money.WRITTEN,
        **licences.WRITTEN,
        **liability.WRITTEN,
        **making.WRITTEN,
        **oversight.WRITTEN,
    }
)


def exported() -> list[dict[str, str | float | bool]]:
    """Return every pattern as a row: topic, weight, expression, `tsquery` and whether it looks at headings.

    Rows whose `tsquery` is empty hold nothing but numbers or marks and cannot be asked of a text search.
    """
    return [
        {
            "topic": code,
            "weight": pattern.weight,
            "expression": pattern.said,
            "tsquery": pattern.tsquery(),
            "heading": pattern.heading,
        }
        for code, topic in PATTERNS.items()
        for pattern in topic.patterns
    ]


__all__ = ["PATTERNS", "Group", "Pattern", "Ranked", "exported"]
