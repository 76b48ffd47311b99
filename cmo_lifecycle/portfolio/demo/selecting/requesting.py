"""The demonstration's RFPs are written, approved and issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cmo_lifecycle.portfolio.demo.selecting.company import Company
from cmo_lifecycle.portfolio.demo.selections.shapes import RfpOf
from cmo_lifecycle.portfolio.demo.world import SOURCE
from cmo_lifecycle.workflow import edits, parts
from evaluation.actions import judging, rfps
from evaluation.filling import apply_template
from evaluation.library.shapes import MILESTONES
from evaluation.models import (
    Candidate,
    Criterion,
    Evaluator,
    PriceSheetLine,
    Proposal,
    Quantity,
    Requirement,
    Rfp,
    RfpQuestion,
    WeightSet,
)

#: So long before the issue a request is begun.
WRITING_DAYS = 12


def key_of(row: Any) -> str:
    """Return what a criterion or requirement is called here: by what the strategy asks, else by its code."""
    return str(row.consequence.key.partition(":")[2] if row.consequence else row.code)


def write(company: Company, row: RfpOf) -> Rfp:
    """Write a request to be issued on the company's first day; return the draft."""
    alice = company.by("alice")
    until, closes = row.days
    with company.on(-WRITING_DAYS):
        values = {
            **row.fields, "programme": company.programme, "questions_until": company.moment(until),
            "closes_at": company.moment(closes),
        }  # fmt: skip
        rfp = edits.create(Rfp, values, **alice)
        rfp = apply_template(rfp, row.template, actor=alice["actor"], source=SOURCE)
        _cut(company, rfp, row)
        # Bidders are told to expect the decision on the day that the timetable plans it.
        day = rfp.timetable.get(label=MILESTONES["decision"]).on
        return edits.update(Rfp.objects.get(pk=rfp.pk), {"decision_by": day}, **alice)  # type: ignore[no-any-return]


def _cut(company: Company, rfp: Rfp, row: RfpOf) -> None:
    """Keep of what strategy and template ask for what this request is about."""
    criteria = {key_of(one): one for one in rfp.criteria.select_related("consequence")}  # type: ignore[attr-defined]
    kept = {key: criteria[key] for key in row.criteria}
    needed = {key_of(one): one for one in rfp.requirements.select_related("consequence")}  # type: ignore[attr-defined]
    requirements = [needed[key] for key in row.requirements]
    asked = {one.code: one for one in rfp.questions.all()}  # type: ignore[attr-defined]
    priced = {one.code: one for one in rfp.price_sheet.all()}  # type: ignore[attr-defined]
    criterion_codes, requirement_codes = {one.code for one in kept.values()}, {one.code for one in requirements}
    shift = timedelta(days=WRITING_DAYS)
    tables: dict[type[parts.Part], list[dict[str, Any]]] = {
        Criterion: [{**_columns(one), "weight": Decimal(row.criteria[key])} for key, one in kept.items()],
        Requirement: [_columns(one) for one in requirements],
        RfpQuestion: [
            {
                **_columns(one),
                "criterion": one.criterion if one.criterion in criterion_codes else "",
                "requirement": one.requirement if one.requirement in requirement_codes else "",
            }
            for one in (asked[code] for code in row.questions)
        ],
        PriceSheetLine: [_columns(priced[code]) for code in row.prices],
        Quantity: [{"year": year, "low": low, "base": base, "high": high} for year, low, base, high in row.quantities],
        parts.parts_of(Rfp)["timetable"]: [
            {**_columns(one), "on": one.on + shift}
            for one in rfp.timetable.all()  # type: ignore[attr-defined]
        ],
        WeightSet: [
            {"scenario": name, "criterion": kept[key].code, "weight": Decimal(weight)}
            for name, weights in row.weights.items()
            for key, weight in weights.items()
        ],
    }
    for part, rows in tables.items():
        parts.write(rfp, part, rows, **company.by("alice"))


def _columns(row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in row.columns}}


def issue(company: Company, rfp: Rfp, row: RfpOf, cmos: Sequence[str], *, undeclared: str = "") -> Rfp:
    """Seat the panel, have the request approved, and issue it on the first day to the short-listed CMOs named."""
    with company.on(-6):
        for name, sections in row.panel.items():
            values = {"rfp": rfp, "person": company.people[name], "sections": list(sections)}
            edits.create(Evaluator, values, **company.by("alice"))
        for cmo in cmos:
            candidate = Candidate.objects.get(programme=company.programme, cmo__legal_name=cmo)
            values = {"rfp": rfp, "candidate": candidate, "contact": company.contact(cmo)}
            edits.create(Proposal, values, **company.by("alice"))
    for days, name in ((-4, "tom"), (-3, "quinn")):
        with company.on(days):
            rfp = rfps.approve(rfp, **company.signed(name))
    with company.on(-2):
        for seat in Evaluator.objects.filter(rfp=rfp).exclude(person__in=[company.people.get(undeclared)]):
            name = next(key for key, person in company.people.items() if person == seat.person)
            judging.declare_none(seat, **company.signed(name))
    with company.on(0):
        return rfps.issue(rfp, **company.by("alice"))
