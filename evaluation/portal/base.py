"""What every page of an invitation has in common."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from cmo_lifecycle.workflow.refusals import Refusal, Refused
from evaluation import clock
from evaluation.bidding import Bidder, Standing, standing
from evaluation.models import Proposal, Rfp
from evaluation.portal import who, words
from evaluation.portal.places import places_of

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


class PortalPage(View):
    """A page for bidders: signed in at a CMO, or with a link; colleagues of ours never come in."""

    visitor: who.Visitor
    #: The same forms for a colleague who enters a paper proposal.
    on_paper = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if self.on_paper:
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not user.has_role("sourcing"):
                raise PermissionDenied("Sourcing enters proposals on behalf of bidders.")
            self.visitor = who.Visitor(user)
        elif user.is_authenticated:
            if not user.is_external:
                raise PermissionDenied("These pages are for bidders. What you may see of an RFP stands in its record.")
            self.visitor = who.Visitor(user)
        else:
            link, ended = who.holder(request)
            if link is None:
                if wants_json(request):
                    return JsonResponse({"sentence": "You are no longer signed in."}, status=401)
                return redirect("portal:ended") if ended else redirect_to_login(request.get_full_path())
            self.visitor = who.Visitor(None, link)
        if request.method in UNSAFE and not self.visitor.may_go_on():
            return render(request, "portal/wait.html", {"title": "Too many changes at once"}, status=429)
        return super().dispatch(request, *args, **kwargs)

    def shown(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        context.setdefault("visitor", self.visitor)
        context["on_paper"] = self.on_paper
        context["portal_places"] = lambda: places_of(self.visitor.user)
        context["sponsor"] = settings.SPONSOR_NAME
        context["portal_frame"] = "portal/paper.html" if self.on_paper else "portal/frame.html"
        return render(self.request, template, context, status=status)


class InvitationPage(PortalPage):
    """A page of one invitation; anybody else's is as good as none."""

    #: Which of the tabs it is.
    tab = ""
    proposal: Proposal
    rfp: Rfp
    bidder: Bidder

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            if wants_json(request):
                return JsonResponse({"sentence": str(refusal)}, status=refusal.status)
            return self.refused(refusal)

    def setup_invitation(self, pk: Any) -> None:
        rows = Proposal.objects.visible_to(self.visitor.user) if self.on_paper else self.visitor.proposals()
        found = rows.filter(pk=pk).select_related("rfp__owner", "cmo", "contact").first()
        if found is None:
            raise Http404("There is no such invitation.")
        self.proposal, self.rfp = found, found.rfp
        self.bidder = Bidder.on_paper(self.visitor.user, found) if self.on_paper else self.visitor.bidder(found)

    def get(self, request: HttpRequest, pk: Any, **kwargs: Any) -> HttpResponseBase:
        self.setup_invitation(pk)
        return self.page(**kwargs)

    def post(self, request: HttpRequest, pk: Any, **kwargs: Any) -> HttpResponseBase:
        self.setup_invitation(pk)
        return self.act(**kwargs)

    def page(self, **kwargs: Any) -> HttpResponseBase:
        return self.http_method_not_allowed(self.request)

    def act(self, **kwargs: Any) -> HttpResponseBase:
        return self.http_method_not_allowed(self.request)

    def address(self, name: str, *args: Any) -> str:
        return reverse(f"{'paper' if self.on_paper else 'portal'}:{name}", args=[self.proposal.pk, *args])

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Say why not, and lead back."""
        begin = self.on_paper and isinstance(refusal, Refused) and not hasattr(self, "bidder")
        return self.shown(
            "portal/refused.html",
            {
                "title": "This cannot be done now",
                "sentences": refusal.sentences,
                "back": self.proposal.get_absolute_url() if begin else self.address("invitation"),
                "proposal": self.proposal,
            },
            refusal.status,
        )

    def invitation(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Show a page of the invitation, with its head and tabs."""
        if "standing" not in context:
            context["standing"] = standing(self.proposal)
        here: Standing = context["standing"]
        now, closes_at = clock.database_time(), self.rfp.closes_at
        past = closes_at is not None and now > closes_at
        places = [
            ("invitation", "What is asked", self.address("invitation")),
            ("technical", "Technical envelope", self.address("envelope", "technical")),
            ("commercial", "Commercial envelope", self.address("envelope", "commercial")),
            ("submit", "Check and hand in", self.address("submit")),
        ]
        if not self.on_paper:
            places.insert(1, ("questions", "Questions and answers", self.address("questions")))
        in_time = here.submitted is not None and not here.submitted.late
        context.update(
            {
                "proposal": self.proposal,
                "rfp": self.rfp,
                "now": now,
                "past": past,
                "too_late": past and in_time,
                "can_write": here.may_write and not (past and in_time),
                "deadline": words.utc(closes_at) if closes_at else "",
                "deadline_own": words.own(closes_at) if closes_at else "",
                "left": words.left(closes_at, now) if closes_at else "",
                "tabs": [(code, label, url, code == self.tab) for code, label, url in places],
                "urls": {
                    name: self.address(name)
                    for name in ("invitation", "submit", "receipt", "workbook", "add_file", "withdraw")
                },
            }
        )
        if not self.on_paper:
            context["urls"] |= {
                name: self.address(name) for name in ("questions", "decline", "reconsider", "confirm", "own")
            }
        return self.shown(template, context, status)
