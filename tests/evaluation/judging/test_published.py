"""The published panel sheet and price formula, entered through the product: pages say what was published."""

from __future__ import annotations

import csv
import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from cmo_lifecycle.workflow import edits, parts
from evaluation.actions import portal, proposals, rfps
from evaluation.models import Proposal, Rfp, ScoreSheet
from tests.conftest import make_person
from tests.evaluation.conftest import (
    TERMS,
    make_cmo,
    past_deadline,
    seat,
    settle_appraisals,
    short_listed,
    signed,
    write_rfp,
)
from tests.evaluation.judging.test_matrix_pages import matrix_of, ranking_on
from tests.evaluation.judging.test_scoring_pages import browser_of, save

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
JUDGES = [f"J{number}" for number in range(1, 10)]


@pytest.fixture(scope="module")
def folder() -> Path:
    found = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "scoring"
    if not found.is_dir():
        pytest.skip(f"the real data are not at {found.parent}; set CMO_REAL_DATA to their folder")
    return found


def lines_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def invited(rfp: Any, programme: Any, names: list[str], people: Any) -> dict[str, Any]:
    """Invite bidders of these names; return them as name → (CMO, contact)."""
    from cmo_lifecycle.partners.models import Contact

    found = {}
    for name in names:
        cmo = make_cmo(name, people.alice)
        candidate = short_listed(programme, cmo, people.alice, people.lena)
        values = {"cmo": cmo, "name": f"Contact of {name}", "email": f"{cmo.pk}@cmo.example"}
        contact = edits.create(Contact, values, actor=people.alice)
        edits.create(Proposal, {"rfp": rfp, "candidate": candidate, "contact": contact}, actor=people.alice)
        found[name] = contact
    return found


def brought_to_evaluation(rfp: Any, contacts: dict[str, Any], prices: Any, people: Any) -> Any:
    """Approve, issue, hand in, close, open and find compliant, as people would."""
    rfps.approve(rfp, **signed(people.tom))
    rfps.approve(rfp, **signed(people.quinn))
    rfp.refresh_from_db()
    rfp = rfps.issue(rfp, actor=people.alice)
    for name, contact in contacts.items():
        proposal = rfp.proposals.get(cmo=contact.cmo)
        bidder = portal.Bidder.by_link(contact)
        portal.save(proposal, bidder, answers={"A1": "As asked"}, prices=prices(name))
        portal.submit(proposal, bidder)
    rfp = rfps.close(past_deadline(rfp), actor=people.alice)
    rfps.open_technical(rfp, **signed(people.alice))
    rfp = rfps.open_technical(rfp, **signed(people.quinn))
    for one in rfp.proposals.all():
        proposals.find_compliant(one, actor=people.alice, found="Complete")
    rfp.refresh_from_db()
    return rfp


QUESTION = [{"code": "A1", "group": "technical", "question": "How?", "kind": "text", "mandatory": True}]


def tables(rfp: Any, alice: Any, **rows: Any) -> Any:
    for name, given in rows.items():
        rfp = parts.write(rfp, parts.parts_of(Rfp)[name], given, actor=alice)
    return rfp


def test_the_published_panel_of_nine(folder: Path, strategy: Any, vx12: Any, people: Any, password_hash: str) -> None:
    scores = lines_of(folder / "panel_scores.csv")
    published = {row["bidder"]: row for row in lines_of(folder / "panel_published_totals.csv")}
    assert len(scores) == 80 and len(published) == 16
    weights = {row["criterion"]: Decimal(row["weight"]) for row in scores}
    codes = {name: f"C{place}" for place, name in enumerate(weights, start=1)}
    rest = Decimal(100) - sum(weights.values())
    # The panel's five factors add up to 8. What an RFP asks beside them is commercial, and is not counted before
    # prices are open: the total of the technical part is the panel's.
    criteria = [
        {"code": codes[name], "group": "technical", "title": name, "weight": weight, "measure": "As published",
         "rule": "trimmed_mean"}
        for name, weight in weights.items()
    ] + [
        {"code": "K1", "group": "total_cost", "title": "Total cost", "weight": rest, "measure": "NPV",
         "rule": "lowest_full"}
    ]  # fmt: skip
    rfp = write_rfp(
        vx12, people.alice, scoring="sum_of_products", scale_least=Decimal(0), scale_most=Decimal(10), places=2,
        least_evaluators=9,
    )  # fmt: skip
    rfp = tables(rfp, people.alice, requirements=[], questions=QUESTION, criteria=criteria)
    judges = {}
    for code in JUDGES:
        person = make_person(f"judge {code}", ("technical",), password_hash)
        vx12.members.add(person)
        judges[code] = person
        seat(rfp, person, ["technical"], people.alice)
    for person in (people.alice, people.quinn):
        seat(rfp, person, [], people.alice)
    contacts = invited(rfp, vx12, [*published], people)
    price = {"L1": {"amount": "1000", "currency": "EUR"}, "L2": {"amount": "1000", "currency": "EUR"}}
    rfp = brought_to_evaluation(rfp, contacts, lambda name: price, people)

    given: dict[tuple[str, str], dict[str, str]] = {}
    for row in scores:
        for judge in JUDGES:
            given.setdefault((judge, row["bidder"]), {})[codes[row["criterion"]]] = row[judge]
    sheets = ScoreSheet.objects.filter(rfp=rfp).select_related("evaluator__person", "proposal__cmo")
    assert sheets.count() == 9 * 16
    pages = {judges[code].pk: (code, browser_of(judges[code])) for code in JUDGES}
    for sheet in sheets:
        code, client = pages[sheet.evaluator.person_id]
        marks = given[code, sheet.proposal.cmo.legal_name]
        fields = {f"score-{one}": mark for one, mark in marks.items()}
        fields |= {f"rationale-{one}": "As published" for one in marks}
        said = save(client, sheet, **fields)
        assert said.status_code == 200 and said.json()["missing"] == []
        handed = client.post(f"/evaluation/score-sheets/{sheet.pk}/submit/", {"version": said.json()["version"]})
        assert handed.status_code == 302

    names = {str(one.pk): one.cmo.legal_name for one in rfp.proposals.select_related("cmo")}
    alice = browser_of(people.alice)
    page = alice.get(matrix_of(rfp)).content.decode()
    found = {names[key]: (total, str(rank)) for key, rank, total in ranking_on(page)}
    assert found == {name: (row["published_total"], row["rank_by_published_total"]) for name, row in published.items()}
    # Every consensus, eight bidders at a time.
    consensus = {(row["bidder"], codes[row["criterion"]]): Decimal(row["published_consensus"]) for row in scores}
    seen: dict[tuple[str, str], Decimal] = {}
    for start in ("0", "8"):
        there = alice.get(matrix_of(rfp, f"from={start}")).content.decode()
        for code, key, text in re.findall(r'href="[^"]*/cells/([^/"]+)/([^/"]+)/" data-cell>([\d.]+)<', there):
            seen[names[key], code] = Decimal(text)
    assert seen == consensus


