"""What is handed out of an award: the report and the letters."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pdf import as_file
from evaluation.access import blind_to
from evaluation.letters import written_to
from evaluation.pdf import letter_name, letter_paper, report_name, report_paper


def _not_blind(award: Any, user: Any) -> None:
    if award.rfp is not None and blind_to(user, award.rfp):
        raise PermissionDenied("You see it once your own scores are handed in.")


class ReportFile(NounPage):
    """The recommendation report."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        _not_blind(record, self.user)
        return as_file(report_paper(record), report_name(record))


class LettersPage(NounPage):
    """What every bidder was written, with its debrief."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        letters = list(written_to(record))
        return self.shown(
            "evaluation/deciding/letters.html",
            {
                "title": "Letters and debriefs",
                "sentence": f"{len(letters)} bidders were written to."
                if letters
                else "Letters are written when the committee has signed.",
                "crumbs": [*self.noun.crumbs(record), (self.noun.title(record), self.noun.url(record.pk))],
                "letters": [
                    {"letter": one, "url": reverse("evaluation:award_letter", args=[record.pk, one.pk])}
                    for one in letters
                ],
            },
        )


class LetterFile(NounPage):
    """One letter as a file."""

    def get(self, request: HttpRequest, pk: Any, proposal: Any) -> HttpResponse:
        record = self.record(pk)
        letter = written_to(record).filter(pk=proposal).first()
        if letter is None:
            raise Http404("There is no such letter.")
        return as_file(letter_paper(record, letter), letter_name(record, letter))
