"""What people are asked for about the shared nouns."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.roles import BY_CODE, INTERNAL
from cmo_lifecycle.doors.fields import ByName, Lines, Several
from cmo_lifecycle.doors.pages.forms import RecordForm
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
from cmo_lifecycle.partners.models.vocabulary import Modality, Service


def colleagues() -> models.QuerySet[User]:
    """Return the active people of the sponsor."""
    return (
        User.objects.filter(is_active=True, is_service=False, groups__name__in=INTERNAL)
        .distinct()
        .order_by("name", "pk")
    )


def cmo_field(**kwargs: Any) -> ByName:
    return ByName(pick="cmo", names=("legal_name",), **kwargs)


def site_field(**kwargs: Any) -> ByName:
    return ByName(pick="site", names=("name", "cmo__legal_name"), label="Site", **kwargs)


class WebAddress(forms.URLField):
    """The address of a web site; one that is typed without its scheme gets https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


class CMOForm(RecordForm):
    aliases = Lines(required=False, help_text="Other spellings of the name, one per line.")
    modalities = Several(choices=Modality.choices, required=False)
    parent = cmo_field(label="Parent company", required=False)

    sections = [
        ("Company", ["legal_name", "aliases", "parent", "change_of_control_on", "country", "website"]),
        ("What it makes", ["kind", "modalities"]),
        ("Standing", ["financial_rating", "financial_rating_on", "insurance_expires_on"]),
        ("More", ["notes", "external_id"]),
    ]

    class Meta:
        model = CMO
        fields = [
            "legal_name",
            "aliases",
            "parent",
            "change_of_control_on",
            "country",
            "website",
            "kind",
            "modalities",
            "financial_rating",
            "financial_rating_on",
            "insurance_expires_on",
            "notes",
            "external_id",
        ]
        field_classes = {"website": WebAddress}

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        fields["parent"].queryset = CMO.objects.visible_to(user).exclude(pk=self.instance.pk)


class OfCMO(RecordForm):
    """Base of what belongs to a CMO."""

    cmo = cmo_field(label="CMO")
    prefills: ClassVar = {"cmo": CMO}

    def narrow(self, user: User) -> None:
        self.fields["cmo"].queryset = CMO.objects.visible_to(user)  # type: ignore[attr-defined]


class IdentifierForm(OfCMO):
    class Meta:
        model = Identifier
        fields = ["cmo", "scheme", "value"]


class ContactForm(OfCMO):
    class Meta:
        model = Contact
        fields = ["cmo", "name", "position", "email", "phone", "left_on"]


class SiteForm(OfCMO):
    sections = [
        ("Where", ["cmo", "name", "address", "postal_code", "city", "country", "time_zone"]),
        ("Numbers", ["fei", "duns", "gln", "external_id"]),
        ("More", ["operations", "watch", "notes"]),
    ]

    class Meta:
        model = Site
        fields = [
            "cmo",
            "name",
            "address",
            "postal_code",
            "city",
            "country",
            "time_zone",
            "fei",
            "duns",
            "gln",
            "external_id",
            "operations",
            "watch",
            "notes",
        ]
        help_texts = {
            "fei": "FDA establishment identifier, 7 to 10 digits. Not unique: several sites may share one.",
            "duns": "Nine digits; names exactly one site.",
        }

    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"].strip()
        if name and name not in available_timezones():
            raise ValidationError("There is no such time zone. Write it as Europe/Oslo.")
        return name  # type: ignore[no-any-return]


class OfSite(RecordForm):
    """Base of what belongs to a site."""

    site = site_field()
    prefills: ClassVar = {"site": Site}

    def narrow(self, user: User) -> None:
        self.fields["site"].queryset = Site.objects.visible_to(user).select_related("cmo")  # type: ignore[attr-defined]


class CapabilityForm(OfSite):
    class Meta:
        model = Capability
        fields = ["site", "service", "modality", "scale", "capacity", "capacity_unit", "notes"]


class CertificateForm(OfSite):
    class Meta:
        model = Certificate
        fields = ["site", "kind", "number", "issuer", "scope", "issued_on", "expires_on"]


class InspectionForm(OfSite):
    sections = [
        ("The inspection", ["site", "authority", "kind", "started_on", "ended_on"]),
        ("What came of it", ["form_483", "observations", "classification", "warning_letter_on", "summary"]),
        ("The answer", ["response_due_on", "responded_on", "product_impact"]),
    ]

    class Meta:
        model = Inspection
        fields = [
            "site",
            "authority",
            "kind",
            "started_on",
            "ended_on",
            "form_483",
            "observations",
            "classification",
            "warning_letter_on",
            "summary",
            "response_due_on",
            "responded_on",
            "product_impact",
        ]
        help_texts = {
            "response_due_on": "Left empty after a Form 483, it is set to 15 business days after the inspection, unless that"
            " is long past.",
            "product_impact": "Which of our products are touched, and how.",
        }


