"""Opening envelopes: what was sealed becomes answers, prices and files, read back whole or not at all."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils import timezone

from cmo_lifecycle.workflow import attachments, edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refused
from evaluation import bidding, sealing
from evaluation.actions import proposals
from evaluation.models import Answer, Appraisal, Diligence, Opening, Price, Proposal, Rfp, SealedFile
from evaluation.models.vocabulary import EnvelopeKind


def lodge_hidden(rfp: Rfp, event: Event) -> None:
    """Where the RFP hides who takes part: say so now, from what was handed in."""
    for proposal in rfp.proposals.filter(state=Proposal.State.INVITED).order_by("id"):  # type: ignore[attr-defined]
        kept = sealing.unseal(proposal)
        contents = bidding.standing_copy(kept)
        if why := kept.draft[EnvelopeKind.TECHNICAL].declined:
            proposals.decline(proposal, cause=event, reason=why)
        elif contents is not None:
            receipt = bidding.receipt_of(contents)
            proposals.submit(
                proposal, cause=event, receipt=receipt.sha256, at=receipt.at, late=receipt.late,
                addendum=contents["technical"].addendum,
            )  # fmt: skip


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(value)


def open_envelope(rfp: Rfp, proposal: Proposal, kind: str, event: Event) -> Opening:
    """Open one envelope of a submitted proposal; raises Refused, and nothing is opened, where it was tampered with."""
    contents = bidding.handed_in(proposal)
    if contents is None or bidding.receipt_of(contents).sha256 != proposal.receipt:
        raise Refused(
            f"What is kept of {proposal.cmo} is not what its receipt of {proposal.submitted_at:%-d %B %Y} says."
            " Nothing was opened."
        )
    content = contents[kind]
    Answer.objects.bulk_create(
        Answer(proposal=proposal, question=code, envelope=kind, value=value)
        for code, value in sorted(content.answers.items())
    )
    Price.objects.bulk_create(
        Price(
            proposal=proposal, line=code, amount=_decimal(said.get("amount")), currency=said.get("currency") or "",
            included=bool(said.get("included")), quantity=_decimal(said.get("quantity")),
            percent=_decimal(said.get("percent")), assumption=said.get("assumption") or "",
        )
        for code, said in sorted(content.prices.items())
    )  # fmt: skip
    files: dict[str, list[str]] = {}
    for one in content.files.values():
        files.setdefault(one["question"], []).append(one["name"])
    opened = edits.create(
        Opening,
        {
            "rfp": rfp, "proposal": proposal, "kind": kind, "sha256": content.sha256(), "opened_at": timezone.now(),
            "files": files,
        },
        actor=event.actor,
        cause=event,
    )  # fmt: skip
    for pk, one in content.files.items():
        kept = SealedFile.objects.get(proposal=proposal, kind=kind, pk=UUID(pk))
        data = sealing.unseal_file(kept)
        if hashlib.sha256(data).hexdigest() != one["sha256"]:
            raise Refused(f"The file “{one['name']}” is not the one that was handed in. Nothing was opened.")
        attachments.attach(opened, ContentFile(data, name=one["name"]), actor=event.actor, cause=event)
    if kind == EnvelopeKind.TECHNICAL:
        _prepare(rfp, proposal, event)
    return opened  # type: ignore[no-any-return]


def _prepare(rfp: Rfp, proposal: Proposal, event: Event) -> None:
    """Lay out what the panel writes about an opened proposal."""
    edits.create(Appraisal, {"rfp": rfp, "proposal": proposal}, actor=event.actor, cause=event)
    for stream in Diligence.Stream.values:
        edits.create(Diligence, {"rfp": rfp, "proposal": proposal, "stream": stream}, actor=event.actor, cause=event)
