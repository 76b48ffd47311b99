"""The guided writer of a large record: a question a screen, savable at any point, with what is missing at its field.

A room declares its screens and a `Writer`, and gets the pages::

    class RfpWriter(Writer):
        model = Rfp
        screens = SCREENS
        page = "evaluation:rfp_write"

        def findings(self, record):
            return findings(record)

    path("rfps/<uuid:pk>/write/", GoOnPage.as_view(writer=RfpWriter())),
    path("rfps/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=RfpWriter()), name="rfp_write"),
"""

from cmo_lifecycle.doors.writing.page import GoOnPage, WritePage
from cmo_lifecycle.doors.writing.shapes import Asked, Screen
from cmo_lifecycle.doors.writing.writer import Entry, Writer
from cmo_lifecycle.doors.writing.written import ScreenForm, Written

__all__ = ["Asked", "Entry", "GoOnPage", "Screen", "ScreenForm", "WritePage", "Writer", "Written"]
