from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO, Contact
from cmo_lifecycle.workflow.models import Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States
from evaluation.models.candidate import Candidate
from evaluation.models.limits import text
from evaluation.models.rfp import OfRfp, Rfp
from evaluation.models.vocabulary import EnvelopeKind


class OfRfpQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> OfRfpQuerySet:
        return self.filter(rfp__in=Rfp.objects.visible_to(user).order_by().values("pk"))


class ProposalQuerySet(OfRfpQuerySet):
    def visible_to(self, user: Any) -> Any:
        """Colleagues see it with its RFP; a CMO contact sees those of the own CMO, and no other's."""
        if getattr(user, "is_active", False) and user.is_external:
            own = Contact.objects.filter(user=user, left_on__isnull=True).values("cmo")
            # Also one that was cancelled before it was issued: nobody outside was ever told of it.
            return self.filter(cmo__in=own, rfp__issued_at__isnull=False)
        return super().visible_to(user)


class Proposal(OfRfp):
    """One CMO's answer to an RFP, from the invitation on.

    What it says is kept in its envelopes, encrypted; `answers`, `prices` and files exist from the opening on.
    """

    class State(States):
        INVITED = "invited", "Invited"
        DECLINED = "declined", "Declined to bid"
        SUBMITTED = "submitted", "Submitted"
        WITHDRAWN = "withdrawn", "Withdrawn"
        NOT_SUBMITTED = "not_submitted", "Did not submit"
        COMPLIANT = "compliant", "Compliant"
        NON_COMPLIANT = "non_compliant", "Not compliant"
        SCORED = "scored", "Scored"
        SHORTLISTED = "shortlisted", "Shortlisted"
        AWARDED = "awarded", "Awarded"
        NOT_AWARDED = "not_awarded", "Not awarded"

        tones = nonmember(
            {
                "invited": "info", "submitted": "info", "compliant": "good", "non_compliant": "bad", "scored": "info",
                "shortlisted": "good", "awarded": "good",
            }
        )  # fmt: skip

    class Late(models.TextChoices):
        NO = "", "In time"
        WAITING = "waiting", "Late: a decision is needed"
        ACCEPTED = "accepted", "Late, accepted"
        REFUSED = "refused", "Late, not accepted"

    #: Those that are judged against each other.
    IN_THE_RUNNING = (State.COMPLIANT, State.SCORED, State.SHORTLISTED, State.AWARDED, State.NOT_AWARDED)

    record_class = RecordClass.GXP
    may_create = ("sourcing",)
    whole = "rfp"
    #: Of the bidder's own words nothing is signed by us; what they handed in has its receipt.
    unsigned_fields = ("first_seen_at",)
    route = "proposals"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="proposals", verbose_name="RFP")
    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="proposals", verbose_name="CMO", editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="proposals", null=True, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="proposals", null=True, blank=True,
        help_text="Who is written to.",
    )  # fmt: skip
    state = models.CharField(max_length=14, choices=State, default=State.INVITED, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    receipt = models.CharField("receipt (SHA-256)", max_length=64, blank=True, editable=False)
    late = models.CharField("arrived", max_length=8, choices=Late, blank=True, editable=False)
    confirmed_addendum = models.PositiveSmallIntegerField("confirmed addendum", default=0, editable=False)
    #: Entered here from paper by a colleague: shown for ever.
    on_behalf = models.BooleanField("entered on behalf of the bidder", default=False, editable=False)
    on_behalf_why = text("why it was entered here", blank=True, editable=False)
    compliance = text("compliance check", blank=True, editable=False)
    first_seen_at = models.DateTimeField("first opened by the bidder", null=True, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["rfp", "cmo__legal_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rfp", "cmo"],
                name="one_proposal_per_rfp_and_cmo",
                violation_error_message="This CMO has been invited to this RFP already.",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | ~Q(receipt=""),
                name="a_submitted_proposal_has_a_receipt",
                violation_error_message="A submitted proposal has a receipt.",
            ),
        ]
        indexes = [models.Index(fields=["cmo", "state"], name="proposal_by_cmo")]

    def __str__(self) -> str:
        return f"{self.cmo}, {self.rfp.reference}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:proposal", args=[self.pk])

    def related(self) -> Record:
        return self.rfp.programme

    def clean(self) -> None:
        if not self._state.adding:
            return
        errors = {}
        if self.candidate is not None:
            self.cmo = self.candidate.cmo
            if self.rfp_id and self.candidate.programme_id != self.rfp.programme_id:
                errors["candidate"] = f"{self.candidate} is a candidate of another programme."
            elif self.candidate.state not in self._invitable():
                errors["candidate"] = (
                    f"{self.candidate.cmo} is not on the {'long' if self.rfp.kind == 'rfi' else 'short'} list yet."
                )
        else:
            errors["candidate"] = "Choose a candidate of the programme."
        if self.rfp_id and self.rfp.state == Rfp.State.CANCELLED:
            errors["rfp"] = "This request was cancelled: nobody is invited any more."
        elif self.rfp_id and self.rfp.state not in (*Rfp.BEFORE_ISSUE, Rfp.State.ISSUED):
            errors["rfp"] = "Nobody is invited any more: the deadline has passed."
        if self.contact is not None and self.candidate is not None and self.contact.cmo_id != self.candidate.cmo_id:
            errors["contact"] = f"{self.contact} does not work for {self.candidate.cmo}."
        if self.rfp_id and self.rfp.state == Rfp.State.ISSUED and self.candidate is not None:
            from evaluation.actions.candidates import live_cda

            if live_cda(self.candidate.cmo_id, self.rfp.programme_id) is None:
                errors["candidate"] = f"There is no CDA in force with {self.candidate.cmo}: have one signed first."
        if errors:
            raise ValidationError(errors)

    def _invitable(self) -> tuple[str, ...]:
        """For information the long list is asked, for proposals the short list."""
        listed = (Candidate.State.SHORT_LISTED,)
        return (*listed, Candidate.State.LONG_LISTED) if self.rfp.kind == Rfp.Kind.RFI else listed


