"""The published sheets: every consensus, total and rank to the last digit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from evaluation.scoring.export import as_numbers
from evaluation.scoring.matrix import Matrix, compute
from evaluation.scoring.rules import HUNDREDTHS, NOT_ROUNDED, Rounding, Rule, Scale, price_points
from evaluation.scoring.totals import PANEL, Bidder, Criterion, Method, Terms
from tests.evaluation.scoring.cases import D, published, rows

PANELLISTS = tuple(f"J{number}" for number in range(1, 10))


@pytest.fixture(scope="module")
def panel() -> Matrix:
    lines = rows("panel_scores.csv")
    weights = {line["criterion"]: D(line["weight"]) for line in lines}
    criteria = [
        Criterion(name, name, "technical", weight, Rule.TRIMMED_MEAN, Scale(0, 10), PANELLISTS)
        for name, weight in weights.items()
    ]
    bidders = [Bidder(code, code) for code in dict.fromkeys(line["bidder"] for line in lines)]
    scores = [(who, line["bidder"], line["criterion"], D(line[who])) for line in lines for who in PANELLISTS]
    return compute(PANEL, criteria, bidders, scores)


def test_every_published_consensus(panel) -> None:
    lines = rows("panel_scores.csv")
    assert len(lines) == 80
    for line in lines:
        found = panel.lines[line["bidder"]].cells[line["criterion"]].outcome
        assert found.value == D(line["published_consensus"]), line
        assert len(set(found.dropped)) == 2


def test_every_published_total_and_rank(panel) -> None:
    lines = rows("panel_published_totals.csv")
    assert len(lines) == 16
    for line in lines:
        found = panel.lines[line["bidder"]]
        assert (found.total, found.rank) == (D(line["published_total"]), int(line["rank_by_published_total"]))
        assert sum(cell.points for cell in found.cells.values()) == found.total


def test_the_totals_as_they_are_written(panel) -> None:
    exported = {bidder["code"]: bidder["total"] for bidder in as_numbers(panel)["bidders"]}
    assert exported == {line["bidder"]: line["published_total"] for line in rows("panel_published_totals.csv")}


@pytest.mark.parametrize(
    ("rule", "terms"),
    [
        (Rule.MEAN, PANEL),
        (Rule.TRIMMED_MEAN, Terms(Method.SUM_OF_PRODUCTS, consensus=NOT_ROUNDED)),
        (Rule.TRIMMED_MEAN, Terms(Method.SUM_OF_PRODUCTS, consensus=Rounding(1), points=HUNDREDTHS)),
        (Rule.TRIMMED_MEAN, Terms(Method.SUM_OF_PRODUCTS, points=Rounding(1))),
    ],
)
def test_no_other_rule_or_rounding_gives_them(panel, rule, terms) -> None:
    # That the data tell them apart, so that the tests above can fail.
    lines = rows("panel_scores.csv")
    criteria = [replace(one, rule=rule) for one in panel.criteria]
    bidders = [line.bidder for line in panel.lines.values()]
    scores = [(who, line["bidder"], line["criterion"], D(line[who])) for line in lines for who in PANELLISTS]
    other = compute(terms, criteria, bidders, scores)
    assert any(other.lines[code].total != line.total for code, line in panel.lines.items())


def test_the_published_price_formula() -> None:
    case = published("rcuh_price_formula")
    amounts = dict(zip(case["alternatives"], (row[0] for row in case["matrix"]), strict=True))
    found = price_points(Rule.LOWEST_FULL, amounts, Scale(0, case["weights"][0]), HUNDREDTHS)
    assert len(case["published_scores"]) == 3
    for bidder, points in zip(case["alternatives"], case["published_scores"], strict=True):
        assert abs(found[bidder].value - Fraction(points)) <= case["tolerance"]


def test_the_published_form_as_a_sheet() -> None:
    case = published("rcuh_price_formula")
    criteria, given = [], []
    for place, (name, possible, multiplier) in enumerate(case["form"]["rows"]):
        if multiplier is None:
            criteria.append(Criterion(f"c{place}", name, "total_cost", 1, Rule.LOWEST_FULL, Scale(0, possible)))
        else:
            assert 5 * multiplier == possible
            criteria.append(Criterion(f"c{place}", name, "business_fit", multiplier, Rule.AUTO, Scale(0, 5)))
    bidders = [Bidder(name, name) for name in case["alternatives"]]
    for bidder, (amount,) in zip(bidders, case["matrix"], strict=True):
        given += [(bidder.code, one.code, 5 if one.rule is Rule.AUTO else amount) for one in criteria]
    found = compute(Terms(Method.SUM_OF_PRODUCTS), criteria, bidders, [], given)
    assert [place.rank for place in found.standing] == case["published_ranks"]
    for bidder, points in zip(bidders, case["published_scores"], strict=True):
        assert abs(found.lines[bidder.code].total - 65 - Fraction(points)) <= case["tolerance"]
    assert found.lines["Proposal A"].total == case["form"]["total"]


def test_the_weighted_sum_of_a_published_matrix() -> None:
    case = published("tzeng2011_topsis")
    criteria = [
        Criterion(code, code, "technical", weight, Rule.AUTO, Scale(0, 10))
        for code, weight in zip(case["criteria"], case["weights"], strict=True)
    ]
    bidders = [Bidder(code, code) for code in case["alternatives"]]
    given = [
        (bidder.code, criterion.code, score)
        for bidder, line in zip(bidders, case["matrix"], strict=True)
        for criterion, score in zip(criteria, line, strict=True)
    ]
    found = compute(Terms(), criteria, bidders, [], given)
    sums = case["derived_wsm"]
    assert [found.lines[bidder.code].total for bidder in bidders] == sums["scores"]
    assert [found.lines[bidder.code].rank for bidder in bidders] == sums["ranks"]
