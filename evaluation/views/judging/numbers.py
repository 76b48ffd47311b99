"""One number of the matrix opened: a score down to who gave it and why, a total down to its scores."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from evaluation.board import Board, board
from evaluation.models import Criterion, Score, ScoreSheet
from evaluation.scoring.export import written
from evaluation.views.judging import how, weighing
from evaluation.views.judging.common import RfpPage
from evaluation.views.judging.evidence import opened
from strategy.sums.numbers import plain


class _Below(RfpPage):
    """A page that opens one number of the matrix."""

    place = "matrix"

    def both(self, pk: Any, proposal: Any) -> tuple[Board, Any]:
        rfp = self.rfp(pk)
        found = board(rfp, viewer=self.user)
        one = next((one for one in found.proposals if one.pk == proposal), None)
        if one is None or self.frame(rfp)["sealed"]:
            raise Http404("There is no such proposal in this matrix.")
        return found, one

    def back(self, rfp: Any) -> str:
        weights = self.request.GET.get("w", "")
        return reverse("evaluation:matrix", args=[rfp.pk]) + (
            f"?{urlencode({'w': weights}, safe=':,')}" if weights else ""
        )


class CellPage(_Below):
    """One score: the evaluators' scores with their reasons, what was answered, and how it comes about."""

    def get(self, request: HttpRequest, pk: Any, code: str, proposal: Any) -> HttpResponse:
        found, one = self.both(pk, proposal)
        rfp = found.rfp
        criterion = next((row for row in found.criteria if row.code == code), None)
        if criterion is None or found.matrix is None:
            raise Http404("There is no such criterion in this matrix.")
        asked = [question for question in rfp.questions.all() if question.criterion == code]
        read = opened(rfp, [one], self.user, [question.code for question in asked])
        evidence = [read.of(one, question) for question in read.asked(one)]
        hidden = found.is_hidden(one, criterion)
        cell = found.matrix.lines[str(one.pk)].cells[code]
        dropped = set(cell.outcome.dropped)
        rows = []
        if not hidden and criterion.rule not in Criterion.COMPUTED:
            scores = Score.objects.filter(
                sheet__proposal=one, sheet__state=ScoreSheet.State.SUBMITTED, criterion=code,
                sheet__evaluator__in=[*found.seats], score__isnull=False,
            ).select_related("sheet")  # fmt: skip
            by_seat = {row.sheet.evaluator_id: row for row in scores}
            for seat in found.seats.values():
                if (row := by_seat.get(seat.pk)) is not None:
                    rows.append(
                        {
                            "name": seat.person.name,
                            "score": "" if row.score is None else plain(row.score),
                            "rationale": row.rationale,
                            "dropped": str(seat.pk) in dropped,
                            "outlier": cell.spread is not None
                            and cell.spread.flagged
                            and str(seat.pk) in cell.spread.outliers,
                        }
                    )
        context = self.frame(rfp)
        context |= {
            "title": f"{criterion.title}: {one.cmo}",
            "crumbs": [*context["crumbs"], ("Matrix", self.back(rfp))],
            "criterion": criterion,
            "proposal": one,
            "value": "" if hidden or cell.outcome.value is None else written(cell.outcome.value, rfp.places),
            "spread": cell.spread if not hidden else None,
            "steps": how.score_words(found, criterion, one, evidence),
            "rows": rows,
            "evidence": evidence,
            "settled": None if hidden else found.settled.get((one.pk, code)),
            "weight": plain(weighing.read(request.GET.get("w", ""), found.criteria).weights[code]),
            "most": plain(rfp.scale_most),
            "moderate_url": reverse("evaluation:consensus", args=[rfp.pk, one.pk, code])
            if criterion.rule not in Criterion.COMPUTED and not hidden
            else "",
        }
        return self.shown("evaluation/judging/cell.html", context)


class TotalPage(_Below):
    """One total: each criterion's score, weight and points, and how they are added up and rounded."""

    def get(self, request: HttpRequest, pk: Any, proposal: Any) -> HttpResponse:
        found, one = self.both(pk, proposal)
        if found.matrix is None:
            raise Http404("There is no total yet.")
        weighs = weighing.read(request.GET.get("w", ""), found.criteria)
        context = self.frame(found.rfp)
        context |= {
            "title": f"Total of {one.cmo}",
            "crumbs": [*context["crumbs"], ("Matrix", self.back(found.rfp))],
            "proposal": one,
            "weighs": weighs,
            "line": found.matrix.lines[str(one.pk)],
            "tail": f"?{urlencode({'w': request.GET['w']}, safe=':,')}" if request.GET.get("w") else "",
            **how.total_rows(found, weighs.weights, one),
        }
        return self.shown("evaluation/judging/total.html", context)
