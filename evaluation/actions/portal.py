"""What a bidder does with one invitation: read, save, upload, submit, replace, withdraw, decline, ask.

Every function takes the bidder who acts. Nothing of what they say is written anywhere but into sealed envelopes; what
happens is told in the record's history only where the RFP does not hide who takes part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import attachments, edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from evaluation import clock, mails, sealing
from evaluation.actions import proposals as verbs
from evaluation.asking import by_code, questions_of
from evaluation.bidding import (
    BOTH,
    COMMERCIAL,
    TECHNICAL,
    Bidder,
    Receipt,
    faults_of,
    is_the_bidders,
    last_addendum,
    receipt_of,
    standing_copy,
    why_closed,
)
from evaluation.library.questions import missing, tidy
from evaluation.models import Enquiry, Proposal, Rfp, SealedFile
from evaluation.panel import takes_part
from evaluation.pricing import tidy as tidy_prices
from evaluation.sealing import Content, Envelopes

P = Proposal.State
MOST_FILES = 60


@dataclass(frozen=True)
class Saved:
    """The draft as it is after a save, by envelope; `errors` by field of what did not fit and was left out."""

    draft: Mapping[str, Content]
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def _opened_for(bidder: Bidder, proposal: Proposal) -> tuple[Rfp, Proposal]:
    """Lock the RFP, then the proposal; the deadline and all who act on the RFP wait for each other there."""
    rfp = Rfp.objects.select_for_update(of=("self",)).get(pk=proposal.rfp_id)
    locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    locked.rfp = rfp
    if bidder.on_behalf:
        if not bidder.user.has_role("sourcing") or not Proposal.objects.visible_to(bidder.user).filter(pk=locked.pk):
            raise NotPermitted("Sourcing enters proposals on behalf of bidders.")
        if not takes_part(rfp, bidder.user):
            raise NotPermitted("You declared a conflict of interests: a colleague enters this proposal.")
        # Under the lock: what the bidder saves meanwhile is neither mixed with the paper nor shown with it.
        if is_the_bidders(locked):
            raise Refused("The bidder writes this proposal in the portal: nothing is entered from paper over it.")
    elif bidder.source != "link" and not Proposal.objects.visible_to(bidder.user).filter(pk=locked.pk).exists():
        raise Proposal.DoesNotExist("There is no such invitation.")
    return rfp, locked


def _kept(rfp: Rfp, proposal: Proposal) -> Envelopes:
    """Return what is kept of the proposal, to be written to; Refused where nothing can be any more."""
    kept = sealing.unseal(proposal)
    if said := why_closed(rfp, proposal, kept):
        raise Refused(said)
    return kept


def _tells(rfp: Rfp, bidder: Bidder) -> bool:
    """Whether what the bidder does is told in the record: not before the close, where the RFP hides who takes part."""
    return not rfp.hides_participation or rfp.state != Rfp.State.ISSUED or bidder.on_behalf is not None


def save(
    proposal: Proposal,
    bidder: Bidder,
    *,
    answers: Mapping[str, Any] | None = None,
    prices: Mapping[str, Mapping[str, Any]] | None = None,
    what_fits: bool = False,
) -> Saved:
    """Merge answers (by code of the question) and prices (by code of the line) into the draft; None takes one out.

    Raises InvalidInput with `answers.<code>` and `prices.<code>.<field>` for what cannot be, and writes nothing then;
    with `what_fits` the rest is written, and the faults are returned. What is merely missing may stay so until the
    submission.
    """
    answers, prices = dict(answers or {}), dict(prices or {})
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        kept = _kept(rfp, locked)
        before = {kind: (dict(kept.draft[kind].answers), dict(kept.draft[kind].prices)) for kind in BOTH}
        questions = by_code(questions_of(rfp))
        for code, answer in answers.items():
            question = questions.get(code)
            if question is None or question.kind == "file":
                raise InvalidInput({f"answers.{code}": ["This RFP asks no such question, or asks for a file."]})
            _put(kept.draft[question.envelope].answers, code, None if missing(answer) else tidy(question, answer))
        tidied = tidy_prices({code: said or {} for code, said in prices.items()})
        for code in prices:
            _put(kept.draft[COMMERCIAL].prices, code, tidied.get(code))
        errors = _errors(faults_of(rfp, kept.draft, draft=True), only={*answers, *prices})
        if errors and not what_fits:
            raise InvalidInput(errors)
        for name in errors:
            table, code = name.split(".", 1)
            if table == "answers":
                kind = questions[code].envelope
                _put(kept.draft[kind].answers, code, before[kind][0].get(code))
            else:
                code = code.rpartition(".")[0]
                _put(kept.draft[COMMERCIAL].prices, code, before[COMMERCIAL][1].get(code))
        _seal(locked, bidder, kept)
    return Saved(kept.draft, errors)


def _put(into: dict[str, Any], code: str, value: Any) -> None:
    if value is None:
        into.pop(code, None)
    else:
        into[code] = value


def _seal(proposal: Proposal, bidder: Bidder, kept: Envelopes) -> None:
    """Keep what was written, with who wrote it: what came on paper stays readable to whoever entered it."""
    for kind in BOTH:
        kept.draft[kind].on_paper = bidder.on_behalf is not None
    sealing.seal(proposal, kept)


def _errors(faults: Mapping[str, Any], only: set[str] | None = None) -> dict[str, list[str]]:
    errors = {
        f"answers.{code}": [sentence]
        for code, sentence in faults.get("answers", {}).items()
        if only is None or code in only
    }
    for code, fields in faults.get("prices", {}).items():
        if only is None or code in only:
            errors |= {f"prices.{code}.{field}": [sentence] for field, sentence in fields.items()}
    return errors


def add_file(proposal: Proposal, bidder: Bidder, upload: Any, *, question: str = "", envelope: str = "") -> UUID:
    """Seal a file under a question (which takes one), or in an envelope as such; return its key."""
    name, kind_of_file = attachments.checked(upload)
    data = upload.read()
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        kept = _kept(rfp, locked)
        kind = envelope or TECHNICAL
        if question:
            asked = by_code(questions_of(rfp)).get(question)
            if asked is None or asked.kind != "file":
                raise InvalidInput({"question": ["This question is not answered by a file."]})
            kind = asked.envelope
        if kind not in BOTH:
            raise InvalidInput({"envelope": ["Choose the technical or the commercial envelope."]})
        content = kept.draft[kind]
        former = [pk for pk, one in content.files.items() if question and one["question"] == question]
        if len(content.files) - len(former) >= MOST_FILES:
            raise InvalidInput({"file": [f"At most {MOST_FILES} files go into one envelope."]})
        for pk in former:
            _drop(locked, kept, kind, pk)
        stored = sealing.seal_file(locked, kind, data)
        content.files[str(stored.pk)] = {
            "name": name, "question": question, "type": kind_of_file, "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }  # fmt: skip
        _seal(locked, bidder, kept)
    return stored.pk


def _drop(proposal: Proposal, kept: Envelopes, kind: str, pk: str) -> None:
    """Take a file out of the draft, and off the disk unless it was handed in."""
    del kept.draft[kind].files[pk]
    if pk in kept.handed[kind].files:
        return
    _forget(proposal, {pk})


def remove_file(proposal: Proposal, bidder: Bidder, pk: UUID) -> None:
    """Take a file out of the draft; one that was handed in stays where it is."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        kept = _kept(rfp, locked)
        for kind in BOTH:
            if str(pk) in kept.draft[kind].files:
                _drop(locked, kept, kind, str(pk))
                _seal(locked, bidder, kept)
                return
    raise Refused("There is no such file in your draft (any more).")


