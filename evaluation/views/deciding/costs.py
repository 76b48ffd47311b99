"""What each bidder costs in each demand scenario, side by side, and each of them down to its price lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.rest.exports import answer
from evaluation.bars import PARTS, Row, stacked
from evaluation.board import board
from evaluation.costing import COMPONENTS, Cost
from evaluation.models import Appraisal, Rfp
from evaluation.views.deciding.reading import CASES, RfpPage, money, per_unit
from evaluation.views.places import places

LINE_COLUMNS = (
    "bidder", "scenario", "year", "part", "component", "line", "label", "currency", "amount", "present_value", "formula",
    "assumption",
)  # fmt: skip


def _case(request: HttpRequest) -> str:
    asked = request.GET.get("case", "base")
    return asked if asked in CASES else "base"


class CostsPage(RfpPage):
    """All bidders in all scenarios."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.rfp(pk)
        case = _case(request)
        context: dict[str, Any] = {
            "title": "Total cost of partnership", "crumbs": self.crumbs(rfp), "rfp": rfp, "case": case,
            "tabs": places(rfp, "costs"),
            "cases": [
                {"label": said.capitalize(), "url": f"?case={key}", "here": key == case} for key, said in CASES.items()
            ],
            "sentence": _closed(rfp),
        }  # fmt: skip
        if not context["sentence"]:
            context |= self._priced(rfp, case)
        return self.shown("evaluation/deciding/costs.html", context)

    def _priced(self, rfp: Rfp, case: str) -> dict[str, Any]:
        shown_board = board(rfp)
        found = shown_board.costs
        out = {str(key) for key, sentences in shown_board.failed.items() if sentences}
        comparison = found.comparison
        if comparison is None:
            return {"sentence": found.problem or "There is nothing to price: give quantities and a base currency."}
        currency = rfp.currency
        by_bid: dict[str, dict[str, Any]] = {
            bid.code: {
                "name": bid.name,
                "url": cost_url(rfp, bid.code),
                "cells": [],
                "out": bid.code in out,
            }
            for bid in found.bids
        }
        for scenario in comparison.scenarios:
            standing = {one.cost.bidder: one for one in scenario.standings}
            for code, entry in by_bid.items():
                one = standing.get(code)
                entry["cells"].append(
                    {
                        "total": money(one.cost.total_npv, currency) if one else "",
                        "per_unit": per_unit(one.cost.per_unit, currency) if one else "",
                        "more": money(one.difference, currency) if one and one.difference else "",
                        "least": one is not None and one.rank == 1,
                        "rank": one.rank if one else None,
                        "url": cost_url(rfp, code, scenario.scenario),
                    }
                )
        shown = next(one for one in comparison.scenarios if one.scenario == case)
        totals = [bar.total for bar in comparison.bars]
        of_case = {bar.bidder: bar for bar in comparison.bars if bar.scenario == case}
        why = {cost.bidder: cost.not_computable for cost in shown.not_computable}
        rows = [
            Row(
                bid.name,
                [(key, value) for key, _, value in of_case[bid.code].parts] if bid.code in of_case else [],
                of_case[bid.code].total if bid.code in of_case else None,
                cost_url(rfp, bid.code, case),
                "Not computable, see below" if bid.code in why else "",
            )
            for bid in found.bids
        ]
        return {
            "sentence": comparison.sentence,
            "heads": [said.capitalize() for said in CASES.values()],
            "bidders": list(by_bid.values()),
            "scenario": shown,
            "case_words": CASES[case],
            "bars": stacked(
                rows, title=f"Total cost at {CASES[case]}, by component", currency=currency,
                highest=max(totals, default=None),
            ),
            "standings": [
                {"one": one, "price": per_unit(one.price, currency), "url": cost_url(rfp, one.cost.bidder, case)}
                for one in shown.standings
            ],
            "components": _components(found.made(case), currency),
            "component_heads": [bid.name for bid in found.bids],
            "not_computable": [
                {"name": cost.name, "why": cost.not_computable, "url": _terms_url(found, cost, self.user)}
                for cost in shown.not_computable
            ],
            "gaps": [gap.sentence for one in shown_board.proposals if (gap := found.gap(one)) is not None],
            "unpriced": [one.sentence for one in comparison.unpriced],
            "ours": _ours(rfp),
            "terms": [
                {"name": bid.name, "url": appraisal.get_absolute_url() + "?tab=terms"}
                for bid in found.bids
                if (appraisal := _appraisal(found, bid.code)) is not None
            ],
            "exports": [
                {"label": label, "url": reverse("evaluation:cost_lines", args=[rfp.pk, form])}
                for label, form in (("CSV", "csv"), ("XLSX", "xlsx"))
            ],
        }  # fmt: skip


def _closed(rfp: Rfp) -> str:
    """Say why there are no prices to read; empty where they are open."""
    if rfp.priced_at is None:
        return "Prices stay sealed until the technical scores are locked and two people open the commercial envelopes."
    return ""


def _appraisal(found: Any, code: str) -> Any:
    return next((one for key, one in found.appraisals.items() if str(key) == code), None)


def _terms_url(found: Any, cost: Cost, user: Any) -> str:
    """Where what is missing for a cost is entered, for whoever may; else where it is read."""
    one = _appraisal(found, cost.bidder)
    if one is None:
        return ""
    editable = (
        one.state in Appraisal.editable_in and one.rfp.state in Rfp.JUDGING and user.has_role(*Appraisal.may_edit)
    )
    return reverse("evaluation:appraisal_edit", args=[one.pk]) if editable else f"{one.get_absolute_url()}?tab=terms"


