from __future__ import annotations

from enum import nonmember
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import Attachment, Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States
from contracts.clauses.coverage import STATUSES
from contracts.models.agreement import Agreement
from contracts.models.tables import TOPIC_CHOICES
from evaluation.models.limits import text


class OfAgreementQuerySet(RecordQuerySet):
    """Rows that hang on an agreement by `agreement`, and are seen with it."""

    def shared_with(self, user: Any) -> Any:
        return self.filter(agreement__in=Agreement.objects.visible_to(user).order_by().values("pk"))


class DocumentQuerySet(OfAgreementQuerySet):
    def visible_to(self, user: Any) -> Any:
        """The other side reads the newest text of what it is to sign or has signed, not what was written on the way."""
        if getattr(user, "is_active", False) and user.is_external:
            newest = (
                ContractDocument.objects.order_by()
                .filter(agreement=models.OuterRef("agreement"))
                .values("agreement")
                .annotate(last=Max("number"))
                .values("last")
            )
            return self.filter(
                agreement__in=Agreement.objects.visible_to(user).values("pk"), number=models.Subquery(newest)
            )
        return super().visible_to(user)


class ContractDocument(Record):
    """One version of an agreement's text: its file, if any, its words and their hash. It is never changed."""

    class Origin(models.TextChoices):
        OURS = "ours", "Our draft"
        THEIRS = "theirs", "Their draft"
        AGREED = "agreed", "Agreed text"
        SIGNED = "signed", "Signed copy"

    record_class = RecordClass.GXP
    may_create = Agreement.may_edit
    editable_in = ()
    whole = "agreement"
    route = "contract-documents"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveSmallIntegerField("version of the text", editable=False)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.OURS)
    note = models.CharField("what is new in it", max_length=500, blank=True)
    words = models.TextField("text", blank=True)
    sha256 = models.CharField("hash", max_length=64, editable=False)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+", null=True, editable=False)
    pages = models.JSONField("where each page begins", default=list, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="each_version_of_a_text_once",
                violation_error_message="Somebody brought in a version at the same moment: look at it, then try again.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement.reference}, text version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("contracts:contract_document", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()


class Passage(models.Model):
    """A stretch of a document's text, as it is searched: `words[start:end]` of the document."""

    audit_exempt = "cut from a document's text, which is in the trail itself"

    document = models.ForeignKey(ContractDocument, on_delete=models.CASCADE, related_name="passages")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    heading = models.CharField(max_length=200, blank=True)
    words = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("words", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="each_passage_once")]
        indexes = [GinIndex(fields=["search"], name="passage_by_words")]

    def __str__(self) -> str:
        return self.heading or self.words[:80]


class Clause(Record):
    """What a person says of one topic of the library in one agreement, with the text and its place."""

    record_class = RecordClass.BUSINESS
    may_create = ("legal", "sourcing", "quality")
    may_edit = ("legal", "sourcing", "quality")
    whole = "agreement"
    route = "clauses"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clauses")
    topic = models.CharField(max_length=60, choices=TOPIC_CHOICES)
    status = models.CharField("is", max_length=14, choices=list(STATUSES.items()))
    document = models.ForeignKey(
        ContractDocument, on_delete=models.PROTECT, related_name="clauses", null=True, blank=True,
        verbose_name="in which text",
    )  # fmt: skip
    start = models.PositiveIntegerField("from character", null=True, blank=True)
    end = models.PositiveIntegerField("to character", null=True, blank=True)
    words = models.TextField("text of the clause", blank=True)
    place = models.CharField("section or page", max_length=100, blank=True)
    note = text("how it deviates, or why it is missing", blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "topic", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "topic"],
                name="each_topic_judged_once",
                violation_error_message="This topic is judged already: change that judgement.",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__isnull=False, end__gt=models.F("start")),
                name="a_place_has_two_ends",
                violation_error_message="Give where the text begins and where it ends.",
            ),
            models.CheckConstraint(
                condition=~Q(status="deviates") | ~Q(note=""),
                name="a_deviation_says_how",
                violation_error_message="Say how it deviates from what the library asks for.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} in {self.agreement.reference}"  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("contracts:clause", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        errors: dict[str, str] = {}
        if not self._state.adding and not Clause.objects.filter(pk=self.pk, agreement=self.agreement_id).exists():
            errors["agreement"] = "A judgement stays with its agreement."
        if (self.start is None) != (self.end is None):
            errors["start"] = "Give where the text begins and where it ends."
        elif self.start is not None and self.document is None:
            errors["document"] = "Say in which text this place is."
        if self.document is not None and self.document.agreement_id != self.agreement_id:
            errors["document"] = "This text belongs to another agreement."
        elif self.document is not None and self.end is not None and self.end > len(self.document.words):
            errors["end"] = f"The text has {len(self.document.words):,} characters."
        elif self.document is not None and self.start is not None and not self.words:
            self.words = self.document.words[self.start : self.end]
        if self.status in ("present", "deviates") and not (self.words or self.place):
            errors["words"] = "Give the text of the clause, or the section where it stands."
        if errors:
            raise ValidationError(errors)


class Waiver(Record):
    """The signed decision to do without a mechanism that the strategy asks for."""

    class State(States):
        ASKED = "asked", "Asked for"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

        tones = nonmember({"asked": "watch", "granted": "good", "refused": "bad"})

    record_class = RecordClass.GXP
    may_create = ("sourcing", "legal", "quality")
    may_edit = ("sourcing", "legal", "quality")
    editable_in = (State.ASKED,)
    unsubmitted = (State.ASKED,)
    whole = "agreement"
    route = "waivers"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="waivers")
    mechanism = models.CharField(max_length=80, help_text="The key of the strategy's mechanism.")
    title = models.CharField(max_length=300, editable=False)
    grounds = text("why we do without it")
    instead = text("what protects us instead", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED, editable=False)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "mechanism", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "mechanism"],
                condition=Q(state__in=["asked", "granted"]),
                name="one_waiver_per_mechanism",
                violation_error_message="A waiver of this mechanism is asked for or granted already.",
            )
        ]

    def __str__(self) -> str:
        return f"Waiver of {self.title} in {self.agreement.reference}"

    def get_absolute_url(self) -> str:
        return reverse("contracts:waiver", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        from contracts.covering import asked_of

        if self.agreement_id is None:
            return
        asked = {one.code: one for one in asked_of(self.agreement)}
        if self.mechanism not in asked:
            raise ValidationError({"mechanism": "The strategy asks for no such mechanism here."})
        self.title = asked[self.mechanism].title[:300]


__all__ = ["Clause", "ContractDocument", "DocumentQuerySet", "OfAgreementQuerySet", "Passage", "Waiver"]
