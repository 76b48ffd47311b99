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
#: How much of a word has to be the same: a pair of swapped letters in the middle still finds it. The nearest are
#: looked for first.
LIKE_ENOUGH = (0.75, 0.45)
#: So many are put in order of likeness; where more are as much alike, an order among them says nothing.
RANKED = 1000


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
        with transaction.atomic():
            groups = list(_groups(user, text, _similar))
    return groups


def _groups(user: Any, text: str, narrowed: Any) -> Iterator[dict[str, Any]]:
    for noun in NOUNS.values():
        found: list[Any] = []
        for rows in narrowed(noun, noun.rows(user), text):
            found += noun.for_finding(rows)[: PER_GROUP - len(found)]
            if len(found) == PER_GROUP:
                break
        if found:
            yield {
                "label": noun.heading,
                "items": [
                    {"label": noun.title(row), "url": noun.url(row.pk), "note": noun.found_note(row)} for row in found
                ],
            }


def _holding(noun: pages.Noun, rows: QuerySet, text: str) -> Iterator[QuerySet]:
    """Rows that hold every word, or have the whole text as a number of theirs: those that begin with it first."""
    begin = Q()
    if noun.find_in:
        first = noun.find_in[0]
        begin = Q(**{f"{first}__istartswith": text})
        if noun.find_similar or "__" in first:
            # Where many hold a common word, the index in order of names has the first few at once.
            yield rows.filter(begin).order_by(first, "pk")
            rows, begin = rows.exclude(begin), Q()
    found = holds_all(noun.model, noun.find_in, text) if noun.find_in else Q()
    for path in noun.find_exact:
        found |= Q(**{path: text})
    if not found:
        return
    rows = rows.filter(found)
    if not noun.find_in:
        yield rows.order_by("pk")
    elif not begin:
        yield rows.order_by(first, "pk")
    else:
        place = Case(When(begin, then=Value(0)), default=Value(1), output_field=IntegerField())
        yield rows.order_by(place, first, "pk")


def _similar(noun: pages.Noun, rows: QuerySet, text: str) -> Iterator[QuerySet]:
    """Rows a word of whose name is spelt much like the text."""
    if not noun.find_similar:
        return
    path, upper = noun.find_similar[0], text.upper()
    rows = rows.annotate(found_in=Upper(F(path)), likeness=TrigramWordSimilarity(upper, Upper(F(path))))
    more = Q()
    for enough in LIKE_ENOUGH:
        with connection.cursor() as cursor:
            # The index answers only questions asked with the operator, and that takes its threshold from here.
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(enough)])
        alike = rows.filter(more, found_in__trigram_word_similar=upper).order_by().values("pk")[:RANKED]
        yield rows.filter(pk__in=alike).order_by("-likeness", path, "pk")
        more = Q(likeness__lt=enough)


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
