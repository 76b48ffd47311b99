from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.partners.models import CMO, Contact, Programme, Relationship, Site
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Event, Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States
from contracts.models.calendar import HolidayCalendar
from contracts.models.fields import LengthField, PartialDateField, read_date
from contracts.terms.dates import NONE, PartialDate
from contracts.terms.dates import Kind as DateKind
from evaluation.models.limits import text
from strategy.models.limits import between
from strategy.models.strategy import a_currency
from strategy.sums.errors import SumError


def _date(text: str) -> PartialDate:
    """What cannot be read is told at its field; here it says nothing."""
    try:
        return read_date(text)
    except SumError:
        return NONE


class AgreementQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Any:
        """Colleagues see it with its programme; a CMO contact what was sent to the own CMO for signature or signed."""
        if getattr(user, "is_active", False) and user.is_external:
            own = Contact.objects.filter(user=user, left_on__isnull=True).values("cmo")
            return self.filter(cmo__in=own, state__in=Agreement.SHARED)
        return super().visible_to(user)

    def shared_with(self, user: Any) -> Any:
        """One without a programme binds the whole company and is seen by every colleague."""
        mine = Programme.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(programme__isnull=True) | Q(programme__in=mine))

    def in_force(self) -> Any:
        return self.filter(state=Agreement.State.EFFECTIVE)

    def signed(self) -> Any:
        """Executed by both, whether it binds already or only from a day to come."""
        return self.filter(state__in=(Agreement.State.EXECUTED, Agreement.State.EFFECTIVE))


