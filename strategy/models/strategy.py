from __future__ import annotations

from enum import nonmember
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.partners.models.vocabulary import Tier
from cmo_lifecycle.tabular.values import CURRENCIES
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Event, Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States
from strategy.models import checks
from strategy.models.limits import between


def a_currency(code: str) -> None:
    """Refuse what is no ISO 4217 code."""
    if code and code not in CURRENCIES:
        raise ValidationError(f"“{code}” is not a currency code; use the three letters, such as EUR or USD.")


class StrategyQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> StrategyQuerySet:
        """A strategy is seen with its programme."""
        return self.filter(programme__in=Programme.objects.visible_to(user).order_by().values("pk"))

    def open(self) -> StrategyQuerySet:
        return self.filter(state__in=Strategy.OPEN)


class Strategy(Record):
    """One version of why and how a programme is made outside, written before any CMO is chosen."""

    class State(States):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        UNDER_REVISION = "under_revision", "Under revision"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"
        RETIRED = "retired", "Retired"

        tones = nonmember({"draft": "info", "in_review": "watch", "under_revision": "info", "approved": "good"})

    class Core(models.TextChoices):
        CORE = "core", "Yes: it is what sets us apart"
        ADJACENT = "adjacent", "Partly: we must understand and control it"
        NOT_CORE = "not_core", "No: others do it as well or better"

    class SourcingIntent(models.TextChoices):
        STAY_OUTSOURCED = "stay_outsourced", "It stays outsourced"
        IN_HOUSE_LATER = "in_house_later", "We bring it in-house by a date"
        IN_HOUSE_BACKUP = "in_house_backup", "We already make it in-house, as a back-up"

    class Alternates(models.TextChoices):
        SOLE = "sole", "Sole source: nobody else can"
        SINGLE = "single", "Single source: others could, we choose one"
        DUAL = "dual", "Dual source"
        MULTI = "multi", "Several sources"

    class Duration(models.TextChoices):
        SHORT_TERM = "short_term", "Short-term"
        LONG_TERM = "long_term", "Long-term"

    class RelationshipType(models.TextChoices):
        TRANSACTIONAL = "transactional", "Transactional"
        PREFERRED = "preferred", "Preferred partner"
        STRATEGIC = "strategic", "Strategic partner"

    class WeightsBy(models.TextChoices):
        DIRECT = "direct", "Direct entry"
        PAIRWISE = "pairwise", "Pairwise comparison"

    class RiskScale(models.IntegerChoices):
        FIVE = 5, "1 to 5"
        TEN = 10, "1 to 10"

    WRITABLE = (State.DRAFT, State.UNDER_REVISION)
    OPEN = (State.DRAFT, State.IN_REVIEW, State.UNDER_REVISION)

    record_class = RecordClass.GXP
    may_create = ("sourcing", "project_manager")
    may_edit = ("sourcing", "project_manager", "technical", "supply_planning", "finance")
    editable_in = WRITABLE
    unsubmitted = WRITABLE
    #: Written by the steps themselves, after the signature.
    unsigned_fields = ("approved_at",)
    route = "strategies"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="strategies")
    number = models.PositiveSmallIntegerField("strategy version", default=1, editable=False)
    revises = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revisions", editable=False
    )
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    why_revised = models.TextField("why this version", blank=True)

    # What is to be made, and until when this looks
    scope = models.TextField(
        "what is outsourced", blank=True, help_text="The material or capability, from which step to which."
    )
    starts_on = models.DateField(
        "programme starts", null=True, blank=True, help_text="The first day on which work outside is planned."
    )
    launch_on = models.DateField("target launch", null=True, blank=True)
    horizon_from = models.PositiveSmallIntegerField(
        "first year of the horizon",
        null=True,
        blank=True,
        validators=between(2000, 2100, "year"),
    )
    horizon_to = models.PositiveSmallIntegerField(
        "last year of the horizon", null=True, blank=True, validators=between(2000, 2100, "year")
    )
    relationship_type = models.CharField("kind of relationship", max_length=14, choices=RelationshipType, blank=True)
    review_due = models.DateField("next review of the strategy", null=True, blank=True)

    # The four questions
    core_competency = models.CharField("core competency", max_length=10, choices=Core, blank=True)
    core_rationale = models.TextField("why", blank=True)
    core_evidence = models.TextField("evidence", blank=True)
    sourcing_intent = models.CharField("sourcing over time", max_length=16, choices=SourcingIntent, blank=True)
    in_house_by = models.DateField("in-house by", null=True, blank=True)
    intent_rationale = models.TextField("why", blank=True)
    intent_evidence = models.TextField("evidence", blank=True)
    alternates = models.CharField("alternate sources", max_length=6, choices=Alternates, blank=True)
    alternate_by = models.DateField("alternate source ready by", null=True, blank=True)
    alternate_plan = models.TextField("how the alternate source comes about", blank=True)
    alternates_rationale = models.TextField("why", blank=True)
    alternates_evidence = models.TextField("evidence", blank=True)
    duration = models.CharField("duration", max_length=10, choices=Duration, blank=True)
    duration_until = models.DateField("until", null=True, blank=True)
    duration_rationale = models.TextField("why", blank=True)
    duration_evidence = models.TextField("evidence", blank=True)
    exit_intent = models.TextField(
        "exit intent", blank=True, help_text="How we would leave, and what we must have in hand when we do."
    )

    # Weights
    weights_by = models.CharField("weights by", max_length=8, choices=WeightsBy, default=WeightsBy.DIRECT)
    inconsistency_explained = models.TextField(
        "why an inconsistent comparison stands",
        blank=True,
        help_text="Asked for where the consistency ratio is above 0.10.",
    )

    # From demand to batches
    demand_unit = models.CharField("unit of demand", max_length=30, blank=True, help_text="Such as vials or doses.")
    batch_output = models.DecimalField(
        "units per batch", max_digits=14, decimal_places=3, null=True, blank=True,
        help_text="Theoretical output of one batch, in units of demand.",
    )  # fmt: skip
    batch_yield = models.DecimalField(
        "yield in %", max_digits=6, decimal_places=3, null=True, blank=True, help_text="Usable share of a good batch."
    )
    batch_failure = models.DecimalField("failed batches in %", max_digits=6, decimal_places=3, null=True, blank=True)

    # Make or buy
    currency = models.CharField("currency of this strategy", max_length=3, blank=True, validators=[a_currency])
    discount_rate = models.DecimalField(
        "discount rate in % a year", max_digits=6, decimal_places=3, null=True, blank=True
    )
    make_or_buy = models.TextField("what the comparison says", blank=True)

    # The world outside
    market_notes = models.TextField("market and technology", blank=True)
    constraints = models.TextField("what limits us", blank=True)
    budget = models.DecimalField(
        "yearly budget", max_digits=16, decimal_places=2, null=True, blank=True,
        help_text="For the outsourced work, in the strategy's currency.",
    )  # fmt: skip
    oversight_budget = models.DecimalField(
        "yearly cost of our own oversight", max_digits=16, decimal_places=2, null=True, blank=True,
        help_text="People, travel, audits and systems: the cost that is usually forgotten.",
    )  # fmt: skip

    # Risk and segment
    tier = models.PositiveSmallIntegerField("risk tier", choices=Tier, null=True, blank=True)
    tier_rationale = models.TextField("why this tier", blank=True)
    risk_scale = models.PositiveSmallIntegerField(
        "scale of the risk register", choices=RiskScale, default=RiskScale.TEN
    )
    risk_threshold = models.PositiveSmallIntegerField(
        "action threshold",
        default=100,
        validators=between(1, 1000),
        help_text="A risk priority number above this asks for an action.",
    )
    severity_gate = models.PositiveSmallIntegerField(
        "severity gate",
        default=9,
        validators=between(1, 10),
        help_text="A severity from here on asks for an action, whatever the number.",
    )
    supply_risk = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=between(0, 100),
        help_text="0: many can deliver; 100: nobody else can.",
    )
    profit_impact = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=between(0, 100),
        help_text="0: hardly felt; 100: the company's result hangs on it.",
    )  # fmt: skip
    segment_rationale = models.TextField("why it stands there", blank=True)

    external_id = models.CharField(max_length=100, blank=True)

    objects = StrategyQuerySet.as_manager()

    class Meta:
        ordering = ["programme__name", "-number", "id"]
        verbose_name_plural = "strategies"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="one_strategy_per_version",
                violation_error_message="This programme has a strategy of this version already.",
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["draft", "in_review", "under_revision"]),
                name="one_strategy_being_written",
                violation_error_message="A strategy of this programme is being written already: go on with that one.",
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state="approved"),
                name="one_approved_strategy",
                violation_error_message="Another version of this programme's strategy is approved.",
            ),
            models.UniqueConstraint(
                fields=["revises"],
                condition=~Q(state="retired"),
                name="one_revision_of_a_strategy",
                violation_error_message="A next version is being written already: go on with that one.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_strategy_per_external_id",
                violation_error_message="There is a strategy with this external id already.",
            ),
            models.CheckConstraint(
                condition=Q(horizon_to__isnull=True)
                | Q(horizon_from__isnull=True)
                | Q(horizon_to__gte=F("horizon_from")),
                name="a_horizon_ends_after_it_begins",
                violation_error_message="The last year of the horizon must not be before its first.",
            ),
            models.CheckConstraint(
                condition=Q(horizon_to__isnull=True)
                | Q(horizon_from__isnull=True)
                | Q(horizon_to__lte=F("horizon_from") + 40),
                name="a_horizon_is_forty_years_at_most",
                violation_error_message="Give a horizon of forty years at most.",
            ),
            models.CheckConstraint(
                condition=Q(batch_output__isnull=True) | Q(batch_output__gt=0),
                name="a_batch_yields_something",
                violation_error_message="Units per batch are more than 0.",
            ),
            models.CheckConstraint(
                condition=Q(batch_yield__isnull=True) | Q(batch_yield__gt=0, batch_yield__lte=100),
                name="a_yield_is_up_to_a_hundred",
                violation_error_message="The yield is more than 0 and at most 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(batch_failure__isnull=True) | Q(batch_failure__gte=0, batch_failure__lt=100),
                name="not_every_batch_fails",
                violation_error_message="Failed batches are from 0 to less than 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(discount_rate__isnull=True) | Q(discount_rate__gt=-100, discount_rate__lte=100),
                name="a_discount_rate_is_a_rate",
                violation_error_message="Give the discount rate in percent a year, from more than −100 to 100.",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="a_budget_is_not_negative",
                violation_error_message="A budget must not be below 0.",
            ),
            models.CheckConstraint(
                condition=Q(oversight_budget__isnull=True) | Q(oversight_budget__gte=0),
                name="an_oversight_budget_is_not_negative",
                violation_error_message="A budget must not be below 0.",
            ),
            models.CheckConstraint(
                condition=Q(supply_risk__isnull=True) | Q(supply_risk__lte=100),
                name="supply_risk_is_up_to_a_hundred",
                violation_error_message="Give a number from 0 to 100.",
            ),
            models.CheckConstraint(
                condition=Q(profit_impact__isnull=True) | Q(profit_impact__lte=100),
                name="profit_impact_is_up_to_a_hundred",
                violation_error_message="Give a number from 0 to 100.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "superseded"]) | Q(approved_at__isnull=False),
                name="an_approved_strategy_says_since_when",
                violation_error_message="An approved strategy says since when.",
            ),
        ]
        indexes = [
            models.Index(fields=["review_due"], condition=Q(state="approved"), name="strategy_by_review"),
            models.Index(fields=["state", "id"], name="strategy_by_state"),
        ]

    def __str__(self) -> str:
        return f"Strategy for {self.programme}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("strategy:strategy", args=[self.pk])

    def related(self) -> Record:
        return self.programme

    def clean(self) -> None:
        errors: dict[str, str] = {}
        if self._state.adding and self.programme_id:
            # Versions are counted, whoever adds them.
            highest = self.programme.strategies.aggregate(models.Max("number"))["number__max"]
            self.number = (highest or 0) + 1
            approved = self.programme.strategies.filter(state=self.State.APPROVED).first()
            if approved is not None and self.revises_id != approved.pk:
                errors["programme"] = f"Version {approved.number} of its strategy is approved: revise that one."
        elif not Strategy.objects.filter(pk=self.pk, programme=self.programme_id).exists():
            errors["programme"] = "A strategy stays with its programme: write another one there."
        elif self.risks.filter(
            models.Q(severity__gt=self.risk_scale)
            | models.Q(occurrence__gt=self.risk_scale)
            | models.Q(detection__gt=self.risk_scale)
        ).exists():
            errors["risk_scale"] = f"There are risks scored above {self.risk_scale}: score them anew first."
        errors |= checks.of_answers(self)
        if errors:
            raise ValidationError(errors)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Tell a rule of one field at that field; what concerns several stays with the whole."""
        try:
            super().validate_constraints(exclude)
        except ValidationError as error:
            at = {
                str(one.get_violation_error_message()): parts.fields_in(one.condition)[0]
                for one in self._meta.constraints
                if isinstance(one, models.CheckConstraint) and len({*parts.fields_in(one.condition)}) == 1
            }
            placed: dict[str, list[str]] = {}
            for field, sentences in error.message_dict.items():
                for sentence in sentences:
                    placed.setdefault(at.get(sentence, field), []).append(sentence)
            raise ValidationError(placed) from error

    def signed_content(self) -> dict[str, Any]:
        decided = self.consequences.order_by("kind", "key")  # type: ignore[attr-defined]
        return {
            **fields_of(self),
            "tables": parts.content_of(self),
            "consequences": [{**fields_of(one), "state": one.state} for one in decided],
        }

    def further_authors(self) -> set[Any]:
        """Those who decided what it asks for, and those who submitted it."""
        kind = ContentType.objects.get_for_model(self.consequences.model)
        decided = Event.objects.filter(
            record_type=kind,
            record_id__in=self.consequences.order_by().values("pk"),
            verb__in=("accept", "change", "decline", "reconsider"),
        )
        submitted = Event.objects.of(self).filter(verb="submit")
        return {*decided.values_list("actor_id", flat=True), *submitted.values_list("actor_id", flat=True)}

    @property
    def revised_by(self) -> Strategy | None:
        """The next version, unless it was given up."""
        return self.revisions.exclude(state=self.State.RETIRED).first()

    def edited(self, event: Event) -> None:
        from strategy.consequences import recompute

        if event.verb == "create" and self.revises is not None:
            parts.copy(self.revises, self)
        recompute(self, event)

    @property
    def years(self) -> range:
        """The years of the horizon; none while it is open."""
        if self.horizon_from is None or self.horizon_to is None:
            return range(0)
        return range(self.horizon_from, self.horizon_to + 1)
