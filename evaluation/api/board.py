"""The evaluation board of an RFP as plain values, and what it was asked under."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cmo_lifecycle.doors.rest.kinds import Bad, Exact, Input, Kind
from evaluation.api.shapes import (
    KEY,
    NO_NUMBER,
    NO_WHOLE,
    NUMBER,
    PROBLEM,
    TEXT,
    TEXTS,
    TRUTH,
    WHOLE,
    array,
    described,
    rows,
)
from evaluation.board import Board
from evaluation.scoring.export import as_numbers, written, written_places
from strategy.sums.numbers import to_decimal

_PAIR = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,19}):(.+)")
_WEIGHT = Exact(6, 3)
MOST_WEIGHTS = 80


@dataclass(frozen=True)
class Weights(Kind):
    """Other weights by code of the criterion, such as C01:25,C02:10.5."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": ["C01:25,C02:10.5"]}

    def parse(self, text: str) -> dict[str, Decimal]:
        pieces = text.split(",")
        if len(pieces) > MOST_WEIGHTS:
            raise Bad(f"Give {MOST_WEIGHTS} weights at most.", "max_length")
        found: dict[str, Decimal] = {}
        for piece in pieces:
            pair = _PAIR.fullmatch(piece)
            if pair is None:
                raise Bad("Give code and weight of each criterion as C01:25,C02:10.5.", "invalid")
            code = pair[1]
            try:
                weight = _WEIGHT.parse(pair[2])
            except Bad as bad:
                raise Bad(f"{code}: {bad.errors}", "invalid") from None
            if not 0 <= weight <= 100:
                raise Bad(f"{code}: a weight is from 0 to 100 percent.", "range")
            if code in found:
                raise Bad(f"{code} stands here twice.", "invalid")
            found[code] = weight
        return found


WEIGHTS = Input(
    "weights",
    "weights",
    Weights(),
    False,
    False,
    "Other weights than the locked ones, by code; criteria that are not named keep theirs. Nothing is written.",
)


def board_as_json(board: Board) -> dict[str, Any]:
    """Return all that the board shows; `problem` says why there is no matrix."""
    matrix = board.matrix
    found: dict[str, Any] = {
        "problem": board.problem,
        "problems": board.problems,
        "is_priced": board.is_priced,
        "numbers": None,
        "bidders": [],
        "tornado": [],
        "sensitivity": [],
        "scenarios": [],
        "cheapest": "",
    }
    if matrix is None:
        return found
    places = written_places(board.terms)
    return {
        **found,
        "numbers": as_numbers(matrix),
        "bidders": [_bidder(board, one, places) for one in board.proposals],
        "tornado": [
            {
                "criterion": one.criterion,
                "leader_id": one.leader,
                "low": _end(one.low),
                "high": _end(one.high),
                "width": to_decimal(one.width),
            }
            for one in board.tornado
        ],
        "sensitivity": board.turning_sentences,
        "scenarios": [
            {
                "scenario": name,
                "standing": [
                    {"proposal_id": one.bidder, "total": written(one.total, places), "rank": one.rank}
                    for one in standing
                ],
            }
            for name, standing in board.scenarios.items()
        ],
        "cheapest": board.cheapest_sentence,
    }


def _bidder(board: Board, proposal: Any, places: int) -> dict[str, Any]:
    assert board.matrix is not None
    line = board.matrix.lines[str(proposal.pk)]
    return {
        "proposal_id": proposal.pk,
        "name": line.bidder.name,
        "rank": line.rank,
        "total": None if line.total is None else written(line.total, places),
        "reasons": list(line.reasons),
        "flags": list(line.flags),
        "groups": [
            {
                "group": name,
                "weight": to_decimal(group.weight),
                "points": _number(group.points),
                "score": _number(group.score),
                "below_least": group.below,
            }
            for name, group in line.groups.items()
        ],
        "cells": [_cell(board, proposal, one, line.cells[one.code]) for one in board.criteria],
    }


