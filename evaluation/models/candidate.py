from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, F, Q
from django.urls import reverse

from cmo_lifecycle.partners.models import CMO, Programme, Site
from cmo_lifecycle.workflow.models import Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.parts import Part
from cmo_lifecycle.workflow.states import States
from evaluation.models.limits import text
from strategy.models import Consequence, Strategy
from strategy.rules import Kind


class CdaQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> CdaQuerySet:
        """An agreement for one programme is seen with it; one with the whole company by every colleague."""
        return self.filter(
            Q(programme__isnull=True) | Q(programme__in=Programme.objects.visible_to(user).order_by().values("pk"))
        )

    def live(self, on: date) -> CdaQuerySet:
        """In force on a day."""
        return self.filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=on), state=Cda.State.IN_FORCE, signed_on__lte=on
        )

    def covering(self, programme: Any, on: date) -> CdaQuerySet:
        """Live on a day, for the programme or for all of them."""
        return self.live(on).filter(Q(programme__isnull=True) | Q(programme=programme))


class Cda(Record):
    """A confidential disclosure agreement with a CMO: without a live one nobody receives an RFP."""

    class State(States):
        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent for signature"
        IN_FORCE = "in_force", "In force"
        TERMINATED = "terminated", "Terminated"
        ABANDONED = "abandoned", "Given up"

        tones = nonmember({"draft": "info", "sent": "watch", "in_force": "good", "terminated": "bad"})

    record_class = RecordClass.BUSINESS
    may_create = ("sourcing", "legal")
    may_edit = ("sourcing", "legal")
    editable_in = (State.DRAFT, State.SENT)
    unsubmitted = (State.DRAFT,)
    route = "cdas"

    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="cdas", verbose_name="CMO")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="cdas", null=True, blank=True,
        help_text="Leave empty where it covers all programmes.",
    )  # fmt: skip
    number = models.CharField(max_length=60, blank=True, help_text="As legal files it.")
    mutual = models.BooleanField("binds both sides", default=True)
    purpose = text(blank=True)
    signed_on = models.DateField("signed on", null=True, blank=True)
    expires_on = models.DateField("ends on", null=True, blank=True, help_text="Leave empty where it has no end.")
    secret_until = models.DateField(
        "secrets are kept until", null=True, blank=True, help_text="The duty outlives the agreement."
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    external_id = models.CharField(max_length=100, blank=True)

    objects = CdaQuerySet.as_manager()

    class Meta:
        verbose_name = "CDA"
        verbose_name_plural = "CDAs"
        ordering = ["cmo__legal_name", "-signed_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True) | Q(expires_on__isnull=True) | Q(expires_on__gt=F("signed_on")),
                name="a_cda_ends_after_it_is_signed",
                violation_error_message="A CDA ends after the day on which it is signed.",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(signed_on__isnull=False),
                name="a_cda_in_force_is_signed",
                violation_error_message="Give the day on which both sides have signed.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_cda_per_external_id",
                violation_error_message="There is a CDA with this external id already.",
            ),
        ]
        indexes = [models.Index(fields=["cmo", "state"], name="cda_by_cmo")]

    def __str__(self) -> str:
        return f"CDA {self.number}".strip() + f" with {self.cmo}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:cda", args=[self.pk])

    def related(self) -> Record:
        return self.programme or self.cmo

    def is_live(self, on: date) -> bool:
        return (
            self.state == self.State.IN_FORCE
            and self.signed_on is not None
            and self.signed_on <= on
            and (self.expires_on is None or self.expires_on >= on)
        )


class OfProgrammeQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> OfProgrammeQuerySet:
        return self.filter(programme__in=Programme.objects.visible_to(user).order_by().values("pk"))


