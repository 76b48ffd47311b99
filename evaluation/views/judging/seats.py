"""Seats on a panel: who judges what, and the declaration of interests that comes before any access."""

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
from evaluation.filters import EvaluatorFilters
from evaluation.forms.judging import EvaluatorEditForm, EvaluatorForm
from evaluation.models import Evaluator, Rfp
from evaluation.views.judging.common import crumbs
from strategy.rules.shapes import GROUPS

E = Evaluator.State


def sections_of(seat: Evaluator) -> str:
    return "; ".join(name for code, name in GROUPS.items() if code in seat.sections) or "Reads and decides"


class Evaluators(pages.Noun):
    model = Evaluator
    columns = (
        Column("person", "Who", kind="link", value="person.name"),
        Column("rfp", "RFP", value=lambda row: str(row.rfp), wrap=True),
        Column("sections", "Scores", value=sections_of, wrap=True),
        Column("declared_at", "Declared", kind="datetime"),
        Column("state", "State", kind="state"),
    )
    sorts = {"person": "person__name", "rfp": "rfp__reference", "state": "state", "declared_at": "declared_at"}
    sort = "rfp"
    filters = EvaluatorFilters
    form = EvaluatorForm
    edit_form = EvaluatorEditForm
    add_title = "Ask a colleague onto the panel"
    add_button = "Ask"
    find_in = ("person__name", "rfp__reference")
    has_attachments = False
    list_sentence = "Who judges which proposals. Nobody reads one before they have declared to be free of conflicts."
    empty_sentence = "Name the panel of an RFP before it is issued."

    @property
    def heading(self) -> str:
        return "Panels"

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp", "person")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp__programme", "person")

    def added(self, record: Evaluator) -> str:
        return f"Asked {record.person} onto the panel; a declaration of interests comes first."

    def after_create(self, record: Evaluator) -> str:
        # A panel is named one after another.
        return reverse("evaluation:rfp_panel", args=[record.rfp_id])

    def crumbs(self, record: Evaluator | None = None) -> list[tuple[str, str]]:
        return super().crumbs() if record is None else crumbs(record.rfp)

    def title(self, record: Evaluator) -> str:
        return f"{record.person} on the panel of {record.rfp.reference}"

    def sentence(self, record: Evaluator, request: HttpRequest) -> str:
        mine = record.person_id == request.user.pk
        match record.state:
            case E.ASKED if mine:
                return "Declare whether you have a conflict of interests with any of the bidders below. Only then do you see what they say."
            case E.ASKED:
                return f"{record.person} has not declared yet, and sees no proposal before."
            case E.CLEARED:
                return "Declared to be free of conflicts; reads and scores the proposals."
            case E.CONFLICTED:
                return "Declared a conflict of interests and reads no proposal."
        return "Released from the panel."

    def facts(self, record: Evaluator, request: HttpRequest) -> list[Fact]:
        return [
            ("RFP", record.rfp, url_of_row(Rfp, record.rfp_id)),
            ("Scores", sections_of(record), ""),
            ("Declared", fmt.moment(record.declared_at) if record.declared_at else "Not yet", ""),
        ]

    def panels(self, record: Evaluator, request: HttpRequest) -> list[Panel]:
        found = []
        mine = record.person_id == request.user.pk
        if mine and record.state == E.ASKED:
            # Where somebody would look for buttons: the two answers to the one question of this page.
            answers: list[dict[str, Any]] = [
                {"label": "I have no conflict", "url": self.step_url(record.pk, "declare_none"), "primary": True},
                {"label": "I have a conflict", "url": self.step_url(record.pk, "declare_conflict")},
            ]
            found.append(Panel("The bidders", self._bidders(record), actions=answers, key="bidders", first=True))
        else:
            found.append(Panel("The bidders", self._bidders(record), key="bidders"))
        if record.declaration:
            found.append(
                Panel(
                    "What was declared",
                    render_to_string("evaluation/judging/panels/declared.html", {"seat": record}),
                    key="declared",
                )
            )
        return found

    def before_step(self, record: Evaluator, verb: str) -> str:
        return self._bidders(record) if verb in ("declare_none", "declare_conflict") else ""

    def consequences(self, record: Evaluator, verb: str) -> list[str]:
        match verb:
            case "declare_none":
                return ["Once proposals are open you read them, and score those of your sections."]
            case "declare_conflict":
                return ["You are removed from the panel at once, and read nothing that bidders handed in."]
            case "release":
                return ["Scores that were handed in stay on record and do not count any more."]
        return []

    def _bidders(self, record: Evaluator) -> Any:
        invited = record.rfp.proposals.select_related("cmo").order_by("cmo__legal_name")
        return render_to_string("evaluation/judging/panels/bidders.html", {"cmos": [one.cmo for one in invited]})
