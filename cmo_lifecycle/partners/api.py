"""The shared model over REST."""

from __future__ import annotations

from django.utils import timezone

from cmo_lifecycle.doors.rest.kinds import Day, Flag, Member, nullable
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.partners import (
    actions,  # noqa: F401 (its verbs become endpoints)
    models,
)
from cmo_lifecycle.partners.tiering import FACTORS, tier_of


class CMOViewSet(RecordViewSet):
    """Contract manufacturing organisations: companies, not their sites."""

    model = models.CMO
    writable = (
        "legal_name",
        "aliases",
        "parent",
        "change_of_control_on",
        "country",
        "kind",
        "modalities",
        "financial_rating",
        "financial_rating_on",
        "insurance_expires_on",
        "website",
        "notes",
        "external_id",
    )
    fields = writable
    filters = (
        "legal_name",
        "parent",
        "country",
        "kind",
        "modalities",
        "insurance_expires_on",
        "external_id",
        "updated_at",
    )
    searched = ("legal_name",)
    orderings = ("legal_name", "country", "insurance_expires_on", "created_at", "updated_at")
    default_order = "legal_name"


class IdentifierViewSet(RecordViewSet):
    """Numbers by which others know a CMO."""

    model = models.Identifier
    writable = ("cmo", "scheme", "value")
    fields = writable
    filters = ("cmo", "scheme", "value", "updated_at")
    orderings = ("scheme", "value", "updated_at")


class ContactViewSet(RecordViewSet):
    """People at a CMO."""

    model = models.Contact
    writable = ("cmo", "name", "position", "email", "phone", "user", "left_on")
    fields = writable
    filters = ("cmo", "name", "email", "user", "left_on", "updated_at")
    searched = ("name", "email")
    orderings = ("name", "updated_at")
    default_order = "name"


class SiteViewSet(RecordViewSet):
    """Addresses at which CMOs work. An FEI is not unique, a DUNS is."""

    model = models.Site
    writable = (
        "cmo",
        "name",
        "address",
        "city",
        "postal_code",
        "country",
        "time_zone",
        "fei",
        "duns",
        "gln",
        "operations",
        "watch",
        "notes",
        "external_id",
    )
    fields = writable
    filters = ("cmo", "name", "country", "fei", "duns", "gln", "watch", "external_id", "updated_at")
    searched = ("name", "city")
    orderings = ("name", "country", "created_at", "updated_at")
    default_order = "name"


class CapabilityViewSet(RecordViewSet):
    """What a site can do, at which scale."""

    model = models.Capability
    writable = ("site", "service", "modality", "scale", "capacity", "capacity_unit", "notes")
    fields = writable
    filters = {"site": "site", "cmo": "site__cmo", "service": "service", "modality": "modality", "scale": "scale"}
    orderings = ("service", "scale", "capacity", "updated_at")


class CertificateViewSet(RecordViewSet):
    """Licences and certificates of sites."""

    model = models.Certificate
    writable = ("site", "kind", "number", "issuer", "scope", "issued_on", "expires_on")
    fields = writable
    filters = {
        "site": "site",
        "cmo": "site__cmo",
        "kind": "kind",
        "number": "number",
        "issued_on": "issued_on",
        "expires_on": "expires_on",
        "updated_at": "updated_at",
    }
    orderings = ("expires_on", "issued_on", "updated_at")


class InspectionViewSet(RecordViewSet):
    """Authorities' inspections of sites."""

    model = models.Inspection
    writable = (
        "site",
        "authority",
        "kind",
        "started_on",
        "ended_on",
        "form_483",
        "observations",
        "summary",
        "classification",
        "warning_letter_on",
        "response_due_on",
        "responded_on",
        "product_impact",
    )
    fields = writable
    filters = {
        "site": "site",
        "cmo": "site__cmo",
        "authority": "authority",
        "kind": "kind",
        "classification": "classification",
        "form_483": "form_483",
        "started_on": "started_on",
        "response_due_on": "response_due_on",
        "updated_at": "updated_at",
    }
    orderings = ("started_on", "response_due_on", "updated_at")
    default_order = "-started_on"