def _components(costs: list[Cost], currency: str) -> list[dict[str, Any]]:
    """Return the present value of each component by bidder, those that nobody pays left out."""
    found = []
    for key, (part, name) in COMPONENTS.items():
        values = [cost.components.get(key) for cost in costs]
        if any(values):
            found.append(
                {"name": name, "part": PARTS[part], "cells": [money(value, currency) if value is not None else "–" for value in values]}
            )  # fmt: skip
    return found


def _ours(rfp: Rfp) -> list[tuple[str, str, str]]:
    """Return what we reckon for every bidder alike, as facts."""

    def amount(name: str, places: int = 0) -> str:
        value = getattr(rfp, name)
        return "" if value is None else money(value, rfp.currency, places)

    def plain(name: str, unit: str = "") -> str:
        value: Decimal | None = getattr(rfp, name)
        return "" if value is None else f"{fmt.number(value.normalize())}{unit}"

    return [
        ("Discount rate", plain("discount_rate", " % a year"), ""),
        ("Our people for one CMO", plain("oversight_fte", " full-time"), ""),
        ("Cost of one of us a year", amount("fte_rate"), ""),
        ("One audit with travel", amount("audit_cost"), ""),
        ("One day in the plant", amount("plant_day_cost"), ""),
        ("Systems a year", amount("oversight_systems"), ""),
        ("Reserve for change orders", plain("change_reserve", " %"), ""),
        ("Should-cost per unit", amount("should_cost", 2), ""),
        ("Units per batch", plain("batch_output"), ""),
        ("Yield", plain("batch_yield", " %"), ""),
    ]  # fmt: skip


def cost_url(rfp: Any, code: str, case: str = "") -> str:
    where = reverse("evaluation:cost", args=[rfp.pk, code])
    return f"{where}?case={case}" if case else where


class CostPage(RfpPage):
    """One bidder's cost in one scenario, down to the year, the component, the line and what it is made of."""

    def get(self, request: HttpRequest, pk: Any, proposal: Any) -> HttpResponse:
        rfp = self.rfp(pk)
        case = _case(request)
        if _closed(rfp):
            raise Http404("Prices are not open yet.")
        shown = board(rfp)
        one = next((one for one in shown.proposals if one.pk == proposal), None)
        cost = shown.costs.of(one, case) if one is not None else None
        if one is None or cost is None:
            raise Http404("There is no cost of such a proposal.")
        currency = rfp.currency
        components = [
            {
                "key": key, "name": name, "part": PARTS[part], "total": money(cost.components[key], currency),
                "lines": [
                    {
                        "line": line, "amount": money(line.amount, currency, 2),
                        "value": money(line.present_value, currency, 2),
                    }
                    for line in cost.lines_of(key)
                ],
            }
            for key, (part, name) in COMPONENTS.items()
            if cost.components.get(key)
        ]  # fmt: skip
        years = [
            {
                "year": year, "total": money(year.total, currency), "value": money(year.present_value, currency),
                "released": f"{year.released:,.0f}", "demand": f"{year.demand:,.0f}",
            }
            for year in cost.years
        ]  # fmt: skip
        context = {
            "title": f"{cost.name}: total cost",
            "crumbs": [*self.crumbs(rfp), ("Costs", reverse("evaluation:costs", args=[rfp.pk]))],
            "rfp": rfp, "cost": cost, "case": CASES[case], "proposal": one, "components": components, "years": years,
            "cases": [
                {"label": said.capitalize(), "url": f"?case={key}", "here": key == case} for key, said in CASES.items()
            ],
            "total": money(cost.total_npv, currency), "each": per_unit(cost.per_unit, currency),
            "gap": shown.costs.gap(one) if case == "base" else None,
            "appraisal": getattr(one, "appraisal", None),
            "terms_url": _terms_url(shown.costs, cost, self.user) if cost.not_computable else "",
            "bars": stacked(
                [Row(cost.name, list(cost.components.items()), cost.total_npv)],
                title=f"Total cost of {cost.name} at {CASES[case]}, by component", currency=currency,
            )
            if cost.total_npv is not None
            else "",
        }  # fmt: skip
        return self.shown("evaluation/deciding/cost.html", context)


class CostLinesFile(RfpPage):
    """Every line of every cost as a file, in all scenarios."""

    def get(self, request: HttpRequest, pk: Any, form: str) -> HttpResponseBase:
        rfp = self.rfp(pk)
        if form not in ("csv", "xlsx") or _closed(rfp):
            raise Http404("There is no such file.")
        costs = board(rfp).costs
        return answer(f"costs-{rfp.reference}", form, LINE_COLUMNS, list(_lines(costs)))


def _lines(costs: Any) -> Iterator[list[Any]]:
    for case in CASES:
        for cost in costs.made(case):
            if cost.not_computable:
                yield [cost.name, case, None, "", "", "", "", cost.currency, None, None, cost.not_computable, ""]
            for line in cost.lines:
                part, name = COMPONENTS[line.component]
                yield [
                    cost.name, case, line.year, PARTS[part], name, line.code, line.label, cost.currency, line.amount,
                    line.present_value, line.formula, line.assumption,
                ]  # fmt: skip
