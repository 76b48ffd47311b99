from __future__ import annotations

from enum import nonmember

from django.db import models
from django.urls import reverse

from cmo_lifecycle.workflow.models import RecordClass
from cmo_lifecycle.workflow.states import States
from evaluation.models.limits import text
from evaluation.models.opening import Found, OfOpenedQuerySet
from evaluation.models.proposal import Proposal
from evaluation.models.rfp import Rfp


class Diligence(Found):
    """One stream of the due diligence of a proposal: what was looked at, found and concluded."""

    class State(States):
        NOT_STARTED = "not_started", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        COMPLETE = "complete", "Complete"
        WAIVED = "waived", "Waived"

        tones = nonmember({"in_progress": "watch", "complete": "good", "waived": "info"})

    class Stream(models.TextChoices):
        TECHNICAL = "technical", "Technical fit, scale and capacity"
        QUALITY_AUDIT = "quality_audit", "Quality audit"
        REGULATORY = "regulatory", "Regulatory history"
        FINANCIAL = "financial", "Financial viability and ownership"
        EHS = "ehs", "Environment, health and safety"
        SUPPLY_CHAIN = "supply_chain", "Supply chain and sub-tiers"
        IT = "it", "IT and cyber security"
        CONTINUITY = "continuity", "Business continuity"
        REFERENCES = "references", "References"
        TECH_TRANSFER = "tech_transfer", "Technology-transfer plan"

    class Conclusion(models.TextChoices):
        GOOD = "good", "Nothing stands against it"
        CONDITIONS = "conditions", "With conditions"
        AGAINST = "against", "Speaks against it"

    DONE = (State.COMPLETE, State.WAIVED)

    record_class = RecordClass.GXP
    may_edit = ("sourcing", "project_manager", "technical", "quality", "finance", "supply_planning", "legal")
    editable_in = (State.NOT_STARTED, State.IN_PROGRESS)
    unsubmitted = (State.NOT_STARTED, State.IN_PROGRESS)
    whole = "rfp"
    route = "due-diligence"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="diligence", verbose_name="RFP")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="diligence")
    stream = models.CharField(max_length=14, choices=Stream, editable=False)
    findings = text(blank=True)
    conclusion = models.CharField(max_length=10, choices=Conclusion, blank=True)
    conditions = text(blank=True, help_text="What must be settled in the contract or before the first batch.")
    state = models.CharField(max_length=12, choices=State, default=State.NOT_STARTED, editable=False)

    objects = OfOpenedQuerySet.as_manager()

    class Meta:
        verbose_name = "due-diligence stream"
        verbose_name_plural = "due diligence"
        ordering = ["rfp", "proposal", "stream", "id"]
        constraints = [models.UniqueConstraint(fields=["proposal", "stream"], name="one_stream_per_proposal")]

    def __str__(self) -> str:
        return f"{self.get_stream_display()}: {self.proposal}"  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("evaluation:diligence", args=[self.pk])
