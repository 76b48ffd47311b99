"""The life of an agreement: written, negotiated, reviewed, approved within authority, signed by both, in force, over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import edits, signing
from cmo_lifecycle.workflow.canonical import sha256_of
from cmo_lifecycle.workflow.models import Approval, Attachment, Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from contracts.actions import confidentiality
from contracts.actions.completeness import (
    has_a_whole_matrix,
    has_its_head,
    has_its_signatories,
    has_its_text,
    holds_what_the_strategy_needs,
    matrix_rows,
    signers_of,
)
from contracts.authorities import found_splits, needed, objection, roles_needed, unanswered
from contracts.covering import lacking
from contracts.dates import position_of, recount
from contracts.models import Agreement, SplitAnswer
from contracts.models.fields import read_date
from contracts.terms.dates import long_day
from contracts.terms.rules import State as Stands
from strategy.sums.errors import SumError

S = Agreement.State
K = Agreement.Kind
KEEPERS = ("sourcing", "legal", "quality")
#: Whoever may ever approve one; who must, its kind and the delegation of authority tell.
APPROVERS = ("project_manager", "executive", "finance", "legal", "quality")
SIGNERS = ("executive", "quality", "cmo_contact")
DAYS_TO_APPROVE = 10
DAYS_TO_SIGN = 20


@transition(Agreement, source=S.DRAFT, target=S.NEGOTIATION, roles=KEEPERS)
def start_negotiation(agreement: Agreement, event: Event) -> None:
    """Start negotiating with the CMO; the strategy's priorities become the list of points."""
    from contracts.actions.points import fill

    if agreement.kind != K.AMENDMENT:
        fill(agreement, cause=event)


@transition(
    Agreement, source=(S.DRAFT, S.NEGOTIATION), target=S.INTERNAL_REVIEW, roles=KEEPERS,
    gates=(has_its_text, has_its_head, has_its_signatories, holds_what_the_strategy_needs, has_a_whole_matrix),
)  # fmt: skip
def submit(agreement: Agreement, event: Event) -> None:
    """Hand the agreement to the internal review."""
    ask_about_splits(agreement, event)


def ask_about_splits(agreement: Agreement, event: Event) -> None:
    """Put before finance what looks split and was not asked yet."""
    for split in unanswered(found_splits(agreement)):
        if not SplitAnswer.objects.filter(codes=list(split.codes)).exists():
            edits.create(
                SplitAnswer,
                {"codes": list(split.codes), "question": split.sentence, "agreement": agreement},
                actor=event.actor,
                cause=event,
            )


@transition(
    Agreement, source=S.INTERNAL_REVIEW, target=S.CHANGES_REQUESTED,
    roles=("legal", "quality", "finance", "technical", "executive", "project_manager", "sourcing"), reason=True,
)  # fmt: skip
def request_changes(agreement: Agreement, event: Event) -> None:
    """Send the agreement back with what is to change."""


@transition(Agreement, source=S.CHANGES_REQUESTED, target=S.DRAFT, roles=KEEPERS)
def take_up_changes(agreement: Agreement, event: Event) -> None:
    """Take up what was asked for."""


def _within_authority(agreement: Agreement) -> Iterator[str]:
    if not agreement.is_commercial:
        return
    try:
        lines = needed(agreement)
    except SumError as error:
        yield str(error)
        return
    for one in lines:
        if not one.roles:
            yield one.sentence
    for split in unanswered(found_splits(agreement)):
        yield f"{split.sentence} Finance answers that first."
    # The matrix, the tier or what it is one with may have changed since.
    given = Approval.objects.of(agreement).filter(verb=approve.verb, status=Approval.Status.GIVEN)
    for one in given.select_related("by"):
        if objection(agreement, one.by, one.role):
            yield f"The authority of {one.by}, who has approved it, does not reach any more: send it back for changes."


def _in_ten_days(agreement: Agreement) -> date:
    return timezone.localdate() + timedelta(days=DAYS_TO_APPROVE)


