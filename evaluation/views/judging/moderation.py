"""Moderation: where evaluators are far apart the panel talks, and records what it settled on and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cmo_lifecycle.doors.pages.numbers import version_read, whole_number
from cmo_lifecycle.doors.pages.registry import url_of_row
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from evaluation.board import Board, board
from evaluation.forms.judging import ConsensusForm
from evaluation.models import Appraisal, Consensus, Criterion, Proposal, Rfp, Score, ScoreSheet
from evaluation.panel import is_cleared, what_is_missing
from evaluation.scoring.export import written
from evaluation.views.judging import cells as write
from evaluation.views.judging.common import ACROSS, RfpPage, grouped, part_of
from evaluation.views.judging.evidence import opened
from strategy.sums.numbers import listed, plain, shown

#: How many scores to talk over are listed at once.
AT_ONCE = 20
#: What of the address says where on the page one is.
WHERE = ("from", "talk")


def where(request: HttpRequest) -> str:
    """Return the part of an address that leads back to where one is on the page of all scores."""
    told = {word: request.GET[word] for word in WHERE if whole_number(request.GET.get(word), 4)}
    return f"?{urlencode(told)}" if told else ""


def to_talk_over(found: Board, judged: Sequence[Any], running: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return (proposal, criterion) of each score that the panel has to talk over; what is locked is settled no more."""
    if found.matrix is None:
        return []
    lines = [(one, found.matrix.lines[str(one.pk)]) for one in running]
    wanted = []
    for criterion in judged:
        if found.rfp.state != stage_of(criterion):
            continue
        by_consensus = criterion.rule == Criterion.Rule.CONSENSUS
        for proposal, line in lines:
            spread = line.cells[criterion.code].spread
            if not by_consensus and (spread is None or not spread.flagged):
                continue
            if not found.is_hidden(proposal, criterion) and (proposal.pk, criterion.code) not in found.settled:
                wanted.append((proposal, criterion))
    return wanted


def state_of(found: Board, proposal: Any, criterion: Any, tail: str = "") -> dict[str, Any]:
    """Return how one score stands: its value, how far evaluators are apart, who is far off, and what was settled.

    `tail` is what its address ends with.
    """
    matrix = found.matrix
    assert matrix is not None
    cell = matrix.lines[str(proposal.pk)].cells[criterion.code]
    hidden = found.is_hidden(proposal, criterion)
    spread = None if hidden else cell.spread
    settled = None if hidden else found.settled.get((proposal.pk, criterion.code))
    value = cell.outcome.value
    return {
        "proposal": proposal,
        "criterion": criterion,
        "url": reverse("evaluation:consensus", args=[found.rfp.pk, proposal.pk, criterion.code]) + tail,
        "hidden": hidden,
        "value": "" if hidden or value is None else written(value, found.rfp.places),
        "range": shown(spread.range) if spread is not None and not hidden and value is not None else "",
        "flagged": spread is not None and spread.flagged,
        "outliers": listed(matrix.names[who] for who in spread.outliers) if spread and spread.flagged else "",
        "settled": settled,
        "settled_score": plain(settled.score) if settled is not None else "",
        "wanted": criterion.rule == Criterion.Rule.CONSENSUS and settled is None,
    }


def stage_of(criterion: Any) -> str:
    """Return the state of an RFP in which a score of this criterion may be settled."""
    return Rfp.State.COMMERCIAL if criterion.is_commercial else Rfp.State.EVALUATION


class ModerationPage(RfpPage):
    """All scores that people gave, eight proposals at a time, with what the panel has to talk over."""

    place = "moderation"

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.rfp(pk)
        context = self.frame(rfp) | {"title": "Moderation"}
        if context["sealed"]:
            return self.shown("evaluation/judging/moderation.html", context)
        found = board(rfp, viewer=self.user)
        judged = [one for one in found.criteria if one.rule not in Criterion.COMPUTED]
        running = [one for one in found.proposals if one.state in Proposal.IN_THE_RUNNING]
        across = part_of(request, running, ACROSS)
        talk = part_of(request, to_talk_over(found, judged, running), AT_ONCE, "talk")
        tail = where(request)
        rows: list[dict[str, Any]] = []
        settled = 0
        if found.matrix is not None:
            for one in judged:
                cells = [state_of(found, proposal, one, tail) for proposal in across["shown"]]
                rows.append({"criterion": one, "cells": write.row(map(write.moderated, cells))})
            keys, codes = {one.pk for one in running}, {one.code for one in judged}
            settled = sum(proposal in keys and code in codes for proposal, code in found.settled)
        is_technical = rfp.state == Rfp.State.EVALUATION
        context |= {
            "groups": grouped(rows, lambda row: row["criterion"].group),
            "across": across,
            "talk": talk | {"shown": [state_of(found, one, about, tail) for one, about in talk["shown"]]},
            "settled": settled,
            "blind": bool(found.blind),
            "problem": found.problem,
            "spread": plain(rfp.spread),
            "owed": what_is_missing(rfp, commercial=rfp.state == Rfp.State.COMMERCIAL)
            if rfp.state in Rfp.JUDGING
            else [],
            "lock_url": f"{url_of_row(Rfp, rfp.pk)}lock_technical/"
            if is_technical and self.user.has_role("sourcing") and is_cleared(rfp, self.user)
            else "",
            "is_technical": is_technical,
        }
        return self.shown("evaluation/judging/moderation.html", context)


