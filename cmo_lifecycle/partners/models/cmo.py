from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django_countries.fields import CountryField

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models.vocabulary import Modality
from cmo_lifecycle.workflow.models import Record, RecordClass, RecordQuerySet

KEEPERS = ("sourcing", "quality", "project_manager")


class CMO(Record):
    """A contract manufacturing organisation: the company, not its sites."""

    class Kind(models.TextChoices):
        PURE = "pure", "Pure CMO"
        HYBRID = "hybrid", "Hybrid, with products of its own"

    record_class = RecordClass.BUSINESS
    may_create = KEEPERS
    may_edit = KEEPERS
    route = "cmos"

    legal_name = models.CharField(max_length=200)
    aliases = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="Other spellings, one per line."
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name="parent company",
    )
    change_of_control_on = models.DateField("last change of control", null=True, blank=True)
    country = CountryField(blank=True)
    kind = models.CharField("type", max_length=10, choices=Kind, default=Kind.PURE)
    modalities = ArrayField(models.CharField(max_length=20, choices=Modality), default=list, blank=True)
    financial_rating = models.CharField(max_length=40, blank=True)
    financial_rating_on = models.DateField("date of the rating", null=True, blank=True)
    insurance_expires_on = models.DateField("insurance expires", null=True, blank=True)
    website = models.URLField(blank=True)
    notes = models.TextField(blank=True)
    external_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["legal_name", "id"]
        verbose_name = "CMO"
        verbose_name_plural = "CMOs"
        constraints = [
            models.UniqueConstraint(
                Lower("legal_name"),
                name="one_cmo_per_legal_name",
                violation_error_message="There is a CMO with this legal name already.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_cmo_per_external_id",
                violation_error_message="There is a CMO with this external id already.",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")),
                name="a_cmo_is_not_its_own_parent",
                violation_error_message="A CMO cannot be its own parent company.",
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("legal_name"), name="gin_trgm_ops"), name="cmo_name_trigrams"),
            models.Index(fields=["legal_name", "id"], name="cmo_by_name"),
            # Aliases are looked through as text, which no index holds; few have any.
            models.Index(fields=["id"], condition=~Q(aliases=[]), name="cmo_with_aliases"),
        ]

    def __str__(self) -> str:
        return self.legal_name

    def get_absolute_url(self) -> str:
        return reverse("partners:cmo", args=[self.pk])

    def related(self) -> Record:
        return self

    def clean(self) -> None:
        self.aliases = list(dict.fromkeys(alias.strip() for alias in self.aliases if alias.strip()))


class Identifier(Record):
    """A number by which others know a CMO: the scheme and the id within it."""

    class Scheme(models.TextChoices):
        DUNS = "duns", "DUNS"
        LEI = "lei", "LEI"
        GLN = "gln", "GLN"
        VAT = "vat", "VAT"
        EMA_ORG = "ema_org", "EMA organisation id"
        REGISTER = "register", "Company register"

    record_class = RecordClass.BUSINESS
    may_create = KEEPERS
    may_edit = KEEPERS
    route = "identifiers"

    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="identifiers", verbose_name="CMO")
    scheme = models.CharField(max_length=12, choices=Scheme)
    value = models.CharField("id", max_length=60)

    class Meta:
        ordering = ["scheme", "value", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="one_company_per_identifier",
                violation_error_message="Another CMO has this identifier already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    def related(self) -> Record:
        return self.cmo


class ContactQuerySet(RecordQuerySet):
    def of_user(self, user: Any) -> ContactQuerySet:
        return self.filter(user=user)


class Contact(Record):
    """Somebody at a CMO; with `user` set, one who may sign in."""

    record_class = RecordClass.BUSINESS
    may_create = KEEPERS
    may_edit = KEEPERS
    route = "contacts"

    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="contacts", verbose_name="CMO")
    name = models.CharField(max_length=150)
    position = models.CharField(max_length=150, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=40, blank=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="cmo_contact")
    left_on = models.DateField("left on", null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return f"{self.name}, {self.cmo}"

    def related(self) -> Record:
        return self.cmo