def test_the_published_price_formula(folder: Path, strategy: Any, vx12: Any, people: Any) -> None:
    cases = json.loads((folder / "published_matrices.json").read_text(encoding="utf-8"))
    case = next(one for one in cases if one["id"] == "rcuh_price_formula")
    amounts = dict(zip(case["alternatives"], (row[0] for row in case["matrix"]), strict=True))
    # The form's 35 points as the highest score of the scale; the price is all that is weighed.
    rfp = write_rfp(
        vx12, people.alice, scoring="sum_of_products", scale_least=Decimal(0), scale_most=Decimal(35), places=1,
        least_evaluators=1, discount_rate=Decimal(0), batch_output=Decimal(1), batch_yield=Decimal(100), oversight_fte=Decimal(0),
        fte_rate=Decimal(0), audit_cost=Decimal(0), plant_day_cost=Decimal(0), oversight_systems=Decimal(0),
        change_reserve=Decimal(0), currency="USD",
    )  # fmt: skip
    year = timezone.localdate().year
    rfp = tables(
        rfp, people.alice, requirements=[], questions=QUESTION,
        criteria=[
            {"code": "T1", "group": "technical", "title": "Fit", "weight": Decimal(0), "measure": "As asked"},
            {"code": "K1", "group": "total_cost", "title": "Unit/Total price", "weight": Decimal(100),
             "measure": "The price", "rule": "lowest_full"},
        ],
        price_sheet=[{"code": "L1", "type": "unit_price", "label": "All of it", "unit": "per_unit", "recurring": True}],
        quantities=[{"year": year + 1, "low": Decimal(1), "base": Decimal(1), "high": Decimal(1)}],
    )  # fmt: skip
    contacts = invited(rfp, vx12, [*amounts], people)
    for person, sections in (
        (people.alice, []), (people.quinn, []), (people.tom, ["technical"]), (people.farid, []),
    ):  # fmt: skip
        seat(rfp, person, sections, people.alice)
    rfp = brought_to_evaluation(
        rfp, contacts, lambda name: {"L1": {"amount": str(amounts[name]), "currency": "USD"}}, people
    )
    tom = browser_of(people.tom)
    for sheet in ScoreSheet.objects.filter(rfp=rfp):
        said = save(tom, sheet, **{"score-T1": "5", "rationale-T1": "As asked"}).json()
        assert tom.post(f"/evaluation/score-sheets/{sheet.pk}/submit/", {"version": said["version"]}).status_code == 302
    rfp = rfps.lock_technical(rfp, actor=people.alice)
    rfps.open_commercial(rfp, **signed(people.alice))
    rfp = rfps.open_commercial(rfp, **signed(people.farid))
    with mock.patch.dict(TERMS, dict.fromkeys(("failed_batches", "audits", "plant_days"), Decimal(0))):
        settle_appraisals(rfp, people.tom)
    names = {str(one.pk): one.cmo.legal_name for one in rfp.proposals.select_related("cmo")}
    page = browser_of(people.alice).get(matrix_of(rfp)).content.decode()
    ranks = {names[key]: rank for key, rank, _ in ranking_on(page)}
    assert ranks == dict(zip(case["alternatives"], case["published_ranks"], strict=True)), page
    points = {names[key]: Decimal(text) for key, text in re.findall(r'/cells/K1/([^/"]+)/" data-cell>([\d.]+)<', page)}
    assert points == {
        name: Decimal(str(score)) for name, score in zip(case["alternatives"], case["published_scores"], strict=True)
    }
