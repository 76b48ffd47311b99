"""Filters of the lists of RFP and selection, the same for page and REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference, Whole
from cmo_lifecycle.partners.models import CMO, Programme
from cmo_lifecycle.partners.models.vocabulary import Service
from evaluation.models import Addendum, Candidate, Cda, Enquiry, Evaluator, LibraryQuestion, Proposal, Rfp
from evaluation.models.sheets import GROUP_CHOICES
from evaluation.models.vocabulary import AnswerKind, EnvelopeKind

#: How long before its end a CDA is told of: a new one takes weeks of legal's time.
CDA_ENDS_SOON = timedelta(days=60)
STANDINGS = [("live", "In force today"), ("ending", "Ends within 60 days"), ("ended", "Run out")]
LIVES = [("open", "Under way"), ("before", "Before issue"), ("sealed", "Issued or sealed"), ("over", "Over")]


class CdaFilters(RecordFilters):
    """Confidentiality agreements."""

    find_in = ("cmo__legal_name", "number", "programme__name")
    find_exact = ("external_id",)

    cmo = Reference(CMO, label="CMO")
    programme = Reference(Programme, label="Programme")
    state = Choice(label="State", choices=Cda.State.choices)
    standing = Choice(label="Standing", choices=STANDINGS, method="by_standing")
    external_id = Whole(label="External id")

    class Meta:
        model = Cda
        fields: list[str] = []

    def by_standing(self, rows: Any, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        match value:
            case "live":
                return rows.live(today)  # type: ignore[no-any-return]
            case "ending":
                return rows.live(today).filter(expires_on__lte=today + CDA_ENDS_SOON)  # type: ignore[no-any-return]
        return rows.filter(state=Cda.State.IN_FORCE, expires_on__lt=today)  # type: ignore[no-any-return]


class CandidateFilters(RecordFilters):
    """Candidates of programmes."""

    find_in = ("cmo__legal_name", "programme__name", "found_by")
    find_exact = ("external_id",)

    programme = Reference(Programme, label="Programme")
    cmo = Reference(CMO, label="CMO")
    state = Choice(label="Stage", choices=Candidate.State.choices)
    channel = Choice(label="How we came to it", choices=Candidate.Channel.choices)
    external_id = Whole(label="External id")

    class Meta:
        model = Candidate
        fields: list[str] = []


class RfpFilters(RecordFilters):
    """Requests to CMOs."""

    find_in = ("reference", "title", "programme__name")
    find_exact = ("external_id",)

    programme = Reference(Programme, label="Programme")
    kind = Choice(label="Type", choices=Rfp.Kind.choices)
    life = Choice(label="Where it stands", choices=LIVES, method="by_life")
    state = Choice(label="State", choices=Rfp.State.choices)
    service = Choice(label="Service", choices=Service.choices)
    external_id = Whole(label="External id")

    class Meta:
        model = Rfp
        fields: list[str] = []

    def by_life(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        match value:
            case "before":
                return rows.filter(state__in=Rfp.BEFORE_ISSUE)
            case "sealed":
                return rows.filter(state__in=Rfp.SEALED)
            case "over":
                return rows.filter(state__in=Rfp.OVER)
        return rows.exclude(state__in=Rfp.OVER)


class ProposalFilters(RecordFilters):
    """Invitations and what came of them."""

    find_in = ("cmo__legal_name", "rfp__reference", "rfp__title")

    rfp = Reference(Rfp, label="RFP")
    cmo = Reference(CMO, label="CMO")
    state = Choice(label="State", choices=Proposal.State.choices)

    class Meta:
        model = Proposal
        fields: list[str] = []


class EvaluatorFilters(RecordFilters):
    """Seats on panels."""

    find_in = ("person__name", "rfp__reference", "rfp__title")

    rfp = Reference(Rfp, label="RFP")
    state = Choice(label="Declaration", choices=Evaluator.State.choices)

    class Meta:
        model = Evaluator
        fields: list[str] = []


class EnquiryFilters(RecordFilters):
    """Questions of bidders."""

    find_in = ("question", "wording", "answer", "rfp__reference")

    rfp = Reference(Rfp, label="RFP")
    state = Choice(label="State", choices=Enquiry.State.choices)

    class Meta:
        model = Enquiry
        fields: list[str] = []


class AddendumFilters(RecordFilters):
    """Addenda to issued RFPs."""

    find_in = ("title", "body", "rfp__reference")

    rfp = Reference(Rfp, label="RFP")
    state = Choice(label="State", choices=Addendum.State.choices)

    class Meta:
        model = Addendum
        fields: list[str] = []


class LibraryFilters(RecordFilters):
    """Questions kept for the next RFP. Words are looked for in the question as well as in its code."""

    find_in = ("question", "code", "help")

    group = Choice(label="Group", choices=GROUP_CHOICES)
    kind = Choice(label="Answered by", choices=AnswerKind.choices)
    envelope = Choice(label="Envelope", choices=EnvelopeKind.choices)
    state = Choice(label="State", choices=LibraryQuestion.State.choices)
    banded = Choice(label="Scored from the answer", choices=[("yes", "Yes"), ("no", "No")], method="by_bands")

    class Meta:
        model = LibraryQuestion
        fields: list[str] = []

    def by_bands(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        banded = ~Q(bands="")
        return rows.filter(banded if value == "yes" else ~banded)
