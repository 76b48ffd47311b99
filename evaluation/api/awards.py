from __future__ import annotations

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from cmo_lifecycle.doors.pdf import as_file
from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.workflow.refusals import NotPermitted
from evaluation import access
from evaluation.models import Award
from evaluation.pdf import report_name, report_paper


class AwardViewSet(RecordViewSet):
    """Recommendations of whom to choose, and the committee's signed decisions. The ranking is the RFP's board."""

    model = Award
    writable = ("programme", "rfp", "recommendation", "against", "single_source", "external_id")
    fields = (*writable, "signed_at", "standstill_until", "state")
    filters = ("programme", "rfp", "signed_at", "standstill_until", "external_id", "state", "updated_at")
    searched = ("recommendation", "single_source")
    orderings = ("created_at", "signed_at", "updated_at")
    default_order = "-created_at"

    @address("report", "The recommendation report: on what it was proposed and signed.", pdf=True)
    def report(self, request: Request, asked: Asked) -> HttpResponseBase:
        """The recommendation report as a file, once one's own scores are in."""
        rfp = asked.record.rfp
        if rfp is not None and access.blind_to(request.user, rfp):
            raise NotPermitted("You see it once your own scores are handed in.")
        return as_file(report_paper(asked.record), report_name(asked.record))