def read_file(proposal: Proposal, bidder: Bidder, pk: UUID) -> tuple[str, str, bytes]:
    """Return name, type and bytes of a file of the bidder's own draft or submission."""
    kept = sealing.unseal(proposal)
    for kind in BOTH:
        said = kept.draft[kind].files.get(str(pk)) or kept.handed[kind].files.get(str(pk))
        if said is not None:
            stored = SealedFile.objects.get(proposal=proposal, kind=kind, pk=pk)
            return said["name"], said["type"], sealing.unseal_file(stored)
    raise SealedFile.DoesNotExist("There is no such file.")


def submit(proposal: Proposal, bidder: Bidder) -> Receipt:
    """Hand the draft in, or in place of what was handed in before; return the receipt.

    The database's clock decides under the RFP's lock: at the deadline's very instant it is in time. Later it is kept,
    and needs a recorded acceptance; a proposal that was in time is not replaced any more then.
    Raises InvalidInput for whatever is missing or wrong, all of it at once.
    """
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        now = clock.database_time()
        kept = _kept(rfp, locked)
        assert rfp.closes_at is not None
        late = now > rfp.closes_at
        before = standing_copy(kept)
        if late and before is not None and not before[TECHNICAL].late:
            raise Refused(
                f"The deadline passed on {rfp.closes_at:%-d %B %Y at %H:%M} UTC. What you submitted in time stands;"
                " this change came too late and is kept as a draft."
            )
        if errors := _errors(faults_of(rfp, kept.draft, draft=False)):
            raise InvalidInput(errors)
        addendum = last_addendum(rfp)
        contents = {
            kind: replace(
                kept.draft[kind], final=True, submitted_at=now.isoformat(), late=late, addendum=addendum,
                salt=sealing.new_salt(), on_paper=bidder.on_behalf is not None,
            )
            for kind in BOTH
        }  # fmt: skip
        replaced = {pk for kind in BOTH for pk in kept.handed[kind].files} - {
            pk for kind in BOTH for pk in contents[kind].files
        }
        kept.handed = contents
        sealing.seal(locked, kept)
        _forget(locked, replaced)
        receipt = receipt_of(contents)
        if _tells(rfp, bidder):
            verbs.submit(
                locked, **bidder.by,
                receipt=receipt.sha256, at=receipt.at, late=late, addendum=contents[TECHNICAL].addendum,
                by=bidder.name,
            )  # fmt: skip
        mails.send_receipt(locked)
    return receipt


