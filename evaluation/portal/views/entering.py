"""In by a link, out again, and the list of one's invitations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST

from cmo_lifecycle.doors.rest.throttling import too_many_failures
from evaluation import clock
from evaluation.actions import links
from evaluation.bidding import last_addendum, standing
from evaluation.models import Proposal, Rfp
from evaluation.portal import who, words
from evaluation.portal.base import PortalPage

OPEN = (Rfp.State.ISSUED,)


class FollowLink(View):
    """Take the secret out of the address: the session keeps the link's id, and every later address is a plain one."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        response = self._answer(request, token)
        # The address holds a secret: it is told to no other page, kept by no cache, and written to no log.
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    def _answer(self, request: HttpRequest, token: str) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated and not user.is_external:
            return render(request, "portal/colleague.html", {"title": "This link is for a bidder"}, status=403)
        link = links.follow(token)
        if link is None:
            if wait := too_many_failures(request):
                response = render(request, "portal/wait.html", {"title": "Too many tries"}, status=429)
                response["Retry-After"] = str(wait)
                return response
            return redirect("portal:ended")
        if user.is_authenticated:
            theirs = Proposal.objects.visible_to(user).filter(pk=link.proposal_id).exists()
            return redirect("portal:invitation", link.proposal_id) if theirs else redirect("portal:home")
        who.remember(request, link)
        return redirect("portal:invitation", link.proposal_id)


class Ended(View):
    """What the holder of a link reads once it opens nothing any more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "portal/ended.html", {"title": "This link does not open anything"}, status=200)


@method_decorator(require_POST, name="dispatch")
class Leave(View):
    """End the session of a link on this machine."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if who.LINK in request.session:
            request.session.flush()
        return render(request, "portal/left.html", {"title": "You have left the portal"})


class Home(PortalPage):
    """The invitations of one's own CMO, and what is due by when."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if self.visitor.link is not None:
            return redirect("portal:invitation", self.visitor.link.proposal_id)
        now = clock.database_time()
        rows = self.visitor.proposals().select_related("rfp", "cmo").order_by("rfp__closes_at", "id")
        found = [self._row(one, now) for one in rows]
        open_rows = [row for row in found if row["is_open"]]
        return self.shown(
            "portal/home.html",
            {
                "title": "Your invitations",
                "open": open_rows,
                "waiting": sum(row["waits"] for row in open_rows),
                "over": [row for row in reversed(found) if not row["is_open"]],
                "now": now,
            },
        )

    @staticmethod
    def _row(proposal: Proposal, now: Any) -> dict[str, Any]:
        rfp, here = proposal.rfp, standing(proposal)
        is_open = rfp.state in OPEN and rfp.closes_at is not None and now <= rfp.closes_at
        state, tone = stand_of(here, rfp)
        told = here.final["technical"].addendum if here.final is not None else 0
        return {
            "proposal": proposal,
            "rfp": rfp,
            "is_open": is_open,
            "deadline": words.utc(rfp.closes_at) if rfp.closes_at else "",
            "own": words.own(rfp.closes_at) if rfp.closes_at else "",
            "left": words.left(rfp.closes_at, now) if rfp.closes_at else "",
            "state": state,
            "tone": tone,
            "waits": is_open and not here.declined and (here.submitted is None or last_addendum(rfp) > told),
            "confirm": is_open and here.final is not None and last_addendum(rfp) > told,
        }


def stand_of(here: Any, rfp: Rfp) -> tuple[str, str]:
    """Return in a word and a tone how an invitation stands for its bidder."""
    outcomes = {Proposal.State.AWARDED: ("Awarded to you", "good"), Proposal.State.NOT_AWARDED: ("Not awarded", "none")}
    if here.proposal.state in outcomes and rfp.state == Rfp.State.AWARDED:
        return outcomes[here.proposal.state]
    if rfp.state == Rfp.State.CANCELLED:
        return "Cancelled", "none"
    if here.declined:
        return "Declined", "none"
    if here.submitted is not None:
        return ("Handed in late", "watch") if here.submitted.late else ("Handed in", "good")
    if here.withdrawn:
        return "Withdrawn", "watch"
    if rfp.state not in Rfp.SEALED:
        return "Nothing handed in", "none"
    begun = any(not content.is_empty for content in here.draft.values())
    return ("Draft, not handed in", "watch") if begun else ("Not begun", "info")
