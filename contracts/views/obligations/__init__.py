"""Pages of what is owed: obligations, events, the calendar, duties, terms out of the library, and sums."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.writing import WritePage
from contracts.views.obligations import panels  # noqa: F401 - hangs its panels on agreements and desks
from contracts.views.obligations.calendar import CalendarPage, OwnCalendar
from contracts.views.obligations.nouns import AgreementEvents, Obligations
from contracts.views.obligations.terms import DUTIES_WRITER, LibraryTerms, SumsPage

urlpatterns: list[URLPattern] = [
    path("calendar/", CalendarPage.as_view(), name="calendar"),
    path("calendar/own.ics", OwnCalendar.as_view(), name="own_calendar"),
    path(
        "agreements/<uuid:pk>/write/duties/",
        WritePage.as_view(writer=DUTIES_WRITER),
        {"screen": "duties"},
        name="agreement_duties",
    ),
    path("agreements/<uuid:pk>/library-terms/", LibraryTerms.as_view(), name="library_terms"),
    path("agreements/<uuid:pk>/sums/", SumsPage.as_view(), name="agreement_sums"),
    *pages.urls(Obligations, AgreementEvents),
]
