"""Invitations and what comes of them. Of a sealed bid there is nothing here but that it is there."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.tokens import InternalOnly
from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Moment, nullable
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet, may_create
from evaluation.access import may_read
from evaluation.actions.links import make_link, revoke_links
from evaluation.api.awards import LETTER, letter_as_json
from evaluation.api.shapes import KEY, NO_NUMBER, TEXT, WHOLE, described, rows
from evaluation.letters import written_to
from evaluation.models import AccessLink, Answer, Award, Price, Proposal

ANSWERS = described(
    version=WHOLE,
    results=rows(
        question=TEXT,
        text={"type": "string", "description": "What was asked."},
        group=TEXT,
        kind=TEXT,
        unit=TEXT,
        envelope=TEXT,
        criterion=TEXT,
        value={"description": "A text, or for a table {rows: [[…]]}; null: not answered."},
    ),
)
PRICES = described(
    version=WHOLE,
    results=rows(
        line=TEXT,
        type=TEXT,
        label=TEXT,
        unit=TEXT,
        amount=NO_NUMBER,
        currency=TEXT,
        included={"type": "boolean", "description": "Another price holds it already."},
        quantity=NO_NUMBER,
        percent=NO_NUMBER,
        assumption=TEXT,
    ),
)
LINK_OF = {
    "contact_id": KEY,
    "address": {"type": "string", "description": "Where it was sent; empty while it is on its way."},
    "made_at": Moment().schema(),
    "sent_at": nullable(Moment().schema()),
    "expires_at": Moment().schema(),
    "revoked_at": nullable(Moment().schema()),
}
LINK = described(**LINK_OF)
LINKS = described(version=WHOLE, results=rows(**LINK_OF))
ENDED = described(ended=WHOLE)


class SignedInOrInternal(InternalOnly):
    """Besides whom `InternalOnly` lets in: a CMO's contact who has signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if isinstance(user, User) and user.is_active and user.is_external:
            return request.auth is None and request.method in SAFE_METHODS
        return super().has_permission(request, view)


class ProposalViewSet(RecordViewSet):
    """CMOs' answers to RFPs, from the invitation on. What they say is sealed until it is opened."""

    model = Proposal
    #: To add one is to invite; nothing of it is edited.
    writable = ("rfp", "candidate", "contact")
    fields = (
        "rfp",
        "cmo",
        "candidate",
        "contact",
        "submitted_at",
        "receipt",
        "late",
        "confirmed_addendum",
        "on_behalf",
        "on_behalf_why",
        "compliance",
        "first_seen_at",
        "state",
    )
    filters = {
        "rfp": "rfp",
        "programme": "rfp__programme",
        "cmo": "cmo",
        "candidate": "candidate",
        "contact": "contact",
        "late": "late",
        "on_behalf": "on_behalf",
        "submitted_at": "submitted_at",
        "state": "state",
        "updated_at": "updated_at",
    }
    searched = ("cmo__legal_name",)
    orderings = {
        "cmo": "cmo__legal_name",
        "submitted_at": "submitted_at",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "cmo"

    @address("answers", "What the bidder answered, as it stood in the opened envelopes.", answer=ANSWERS)
    def answers(self, request: Request, asked: Asked) -> Any:
        """The answers of an opened proposal beside what was asked; 404 while it is sealed."""
        self._check_reads(request, asked.record)
        told = Answer.objects.visible_to(request.user).filter(proposal=asked.record)
        given = dict(told.values_list("question", "value"))
        opened = set(asked.record.openings.values_list("kind", flat=True))
        return {
            "version": asked.record.version,
            "results": [
                {
                    "question": one.code,
                    "text": one.question,
                    "group": one.group,
                    "kind": one.kind,
                    "unit": one.unit,
                    "envelope": one.envelope,
                    "criterion": one.criterion,
                    "value": given.get(one.code),
                }
                for one in asked.record.rfp.questions.order_by("position", "id")
                if one.envelope in opened
            ],
        }

    @address("prices", "What the bidder asks for each line, as it stood in the opened envelope.", answer=PRICES)
    def prices(self, request: Request, asked: Asked) -> Any:
        """The prices of an opened proposal beside the price sheet; none while the commercial envelope is sealed."""
        self._check_reads(request, asked.record)
        lines = {one.code: one for one in asked.record.rfp.price_sheet.all()}
        rows = Price.objects.visible_to(request.user).filter(proposal=asked.record)
        told = sorted(rows, key=lambda row: lines[row.line].position)
        return {
            "version": asked.record.version,
            "results": [
                {
                    "line": row.line,
                    "type": lines[row.line].type,
                    "label": lines[row.line].label,
                    "unit": lines[row.line].unit,
                    **{
                        name: getattr(row, name)
                        for name in ("amount", "currency", "included", "quantity", "percent", "assumption")
                    },
                }
                for row in told
            ],
        }

    @address("letter", "What its bidder was written about the outcome, with the debrief.", answer=LETTER)
    def letter(self, request: Request, asked: Asked) -> Any:
        """The letter to one bidder: for whoever reads the award, and for the bidder itself; 404 while there is none."""
        user: Any = request.user
        rows = Award.objects.all() if user.is_external else Award.objects.visible_to(user)
        award = rows.filter(rfp=asked.record.rfp_id, state=Award.State.SIGNED).first()
        letter = written_to(award).filter(pk=asked.record.pk).first() if award is not None else None
        if letter is None:
            raise Http404("There is no letter yet.")
        return letter_as_json(letter)

    def get_permissions(self) -> Any:
        # The one thing here that is a bidder's own as well: `rows` gives it no proposal but its own.
        return [SignedInOrInternal()] if self.action == "letter" else super().get_permissions()

    def _check_reads(self, request: Request, proposal: Any) -> None:
        if not may_read(request.user, proposal):
            raise Http404

    @address("links", "Links that were sent to the bidder's contact: to whom and when, newest first.", answer=LINKS)
    def links(self, request: Request, asked: Asked) -> Any:
        """To whom links to this invitation were sent, when, and until when they open. Their secrets are kept nowhere."""
        found = asked.record.links.order_by("-made_at", "-id")
        return {"version": asked.record.version, "results": [_told(one) for one in found]}

    @address(
        "link",
        "Have a link mailed to the bidder's contact; earlier ones end. Its secret is told to nobody else.",
        method="post",
        answer=LINK,
        status=201,
        permits=may_create,
    )
    def link(self, request: Request, asked: Asked) -> Any:
        """Have the expiring link that opens this one invitation mailed to its contact."""
        return _told(make_link(asked.record, actor=request.user, source="api"))  # type: ignore[arg-type]

    @address("revoke-links", "End every link to this invitation.", method="post", answer=ENDED, permits=may_create)
    def revoke_links(self, request: Request, asked: Asked) -> Any:
        """End every link to this invitation; say how many there were."""
        return {"ended": revoke_links(asked.record, actor=request.user, source="api")}  # type: ignore[arg-type]


def _told(link: AccessLink) -> dict[str, Any]:
    return {name: getattr(link, name) for name in LINK_OF}
