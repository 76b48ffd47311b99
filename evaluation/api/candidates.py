"""The way to the short list, and the agreement without which nobody is told anything."""

from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from evaluation.models import Candidate, Cda


class CdaViewSet(RecordViewSet):
    """Confidential disclosure agreements with CMOs: for one programme, or for all."""

    model = Cda
    writable = (
        "cmo",
        "programme",
        "number",
        "mutual",
        "purpose",
        "signed_on",
        "expires_on",
        "secret_until",
        "external_id",
    )
    fields = (*writable, "state")
    filters = ("cmo", "programme", "number", "signed_on", "expires_on", "external_id", "state", "updated_at")
    searched = ("number", "cmo__legal_name")
    orderings = {
        "cmo": "cmo__legal_name",
        "signed_on": "signed_on",
        "expires_on": "expires_on",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "cmo,-signed_on"


class CandidateViewSet(RecordViewSet):
    """CMOs found for a programme, on their way from the scan to the short list, each with its must-haves."""

    model = Candidate
    writable = ("programme", "cmo", "site", "channel", "found_by", "notes", "external_id")
    fields = (*writable, "state")
    filters = ("programme", "cmo", "site", "channel", "external_id", "state", "updated_at")
    searched = ("cmo__legal_name", "found_by")
    orderings = {
        "programme": "programme__name",
        "cmo": "cmo__legal_name",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "programme,cmo"
