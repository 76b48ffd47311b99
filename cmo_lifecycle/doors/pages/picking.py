"""Suggestions for a field in which a record is chosen by typing its name."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html_join

from cmo_lifecycle.doors.fields import label_of
from cmo_lifecycle.doors.pages import registry
from cmo_lifecycle.doors.pages.base import SignedIn

SHOWN = 12


class Pick(SignedIn):
    """The options of a datalist: records of a noun whose name holds what was typed, those that begin so first."""

    def get(self, request: HttpRequest, noun: str) -> HttpResponse:
        found = next((one for one in registry.NOUNS.values() if one.stem == noun and one.pick_by), None)
        if found is None:
            raise Http404("Nothing is chosen by name here.")
        text = request.GET.get(request.GET.get("field", "q"), "").strip()[:100]
        first = found.pick_by[0]
        rows = found.rows(self.user).order_by(first, "pk")
        above = {path.rpartition("__")[0] for path in found.pick_by if "__" in path}
        if above:
            rows = rows.select_related(*above)
        shown = list(rows.filter(**{f"{first}__istartswith": text})[:SHOWN])
        if text and len(shown) < SHOWN:
            seen = [row.pk for row in shown]
            shown += list(rows.filter(**{f"{first}__icontains": text}).exclude(pk__in=seen)[: SHOWN - len(shown)])
        return HttpResponse(
            format_html_join("", '<option value="{}"></option>', ((label_of(row, found.pick_by),) for row in shown))
        )