class SealedEnvelope(models.Model):
    """One half of a proposal as ciphertext. `evaluation.sealing` alone reads and writes it.

    `dek` is the envelope's own key, wrapped by one that is derived from the installation's sealing key, which the
    database does not hold.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="envelopes")
    kind = models.CharField(max_length=10, choices=EnvelopeKind)
    #: The copy that was handed in; the other one is still being written.
    handed_in = models.BooleanField(default=False)
    dek = models.BinaryField()
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "kind", "handed_in"], name="one_envelope_of_each_kind")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.proposal}"  # type: ignore[attr-defined]


def sealed_path(file: SealedFile, filename: str) -> str:
    """Name the file by its key alone: the bidder's name for it is part of what is sealed."""
    return f"sealed/{str(file.pk)[-2:]}/{file.pk}"


class SealedFile(models.Model):
    """A file of a sealed proposal, encrypted with the key of its envelope; what it is called stands inside that."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="sealed_files")
    kind = models.CharField(max_length=10, choices=EnvelopeKind)
    dek = models.BinaryField()
    nonce = models.BinaryField()
    file = models.FileField(upload_to=sealed_path, max_length=100)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class OfProposalQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Any:
        """Whoever has declared to be free of conflicts, or decides on the award, or reads everything."""
        from evaluation.access import readable_proposals

        return self.filter(proposal__in=readable_proposals(user))


class Answer(models.Model):
    """What a bidder answered to one question, as it stood in the opened envelope."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=20)
    envelope = models.CharField(max_length=10, choices=EnvelopeKind)
    value = models.JSONField()

    objects = OfProposalQuerySet.as_manager()

    class Meta:
        ordering = ["proposal", "question"]
        constraints = [models.UniqueConstraint(fields=["proposal", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return f"{self.proposal}: {self.question}"


class Price(models.Model):
    """What a bidder asks for one line of the price sheet, as it stood in the opened envelope."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="prices")
    line = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    included = models.BooleanField(default=False)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    assumption = models.CharField(max_length=1000, blank=True)

    objects = OfProposalQuerySet.as_manager()

    class Meta:
        ordering = ["proposal", "line"]
        constraints = [models.UniqueConstraint(fields=["proposal", "line"], name="one_price_per_line")]

    def __str__(self) -> str:
        return f"{self.proposal}: {self.line}"


class AccessLink(models.Model):
    """An expiring address that opens one invitation to its contact, who is mailed it. Only its hash is kept.

    The secret is made by the task that sends it: `digest`, `address` and `sent_at` are there from then on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="links")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    #: Empty until it is sent.
    digest = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    address = models.EmailField("sent to", blank=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="one_link_of_each_secret")
        ]

    def __str__(self) -> str:
        return f"Link for {self.contact}"


class BidderMail(models.Model):
    """One mail to an invitation's contact: written down with what it tells of, sent by a task, and only once.

    Receipts are not among them, and of a reminder there is one for every invitation, whether or not it had to be
    sent: where an RFP hides who takes part, these rows do not tell it.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", "Invitation"
        LINK = "link", "Personal link"
        ADDENDUM = "addendum", "Addendum"
        DEADLINE = "deadline", "New deadline"
        ANSWER = "answer", "Answered question"
        REMINDER = "reminder", "Reminder"
        OUTCOME = "outcome", "Letter about the outcome"
        CANCELLED = "cancelled", "Cancellation"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="mails")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    #: The key of what it tells of: an event, a link, a letter, or for a reminder the deadline.
    about = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    #: When it was sent, or found to be needed no more.
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "proposal", "contact", "about"], name="one_mail_about_each_thing")
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(done_at__isnull=True), name="bidder_mails_to_be_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.contact}"  # type: ignore[attr-defined]
