"""What an award rests on, as plain values: put together when it is proposed, signed as it is, and reported from.

Amounts and scores are exact decimal texts, moments are ISO 8601 in UTC, bidders go by the key of their proposal.
Nothing in here may change between the proposal of an award and its signature; `what_changed` says where it did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from cmo_lifecycle.workflow.canonical import plain, sha256_of
from evaluation.board import SHOWN, board
from evaluation.costing import COMPONENTS
from evaluation.models import Appraisal, Award, Diligence, Opening, Requirement
from evaluation.risks import assessed
from evaluation.scoring.export import written, written_places
from strategy.rules.shapes import GROUPS

#: What a part is called where it has changed.
PARTS = {
    "numbers": "the scores", "costs": "the costs", "sensitivity": "the sensitivity", "scenarios": "the scenarios",
    "cheapest": "the costs", "problem": "the scores", "rfp": "the request", "panel": "the panel",
    "criteria": "the criteria", "bidders": "the proposals", "money": "the costs", "appraisals": "the appraisals",
    "diligence": "the due diligence", "strategy": "the partnering strategy",
}  # fmt: skip


def basis_of(award: Award) -> dict[str, Any]:
    """Return what the award rests on as it stands now; of a single source, the strategy that it follows."""
    found: dict[str, Any] = {"strategy": _strategy(award)}
    rfp = award.rfp
    if rfp is not None:
        shown = board(rfp)
        found |= shown.as_json()
        found |= {
            "rfp": _request(rfp),
            "panel": _panel(rfp),
            "criteria": _criteria(rfp),
            "bidders": _bidders(rfp, shown),
            "money": _money(shown),
            "appraisals": _appraisals(rfp),
            "diligence": _diligence(rfp),
        }
    # As the database gives it back, so that the two can be laid beside each other.
    whole: dict[str, Any] = json.loads(json.dumps(plain(found)))
    return whole


def what_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what is not any more as it was, in words; empty where all of it is."""
    keys = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    return list(dict.fromkeys(PARTS.get(key, "what it rests on") for key in keys))


def _strategy(award: Award) -> dict[str, Any] | None:
    from cmo_lifecycle.partners.models import Relationship
    from strategy.actions.relationships import in_force

    strategy = award.rfp.strategy if award.rfp else in_force(Relationship(programme=award.programme))
    return None if strategy is None else {"id": str(strategy.pk), "number": strategy.number}


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _request(rfp: Any) -> dict[str, Any]:
    states = list(rfp.proposals.values_list("state", flat=True))
    return {
        "id": str(rfp.pk), "reference": rfp.reference, "title": rfp.title, "kind": rfp.get_kind_display(),
        "owner": str(rfp.owner) if rfp.owner else "", "issued_at": _at(rfp.issued_at), "closes_at": _at(rfp.closes_at),
        "closed_at": _at(rfp.closed_at), "opened_at": _at(rfp.opened_at), "priced_at": _at(rfp.priced_at),
        "scoring": rfp.get_scoring_display(), "scale": [_text(rfp.scale_least), _text(rfp.scale_most)],
        "places": rfp.places, "currency": rfp.currency, "unit": rfp.demand_unit,
        "discount_rate": _text(rfp.discount_rate), "invited": len(states),
        "declined": states.count("declined"), "not_submitted": states.count("not_submitted"),
        "standstill_days": rfp.standstill_days, "sha256": sha256_of(rfp),
        "addenda": rfp.addenda.count() if hasattr(rfp, "addenda") else 0,
    }  # fmt: skip


def _panel(rfp: Any) -> list[dict[str, Any]]:
    return [
        {
            "person": str(seat.person), "sections": [GROUPS[group] for group in GROUPS if group in seat.sections],
            "state": seat.state, "said": seat.get_state_display(), "declaration": seat.declaration,
            "declared_at": _at(seat.declared_at),
        }
        for seat in rfp.evaluators.select_related("person").order_by("person__name", "id")
    ]  # fmt: skip


def _criteria(rfp: Any) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code, "group": one.group, "title": one.title, "weight": _text(one.weight),
            "rule": one.get_rule_display(), "minimum": _text(one.minimum),
        }
        for one in rfp.criteria.order_by("position", "id")
    ]  # fmt: skip


