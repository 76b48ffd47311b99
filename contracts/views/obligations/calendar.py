"""The calendar of agreements, as a month and as a list, and a person's own days as a file."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages import SignedIn
from cmo_lifecycle.partners.clocks import add_months
from contracts.almanac import KINDS, Entry, entries
from contracts.duties import MONTHS_AHEAD
from contracts.ical import Day, written

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
VIEWS = {"month": "Month", "list": "List"}
#: Months that the list shows.
LISTED = 3
#: How far back a person's own file reaches: what is overdue stays in it.
BACK = timedelta(days=366)
TONES = {"end": "watch", "renewal": "watch", "notice": "bad", "review": "info", "ours": "info", "theirs": "none"}


class CalendarPage(SignedIn):
    """What ends, renews, is due for notice or review, or owed, over all agreements that the person sees."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        first = _month(request.GET.get("month", ""), today)
        view = request.GET.get("view") if request.GET.get("view") in VIEWS else "month"
        own = request.GET.get("own") == "true"
        weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
        last = weeks[-1][-1] if view == "month" else add_months(first, LISTED) - timedelta(days=1)
        found = entries(self.user, weeks[0][0] if view == "month" else first, last, own=own)
        by_day: dict[date, list[Entry]] = {}
        for one in found:
            by_day.setdefault(one.on, []).append(one)
        name = f"{first:%B %Y}"
        if view == "list":
            name = f"{first:%B %Y} to {last:%B %Y}"
        return self.shown(
            "contracts/obligations/calendar.html",
            {
                "title": "Calendar",
                "sentence": "What ends, renews, is due for notice or review, or owed, over all agreements that you see."
                f" What is owed is written down {MONTHS_AHEAD} months ahead.",
                "name": name,
                "view": view,
                "views": [(key, label, self._url(first, key, own), key == view) for key, label in VIEWS.items()],
                "own": own,
                "own_url": self._url(first, str(view), not own),
                "month": f"{first:%Y-%m}",
                "before": self._url(add_months(first, -1), str(view), own),
                "after": self._url(add_months(first, 1), str(view), own),
                "now_url": self._url(today, str(view), own),
                "weekdays": DAYS,
                "weeks": [[self._day(day, first, today, by_day) for day in week] for week in weeks]
                if view == "month"
                else [],
                "listed": [self._day(day, first, today, by_day) for day in sorted(by_day)],
                "many": len([one for one in found if view == "list" or one.on.month == first.month]),
                "file_url": reverse("contracts:own_calendar"),
                "legend": [(TONES[key], label) for key, label in KINDS.items()],
            },
        )

    @staticmethod
    def _day(day: date, first: date, today: date, by_day: dict[date, list[Entry]]) -> dict[str, Any]:
        return {
            "on": day,
            "number": day.day,
            "label": f"{DAYS[day.weekday()]}, {fmt.day(day)}",
            "outside": day.month != first.month,
            "is_today": day == today,
            "entries": [{"entry": one, "tone": TONES[one.kind]} for one in by_day.get(day, ())],
        }

    @staticmethod
    def _url(day: date, view: str, own: bool) -> str:
        asked = {"month": f"{day:%Y-%m}", "view": view} | ({"own": "true"} if own else {})
        return f"{reverse('contracts:calendar')}?{urlencode(asked)}"


def _month(text: str, today: date) -> date:
    """Return the first day of a month as the address gives it; of this one where it gives none that there is."""
    if re.fullmatch(r"(199\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])", text, re.ASCII):
        return date(int(text[:4]), int(text[5:]), 1)
    return today.replace(day=1)


class OwnCalendar(SignedIn):
    """What the person sees to, as an iCalendar file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        found = entries(self.user, today - BACK, add_months(today, MONTHS_AHEAD), own=True)
        root = settings.PUBLIC_URL.rstrip("/")
        host = root.partition("://")[2].partition("/")[0] or "cmo-lifecycle"
        days = [
            Day(f"{one.key}@{host}", one.on, f"{one.title} ({one.of})", one.what, f"{root}{one.url}") for one in found
        ]  # fmt: skip
        text = written(days, timezone.now(), f"Obligations of {self.user.name}")
        answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="obligations.ics"'
        answer["Cache-Control"] = "private, no-store"
        return answer
