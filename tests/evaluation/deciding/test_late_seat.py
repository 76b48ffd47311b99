"""Whoever is seated late scores blind as everybody did: neither others' scores nor what was settled is there before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cmo_lifecycle.workflow import edits, parts
from evaluation.actions.judging import declare_none, submit
from evaluation.models import Appraisal, Consensus, Evaluator, Score, ScoreSheet
from tests.api.conftest import Api, problem
from tests.evaluation.conftest import hand_in_scores, signed
from tests.evaluation.deciding.conftest import as_

pytestmark = pytest.mark.django_db
WHY = "Kestrel-7731: two lines were seen"


def test_a_late_evaluator_reads_what_was_settled_once_their_own_scores_are_in(
    opened: Any, bidders: Any, people: Any, sven: Any
) -> None:
    hand_in_scores(opened, bidders)
    appraisal = Appraisal.objects.get(proposal__cmo=bidders.harrow.cmo)
    row = {"criterion": "T1", "score": Decimal("4.5"), "reason": WHY}
    appraisal = parts.write(appraisal, Consensus, [row], actor=people.tom)
    seat = edits.create(Evaluator, {"rfp": opened, "person": sven, "sections": ["technical"]}, actor=people.alice)
    declare_none(seat, **signed(sven))

    def told(person: Any) -> list[str]:
        api, found = Api(person), []
        for address in (
            f"/appraisals/{appraisal.pk}/", f"/appraisals/{appraisal.pk}/consensus/", "/appraisals/?expand=consensus",
            f"/events/?record_id={appraisal.pk}", f"/rfps/{opened.pk}/board/",
            f"/evaluation/appraisals/{appraisal.pk}/?tab=history", f"/evaluation/rfps/{opened.pk}/moderation/",
        ):  # fmt: skip
            answer = as_(person).get(address) if address.startswith("/evaluation") else api.get(address)
            if b"Kestrel-7731" in answer.content:
                found.append(address)
        return found

    assert told(sven) == []
    problem(Api(sven).get(f"/appraisals/{appraisal.pk}/consensus/"), 404, "not_found")
    assert len(told(people.tom)) >= 5, "whoever has handed theirs in still reads it"
    # The other bidders', of whom nothing is settled, are there to be written.
    assert Api(sven).get("/appraisals/?count=true").json()["count"] == 2

    sheet = ScoreSheet.objects.get(evaluator__person=sven, proposal=appraisal.proposal)
    sheet = parts.write(sheet, Score, [{"criterion": "T1", "score": Decimal(3), "rationale": "Read"}], actor=sven)
    submit(sheet, actor=sven)
    assert len(told(sven)) >= 5


def test_a_section_is_given_to_nobody_who_has_read_its_scores_and_brings_its_sheet_back(
    opened: Any, bidders: Any, people: Any
) -> None:
    farid = Evaluator.objects.get(rfp=opened, person=people.farid)
    toms = Evaluator.objects.get(rfp=opened, person=people.tom)
    toms = edits.update(toms, {"sections": ["technical"]}, actor=people.alice, reason="Fit alone")
    (sheet, *_) = ScoreSheet.objects.filter(evaluator=toms)
    sheet = parts.write(sheet, Score, [{"criterion": "T1", "score": Decimal(4), "rationale": "Seen"}], actor=people.tom)
    submit(sheet, actor=people.tom)

    def add(seat: Any, sections: list[str]) -> Any:
        body = {"sections": sections, "reason": "We are short of people"}
        seat.refresh_from_db()
        return Api(people.alice).patch(f"/evaluators/{seat.pk}/", body, match=seat.version)

    # Nobody else has scored yet: the further section is scored on the sheet that was in.
    assert add(toms, ["technical", "risk"]).status_code == 200
    sheet.refresh_from_db()
    assert sheet.state == "open"
    hand_in_scores_of(opened, people)
    refused = problem(add(farid, ["total_cost", "technical"]), 400, "invalid")
    assert [one["pointer"] for one in refused["errors"]] == ["/sections"]
    assert "has been able to read how others scored this" in refused["errors"][0]["detail"]


def hand_in_scores_of(rfp: Any, people: Any) -> None:
    from evaluation.panel import scored_by

    for sheet in ScoreSheet.objects.filter(rfp=rfp, state="open").select_related("evaluator__person", "rfp"):
        rows = [{"criterion": one.code, "score": Decimal(3), "rationale": "Read"} for one in scored_by(sheet)]
        submit(parts.write(sheet, Score, rows, actor=sheet.evaluator.person), actor=sheet.evaluator.person)