class QualificationForm(OfSite):
    class Meta:
        model = Qualification
        fields = ["site", "service", "scope", "basis", "conditions", "next_review_on"]


class People(forms.ModelMultipleChoiceField):
    """People to tick, each with the roles that they hold."""

    def label_from_instance(self, obj: User) -> str:
        roles = ", ".join(BY_CODE[group.name].label for group in obj.groups.all() if group.name in BY_CODE)
        return f"{obj.name} ({roles})" if roles else obj.name


class ProgrammeForm(RecordForm):
    members = People(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only members see the programme and its relationships.",
    )

    class Meta:
        model = Programme
        fields = ["name", "kind", "modality", "phase", "description", "members", "external_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and not self.is_bound:
            self.initial["members"] = [self.user.pk]

    def narrow(self, user: User) -> None:
        people = colleagues()
        if not self.instance._state.adding:
            # Somebody who has left stays a member until taken out by hand.
            people = (
                User.objects.filter(
                    models.Q(pk__in=colleagues().order_by().values("pk")) | models.Q(programmes=self.instance)
                )
                .distinct()
                .order_by("name", "pk")
            )
        self.fields["members"].queryset = people.prefetch_related("groups")  # type: ignore[attr-defined]

    def clean_members(self) -> Any:
        chosen = self.cleaned_data["members"]
        if not self.user.reads_everything and self.user.pk not in {person.pk for person in chosen}:
            if self.instance._state.adding:
                raise ValidationError("Tick yourself too: only members see the programme.")
            if not chosen:
                raise ValidationError("A programme without members is seen by nobody. Tick somebody.")
        return chosen


class RelationshipForm(RecordForm):
    cmo = cmo_field(label="CMO")
    programme = ByName(pick="programme", names=("name",), label="Programme")
    services = Several(choices=Service.choices, required=False)
    sites = forms.ModelMultipleChoiceField(
        queryset=Site.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    manager = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label="Relationship manager", empty_label="Nobody yet"
    )
    prefills: ClassVar = {"cmo": CMO, "programme": Programme}

    sections = [
        ("Who and what for", ["cmo", "programme", "sites", "services", "manager"]),
        ("Reviews", ["review_cadence", "active_from"]),
        ("More", ["notes", "external_id"]),
    ]

    class Meta:
        model = Relationship
        fields = [
            "cmo",
            "programme",
            "sites",
            "services",
            "manager",
            "review_cadence",
            "active_from",
            "notes",
            "external_id",
        ]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        fields["cmo"].queryset = CMO.objects.visible_to(user)
        fields["programme"].queryset = Programme.objects.visible_to(user).filter(state=Programme.State.ACTIVE)
        fields["manager"].queryset = colleagues()
        cmo = self.given.get("cmo") or (self.instance.cmo if self.instance.cmo_id else None)
        if cmo is None:
            del fields["sites"]
        else:
            fields["sites"].queryset = (
                Site.objects.visible_to(user)
                .filter(models.Q(cmo=cmo) | models.Q(cmo__parent=cmo) | models.Q(relationships=self.instance.pk))
                .distinct()
            )
            if not fields["sites"].queryset.exists():
                del fields["sites"]
        if not self.instance._state.adding:
            # What a relationship is between never changes; another pair is another relationship.
            del fields["cmo"], fields["programme"]


class TierAssessmentForm(RecordForm):
    relationship = forms.ModelChoiceField(queryset=Relationship.objects.none())
    prefills: ClassVar = {"relationship": Relationship}

    sections = [
        (
            "The four factors, from 1 (low) to 3 (high)",
            ["relationship", "product_impact", "detectability", "data_integrity", "supply_continuity"],
        ),
        ("Why", ["rationale", "assessed_on"]),
        ("Another tier than the factors give", ["override_tier", "override_reason"]),
    ]

    class Meta:
        model = TierAssessment
        fields = [
            "relationship",
            "product_impact",
            "detectability",
            "data_integrity",
            "supply_continuity",
            "rationale",
            "assessed_on",
            "override_tier",
            "override_reason",
        ]
        widgets = {
            name: forms.RadioSelect(choices=[(1, "1, low"), (2, "2, middle"), (3, "3, high")])
            for name in ("product_impact", "detectability", "data_integrity", "supply_continuity")
        }
        help_texts = {
            "product_impact": "How much a defect here harms the product or the patient.",
            "detectability": "3 where we would hardly notice a defect before use.",
            "data_integrity": "How much we rely on the CMO's own data.",
            "supply_continuity": "How hard this CMO is to replace.",
            "override_tier": "Leave empty to take the tier that the factors add up to:"
            " 10 to 12 is tier 1, 7 to 9 tier 2, 4 to 6 tier 3.",
        }

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        if self.instance._state.adding:
            self.initial.setdefault("assessed_on", timezone.localdate())
        fields["relationship"].queryset = Relationship.objects.visible_to(user).select_related("cmo", "programme")