@transition(
    Agreement, source=S.INTERNAL_REVIEW, target=S.APPROVED, approvers=APPROVERS, among=roles_needed,
    objection=objection,
    gates=(
        has_its_text, has_its_head, has_its_signatories, holds_what_the_strategy_needs, has_a_whole_matrix,
        _within_authority,
    ),
    meaning="I approve this agreement within my authority", due=_in_ten_days,
)  # fmt: skip
def approve(agreement: Agreement, event: Event) -> None:
    """Approve the agreement as it stands; any later change asks for all approvals anew."""
    agreement.approved_sha256 = sha256_of(agreement)


@transition(
    Agreement, source=(S.APPROVED, S.OUT_FOR_SIGNATURE), target=S.NEGOTIATION, roles=KEEPERS, reason=True, tone="bad"
)
def reopen(agreement: Agreement, event: Event) -> None:
    """Open the agreement for changes again; its approvals and signatures no longer count."""
    agreement.approved_sha256 = ""
    agreement.paper_signed_on = None
    agreement.paper_signatory = ""


def _is_what_was_approved(agreement: Agreement) -> Iterator[str]:
    if agreement.approved_sha256 != sha256_of(agreement):
        yield "This is not the text that was approved: reopen it and have it approved anew."
        return
    roles = set(roles_needed(agreement))
    given = {
        row.signature.role
        for row in signing.standing(agreement)
        if row.is_genuine
        and row.is_current
        and row.signature.event.verb == approve.verb
        and not objection(agreement, row.signature.signer, row.signature.role)
    }
    if not roles <= given:
        yield "An approval does not stand any more: reopen it and have it approved anew."
    document = agreement.current_document()
    if document is not None and document.file is not None and not document.file.is_intact():
        yield "The stored file is not the one that was approved: bring in the text again."
    if lacking(agreement):
        # The other side reads this too: what our strategy asks for is not its business.
        yield "A clause or waiver that the approval rests on does not stand any more: look at its coverage."
    if agreement.paper_signed_on is not None and not _copies(agreement).exists():
        yield "The copy that the CMO has signed is void: attach the right one first."


def _is_signatory(agreement: Agreement, user: User, role: str) -> str:
    if role == "cmo_contact" and not user.is_external:
        return "The CMO's own people sign for the CMO."
    rows = [row for row in agreement.signatories.select_related("colleague", "contact__user") if row.role == role]  # type: ignore[attr-defined]
    if any(row.user is not None and row.user.pk == user.pk for row in rows):
        return ""
    named = ", ".join(str(row) for row in rows)
    return f"The signatory is {named}, not you." if named else "Nobody is named as signatory in this role."


@transition(Agreement, source=S.APPROVED, target=S.OUT_FOR_SIGNATURE, roles=KEEPERS, gates=(_is_what_was_approved,))
def send_for_signature(agreement: Agreement, event: Event) -> None:
    """Send the approved text to those who sign for both sides."""


class PaperForm(forms.Form):
    signed_on = forms.DateField(label="Signed by them on")
    signatory = forms.CharField(label="Who signed for the CMO", max_length=150)


def _copies(agreement: Agreement) -> Any:
    """The files that may show the CMO's signature: those of the texts that were brought in are nobody's."""
    sent = Event.objects.of(agreement).filter(verb="send_for_signature").order_by("-at").first()
    kept = Attachment.objects.of(agreement).filter(voided_reason="")
    return kept.filter(added_at__gte=sent.at) if sent is not None else kept.none()


def _has_a_signed_copy(agreement: Agreement) -> Iterator[str]:
    if not _copies(agreement).exists():
        yield "Attach the copy that the CMO has signed first."
    if agreement.paper_signed_on is not None:
        yield "The CMO's signature on paper is recorded already."


