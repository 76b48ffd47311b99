"""What the panel found about each proposal: requirements, risks, technology transfer, supporting capabilities, terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.history import field_label
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.parts import Table
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from evaluation.actions.appraisals import failed_musts
from evaluation.bars import Span, timeline
from evaluation.forms.deciding import BATCH, OVERSIGHT, RESERVES, AppraisalForm
from evaluation.models import Answer, Appraisal, Gap, Requirement
from evaluation.risks import assessed, limits, not_dealt_with
from evaluation.views.deciding.reading import cost_link, money
from evaluation.views.deciding.tables import TablePage
from strategy.sums.numbers import plain

VERDICTS = {"met": "good", "partly": "watch", "not_met": "bad"}
#: Terms that are amounts of the base currency, and those in percent; the rest are plain counts.
AMOUNTS = ("uncovered_material", "investigation", "delay", "stock_value", "exit_cost")
PERCENTS = ("bid_yield", "failed_batches", "liability_percent", "cancellation_percent", "carrying_percent")
OPTIONAL = ("bid_yield", "cancellation_percent", "exit_cost", "fte")

ASKED: dict[str, dict[str, Any]] = {
    "gaps": {"heading": "Requirement by requirement", "row_word": "requirement", "given": ("requirement",)},
    "risks": {
        "heading": "Risks of choosing this bidder", "row_word": "risk", "wide": True,
        "labels": {
            "risk": "What could go wrong", "action": "What is done about it", "due_on": "By",
            "residual_severity": "Severity after", "residual_occurrence": "Occurrence after",
            "residual_detection": "Detection after", "accepted": "Why it is accepted",
        },
        "helps": {"detection": "1: surely noticed in time; the highest: noticed by the patient."},
    },
    "transfer": {
        "heading": "Technology-transfer plan", "row_word": "phase", "wide": True,
        "help": "Each phase with what must hold at its end. Its cost counts besides the bidder's own price.",
    },
    "support": {
        "heading": "Supporting capabilities", "row_word": "capability",
        "help": "What the work needs besides making: testing, release, storage, cold chain, regulatory, serialisation.",
    },
}  # fmt: skip


class Appraisals(pages.Noun):
    """Appraisals of opened proposals."""

    model = Appraisal
    columns = (
        Column("cmo", "Bidder", kind="link", value="proposal.cmo"),
        Column("rfp", "RFP", value="rfp.reference", url=lambda row: f"/evaluation/rfps/{row.rfp_id}/"),
        Column("state", "State", kind="state"),
    )
    sorts = {"cmo": "proposal__cmo__legal_name", "rfp": "rfp__reference", "state": "state"}
    sort = "rfp"
    form = AppraisalForm
    list_sentence = "What the panels found about each opened proposal, besides the scores of each evaluator."
    empty_sentence = "An appraisal is laid out for every proposal as its technical envelope is opened."
    detail_template = "evaluation/deciding/record.html"

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("proposal__cmo", "rfp")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("proposal__cmo", "rfp__programme", "rfp__strategy")

    def title(self, record: Appraisal) -> str:
        return f"Appraisal of {record.proposal.cmo}"

    def parent(self, record: Appraisal) -> Any:
        return record.rfp

    def sentence(self, record: Appraisal, request: HttpRequest) -> str:
        if failed_musts(record):
            return "Knocked out: it does not meet a must. It takes no part in the ranking."
        needed, judged = record.rfp.requirements.count(), record.gaps.count()  # type: ignore[attr-defined]
        if record.state == Appraisal.State.SETTLED:
            return "Settled: requirements, risks, transfer and terms stand as the panel found them."
        return f"{judged} of {needed} requirements judged."

    def facts(self, record: Appraisal, request: HttpRequest) -> list[Fact]:
        return [
            ("Bidder", record.proposal.cmo, f"/cmos/{record.proposal.cmo_id}/"),
            ("RFP", record.rfp, record.rfp.get_absolute_url()),
            ("Proposal", record.proposal.get_state_display(), record.proposal.get_absolute_url()),  # type: ignore[attr-defined]
        ]

    def links(self, record: Appraisal, request: HttpRequest) -> list[dict[str, str]]:
        return [
            {"label": "Compare transfers", "url": reverse("evaluation:transfers", args=[record.rfp_id])},
            {"label": "Due diligence", "url": reverse("evaluation:diligence_board", args=[record.rfp_id])},
        ]

    def tabs(self, record: Appraisal, request: HttpRequest) -> list[tuple[str, str]]:
        return [("risks", "Risks"), ("transfer", "Technology transfer"), ("terms", "Cost terms")]

    def _table(self, record: Appraisal, request: HttpRequest, name: str) -> list[dict[str, Any]]:
        if not edits.may_edit(record, request.user):  # type: ignore[arg-type]
            return []
        return [{"label": "Write", "url": reverse("evaluation:appraisal_table", args=[record.pk, name])}]

    def panels(self, record: Appraisal, request: HttpRequest) -> list[Panel]:
        given = {"failed": failed_musts(record), "rows": fit(record)}
        edit = [{"label": "Write", "url": self.edit_url(record.pk)}] if self.may_edit(record, request.user) else []  # type: ignore[arg-type]
        support = list(record.support.order_by("position", "id"))  # type: ignore[attr-defined]
        return [
            Panel("Requirement by requirement", render_to_string("evaluation/deciding/fit.html", given),
                  actions=self._table(record, request, "gaps"), key="gaps"),
            Panel("Supporting capabilities", render_to_string("evaluation/deciding/support.html", {"rows": support}),
                  actions=self._table(record, request, "support"), key="support"),
            Panel("Strengths and weaknesses",
                  render_to_string("evaluation/deciding/words.html", {"text": record.summary, "empty": "Not written yet."}),
                  actions=edit, key="summary"),
        ]  # fmt: skip

    def tab_panels(self, tab: str, record: Appraisal, request: HttpRequest) -> list[Panel]:
        if tab == "risks":
            scale, threshold, gate = limits(record.rfp)
            given = {
                "rows": assessed(record), "left": not_dealt_with(record), "why": record.residual_risk,
                "how": f"Severity × occurrence × detection, each from 1 to {scale.highest}, as the strategy fixed before"
                f" anything was scored. A risk above {threshold}, or of severity {gate} or more, needs an action with"
                " owner and day, or an acceptance in writing; so does what remains of it.",
            }  # fmt: skip
            return [
                Panel("Risks of choosing this bidder", render_to_string("evaluation/deciding/risks.html", given),
                      actions=self._table(record, request, "risks"), key="risks")
            ]  # fmt: skip
        if tab == "transfer":
            given = transfer_of(record)
            return [
                Panel("Technology-transfer plan", render_to_string("evaluation/deciding/transfer.html", given),
                      actions=self._table(record, request, "transfer"), key="transfer")
            ]  # fmt: skip
        edit = [{"label": "Write", "url": self.edit_url(record.pk)}] if self.may_edit(record, request.user) else []  # type: ignore[arg-type]
        given = {"sections": terms_of(record), "cost_url": cost_link(record)}
        return [
            Panel("What its cost rests on besides its prices", render_to_string("evaluation/deciding/terms.html", given),
                  actions=edit, key="terms")
        ]  # fmt: skip

    def consequences(self, record: Appraisal, verb: str) -> list[str]:
        if verb == "settle":
            return [*failed_musts(record), "It is not written on any more, until somebody takes it up for a reason."]
        return []


def fit(record: Any) -> list[dict[str, Any]]:
    """Return every requirement with how the proposal meets it, those without a verdict included."""
    judged = {row.requirement: row for row in record.gaps.all()}
    return [
        {
            "requirement": one,
            "must": one.need == Requirement.Need.MUST,
            "gap": (gap := judged.get(one.code)),
            "tone": VERDICTS.get(gap.verdict, "none") if gap else "none",
            "knocked": gap is not None and gap.verdict == Gap.Verdict.NOT_MET and one.need == Requirement.Need.MUST,
        }
        for one in record.rfp.requirements.order_by("position", "id")
    ]


def transfer_of(record: Any) -> dict[str, Any]:
    """Return a transfer plan with its drawing, its length and its cost."""
    rows = list(record.transfer.order_by("starts_on", "position", "id"))
    currency = record.rfp.currency
    spans = [Span(row.phase, row.starts_on, row.ends_on, row.gate) for row in rows]
    return {
        "rows": [{"row": row, "cost": money(row.cost, currency)} for row in rows],
        "drawing": timeline(spans, title=f"Technology transfer to {record.proposal.cmo}"),
        "total": money(sum(row.cost for row in rows), currency) if rows else "",
        "starts": min((row.starts_on for row in rows), default=None),
        "ends": max((row.ends_on for row in rows), default=None),
        "gaps": sum(1 for row in rows if row.gaps.strip()),
    }


def terms_of(record: Any) -> list[dict[str, Any]]:
    """Return the terms in their sections as (label, value in words, whether a cost cannot be made without it)."""
    found = []
    for title, names in (
        ("A failed batch", BATCH),
        ("Reserves and leaving", RESERVES),
        ("Our own oversight", OVERSIGHT),
    ):
        rows = []
        for name in names:
            value = getattr(record, name)
            if value is None:
                said = "as the RFP says" if name in ("bid_yield", "fte") else ""
            elif name in AMOUNTS:
                said = money(value, record.rfp.currency, 2)
            else:
                said = f"{plain(value)}" + (" %" if name in PERCENTS else "")
            rows.append((field_label(Appraisal, name), said, value is None and name not in OPTIONAL))
        found.append({"title": title, "rows": rows})
    return found


class AppraisalTable(TablePage):
    """One table of an appraisal."""

    asked = ASKED

    def besides(self, record: Any, name: str) -> dict[str, Any]:
        if name == "gaps":
            codes = [(one.code, one.code) for one in self._requirements(record)]
            return {
                "rows": [{"requirement": code} for code, _ in codes],
                "fields": {"requirement": lambda: forms.ChoiceField(choices=codes, widget=PlainSelect)},
                "labels": {"verdict": "How it is met"},
            }
        return {}

    def _requirements(self, record: Any) -> list[Any]:
        return list(record.rfp.requirements.order_by("position", "id"))

    def home(self, record: Any, name: str) -> str:
        tab = f"?tab={name}" if name in ("risks", "transfer") else ""
        return f"{self.noun.url(record.pk)}{tab}#{name}"

    def tell(self, record: Any, name: str) -> None:
        failed = failed_musts(record) if name == "gaps" else []
        if failed:
            messages.warning(self.request, f"{record.proposal.cmo} is knocked out. {' '.join(failed)}")
        else:
            messages.success(self.request, "Saved.")

    def beside(self, record: Any, made: Table) -> dict[str, Any]:
        if made.name == "risks":
            scale, threshold, gate = limits(record.rfp)
            return {
                "scale": f"Score from 1 to {scale.highest}. A product above {threshold}, or a severity of {gate} or more,"
                " needs an action with owner and day, or an acceptance in writing."
            }
        if made.name != "gaps":
            return {}
        asked: dict[str, list[Any]] = {}
        for question in record.rfp.questions.exclude(requirement="").order_by("position", "id"):
            asked.setdefault(question.requirement, []).append(question)
        answers = {
            row.question: row.value for row in Answer.objects.visible_to(self.user).filter(proposal=record.proposal_id)
        }
        by_code = {}
        for row in made.forms:
            if not row.spare:
                by_code[str(row["requirement"].value())] = row
        return {
            "template": "evaluation/deciding/gaps.html",
            "rows": [
                {
                    "requirement": one,
                    "must": one.need == Requirement.Need.MUST,
                    "row": by_code[one.code],
                    "answers": [
                        {"question": question.question, "said": in_words(answers.get(question.code))}
                        for question in asked.get(one.code, ())
                    ],
                }
                for one in self._requirements(record)
                if one.code in by_code
            ],
        }


def in_words(value: Any) -> str:
    """Return a bidder's answer as one text."""
    if isinstance(value, list):
        return "\n".join(in_words(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {in_words(one)}" for key, one in value.items())
    return "" if value is None else str(value)