def _is_orderable(state: str, extended_to: object, next_review_on: object) -> bool:
    return models.Qualification(state=state, extended_to=extended_to, next_review_on=next_review_on).is_orderable(
        timezone.localdate()
    )


class QualificationViewSet(RecordViewSet):
    """The approved vendor list: one entry per site and scope."""

    model = models.Qualification
    writable = ("site", "service", "scope", "basis", "conditions", "next_review_on")
    fields = (
        "site",
        "service",
        "scope",
        "state",
        "basis",
        "conditions",
        "approved_on",
        "next_review_on",
        "extended_to",
    )
    computed = (
        Member(
            "review_due_on",
            ("extended_to", "next_review_on"),
            nullable(Day().schema()),
            lambda extended_to, next_review_on: extended_to or next_review_on,
            "Day by which quality reviews the entry.",
        ),
        Member(
            "is_orderable",
            ("state", "extended_to", "next_review_on"),
            Flag().schema(),
            _is_orderable,
            "Whether orders may go to this site for this scope today.",
        ),
    )
    filters = {
        "site": "site",
        "cmo": "site__cmo",
        "service": "service",
        "state": "state",
        "next_review_on": "next_review_on",
        "updated_at": "updated_at",
    }
    searched = ("scope",)
    orderings = ("scope", "next_review_on", "state", "updated_at")


class ProgrammeViewSet(RecordViewSet):
    """What is to be made outside. Seen by its members."""

    model = models.Programme
    writable = ("name", "kind", "modality", "phase", "description", "members", "external_id")
    fields = ("name", "kind", "modality", "phase", "description", "state", "external_id")
    many = ("members",)
    filters = ("name", "kind", "modality", "phase", "state", "members", "external_id", "updated_at")
    searched = ("name",)
    orderings = ("name", "created_at", "updated_at")
    default_order = "name"


class RelationshipViewSet(RecordViewSet):
    """One CMO working for one programme. Seen by the programme's members."""

    model = models.Relationship
    writable = (
        "cmo",
        "programme",
        "sites",
        "services",
        "manager",
        "tier",
        "review_cadence",
        "active_from",
        "notes",
        "external_id",
    )
    fields = (
        "cmo",
        "programme",
        "services",
        "manager",
        "tier",
        "state",
        "stage_since",
        "review_cadence",
        "active_from",
        "registered_as_existing",
        "registration_evidence",
        "notes",
        "external_id",
    )
    many = ("sites",)
    filters = (
        "cmo",
        "programme",
        "sites",
        "services",
        "manager",
        "tier",
        "state",
        "active_from",
        "registered_as_existing",
        "external_id",
        "updated_at",
    )
    searched = ("cmo__legal_name", "programme__name")
    orderings = {
        "cmo": "cmo__legal_name",
        "programme": "programme__name",
        "tier": "tier",
        "state": "state",
        "stage_since": "stage_since",
        "active_from": "active_from",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }


def _tier(override: int | None, *factors: int) -> int:
    return override or tier_of(sum(factors))


class TierAssessmentViewSet(RecordViewSet):
    """Judgements of the risk tier of a relationship."""

    model = models.TierAssessment
    writable = ("relationship", *FACTORS, "rationale", "override_tier", "override_reason", "assessed_on")
    fields = (*writable, "state")
    computed = (
        Member(
            "tier",
            ("override_tier", *FACTORS),
            {"type": "integer", "enum": [1, 2, 3]},
            _tier,
            "What the factors give, or what overrides them.",
        ),
    )
    filters = ("relationship", "state", "assessed_on", "updated_at")
    orderings = ("assessed_on", "updated_at")
    default_order = "-assessed_on"


VIEWS = (
    CMOViewSet,
    IdentifierViewSet,
    ContactViewSet,
    SiteViewSet,
    CapabilityViewSet,
    CertificateViewSet,
    InspectionViewSet,
    QualificationViewSet,
    ProgrammeViewSet,
    RelationshipViewSet,
    TierAssessmentViewSet,
)
