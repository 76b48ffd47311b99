"""The templates hold together, and the library is what it was under its version."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import pytest

from cmo_lifecycle.partners.models.vocabulary import Modality, Service
from evaluation.asking import question_of, row_of
from evaluation.costing.lines import PriceLine, check
from evaluation.costing.lines import missing as missing_of
from evaluation.library.criteria import CRITERIA
from evaluation.library.questions import KINDS, check_questions, strange
from evaluation.library.seed import LIBRARY, LIBRARY_VERSION, library_digest
from evaluation.library.shapes import ANCHORED, MILESTONES, NEEDS, Template
from evaluation.library.templates import TEMPLATES, template_for
from strategy.rules.attributes import CATALOGUE
from strategy.rules.measures import CRITERIA as ASKED
from strategy.rules.shapes import GROUPS

#: What the library said under each version. Whoever changes a question raises LIBRARY_VERSION and adds a line.
DIGESTS = {1: "3fe54e358079b30d386ac34b3eab277eba782bbb69e2b63dc9105d6fee3375d7"}
#: The codes of version 1: none is ever taken away.
CODES_OF_1 = """
    AN-01 AN-02 AN-03 AN-04 AN-05 AN-06 AN-07 AN-08 AN-09 AN-10 AN-11 AN-12 AN-13 AN-14 AN-15 AN-16 AN-17 AN-18
    AN-19 CG-01 CG-02 CG-03 CG-04 CG-05 CG-06 CG-07 CG-08 CG-09 CG-10 CG-11 CG-12 CG-13 CG-14 CG-15 CG-16 CG-17
    CG-18 CG-19 COM-01 COM-02 COM-03 CON-01 CON-02 CON-03 CST-01 CST-02 CST-03 CST-04 DAT-01 DAT-02 DS-01 DS-02
    DS-03 DS-04 DS-05 DS-06 DS-07 DS-08 DS-09 DS-10 DS-11 DS-12 DS-13 DS-14 DS-15 DS-16 EHS-01 FF-01 FF-02 FF-03
    FF-04 FF-05 FF-06 FF-07 FF-08 FF-09 FF-10 FF-11 FF-12 FF-13 FF-14 FF-15 FF-16 FIT-01 FIT-02 FIT-03 GOV-01
    GOV-02 GOV-03 GOV-04 PK-01 PK-02 PK-03 PK-04 PK-05 PK-06 PK-07 PK-08 PK-09 PK-10 PK-11 PK-12 PK-13 PK-14 PK-15
    PK-16 PK-17 PK-18 QUA-01 QUA-02 QUA-03 QUA-04 QUA-05 QUA-06 QUA-07 QUA-08 QUA-09
