from __future__ import annotations

from enum import nonmember
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.gates import follow_up
from cmo_lifecycle.partners.models.vocabulary import Modality, Phase
from cmo_lifecycle.workflow.models import Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States


class ProgrammeQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> ProgrammeQuerySet:
        """A programme is seen by its members."""
        return self.filter(pk__in=Programme.members.through.objects.filter(user=user).values("programme"))


class Programme(Record):
    """What is to be made outside: a product, a material or a capability."""

    class Kind(models.TextChoices):
        PRODUCT = "product", "Product"
        MATERIAL = "material", "Material"
        CAPABILITY = "capability", "Capability"

    class State(States):
        ACTIVE = "active", "Active"
        CLOSED = "closed", "Closed"

        tones = nonmember({"active": "good"})

    record_class = RecordClass.BUSINESS
    may_create = ("sourcing", "project_manager")
    may_edit = ("sourcing", "project_manager")
    editable_in = (State.ACTIVE,)
    unsubmitted = (State.ACTIVE,)
    route = "programmes"

    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PRODUCT)
    modality = models.CharField(max_length=20, choices=Modality, blank=True)
    phase = models.CharField(max_length=14, choices=Phase, blank=True)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE, editable=False)
    members = models.ManyToManyField(User, related_name="programmes", blank=True)
    external_id = models.CharField(max_length=100, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_programme_per_name",
                violation_error_message="There is a programme with this name already.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~models.Q(external_id=""),
                name="one_programme_per_external_id",
                violation_error_message="There is a programme with this external id already.",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="programme_by_name"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="programme_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:programme", args=[self.pk])

    def related(self) -> Record:
        return self

    def edited(self, event: Any) -> None:
        follow_up("edit_programme", self, event)
