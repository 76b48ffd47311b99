"""What a bidder does with one invitation: read, save, upload, submit, replace, withdraw, decline, ask.

Every function takes the bidder who acts. Nothing of what they say is written anywhere but into sealed envelopes; what
happens is told in the record's history only where the RFP does not hide who takes part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import attachments, edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from evaluation import clock, sealing
from evaluation.actions import proposals as verbs
from evaluation.asking import by_code, questions_of
from evaluation.bidding import (
    BOTH,
    COMMERCIAL,
    TECHNICAL,
    Bidder,
    Receipt,
    draft_of,
    faults_of,
    handed_in,
    last_addendum,
    needs_confirmation,
    receipt_of,
    why_closed,
)
from evaluation.library.questions import missing, tidy
from evaluation.models import Enquiry, Proposal, Rfp, SealedFile
from evaluation.pricing import tidy as tidy_prices
from evaluation.sealing import Content

P = Proposal.State
MOST_FILES = 60


def _opened_for(bidder: Bidder, proposal: Proposal) -> tuple[Rfp, Proposal]:
    """Lock the RFP, then the proposal; the deadline and all who act on the RFP wait for each other there."""
    rfp = Rfp.objects.select_for_update(of=("self",)).get(pk=proposal.rfp_id)
    locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    locked.rfp = rfp
    if bidder.on_behalf:
        if not bidder.user.has_role("sourcing") or not Proposal.objects.visible_to(bidder.user).filter(pk=locked.pk):
            raise NotPermitted("Sourcing enters proposals on behalf of bidders.")
    elif bidder.source != "link" and not Proposal.objects.visible_to(bidder.user).filter(pk=locked.pk).exists():
        raise Proposal.DoesNotExist("There is no such invitation.")
    return rfp, locked


def _ask_open(rfp: Rfp, proposal: Proposal) -> None:
    if said := why_closed(rfp, proposal):
        raise Refused(said)


def save(
    proposal: Proposal,
    bidder: Bidder,
    *,
    answers: Mapping[str, Any] | None = None,
    prices: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Content]:
    """Merge answers (by code of the question) and prices (by code of the line) into the draft; None takes one out.

    Raises InvalidInput with `answers.<code>` and `prices.<code>.<field>` for what cannot be; what is merely missing
    may stay so until the submission.
    """
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        _ask_open(rfp, locked)
        questions = by_code(questions_of(rfp))
        contents = draft_of(locked)
        for code, answer in (answers or {}).items():
            question = questions.get(code)
            if question is None:
                raise InvalidInput({f"answers.{code}": ["This RFP asks no such question."]})
            kept = contents[question.envelope].answers
            if missing(answer):
                kept.pop(code, None)
            else:
                kept[code] = tidy(question, answer)
        for code, said in tidy_prices(prices or {}).items():
            contents[COMMERCIAL].prices[code] = said
        for code in prices or {}:
            if code not in tidy_prices({code: (prices or {})[code] or {}}):
                contents[COMMERCIAL].prices.pop(code, None)
        _refuse(faults_of(rfp, contents, draft=True), only={*(answers or {}), *(prices or {})})
        for kind in BOTH:
            sealing.seal(locked, kind, contents[kind])
    return contents


def _refuse(faults: Mapping[str, Any], only: set[str] | None = None) -> None:
    errors = {
        f"answers.{code}": [sentence]
        for code, sentence in faults.get("answers", {}).items()
        if only is None or code in only
    }
    for code, fields in faults.get("prices", {}).items():
        if only is None or code in only:
            errors |= {f"prices.{code}.{field}": [sentence] for field, sentence in fields.items()}
    if errors:
        raise InvalidInput(errors)


def add_file(proposal: Proposal, bidder: Bidder, upload: Any, *, question: str = "", envelope: str = "") -> UUID:
    """Seal a file under a question (which takes one), or in an envelope as such; return its key."""
    name, kind_of_file = attachments.checked(upload)
    data = upload.read()
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        _ask_open(rfp, locked)
        kind = envelope or TECHNICAL
        if question:
            asked = by_code(questions_of(rfp)).get(question)
            if asked is None or asked.kind != "file":
                raise InvalidInput({"question": ["This question is not answered by a file."]})
            kind = asked.envelope
        if kind not in BOTH:
            raise InvalidInput({"envelope": ["Choose the technical or the commercial envelope."]})
        content = sealing.unseal(locked, kind)
        if len(content.files) >= MOST_FILES:
            raise InvalidInput({"file": [f"At most {MOST_FILES} files go into one envelope."]})
        if question:
            content.files = {pk: one for pk, one in content.files.items() if one["question"] != question}
        kept = sealing.seal_file(locked, kind, data)
        content.files[str(kept.pk)] = {
            "name": name, "question": question, "type": kind_of_file, "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }  # fmt: skip
        sealing.seal(locked, kind, content)
    return kept.pk


def remove_file(proposal: Proposal, bidder: Bidder, pk: UUID) -> None:
    """Take a file out of the draft; one that was handed in stays where it is."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        _ask_open(rfp, locked)
        for kind in BOTH:
            content = sealing.unseal(locked, kind)
            if content.files.pop(str(pk), None) is not None:
                sealing.seal(locked, kind, content)
                return
    raise Refused("There is no such file in your draft (any more).")


