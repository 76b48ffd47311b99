from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from cmo_lifecycle.workflow.models import RecordClass
from evaluation.models.proposal import OfRfpQuerySet, Proposal
from evaluation.models.rfp import OfRfp, Rfp
from evaluation.models.vocabulary import EnvelopeKind


class OfOpenedQuerySet(OfRfpQuerySet):
    def shared_with(self, user: Any) -> OfOpenedQuerySet:
        from evaluation.access import readable_proposals

        return self.filter(proposal__in=readable_proposals(user))


class Opening(OfRfp):
    """That an envelope was opened, the hash of what was in it, and the bidder's files."""

    record_class = RecordClass.GXP
    route = "openings"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="openings", verbose_name="RFP")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="openings")
    kind = models.CharField("envelope", max_length=10, choices=EnvelopeKind)
    sha256 = models.CharField("SHA-256 of its content", max_length=64)
    opened_at = models.DateTimeField()
    #: Question → names of the files that answer it.
    files = models.JSONField(default=dict, blank=True)

    objects = OfOpenedQuerySet.as_manager()

    class Meta:
        ordering = ["rfp", "proposal", "-kind", "id"]
        verbose_name = "opened envelope"
        constraints = [models.UniqueConstraint(fields=["proposal", "kind"], name="each_envelope_is_opened_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.proposal}"  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("evaluation:opening", args=[self.pk])


class Found(OfRfp):
    """What is found about an opened proposal: it rests once its RFP is recommended, awarded or given up."""

    class Meta:
        abstract = True

    @property
    def is_editable(self) -> bool:
        return super().is_editable and self.rfp.state in Rfp.JUDGING  # type: ignore[attr-defined]
