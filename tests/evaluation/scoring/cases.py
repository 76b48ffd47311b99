"""Sheets of scores: small ones by chance for Hypothesis, one by hand, the published panel from the real data."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from evaluation.scoring.matrix import Given, Matrix, Score, compute
from evaluation.scoring.rules import BY_AMOUNT, BY_EVALUATORS, NOT_ROUNDED, Rounding, Rule, Scale
from evaluation.scoring.totals import Bidder, Criterion, Method, Terms
from strategy.rules.shapes import GROUPS

ROOT = Path(__file__).resolve().parents[3]
D = Decimal
PEOPLE = ("farid", "quinn", "tom")


@dataclass(frozen=True)
class Case:
    terms: Terms
    criteria: tuple[Criterion, ...]
    bidders: tuple[Bidder, ...]
    scores: tuple[Score, ...]
    given: tuple[Given, ...] = ()

    def matrix(self, **changed: Any) -> Matrix:
        case = replace(self, **changed)
        return compute(case.terms, case.criteria, case.bidders, case.scores, case.given)


def real(name: str) -> Path:
    """Return a file of the published scores, or skip and say where it should be."""
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "scoring"
    if not (folder / name).is_file():
        pytest.skip(f"the real data are not at {folder.parent}; set CMO_REAL_DATA to their folder")
    return folder / name


def rows(name: str) -> list[dict[str, str]]:
    with real(name).open(newline="") as file:
        return list(csv.DictReader(file))


def published(identity: str) -> dict[str, Any]:
    cases = json.loads(real("published_matrices.json").read_text(), parse_float=Decimal)
    return next(case for case in cases if case["id"] == identity)


def plain(
    weights: dict[str, int | Decimal],
    consensus: dict[str, list[int | Decimal]],
    terms: Terms | None = None,
    *,
    names: dict[str, str] | None = None,
    failed: dict[str, str] | None = None,
    scale: Scale | None = None,
) -> Matrix:
    """Return a matrix of given scores: a list for each bidder, in the order of the weights."""
    criteria = [
        Criterion(code, (names or {}).get(code, code), "technical", weight, Rule.AUTO, scale or Scale(0, 5))
        for code, weight in weights.items()
    ]
    bidders = [
        Bidder(code, (names or {}).get(code, code), ((failed or {})[code],) if code in (failed or {}) else ())
        for code in consensus
    ]
    given = [
        (code, criterion.code, score)
        for code, scores in consensus.items()
        for criterion, score in zip(criteria, scores, strict=True)
    ]
    return compute(terms or Terms(), criteria, bidders, [], given)


@st.composite
def sheets(draw: st.DrawFn, *, exact: bool = False, gaps: bool = False) -> Case:
    """Draw a sheet: up to five criteria of every rule, up to five bidders; ``gaps`` leaves scores out.

    ``exact`` rounds nothing but the scores.
    """
    method = draw(st.sampled_from(list(Method)))
    scales = [Scale(0, 5), Scale(0, 10), Scale(1, 9), Scale(D("0.5"), D("2.5"))]
    one = draw(st.sampled_from(scales))
    rounding = st.sampled_from([NOT_ROUNDED, Rounding(1), Rounding(2)])
    terms = Terms(
        method,
        consensus=draw(st.sampled_from([NOT_ROUNDED, Rounding(2)])),
        points=NOT_ROUNDED if exact else draw(rounding),
        total=NOT_ROUNDED if exact else draw(rounding),
        group_least={"risk": 3},
    )
    criteria = []
    for place in range(draw(st.integers(1, 5))):
        rule = draw(st.sampled_from(list(Rule)))
        criteria.append(
            Criterion(
                f"c{place}",
                f"Criterion {place}",
                draw(st.sampled_from(list(GROUPS))),
                draw(st.one_of(st.integers(0 if place else 1, 5), st.decimals("0.1", 40, places=1))),
                rule,
                one if method is Method.WEIGHTED_AVERAGE else draw(st.sampled_from(scales)),
                PEOPLE if rule in BY_EVALUATORS else (),
            )
        )
    bidders = []
    for place in range(draw(st.integers(1, 5))):
        failed = ("No certificate of good manufacturing practice.",) if draw(st.integers(0, 9)) == 9 else ()
        bidders.append(Bidder(f"b{place}", f"Bidder {place}", failed))
    scores: list[Score] = []
    given: list[Given] = []
    for criterion in criteria:
        marks = st.decimals(criterion.scale.least, criterion.scale.most, places=1)
        for bidder in bidders:
            kept = not gaps or draw(st.integers(0, 9)) < 9
            for who in criterion.evaluators:
                if kept or draw(st.booleans()):
                    scores.append((who, bidder.code, criterion.code, draw(marks)))
            if kept and criterion.rule in BY_AMOUNT:
                given.append((bidder.code, criterion.code, draw(st.decimals(1, 500, places=0))))
            elif kept and criterion.rule in (Rule.AUTO, Rule.CONSENSUS):
                given.append((bidder.code, criterion.code, draw(marks)))
    return Case(terms, tuple(criteria), tuple(bidders), tuple(scores), tuple(given))
