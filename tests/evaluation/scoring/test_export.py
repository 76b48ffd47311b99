"""What a browser gets: it follows the contract in its own language and comes to the same digits."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.scoring.export import as_numbers, written, written_places
from evaluation.scoring.matrix import reweigh
from evaluation.scoring.rules import NOT_ROUNDED, Rounding
from evaluation.scoring.totals import PANEL, Terms
from tests.evaluation.scoring.cases import D, plain, sheets

#: The contract of the module, word for word, as a script has it.
SCRIPT = """
const half = (top, below) => (2n * top + below) / (2n * below);
function whole(texts) {
  const places = Math.max(...texts.map((text) => (text.split(".")[1] || "").length));
  return texts.map((text) => {
    const [units, parts = ""] = text.split(".");
    return BigInt(units + parts.padEnd(places, "0"));
  });
}
function write(number, places) {
  const text = number.toString().padStart(places + 1, "0");
  return places ? text.slice(0, -places) + "." + text.slice(-places) : text;
}
function reweigh(sheet, texts) {
  const weights = whole(texts);
  const most = sheet.criteria.map((one) => BigInt(one.most));
  const full = BigInt(sheet.full);
  const all = BigInt(sheet.over) * weights.reduce((sum, weight, at) => sum + weight * most[at], 0n);
  const found = [];
  for (const bidder of sheet.bidders.filter((one) => one.ranked)) {
    let below = all, top = 0n;
    bidder.scores.forEach((score, at) => {
      const product = weights[at] * BigInt(score) * full;
      top += sheet.points.mode === "none" ? product : half(product * 10n ** BigInt(sheet.points.places), all);
    });
    if (sheet.points.mode !== "none") below = 10n ** BigInt(sheet.points.places);
    if (sheet.total.mode !== "none") {
      top = half(top * 10n ** BigInt(sheet.total.places), below);
      below = 10n ** BigInt(sheet.total.places);
    }
    found.push({ code: bidder.code, top, below });
  }
  return found.map((one) => ({
    code: one.code,
    total: write(half(one.top * 10n ** BigInt(sheet.written), one.below), sheet.written),
    rank: 1 + found.filter((other) => other.top > one.top).length,
  }));
}
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(([sheet, weights]) => reweigh(sheet, weights))));
"""


def in_a_script(asked) -> list[list[dict[str, object]]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node to run the contract in")
    done = subprocess.run([node, "-e", SCRIPT], input=json.dumps(asked), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@given(
    st.lists(
        st.tuples(sheets(gaps=True), st.lists(st.decimals("0.01", 60, places=2), min_size=5, max_size=5)),
        min_size=8,
        max_size=8,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_script_comes_to_the_same_digits(drawn) -> None:
    asked, expected = [], []
    for case, weights in drawn:
        found = case.matrix()
        for chosen in (weights[: len(case.criteria)], [D(one.weight) for one in case.criteria]):
            asked.append([as_numbers(found), [f"{weight:f}" for weight in chosen]])
            standing = reweigh(found, dict(zip(found.sheet.criteria, chosen, strict=True)))
            places = written_places(case.terms)
            expected.append({one.bidder: (written(one.total, places), one.rank) for one in standing})
    told = in_a_script(asked)
    assert [{one["code"]: (one["total"], one["rank"]) for one in lines} for lines in told] == expected


@given(sheets(gaps=True))
def test_it_is_plain_json_and_says_what_the_server_has(case) -> None:
    found = case.matrix()
    told = as_numbers(found)
    assert json.loads(json.dumps(told)) == told
    assert [one["code"] for one in told["criteria"]] == [one.code for one in case.criteria]
    for one in told["criteria"]:
        assert D(one["weight"]) == next(
            criterion.weight for criterion in case.criteria if criterion.code == one["code"]
        )
    for one in told["bidders"]:
        line = found.lines[one["code"]]
        assert (one["rank"], one["ranked"], one["reasons"]) == (line.rank, line.rank is not None, list(line.reasons))
        assert (one["total"] is None) == (line.total is None) == (None in one["scores"])
        for text, cell in zip(one["scores"], line.cells.values(), strict=True):
            value = cell.outcome.value
            per = 10**found.sheet.weight_places
            assert value == (None if text is None else Fraction(int(text) * per, int(told["over"])))


def test_a_total_keeps_its_places() -> None:
    told = as_numbers(plain({"q": 1, "p": 1}, {"x": [4, 3], "y": [D("4.125"), 5]}, Terms(total=Rounding(3))))
    assert [one["total"] for one in told["bidders"]] == ["3.500", "4.565"]
    assert written(Fraction(1, 200), 2) == "0.01" and written(Fraction(5), 0) == "5"
    big = Fraction(10**40) + Fraction(1, 8)
    assert written(big, 2) == "1" + "0" * 40 + ".13"


@pytest.mark.parametrize(
    ("terms", "places"),
    [
        (Terms(), 2),
        (PANEL, 2),
        (Terms(total=Rounding(1)), 1),
        (Terms(total=NOT_ROUNDED), 12),
        (Terms(points=Rounding(3), total=NOT_ROUNDED), 3),
    ],
)
def test_how_many_places_a_total_is_written_with(terms, places) -> None:
    assert written_places(terms) == places


def test_weights_are_written_without_an_exponent() -> None:
    told = as_numbers(plain({"q": Decimal("1E+2"), "p": D("0.10")}, {"x": [4, 3]}))
    assert [one["weight"] for one in told["criteria"]] == ["100", "0.10"]
