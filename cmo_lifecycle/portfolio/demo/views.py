from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods

from cmo_lifecycle.portfolio.demo import removal
from cmo_lifecycle.portfolio.models import Demonstration


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Say what goes with the demo data, then take it away."""
    if not request.user.has_role("administrator"):  # type: ignore[union-attr]
        raise PermissionDenied
    if not Demonstration.is_here():
        raise Http404
    if request.method == "POST":
        removal.remove(actor=request.user)  # type: ignore[arg-type]
        messages.success(
            request,
            "The demo data are gone and the demo people's accounts are closed, yours excepted."
            " Add your own people next, an administrator first.",
        )
        return redirect("home")
    return render(request, "portfolio/demo_remove.html", {"counts": removal.counts(removal.what_goes())})


@dataclass(frozen=True)
class Stop:
    """One stop of the tour: what to look at, where, and as whom."""

    title: str
    text: str
    page: str
    who: str

    @property
    def url(self) -> str:
        try:
            return reverse(self.page)
        except NoReverseMatch:
            return ""


TOUR = (
    Stop("Your desk", "What waits for you, soonest due first: reviews to sign, steps to approve.", "home", "Priya"),
    Stop(
        "A strategy that computes",
        "VX-12 is to have two sources. Open its strategy and “What this strategy will ask for”: each line names the"
        " answer and the rule behind it. VX-7 waits for a signature of Erin and Quinn; VX-44 is still being written.",
        "strategy:strategy_list",
        "Alice, then Erin",
    ),
    Stop(
        "An RFP, sealed and explained",
        "The second source of VX-12 was chosen by RFP. Open “Second source of aseptic filling”: who scored what and why,"
        " what each bid costs over the years, and the weight at which another would win. The laboratory is still being"
        " asked, and nobody here sees who has answered. As Tom, score what the packers propose.",
        "evaluation:rfp_list",
        "Alice, then Tom",
    ),
    Stop(
        "What a bidder sees",
        "Otto works for Nordvik. His draft for the laboratory is half written; it is encrypted until two people here open"
        " it after the deadline.",
        "portal:home",
        "Otto",
    ),
    Stop(
        "A contract that can live",
        "Open the supply agreement with Harrow: four amendments are laid over it, one lapses, one reaches back, one amends"
        " another; choose a day and see what held then, and why. Coverage shows what Nordvik's lacks. As Otto, sign the"
        " amendment that waits.",
        "contracts:agreement_list",
        "Lena, then Otto",
    ),
    Stop(
        "What is owed, by when",
        "Renewals, notices, reviews and obligations of all agreements, month by month.",
        "contracts:calendar",
        "Alice",
    ),
    Stop(
        "A relationship",
        "Nordvik fills the vials of VX-12. Its stage, its manager, what is next and how its deliveries have slipped.",
        "partners:relationship_list",
        "Priya",
    ),
    Stop(
        "A scorecard to sign",
        "Open the latest review of Nordvik. Every number opens down to its deliveries; sign it, then sign in as Quinn"
        " and sign it for quality.",
        "operations:review_list",
        "Priya, then Quinn",
    ),
    Stop(
        "Bring your own deliveries",
        "Upload a CSV or XLSX file, map its columns, try it without effect, then commit it.",
        "operations:import_list",
        "Sven",
    ),
    Stop(
        "Who did what",
        "The audit trail is written by the database itself. Audra may read all of it and change nothing.",
        "audit_trail",
        "Audra",
    ),
)


@login_required
@require_GET
def tour(request: HttpRequest) -> HttpResponse:
    """Show the stops of the tour."""
    return render(request, "portfolio/tour.html", {"stops": TOUR})
