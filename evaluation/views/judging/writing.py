"""The page on which one evaluator scores one proposal: evidence beside each score, saved by itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from cmo_lifecycle.doors.pages import SignedIn, noun_of
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.registry import url_of_row
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from evaluation.access import may_read
from evaluation.forms.judging import Given, read_scores, rows_of
from evaluation.models import Evaluator, Proposal, Score, ScoreSheet
from evaluation.panel import scored_by
from evaluation.views.judging.common import crumbs, grouped, percent
from evaluation.views.judging.evidence import Opened, opened
from evaluation.views.judging.sheets import missing_words
from strategy.sums.numbers import plain

JSON = "application/json"
NOT_YOURS = "This sheet is written by somebody else."


class ScorePage(SignedIn):
    """Score one proposal. Sent as a form it leads on; asked for JSON it saves and says when."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        sheet = self._sheet(pk)
        criteria = scored_by(sheet)
        there = {row.criterion: row for row in sheet.scores.all()}
        given = []
        for one in criteria:
            row = there.get(one.code)
            score = row.score if row is not None else None
            given.append(
                Given(one, "" if score is None else plain(score), row.rationale if row is not None else "", score)
            )
        return self._page(sheet, given)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        try:
            sheet = self._sheet(pk)
        except PermissionDenied as refusal:
            if self._wants_json:
                return JsonResponse({"sentences": [str(refusal)]}, status=403)
            raise
        criteria = scored_by(sheet)
        given = read_scores(sheet.rfp, criteria, request.POST)
        version = version_read(request.POST.get("version"), sheet)
        if version is None:
            return self._refused(sheet, given, [unread("score sheet")], 400)
        if any(one.error or one.rationale_error for one in given):
            return self._refused(sheet, given, [], 422)
        try:
            saved = parts.write(sheet, Score, rows_of(given), actor=self.user, version=version, source="page")
        except Stale:
            return self._conflict(pk, given)
        except NotPermitted as refusal:
            return self._refused(sheet, given, refusal.sentences, 403)
        except InvalidInput as refusal:
            return self._refused(sheet, given, refusal.sentences, 422)
        except Refusal as refusal:
            return self._refused(sheet, given, refusal.sentences, refusal.status)
        missing = missing_words(saved, criteria, saved.scores.all())
        if self._wants_json:
            return JsonResponse(
                {
                    "version": saved.version,
                    "at": f"{timezone.localtime(timezone.now()):%H:%M}",
                    "done": sum(one.is_done for one in given),
                    "of": len(criteria),
                    "missing": [{"criterion": code, "sentence": sentence} for code, sentence in missing],
                }
            )
        if request.POST.get("then") == "submit":
            if missing:
                return self._page(saved, given, wants=True)
            pages = noun_of(ScoreSheet)
            assert pages is not None
            return redirect(pages.step_url(saved.pk, "submit"))
        return redirect(f"{request.path}?saved=1")

    @property
    def _wants_json(self) -> bool:
        return self.request.headers.get("Accept", "") == JSON

    def _sheet(self, pk: Any) -> Any:
        found = (
            ScoreSheet.objects.visible_to(self.user)
            .select_related("rfp__programme", "proposal__cmo", "evaluator__person")
            .filter(pk=pk)
            .first()
        )
        if found is None:
            raise Http404("There is no such score sheet.")
        if found.evaluator.person_id != self.user.pk:
            raise PermissionDenied(NOT_YOURS)
        if found.evaluator.state != Evaluator.State.CLEARED or not may_read(self.user, found.proposal):
            raise PermissionDenied("You are not on this panel any more.")
        if found.state != ScoreSheet.State.OPEN:
            raise PermissionDenied("You have handed this sheet in: ask for it back if a score has to change.")
        if not found.is_editable:
            raise PermissionDenied("The scores are locked: nothing is changed any more.")
        if not self.user.has_role(*ScoreSheet.may_edit):
            raise PermissionDenied("Your roles do not let you score.")
        return found

    def _refused(self, sheet: Any, given: list[Given], sentences: list[str], status: int) -> HttpResponse:
        if not self._wants_json:
            return self._page(sheet, given, sentences=sentences, status=status)
        errors = {one.criterion.code: one.error or one.rationale_error for one in given}
        return JsonResponse(
            {"sentences": sentences, "errors": {code: text for code, text in errors.items() if text}}, status=status
        )

    def _conflict(self, pk: Any, given: list[Given]) -> HttpResponse:
        """Say what was saved elsewhere meanwhile, and keep what was typed here."""
        sentence = "You have saved this sheet in another window since this page was opened."
        if self._wants_json:
            return JsonResponse(
                {"sentences": [f"{sentence} Press Save: it shows both, and nothing of either is lost."]}, status=412
            )
        sheet = self._sheet(pk)
        there = {row.criterion: row for row in sheet.scores.all()}
        differing = []
        for one in given:
            row = there.get(one.criterion.code)
            score = "" if row is None or row.score is None else plain(row.score)
            rationale = row.rationale if row is not None else ""
            typed = "" if one.score is None else plain(one.score)
            if (score, rationale) != (typed, one.rationale):
                differing.append({"criterion": one.criterion, "score": score, "rationale": rationale, "typed": one})
        return self._page(sheet, given, conflict={"sentence": sentence, "rows": differing}, status=412)

    def _page(
        self,
        sheet: Any,
        given: list[Given],
        *,
        sentences: list[str] | None = None,
        wants: bool = False,
        conflict: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        rfp = sheet.rfp
        found = opened(rfp, [sheet.proposal], self.user)
        pages = noun_of(ScoreSheet)
        missing = missing_words(sheet, [one.criterion for one in given], sheet.scores.all())
        wrong = [one for one in given if one.error or one.rationale_error]
        return self.shown(
            "evaluation/judging/score.html",
            {
                "title": f"Score {sheet.proposal.cmo}",
                "about": pages.about if pages else None,
                "crumbs": [(pages.heading, pages.list_url) if pages else ("My scoring", ""), crumbs(rfp)[-1]],
                "sheet": sheet,
                "rfp": rfp,
                "proposal_url": url_of_row(Proposal, sheet.proposal_id),
                "sheet_url": url_of_row(ScoreSheet, sheet.pk),
                "groups": [
                    (name, [self._line(one, found, sheet) for one in rows])
                    for name, rows in grouped(given, lambda one: one.criterion.group)
                ],
                "done": sum(one.is_done for one in given),
                "of": len(given),
                "least": plain(rfp.scale_least),
                "most": plain(rfp.scale_most),
                "missing": missing,
                "wants": wants,
                "wrong": wrong,
                "sentences": sentences or [],
                "has_errors": bool(wrong or sentences or (wants and missing)),
                "conflict": conflict,
                "saved": "saved" in self.request.GET and status == 200,
                "draft": f"score:{sheet.pk}",
            },
            status,
        )

    def _line(self, one: Given, found: Opened, sheet: Any) -> dict[str, Any]:
        asked = [
            found.of(sheet.proposal, question)
            for question in found.asked(sheet.proposal)
            if question.criterion == one.criterion.code
        ]
        return {"given": one, "criterion": one.criterion, "evidence": asked, "weight": percent(one.criterion.weight)}
