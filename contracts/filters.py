"""Filters of the lists of contracting, the same for page and REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference, Whole
from cmo_lifecycle.partners.models import CMO, Programme
from contracts.clauses.coverage import STATUSES
from contracts.models import (
    Agreement,
    AgreementEvent,
    Clause,
    ContractDocument,
    Delegation,
    Exercise,
    NegotiationPoint,
    Obligation,
    Side,
    SplitAnswer,
    Subcontractor,
    Waiver,
)

#: How far ahead the register looks.
SOON = timedelta(days=90)
VIEWS = [
    ("ending", "Ends or renews in 90 days"),
    ("notice", "Notice due in 90 days"),
    ("approving", "With us to approve"),
    ("signing", "Out for signature"),
    ("in_force", "In force"),
]


class AgreementFilters(RecordFilters):
    """Agreements."""

    find_in = ("reference", "title", "cmo__legal_name", "programme__name", "products")
    find_exact = ("external_id",)

    cmo = Reference(CMO, label="CMO")
    programme = Reference(Programme, label="Programme")
    parent = Reference(Agreement, label="Under")
    view = Choice(label="Show", choices=VIEWS, method="by_view")
    state = Choice(label="State", choices=Agreement.State.choices)
    kind = Choice(label="Kind", choices=Agreement.Kind.choices)
    external_id = Whole(label="External id")

    class Meta:
        model = Agreement
        fields: list[str] = []

    def by_view(self, rows: Any, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        match value:
            case "ending":
                return rows.signed().filter(ends_by__range=(today, today + SOON))  # type: ignore[no-any-return]
            case "notice":
                return rows.signed().filter(notice_by__range=(today, today + SOON))  # type: ignore[no-any-return]
            case "approving":
                return rows.filter(state=Agreement.State.INTERNAL_REVIEW)  # type: ignore[no-any-return]
            case "signing":
                return rows.filter(state=Agreement.State.OUT_FOR_SIGNATURE)  # type: ignore[no-any-return]
        return rows.in_force()  # type: ignore[no-any-return]


class ContractDocumentFilters(RecordFilters):
    """Texts of agreements."""

    find_in = ("agreement__reference", "agreement__title", "agreement__cmo__legal_name", "note")

    agreement = Reference(Agreement, label="Agreement")
    origin = Choice(label="It is", choices=ContractDocument.Origin.choices)

    class Meta:
        model = ContractDocument
        fields: list[str] = []


class NegotiationPointFilters(RecordFilters):
    """Points of negotiations."""

    find_in = ("title", "target", "fallback", "agreement__reference", "agreement__cmo__legal_name")

    agreement = Reference(Agreement, label="Agreement")
    state = Choice(label="State", choices=NegotiationPoint.State.choices)
    outcome = Choice(label="Outcome", choices=NegotiationPoint.Outcome.choices)

    class Meta:
        model = NegotiationPoint
        fields: list[str] = []


class SubcontractorFilters(RecordFilters):
    """Subcontractors of CMOs."""

    find_in = ("name", "activity", "agreement__reference", "agreement__cmo__legal_name")

    agreement = Reference(Agreement, label="Agreement")
    state = Choice(label="State", choices=Subcontractor.State.choices)

    class Meta:
        model = Subcontractor
        fields: list[str] = []


class ExerciseFilters(RecordFilters):
    """Events that were walked through quality agreements."""

    find_in = ("event", "gaps", "agreement__reference", "agreement__cmo__legal_name")

    agreement = Reference(Agreement, label="Agreement")
    state = Choice(label="State", choices=Exercise.State.choices)

    class Meta:
        model = Exercise
        fields: list[str] = []


class DelegationFilters(RecordFilters):
    """Versions of the delegation of authority."""

    state = Choice(label="State", choices=Delegation.State.choices)

    class Meta:
        model = Delegation
        fields: list[str] = []


class SplitAnswerFilters(RecordFilters):
    """Questions whether commitments are one."""

    find_in = ("question",)

    state = Choice(label="State", choices=SplitAnswer.State.choices)
    agreement = Reference(Agreement, label="Agreement")

    class Meta:
        model = SplitAnswer
        fields: list[str] = []


class ClauseFilters(RecordFilters):
    """What was said of the topics of agreements."""

    find_in = ("words", "note", "agreement__reference", "agreement__cmo__legal_name")

    agreement = Reference(Agreement, label="Agreement")
    topic = Choice(label="Topic", choices=Clause._meta.get_field("topic").choices)
    status = Choice(label="Is", choices=list(STATUSES.items()))

    class Meta:
        model = Clause
        fields: list[str] = []


class WaiverFilters(RecordFilters):
    """Waivers of what strategies ask for."""

    find_in = ("title", "grounds", "agreement__reference", "agreement__cmo__legal_name")

    agreement = Reference(Agreement, label="Agreement")
    state = Choice(label="State", choices=Waiver.State.choices)

    class Meta:
        model = Waiver
        fields: list[str] = []


class CoverageFilters(RecordFilters):
    """Agreements of the coverage matrix."""

    find_in = ("reference", "title", "cmo__legal_name", "programme__name")

    cmo = Reference(CMO, label="CMO")
    programme = Reference(Programme, label="Programme")
    kind = Choice(label="Kind", choices=[one for one in Agreement.Kind.choices if one[0] != Agreement.Kind.AMENDMENT])
    state = Choice(label="State", choices=Agreement.State.choices)

    class Meta:
        model = Agreement
        fields: list[str] = []


DUE_VIEWS = [
    ("overdue", "Overdue"),
    ("soon", "Due in 90 days"),
    ("mine", "Open, and mine to see to"),
    ("undated", "Open without a day"),
]


class ObligationFilters(RecordFilters):
    """What is owed under agreements."""

    find_in = ("title", "agreement__reference", "agreement__title", "agreement__cmo__legal_name", "owner__name")

    agreement = Reference(Agreement, label="Agreement")
    cmo = Reference(CMO, label="CMO", field_name="agreement__cmo")
    owner = Reference(User, label="Owner")
    view = Choice(label="Show", choices=DUE_VIEWS, method="by_view")
    side = Choice(label="Owed by", choices=Side.choices)
    state = Choice(label="State", choices=Obligation.State.choices)

    class Meta:
        model = Obligation
        fields: list[str] = []

    def by_view(self, rows: Any, name: str, value: str) -> QuerySet:
        today, rows = timezone.localdate(), rows.filter(state=Obligation.State.OPEN)
        match value:
            case "overdue":
                return rows.filter(due_on__lt=today)  # type: ignore[no-any-return]
            case "soon":
                return rows.filter(due_on__lte=today + SOON)  # type: ignore[no-any-return]
            case "mine":
                return rows.filter(owner=self.request.user.pk)  # type: ignore[no-any-return]
        return rows.filter(due_on__isnull=True)  # type: ignore[no-any-return]


class AgreementEventFilters(RecordFilters):
    """Events that have started clocks of agreements."""

    find_in = ("what", "agreement__reference", "agreement__cmo__legal_name")

    agreement = Reference(Agreement, label="Agreement")
    state = Choice(label="State", choices=AgreementEvent.State.choices)

    class Meta:
        model = AgreementEvent
        fields: list[str] = []
