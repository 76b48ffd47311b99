"""Filters of the shared nouns, for pages and REST alike."""

from __future__ import annotations

from functools import cache
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.forms import DateInput
from django.utils import timezone
from django_countries import countries

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference, Whole
from cmo_lifecycle.partners.models import (
    CMO,
    Capability,
    Certificate,
    Contact,
    Identifier,
    Inspection,
    Programme,
    Qualification,
    Relationship,
    Site,
    TierAssessment,
)
from cmo_lifecycle.partners.models.vocabulary import Modality, Phase, Scale, Service, Tier


@cache
def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name. Given as a function, so that a filter is copied without copying 250 of them."""
    return [(code, str(name)) for code, name in countries]


YES_NO = (("true", "Yes"), ("false", "No"))


def _day(**kwargs: Any) -> django_filters.DateFilter:
    return django_filters.DateFilter(widget=DateInput(attrs={"type": "date"}), **kwargs)


def _yes_no(**kwargs: Any) -> django_filters.TypedChoiceFilter:
    return Choice(choices=YES_NO, **kwargs)  # type: ignore[return-value]


class CMOFilters(RecordFilters):
    find_in = ("legal_name", "aliases")
    find_exact = ("external_id",)

    country = Choice(choices=country_choices, label="Country")
    kind = Choice(choices=CMO.Kind.choices, label="Type")
    modality = Choice(choices=Modality.choices, method="making", label="Modality")
    insured_until = _day(field_name="insurance_expires_on", lookup_expr="lte", label="Insurance ends by")
    parent = Reference(CMO, label="Parent company")
    external_id = Whole(label="External id")

    class Meta:
        model = CMO
        fields: list[str] = []

    def making(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(modalities__contains=[value])


class SiteFilters(RecordFilters):
    find_in = ("name", "city", "cmo__legal_name")
    find_exact = ("fei", "duns", "external_id")

    cmo = Reference(CMO, label="CMO")
    country = Choice(choices=country_choices, label="Country")
    service = Choice(choices=Service.choices, method="offering", label="Service")
    orderable = _yes_no(method="ordered_from", label="Orderable")
    watch = _yes_no(method="watched", label="On the watch list")
    fei = Whole(label="FEI")
    duns = Whole(label="DUNS")
    external_id = Whole(label="External id")

    class Meta:
        model = Site
        fields: list[str] = []

    def offering(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Exists(Capability.objects.filter(site=OuterRef("pk"), service=value)))

    def ordered_from(self, rows: Any, name: str, value: str) -> Any:
        orderable = Exists(orderable_qualifications().filter(site=OuterRef("pk")))
        return rows.filter(orderable if value == "true" else ~orderable)

    def watched(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(watch=value == "true")


def orderable_qualifications() -> Any:
    """Return the entries of the approved vendor list under which orders may be placed today."""
    today = timezone.localdate()
    return Qualification.objects.filter(
        Q(extended_to__gte=today) | Q(extended_to__isnull=True, next_review_on__gte=today),
        state__in=Qualification.ORDERABLE,
    )


class ProgrammeFilters(RecordFilters):
    find_in = ("name", "description")
    find_exact = ("external_id",)

    kind = Choice(choices=Programme.Kind.choices, label="Type")
    modality = Choice(choices=Modality.choices, label="Modality")
    phase = Choice(choices=Phase.choices, label="Phase")
    state = Choice(choices=Programme.State.choices, label="State")
    external_id = Whole(label="External id")

    class Meta:
        model = Programme
        fields: list[str] = []


class RelationshipFilters(RecordFilters):
    find_in = ("cmo__legal_name", "programme__name")
    find_exact = ("external_id",)

    state = Choice(choices=Relationship.State.choices, label="Stage")
    tier = Choice(choices=Tier.choices, label="Risk tier")
    mine = _yes_no(method="managed_by_me", label="Managed by me")
    registered_as_existing = _yes_no(method="registered", label="Registered as existing")
    cmo = Reference(CMO, label="CMO")
    programme = Reference(Programme, label="Programme")
    site = Reference(Site, field_name="sites", label="Site")
    manager = Reference(User, label="Manager")
    external_id = Whole(label="External id")

    class Meta:
        model = Relationship
        fields: list[str] = []

    def managed_by_me(self, rows: Any, name: str, value: str) -> Any:
        user = self.request.user
        return rows.filter(manager=user) if value == "true" else rows.exclude(manager=user)

    def registered(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(registered_as_existing=value == "true")


class QualificationFilters(RecordFilters):
    find_in = ("site__name", "site__cmo__legal_name", "scope")

    state = Choice(choices=Qualification.State.choices, label="State")
    service = Choice(choices=Service.choices, label="Service")
    orderable = _yes_no(method="ordered_from", label="Orderable")
    review_until = _day(field_name="next_review_on", lookup_expr="lte", label="Review due by")
    site = Reference(Site, label="Site")
    cmo = Reference(CMO, field_name="site__cmo", label="CMO")

    class Meta:
        model = Qualification
        fields: list[str] = []

    def ordered_from(self, rows: Any, name: str, value: str) -> Any:
        keys = orderable_qualifications().values("pk")
        return rows.filter(pk__in=keys) if value == "true" else rows.exclude(pk__in=keys)


class CertificateFilters(RecordFilters):
    find_in = ("number", "issuer", "site__name")

    kind = Choice(choices=Certificate.Kind.choices, label="Type")
    expires_until = _day(field_name="expires_on", lookup_expr="lte", label="Expires by")
    site = Reference(Site, label="Site")
    cmo = Reference(CMO, field_name="site__cmo", label="CMO")

    class Meta:
        model = Certificate
        fields: list[str] = []


class InspectionFilters(RecordFilters):
    find_in = ("authority", "site__name", "summary")

    classification = Choice(choices=Inspection.Classification.choices, label="Classification")
    kind = Choice(choices=Inspection.Kind.choices, label="Type")
    unanswered = _yes_no(method="owed_an_answer", label="Response open")
    since = _day(field_name="started_on", lookup_expr="gte", label="Since")
    site = Reference(Site, label="Site")
    cmo = Reference(CMO, field_name="site__cmo", label="CMO")

    class Meta:
        model = Inspection
        fields: list[str] = []

    def owed_an_answer(self, rows: Any, name: str, value: str) -> Any:
        owed = Q(response_due_on__isnull=False, responded_on__isnull=True)
        return rows.filter(owed) if value == "true" else rows.exclude(owed)


class CapabilityFilters(RecordFilters):
    find_in = ("site__name", "site__cmo__legal_name", "notes")

    service = Choice(choices=Service.choices, label="Service")
    modality = Choice(choices=Modality.choices, label="Modality")
    scale = Choice(choices=Scale.choices, label="Scale")
    site = Reference(Site, label="Site")
    cmo = Reference(CMO, field_name="site__cmo", label="CMO")

    class Meta:
        model = Capability
        fields: list[str] = []


class ContactFilters(RecordFilters):
    find_in = ("name", "position", "email", "cmo__legal_name")

    cmo = Reference(CMO, label="CMO")

    class Meta:
        model = Contact
        fields: list[str] = []


class IdentifierFilters(RecordFilters):
    find_in = ("value", "cmo__legal_name")

    scheme = Choice(choices=Identifier.Scheme.choices, label="Scheme")
    value = django_filters.CharFilter(label="Id")
    cmo = Reference(CMO, label="CMO")

    class Meta:
        model = Identifier
        fields: list[str] = []


class TierAssessmentFilters(RecordFilters):
    find_in = ("relationship__cmo__legal_name", "relationship__programme__name")

    state = Choice(choices=TierAssessment.State.choices, label="State")
    relationship = Reference(Relationship, label="Relationship")

    class Meta:
        model = TierAssessment
        fields: list[str] = []