def _bidders(rfp: Any, shown: Any) -> list[dict[str, Any]]:
    hashes: dict[Any, dict[str, str]] = {}
    for row in Opening.objects.filter(rfp=rfp).order_by("kind"):
        hashes.setdefault(row.proposal_id, {})[row.kind] = row.sha256
    found = []
    places = written_places(shown.terms)
    for one in shown.proposals:
        line = shown.matrix.lines.get(str(one.pk)) if shown.matrix is not None else None
        groups = {
            group: {"score": written(score.score, places), "weight": _text(_decimal(score.weight))}
            for group, score in (line.groups.items() if line else ())
            if score.score is not None
        }
        scores = {
            code: written(cell.outcome.value, places)
            for code, cell in (line.cells.items() if line else ())
            if cell.outcome.value is not None
        }
        found.append(
            {
                "id": str(one.pk), "name": str(one.cmo), "receipt": one.receipt, "late": one.late,
                "submitted_at": _at(one.submitted_at), "on_behalf": one.on_behalf_why if one.on_behalf else "",
                "compliance": one.compliance, "total": shown.total_of(one), "rank": line.rank if line else None,
                "failed": list(shown.failed[one.pk]), "reasons": list(line.reasons) if line else [], "flags": list(line.flags) if line else [],
                "groups": groups, "scores": scores, "sha256": hashes.get(one.pk, {}),
            }
        )  # fmt: skip
    return found


def _decimal(value: Any) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _money(shown: Any) -> dict[str, Any]:
    comparison = shown.costs.comparison
    if comparison is None:
        return {"problem": shown.costs.problem}
    names = {key: name for key, (_, name) in COMPONENTS.items()}
    return {
        "sentence": comparison.sentence,
        "scenarios": [
            {
                "scenario": one.scenario,
                "sentence": one.sentence,
                "basis": one.basis,
                "rows": [
                    {
                        "bidder": row.cost.bidder, "name": row.cost.name, "total": _text(row.cost.total_npv),
                        "per_unit": _text(row.cost.per_unit), "difference": _text(row.difference), "rank": row.rank,
                        "price_rank": row.price_rank, "price": _text(row.price), "sentence": row.sentence,
                        "components": {
                            names[key]: _text(value) for key, value in row.cost.components.items() if value
                        },
                    }
                    for row in one.standings
                ],
                "not_computable": [[cost.name, cost.not_computable] for cost in one.not_computable],
            }
            for one in comparison.scenarios
        ],
        "unpriced": [one.sentence for one in comparison.unpriced],
        "gaps": [gap.sentence for one in shown.proposals if (gap := shown.costs.gap(one)) is not None],
    }  # fmt: skip


def _appraisals(rfp: Any) -> dict[str, Any]:
    needs = {row.code: row for row in rfp.requirements.order_by("position")}
    order = list(needs)
    found: dict[str, Any] = {}
    rows = Appraisal.objects.filter(rfp=rfp, proposal__state__in=SHOWN).select_related("rfp__strategy")
    for one in rows.prefetch_related("gaps", "transfer", "support", "consensus"):
        gaps = sorted(one.gaps.all(), key=lambda row: order.index(row.requirement) if row.requirement in needs else 0)
        found[str(one.proposal_id)] = {
            "state": one.state,
            "summary": one.summary,
            "residual_risk": one.residual_risk,
            "gaps": [
                {
                    "code": row.requirement,
                    "requirement": needs[row.requirement].requirement if row.requirement in needs else "",
                    "must": row.requirement in needs and needs[row.requirement].need == Requirement.Need.MUST,
                    "verdict": row.verdict, "said": row.get_verdict_display(), "finding": row.finding,
                    "closing": row.closing,
                }
                for row in gaps
            ],
            "risks": [
                {
                    "risk": r.row.risk, "category": r.row.get_category_display(), "rpn": r.before.rpn,
                    "left": r.after.rpn if r.after else None, "needs_action": r.before.needs_action,
                    "remains": bool((r.after or r.before).needs_action), "says": r.before.sentence,
                    "action": r.row.action, "owner": r.row.owner, "due_on": r.row.due_on, "accepted": r.row.accepted,
                }
                for r in assessed(one)
            ],
            "transfer": [
                {
                    "phase": row.phase, "starts_on": row.starts_on, "ends_on": row.ends_on, "gate": row.gate,
                    "gaps": row.gaps, "cost": _text(row.cost),
                }
                for row in one.transfer.all()
            ],
            "support": [[row.capability, row.get_verdict_display(), row.note] for row in one.support.all()],
            "consensus": [[row.criterion, _text(row.score), row.reason] for row in one.consensus.all()],
        }  # fmt: skip
    return found


def _diligence(rfp: Any) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for row in Diligence.objects.filter(rfp=rfp, proposal__state__in=SHOWN).order_by("id"):
        found.setdefault(str(row.proposal_id), []).append(
            {
                "stream": row.get_stream_display(), "state": row.state, "said": row.get_state_display(),  # type: ignore[attr-defined]
                "conclusion": row.get_conclusion_display() if row.conclusion else "",  # type: ignore[attr-defined]
                "against": row.conclusion == Diligence.Conclusion.AGAINST, "findings": row.findings,
                "conditions": row.conditions,
            }
        )  # fmt: skip
    return found