"""

every = pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda one: one.code)


@every
def test_weights_total_a_hundred_over_all_five_groups(template: Template) -> None:
    assert sum(one.weight for one in template.criteria) == Decimal(100)
    assert all(one.weight > 0 for one in template.criteria)
    assert {one.group for one in template.criteria} == set(GROUPS)
    assert len({one.code for one in template.criteria}) == len(template.criteria)


@every
def test_every_kind_is_asked_and_every_question_can_be(template: Template) -> None:
    assert check_questions(template.questions) == []
    assert 25 <= len(template.questions) <= 40
    assert {one.kind for one in template.questions} == set(KINDS)
    assert sum(bool(one.bands) for one in template.questions) >= 8
    assert any(one.mandatory for one in template.questions) and not all(one.mandatory for one in template.questions)
    assert {one.envelope for one in template.questions} == {"technical", "commercial"}
    assert {one.level for one in template.questions} == {"company", "site"}


@every
def test_questions_criteria_and_requirements_meet(template: Template) -> None:
    weighed = {one.code for one in template.criteria}
    for question in template.questions:
        assert question.criterion in weighed, question.code
        assert question.group == CRITERIA[question.criterion].group, question.code
        # only what belongs to the costs is sealed with them
        assert (question.envelope == "commercial") == (question.group == "total_cost"), question.code
    # the total cost comes from the price sheet
    assert weighed - {one.criterion for one in template.questions} == {"total_cost"}
    codes = {one.code for one in template.questions}
    assert len({one.code for one in template.requirements}) == len(template.requirements)
    for requirement in template.requirements:
        assert requirement.need in NEEDS and requirement.group in GROUPS and requirement.text.endswith(".")
        assert requirement.answered_by and set(requirement.answered_by) <= codes, requirement.code
    assert {one.need for one in template.requirements} == set(NEEDS)
    assert set(template.traces()) <= codes


@every
def test_the_timetable_runs_forward(template: Template) -> None:
    assert [one.code for one in template.timetable] == list(MILESTONES)
    days = [one.days for one in template.timetable]
    assert days == sorted(set(days)) and days[0] == 0
    assert all(one.label for one in template.timetable)


@every
def test_the_price_sheet_is_one_the_costing_takes(template: Template) -> None:
    assert len({one.code for one in template.prices}) == len(template.prices)
    for place, one in enumerate(template.prices):
        line = PriceLine(
            one.code, one.type, one.label, one.unit, Decimal(1), "EUR",
            quantity=Decimal(one.quantity) if one.quantity else None,
            quantity_per=one.quantity_per or None,  # type: ignore[arg-type]
            timing="recurring" if one.recurring else "one_off",
        )  # fmt: skip
        check(line, place)
        if one.type != "minimum_commitment":
            # a bidder that gives nothing but an amount has priced the line
            assert list(missing_of(line, range(2027, 2037), 2027, Decimal(10))) == [], one.code
    assert {"minimum_commitment", "cancellation", "change_order", "exit"} <= {one.type for one in template.prices}


@every
def test_the_scope_has_blanks_and_nothing_is_empty(template: Template) -> None:
    assert len(re.findall(r"\[[^\[\]]+\]", template.scope)) >= 8
    assert template.scope.count("[") == template.scope.count("]") and strange(template.scope) == ""
    assert len(template.scope) < 10_000 and template.when.strip() and template.title.strip()
    assert set(template.services) <= set(Service.values)
    assert template.modality in ("", *Modality.values)
    documents = [one.code for one in template.documents]
    assert len(set(documents)) == len(documents) >= 7
    assert all(one.title and one.why.endswith(".") for one in template.documents)


def test_every_criterion_says_what_each_score_means() -> None:
    for one in CRITERIA.values():
        assert tuple(one.anchors) == ANCHORED and len(set(one.anchors.values())) == len(ANCHORED), one.code
        assert all(len(text) > 15 and text.endswith(".") for text in one.anchors.values()), one.code
        assert one.measured.endswith(".") and one.group in GROUPS
        assert len(one.code) <= 20 and len(one.anchors_text()) <= 2000


def test_criteria_that_a_strategy_asks_for_are_known_and_taken_once() -> None:
    known = set(ASKED) | set(CATALOGUE)
    taken = Counter(code for one in CRITERIA.values() for code in one.asked_as)
    assert set(taken) <= known
    assert max(taken.values()) == 1


def test_there_is_a_template_for_each_service_it_names() -> None:
    assert list(TEMPLATES) == ["drug_substance", "sterile_fill_finish", "packaging", "cell_gene", "analytical"]
    assert template_for("analytical").code == "analytical"  # type: ignore[union-attr]
    assert template_for("drug_substance").code == "drug_substance"  # type: ignore[union-attr]
    assert template_for("drug_substance", "cell_gene").code == "cell_gene"  # type: ignore[union-attr]
    assert template_for("drug_product", "biologic").code == "sterile_fill_finish"  # type: ignore[union-attr]
    assert template_for("no such service") is None


def test_a_code_of_the_library_means_one_thing_for_good() -> None:
    for template in TEMPLATES.values():
        for question in template.questions:
            assert LIBRARY[question.code] == question
    assert set(CODES_OF_1.split()) <= set(LIBRARY)
    assert DIGESTS[LIBRARY_VERSION] == library_digest()
    assert max(DIGESTS) == LIBRARY_VERSION


def test_every_question_can_be_written_in_the_table_of_an_rfp() -> None:
    for question in LIBRARY.values():
        assert question_of(SimpleNamespace(**row_of(question))) == question


@every
def test_everything_fits_the_tables_of_an_rfp(template: Template) -> None:
    from evaluation.models import Criterion, Milestone, PriceSheetLine, Requirement, RfpQuestion

    rows = [(RfpQuestion, row_of(one)) for one in template.questions]
    rows += [
        (Criterion, {"code": one.code, "title": one.title, "measure": one.measured, "anchors": one.anchors_text(), "group": one.group, "rule": one.rule})
        for one in template.criteria
    ]  # fmt: skip
    rows += [
        (Requirement, {"code": one.code, "requirement": one.text, "evidence": one.evidence, "need": one.need})
        for one in template.requirements
    ]
    rows += [
        (PriceSheetLine, {"code": one.code, "type": one.type, "label": one.label, "unit": one.unit, "quantity_per": one.quantity_per, "help": one.help})
        for one in template.prices
    ]  # fmt: skip
    rows += [(Milestone, {"label": one.label, "note": one.note}) for one in template.timetable]
    for model, values in rows:
        for name, value in values.items():
            field = model._meta.get_field(name)
            if isinstance(value, str) and value:
                field.run_validators(value)
                assert not field.choices or value in dict(field.flatchoices), (model, name, value)
