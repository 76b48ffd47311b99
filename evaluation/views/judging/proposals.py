"""Proposals: the invitation and what comes of it; once opened, what it says and whether it is complete."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of_row
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.models import CMO
from evaluation.access import may_read, was_opened, why_not
from evaluation.filters import ProposalFilters
from evaluation.forms.judging import ProposalForm
from evaluation.models import Appraisal, Gap, Price, Proposal, Rfp, ScoreSheet
from evaluation.models.vocabulary import EnvelopeKind
from evaluation.views.judging.common import crumbs, declaration_url, grouped, sealed_words
from evaluation.views.judging.evidence import Opened, opened
from strategy.sums.numbers import plain

P = Proposal.State
#: What became of an invitation that nothing was opened of.
NEVER_OPENED = (P.INVITED, P.DECLINED, P.WITHDRAWN, P.NOT_SUBMITTED)
VERDICTS = {Gap.Verdict.MET: "good", Gap.Verdict.PARTLY: "watch", Gap.Verdict.NOT_MET: "bad"}


class Proposals(pages.Noun):
    model = Proposal
    columns = (
        Column("cmo", "CMO", kind="link", value="cmo.legal_name"),
        Column("rfp", "RFP", value=lambda row: str(row.rfp), wrap=True),
        Column("submitted_at", "Handed in", kind="datetime"),
        Column("late", "Arrived", value=lambda row: row.get_late_display() if row.submitted_at else ""),
        Column("on_behalf", "Entered here", value=lambda row: "On behalf" if row.on_behalf else "", default=False),
        Column("state", "State", kind="state"),
    )
    sorts = {"cmo": "cmo__legal_name", "rfp": "rfp__reference", "submitted_at": "submitted_at", "state": "state"}
    sort = "rfp"
    filters = ProposalFilters
    form = ProposalForm
    add_title = "Invite a CMO"
    add_button = "Invite"
    has_edit = False
    has_attachments = False
    find_in = ("cmo__legal_name", "rfp__reference")
    list_sentence = (
        "Who was invited to which RFP, and what came of it. What is handed in stays sealed until the opening."
    )
    empty_sentence = "Invite candidates from the short list to an RFP."

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp", "cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp__programme", "cmo", "contact", "candidate")

    def added(self, record: Proposal) -> str:
        when = " It learns of it when the RFP is issued." if record.rfp.state in Rfp.BEFORE_ISSUE else ""
        return f"Invited {record.cmo}.{when}"

    def after_create(self, record: Proposal) -> str:
        # Bidders are invited one after another.
        return reverse("evaluation:rfp_invitations", args=[record.rfp_id])

    def crumbs(self, record: Proposal | None = None) -> list[tuple[str, str]]:
        return super().crumbs() if record is None else crumbs(record.rfp)

    def title(self, record: Proposal) -> str:
        return f"{record.cmo.legal_name}, {record.rfp.reference}"

    def is_hidden(self, record: Any) -> bool:
        """Whether nobody here is to know yet if it takes part."""
        return bool(record.rfp.hides_participation and record.rfp.state == Rfp.State.ISSUED)

    def sentence(self, record: Proposal, request: HttpRequest) -> str:
        rfp = record.rfp
        if self.is_hidden(record):
            return f"Invited. Whether it takes part is shown once the RFP closes, on {fmt.moment(rfp.closes_at)}."
        if record.state in NEVER_OPENED:
            said = record.get_state_display().lower()  # type: ignore[attr-defined]
            return f"{said[:1].upper()}{said[1:]}: there is nothing to read."
        if not was_opened(rfp):
            return f"Handed in. {sealed_words(rfp)}"
        if record.late == Proposal.Late.REFUSED:
            return "It came late and was not accepted: it stays sealed."
        if not may_read(request.user, record):
            return why_not(request.user, rfp)
        if record.state == P.SUBMITTED:
            return "Opened. Check whether it complies: then the panel scores it."
        if record.state == P.NON_COMPLIANT:
            return "It does not comply, and is not scored."
        return "Opened, and judged with the others."

    def stepper(self, record: Proposal) -> list[dict[str, Any]]:
        if self.is_hidden(record):
            return []
        order = {
            P.INVITED: 0, P.DECLINED: 1, P.WITHDRAWN: 1, P.NOT_SUBMITTED: 1, P.SUBMITTED: 1, P.COMPLIANT: 2,
            P.NON_COMPLIANT: 2, P.SCORED: 3, P.SHORTLISTED: 3, P.AWARDED: 4, P.NOT_AWARDED: 4,
        }  # fmt: skip
        at = order[P(record.state)]
        shown = record.get_state_display()  # type: ignore[attr-defined]
        labels = ["Invited", "Submitted", "Compliant", "Scored", "Decided"]
        labels[at] = shown
        if record.state in (*NEVER_OPENED[1:], P.NON_COMPLIANT):
            labels = labels[: at + 1]
        found: list[dict[str, Any]] = [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, label in enumerate(labels)
        ]
        if record.submitted_at and len(found) > 1:
            found[1]["note"] = fmt.moment(record.submitted_at)
        return found

    def facts(self, record: Proposal, request: HttpRequest) -> list[Fact]:
        found: list[Fact] = [
            ("CMO", record.cmo, url_of_row(CMO, record.cmo_id)),
            ("RFP", record.rfp, url_of_row(Rfp, record.rfp_id)),
            ("Written to", f"{record.contact.name}, {record.contact.email}" if record.contact else "", ""),
        ]
        if self.is_hidden(record):
            return found
        if record.submitted_at:
            found += [
                ("Handed in", fmt.moment(record.submitted_at), ""),
                ("Arrived", record.get_late_display(), ""),  # type: ignore[attr-defined]
                ("Receipt", f"SHA-256 {record.receipt[:16]}…", ""),
            ]
        if record.on_behalf:
            found.append(("Entered here on its behalf", record.on_behalf_why, ""))
        return found

    def tabs(self, record: Proposal, request: HttpRequest) -> list[tuple[str, str]]:
        if not self._reads(record, request):
            return []
        found = [("answers", "Answers")]
        if record.rfp.priced_at is not None:
            found.append(("prices", "Prices"))
        return found

    def _reads(self, record: Any, request: HttpRequest) -> bool:
        # Asked by several parts of one page.
        if not hasattr(record, "_reads"):
            record._reads = was_opened(record.rfp) and may_read(request.user, record)
        return bool(record._reads)

    def _opened(self, record: Any, request: HttpRequest) -> Opened:
        if not hasattr(record, "_opened"):
            record._opened = opened(record.rfp, [record], request.user)
        found: Opened = record._opened
        return found

    def panels(self, record: Proposal, request: HttpRequest) -> list[Panel]:
        if not self._reads(record, request):
            body = render_to_string(
                "evaluation/judging/panels/sealed.html",
                {
                    "sentence": self.sentence(record, request),
                    "declare": declaration_url(request.user, record.rfp) if was_opened(record.rfp) else "",
                },
            )
            return [Panel("What it says", body, key="sealed")]
        found = self._opened(record, request)
        unanswered = found.unanswered(record)
        steps = []
        if record.rfp.state == Rfp.State.EVALUATION and is_checker(request.user):
            if record.state in (P.SUBMITTED, P.NON_COMPLIANT):
                steps.append(
                    {"label": "It complies", "url": self.step_url(record.pk, "find_compliant"), "primary": True}
                )
            if record.state in (P.SUBMITTED, P.COMPLIANT):
                steps.append({"label": "It does not", "url": self.step_url(record.pk, "find_non_compliant")})
        asked = found.asked(record)
        compliance = render_to_string(
            "evaluation/judging/panels/compliance.html",
            {
                "record": record,
                "unanswered": unanswered,
                "mandatory": sum(one.mandatory for one in asked),
                "asked": len(asked),
                "answered": sum(not found.of(record, one).is_missing for one in asked),
                "answers_url": f"{self.url(record.pk)}?tab=answers",
            },
        )
        panels = [Panel("Compliance", compliance, actions=steps, key="compliance")]
        panels.append(self._gaps(record, request))
        sheets = ScoreSheet.objects.visible_to(request.user).filter(proposal=record, evaluator__person=request.user)
        if mine := list(sheets):
            from evaluation.views.judging.sheets import may_score, score_url

            rows = [
                {
                    "sheet": one,
                    "url": score_url(one.pk) if may_score(one, request.user) else url_of_row(ScoreSheet, one.pk),
                }
                for one in mine
            ]
            panels.append(
                Panel(
                    "My scoring",
                    render_to_string("evaluation/judging/panels/mine.html", {"rows": rows}),
                    side=True,
                    key="mine",
                )
            )
        panels.append(
            Panel(
                "Files",
                render_to_string(
                    "evaluation/judging/panels/files.html",
                    {"openings": found.openings, "files": _by_opening(found, record)},
                ),
                side=True,
                key="files",
            )
        )
        receipt = render_to_string(
            "evaluation/judging/panels/receipt.html", {"record": record, "openings": found.openings}
        )
        panels.append(Panel("Receipt and opening", receipt, side=True, key="receipt"))
        if record.rfp.state in Rfp.OPENED:
            link = reverse("evaluation:matrix", args=[record.rfp_id])
            panels[0] = Panel(
                "Compliance", compliance, actions=[*steps, {"label": "Matrix", "url": link}], key="compliance"
            )
        return panels

    def _gaps(self, record: Proposal, request: HttpRequest) -> Panel:
        appraisal = Appraisal.objects.visible_to(request.user).filter(proposal=record).first()
        told = {row.requirement: row for row in appraisal.gaps.all()} if appraisal is not None else {}
        rows = []
        for requirement in record.rfp.requirements.order_by("position", "id"):  # type: ignore[attr-defined]
            gap = told.get(requirement.code)
            rows.append(
                {
                    "requirement": requirement,
                    "gap": gap,
                    "verdict": gap.get_verdict_display() if gap is not None else "Not judged yet",
                    "tone": VERDICTS[gap.verdict] if gap is not None else "none",
                }
            )
        url = url_of_row(Appraisal, appraisal.pk) if appraisal is not None else ""
        body = render_to_string("evaluation/judging/panels/gaps.html", {"rows": rows})
        return Panel(
            "Requirements", body, actions=[{"label": "Appraisal", "url": url}] if url else [], flush=True, key="gaps"
        )

    def tab_panels(self, tab: str, record: Proposal, request: HttpRequest) -> list[Panel]:
        if not self._reads(record, request):
            return []
        if tab == "prices":
            return [self._prices(record, request)]
        found = self._opened(record, request)
        return [
            Panel(
                name,
                render_to_string(
                    "evaluation/judging/panels/answers.html",
                    {"items": [found.of(record, one) for one in questions]},
                ),
                key=f"group-{place}",
            )
            for place, (name, questions) in enumerate(grouped(found.asked(record), lambda one: one.group), start=1)
        ]

    def _prices(self, record: Proposal, request: HttpRequest) -> Panel:
        said = {row.line: row for row in Price.objects.visible_to(request.user).filter(proposal=record)}
        rows = []
        for line in record.rfp.price_sheet.order_by("position", "id"):  # type: ignore[attr-defined]
            price = said.get(line.code)
            rows.append({"line": line, "price": price, "text": price_words(price)})
        is_open = EnvelopeKind.COMMERCIAL in self._opened(record, request).envelopes(record)
        body = render_to_string("evaluation/judging/panels/prices.html", {"rows": rows, "is_open": is_open})
        return Panel("Prices as quoted", body, flush=True, key="prices")


def is_checker(user: Any) -> bool:
    """Whether the person's roles let them check for compliance."""
    return bool(user.has_role("sourcing", "quality"))


def price_words(price: Any) -> str:
    """Say what a bidder asks for a line, as it was quoted; empty where it says nothing."""
    if price is None:
        return ""
    if price.included:
        return "Included in another line"
    parts = []
    if price.amount is not None:
        parts.append(
            fmt.amount(price.amount, price.currency, max(2, -int(price.amount.normalize().as_tuple().exponent)))
        )
    if price.percent is not None:
        parts.append(fmt.with_unit(plain(price.percent), "%"))
    if price.quantity is not None:
        parts.append(f"× {plain(price.quantity)}")
    return ", ".join(parts)


def _by_opening(found: Opened, record: Any) -> list[dict[str, Any]]:
    """Return the files of a proposal with the questions that they answer."""
    rows = []
    for question in found.asked(record):
        rows += [{"question": question, "file": file} for file in found.of(record, question).files]
    return rows