class ConsensusPage(RfpPage):
    """One score before the panel: everybody's with reasons, and what is settled on."""

    place = "moderation"

    def get(self, request: HttpRequest, pk: Any, proposal: Any, code: str) -> HttpResponse:
        found, one, criterion, appraisal = self._open(pk, proposal, code)
        there = found.settled.get((one.pk, code))
        initial = {"score": plain(there.score), "reason": there.reason} if there is not None else None
        return self._page(found, one, criterion, appraisal, ConsensusForm(found.rfp, initial=initial))

    def post(self, request: HttpRequest, pk: Any, proposal: Any, code: str) -> HttpResponse:
        found, one, criterion, appraisal = self._open(pk, proposal, code)
        if not self._may(found, one, criterion, appraisal):
            raise PermissionDenied("You do not settle this score, or it is settled for good.")
        takes_back = request.POST.get("do") == "take_back"
        form = ConsensusForm(found.rfp, request.POST)
        version = version_read(request.POST.get("version"), appraisal)
        if version is None:
            form.is_valid()
            form.add_error(None, unread("appraisal"))
            return self._page(found, one, criterion, appraisal, form, 400)
        if not takes_back and not form.is_valid():
            return self._page(found, one, criterion, appraisal, form, 400)
        try:
            self._write(appraisal, code, None if takes_back else form.cleaned_data, version)
        except Stale:
            # Somebody settled or judged something else meanwhile: only this very score can be in the way.
            form.is_valid()
            form.add_error(None, "This score was changed since you opened the page. Look at it, and save again.")
            return self._page(found, one, criterion, self._appraisal(one), form, 412)
        except InvalidInput as refusal:
            form.is_valid()
            for name, sentences in refusal.errors.items():
                form.add_error("reason" if name.endswith(".reason") else "score", list(sentences))
            return self._page(found, one, criterion, appraisal, form, 400)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            form.is_valid()
            form.add_error(None, refusal.sentences)
            return self._page(found, one, criterion, appraisal, form, refusal.status)
        return redirect(self._back(found.rfp))

    def _write(self, appraisal: Any, code: str, given: dict[str, Any] | None, version: int) -> None:
        with transaction.atomic():
            rows = [
                {"id": row.pk, "criterion": row.criterion, "score": row.score, "reason": row.reason}
                for row in appraisal.consensus.order_by("position", "id")
            ]
            kept = [row for row in rows if row["criterion"] != code]
            if given is not None:
                old = next((row["id"] for row in rows if row["criterion"] == code), None)
                made: dict[str, Any] = {"criterion": code, "score": given["score"], "reason": given["reason"]}
                kept.append(made if old is None else {"id": old, **made})
            parts.write(appraisal, Consensus, kept, actor=self.user, version=version, source="page")

    def _open(self, pk: Any, proposal: Any, code: str) -> tuple[Board, Any, Any, Any]:
        rfp = self.rfp(pk)
        found = board(rfp, viewer=self.user)
        one = next((row for row in found.proposals if row.pk == proposal), None)
        criterion = next((row for row in found.criteria if row.code == code), None)
        if one is None or criterion is None or criterion.rule in Criterion.COMPUTED or self.frame(rfp)["sealed"]:
            raise Http404("There is no such score.")
        if found.is_hidden(one, criterion):
            raise PermissionDenied("The panel's scores show once you have handed in yours, or all of it has.")
        return found, one, criterion, self._appraisal(one)

    def _back(self, rfp: Any) -> str:
        return reverse("evaluation:moderation", args=[rfp.pk]) + where(self.request)

    def _appraisal(self, proposal: Any) -> Any:
        return Appraisal.objects.visible_to(self.user).filter(proposal=proposal).first()

    def _may(self, found: Board, proposal: Any, criterion: Any, appraisal: Any) -> bool:
        return (
            appraisal is not None
            and found.rfp.state == stage_of(criterion)
            and is_cleared(found.rfp, self.user)
            and edits.may_edit(appraisal, self.user)
        )

    def _page(
        self, found: Board, one: Any, criterion: Any, appraisal: Any, form: ConsensusForm, status: int = 200
    ) -> HttpResponse:
        rfp = found.rfp
        scores = Score.objects.filter(
            sheet__proposal=one, sheet__state=ScoreSheet.State.SUBMITTED, criterion=criterion.code,
            sheet__evaluator__in=[*found.seats], score__isnull=False,
        ).select_related("sheet__evaluator__person").order_by("sheet__evaluator__person__name")  # fmt: skip
        cell = found.matrix.lines[str(one.pk)].cells[criterion.code] if found.matrix is not None else None
        far = set(cell.spread.outliers) if cell and cell.spread and cell.spread.flagged else set()
        asked = [row.code for row in rfp.questions.all() if row.criterion == criterion.code]
        read = opened(rfp, [one], self.user, asked)
        context = self.frame(rfp)
        context |= {
            "title": f"{criterion.title}: {one.cmo}",
            "crumbs": [*context["crumbs"], ("Moderation", self._back(rfp))],
            "criterion": criterion,
            "proposal": one,
            "rows": [
                {
                    "name": row.sheet.evaluator.person.name,
                    "score": "" if row.score is None else plain(row.score),
                    "rationale": row.rationale,
                    "outlier": str(row.sheet.evaluator_id) in far,
                }
                for row in scores
            ],
            "state": state_of(found, one, criterion) if found.matrix is not None else {},
            "evidence": [read.of(one, question) for question in read.asked(one)],
            "form": form,
            "version": appraisal.version if appraisal is not None else 0,
            "may": self._may(found, one, criterion, appraisal),
            "back": self._back(rfp),
        }
        return self.shown("evaluation/judging/consensus.html", context, status)
