"""The demonstration's proposals are opened, scored, settled and looked into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cmo_lifecycle.portfolio.demo.selecting.company import Company
from cmo_lifecycle.portfolio.demo.selecting.requesting import key_of
from cmo_lifecycle.portfolio.demo.selections.shapes import PHASE, RISK, BidOf
from cmo_lifecycle.workflow import edits, parts
from evaluation.actions import appraisals, judging, proposals, rfps
from evaluation.models import Appraisal, Diligence, Rfp, Score, ScoreSheet
from evaluation.panel import scored_by

#: What is written where a requirement is met and nothing more need be said.
MET = "Shown by the answers, and seen on site."


def open_technical(company: Company, rfp: Rfp, bids: Sequence[BidOf], day: int) -> Rfp:
    """Close the request, open the technical envelopes by two, and check what complies."""
    with company.on(day):
        rfp = rfps.close(rfp, **company.by("alice"))
    with company.on(day + 1):
        rfps.open_technical(rfp, **company.signed("alice"))
        rfp = rfps.open_technical(rfp, **company.signed("quinn"))
    with company.on(day + 2):
        for bid in bids:
            proposal = rfp.proposals.get(cmo__legal_name=bid.cmo)  # type: ignore[attr-defined]
            proposals.find_compliant(proposal, found=bid.compliance, **company.by("alice"))
    return rfp


def marks_of(rfp: Rfp, sheet: ScoreSheet, bid: BidOf, panel: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows that one evaluator writes about a bidder; criteria without a mark are left out."""
    rows = []
    for one in scored_by(sheet):
        place = [who for who, sections in panel.items() if one.group in sections].index(name)
        marks = bid.marks.get(key_of(one))
        if marks is not None and marks[place]:
            rows.append({"criterion": one.code, "score": Decimal(marks[place]), "rationale": marks[place + 2]})
    return rows


def score(
    company: Company,
    rfp: Rfp,
    bids: Sequence[BidOf],
    panel: Mapping[str, Any],
    day: int,
    handed_in: Sequence[tuple[str, str]] | None = None,
) -> None:
    """Let the evaluators write their sheets, and hand in those named (by person and CMO), or all of them."""
    by_cmo = {bid.cmo: bid for bid in bids}
    names = {person.pk: key for key, person in company.people.items()}
    sheets = ScoreSheet.objects.filter(rfp=rfp, state=ScoreSheet.State.OPEN)
    for place, sheet in enumerate(
        sheets.select_related("proposal__cmo", "evaluator__person").order_by("evaluator", "proposal")
    ):
        name, cmo = names[sheet.evaluator.person_id], sheet.proposal.cmo.legal_name
        rows = marks_of(rfp, sheet, by_cmo[cmo], panel, name)
        if not rows:
            continue
        with company.on(day + place // 4):
            sheet = parts.write(sheet, Score, rows, **company.by(name))
            if handed_in is None or (name, cmo) in handed_in:
                judging.submit(sheet, **company.by(name))


def moderate(company: Company, rfp: Rfp, bids: Sequence[BidOf], day: int) -> Rfp:
    """Settle what lay far apart, and lock the technical scores."""
    codes = {key_of(one): one.code for one in rfp.criteria.select_related("consequence")}  # type: ignore[attr-defined]
    with company.on(day):
        for bid in bids:
            if bid.consensus:
                rows = [
                    {"criterion": codes[key], "score": Decimal(mark), "reason": why}
                    for key, (mark, why) in bid.consensus.items()
                ]
                table = parts.parts_of(Appraisal)["consensus"]
                parts.write(_appraisal(rfp, bid), table, rows, **company.by("priya"))
        return rfps.lock_technical(rfp, **company.by("alice"))  # type: ignore[no-any-return]


def open_commercial(company: Company, rfp: Rfp, day: int) -> Rfp:
    with company.on(day):
        rfps.open_commercial(rfp, **company.signed("alice"))
        return rfps.open_commercial(rfp, **company.signed("farid"))  # type: ignore[no-any-return]


def _appraisal(rfp: Rfp, bid: BidOf) -> Appraisal:
    return Appraisal.objects.get(rfp=rfp, proposal__cmo__legal_name=bid.cmo)


def appraise(company: Company, rfp: Rfp, bid: BidOf, day: int, award: int) -> None:
    """Write down and settle gaps, risks, transfer, support and terms of a bidder; phases count from the award."""
    tables = parts.parts_of(Appraisal)
    tom = company.by("tom")
    gaps = []
    for one in rfp.requirements.select_related("consequence").order_by("position"):  # type: ignore[attr-defined]
        verdict, finding, closing = bid.gaps.get(key_of(one), ("met", MET, ""))
        gaps.append({"requirement": one.code, "verdict": verdict, "finding": finding, "closing": closing})
    risks = []
    for values in bid.risks:
        row = dict(zip(RISK, values, strict=True))
        if row["due_on"] is None:
            row["due_on"], row["owner"] = None, row["owner"] or ""
        else:
            row["due_on"] = company.day(award + row["due_on"])
        risks.append(row)
    phases = []
    for values in bid.transfer:
        row = dict(zip(PHASE, values, strict=True))
        row |= {name: company.day(award + row[name]) for name in ("starts_on", "ends_on")}
        phases.append({**row, "cost": Decimal(row["cost"])})
    support = [{"capability": what, "verdict": verdict, "note": note} for what, verdict, note in bid.support]
    with company.on(day):
        appraisal = edits.update(_appraisal(rfp, bid), {"summary": bid.summary, **bid.terms}, **tom)
        for name, rows in (("gaps", gaps), ("risks", risks), ("transfer", phases), ("support", support)):
            appraisal = parts.write(appraisal, tables[name], rows, **tom)
        appraisals.settle(appraisal, **tom)


def look_into(company: Company, rfp: Rfp, bid: BidOf, day: int) -> None:
    """Put a proposal on the short list and take its due diligence through, stream by stream."""
    proposal = rfp.proposals.get(cmo__legal_name=bid.cmo)  # type: ignore[attr-defined]
    with company.on(day):
        proposals.shortlist(proposal, reason="Within reach of the first place.", **company.by("alice"))
    for place, (stream, (name, conclusion, said)) in enumerate(bid.diligence.items()):
        row = Diligence.objects.get(proposal=proposal, stream=stream)
        with company.on(day + 1 + place):
            if name == "waived":
                appraisals.waive(row, reason=said, **company.signed("quinn"))
                continue
            row = appraisals.start(row, **company.by(name))
            findings, _, conditions = said.partition("||")
            values = {"findings": findings, "conclusion": conclusion, "conditions": conditions}
            appraisals.complete(edits.update(row, values, **company.by(name)), **company.by(name))
