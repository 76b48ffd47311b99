"""How a given signature stands, in one word, its tone and a sentence: the same on pages and on paper."""

from __future__ import annotations

from typing import Any, NamedTuple

from cmo_lifecycle.workflow.signing import Standing


class Judged(NamedTuple):
    """`state` is that of the `signatures` component, `tone` one of the five of the kit."""

    state: str
    tone: str
    sentence: str


def judged(record: Any, standing: Standing) -> Judged:
    """Judge one signature of a record as it stands."""
    if not standing.is_genuine:
        return Judged("invalid", "bad", standing.sentence)
    if standing.is_current:
        return Judged("signed", "good", standing.sentence)
    if record.is_editable:
        return Judged("outdated", "watch", standing.sentence)
    return Judged("meddled", "bad", "Changed after it was signed, although it cannot be edited: look into the trail.")