@transition(
    Agreement, source=S.OUT_FOR_SIGNATURE, target=None, roles=("legal",), form=PaperForm,
    gates=(_is_what_was_approved, _has_a_signed_copy), meaning="I have this text with the CMO's signature on paper",
)  # fmt: skip
def record_paper_signature(agreement: Agreement, event: Event, *, signed_on: date, signatory: str) -> None:
    """Record that the CMO has signed this text on paper, with the copy that shows it."""
    if signed_on > timezone.localdate():
        raise InvalidInput({"signed_on": ["Give the day on which they signed, not one to come."]})
    approved = Event.objects.of(agreement).filter(verb=approve.verb, to_state=S.APPROVED).order_by("-at").first()
    if approved is not None and signed_on < timezone.localdate(approved.at):
        day = long_day(timezone.localdate(approved.at))
        raise InvalidInput({"signed_on": [f"This text was approved on {day}: what they signed before is another one."]})
    agreement.paper_signed_on = signed_on
    agreement.paper_signatory = signatory


def _in_twenty_days(agreement: Agreement) -> date:
    return timezone.localdate() + timedelta(days=DAYS_TO_SIGN)


@transition(
    Agreement, source=S.OUT_FOR_SIGNATURE, target=S.EXECUTED, approvers=SIGNERS, among=signers_of,
    objection=_is_signatory, gates=(_is_what_was_approved,), meaning="I sign this agreement for my company",
    due=_in_twenty_days, author_may=True,
)  # fmt: skip
def sign(agreement: Agreement, event: Event) -> None:
    """Sign this version of the agreement; with the last signature it is executed."""
    agreement.executed_on = timezone.localdate()


class RegisterForm(forms.Form):
    executed_on = forms.DateField(
        label="Signed by all on", required=False, help_text="Leave empty where the day is held back or not known."
    )
    evidence = forms.CharField(
        label="Evidence", widget=forms.Textarea(attrs={"rows": 3}), help_text="Where the signed original is kept."
    )


def _amends_nothing_signed_here(agreement: Agreement) -> Iterator[str]:
    base = agreement.parent
    if agreement.kind == K.AMENDMENT and base is not None and not base.registered_as_existing:
        yield f"{base} was approved and signed here: what amends it is approved and signed here too."


@transition(
    Agreement, source=S.DRAFT, target=S.EXECUTED, roles=("legal",), form=RegisterForm, reason=True, by_clock=True,
    gates=(has_its_text, _amends_nothing_signed_here),
)  # fmt: skip
def register_as_existing(agreement: Agreement, event: Event, *, evidence: str, executed_on: date | None = None) -> None:
    """Register an agreement that was signed elsewhere; it shows for ever that it was not approved and signed here."""
    today = timezone.localdate()
    if executed_on is not None and executed_on > today:
        raise InvalidInput({"executed_on": ["Give the day on which all had signed, not one to come."]})
    agreement.registered_as_existing = True
    agreement.registration_evidence = evidence
    agreement.executed_on = (
        executed_on or read_date(agreement.agreed_on).exact or read_date(agreement.agreed_on).latest or today
    )


class EffectForm(forms.Form):
    since = forms.DateField(
        label="Effective since", required=False, help_text="Only where the agreement does not give the day itself."
    )


def _its_day_has_come(agreement: Agreement) -> Iterator[str]:
    starts = agreement.starts
    if starts.earliest is not None and starts.earliest > timezone.localdate():
        yield f"It is effective from {long_day(starts.earliest)}, not before."
    parent = agreement.parent
    if parent is not None and parent.state != S.EFFECTIVE:
        yield f"{parent} is not in force: it has to be effective first."