class Agreement(Record):
    """A contract with a CMO, or an amendment of one: who, what, how long, under which rules, and how far it has come."""

    class Kind(models.TextChoices):
        CDA = "cda", "Confidentiality agreement"
        MSA = "msa", "Master or supply agreement"
        SOW = "sow", "Statement of work"
        QAG = "qag", "Quality agreement"
        TTA = "tta", "Technology-transfer agreement"
        AMENDMENT = "amendment", "Amendment"

    class State(States):
        DRAFT = "draft", "Draft"
        NEGOTIATION = "negotiation", "In negotiation"
        INTERNAL_REVIEW = "internal_review", "In internal review"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        APPROVED = "approved", "Approved"
        OUT_FOR_SIGNATURE = "out_for_signature", "Out for signature"
        EXECUTED = "executed", "Executed"
        EFFECTIVE = "effective", "Effective"
        EXPIRED = "expired", "Expired"
        TERMINATED = "terminated", "Terminated"
        SUPERSEDED = "superseded", "Superseded"
        ABANDONED = "abandoned", "Given up"

        tones = nonmember(
            {
                "draft": "info",
                "negotiation": "info",
                "internal_review": "watch",
                "changes_requested": "watch",
                "approved": "info",
                "out_for_signature": "watch",
                "executed": "good",
                "effective": "good",
                "terminated": "bad",
            }
        )

    class Renews(models.TextChoices):
        NO = "no", "It ends"
        AUTOMATIC = "automatic", "It renews by itself unless notice is given"
        BY_NOTICE = "by_notice", "It renews only if notice is given"
        EVERGREEN = "evergreen", "It runs until notice is given"

    #: Those that commit money.
    COMMERCIAL = (Kind.MSA, Kind.SOW, Kind.TTA)
    WRITABLE = (State.DRAFT, State.NEGOTIATION, State.CHANGES_REQUESTED)
    #: Where an edit is possible; from the review on it takes back what was approved.
    OPEN = (*WRITABLE, State.INTERNAL_REVIEW, State.APPROVED)
    SIGNED = (State.EXECUTED, State.EFFECTIVE)
    OVER = (State.EXPIRED, State.TERMINATED, State.SUPERSEDED)
    #: What the other side sees.
    SHARED = (State.OUT_FOR_SIGNATURE, *SIGNED, *OVER)

    record_class = RecordClass.GXP
    may_create = ("sourcing", "legal", "quality")
    may_edit = ("sourcing", "legal", "quality", "finance")
    editable_in = OPEN
    unsubmitted = WRITABLE
    #: Written by the steps themselves and by the clock, after the approval.
    unsigned_fields = (
        "executed_on", "effective_since", "ended_on", "notice_by", "ends_by", "notice_given_on", "paper_signed_on",
        "paper_signatory", "registered_as_existing", "registration_evidence", "approved_sha256", "next_review",
        # It follows from CMO and programme, and may come about after the signatures.
        "relationship", "cda",
    )  # fmt: skip
    route = "agreements"

    reference = models.CharField("number", max_length=60, help_text="As legal files it, such as MSA-2026-014.")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="agreements", verbose_name="CMO")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="agreements", null=True, blank=True,
        help_text="Leave empty where it binds for all programmes.",
    )  # fmt: skip
    relationship = models.ForeignKey(
        Relationship, on_delete=models.PROTECT, related_name="agreements", null=True, blank=True, editable=False
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True,
        verbose_name="under, or amends",
        help_text="The agreement that governs this one; of an amendment, the one that it amends.",
    )  # fmt: skip
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True,
        help_text="The agreement that ends when this one becomes effective.",
    )  # fmt: skip
    sites = models.ManyToManyField(Site, related_name="agreements", blank=True)
    products = models.CharField("products or services", max_length=1000, blank=True)
    our_party = models.CharField("our contracting company", max_length=200, blank=True)
    their_party = models.CharField(
        "their contracting company", max_length=200, blank=True, help_text="Where it is not the CMO's own legal name."
    )
    governing_law = models.CharField(max_length=100, blank=True, help_text="Such as “Germany” or “New York”.")
    currency = models.CharField(max_length=3, blank=True, validators=[a_currency])
    value = models.DecimalField(
        "committed amount", max_digits=16, decimal_places=2, null=True, blank=True,
        help_text="What we commit ourselves to over the whole term; of an amendment, what it adds or takes back.",
    )  # fmt: skip
    term_months = models.PositiveSmallIntegerField(
        "term for approval, in months", null=True, blank=True, validators=between(1, 1200, "month"),
        help_text="The longest time we are bound, renewals by us left out. Empty: without end.",
    )  # fmt: skip

    agreed_on = PartialDateField(
        "agreed on", help_text="As it says: a day, “May 2026” or “2026”; [] for a part held back."
    )
    effective_on = PartialDateField("effective from")
    expires_on = PartialDateField("ends on", help_text="A day, a month, a year, or “perpetual”.")
    first_term = LengthField(
        "or: first term", help_text="Such as “5 years”, where it gives a length instead of an end."
    )
    renews = models.CharField("at its end", max_length=10, choices=Renews, default=Renews.NO)
    renewal_length = LengthField("renews for", help_text="Such as “12 months”.")
    most_renewals = models.PositiveSmallIntegerField("at most so many times", null=True, blank=True)
    notice_length = LengthField("notice", help_text="Such as “180 days” before the end.")
    lapses_on = models.DateField(
        "lapses after", null=True, blank=True, help_text="The last day of an amendment that is for a time only."
    )
    calendar = models.ForeignKey(
        HolidayCalendar, on_delete=models.PROTECT, related_name="agreements", null=True, blank=True,
        verbose_name="business days by", help_text="Empty: Monday to Friday.",
    )  # fmt: skip
    prevails_on_quality = models.BooleanField("prevails on quality matters", default=True)
    review_years = models.PositiveSmallIntegerField(
        "reviewed every … years", null=True, blank=True, validators=between(1, 10, "number of years")
    )
    next_review = models.DateField(null=True, editable=False)
    notes = text(blank=True)

    state = models.CharField(max_length=18, choices=State, default=State.DRAFT, editable=False)
    approved_sha256 = models.CharField("approved content", max_length=64, blank=True, editable=False)
    executed_on = models.DateField(null=True, editable=False)
    effective_since = models.DateField(null=True, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    notice_given_on = models.DateField("notice given on", null=True, editable=False)
    #: Counted from the dates and the rule, so that lists can be sorted by them; null where a date is held back.
    notice_by = models.DateField("notice by", null=True, editable=False)
    ends_by = models.DateField("ends", null=True, editable=False)
    paper_signed_on = models.DateField(null=True, editable=False)
    paper_signatory = models.CharField(max_length=150, blank=True, editable=False)
    registered_as_existing = models.BooleanField(default=False, editable=False)
    registration_evidence = models.TextField(blank=True, editable=False)
    #: Of a confidentiality agreement in force: what the gates of selection go by.
    cda = models.OneToOneField(
        "evaluation.Cda", on_delete=models.PROTECT, related_name="agreement", null=True, editable=False,
        verbose_name="CDA",
    )  # fmt: skip
    external_id = models.CharField(max_length=100, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["cmo__legal_name", "reference", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                name="one_agreement_per_number",
                violation_error_message="There is an agreement with this number already.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_agreement_per_external_id",
                violation_error_message="There is an agreement with this external id already.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="amendment") | Q(parent__isnull=False),
                name="an_amendment_amends_something",
                violation_error_message="Say which agreement this one amends.",
            ),
            models.CheckConstraint(
                condition=Q(expires_on="") | Q(first_term=""),
                name="an_end_or_a_first_term",
                violation_error_message="Give the end or the length of the first term, not both.",
            ),
            models.CheckConstraint(
                condition=Q(registered_as_existing=False) | ~Q(registration_evidence=""),
                name="a_registered_agreement_has_its_evidence",
                violation_error_message="Say what shows that both sides have signed.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["executed", "effective"]) | Q(executed_on__isnull=False),
                name="an_executed_agreement_says_since_when",
                violation_error_message="An executed agreement says since when.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="agreement_by_state"),
            models.Index(fields=["notice_by"], condition=Q(notice_by__isnull=False), name="agreement_by_notice"),
            models.Index(fields=["ends_by"], condition=Q(ends_by__isnull=False), name="agreement_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("contracts:agreement", args=[self.pk])

    def related(self) -> Record:
        return self.relationship or self.programme or self.cmo

    def clean(self) -> None:
        errors: dict[str, str] = {}
        before = None if self._state.adding else Agreement.objects.filter(pk=self.pk).first()
        for name, label in (("kind", "kind"), ("cmo", "CMO"), ("programme", "programme")):
            attname = self._meta.get_field(name).attname  # type: ignore[union-attr]
            if before is not None and getattr(before, attname) != getattr(self, attname):
                errors[name] = f"An agreement keeps its {label}: give this one up and write another."
        parent = self.parent
        if parent is not None:
            errors |= self._about_parent(parent)
        if self.replaces is not None and self.replaces.cmo_id != self.cmo_id:
            errors["replaces"] = f"{self.replaces} is with another CMO."
        elif self.replaces is not None and self.replaces.programme_id != self.programme_id:
            errors["replaces"] = f"{self.replaces} is for another programme."
        elif self.replaces is not None and (self.replaces.pk == self.pk or self.kind == self.Kind.AMENDMENT):
            errors["replaces"] = "Only another agreement is replaced; an amendment changes the one it stands under."
        if self.value is not None and not self.currency:
            errors["currency"] = "Give the currency of the amount."
        if self.value is not None and self.value < 0 and self.kind != self.Kind.AMENDMENT:
            errors["value"] = "A committed amount is 0 or more."
        errors |= self._about_dates()
        if errors:
            raise ValidationError(errors)
        if self.programme_id:
            self.relationship = Relationship.objects.filter(cmo=self.cmo_id, programme=self.programme_id).first()

    def _about_parent(self, parent: Agreement) -> dict[str, str]:
        if parent.pk == self.pk:
            return {"parent": "An agreement is not under itself."}
        if parent.cmo_id != self.cmo_id:
            return {"parent": f"{parent} is with another CMO."}
        if parent.kind == self.Kind.AMENDMENT:
            return {"parent": f"{parent} is an amendment itself: choose the agreement that it amends."}
        if self.kind == self.Kind.AMENDMENT and parent.programme_id != self.programme_id:
            return {"programme": "An amendment has the programme of the agreement that it amends."}
        if parent.programme_id is not None and parent.programme_id != self.programme_id:
            return {"parent": f"{parent} is for another programme."}
        if self.pk in {above.pk for above in parent.above()}:
            return {"parent": f"{parent} is under this one already."}
        if self.kind == self.Kind.AMENDMENT and self._state.adding and parent.state not in self.SIGNED:
            return {"parent": f"{parent} is not executed yet: change the draft itself."}
        return {}

    def above(self) -> list[Agreement]:
        """Return what governs it, the nearest first."""
        found: list[Agreement] = []
        one = self.parent
        while one is not None and one not in found:
            found.append(one)
            one = one.parent
        return found

    def _about_dates(self) -> dict[str, str]:
        errors: dict[str, str] = {}
        dates = {name: _date(getattr(self, name)) for name in ("agreed_on", "effective_on", "expires_on")}
        for name in ("agreed_on", "effective_on"):
            if dates[name].kind is DateKind.PERPETUAL:
                errors[name] = "Give a day, a month or a year."
        start, end = dates["effective_on"].window, dates["expires_on"].window
        if start is not None and end is not None and end.latest < start.earliest:
            errors["expires_on"] = "It would end before it is effective."
        if self.renews in (self.Renews.AUTOMATIC, self.Renews.BY_NOTICE) and not self.renewal_length:
            errors["renewal_length"] = "Say for how long it renews, such as “12 months”."
        if self.renews in (self.Renews.NO, self.Renews.EVERGREEN) and (self.renewal_length or self.most_renewals):
            errors["renewal_length"] = "Leave this empty, or say that it renews."
        if self.lapses_on is not None and self.kind != self.Kind.AMENDMENT:
            errors["lapses_on"] = "Only an amendment lapses; give the end of the agreement."
        if self.kind == self.Kind.AMENDMENT and (self.expires_on or self.first_term):
            errors["expires_on"] = "An amendment moves the end by its provisions; leave this empty."
        return errors

    @property
    def nature(self) -> str:
        """Its kind; of an amendment, that of what it amends."""
        if self.kind == self.Kind.AMENDMENT and self.parent is not None:
            return self.parent.kind
        return self.kind

    @property
    def is_commercial(self) -> bool:
        return self.nature in self.COMMERCIAL

    @property
    def is_quality(self) -> bool:
        return self.nature == self.Kind.QAG

    @property
    def starts(self) -> PartialDate:
        return read_date(self.effective_on)

    @property
    def ends(self) -> PartialDate:
        return read_date(self.expires_on)

    def current_document(self) -> Any:
        """Return the newest version of the text, None where there is none yet."""
        return self.documents.order_by("-number").first()  # type: ignore[attr-defined]

    def signed_content(self) -> dict[str, Any]:
        """Fields and tables, with the text by its hash: whoever signs, signs that version."""
        document = self.current_document()
        return {
            **fields_of(self),
            "sites": sorted(str(pk) for pk in self.sites.values_list("pk", flat=True)),
            "tables": parts.content_of(self),
            "document": None if document is None else {"number": document.number, "sha256": document.sha256},
        }

    def further_authors(self) -> set[Any]:
        """Those who brought in a text or handed it to review: they approve neither."""
        texts = self.documents.values_list("created_by", flat=True)  # type: ignore[attr-defined]
        handed = Event.objects.of(self).filter(verb="submit").values_list("actor_id", flat=True)
        return {pk for pk in (*texts, *handed) if pk is not None}

    def edited(self, event: Event) -> None:
        """Whatever changes after the approval is approved anew."""
        from contracts.actions.agreements import ask_about_splits, reopen
        from contracts.dates import recount

        if self.state == self.State.APPROVED:
            reopen(self, cause=event, reason="It was changed after its approval")
        elif self.state == self.State.INTERNAL_REVIEW:
            ask_about_splits(self, event)
        recount(self)
