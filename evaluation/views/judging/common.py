"""What the pages of the judgement of an RFP have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages import SignedIn, noun_of
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.doors.pages.registry import url_of_row
from evaluation.access import seat_of, was_opened, why_not
from evaluation.models import Evaluator, Rfp
from evaluation.views.places import places
from strategy.rules.shapes import GROUPS
from strategy.sums.numbers import plain

#: How many proposals stand beside each other.
ACROSS = 8


class RfpPage(SignedIn):
    """A page over the opened proposals of one RFP."""

    #: Key of `evaluation.views.places.PLACES`.
    place = ""

    def rfp(self, pk: Any) -> Any:
        """Return the RFP; 404 for a foreign one, 403 with the reason where its opened content is closed."""
        found = Rfp.objects.visible_to(self.user).select_related("programme", "owner").filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such RFP.")
        if was_opened(found) and (sentence := why_not(self.user, found)):
            raise PermissionDenied(sentence)
        return found

    def frame(self, rfp: Any) -> dict[str, Any]:
        """Return what every such page is framed by."""
        return {
            "rfp": rfp,
            "crumbs": crumbs(rfp),
            "tabs": places(rfp, self.place),
            "sealed": "" if was_opened(rfp) else sealed_words(rfp),
            "state_record": rfp,
        }


def turned(request: HttpRequest, **changes: str | None) -> str:
    """Return the address of this page with some of what it says changed; None takes a word out."""
    query = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode(safe=':,')}" if query else request.path


def part_of(
    request: HttpRequest, rows: Sequence[Any], size: int, word: str = "from", **changes: None
) -> dict[str, Any]:
    """Return `size` of the rows from where `word` of the address says, and the addresses of those beside them.

    `first` and `last` count from 1; `before` and `after` are empty where there is nothing. `changes` go into both.
    """
    start = whole_number(request.GET.get(word), 4) or 0
    if start >= len(rows):
        start = 0
    shown = list(rows[start : start + size])

    def at(place: int) -> str:
        return turned(request, **{**changes, word: str(place) if place else None})

    return {
        "shown": shown,
        "of": len(rows),
        "first": start + 1,
        "last": start + len(shown),
        "before": at(max(0, start - size)) if start else "",
        "after": at(start + size) if start + size < len(rows) else "",
    }


def crumbs(rfp: Any) -> list[tuple[str, str]]:
    """Return the way down to an RFP, itself included."""
    pages = noun_of(Rfp)
    return [*(pages.crumbs(rfp) if pages else []), (rfp.reference, url_of_row(Rfp, rfp.pk))]


def sealed_words(rfp: Any) -> str:
    """Say why there is nothing to judge before the opening."""
    if rfp.state in Rfp.BEFORE_ISSUE:
        return "It has not been issued yet, so there is nothing to judge."
    if rfp.state == Rfp.State.CANCELLED:
        return "It was cancelled; what was sealed stays sealed."
    if rfp.state == Rfp.State.CLOSED:
        return "The proposals are sealed until two people open them together."
    return f"The proposals are sealed until {fmt.moment(rfp.closes_at)}, and until two people open them together then."


def declaration_url(user: Any, rfp: Any) -> str:
    """Return where the person declares their interests; empty where nothing is asked of them."""
    seat = seat_of(user, rfp)
    if seat is None or seat.state != Evaluator.State.ASKED:
        return ""
    return url_of_row(Evaluator, seat.pk)


def grouped(rows: Any, group: Any) -> list[tuple[str, list[Any]]]:
    """Return rows by their group of criteria: its name and its rows, in the order of the five groups."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(group(row), []).append(row)
    return [(name, found[code]) for code, name in GROUPS.items() if code in found]


def percent(weight: Any) -> str:
    """Write a weight without idle zeros: '22.5 %'."""
    return fmt.with_unit(plain(weight), "%")
