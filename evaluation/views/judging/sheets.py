"""Score sheets: what one has to score, and the page on which one does."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of_row
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from evaluation.access import readable_sheets
from evaluation.models import Criterion, Evaluator, Proposal, Rfp, Score, ScoreSheet
from evaluation.panel import scored_by
from evaluation.scoring.rules import spread
from evaluation.views.judging.common import crumbs, grouped
from strategy.sums.numbers import listed, plain, shown

WHOSE = [("mine", "Mine"), ("all", "All that I may read")]


class ScoreSheetFilters(RecordFilters):
    """Score sheets; one's own unless others' are asked for."""

    find_in = ("proposal__cmo__legal_name", "rfp__reference", "rfp__title")

    whose = Choice(label="Whose", choices=WHOSE, method="by_whose", empty_label=None)
    state = Choice(label="State", choices=ScoreSheet.State.choices)
    rfp = Reference(Rfp, label="RFP")
    proposal = Reference(Proposal, label="Proposal")

    class Meta:
        model = ScoreSheet
        fields: list[str] = []

    def by_whose(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("whose") == "all" or self.request is None:
            return found
        return found.filter(evaluator__person=self.request.user)


def may_score(sheet: Any, user: Any) -> bool:
    """Whether the person writes this sheet now."""
    return (
        sheet.evaluator.person_id == user.pk
        and sheet.evaluator.state == Evaluator.State.CLEARED
        and bool(edits.may_edit(sheet, user))
    )


def score_url(pk: Any) -> str:
    return reverse("evaluation:score_sheet_write", args=[pk])


def _where(sheet: Any) -> str:
    """An open sheet leads to where it is written, any other to what it says."""
    return score_url(sheet.pk) if sheet.is_editable else url_of_row(ScoreSheet, sheet.pk)


def missing_words(sheet: Any, criteria: Iterable[Criterion], rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Return what a sheet still lacks, in the order of the page: the code of the criterion and a sentence."""
    there = {row.criterion: row for row in rows}
    found = []
    for one in (one for _, rows in grouped(criteria, lambda one: one.group) for one in rows):
        row = there.get(one.code)
        if row is None or row.score is None:
            found.append((one.code, f"Score “{one.title}”."))
        elif not row.rationale.strip():
            found.append((one.code, f"Say why “{one.title}” scores {plain(row.score)}."))
    return found


@duty
def scoring(user: Any) -> Iterable[Duty]:
    """One's own sheets that are not handed in: due by the decision on the RFP, today where no day is set."""
    if user.is_external:
        return
    rows = ScoreSheet.objects.visible_to(user).filter(evaluator__person=user, state=ScoreSheet.State.OPEN)
    for sheet in rows.select_related("rfp__programme", "proposal__cmo", "evaluator__person"):
        if may_score(sheet, user):
            day = sheet.rfp.decision_by or timezone.localdate()
            yield Duty(day, f"{sheet.proposal.cmo}, {sheet.rfp}", score_url(sheet.pk), "Scores to hand in")


