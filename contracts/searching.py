"""Finding words, and passages likely to be about a topic, in the texts of agreements, by PostgreSQL's text search."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache as once

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from contracts.clauses.patterns import PATTERNS
from contracts.clauses.suggest import Suggestion, suggest
from contracts.models import ContractDocument, Passage

#: Characters that no contract holds; they stand around what was found until it is escaped.
_FROM, _TO = "\x02", "\x03"
#: How many passages of a search stand on one page, and how many a topic is shown.
FOUND_AT_ONCE = 20
MOST_SUGGESTED = 3
#: A paragraph is suggested from so many times the weight that a sentence has to reach.
SURE = 2.0
#: A paragraph longer than this is no clause that one confirms at a glance.
LONGEST = 2_500
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that holds the words asked for: its place, the headings above it, and its text with them marked."""

    number: int
    start: int
    end: int
    heading: str
    marked: SafeString


@dataclass(frozen=True, slots=True)
class Search:
    """One page of what was found: `count` passages in all, `first` the place of the first one shown, from 1."""

    passages: tuple[Found, ...]
    count: int
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.passages) - 1


def _marked(text: str) -> SafeString:
    said = escape(text).replace(_FROM, "<mark>").replace(_TO, "</mark>")
    return mark_safe(said)  # noqa: S308 - escaped above, the marks alone are put in


def search(document: ContractDocument, words: str, start: int = 0, most: int = FOUND_AT_ONCE) -> Search:
    """Return the passages of a text that hold the words, best first.

    The words are read as people type them: "of a phrase", or, -not. Two queries whatever is found.
    """
    query = SearchQuery(words, config="english", search_type="websearch")
    rows = Passage.objects.filter(document=document, search=query)
    count = rows.count()
    start = start if start < count else 0
    # Only what is shown is marked: that takes longer than finding it.
    shown = (
        rows.annotate(rank=SearchRank(F("search"), query, normalization=1))
        .order_by("-rank", "number")
        .values_list("pk", flat=True)[start : start + most]
    )
    keys = list(shown)
    marked = Passage.objects.filter(pk__in=keys).annotate(
        said=SearchHeadline(
            "words", query, config="english", start_sel=_FROM, stop_sel=_TO, highlight_all=True
        )
    )  # fmt: skip
    by_key = {row.pk: row for row in marked}
    found = tuple(
        Found(row.number, row.start, row.end, row.heading, _marked(row.said)) for row in map(by_key.__getitem__, keys)
    )
    return Search(found, count, start + 1)


# ------------------------------------------------------------------ suggestions


@dataclass(frozen=True, slots=True)
class Likely:
    """A passage that is likely to be about a topic, for a person to confirm."""

    topic: str
    start: int
    end: int
    score: float
    headings: tuple[str, ...]
    because: tuple[str, ...]

    @property
    def place(self) -> str:
        return self.headings[-1] if self.headings else ""


@once
def patterns_digest() -> str:
    """Return what all patterns say, hashed: what was worked out by other ones is worked out anew."""
    said = repr([(code, topic) for code, topic in sorted(PATTERNS.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@once
def _asked() -> tuple[list[str], list[str], list[float], list[str], list[str]]:
    """Return topic, query and weight of every pattern that a text search can be asked, and the joined query by topic."""
    topics, queries, weights = [], [], []
    whole: dict[str, list[str]] = defaultdict(list)
    for code, ranked in PATTERNS.items():
        for pattern in ranked.patterns:
            query = pattern.tsquery()
            if pattern.heading or not query:
                continue
            topics.append(code)
            queries.append(query)
            weights.append(pattern.weight)
            if pattern.weight > 0:
                whole[code].append(f"({query})")
    return topics, queries, weights, list(whole), [" | ".join(parts) for parts in whole.values()]


# The passages of a text are few, so that each is taken apart anew: an index over every ending of every word would be
# larger than the texts.
_FIND = """
WITH said AS MATERIALIZED (
  SELECT start, "end", to_tsvector('simple', replace(words, '-', ' ')) AS words
  FROM contracts_passage WHERE document_id = %s
), candidate AS MATERIALIZED (
  SELECT asked.topic, said.start, said."end", said.words
  FROM (SELECT topic, to_tsquery('simple', query) AS query FROM unnest(%s::text[], %s::text[]) AS a(topic, query)) asked
  JOIN said ON said.words @@ asked.query
), pattern AS MATERIALIZED (
  SELECT topic, to_tsquery('simple', query) AS query, weight
  FROM unnest(%s::text[], %s::text[], %s::float8[]) AS p(topic, query, weight)
)
SELECT candidate.topic, candidate.start, candidate."end", sum(pattern.weight) AS weight
FROM candidate JOIN pattern ON pattern.topic = candidate.topic AND candidate.words @@ pattern.query
GROUP BY 1, 2, 3 HAVING sum(pattern.weight) > 0
ORDER BY 1, 4 DESC, 2
"""

Places = dict[str, list[tuple[int, int, float]]]


def by_text_search(document: ContractDocument) -> Places:
    """Return by topic the passages in which the text search finds its patterns: place and summed weight, best first.

    A paragraph is asked as one, so that it finds more than the patterns do, which must hold in one sentence.
    """
    topics, queries, weights, wholes, joined = _asked()
    rows: Places = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [document.pk, wholes, joined, topics, queries, weights])
        for topic, start, end, weight in cursor.fetchall():
            rows[topic].append((start, end, float(weight)))
    return rows


def combined(
    found: Mapping[str, tuple[Suggestion, ...]], places: Places, most: int = MOST_SUGGESTED
) -> dict[str, tuple[Likely, ...]]:
    """Return the likely passages of each topic: sentences first, then paragraphs whose words together speak for it.

    The patterns ask for one sentence, which is sure but misses what a clause spreads over several; the text search
    asks for a paragraph. So it fills the places that are left, `most` a topic, with what it is surest of.
    """
    made: dict[str, tuple[Likely, ...]] = {}
    for code, ranked in PATTERNS.items():
        rows = [
            Likely(code, one.start, one.end, one.score, one.headings, one.because) for one in found.get(code, ())[:most]
        ]
        for start, end, weight in places.get(code, ()):
            if len(rows) >= most or weight < SURE * ranked.threshold:
                break
            if end - start <= LONGEST and not any(start < one.end and one.start < end for one in rows):
                rows.append(Likely(code, start, end, weight, (), ()))
        if rows:
            made[code] = tuple(rows)
    return made


def suggestions(document: ContractDocument, topics: Iterable[str] | None = None) -> dict[str, tuple[Likely, ...]]:
    """Return the likely passages of a text by topic, best first, at most `MOST_SUGGESTED` each.

    A text never changes, so it is read once: a second look takes them from the cache.
    """
    key = f"suggested:{document.pk}:{document.sha256[:16]}:{patterns_digest()}"
    found: dict[str, tuple[Likely, ...]] | None = cache.get(key)
    if found is None:
        found = combined(suggest(document.words), by_text_search(document))
        cache.set(key, found, _DAY)
    wanted = found if topics is None else {code: found[code] for code in topics if code in found}
    return dict(wanted)
