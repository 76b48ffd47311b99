"""Searching the market for who could do the work of a programme."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.partners.models import CMO, Programme, Site
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal
from evaluation.actions import candidates as actions
from evaluation.forms.scouting import AddForm, ScanForm
from evaluation.models import Candidate
from evaluation.scanning import Found, scan
from evaluation.views.scouting.overview import asked_programme

MOST_AT_ONCE = 100


class Scan(pages.SignedIn):
    """The market scan. What is asked stands in the address; adding what was found is one step, all or nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(asked_programme(request), AddForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        programme = asked_programme(request)
        if not edits.may_create(Candidate, self.user):
            raise PermissionDenied("Sourcing and project managers add candidates.")
        form = AddForm(request.POST)
        if programme is None:
            form.add_error(None, "Choose the programme first for which you search.")
        elif programme.state != Programme.State.ACTIVE:
            form.add_error(None, "This programme is closed: no candidates are added to it any more.")
        picked = self._picked(form)
        if not form.is_valid() or programme is None:
            return self._page(programme, form, status=400)
        try:
            added, present = actions.add(programme, picked, **form.cleaned_data, actor=self.user, source="page")
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            sentences = refusal.sentences
            if isinstance(refusal, InvalidInput):
                sentences = [one for said in refusal.errors.values() for one in said]
            form.add_error(None, [str(one) for one in sentences])
            return self._page(programme, form, status=400)
        if added:
            messages.success(request, f"Added {listed([str(one.cmo) for one in added])}.")
        if present:
            names = listed([str(one.cmo) for one in present])
            messages.info(request, f"{names} {'was a candidate' if len(present) == 1 else 'were candidates'} already.")
        return redirect(f"{reverse('evaluation:long_list')}?programme={programme.pk}")

    def _picked(self, form: AddForm) -> list[tuple[CMO, Site | None]]:
        """Return the chosen CMOs, each with the site that was chosen for it; a mistake is put at the form."""
        keys = self.request.POST.getlist("cmo")[: MOST_AT_ONCE + 1]
        if not keys:
            form.add_error(None, "Tick at least one CMO that is to become a candidate.")
            return []
        if len(keys) > MOST_AT_ONCE:
            form.add_error(None, f"Add {MOST_AT_ONCE} CMOs at most at once.")
            return []
        try:
            cmos = list(CMO.objects.visible_to(self.user).filter(pk__in=keys).order_by("legal_name", "id"))
            wanted = {cmo.pk: self.request.POST.get(f"site_{cmo.pk}", "") for cmo in cmos}
            sites = {
                str(site.pk): site
                for site in Site.objects.visible_to(self.user).filter(pk__in=[key for key in wanted.values() if key])
            }
        except (ValidationError, ValueError):
            form.add_error(None, "One of the CMOs that were ticked is not there (any more). Search again.")
            return []
        if len(cmos) != len(set(keys)):
            form.add_error(None, "One of the CMOs that were ticked is not there (any more). Search again.")
        return [(cmo, sites.get(wanted[cmo.pk])) for cmo in cmos]

    def _asked(self, programme: Programme | None) -> ScanForm:
        data = self.request.GET.copy()
        if programme is not None and not set(data) - {"programme"} and programme.modality:
            data["modality"] = programme.modality
        return ScanForm(data)

    def _page(self, programme: Programme | None, form: AddForm, status: int = 200) -> HttpResponse:
        asked = self._asked(programme)
        found = Found([], 0, 1)
        if asked.is_valid():
            page = whole_number(self.request.GET.get("page"), 5) or 1
            found = scan(asked.cleaned_data, self.user, page=page)
        if programme is not None:
            present = {
                one.cmo_id: one
                for one in Candidate.objects.visible_to(self.user).filter(
                    programme=programme, cmo__in=[one.cmo.pk for one in found.matches]
                )
            }
            for match in found.matches:
                match.candidate = present.get(match.cmo.pk)
        may_add = programme is not None and edits.may_create(Candidate, self.user)
        crumbs = [("Candidates", reverse("evaluation:candidate_list"))]
        if programme is not None:
            long_list = f"{reverse('evaluation:long_list')}?programme={programme.pk}"
            crumbs.append((f"Candidates for {programme.name}", long_list))
        chosen = set(self.request.POST.getlist("cmo"))
        rows = [
            {
                "match": one,
                "ticked": str(one.cmo.pk) in chosen,
                "site": self.request.POST.get(f"site_{one.cmo.pk}", ""),
                "url": pages.url_of(one.cmo),
                "candidate_url": pages.url_of(one.candidate) if one.candidate else "",
            }
            for one in found.matches
        ]
        programmes = Programme.objects.visible_to(self.user).filter(state=Programme.State.ACTIVE).order_by("name", "pk")
        return self.shown(
            "evaluation/scouting/scan.html",
            {
                "title": f"Market scan for {programme.name}" if programme else "Market scan",
                "sentence": _sentence(found, programme),
                "crumbs": crumbs,
                "asked": asked,
                "programme": programme,
                "programmes": programmes,
                "found": found,
                "rows": rows,
                "form": form,
                "may_add": may_add,
                "previous_url": self._paged(found.page - 1) if found.page > 1 else "",
                "next_url": self._paged(found.page + 1) if found.page < found.pages else "",
                "has_errors": form.is_bound,
            },
            status,
        )

    def _paged(self, page: int) -> str:
        query: Any = self.request.GET.copy()
        query["page"] = str(page)
        return f"?{query.urlencode()}"


def _sentence(found: Found, programme: Programme | None) -> str:
    many = f"{found.count} CMO{' fits' if found.count == 1 else 's fit'}"
    if programme is None:
        return f"{many}. Choose a programme to make candidates of them."
    return f"{many}. Each says why it was found; tick who is to become a candidate."
