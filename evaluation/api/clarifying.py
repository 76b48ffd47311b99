"""What bidders ask and are told while an RFP is open. Who asked is no member of anything."""

from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from evaluation.models import Addendum, Enquiry


class EnquiryViewSet(RecordViewSet):
    """Questions of bidders about an RFP, answered to all of them; never whose they are."""

    model = Enquiry
    fields = ("rfp", "number", "asked_at", "question", "wording", "answer", "answered_at", "state")
    filters = {
        "rfp": "rfp",
        "programme": "rfp__programme",
        "state": "state",
        "asked_at": "asked_at",
        "updated_at": "updated_at",
    }
    searched = ("question", "wording", "answer")
    orderings = ("number", "asked_at", "updated_at")
    default_order = "number"


class AddendumViewSet(RecordViewSet):
    """Changes of issued RFPs, told to all bidders."""

    model = Addendum
    writable = ("rfp", "title", "body", "closes_at")
    fields = ("rfp", "number", "title", "body", "closes_at", "published_at", "state")
    filters = {
        "rfp": "rfp",
        "programme": "rfp__programme",
        "state": "state",
        "published_at": "published_at",
        "updated_at": "updated_at",
    }
    searched = ("title", "body")
    orderings = ("number", "created_at", "published_at", "updated_at")
    default_order = "number"
