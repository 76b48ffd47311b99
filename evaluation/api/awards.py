from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from cmo_lifecycle.doors.pdf import as_file
from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Moment
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.workflow.refusals import NotPermitted
from evaluation import access
from evaluation.api.shapes import KEY, TEXT, WHOLE, array, described
from evaluation.letters import written_to
from evaluation.models import Award, Letter
from evaluation.pdf import report_name, report_paper

LETTER = described(
    proposal_id=KEY,
    cmo_id=KEY,
    kind={"type": "string", "enum": [*Letter.Kind.values]},
    body=TEXT,
    debrief={"type": "string", "description": "How its own proposal was judged, without a word about the others."},
    at=Moment().schema(),
)
LETTERS = described(version=WHOLE, results=array(LETTER))


def letter_as_json(letter: Letter) -> dict[str, Any]:
    """Return a letter as `LETTER` describes it."""
    return {
        "proposal_id": letter.proposal_id,
        "cmo_id": letter.proposal.cmo_id,
        "kind": letter.kind,
        "body": letter.body,
        "debrief": letter.debrief,
        "at": letter.at,
    }


class AwardViewSet(RecordViewSet):
    """Recommendations of whom to choose, and the committee's signed decisions. The ranking is the RFP's board."""

    model = Award
    writable = ("programme", "rfp", "recommendation", "against", "single_source", "external_id")
    fields = (*writable, "signed_at", "standstill_until", "state")
    filters = ("programme", "rfp", "signed_at", "standstill_until", "external_id", "state", "updated_at")
    searched = ("recommendation", "single_source")
    orderings = ("created_at", "signed_at", "updated_at")
    default_order = "-created_at"

    @address("letters", "What every bidder was written, with its debrief; none before it is signed.", answer=LETTERS)
    def letters(self, request: Request, asked: Asked) -> Any:
        """The letters of award and of regret, each with the debrief that went along."""
        return {"version": asked.record.version, "results": [letter_as_json(one) for one in written_to(asked.record)]}

    @address("report", "The recommendation report: on what it was proposed and signed.", pdf=True)
    def report(self, request: Request, asked: Asked) -> HttpResponseBase:
        """The recommendation report as a file, once one's own scores are in."""
        rfp = asked.record.rfp
        if rfp is not None and access.blind_to(request.user, rfp):
            raise NotPermitted("You see it once your own scores are handed in.")
        return as_file(report_paper(asked.record), report_name(asked.record))
