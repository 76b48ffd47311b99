"""What people say of the topics of an agreement: said in one step, and shown beside what the text suggests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput
from contracts import covering
from contracts.clauses.coverage import (
    DEVIATES,
    OPEN,
    PRESENT,
    STATUSES,
    Asked,
    Coverage,
    Row,
)
from contracts.clauses.topics import TOPICS, Topic
from contracts.models import Agreement, Clause, ContractDocument, Waiver
from contracts.searching import Likely, suggestions

_BLANKS = re.compile(r"\s+")
#: A pasted text longer than this is a section, no clause.
MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One topic of an agreement: what was said of it, what the strategy asks of it, and what the text suggests.

    `row` is the coverage of the whole set of agreements, `clause` the judgement of this one alone (None: open).
    `lacking` are the mechanisms that no agreement of the set holds and nobody waived, `waivers` those asked for or
    granted, by mechanism.
    """

    topic: Topic
    row: Row
    clause: Clause | None
    lacking: tuple[Asked, ...]
    waivers: Mapping[str, Waiver]
    likely: tuple[Likely, ...]

    @property
    def status(self) -> str:
        return self.clause.status if self.clause is not None else OPEN

    @property
    def serious(self) -> bool:
        return bool(self.lacking)

    @property
    def elsewhere(self) -> bool:
        """Whether another agreement of the set holds the topic although this one does not."""
        return self.row.status == PRESENT and self.status != PRESENT


@dataclass(frozen=True, slots=True)
class Board:
    """Every topic that has its place in an agreement, serious gaps first, and what stands over all of them."""

    agreement: Agreement
    document: ContractDocument | None
    coverage: Coverage
    beside: tuple[Agreement, ...]
    lines: tuple[Line, ...]
    lacking: tuple[Asked, ...]

    def count(self, status: str) -> int:
        return sum(line.status == status for line in self.lines)


def board(agreement: Agreement, *, suggest: bool = True) -> Board:
    """Return where an agreement stands on each topic of its kind. The number of queries does not grow with the topics."""
    document = agreement.current_document()
    beside = covering.set_of(agreement)
    asked = covering.asked_of(agreement)
    found = covering.coverage(beside, asked)
    clauses = {one.topic: one for one in agreement.clauses.select_related("document", "created_by")}
    open_waivers = agreement.waivers.filter(state__in=(Waiver.State.ASKED, Waiver.State.GRANTED))
    waivers = {one.mechanism: one for one in open_waivers}
    granted = {code for code, one in waivers.items() if one.state == Waiver.State.GRANTED}
    lacking = tuple(one for one in found.unmet if one.code not in granted)
    codes = {one.code for one in lacking}
    likely = suggestions(document) if suggest and document is not None else {}
    kind = agreement.nature
    lines = []
    for row in found.rows:
        topic = row.topic
        if kind not in topic.agreements and topic.code not in clauses:
            continue
        unmet = tuple(one for one in row.unmet if one.code in codes)
        its = {one.code: waivers[one.code] for one in row.asked if one.code in waivers}
        lines.append(Line(topic, row, clauses.get(topic.code), unmet, its, likely.get(topic.code, ())))
    # The sort is stable: within each of the two the library's own order stays.
    lines.sort(key=lambda line: not line.serious)
    return Board(agreement, document, found, tuple(beside[1:]), tuple(lines), lacking)


def find(document: ContractDocument, words: str) -> tuple[int, int] | None:
    """Return where a text stands in a document, however its blanks and line ends run; None where it does not."""
    parts = _BLANKS.split(words.strip())
    if not parts or not parts[0] or len(words) > MOST_WORDS:
        return None
    found = re.search(r"\s+".join(map(re.escape, parts)), document.words)
    return (found.start(), found.end()) if found else None


def place_of(document: ContractDocument, start: int) -> str:
    """Return the headings above a place of a text, as far as they are known."""
    row = document.passages.filter(start__lte=start).order_by("-start").values_list("heading", flat=True).first()
    return (row or "")[: Clause._meta.get_field("place").max_length]


def judge(
    agreement: Agreement,
    topic: str,
    status: str,
    *,
    actor: User,
    start: int | None = None,
    end: int | None = None,
    words: str = "",
    note: str = "",
    version: int | None = None,
    source: str = "",
) -> Clause:
    """Say what an agreement holds of a topic; return the judgement, made or changed.

    The clause is `start` to `end` of the newest text, or `words`, whose place is looked up there. A place holds the
    words as they stand in the text. `version` is that of the judgement the person saw; a judgement that somebody
    made in between raises Stale.
    """
    if topic not in TOPICS:
        raise InvalidInput({"topic": ["There is no such topic in the library."]})
    if status not in STATUSES:
        raise InvalidInput({"status": [f"Choose one of: {', '.join(STATUSES.values())}."]})
    document = agreement.current_document()
    values: dict[str, Any] = {"status": status, "note": note, "document": None, "start": None, "end": None}
    values |= {"words": "", "place": ""}
    if status in (PRESENT, DEVIATES):
        values["words"] = words
        if document is not None and start is None and words:
            start, end = find(document, words) or (None, None)
        if start is not None:
            if document is None or end is None or not 0 <= start < end <= len(document.words):
                raise InvalidInput({"words": ["This place is not in the newest text. Open the page anew."]})
            values |= {"document": document, "start": start, "end": end, "words": document.words[start:end]}
            values["place"] = place_of(document, start)
    known = agreement.clauses.filter(topic=topic).first()
    if known is None:
        made: Clause = edits.create(
            Clause, {"agreement": agreement, "topic": topic, **values}, actor=actor, source=source
        )
        return made
    changed: Clause = edits.update(known, values, actor=actor, version=version or 0, source=source)
    return changed
