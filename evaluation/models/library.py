from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.states import States
from evaluation.models.sheets import Asked


class LibraryQuestion(Asked, Record):
    """A question kept for the next RFP; what was asked before stays as it was, a better wording is a new version."""

    class State(States):
        DRAFT = "draft", "Draft"
        IN_USE = "in_use", "In use"
        SUPERSEDED = "superseded", "Superseded"
        RETIRED = "retired", "Retired"

        tones = nonmember({"draft": "info", "in_use": "good"})

    record_class = RecordClass.BUSINESS
    may_create = ("sourcing", "technical", "quality")
    may_edit = ("sourcing", "technical", "quality")
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    route = "library-questions"

    number = models.PositiveSmallIntegerField("question version", default=1, editable=False)
    bands = models.CharField("scores by band", max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)

    class Meta:
        verbose_name = "question of the library"
        verbose_name_plural = "question library"
        ordering = ["code", "-number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "number"], name="one_library_question_per_version",
                violation_error_message="There is this version of this question already.",
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="in_use"), name="one_library_question_in_use",
                violation_error_message="Another version of this question is in use.",
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="draft"), name="one_library_question_in_draft",
                violation_error_message="A version of this question is being written already: go on with that one.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:library_question", args=[self.pk])

    def clean(self) -> None:
        from evaluation.asking import faults_of

        if self._state.adding and self.code:
            highest = LibraryQuestion.objects.filter(code=self.code).aggregate(models.Max("number"))["number__max"]
            self.number = (highest or 0) + 1
        errors: dict[str, Any] = {place.partition(".")[2]: found for place, found in faults_of([self]).items()}
        if errors:
            raise ValidationError(errors)