def _cell(board: Board, proposal: Any, criterion: Any, cell: Any) -> dict[str, Any]:
    settled = board.settled.get((proposal.pk, criterion.code))
    return {
        "criterion": criterion.code,
        "score": _number(cell.outcome.value),
        "points": _number(cell.points),
        "reason": cell.outcome.reason(criterion.title, board.matrix.names if board.matrix else None),
        "is_hidden": board.is_hidden(proposal, criterion),
        "below_least": cell.below,
        "scores": [
            {"evaluator_id": seat, "person": str(board.seats[seat].person), "score": board.scores[key]}
            for seat in board.seats
            if (key := (seat, proposal.pk, criterion.code)) in board.scores
        ],
        "spread": _spread(cell.spread, board),
        "consensus": None if settled is None else {"score": settled.score, "reason": settled.reason},
    }


def _spread(spread: Any, board: Board) -> dict[str, Any] | None:
    if spread is None:
        return None
    return {
        "lowest": to_decimal(spread.lowest),
        "highest": to_decimal(spread.highest),
        "median": to_decimal(spread.median),
        "flagged": spread.flagged,
        "outliers": [(board.matrix.names if board.matrix else {}).get(code, code) for code in spread.outliers],
    }


def _end(end: Any) -> dict[str, Any]:
    return {
        "weight": to_decimal(end.weight),
        "total": to_decimal(end.total),
        "lead": to_decimal(end.lead),
        "leader_ids": list(end.leaders),
    }


def _number(value: Fraction | None) -> Decimal | None:
    return None if value is None else to_decimal(value)


# ---------------------------------------------------------------- as OpenAPI

_ROUNDING = described(places=WHOLE, mode={"type": "string", "enum": ["half_up", "none"]})
NUMBERS = {
    **described(
        method=TEXT,
        points=_ROUNDING,
        total=_ROUNDING,
        written=WHOLE,
        full=TEXT,
        over=TEXT,
        criteria=rows(code=TEXT, name=TEXT, group=TEXT, weight=NUMBER, most=TEXT),
        bidders=rows(
            code=TEXT,
            name=TEXT,
            scores=array({"type": ["string", "null"]}),
            ranked=TRUTH,
            total=NO_NUMBER,
            rank=NO_WHOLE,
            reasons=TEXTS,
        ),
    ),
    "type": ["object", "null"],
    "description": "The whole sheet as whole numbers, to reweigh it to the same digit.",
}
_END = described(weight=NUMBER, total=NUMBER, lead=NUMBER, leader_ids=array(KEY))
_SPREAD = described(lowest=NUMBER, highest=NUMBER, median=NUMBER, flagged=TRUTH, outliers=TEXTS)
_CELL = described(
    criterion=TEXT,
    score=NO_NUMBER,
    points=NO_NUMBER,
    reason={"type": "string", "description": "Why there is no score."},
    is_hidden={"type": "boolean", "description": "The panel's scores are kept from you until yours are handed in."},
    below_least=TRUTH,
    scores=rows(evaluator_id=KEY, person=TEXT, score=NUMBER),
    spread={**_SPREAD, "type": ["object", "null"]},
    consensus={**described(score=NUMBER, reason=TEXT), "type": ["object", "null"]},
)
BOARD = described(
    version={"type": "integer", "description": "Of the RFP."},
    problem=PROBLEM,
    problems={**TEXTS, "description": "What a decision still lacks."},
    is_priced={"type": "boolean", "description": "Whether the commercial criteria count already."},
    numbers=NUMBERS,
    bidders=rows(
        proposal_id=KEY,
        name=TEXT,
        rank=NO_WHOLE,
        total=NO_NUMBER,
        reasons={**TEXTS, "description": "Why there is no rank."},
        flags=TEXTS,
        groups=rows(group=TEXT, weight=NUMBER, points=NO_NUMBER, score=NO_NUMBER, below_least=TRUTH),
        cells=array(_CELL),
    ),
    tornado=rows(criterion=TEXT, leader_id=KEY, low=_END, high=_END, width=NUMBER),
    sensitivity={**TEXTS, "description": "Where the winner changes, in words, criterion by criterion."},
    scenarios=rows(scenario=TEXT, standing=rows(proposal_id=KEY, total=NUMBER, rank=WHOLE)),
    cheapest={"type": "string", "description": "What the cheapest bid would cost in points."},
)
