from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django_countries.fields import CountryField

from cmo_lifecycle.partners.models.cmo import CMO, KEEPERS
from cmo_lifecycle.partners.models.vocabulary import Modality, Scale, Service
from cmo_lifecycle.workflow.models import Record, RecordClass


class Site(Record):
    """One address at which a CMO works. Qualification, inspections and certificates are a site's.

    The FDA establishment identifier (FEI) is not unique in real data and may be absent; DUNS is unique.
    """

    record_class = RecordClass.GXP
    may_create = KEEPERS
    may_edit = KEEPERS
    route = "sites"

    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="sites", verbose_name="CMO")
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    city = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = CountryField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True, help_text="IANA name, such as Europe/Oslo.")
    fei = models.CharField(
        "FEI", max_length=10, blank=True, validators=[RegexValidator(r"^\d{7,10}$", "An FEI has 7 to 10 digits.")]
    )
    duns = models.CharField(
        "DUNS", max_length=9, blank=True, validators=[RegexValidator(r"^\d{9}$", "A DUNS number has nine digits.")]
    )
    gln = models.CharField(
        "GLN", max_length=13, blank=True, validators=[RegexValidator(r"^\d{13}$", "A GLN has 13 digits.")]
    )
    operations = models.TextField(blank=True, help_text="Registered operations, as the register words them.")
    watch = models.BooleanField("on the watch list", default=False)
    notes = models.TextField(blank=True)
    external_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duns"],
                condition=~Q(duns=""),
                name="one_site_per_duns",
                violation_error_message="There is a site with this DUNS number already.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_site_per_external_id",
                violation_error_message="There is a site with this external id already.",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="site_by_name"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="site_name_trigrams"),
            GinIndex(OpClass(Upper("city"), name="gin_trgm_ops"), name="site_city_trigrams"),
            models.Index(fields=["fei"], name="site_by_fei"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:site", args=[self.pk])

    def related(self) -> Record:
        return self.cmo


class Capability(Record):
    """What a site can do, for which modality, at which scale."""

    record_class = RecordClass.BUSINESS
    may_create = (*KEEPERS, "technical")
    may_edit = (*KEEPERS, "technical")
    route = "capabilities"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="capabilities")
    service = models.CharField(max_length=24, choices=Service)
    modality = models.CharField(max_length=20, choices=Modality, blank=True)
    scale = models.CharField(max_length=12, choices=Scale)
    capacity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    capacity_unit = models.CharField(max_length=40, blank=True, help_text="Such as L, kg per batch, vials per hour.")
    notes = models.TextField(blank=True)

    class Meta:
        ordering = ["service", "scale", "id"]
        verbose_name_plural = "capabilities"
        constraints = [
            models.UniqueConstraint(
                fields=["site", "service", "modality", "scale"],
                name="one_capability_per_site_and_scale",
                violation_error_message="This site has this capability at this scale already.",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=0),
                name="capacity_is_not_negative",
                violation_error_message="Capacity cannot be negative.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()}, {self.get_scale_display().lower()}"

    def related(self) -> Record:
        return self.site.cmo


class Certificate(Record):
    """A licence or certificate of a site, with its scope and the day it ends."""

    class Kind(models.TextChoices):
        GMP = "gmp", "GMP certificate"
        MANUFACTURING = "manufacturing", "Manufacturing licence"
        ISO = "iso", "ISO certificate"
        CONTROLLED = "controlled", "Controlled-substance licence"
        OTHER = "other", "Other"

    record_class = RecordClass.GXP
    may_create = KEEPERS
    may_edit = KEEPERS
    route = "certificates"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField("type", max_length=14, choices=Kind)
    number = models.CharField(max_length=100)
    issuer = models.CharField(max_length=150)
    scope = models.TextField(blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["expires_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gt=models.F("issued_on")),
                name="a_certificate_ends_after_it_begins",
                violation_error_message="A certificate ends after it begins.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def related(self) -> Record:
        return self.site.cmo


class Inspection(Record):
    """An authority's inspection of a site and what came of it."""

    class Kind(models.TextChoices):
        SURVEILLANCE = "surveillance", "Surveillance"
        PRE_APPROVAL = "pre_approval", "Pre-approval"
        FOR_CAUSE = "for_cause", "For cause"
        OTHER = "other", "Other"

    class Classification(models.TextChoices):
        NAI = "nai", "NAI, no action indicated"
        VAI = "vai", "VAI, voluntary action indicated"
        OAI = "oai", "OAI, official action indicated"

    #: 21 CFR practice: a Form 483 is answered within 15 business days.
    RESPONSE_BUSINESS_DAYS = 15
    #: A deadline that had passed for longer than this when the inspection was entered is history, no open duty.
    HISTORY_AFTER = timedelta(days=90)

    record_class = RecordClass.GXP
    may_create = KEEPERS
    may_edit = KEEPERS
    route = "inspections"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="inspections")
    authority = models.CharField(max_length=100)
    kind = models.CharField("type", max_length=14, choices=Kind, default=Kind.SURVEILLANCE)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    form_483 = models.BooleanField("Form 483 issued", default=False)
    observations = models.PositiveSmallIntegerField("number of observations", default=0)
    summary = models.TextField(blank=True)
    classification = models.CharField(max_length=3, choices=Classification, blank=True)
    warning_letter_on = models.DateField("warning letter", null=True, blank=True)
    response_due_on = models.DateField("response due", null=True, blank=True)
    responded_on = models.DateField(null=True, blank=True)
    product_impact = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="an_inspection_ends_after_it_begins",
                violation_error_message="An inspection does not end before it begins.",
            ),
            models.UniqueConstraint(
                fields=["site", "authority", "started_on"],
                name="one_inspection_per_site_authority_and_day",
                violation_error_message="This inspection is recorded already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} inspection, {self.started_on:%-d %b %Y}"

    def related(self) -> Record:
        return self.site.cmo

    def clean(self) -> None:
        from cmo_lifecycle.partners.clocks import add_business_days

        if self.form_483 and self.response_due_on is None and (self.ended_on or self.started_on):
            due = add_business_days(self.ended_on or self.started_on, self.RESPONSE_BUSINESS_DAYS)
            if due >= timezone.localdate() - self.HISTORY_AFTER:
                self.response_due_on = due

    @property
    def tone(self) -> str:
        if self.warning_letter_on or self.classification == self.Classification.OAI:
            return "bad"
        if self.form_483 or self.classification == self.Classification.VAI:
            return "watch"
        return "good" if self.classification else "none"