@transition(
    Agreement, source=S.EXECUTED, target=S.EFFECTIVE, roles=("legal", "sourcing", "quality"), form=EffectForm,
    gates=(_its_day_has_come,), by_clock=True,
)  # fmt: skip
def take_effect(agreement: Agreement, event: Event, *, since: date | None = None) -> None:
    """Put the agreement in force from the day that it gives."""
    given = agreement.starts.exact
    if given is not None and since not in (None, given):
        raise InvalidInput({"since": [f"The agreement gives the day itself: {long_day(given)}."]})
    day = given or since
    window = agreement.starts.window
    if day is None:
        raise InvalidInput({"since": ["The agreement does not give the day: say since when it is in force."]})
    if window is not None and not window.earliest <= day <= window.latest:
        raise InvalidInput({"since": [f"The agreement says {window}: give a day of those."]})
    if day > timezone.localdate():
        raise InvalidInput({"since": ["Give a day that has come."]})
    agreement.effective_since = day
    parent = agreement.parent
    if agreement.kind == K.QAG and agreement.review_years:
        from cmo_lifecycle.partners.clocks import add_months

        agreement.next_review = add_months(day, 12 * agreement.review_years)
    if agreement.kind == K.AMENDMENT and parent is not None:
        recount(parent)
    else:
        recount(agreement)
    confidentiality.put_in_force(agreement, event)
    if agreement.replaces is not None and agreement.replaces.state in Agreement.SIGNED:
        supersede(agreement.replaces, cause=event, reason=f"{agreement} is in force")


def _end(agreement: Agreement, event: Event, day: date) -> None:
    agreement.ended_on = day
    agreement.notice_by = None
    confidentiality.end(agreement, event)


@transition(Agreement, source=Agreement.SIGNED, target=S.SUPERSEDED)
def supersede(agreement: Agreement, event: Event) -> None:
    """Give way to the agreement that replaces it."""
    _end(agreement, event, timezone.localdate())


class NoticeForm(forms.Form):
    given_on = forms.DateField(label="Notice given on")


@transition(Agreement, source=S.EFFECTIVE, target=None, roles=("legal",), form=NoticeForm, reason=True)
def record_notice(agreement: Agreement, event: Event, *, given_on: date) -> None:
    """Record that one side has given notice, and why."""
    if given_on > timezone.localdate():
        raise InvalidInput({"given_on": ["Give the day on which notice was given, not one to come."]})
    agreement.notice_given_on = given_on
    at = position_of(agreement)
    if isinstance(at, str):
        raise InvalidInput({"given_on": [at]})
    recount(agreement)


def _its_end_has_come(agreement: Agreement) -> Iterator[str]:
    if agreement.kind == K.AMENDMENT:
        base = agreement.parent
        if base is not None and base.state in Agreement.OVER:
            return
        if agreement.lapses_on is None or agreement.lapses_on >= timezone.localdate():
            yield "It has not lapsed."
        return
    at = position_of(agreement)
    if isinstance(at, str) or at.state is not Stands.ENDED:
        yield "By its dates it has not ended."


@transition(
    Agreement, source=S.EFFECTIVE, target=S.EXPIRED, roles=("legal",), gates=(_its_end_has_come,), by_clock=True
)
def expire(agreement: Agreement, event: Event) -> None:
    """Record that the agreement has come to its end."""
    base = agreement.parent
    if agreement.kind == K.AMENDMENT and base is not None:
        days = [day for day in (agreement.lapses_on, base.ended_on) if day is not None]
        _end(agreement, event, min(days, default=timezone.localdate()))
        return
    at = position_of(agreement)
    end = None if isinstance(at, str) else at.last_end or at.ends
    _end(agreement, event, end.latest if end is not None else timezone.localdate())


class EndForm(forms.Form):
    ended_on = forms.DateField(label="Ends on")


@transition(
    Agreement, source=Agreement.SIGNED, target=S.TERMINATED, roles=("legal",), form=EndForm, reason=True, tone="bad",
    meaning="I record the termination of this agreement",
)  # fmt: skip
def terminate(agreement: Agreement, event: Event, *, ended_on: date) -> None:
    """Record that the agreement was terminated, since when and why."""
    if ended_on > timezone.localdate():
        raise InvalidInput({"ended_on": ["Record it on the day on which it ends; until then record the notice."]})
    _end(agreement, event, ended_on)


@transition(
    Agreement, source=(*Agreement.OPEN, S.OUT_FOR_SIGNATURE), target=S.ABANDONED, roles=KEEPERS, reason=True, tone="bad"
)
def abandon(agreement: Agreement, event: Event) -> None:
    """Give the agreement up before it is executed; it stays on record."""


__all__ = ["approve", "matrix_rows", "objection", "register_as_existing", "sign", "signers_of"]
