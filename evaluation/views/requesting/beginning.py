"""What an RFP is filled from: a template of its service, and questions of the library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages import NounPage
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal
from evaluation.asking import add_from_library
from evaluation.filling import apply_template
from evaluation.filters import LibraryFilters
from evaluation.library.templates import TEMPLATES, template_for
from evaluation.models import LibraryQuestion
from evaluation.views.requesting.writer import WRITER, writer_url

SHOWN = 100


class FillPage(NounPage):
    """A page that fills tables of a draft. Whoever may write it may fill it."""

    def draft(self, pk: Any) -> Any:
        rfp = self.record(pk)
        if not WRITER.may_write(rfp, self.user):
            if not rfp.is_editable and self.user.has_role(*type(rfp).may_edit):
                raise PermissionDenied(WRITER.refusal(rfp, self.user))
            raise PermissionDenied(rfp.barred(self.user) or "Your roles let you read this RFP, not write it.")
        return rfp

    def crumbs(self, rfp: Any) -> list[tuple[str, str]]:
        return [*self.noun.crumbs(rfp), (str(rfp), self.noun.url(rfp.pk))]

    def sentences(self, refusal: Refusal) -> list[str]:
        if isinstance(refusal, NotPermitted):
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        if isinstance(refusal, InvalidInput):
            return [str(one) for said in refusal.errors.values() for one in said]
        return [str(one) for one in refusal.sentences]


class TemplatePage(FillPage):
    """Choose what an RFP starts from, with a preview of what each template brings."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(self.draft(pk), request.GET.get("show", ""))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.draft(pk)
        code = request.POST.get("template", "")
        version = version_read(request.POST.get("version"), rfp)
        if version is None:
            return self._page(rfp, code, [unread("RFP")], 400)
        try:
            apply_template(rfp, code, actor=self.user, version=version, source="page")
        except Refusal as refusal:
            return self._page(self.draft(pk), code, self.sentences(refusal), refusal.status)
        messages.success(
            request,
            f"“{TEMPLATES[code].title}” has filled the tables that were empty. Go through them: square brackets are blanks.",
        )
        return redirect(writer_url(rfp, "scope"))

    def _page(self, rfp: Any, code: str, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        fits = template_for(rfp.service, rfp.modality)
        shown = TEMPLATES.get(code) or fits or next(iter(TEMPLATES.values()))
        before = {
            "criteria": len(rfp.criteria.all()), "questions": len(rfp.questions.all()),
            "prices": rfp.price_sheet.count(), "timetable": rfp.timetable.count(),
        }  # fmt: skip
        groups: dict[str, int] = {}
        for one in shown.questions:
            groups[one.kind] = groups.get(one.kind, 0) + 1
        return self.shown(
            "evaluation/requesting/template.html",
            {
                "title": "Start from a template",
                "sentence": "It fills what is still empty. What the strategy asks for stays, and lends from the template"
                " what each score means.",
                "crumbs": self.crumbs(rfp),
                "rfp": rfp,
                "templates": [
                    {
                        "template": one,
                        "url": f"?show={one.code}",
                        "current": one.code == shown.code,
                        "fits": fits is not None and one.code == fits.code,
                        "used": rfp.template == one.code,
                    }
                    for one in TEMPLATES.values()
                ],
                "shown": shown,
                "musts": sum(one.need == "must" for one in shown.requirements),
                "bands": sum(bool(one.bands) for one in shown.questions),
                "before": before,
                "problems": problems or [],
                "has_errors": bool(problems),
                "skip_url": writer_url(rfp, "scope"),
            },
            status,
        )


class WhereForm(forms.Form):
    """Which criterion and requirement the questions that are added serve."""

    criterion = forms.ChoiceField(required=False, label="They serve the criterion", widget=PlainSelect)
    requirement = forms.ChoiceField(required=False, label="They show the requirement", widget=PlainSelect)

    def __init__(self, rfp: Any, *args: Any) -> None:
        super().__init__(*args)
        fields: Any = self.fields
        fields["criterion"].choices = [
            ("", "Said later, one by one"), *((row.code, f"{row.code}: {row.title}") for row in rfp.criteria.all()),
        ]  # fmt: skip
        fields["requirement"].choices = [
            ("", "Said later, one by one"),
            *((row.code, f"{row.code}: {row.requirement[:80]}") for row in rfp.requirements.all()),
        ]


class LibraryPage(FillPage):
    """Add questions of the library to an RFP, several at once."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.draft(pk)
        return self._page(rfp, WhereForm(rfp))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.draft(pk)
        form = WhereForm(rfp, request.POST)
        version = version_read(request.POST.get("version"), rfp)
        if version is None:
            form.add_error(None, unread("RFP"))
        picked = request.POST.getlist("question")
        if not picked:
            form.add_error(None, "Tick at least one question.")
        if not form.is_valid():
            return self._page(rfp, form, 400)
        try:
            added = add_from_library(rfp, picked, **form.cleaned_data, actor=self.user, version=version, source="page")
        except Refusal as refusal:
            for sentence in self.sentences(refusal):
                form.add_error(None, sentence)
            return self._page(self.draft(pk), form, refusal.status)
        if added:
            messages.success(request, f"Added {added} question{'' if added == 1 else 's'}, at the end of the list.")
        else:
            messages.info(request, "This RFP asks all of them already.")
        return redirect(writer_url(rfp, "questions"))

    def _page(self, rfp: Any, form: WhereForm, status: int = 200) -> HttpResponse:
        offered = LibraryQuestion.objects.visible_to(self.user).filter(state=LibraryQuestion.State.IN_USE)
        filters = LibraryFilters(self.request.GET, queryset=offered.order_by("group", "code"), request=self.request)
        del filters.form.fields["state"]
        found = list(filters.qs[: SHOWN + 1]) if filters.is_valid() else []
        asked = {row.code for row in rfp.questions.all()}
        ticked = set(self.request.POST.getlist("question"))
        groups: dict[str, list[dict[str, Any]]] = {}
        for one in found[:SHOWN]:
            label = one.get_group_display()  # type: ignore[attr-defined]
            groups.setdefault(label, []).append(
                {"question": one, "asked": one.code in asked, "ticked": str(one.pk) in ticked}
            )
        return self.shown(
            "evaluation/requesting/library.html",
            {
                "title": "Add questions from the library",
                "sentence": "Worded and scored as they were before, so that answers can be compared.",
                "crumbs": [*self.crumbs(rfp), ("Questions", writer_url(rfp, "questions"))],
                "rfp": rfp,
                "filter": filters,
                "groups": groups,
                "more": len(found) > SHOWN,
                "shown": SHOWN,
                "form": form,
                "library_url": reverse("evaluation:library_question_list"),
                "cancel": writer_url(rfp, "questions"),
                "has_errors": form.is_bound,
            },
            status,
        )