class Candidate(Record):
    """A CMO that a market scan found for a programme, on its way from the scan to the short list."""

    class State(States):
        SCANNED = "scanned", "Found in the scan"
        LONG_LISTED = "long_listed", "On the long list"
        SHORT_LISTED = "short_listed", "On the short list"
        KNOCKED_OUT = "knocked_out", "Knocked out"
        DROPPED = "dropped", "Not pursued"

        tones = nonmember(
            {"scanned": "none", "long_listed": "info", "short_listed": "good", "knocked_out": "bad", "dropped": "none"}
        )

    class Channel(models.TextChoices):
        PRIOR_RELATIONSHIP = "prior_relationship", "Prior relationship"
        REFERRAL = "referral", "Referral"
        MARKET_SCAN = "market_scan", "Market scan"
        DATABASE = "database", "Register or database"
        TRADE_FAIR = "trade_fair", "Trade fair or conference"
        INBOUND = "inbound", "It approached us"
        CONSULTANT = "consultant", "Consultant"

    record_class = RecordClass.BUSINESS
    may_create = ("sourcing", "project_manager")
    may_edit = ("sourcing", "project_manager", "technical", "quality")
    editable_in = (State.SCANNED, State.LONG_LISTED)
    unsubmitted = (State.SCANNED, State.LONG_LISTED)
    route = "candidates"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="candidates")
    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="candidacies", verbose_name="CMO")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="candidacies", null=True, blank=True,
        help_text="Where the work would be done.",
    )  # fmt: skip
    channel = models.CharField(
        "how we came to it", max_length=20, choices=Channel,
        help_text="Short lists grow from acquaintance: written down, it can be weighed later.",
    )  # fmt: skip
    found_by = models.CharField("who or what pointed to it", max_length=200, blank=True)
    notes = text(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.SCANNED, editable=False)
    external_id = models.CharField(max_length=100, blank=True)

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["programme__name", "cmo__legal_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "cmo"],
                name="one_candidacy_per_cmo_and_programme",
                violation_error_message="This CMO is a candidate of this programme already.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_candidate_per_external_id",
                violation_error_message="There is a candidate with this external id already.",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state"], name="candidate_by_state")]

    def __str__(self) -> str:
        return f"{self.cmo} for {self.programme}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:candidate", args=[self.pk])

    def related(self) -> Record:
        return self.programme

    def clean(self) -> None:
        if self.site_id and self.site is not None and self.site.cmo_id != self.cmo_id:
            raise ValidationError({"site": f"{self.site} is not a site of {self.cmo}: choose one of its own."})

    def edited(self, event: Any) -> None:
        """What the approved strategy insists on stands in a new candidate's list, yet to be looked at."""
        if event.verb != "create":
            return
        strategy = Strategy.objects.filter(programme=self.programme_id, state=Strategy.State.APPROVED).first()
        if strategy is None:
            return
        asked = Consequence.objects.binding().filter(strategy=strategy, kind=Kind.KNOCK_OUT).order_by("title", "id")
        MustHave.objects.bulk_create(
            MustHave(
                candidate=self,
                position=place,
                requirement=one.content.get("requirement", one.title)[:500],
                consequence=one,
            )
            for place, one in enumerate(asked)
        )


class MustHave(Part):
    """What a candidate must have, and whether it does: a failed one knocks it out."""

    class Verdict(models.TextChoices):
        OPEN = "open", "Not yet known"
        MET = "met", "Met"
        FAILED = "failed", "Failed"

    of = "candidate"
    columns = ("requirement", "verdict", "evidence", "consequence")
    named_by = ("requirement",)
    most = 60

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="must_haves")
    requirement = models.CharField(max_length=500)
    verdict = models.CharField(max_length=6, choices=Verdict, default=Verdict.OPEN)
    evidence = models.CharField("what shows it", max_length=1000, blank=True)
    consequence = models.ForeignKey(
        Consequence, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="asked for by the strategy as",
    )  # fmt: skip

    class Meta(Part.Meta):
        verbose_name = "must-have"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "requirement"],
                deferrable=Deferrable.DEFERRED,
                name="one_must_have_per_candidate",
                violation_error_message="This must-have stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return self.requirement

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors = {
            f"{place}.evidence": "Say what shows it: a verdict without evidence does not hold."
            for place, row in enumerate(rows)
            if row.verdict != cls.Verdict.OPEN and not row.evidence.strip()
        }
        if errors:
            raise ValidationError(errors)
