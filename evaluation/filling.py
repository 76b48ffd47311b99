"""What an RFP begins with: what its strategy asks for, and what a template holds for the service."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput
from evaluation.asking import row_of
from evaluation.library.templates import TEMPLATES
from evaluation.models.rfp import Rfp
from evaluation.models.sheets import Criterion, Quantity, Requirement, RfpRate
from strategy.models import Consequence, in_order
from strategy.rules import Kind
from strategy.sums.weights import rounded_to_hundred


def _binding(rfp: Any, kind: Kind) -> list[Consequence]:
    return in_order(Consequence.objects.binding().filter(strategy=rfp.strategy_id, kind=kind))


def from_strategy(rfp: Any) -> None:
    """Fill a new RFP's criteria, requirements, quantities and rates from its strategy version."""
    strategy = rfp.strategy
    asked = [one for one in _binding(rfp, Kind.CRITERION) if Decimal(one.content.get("weight") or 0) > 0]
    weights = [Decimal(one.content["weight"]) for one in asked]
    scaled = rounded_to_hundred(weights) if asked else []
    Criterion.objects.bulk_create(
        Criterion(
            rfp=rfp, position=place, code=f"C{place + 1:02d}", group=one.content["group"], title=one.title[:200],
            weight=weight, measure=one.content.get("measure", "")[:1000],
            anchors=f"Least acceptable: {one.content['minimum']}"[:2000] if one.content.get("minimum") else "",
            rule=Criterion.Rule.LOWEST_FULL if one.content["group"] == "total_cost" else Criterion.Rule.MEAN,
            consequence=one,
        )
        for place, (one, weight) in enumerate(zip(asked, scaled, strict=True))
    )  # fmt: skip
    Requirement.objects.bulk_create(
        Requirement(
            rfp=rfp, position=place, code=f"M{place + 1:02d}", group=one.content["group"],
            requirement=one.content.get("requirement", one.title)[:1000], need=Requirement.Need.MUST,
            evidence=one.content.get("evidence", "")[:1000], consequence=one,
        )
        for place, one in enumerate(_binding(rfp, Kind.KNOCK_OUT))
    )  # fmt: skip
    Quantity.objects.bulk_create(
        Quantity(rfp=rfp, position=place, year=row.year, low=row.low, base=row.base, high=row.high)
        for place, row in enumerate(strategy.demand.order_by("year"))
    )
    RfpRate.objects.bulk_create(
        RfpRate(rfp=rfp, position=place, currency=row.currency, per_base=row.per_base, on=row.on, source=row.source)
        for place, row in enumerate(strategy.rates.order_by("currency"))
        # The strategy's rates are for one of its own currency.
        if rfp.currency in ("", strategy.currency)
    )
    taken = {
        "scope": strategy.scope, "currency": strategy.currency, "discount_rate": strategy.discount_rate,
        "demand_unit": strategy.demand_unit, "batch_output": strategy.batch_output,
        "batch_yield": strategy.batch_yield, "modality": rfp.programme.modality,
    }  # fmt: skip
    changed = [name for name, value in taken.items() if value not in ("", None) and getattr(rfp, name) in ("", None)]
    for name in changed:
        setattr(rfp, name, taken[name])
    if changed:
        rfp.save(update_fields=[*changed, "updated_at"])


def apply_template(rfp: Any, code: str, *, actor: User, version: int | None = None, source: str = "") -> Any:
    """Fill a draft's empty tables from the template of a service; return the RFP as it then stands.

    What the strategy asks for stays: a criterion of the template that asks for the same lends it its anchors and its
    questions. Only an RFP without criteria takes the template's own, with their weights. Raises InvalidInput for an
    unknown template, and as `parts.write` does.
    """
    template = TEMPLATES.get(code)
    if template is None:
        raise InvalidInput({"template": ["Choose one of the templates."]})
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        rfp = edits.opened(rfp, actor=actor, version=version)
        present = list(rfp.criteria.order_by("position"))
        serves = {one.code: one.code for one in template.criteria}
        criteria = [_criterion(one) for one in template.criteria]
        if present:
            serves, criteria = _married(present, template)
        tables: dict[str, list[dict[str, Any]]] = {"criteria": criteria}
        known = list(rfp.requirements.order_by("position"))
        tables["requirements"] = [_kept(row) for row in known] + [
            {"code": one.code, "group": one.group, "requirement": one.text, "need": one.need, "evidence": one.evidence}
            for one in template.requirements
            if one.code not in {row.code for row in known}
        ]
        traces = template.traces()
        if not rfp.questions.exists():
            tables["questions"] = [
                {
                    **row_of(question), "criterion": serves.get(question.criterion, ""),
                    "requirement": traces.get(question.code, ""),
                }
                for question in template.questions
            ]  # fmt: skip
        if not rfp.price_sheet.exists() and rfp.kind != "rfi":
            tables["price_sheet"] = [
                {
                    "code": one.code, "type": one.type, "label": one.label, "unit": one.unit,
                    "recurring": one.recurring, "quantity": Decimal(one.quantity) if one.quantity else None,
                    "quantity_per": one.quantity_per, "mandatory": one.mandatory, "help": one.help,
                }
                for one in template.prices
            ]  # fmt: skip
        if not rfp.timetable.exists():
            today = timezone.localdate()
            tables["timetable"] = [
                {"label": one.label, "on": today + timedelta(days=one.days), "note": one.note}
                for one in template.timetable
            ]
        for name, rows in tables.items():
            rfp = parts.write(rfp, parts.parts_of(Rfp)[name], rows, actor=actor, source=source)
        values: dict[str, Any] = {"template": code}
        if not rfp.scope.strip():
            values["scope"] = template.scope
        if not rfp.assumptions.strip():
            values["assumptions"] = "\n".join(f"{one.title}: {one.why}" for one in template.documents)
        return edits.update(rfp, values, actor=actor, source=source)


def _kept(row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in row.columns}}


def _criterion(one: Any) -> dict[str, Any]:
    return {
        "code": one.code, "group": one.group, "title": one.title, "weight": one.weight, "measure": one.measured,
        "anchors": one.anchors_text(), "rule": one.rule,
    }  # fmt: skip


def _married(present: list[Any], template: Any) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return which criterion of the RFP each of the template's serves, and the RFP's with the anchors they lack."""
    asked = {row.consequence.key.partition(":")[2]: row for row in present if row.consequence is not None}
    serves, lent = {}, {}
    for one in template.criteria:
        row = next((asked[key] for key in one.asked_as if key in asked), None)
        if row is not None:
            serves[one.code] = row.code
            lent.setdefault(row.code, one)
    rows = []
    for row in present:
        values = _kept(row)
        one = lent.get(row.code)
        if one is not None:
            values["anchors"] = one.anchors_text() if not row.anchors else f"{one.anchors_text()}\n{row.anchors}"
            values["measure"] = row.measure or one.measured
        rows.append(values)
    return serves, rows
