"""The long list of one programme: how far each candidate has come, and what took the others out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.workflow import edits
from evaluation.models import Candidate, Rfp
from evaluation.views.scouting.candidates import enriched

S = Candidate.State
GROUPS = (
    (S.SHORT_LISTED, "Short list", "Nobody yet. A candidate needs all must-haves met and a CDA in force."),
    (S.LONG_LISTED, "Long list", "Nobody yet."),
    (S.SCANNED, "Found in the scan", "Nobody waits to be looked at."),
    (S.KNOCKED_OUT, "Knocked out", ""),
    (S.DROPPED, "Not pursued", ""),
)


def asked_programme(request: HttpRequest) -> Programme | None:
    """Return the programme that the address names; None without one. 404 for one that this person does not see."""
    key = request.GET.get("programme", "")
    if not key:
        return None
    try:
        found = Programme.objects.visible_to(request.user).filter(pk=key).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise Http404("There is no such programme.")
    return found  # type: ignore[no-any-return]


class LongList(pages.SignedIn):
    """From long list to short list, for one programme."""

    def get(self, request: HttpRequest) -> HttpResponse:
        programme = asked_programme(request)
        crumbs = [("Candidates", reverse("evaluation:candidate_list"))]
        if programme is None:
            mine = Programme.objects.visible_to(self.user).filter(state=Programme.State.ACTIVE).order_by("name", "pk")
            return self.shown(
                "evaluation/scouting/choose.html",
                {
                    "title": "Long lists",
                    "crumbs": crumbs,
                    "sentence": "Choose the programme whose long list you want to see.",
                    "programmes": mine,
                    "page_url": reverse("evaluation:long_list"),
                },
            )
        rows: list[Any] = list(
            Candidate.objects.visible_to(self.user)
            .filter(programme=programme)
            .select_related("cmo", "site", "programme")
            .order_by("cmo__legal_name", "id")
        )
        enriched(rows)
        groups = []
        for state, label, empty in GROUPS:
            own = [row for row in rows if row.state == state]
            if own or empty:
                groups.append({"key": state.value, "label": label, "rows": own, "empty": empty})
        tail = f"?programme={programme.pk}"
        return self.shown(
            "evaluation/scouting/long_list.html",
            {
                "title": f"Candidates for {programme.name}",
                "crumbs": crumbs,
                "sentence": _sentence(rows),
                "groups": groups,
                "programme": programme,
                "scan_url": f"{reverse('evaluation:scan')}{tail}",
                "add_url": f"{reverse('evaluation:candidate_add')}{tail}"
                if edits.may_create(Candidate, self.user)
                else "",
                "rfp_url": f"{reverse('evaluation:rfp_add')}{tail}"
                if edits.may_create(Rfp, self.user) and any(row.state == S.SHORT_LISTED for row in rows)
                else "",
                "about": pages.noun_of(Candidate).about,  # type: ignore[union-attr]
            },
        )


def _sentence(rows: list[Any]) -> str:
    if not rows:
        return "Nobody is on it yet: search the market for who could do the work."
    counted = [
        (sum(row.state == S.SHORT_LISTED for row in rows), "on the short list"),
        (sum(row.state == S.LONG_LISTED for row in rows), "on the long list"),
        (sum(row.state == S.SCANNED for row in rows), "found in the scan"),
        (sum(row.state in (S.KNOCKED_OUT, S.DROPPED) for row in rows), "taken out"),
    ]
    return f"{len(rows)} looked at: {listed([f'{n} {what}' for n, what in counted if n])}."
