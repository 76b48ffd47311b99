from __future__ import annotations

from decimal import Decimal
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.partners.models.vocabulary import Modality, Service
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Event, Record, RecordClass
from cmo_lifecycle.workflow.states import States
from evaluation.models.candidate import OfProgrammeQuerySet
from evaluation.models.limits import text
from strategy.models import Strategy
from strategy.models.limits import between
from strategy.models.strategy import a_currency
from strategy.sums.numbers import plain


class Rfp(Record):
    """A request to CMOs (for information, a proposal or a quotation): what is asked, and how answers are judged."""

    class Kind(models.TextChoices):
        RFI = "rfi", "RFI, request for information"
        RFP = "rfp", "RFP, request for proposal"
        RFQ = "rfq", "RFQ, request for quotation"

    class State(States):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved for issue"
        ISSUED = "issued", "Issued"
        CLOSED = "closed", "Closed, sealed"
        EVALUATION = "evaluation", "Technical evaluation"
        TECHNICAL_LOCKED = "technical_locked", "Technical scores locked"
        COMMERCIAL = "commercial", "Commercial evaluation"
        RECOMMENDED = "recommended", "Award recommended"
        AWARDED = "awarded", "Awarded"
        CONCLUDED = "concluded", "Concluded without award"
        CANCELLED = "cancelled", "Cancelled"

        tones = nonmember(
            {
                "draft": "info", "approved": "info", "issued": "watch", "closed": "watch", "evaluation": "watch",
                "technical_locked": "watch", "commercial": "watch", "recommended": "watch", "awarded": "good",
                "cancelled": "bad",
            }
        )  # fmt: skip

    class Scoring(models.TextChoices):
        WEIGHTED_AVERAGE = "weighted_average", "Weighted average, on the scale of the scores"
        SUM_OF_PRODUCTS = "sum_of_products", "Sum of weight times score"

    SEALED = (State.ISSUED, State.CLOSED)
    #: The technical envelopes are open; from `PRICED` on the commercial ones as well.
    OPENED = (
        State.EVALUATION, State.TECHNICAL_LOCKED, State.COMMERCIAL, State.RECOMMENDED, State.AWARDED, State.CONCLUDED,
    )  # fmt: skip
    PRICED = (State.COMMERCIAL, State.RECOMMENDED, State.AWARDED)
    #: Bidders have been asked, and nothing is decided yet.
    UNDER_WAY = (
        State.ISSUED, State.CLOSED, State.EVALUATION, State.TECHNICAL_LOCKED, State.COMMERCIAL, State.RECOMMENDED,
    )  # fmt: skip
    OVER = (State.AWARDED, State.CONCLUDED, State.CANCELLED)
    #: In which proposals are judged.
    JUDGING = (State.EVALUATION, State.TECHNICAL_LOCKED, State.COMMERCIAL)
    BEFORE_ISSUE = (State.DRAFT, State.APPROVED)

    record_class = RecordClass.GXP
    may_create = ("sourcing",)
    may_edit = ("sourcing", "project_manager", "technical", "quality", "finance", "supply_planning", "legal")
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    #: Written by the steps themselves: an addendum may move the deadline, the clock closes it.
    unsigned_fields = ("closes_at", "questions_until", "issued_at", "closed_at", "opened_at", "priced_at")
    route = "rfps"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rfps")
    strategy = models.ForeignKey(
        Strategy, on_delete=models.PROTECT, related_name="rfps", editable=False,
        verbose_name="strategy version",
    )  # fmt: skip
    kind = models.CharField("type", max_length=3, choices=Kind, default=Kind.RFP)
    reference = models.CharField(max_length=30, editable=False)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_rfps", null=True, blank=True)
    service = models.CharField(max_length=24, choices=Service)
    modality = models.CharField(max_length=20, choices=Modality, blank=True)
    scope = text("what is to be done", blank=True)
    assumptions = text("what every bidder is to assume", blank=True)
    #: The template that its tables began with.
    template = models.CharField(max_length=40, blank=True, editable=False)

    # The clock
    questions_until = models.DateTimeField("questions until", null=True, blank=True)
    closes_at = models.DateTimeField(
        "proposals until", null=True, blank=True,
        help_text="The database's clock decides; a proposal that arrives at this very instant is on time.",
    )  # fmt: skip
    decision_by = models.DateField("decision by", null=True, blank=True)
    valid_days = models.PositiveSmallIntegerField(
        "proposals hold for … days", default=180, validators=between(1, 730, "number of days")
    )
    standstill_days = models.PositiveSmallIntegerField(
        "days between the award and the contract", default=10, validators=between(0, 90, "number of days"),
        help_text="In which bidders may ask for a debrief.",
    )  # fmt: skip
    hides_participation = models.BooleanField(
        "hide how many take part", default=False,
        help_text="Until it closes nobody here sees who has submitted, or how many.",
    )  # fmt: skip

    # How it is judged
    scoring = models.CharField("total by", max_length=16, choices=Scoring, default=Scoring.WEIGHTED_AVERAGE)
    scale_least = models.DecimalField("lowest score", max_digits=5, decimal_places=2, default=Decimal(0))
    scale_most = models.DecimalField("highest score", max_digits=5, decimal_places=2, default=Decimal(5))
    places = models.PositiveSmallIntegerField(
        "scores are rounded to … decimals", default=2, validators=between(0, 6), help_text="Half is rounded up."
    )
    spread = models.DecimalField(
        "spread that is talked over", max_digits=5, decimal_places=2, default=Decimal(2),
        validators=[MinValueValidator(Decimal(0), message="A spread is not below 0.")],
        help_text="Scores of one criterion that lie this far apart are flagged.",
    )  # fmt: skip
    least_evaluators = models.PositiveSmallIntegerField(
        "evaluators per section", default=2, validators=between(1, 20),
        help_text="Fewer submitted scores hold the lock.",
    )  # fmt: skip

    # Total cost of partnership
    currency = models.CharField("base currency", max_length=3, blank=True, validators=[a_currency])
    discount_rate = models.DecimalField(
        "discount rate in % a year", max_digits=6, decimal_places=3, null=True, blank=True
    )
    demand_unit = models.CharField("unit of demand", max_length=30, blank=True)
    batch_output = models.DecimalField("units per batch", max_digits=14, decimal_places=3, null=True, blank=True)
    batch_yield = models.DecimalField("yield in %", max_digits=6, decimal_places=3, null=True, blank=True)
    should_cost = models.DecimalField(
        "should-cost per unit", max_digits=16, decimal_places=4, null=True, blank=True,
        help_text="Our own estimate, made before any price is opened.",
    )  # fmt: skip
    oversight_fte = models.DecimalField(
        "our people for one CMO", max_digits=6, decimal_places=2, null=True, blank=True,
        help_text="Full-time people a year: the cost that is usually forgotten.",
    )  # fmt: skip
    fte_rate = models.DecimalField("cost of one of us a year", max_digits=16, decimal_places=2, null=True, blank=True)
    audit_cost = models.DecimalField(
        "cost of one audit with travel", max_digits=16, decimal_places=2, null=True, blank=True
    )
    plant_day_cost = models.DecimalField(
        "cost of one day in the plant with travel", max_digits=16, decimal_places=2, null=True, blank=True
    )
    oversight_systems = models.DecimalField(
        "systems for oversight a year", max_digits=16, decimal_places=2, null=True, blank=True
    )
    change_reserve = models.DecimalField(
        "reserve for change orders in %", max_digits=6, decimal_places=3, default=Decimal(5),
        help_text="Of the running cost of each year.",
    )  # fmt: skip

    issued_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    priced_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT, editable=False)
    external_id = models.CharField(max_length=100, blank=True)

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "RFP"
        verbose_name_plural = "RFPs"
        ordering = ["-reference", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], name="one_rfp_per_reference",
                violation_error_message="Another RFP has just received this reference: save again.",
            ),
            models.CheckConstraint(
                condition=Q(questions_until__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(questions_until__lt=F("closes_at")),
                name="questions_end_before_proposals_are_due",
                violation_error_message="Questions end before proposals are due.",
            ),
            models.CheckConstraint(
                condition=Q(scale_most__gt=F("scale_least")),
                name="a_scale_of_scores_rises",
                violation_error_message="The highest score is above the lowest.",
            ),
            models.CheckConstraint(
                condition=Q(batch_output__isnull=True) | Q(batch_output__gt=0),
                name="a_batch_asked_for_yields_something",
                violation_error_message="Units per batch are more than 0.",
            ),
            models.CheckConstraint(
                condition=Q(batch_yield__isnull=True) | Q(batch_yield__gt=0, batch_yield__lte=100),
                name="a_yield_asked_for_is_up_to_a_hundred",
                violation_error_message="The yield is more than 0 and at most 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(discount_rate__isnull=True) | Q(discount_rate__gt=-100, discount_rate__lte=100),
                name="a_discount_rate_of_bids_is_a_rate",
                violation_error_message="Give the discount rate in percent a year, from more than −100 to 100.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0}),
                    name=f"{name}_of_bids_is_not_negative",
                    violation_error_message="Give 0 or more.",
                )
                for name in (
                    "should_cost", "oversight_fte", "fte_rate", "audit_cost", "plant_day_cost", "oversight_systems",
                )
            ),
            models.CheckConstraint(
                condition=Q(change_reserve__gte=0, change_reserve__lte=100),
                name="a_reserve_is_a_share",
                violation_error_message="Give a reserve from 0 to 100 percent.",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(closes_at__isnull=False),
                name="an_issued_rfp_has_a_deadline",
                violation_error_message="An issued RFP says until when proposals are taken.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_rfp_per_external_id",
                violation_error_message="There is an RFP with this external id already.",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "closes_at"], name="rfp_by_deadline"),
            models.Index(fields=["programme", "state"], name="rfp_of_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("evaluation:rfp", args=[self.pk])

    def related(self) -> Record:
        return self.programme

    def clean(self) -> None:
        if self._state.adding and self.programme_id:
            if self.strategy_id is None:
                approved = Strategy.objects.filter(programme=self.programme_id, state=Strategy.State.APPROVED).first()
                if approved is None:
                    raise ValidationError(
                        {"programme": "Have its partnering strategy approved first: the RFP begins with what it asks."}
                    )
                self.strategy = approved
            year = timezone.localdate().year
            stem = f"{self.kind.upper()}-{year}-"
            last = (
                Rfp.objects.filter(reference__startswith=stem).order_by("-reference").values_list("reference").first()
            )
            self.reference = f"{stem}{int(last[0].rsplit('-', 1)[1]) + 1 if last else 1:04d}"
            if self.owner_id is None:
                self.owner = self.created_by
        elif not Rfp.objects.filter(pk=self.pk, programme=self.programme_id, kind=self.kind).exists():
            raise ValidationError({"programme": "An RFP stays with its programme and its type: write another one."})

    def signed_content(self) -> dict[str, Any]:
        return {**fields_of(self), "tables": parts.content_of(self)}

    def barred(self, user: Any) -> str:
        from evaluation.panel import why_barred

        return "" if self._state.adding else why_barred(self, user)

    def edited(self, event: Event) -> None:
        if event.verb == "create":
            from evaluation.filling import from_strategy

            from_strategy(self)

    @property
    def technical_is_locked(self) -> bool:
        return self.state in (*self.PRICED, self.State.TECHNICAL_LOCKED)

    @property
    def scale(self) -> str:
        """From which score to which, as people write it."""
        return f"{plain(self.scale_least)} to {plain(self.scale_most)}"

    def score_fault(self, score: Decimal) -> str:
        """Return what is wrong with a score, as a sentence; empty where it is on the scale."""
        return "" if self.scale_least <= score <= self.scale_most else f"Give a score from {self.scale}."

    @property
    def is_sealed(self) -> bool:
        return self.state in self.SEALED


class OfRfp(Record):
    """What belongs to an RFP: closed to whoever may not act on that."""

    class Meta:
        abstract = True

    def barred(self, user: Any) -> str:
        rfp: Any = getattr(self, "rfp", None)
        return rfp.barred(user) if rfp is not None else ""
