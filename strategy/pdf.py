"""The board paper of a strategy: its figures and decisions on paper, in the words of its page."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pdf import render, signatures_of
from cmo_lifecycle.workflow.canonical import sha256_of
from strategy.models import Consequence, Strategy
from strategy.overview import Overview, Table, answers_in_short, short
from strategy.rules.shapes import Kind
from strategy.wording import decimals, figure

_NOT_YET = "Not answered yet"


def board_data(strategy: Strategy, now: datetime) -> dict[str, Any]:
    """Return what the board paper says, as plain JSON values; all numbers and days are words."""
    s: Any = strategy
    o = Overview(strategy)
    signatures, waiting = signatures_of(strategy)
    horizon = f"{s.horizon_from} to {s.horizon_to}" if s.horizon_from and s.horizon_to else "–"
    segment = o.segment
    return {
        "title": f"Partnering strategy for {s.programme.name}, version {s.number}",
        "heading": f"Partnering strategy, version {s.number}",
        "sponsor": settings.SPONSOR_NAME,
        "programme": s.programme.name,
        "sentence": f"{answers_in_short(strategy)}." if answers_in_short(strategy) else "",
        "facts": [
            ["State", s.get_state_display()],
            ["Approved", fmt.moment(s.approved_at) if s.approved_at else "not yet"],
            ["Next review", fmt.day(s.review_due)],
            ["Risk tier", s.get_tier_display() or "–"],
            ["Kind of relationship", s.get_relationship_type_display() or "–"],
            ["Segment", segment.value if segment else "–"],
            ["Horizon", horizon],
            ["Target launch", fmt.day(s.launch_on)],
            ["As of", fmt.moment(now)],
        ],
        "why_revised": s.why_revised,
        "scope": s.scope,
        "answers": [
            {
                "question": one.question,
                "answer": f"{one.answer}. {one.when}".strip(". ") or _NOT_YET,
                "why": one.why,
                "more": one.more,
                "evidence": one.evidence,
            }
            for one in o.answers
        ],
        "exit": s.exit_intent,
        "objectives": [
            [row.text, row.goal, row.measure, f"{short(row.weight)}{fmt.NBSP}%"] for row in o.reading.objectives
        ],
        "weights": [
            {
                "name": row["name"],
                "weight": row["weight"],
                "share": float(row["share"] or 0),
                "must_have": row["must_have"],
                "rationale": row["rationale"],
            }
            for row in o.weights
        ],
        "how_weighed": " ".join(o.how_weighed),
        "demand": _table(o.demand),
        "how_batches": " ".join(o.how_batches),
        "capacity": _table(o.capacity),
        "capacity_says": o.capacity_says,
        "plot": _plot(o),
        "money": [
            {"label": one.label, "value": f"{one.value} {one.note}".strip(), "how": " ".join(one.how)} for one in o.money
        ],
        "cash": _table(o.cash),
        "cash_says": s.make_or_buy,
        "factors": _table(o.factors),
        "factors_say": o.factors_say,
        "segment": {"value": segment.value, "note": segment.note, "how": " ".join(segment.how)} if segment else None,
        "risks": [
            {
                "text": row["text"],
                "category": row["category"],
                "scores": row["scores"],
                "rpn": str(row["rpn"]),
                "left": row["left"],
                "tone": row["tone"],
                "word": row["word"],
                "says": row["says"],
                "done": _done(row),
            }
            for row in o.risks
        ],
        "how_risks": o.how_risks,
        "limits": [
            [label, words]
            for label, words in (
                ("Market and technology", s.market_notes),
                ("What limits us", s.constraints),
                ("Yearly budget", o.amount(s.budget) if s.budget is not None else ""),
                ("Yearly cost of our own oversight", o.amount(s.oversight_budget) if s.oversight_budget is not None else ""),
            )
            if words
        ],
        "conflicts": [one.sentence for one in o.conflicts],
        "asks": _asks(o.asks),
        "declined": [
            f"{one.title}: {one.decision_reason}" for one in o.asks if one.state == Consequence.State.DECLINED
        ],
        "signatures": signatures,
        "waiting": waiting,
        "record": {"id": str(s.pk), "version": s.version, "sha256": sha256_of(strategy)},
    }  # fmt: skip


def _table(found: Table | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"heads": found.heads, "rows": found.rows, "texts": sorted(found.texts)}


def _plot(o: Overview) -> list[dict[str, Any]]:
    """Each year's batches as shares of the highest: need, in-house, committed, option."""
    years = o.reading.gaps.value or ()
    highest = max((max(one.need, one.in_house + one.committed + one.option) for one in years), default=0)
    if not highest:
        return []
    return [
        {
            "year": str(one.year),
            "need": float(one.need / highest),
            "need_words": short(one.need),
            "bars": [float(value / highest) for value in (one.in_house, one.committed, one.option)],
        }
        for one in years
    ]


def _done(row: dict[str, Any]) -> str:
    if row["accepted"]:
        return f"Accepted: {row['accepted']}"
    if not row["action"]:
        return ""
    who = f" {row['owner']}" if row["owner"] else ""
    by = f" by {fmt.day(row['due'])}" if row["due"] else ""
    return f"{row['action']}.{who}{by}"


_FIGURES = {Kind.CRITERION: "Weight", Kind.PRIORITY: "Rank", Kind.KPI: "Target"}


def _changed(one: Consequence) -> str:
    """Say what holds instead of what was proposed, field by field, and why."""
    if one.state != Consequence.State.CHANGED:
        return ""
    told = []
    for shape in one.fields:
        old, new = (
            dict(shape.choices).get(held.get(shape.name, ""), held.get(shape.name, ""))
            for held in (one.proposed, one.content)
        )
        if old != new:
            told.append(f"{shape.label}: {new or 'left out'} instead of {old or 'nothing'}.")
    return " ".join([*told, f"Because: {one.decision_reason}"])


def _asks(asks: list[Consequence]) -> list[dict[str, Any]]:
    found = []
    for kind in Kind:
        rows = [one for one in asks if one.kind == kind.value and one.state not in ("declined", "withdrawn")]
        if not rows:
            continue
        places = max((decimals(one.content.get("weight") or "0") for one in rows), default=0)
        found.append(
            {
                "kind": kind.plural,
                "figure": _FIGURES.get(kind, ""),
                "read_by": kind.read_by,
                "rows": [
                    {
                        "title": one.title,
                        "figure": figure(one, places),
                        "changed": _changed(one),
                        "state": one.get_state_display(),
                        "tone": Consequence.State(one.state).tone,
                        "because": ", ".join(f"{ground['label']}: {ground['value']}" for ground in one.because),
                    }
                    for one in rows
                ],
            }
        )
    return found


def board_paper(strategy: Strategy) -> bytes:
    """Return a strategy as a PDF file."""
    now = timezone.now()
    return render("strategy.typ", board_data(strategy, now), now)


def file_name(strategy: Strategy) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", strategy.programme.name).strip("-").lower() or "programme"
    return f"strategy-{name}-v{strategy.number}.pdf"
