"""Which question shows which requirement, and which criterion judges it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from cmo_lifecycle.doors.pages import NounPage
from evaluation.views.requesting.writer import WRITER, writer_url
from strategy.rules.shapes import GROUPS


@dataclass
class Trace:
    """One requirement or criterion with the questions that lead to it."""

    row: Any
    questions: list[Any] = field(default_factory=list)
    #: Criteria that the questions of a requirement serve.
    criteria: list[Any] = field(default_factory=list)

    @property
    def is_traced(self) -> bool:
        return bool(self.questions)


@dataclass
class Matrix:
    """What is traced in an RFP and what is not."""

    requirements: list[Trace]
    criteria: list[Trace]
    #: Questions that lead nowhere.
    idle: list[Any]

    @property
    def untraced(self) -> list[Trace]:
        return [one for one in self.requirements if not one.is_traced]

    @property
    def unasked(self) -> list[Trace]:
        """Criteria that people score without an answer that speaks to them."""
        return [one for one in self.criteria if not one.is_traced and one.row.rule not in one.row.PRICE_RULES]


def traced(requirements: Sequence[Any], questions: Sequence[Any], criteria: Sequence[Any]) -> Matrix:
    """Lay an RFP's requirements, questions and criteria beside each other."""
    by_code = {one.code: one for one in criteria}
    rows = []
    for one in requirements:
        asked = [question for question in questions if question.requirement == one.code]
        served = dict.fromkeys(question.criterion for question in asked if question.criterion in by_code)
        rows.append(Trace(one, asked, [by_code[code] for code in served]))
    judged = [Trace(one, [question for question in questions if question.criterion == one.code]) for one in criteria]
    known = {one.code for one in requirements}
    idle = [one for one in questions if one.criterion not in by_code and one.requirement not in known]
    return Matrix(rows, judged, idle)


class TracePage(NounPage):
    """The traceability matrix of one RFP."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.record(pk)
        matrix = traced(list(rfp.requirements.all()), list(rfp.questions.all()), list(rfp.criteria.all()))
        groups = []
        for code, label in GROUPS.items():
            own = [one for one in matrix.requirements if one.row.group == code]
            judged = [one for one in matrix.criteria if one.row.group == code]
            if own or judged:
                groups.append({"label": label, "requirements": own, "criteria": judged})
        many = len(matrix.untraced)
        all_ = len(matrix.requirements)
        if not all_:
            sentence = "No requirement is listed yet."
        elif many:
            sentence = f"{many} of {all_} requirements {'is' if many == 1 else 'are'} shown by no question."
        else:
            sentence = f"All {all_} requirements are shown by at least one question."
        writes = WRITER.may_write(rfp, self.user)
        return self.shown(
            "evaluation/requesting/trace.html",
            {
                "title": "What is traced",
                "sentence": sentence,
                "crumbs": [*self.noun.crumbs(rfp), (str(rfp), self.noun.url(rfp.pk))],
                "rfp": rfp,
                "matrix": matrix,
                "groups": groups,
                "questions_url": writer_url(rfp, "questions") if writes else "",
                "requirements_url": writer_url(rfp, "requirements") if writes else "",
            },
        )
