"""Questions for the next re-evaluation."""

from __future__ import annotations

from strategy.rules.shapes import Ask, Kind


def question(code: str, text: str, data_needed: str) -> Ask:
    return Ask(Kind.QUESTION, code, text, {"question": text, "data_needed": data_needed})
