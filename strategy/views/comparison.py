"""Two versions of a strategy side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from cmo_lifecycle.doors.pages.base import NounPage
from strategy.comparison import Section, compare
from strategy.models import Strategy


def other_version(strategy: Strategy, asked: str, rows: Any) -> Strategy | None:
    """Return the version to compare with: the one asked for, else the one it revises, else the one that revises it.

    Only versions of the same programme among `rows`; None where there is none. Raise ValueError for what is no id.
    """
    others = rows.filter(programme=strategy.programme_id).exclude(pk=strategy.pk).select_related("programme")
    if asked:
        return others.filter(pk=UUID(asked)).first()
    if strategy.revises_id:
        return others.filter(pk=strategy.revises_id).first()
    return others.filter(number__gt=strategy.number).order_by("number").first()


class Compare(NounPage):
    """What changed between two versions, in words."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        strategy = self.record(pk)
        rows = self.noun.rows(self.user)
        asked = request.GET.get("with", "").strip()
        try:
            other = other_version(strategy, asked, rows)
        except ValueError:
            other = None
        if asked and other is None:
            raise Http404("There is no such version of this strategy.")
        versions = rows.filter(programme=strategy.programme_id).exclude(pk=strategy.pk).order_by("-number")
        sections: list[Section] = []
        earlier = later = None
        if other is not None:
            earlier, later = sorted((strategy, other), key=lambda one: one.number)
            sections = compare(earlier, later)
        count = sum(len(section.differing) for section in sections)
        return self.shown(
            "strategy/compare.html",
            {
                "title": f"Version {later.number} against version {earlier.number}"
                if earlier and later
                else "Compare versions",
                "crumbs": [*self.noun.crumbs(strategy), (f"Version {strategy.number}", self.noun.url(strategy.pk))],
                "sentence": _sentence(count, later, other is not None),
                "earlier": earlier,
                "later": later,
                "differing": [section for section in sections if section.differing],
                "same": [section for section in sections if section.same],
                "versions": [{"record": one, "here": other is not None and one.pk == other.pk} for one in versions],
                "strategy": strategy,
            },
        )


def _sentence(count: int, later: Strategy | None, compared: bool) -> str:
    if not compared:
        return "There is no other version of this strategy yet."
    if not count:
        return "The two say the same."
    what = "1 thing differs" if count == 1 else f"{count} things differ"
    return f"{what}. Taken out is struck through, put in is underlined."