class ScoreSheets(pages.Noun):
    model = ScoreSheet
    columns = (
        Column("proposal", "Proposal", kind="link", value=lambda row: str(row.proposal.cmo), url=_where),
        Column("rfp", "RFP", value=lambda row: str(row.rfp), wrap=True),
        Column("part", "Part", value=lambda row: "Commercial" if row.commercial else "Technical"),
        Column("evaluator", "Evaluator", value="evaluator.person.name"),
        Column("progress", "Scored", value="progress"),
        Column("decision_by", "Decision by", kind="date", value="rfp.decision_by"),
        Column("state", "State", kind="state"),
    )
    sorts = {
        "proposal": "proposal__cmo__legal_name",
        "rfp": "rfp__reference",
        "evaluator": "evaluator__person__name",
        "decision_by": "rfp__decision_by",
        "state": "state",
    }
    sort = "state"
    filters = ScoreSheetFilters
    find_in = ("proposal__cmo__legal_name", "rfp__reference")
    list_sentence = (
        "What you score, proposal by proposal. Nobody sees your scores before they have handed in their own."
    )
    empty_sentence = (
        "Sheets come to you once proposals are opened and found complete, if you sit on the panel and have declared"
        " no conflict."
    )
    has_attachments = False
    #: The desk tells what happened to everybody; scores are nobody else's business until they are handed in.
    on_desk = False
    about = {
        "title": "About scoring",
        "purpose": "Each evaluator scores alone, from what the bidder handed in, and says why. Only then are the"
        " scores laid side by side, and where they are far apart the panel talks.",
        "checklist": [
            "Each score rests on what stands beside it, not on what you know of the bidder.",
            "The reason would convince somebody who was not there.",
            "A low score for what is missing, not for what you did not find.",
        ],
        "done": ["Every criterion of your sections has a score and a reason, and the sheet is handed in."],
        "source": "Applebaum 2006, practice 2.",
    }

    @property
    def heading(self) -> str:
        return "My scoring"

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp", "proposal__cmo", "evaluator__person").annotate(
            there=Count("scores", filter=Q(scores__score__isnull=False) & ~Q(scores__rationale=""))
        )

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp__programme", "proposal__cmo", "evaluator__person")

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        asked: dict[tuple[Any, bool], dict[str, int]] = {}
        found = Criterion.objects.filter(rfp__in={row.rfp_id for row in rows}).exclude(rule__in=Criterion.COMPUTED)
        for rfp, group in found.order_by().values_list("rfp", "group"):
            counts = asked.setdefault((rfp, group == "total_cost"), {})
            counts[group] = counts.get(group, 0) + 1
        for row in rows:
            counts = asked.get((row.rfp_id, row.commercial), {})
            of = sum(counts.get(group, 0) for group in row.evaluator.sections)
            row.progress = f"{row.there} of {of}"

    def title(self, record: ScoreSheet) -> str:
        return str(record)

    def crumbs(self, record: ScoreSheet | None = None) -> list[tuple[str, str]]:
        if record is None:
            return super().crumbs()
        return [(self.heading, self.list_url), crumbs(record.rfp)[-1]]

    def sentence(self, record: ScoreSheet, request: HttpRequest) -> str:
        if record.state == ScoreSheet.State.SUBMITTED:
            return "Handed in. The scores of the others stand beside it."
        if not record.is_editable:
            return "Never handed in: the scores were locked without it."
        left = missing_words(record, scored_by(record), record.scores.all())  # type: ignore[attr-defined]
        return f"{len(left)} still to do before it can be handed in." if left else "Complete: it can be handed in."

    def facts(self, record: ScoreSheet, request: HttpRequest) -> list[Fact]:
        return [
            ("Proposal", record.proposal.cmo, url_of_row(Proposal, record.proposal_id)),
            ("RFP", record.rfp, url_of_row(Rfp, record.rfp_id)),
            ("Evaluator", record.evaluator.person, ""),
            ("Part", "Commercial" if record.commercial else "Technical", ""),
        ]

    def links(self, record: ScoreSheet, request: HttpRequest) -> list[dict[str, str]]:
        if may_score(record, request.user):
            return [{"label": "Score", "url": score_url(record.pk), "icon": "pencil"}]
        return []

    def panels(self, record: ScoreSheet, request: HttpRequest) -> list[Panel]:
        body = render_to_string(
            "evaluation/judging/panels/sheet.html", {"groups": beside(record, request.user), "sheet": record}
        )
        return [Panel("Scores", body, flush=True, key="scores")]

    def consequences(self, record: ScoreSheet, verb: str) -> list[str]:
        if verb == "submit":
            return ["Your scores are not changed any more.", "You see those of the others who have handed theirs in."]
        if verb == "reopen":
            return [f"{record.evaluator.person} scores again, and does not see the others' scores meanwhile."]
        return []


def beside(sheet: Any, user: Any) -> list[dict[str, Any]]:
    """Return a sheet's scores with those of the others that the person may read, their spread and who is far off."""
    rows = Score.objects.filter(
        sheet__in=readable_sheets(user).filter(proposal=sheet.proposal_id, commercial=sheet.commercial).values("pk"),
        sheet__evaluator__state=Evaluator.State.CLEARED,
    )
    names: dict[str, str] = {}
    by_code: dict[str, dict[str, Any]] = {}
    for row in rows.select_related("sheet__evaluator__person").order_by("sheet__evaluator__person__name", "sheet_id"):
        key = str(row.sheet.evaluator_id)
        names[key] = row.sheet.evaluator.person.name
        if row.sheet_id == sheet.pk or row.sheet.state == ScoreSheet.State.SUBMITTED:
            by_code.setdefault(row.criterion, {})[key] = row
    own = str(sheet.evaluator_id)
    found = []
    for one in scored_by(sheet):
        there = by_code.get(one.code, {})
        marks = {who: row.score for who, row in there.items() if row.score is not None}
        apart = spread(marks, sheet.rfp.spread or Decimal(1)) if len(marks) > 1 else None
        found.append(
            {
                "criterion": one,
                "score": _written(there.get(own)),
                "rationale": there[own].rationale if own in there else "",
                "others": [(names[who], _written(row), row.rationale) for who, row in there.items() if who != own],
                "apart": apart,
                "range": shown(apart.range) if apart else "",
                "outliers": listed(names[who] for who in apart.outliers) if apart and apart.flagged else "",
            }
        )
    return found


def _written(row: Any) -> str:
    return "" if row is None or row.score is None else plain(row.score)
