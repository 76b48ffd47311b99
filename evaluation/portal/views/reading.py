"""What is asked: the request as issued, its documents, addenda, questions and answers; and how it ended."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect

from cmo_lifecycle.workflow.models import Attachment
from cmo_lifecycle.workflow.refusals import InvalidInput
from evaluation import clock
from evaluation.actions import portal
from evaluation.bidding import needs_confirmation, standing
from evaluation.library.shapes import MILESTONES
from evaluation.models import Addendum, Enquiry, Letter, Proposal, Rfp
from evaluation.portal import words
from evaluation.portal.base import InvitationPage
from evaluation.portal.views.entering import stand_of
from strategy.rules.shapes import GROUPS

#: Days of the timetable by the field of the request that stands for them.
BOUND = {"questions_until": "questions_until", "proposals_due": "closes_at", "decision": "decision_by"}


def documents_of(rfp: Rfp) -> Any:
    """Return the files that bidders receive with the request: each in its last version, none that is void.

    What is attached once the deadline has passed is our own: it may tell how proposals were judged.
    """
    kind = ContentType.objects.get_for_model(Rfp)
    rows = Attachment.objects.filter(record_type=kind, record_id=rfp.pk, voided_reason="").order_by("name", "-number")
    if rfp.closed_at is not None:
        rows = rows.filter(added_at__lte=rfp.closed_at)
    return rows.distinct("name")


class Invitation(InvitationPage):
    """The request as it was issued."""

    tab = "invitation"

    def page(self) -> HttpResponseBase:
        if not self.on_paper:
            portal.seen(self.proposal)
        here, rfp = standing(self.proposal), self.rfp
        by_group: dict[str, list[Any]] = {}
        for one in rfp.criteria.order_by("position"):  # type: ignore[attr-defined]
            by_group.setdefault(one.group, []).append(one)
        # What binds stands by itself, moved by an addendum or not; the day once planned beside it would mislead.
        bound = [MILESTONES[code] for code, field in BOUND.items() if getattr(rfp, field)]
        letter = None
        if rfp.state == Rfp.State.AWARDED:
            letter = Letter.objects.filter(proposal=self.proposal).first()
        state, tone = stand_of(here, rfp)
        return self.invitation(
            "portal/invitation.html",
            {
                "title": rfp.title,
                "standing": here,
                "state": state,
                "tone": tone,
                "criteria": [
                    (name, sum(one.weight for one in by_group[code]), by_group[code])
                    for code, name in GROUPS.items()
                    if code in by_group
                ],
                "requirements": rfp.requirements.order_by("position"),  # type: ignore[attr-defined]
                "quantities": rfp.quantities.order_by("year"),  # type: ignore[attr-defined]
                "timetable": rfp.timetable.exclude(label__in=bound).order_by("on", "position"),  # type: ignore[attr-defined]
                "documents": documents_of(rfp),
                "addenda": rfp.addenda.filter(state=Addendum.State.PUBLISHED).order_by("-number"),  # type: ignore[attr-defined]
                "confirm": needs_confirmation(self.proposal) if rfp.state == Rfp.State.ISSUED else 0,
                "questions_until": words.utc(rfp.questions_until) if rfp.questions_until else "",
                "questions_own": words.own(rfp.questions_until) if rfp.questions_until else "",
                "letter": letter,
                "is_over": rfp.state in Rfp.OVER,
                "is_opened": rfp.state in Rfp.OPENED,
            },
        )


class Document(InvitationPage):
    """One file of the request; always a download."""

    def page(self, document: Any) -> HttpResponseBase:
        found = next((one for one in documents_of(self.rfp) if one.pk == document), None)
        if found is None:
            raise Http404("There is no such document.")
        if not found.is_intact():
            raise Http404("This document was altered; ask for it.")
        response = FileResponse(
            found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response


class Questions(InvitationPage):
    """All answers, without a word of who asked; one's own questions; and the form for another."""

    tab = "questions"

    def page(self, typed: str = "", error: str = "", status: int = 200) -> HttpResponseBase:
        rfp = self.rfp
        rows = rfp.enquiries.order_by("number")  # type: ignore[attr-defined]
        over = clock.has_passed(rfp.questions_until)
        return self.invitation(
            "portal/questions.html",
            {
                "title": f"Questions and answers, {rfp.title}",
                "answered": rows.filter(state=Enquiry.State.ANSWERED),
                "mine": rows.filter(asked_by=self.proposal),
                "may_ask": rfp.state == Rfp.State.ISSUED
                and not over
                and self.proposal.state not in (Proposal.State.DECLINED,),
                "questions_until": words.utc(rfp.questions_until) if rfp.questions_until else "",
                "questions_own": words.own(rfp.questions_until) if rfp.questions_until else "",
                "over": over,
                "typed": typed,
                "error": error,
                "has_errors": bool(error),
            },
            status,
        )

    def act(self) -> HttpResponseBase:
        typed = self.request.POST.get("question", "")
        try:
            portal.ask(self.proposal, self.bidder, typed)
        except InvalidInput as refusal:
            sentences = [sentence for given in refusal.errors.values() for sentence in given]
            return self.page(typed, " ".join(sentences), 400)
        return redirect(self.address("questions") + "#mine")
