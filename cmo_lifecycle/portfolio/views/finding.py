"""Find anything by a few letters, forgiving typing errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Upper
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.finding import holds_all
from cmo_lifecycle.doors.pages.registry import NOUNS

PER_GROUP = 6
SHORTEST = 2
#: Similarity needs trigrams, and those need letters.
SHORTEST_SIMILAR = 4
LONGEST = 100
#: How much of a word has to be the same: a pair of swapped letters in the middle still finds it.
LIKE_ENOUGH = "0.45"


def find(user: Any, text: str) -> list[dict[str, Any]]:
    """Return groups of `label` and `items` (label, url, note) of records that this person may see.

    Parts of names and whole numbers come first; only where nothing holds the words as typed are similar
    spellings looked for.
    """
    text = " ".join(text.split())[:LONGEST]
    if len(text) < SHORTEST or user.is_external:
        return []
    groups = list(_groups(user, text, _holding))
    if not groups and len(text) >= SHORTEST_SIMILAR:
        with transaction.atomic(), connection.cursor() as cursor:
            # The index answers only questions asked with the operator, and that takes its threshold from here.
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [LIKE_ENOUGH])
            groups = list(_groups(user, text, _similar))
    return groups


def _groups(user: Any, text: str, narrowed: Any) -> Iterator[dict[str, Any]]:
    for noun in NOUNS.values():
        rows = narrowed(noun, noun.rows(user), text)
        if rows is None:
            continue
        found = list(noun.for_finding(rows)[:PER_GROUP])
        if found:
            yield {
                "label": noun.heading,
                "items": [
                    {"label": noun.title(row), "url": noun.url(row.pk), "note": noun.found_note(row)} for row in found
                ],
            }


def _holding(noun: pages.Noun, rows: QuerySet, text: str) -> QuerySet | None:
    """Rows that hold every word, or have the whole text as a number of theirs."""
    found = holds_all(noun.model, noun.find_in, text) if noun.find_in else Q()
    for path in noun.find_exact:
        found |= Q(**{path: text})
    if not found:
        return None
    rows = rows.filter(found)
    if not noun.find_in:
        return rows.order_by("pk")
    first = noun.find_in[0]
    begins = Case(When(**{f"{first}__istartswith": text}, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(begins, first, "pk")


def _similar(noun: pages.Noun, rows: QuerySet, text: str) -> QuerySet | None:
    """Rows a word of whose name is spelt much like the text."""
    if not noun.find_similar:
        return None
    path = noun.find_similar[0]
    upper = text.upper()
    return (
        rows.annotate(found_in=Upper(F(path)))
        .filter(found_in__trigram_word_similar=upper)
        .annotate(likeness=TrigramWordSimilarity(upper, "found_in"))
        .order_by("-likeness", path, "pk")
    )


class Search(pages.SignedIn):
    """The palette's answers as JSON, and the same as a page for those without scripts."""

    for_externals = True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()[:LONGEST]
        groups = find(self.user, text)
        if "application/json" in request.headers.get("Accept", ""):
            response: HttpResponse = JsonResponse({"groups": groups})
        else:
            response = self.shown(
                "search.html",
                {"title": "Find", "q": text, "groups": groups},
            )
        response["Cache-Control"] = "private, no-store"
        response["Vary"] = "Accept, Cookie"
        return response
