"""In by a link, out again, and the list of one's invitations."""

from __future__ import annotations

import time
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
from evaluation.models import AccessLink, Proposal, Rfp
from evaluation.portal import codes, who, words
from evaluation.portal.base import PortalPage

OPEN = (Rfp.State.ISSUED,)


class FollowLink(View):
    """Take the secret out of the address: the session keeps the link's id, and every later address is a plain one.

    It opens once its holder has given the code that is mailed to its contact.
    """

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
            return _for_a_bidder(request)
        link = links.follow(token)
        if link is None:
            if wait := too_many_failures(request):
                return _wait(request, wait)
            return redirect("portal:ended")
        if user.is_authenticated:
            theirs = Proposal.objects.visible_to(user).filter(pk=link.proposal_id).exists()
            return redirect("portal:invitation", link.proposal_id) if theirs else redirect("portal:home")
        who.wait_at_the_door(request, link)
        return redirect("portal:code")


class Code(View):
    """Ask for the one-time code that is mailed to the link's contact, and let in whoever gives it.

    A mail may be forwarded, and the programs that look through mails follow links: following one neither opens the
    invitation nor sends anything.
    """

    link: AccessLink
    kept: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated:
            return redirect("portal:home") if user.is_external else _for_a_bidder(request)
        link, self.kept = who.at_the_door(request)
        if link is None:
            return redirect("portal:ended")
        self.link = link
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "send":
            return self._send()
        typed = "".join(request.POST.get("code", "").split())
        if not (typed.isascii() and typed.isdigit() and len(typed) == codes.DIGITS):
            return self._page("Type the eight digits of the code.", 400)
        found = codes.check(self.link, self.kept["entry"], typed)
        if found is codes.Answer.RIGHT:
            links.used(self.link)
            who.remember(request, self.link)
            return redirect("portal:invitation", self.link.proposal_id)
        if wait := too_many_failures(request):
            return _wait(request, wait)
        return self._page(WRONG[found], 400)

    def _send(self) -> HttpResponse:
        found = codes.ask(self.link, self.kept["entry"])
        if found is codes.Answer.OVER:
            return _wait(self.request, codes.WINDOW)
        if found is codes.Answer.AWAY:
            return self._page(WRONG[found], 503)
        self.request.session[who.AT_THE_DOOR] = {**self.kept, "asked": int(time.time())}
        return redirect("portal:code")

    def _page(self, error: str = "", status: int = 200) -> HttpResponse:
        context = {
            "title": "Type the code from your mail" if self.kept["asked"] else "One more step",
            "asked": bool(self.kept["asked"]),
            "masked": _masked(self.link.address),
            "minutes": codes.MINUTES,
            "tries": codes.TRIES,
            "digits": codes.DIGITS,
            "error": error,
            "has_errors": bool(error),
            "owner": self.link.proposal.rfp.owner,
        }
        return render(self.request, "portal/code.html", context, status=status)


WRONG = {
    codes.Answer.WRONG: "This is not the code. Look at the newest mail, and type its eight digits.",
    codes.Answer.OVER: "This code does not hold any more: it is too old, was used, or was mistyped too often."
    " Have another one sent.",
    codes.Answer.AWAY: "No code can be sent or checked at this moment. Try again in a minute.",
}


def _masked(address: str) -> str:
    """Write an address so that its owner knows it and nobody else learns it: `o•••@harrow.example`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


def _for_a_bidder(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/colleague.html", {"title": "This link is for a bidder"}, status=403)


def _wait(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = -(-seconds // 60)
    response = render(request, "portal/wait.html", {"title": "Too many tries", "minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


class Ended(View):
    """What the holder of a link reads once it opens nothing any more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "portal/ended.html", {"title": "This link does not open anything"}, status=200)


@method_decorator(require_POST, name="dispatch")
class Leave(View):
    """End the session of a link on this machine."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if who.LINK in request.session or who.AT_THE_DOOR in request.session:
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
