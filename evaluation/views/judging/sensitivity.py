"""What would change the ranking: other weights one by one, named sets of weights, and the cheapest bid."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from evaluation import drawing
from evaluation.board import board
from evaluation.scoring import words
from evaluation.scoring.export import written, written_places
from evaluation.views.judging import how
from evaluation.views.judging.common import RfpPage
from strategy.sums.numbers import listed, shown


class SensitivityPage(RfpPage):
    """How firm the ranking is."""

    place = "sensitivity"

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.rfp(pk)
        context = self.frame(rfp) | {"title": "Sensitivity"}
        if context["sealed"]:
            return self.shown("evaluation/judging/sensitivity.html", context)
        found = board(rfp, viewer=self.user)
        matrix = found.matrix
        context |= {"problem": found.problem, "blind": bool(found.blind)}
        if matrix is None or not matrix.standing:
            return self.shown("evaluation/judging/sensitivity.html", context)
        names = {code: line.bidder.name for code, line in matrix.lines.items()}
        titles = {one.code: one.title for one in found.criteria}
        swings = sorted(found.tornado, key=lambda one: (-one.width, one.criterion))
        places = written_places(found.terms)
        own = {one.bidder: one for one in matrix.standing}
        scenarios = [
            {
                "name": name,
                "standing": [
                    {
                        "name": names[one.bidder],
                        "total": written(one.total, places),
                        "rank": one.rank,
                        "was": own[one.bidder].rank,
                    }
                    for one in standing
                ],
            }
            for name, standing in found.scenarios.items()
        ]
        context |= {
            "leaders": listed(names[one.bidder] for one in matrix.standing if one.rank == 1),
            "tornado": drawing.tornado(swings, titles, names) if len(matrix.standing) > 1 else "",
            "swings": [
                {
                    "title": titles[one.criterion],
                    "ends": [
                        {
                            "weight": shown(end.weight, 2),
                            "lead": shown(end.lead, 3),
                            "leaders": listed(names[code] for code in end.leaders),
                        }
                        for end in (one.low, one.high)
                    ],
                }
                for one in swings
            ],
            "sentences": found.turning_sentences,
            "rounding_sentence": words.rounding_sentence(matrix),
            "rounding": how.rounding_words(rfp, matrix),
            "scenarios": scenarios,
            "own": [
                {"name": names[one.bidder], "total": written(one.total, places), "rank": one.rank}
                for one in matrix.standing
            ],
            "cheapest": found.cheapest_sentence,
            "matrix_url": reverse("evaluation:matrix", args=[rfp.pk]),
            "places": places,
        }
        return self.shown("evaluation/judging/sensitivity.html", context)
