"""Pages from the start of an RFP to its deadline."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.writing import GoOnPage, WritePage
from evaluation.views.requesting import panels  # noqa: F401 - hangs its panels on programmes and relationships
from evaluation.views.requesting.beginning import LibraryPage, TemplatePage
from evaluation.views.requesting.exchange import Addenda, Enquiries
from evaluation.views.requesting.inviting import InvitationsPage, PanelPage
from evaluation.views.requesting.questions import Library, ReviseQuestion
from evaluation.views.requesting.rfps import Rfps
from evaluation.views.requesting.tracing import TracePage
from evaluation.views.requesting.writer import WRITER

_own = pages.urls(Rfps, Enquiries, Addenda, Library)
_rfps = pages.noun_of(Rfps.model)
_library = pages.noun_of(Library.model)

urlpatterns: list[URLPattern] = [
    path("rfps/<uuid:pk>/write/", GoOnPage.as_view(writer=WRITER), name="rfp_go_on"),
    path("rfps/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=WRITER), name="rfp_write"),
    path("rfps/<uuid:pk>/template/", TemplatePage.as_view(noun=_rfps), name="rfp_template"),
    path("rfps/<uuid:pk>/library/", LibraryPage.as_view(noun=_rfps), name="rfp_library"),
    path("rfps/<uuid:pk>/trace/", TracePage.as_view(noun=_rfps), name="rfp_trace"),
    path("rfps/<uuid:pk>/panel/", PanelPage.as_view(noun=_rfps), name="rfp_panel"),
    path("rfps/<uuid:pk>/invitations/", InvitationsPage.as_view(noun=_rfps), name="rfp_invitations"),
    path("library-questions/<uuid:pk>/revise/", ReviseQuestion.as_view(noun=_library), name="library_question_revise"),
    *_own,
]