def read_file(proposal: Proposal, bidder: Bidder, pk: UUID) -> tuple[str, str, bytes]:
    """Return name, type and bytes of a file of the bidder's own draft or submission."""
    for content in (*draft_of(proposal).values(), *(handed_in(proposal) or {}).values()):
        if str(pk) in content.files:
            said = content.files[str(pk)]
            kept = SealedFile.objects.get(proposal=proposal, pk=pk)
            return said["name"], said["type"], sealing.unseal_file(kept)
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
        _ask_open(rfp, locked)
        assert rfp.closes_at is not None
        late = now > rfp.closes_at
        before = handed_in(locked)
        if late and before is not None and not before[TECHNICAL].late:
            raise Refused(
                f"The deadline passed on {rfp.closes_at:%-d %B %Y at %H:%M} UTC. What you submitted in time stands;"
                " this change came too late and is kept as a draft."
            )
        contents = draft_of(locked)
        _refuse(faults_of(rfp, contents, draft=False))
        for kind in BOTH:
            contents[kind].final = True
            contents[kind].submitted_at = now.isoformat()
            contents[kind].late = late
            contents[kind].addendum = last_addendum(rfp)
            sealing.seal(locked, kind, contents[kind], handed_in=True)
        receipt = receipt_of(contents)
        if not rfp.hides_participation or bidder.on_behalf:
            verbs.submit(
                locked, **bidder.by,
                receipt=receipt.sha256, at=receipt.at, late=late, addendum=contents[TECHNICAL].addendum,
                by=bidder.name,
            )  # fmt: skip
    return receipt


def withdraw(proposal: Proposal, bidder: Bidder) -> None:
    """Take a submitted proposal back, until the deadline; the draft stays."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        _ask_open(rfp, locked)
        contents = handed_in(locked)
        if contents is None:
            raise Refused("Nothing has been submitted that could be withdrawn.")
        if rfp.closes_at is not None and clock.database_time() > rfp.closes_at:
            raise Refused("The deadline has passed: what was submitted is not taken back by oneself. Write to us.")
        for kind in BOTH:
            contents[kind].final = False
            sealing.seal(locked, kind, contents[kind], handed_in=True)
        if locked.state == P.SUBMITTED:
            verbs.withdraw(locked, **bidder.by, by=bidder.name)


def decline(proposal: Proposal, bidder: Bidder, why: str) -> None:
    """Say that no proposal will come."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        _ask_open(rfp, locked)
        if handed_in(locked) is not None:
            raise Refused("A proposal is submitted: withdraw it first.")
        verbs.decline(locked, **bidder.by, reason=why, by=bidder.name)


def reconsider(proposal: Proposal, bidder: Bidder) -> None:
    """Take back that one declined to bid."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        if rfp.state not in Rfp.SEALED:
            raise Refused(why_closed(rfp, locked))
        verbs.reconsider(locked, **bidder.by, by=bidder.name)


def confirm(proposal: Proposal, bidder: Bidder) -> None:
    """Say that what was submitted holds under the addenda published since."""
    with transaction.atomic(), acting(bidder.user, source=bidder.source):
        rfp, locked = _opened_for(bidder, proposal)
        _ask_open(rfp, locked)
        number, contents = needs_confirmation(locked), handed_in(locked)
        if not number or contents is None:
            raise Refused("There is nothing to confirm.")
        if rfp.closes_at is not None and clock.database_time() > rfp.closes_at:
            raise Refused("The deadline has passed.")
        for kind in BOTH:
            contents[kind].addendum = number
            sealing.seal(locked, kind, contents[kind], handed_in=True)
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
        if rfp.questions_until is not None and clock.database_time() > rfp.questions_until:
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


def links_end(rfp: Rfp) -> datetime:
    """Return until when a link to this RFP opens: two weeks beyond the deadline."""
    assert rfp.closes_at is not None
    return rfp.closes_at + timedelta(days=14)
