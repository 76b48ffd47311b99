"""Filters of the lists of contracting, the same for page and REST."""

from __future__ import annotations

from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference
from contracts.models import Agreement, Delegation, Exercise, NegotiationPoint, SplitAnswer, Subcontractor


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
