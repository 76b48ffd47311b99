from __future__ import annotations

from enum import nonmember

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from cmo_lifecycle.workflow.models import Record
from cmo_lifecycle.workflow.states import States
from strategy.rules.shapes import GROUPS


class PartnershipAttribute(Record):
    """What a partnership can be asked to be good at: an entry of the company's catalogue."""

    class State(States):
        IN_USE = "in_use", "In use"
        RETIRED = "retired", "Retired"

        tones = nonmember({"in_use": "good"})

    may_create = ("sourcing",)
    may_edit = ("sourcing",)
    editable_in = (State.IN_USE,)
    route = "partnership-attributes"

    code = models.SlugField(max_length=40, unique=True, help_text="Short and lasting, such as supply_security.")
    name = models.CharField(max_length=80)
    group = models.CharField(
        max_length=14,
        choices=[*GROUPS.items()],
        help_text="The group of evaluation criteria in which it will be asked.",
    )
    description = models.TextField(help_text="What a CMO that is good at it does.")
    position = models.PositiveSmallIntegerField("place in the catalogue", default=100)
    state = models.CharField(max_length=8, choices=State, default=State.IN_USE, editable=False)

    class Meta:
        ordering = ["position", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_attribute_per_name",
                violation_error_message="The catalogue has an attribute of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self._state.adding:
            return
        before = type(self).objects.get(pk=self.pk)
        changed = [name for name in ("code", "name", "group") if getattr(self, name) != getattr(before, name)]
        if changed and self.weights.exclude(strategy__state__in=("draft", "under_revision")).exists():
            sentence = "Strategies in review or approved name it so: retire it, and add another under the new name."
            raise ValidationError(dict.fromkeys(changed, sentence))

    def get_absolute_url(self) -> str:
        return reverse("strategy:partnership_attribute", args=[self.pk])
