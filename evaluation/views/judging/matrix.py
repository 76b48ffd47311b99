"""The matrix of an RFP: criteria, answers or prices down, proposals across, and the ranking that comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages.registry import url_of_row
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import Refusal
from evaluation.board import Board, board
from evaluation.models import Criterion, Price, Proposal, Rfp, ScoreSheet, WeightSet
from evaluation.scoring.export import as_numbers, written
from evaluation.scoring.matrix import reweigh
from evaluation.views.judging import cells as write
from evaluation.views.judging import how, weighing
from evaluation.views.judging.common import ACROSS, RfpPage, grouped, part_of, turned
from evaluation.views.judging.evidence import opened
from evaluation.views.judging.proposals import price_words
from strategy.sums.numbers import plain, to_decimal

VIEWS = (("scores", "Scores"), ("answers", "Answers"), ("prices", "Prices"))


class NameForm(forms.Form):
    name = forms.CharField(label="Name of the set", max_length=80)


class MatrixPage(RfpPage):
    """The matrix with its ranking; `view`, `show`, `from`, `differences` and `w` stand in the address."""

    place = "matrix"

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.rfp(pk)
        if typed := {key[2:]: str(value) for key, value in request.GET.items() if key.startswith("w-")}:
            return self._canonical(rfp, typed)
        return self._page(rfp)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Save weights as a named set, while the RFP is written; they are a way of looking, never its own weights."""
        rfp = self.rfp(pk)
        form = NameForm(request.POST)
        criteria = list(rfp.criteria.order_by("position", "id"))
        text = ",".join(f"{one.code}:{request.POST.get(f'w-{one.code}', '').strip()}" for one in criteria)
        asked = weighing.read(text, criteria)
        if not form.is_valid():
            return self._page(rfp, form, 400)
        if asked.problem or asked.off:
            form.add_error(None, asked.off or "Each weight is a number from 0 to 100, with at most three decimals.")
            return self._page(rfp, form, 400, asked)
        name = form.cleaned_data["name"].strip()
        kept = [
            {"id": row.pk, "scenario": row.scenario, "criterion": row.criterion, "weight": row.weight}
            for row in rfp.weight_sets.order_by("position", "id")
            if row.scenario != name
        ]
        rows = [{"scenario": name, "criterion": code, "weight": weight} for code, weight in asked.weights.items()]
        try:
            parts.write(rfp, WeightSet, [*kept, *rows], actor=self.user, source="page")
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self._page(rfp, form, refusal.status, asked)
        messages.success(request, f"Saved “{name}”. The ranking is shown under it once proposals are scored.")
        return redirect(request.path)

    def _canonical(self, rfp: Any, typed: Mapping[str, str]) -> HttpResponse:
        criteria = list(rfp.criteria.order_by("position", "id"))
        known = {one.code: typed[one.code].strip().replace(",", ".") for one in criteria if one.code in typed}
        text = ",".join(f"{code}:{value}" for code, value in known.items())
        asked = weighing.read(text, criteria)
        said = text if asked.problem else weighing.written(asked.weights, criteria)
        rest = [
            (key, value)
            for key, values in self.request.GET.lists()
            if key != "w" and not key.startswith("w-")
            for value in values
        ]
        query = urlencode([*rest, *([("w", said)] if said else [])], safe=":,")
        return redirect(f"{self.request.path}?{query}" if query else self.request.path)

    def _page(
        self, rfp: Any, form: forms.Form | None = None, status: int = 200, asked: weighing.Weighing | None = None
    ) -> HttpResponse:
        found = board(rfp, viewer=self.user)
        context = self.frame(rfp)
        if context["sealed"]:
            criteria = found.all_criteria
            weighs = asked or weighing.read(self.request.GET.get("w", ""), criteria)
            context |= {
                "title": "Matrix",
                "weighs": weighs,
                "criteria": [(name, self._weights(rows, weighs)) for name, rows in grouped(criteria, _group)],
                "may_save": rfp.state == Rfp.State.DRAFT and edits.may_edit(rfp, self.user),
                "form": form or NameForm(),
            }
            return self.shown("evaluation/judging/matrix.html", context, status)
        weighs = weighing.read(self.request.GET.get("w", ""), found.criteria)
        view = self.request.GET.get("view", "scores")
        if view not in dict(VIEWS) or (view == "prices" and not found.is_priced):
            view = "scores"
        order = self._ranking(found, weighs)
        across = self._across([entry["proposal"] for entry in order])
        differences = self.request.GET.get("differences") == "1"
        rows = getattr(self, f"_{view}")(found, across["shown"])
        if differences:
            rows = [(name, kept) for name, lines in rows if (kept := [line for line in lines if line["differs"]])]
        by_key = {entry["proposal"].pk: entry for entry in order}
        matrix = found.matrix
        request = self.request
        context |= {
            "title": "Matrix",
            "weighs": weighs,
            "view": view,
            "views": [
                {"label": label, "url": turned(request, view=key), "current": key == view}
                for key, label in VIEWS
                if key != "prices" or found.is_priced
            ],
            "rows": rows,
            "columns": [by_key[one.pk] for one in across["shown"]],
            "across": across,
            "order": order,
            "ranked": [entry for entry in order if entry["rank"] is not None],
            "unranked": [entry for entry in order if entry["rank"] is None],
            "differences": differences,
            "differences_url": turned(request, differences=None if differences else "1"),
            "reset_url": turned(request, w=None),
            "numbers": as_numbers(matrix) if matrix is not None else None,
            "criteria": [(name, self._weights(rows, weighs)) for name, rows in grouped(found.criteria, _group)],
            "problem": found.problem,
            "rounding": how.rounding_words(rfp, matrix) if matrix is not None else "",
            "part": "" if found.is_priced else "Technical part alone: prices are still sealed.",
            "blind": self._blind_words(found),
            "rates": [
                f"{plain(row.per_base)} {row.currency} buy 1 {rfp.currency} ({fmt.day(row.on)}, {row.source})"
                for row in rfp.rates.order_by("currency")
            ]
            if view == "prices"
            else [],
            "keep": [(k, v) for k, vs in self.request.GET.lists() if k in ("view", "differences") for v in vs],
            "keep_shown": [(k, v) for k, vs in self.request.GET.lists() if k in ("view", "differences", "show", "from") for v in vs],
            "form": form or NameForm(),
        }  # fmt: skip
        return self.shown("evaluation/judging/matrix.html", context, status)

    # ---- columns

    def _ranking(self, found: Board, weighs: weighing.Weighing) -> list[dict[str, Any]]:
        """Return the proposals, best first and the unranked last, with total and rank under the weights asked for."""
        matrix = found.matrix
        if matrix is None:
            return [
                {"proposal": one, "key": str(one.pk), "total": "", "rank": None, "was": None, "reasons": []}
                for one in found.proposals
            ]
        totals = how.totals_under(matrix, weighs.weights)
        ranks = {one.bidder: one.rank for one in reweigh(matrix, weighs.weights)}
        own = {one.bidder: one.rank for one in matrix.standing}
        entries = []
        for one in found.proposals:
            key = str(one.pk)
            line = matrix.lines[key]
            hidden = any(proposal == one.pk for proposal, _ in found.blind)
            reasons = list(line.bidder.failed) if hidden else list(line.reasons)
            if hidden and not line.bidder.failed:
                reasons = ["Its total shows once the scores do."]
            entries.append(
                {
                    "proposal": one,
                    "key": key,
                    "total": totals.get(key, ""),
                    "rank": ranks.get(key),
                    "was": own.get(key),
                    "reasons": reasons,
                    "out": bool(line.bidder.failed),
                    "flags": [] if hidden else list(line.flags),
                    "url": url_of_row(Proposal, one.pk),
                    "total_url": self._deeper("evaluation:matrix_total", found.rfp.pk, one.pk),
                }
            )
        return sorted(entries, key=lambda one: (one["rank"] is None, one["rank"] or 0, str(one["proposal"].cmo)))

    def _across(self, proposals: Sequence[Any]) -> dict[str, Any]:
        """Return which proposals are shown: those chosen, else eight from where the address says."""
        wanted = set()
        for text in self.request.GET.getlist("show")[:ACROSS]:
            try:
                wanted.add(UUID(text))
            except ValueError:
                continue
        chosen = [one for one in proposals if one.pk in wanted]
        part = part_of(self.request, proposals, ACROSS, show=None) | {"is_chosen": bool(chosen), "reset": ""}
        if chosen:
            reset = turned(self.request, show=None, **{"from": None})
            part |= {"shown": chosen, "before": "", "after": "", "reset": reset}
        keys = {one.pk for one in part["shown"]}
        return part | {"all": [{"proposal": one, "chosen": one.pk in keys} for one in proposals]}

    def _deeper(self, name: str, *args: Any) -> str:
        weights = self.request.GET.get("w", "")
        return reverse(name, args=args) + (f"?{urlencode({'w': weights}, safe=':,')}" if weights else "")

    def _weights(self, criteria: Sequence[Any], weighs: weighing.Weighing) -> list[dict[str, Any]]:
        return [
            {"criterion": one, "own": plain(one.weight), "weight": plain(weighs.weights[one.code])} for one in criteria
        ]

    def _blind_words(self, found: Board) -> str:
        if not found.blind:
            return ""
        mine = (
            ScoreSheet.objects.visible_to(self.user)
            .filter(rfp=found.rfp, evaluator__person=self.user, state=ScoreSheet.State.OPEN)
            .exists()
        )
        if mine:
            return "The panel's scores of a proposal show once you have handed in yours."
        return "The panel's scores of a proposal show once everybody has handed theirs in."

    # ---- rows

    def _scores(self, found: Board, across: Sequence[Any]) -> list[tuple[str, list[dict[str, Any]]]]:
        matrix = found.matrix
        if matrix is None:
            return []
        base = reverse("evaluation:matrix", args=[found.rfp.pk])
        asked = self.request.GET.get("w", "")
        weights = weighing.read(asked, found.criteria).weights
        tail = f"?{urlencode({'w': asked}, safe=':,')}" if asked else ""
        places = found.rfp.places
        lines = []
        for one in found.criteria:
            cells = []
            for proposal in across:
                cell = matrix.lines[str(proposal.pk)].cells[one.code]
                value = cell.outcome.value
                note = ""
                if one.rule in Criterion.PRICE_RULES and (amount := found.amounts.get(str(proposal.pk))) is not None:
                    note = fmt.amount(amount, found.rfp.currency, 0)
                hidden = found.is_hidden(proposal, one)
                cells.append(
                    {
                        "url": f"{base}cells/{one.code}/{proposal.pk}/{tail}",
                        "text": "" if hidden or value is None else written(value, places),
                        "hidden": hidden,
                        "note": note,
                        "flagged": not hidden and cell.spread is not None and cell.spread.flagged,
                        "below": not hidden and cell.below,
                        "settled": (proposal.pk, one.code) in found.settled,
                    }
                )
            lines.append(
                {
                    "code": one.code,
                    "title": one.title,
                    "weight": plain(weights[one.code]),
                    "group": one.group,
                    "cells": write.row(map(write.score, cells)),
                    "differs": len({(cell["text"], cell["hidden"]) for cell in cells}) > 1,
                }
            )
        return grouped(lines, lambda line: line["group"])

    def _answers(self, found: Board, across: Sequence[Any]) -> list[tuple[str, list[dict[str, Any]]]]:
        read = opened(found.rfp, across, self.user)
        kinds = {one.kind for one in read.openings}
        envelopes = {proposal.pk: read.envelopes(proposal) for proposal in across}
        lines = []
        for question in read.questions:
            if question.envelope not in kinds:
                continue
            cells: list[dict[str, Any]] = []
            for proposal in across:
                item = read.of(proposal, question)
                sealed = question.envelope not in envelopes[proposal.pk]
                cells.append({"text": item.text, "files": item.files, "sealed": sealed})
            compared = {(cell["text"], tuple(file.sha256 for file in cell["files"]), cell["sealed"]) for cell in cells}
            lines.append(
                {
                    "code": question.code, "title": question.text, "group": question.group,
                    "cells": write.row(map(write.answer, cells)), "mandatory": question.mandatory,
                    "differs": len(compared) > 1,
                }
            )  # fmt: skip
        return grouped(lines, lambda line: line["group"])

    def _prices(self, found: Board, across: Sequence[Any]) -> list[tuple[str, list[dict[str, Any]]]]:
        rfp = found.rfp
        rates = {row.currency: row for row in rfp.rates.all()}
        said: dict[tuple[Any, str], Any] = {
            (row.proposal_id, row.line): row
            for row in Price.objects.visible_to(self.user).filter(proposal__in=[one.pk for one in across])
        }
        lines = []
        for line in rfp.price_sheet.order_by("position", "id"):
            cells = [_price_cell(rfp, rates, said.get((proposal.pk, line.code))) for proposal in across]
            lines.append(
                {
                    "code": line.code, "title": line.label, "note": line.get_unit_display(),
                    "cells": write.row(map(write.price, cells)), "differs": len({(cell["text"], cell["note"]) for cell in cells}) > 1,
                }
            )  # fmt: skip
        totals = []
        for proposal in across:
            amount = found.amounts.get(str(proposal.pk))
            text = fmt.amount(amount, rfp.currency, 0) if amount is not None else ""
            totals.append({"text": text, "note": "" if text else "Not computable", "why": ""})
        lines.append(
            {
                "code": "", "title": "Total cost of partnership", "note": "Present value, expected demand",
                "cells": write.row(map(write.price, totals)), "total": True, "differs": len({cell["text"] for cell in totals}) > 1,
            }
        )  # fmt: skip
        return [("Prices", lines)]


def _group(one: Any) -> Any:
    return one.group


def _price_cell(rfp: Any, rates: Mapping[str, Any], price: Any) -> dict[str, str]:
    """Return a quoted price in the base currency, with what was quoted, the rate and its day beside it."""
    quoted = price_words(price)
    if price is None or not quoted:
        return {"text": "", "note": "", "why": ""}
    why = price.assumption
    if price.amount is None or price.included or price.currency == rfp.currency:
        return {"text": quoted, "note": "", "why": why}
    rate = rates.get(price.currency)
    if rate is None:
        return {"text": quoted, "note": f"There is no rate for {price.currency}.", "why": why}
    amount = to_decimal(Fraction(price.amount) / Fraction(rate.per_base))
    extra = f", {fmt.with_unit(plain(price.percent), '%')}" if price.percent is not None else ""
    return {
        "text": f"{fmt.amount(amount, rfp.currency)}{extra}",
        "note": f"{quoted} at {plain(rate.per_base)} of {fmt.day(rate.on)}",
        "why": why,
    }