def _forget(proposal: Proposal, files: set[str]) -> None:
    """Take files off the disk that neither the draft nor what was handed in holds any more.

    Where the RFP hides who takes part they stay: which ones go would tell what is handed in.
    """
    if proposal.rfp.hides_participation:
        return
    for row in SealedFile.objects.filter(proposal=proposal, pk__in=files):
        stored = row.file
        row.delete()
        transaction.on_commit(partial(stored.storage.delete, stored.name))


def withdraw(proposal: Proposal, bidder: Bidder) -> None:
    """Take a submitted proposal back, until the deadline; the draft stays."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        kept = _kept(rfp, locked)
        contents = standing_copy(kept)
        if contents is None:
            raise Refused("Nothing has been submitted that could be withdrawn.")
        if clock.has_passed(rfp.closes_at):
            raise Refused("The deadline has passed: what was submitted is not taken back by oneself. Write to us.")
        for kind in BOTH:
            contents[kind].final = False
        sealing.seal(locked, kept)
        if locked.state == P.SUBMITTED:
            verbs.withdraw(locked, **bidder.by, by=bidder.name)


def decline(proposal: Proposal, bidder: Bidder, why: str) -> None:
    """Say that no proposal will come."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        kept = _kept(rfp, locked)
        if standing_copy(kept) is not None:
            raise Refused("A proposal is submitted: withdraw it first.")
        if not why.strip():
            raise InvalidInput({"reason": ["Say why you decline."]})
        if _tells(rfp, bidder):
            verbs.decline(locked, **bidder.by, reason=why, by=bidder.name)
            return
        kept.draft[TECHNICAL].declined = why.strip()
        sealing.seal(locked, kept)


def reconsider(proposal: Proposal, bidder: Bidder) -> None:
    """Take back that one declined to bid."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        if rfp.state not in Rfp.SEALED:
            raise Refused(why_closed(rfp, locked, sealing.unseal(locked)))
        if locked.state == P.DECLINED:
            verbs.reconsider(locked, **bidder.by, by=bidder.name)
        kept = sealing.unseal(locked)
        if kept.draft[TECHNICAL].declined:
            kept.draft[TECHNICAL].declined = ""
            sealing.seal(locked, kept)


def confirm(proposal: Proposal, bidder: Bidder) -> None:
    """Say that what was submitted holds under the addenda published since."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        kept = _kept(rfp, locked)
        contents, number = standing_copy(kept), last_addendum(rfp)
        if contents is None or contents[TECHNICAL].addendum >= number:
            number = 0
        if not number or contents is None:
            raise Refused("There is nothing to confirm.")
        if clock.has_passed(rfp.closes_at):
            raise Refused("The deadline has passed.")
        for kind in BOTH:
            contents[kind].addendum = number
        sealing.seal(locked, kept)
        if locked.state == P.SUBMITTED:
            verbs.confirm_addendum(
                locked, **bidder.by, number=number,
                receipt=receipt_of(contents).sha256, by=bidder.name,
            )  # fmt: skip


def ask(proposal: Proposal, bidder: Bidder, question: str) -> Enquiry:
    """Ask about the RFP; the answer goes to all bidders, without a word of who asked."""
    text = question.strip()
    if not text:
        raise InvalidInput({"question": ["Write the question."]})
    portal = User.objects.service("portal")
    with transaction.atomic(), acting(portal, source="portal"):
        rfp, locked = _opened_for(bidder, proposal)
        if rfp.state != Rfp.State.ISSUED:
            raise Refused("Questions are taken while the request is open.")
        if clock.has_passed(rfp.questions_until):
            raise Refused("The time for questions is over.")
        last = rfp.enquiries.aggregate(last=Max("number"))["last"] or 0  # type: ignore[attr-defined]
        return edits.create(  # type: ignore[no-any-return]
            Enquiry,
            {"rfp": rfp, "number": last + 1, "asked_by": locked, "asked_at": timezone.now(), "question": text},
            actor=portal,
            source="portal",
        )


def seen(proposal: Proposal) -> None:
    """Note that the bidder has opened the invitation, once; not where the RFP hides who takes part."""
    if proposal.first_seen_at is None and not proposal.rfp.hides_participation:
        with acting(User.objects.service("portal"), source="portal"):
            Proposal.objects.filter(pk=proposal.pk, first_seen_at__isnull=True).update(first_seen_at=timezone.now())
