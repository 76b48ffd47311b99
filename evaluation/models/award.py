from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.partners.models import CMO, Programme, Relationship
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Event, Record, RecordClass
from cmo_lifecycle.workflow.parts import Part
from cmo_lifecycle.workflow.states import States
from evaluation.models.candidate import OfProgrammeQuerySet
from evaluation.models.limits import text
from evaluation.models.proposal import Proposal
from evaluation.models.rfp import OfRfp, Rfp

A_YEAR = timedelta(days=365)


class AwardQuerySet(OfProgrammeQuerySet):
    def shared_with(self, user: Any) -> Any:
        """Whoever reads the proposals that it decides between; a single source: whoever works on the programme."""
        from evaluation.access import readable_proposals

        read = Proposal.objects.filter(pk__in=readable_proposals(user)).order_by().values("rfp")
        return super().shared_with(user).filter(Q(rfp__isnull=True) | Q(rfp__in=read))


class Award(OfRfp):
    """The recommendation of whom to choose, and the committee's signed decision on it."""

    class State(States):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "With the committee"
        SIGNED = "signed", "Awarded"
        WITHDRAWN = "withdrawn", "Withdrawn"

        tones = nonmember({"draft": "info", "proposed": "watch", "signed": "good"})

    record_class = RecordClass.GXP
    may_create = ("sourcing",)
    may_edit = ("sourcing",)
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    unsigned_fields = ("signed_at", "standstill_until")
    secluded = True
    route = "awards"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="awards")
    rfp = models.ForeignKey(
        Rfp, on_delete=models.PROTECT, related_name="awards", null=True, blank=True, verbose_name="RFP",
        help_text="Leave empty for a single source, which needs its justification.",
    )  # fmt: skip
    recommendation = text("why this choice", blank=True)
    against = text("what speaks against it", blank=True, help_text="Said before, it protects the decision later.")
    single_source = text(
        "single-source justification", blank=True,
        help_text="Who else was looked at, and why nobody else can do it.",
    )  # fmt: skip
    #: The ranking, costs and sensitivity as they stood when it was proposed: what the committee signs.
    basis = models.JSONField(default=dict, editable=False)
    signed_at = models.DateTimeField(null=True, editable=False)
    standstill_until = models.DateField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    external_id = models.CharField(max_length=100, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rfp"],
                condition=~Q(state="withdrawn"),
                name="one_award_per_rfp",
                violation_error_message="This RFP has an award already: go on with that one.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "signed"]) | Q(rfp__isnull=False) | ~Q(single_source=""),
                name="a_single_source_is_justified",
                violation_error_message="Without an RFP an award needs its single-source justification.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_award_per_external_id",
                violation_error_message="There is an award with this external id already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Award of {self.rfp.reference}" if self.rfp else f"Single-source award for {self.programme}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:award", args=[self.pk])

    def related(self) -> Record:
        return self.programme

    def clean(self) -> None:
        # Taken off its RFP it would escape from whom that keeps from signing, and from what it asks for.
        if (
            not self._state.adding
            and not Award.objects.filter(
                pk=self.pk,
                rfp=self.rfp_id,
                programme=self.programme_id,  # type: ignore[attr-defined]
            ).exists()
        ):
            raise ValidationError(
                {"rfp": "An award stays with its RFP and its programme: withdraw it, and begin another."}
            )
        if self.rfp is None and self._state.adding and (rfp := self.beside().first()) is not None:
            raise ValidationError({"rfp": self.beside_sentence(rfp)})
        if self.rfp is not None and self.rfp.programme_id != self.programme_id:
            raise ValidationError({"rfp": f"{self.rfp} belongs to another programme."})
        if self.rfp is not None and self._state.adding and self.rfp.state != Rfp.State.COMMERCIAL:
            raise ValidationError(
                {"rfp": f"An award follows the commercial evaluation; this RFP is at “{self.rfp.get_state_display()}”."}  # type: ignore[attr-defined]
            )

    def signed_content(self) -> dict[str, Any]:
        return {**fields_of(self), "tables": parts.content_of(self)}

    def beside(self) -> QuerySet[Rfp]:
        """RFPs of the programme that are under way: a single source does not overtake them."""
        return Rfp.objects.filter(programme=self.programme_id, state__in=Rfp.UNDER_WAY).order_by("reference")  # type: ignore[attr-defined]

    @staticmethod
    def beside_sentence(rfp: Rfp) -> str:
        state = rfp.get_state_display()  # type: ignore[attr-defined]
        return (
            f"{rfp.reference}, {rfp.title}, is under way for this programme (“{state}”): award it, conclude or cancel it"
            " before a single source is chosen."
        )

    def scorers(self) -> set[Any]:
        """Keys of those who scored what it decides on; for a single source: any RFP of its programme, this last year."""
        from evaluation.models.judging import ScoreSheet

        sheets = ScoreSheet.objects.filter(state=ScoreSheet.State.SUBMITTED).order_by()
        if self.rfp is not None:
            sheets = sheets.filter(rfp=self.rfp)
        else:
            since = timezone.now() - A_YEAR
            sheets = sheets.filter(rfp__programme=self.programme_id, submitted_at__gte=since)  # type: ignore[attr-defined]
        return set(sheets.values_list("evaluator__person", flat=True))

    def further_authors(self) -> set[Any]:
        """Whoever scored or proposed does not sign, nor does the RFP's owner."""
        proposed = Event.objects.of(self).filter(verb="propose").values_list("actor_id", flat=True)
        owner = [] if self.rfp is None or self.rfp.owner_id is None else [self.rfp.owner_id]
        return {*self.scorers(), *proposed, *owner}


class Winner(Part):
    """A CMO that receives the work, or a share of it."""

    of = "award"
    columns = ("cmo", "share", "reason")
    named_by = ("cmo",)
    most = 10

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="winners")
    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="+", verbose_name="CMO")
    share = models.DecimalField("share in %", max_digits=6, decimal_places=3, default=Decimal(100))
    reason = models.CharField("for what", max_length=1000, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["award", "cmo"],
                deferrable=Deferrable.DEFERRED,
                name="one_share_per_cmo",
                violation_error_message="This CMO stands here twice.",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100),
                name="a_share_of_an_award_is_a_share",
                violation_error_message="A share is more than 0 and at most 100 percent.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.cmo)

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors: dict[str, str] = {}
        if record.rfp is not None:
            judged = set(record.rfp.proposals.filter(state__in=Proposal.IN_THE_RUNNING).values_list("cmo", flat=True))
            for place, row in enumerate(rows):
                if row.cmo_id not in judged:
                    errors[f"{place}.cmo"] = f"{row.cmo} has no compliant proposal in {record.rfp.reference}."
        if errors:
            raise ValidationError(errors)


class Letter(models.Model):
    """What a bidder was written about the outcome, and the debrief that it was given."""

    class Kind(models.TextChoices):
        AWARD = "award", "Letter of award"
        REGRET = "regret", "Letter of regret"

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="letter", primary_key=True)
    kind = models.CharField(max_length=6, choices=Kind)
    body = text()
    debrief = text(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.proposal.cmo}"  # type: ignore[attr-defined]


class RelationshipAward(models.Model):
    """By which award a relationship came to be selected."""

    relationship = models.OneToOneField(
        Relationship, primary_key=True, on_delete=models.PROTECT, related_name="award_link"
    )
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="relationship_links")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+", null=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.relationship}: {self.award}"
