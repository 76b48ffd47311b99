"""Pages of the catalogue of partnership attributes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import table
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from strategy.filters import AttributeFilters
from strategy.models import PartnershipAttribute, Strategy

USES_SHOWN = 20


class AttributeForm(RecordForm):
    class Meta:
        model = PartnershipAttribute
        fields = ["name", "code", "group", "description", "position"]


class Attributes(pages.Noun):
    """What a partnership can be asked to be good at."""

    model = PartnershipAttribute
    columns = (
        Column("name", "Attribute", kind="link", note="code"),
        Column("group", "Asked among", value="get_group_display"),
        Column("description", "A CMO that is good at it", wrap=True),
        Column("state", "State", kind="state"),
        Column("position", "Place", kind="number", default=False),
    )
    sorts = {"name": "name", "group": "group", "position": "position", "state": "state"}
    sort = "position"
    filters = AttributeFilters
    form = AttributeForm
    find_in = ("name", "code")
    list_sentence = "What strategies weigh: the company's own list, which every programme chooses from."
    empty_sentence = "Add what a partnership can be asked to be good at."
    has_attachments = False
    about = {
        "title": "About the catalogue",
        "purpose": "Programmes that weigh the same words can be compared. An attribute says what a CMO that is good at"
        " it does, so that two people weigh the same thing.",
        "checklist": ["Add one only where none of those here says it.", "Retire one that nobody weighs any more."],
        "done": ["Each description could be checked at a site."],
    }

    @property
    def heading(self) -> str:
        return "Attribute catalogue"

    def found_note(self, record: PartnershipAttribute) -> str:
        return f"Attribute, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def crumbs(self, record: PartnershipAttribute | None = None) -> list[tuple[str, str]]:
        return [] if record is None else [(self.heading, self.list_url)]

    def sentence(self, record: PartnershipAttribute, request: HttpRequest) -> str:
        return f"Asked among “{record.get_group_display()}”."  # type: ignore[attr-defined]

    def facts(self, record: PartnershipAttribute, request: HttpRequest) -> list[Fact]:
        return [("Code", record.code, ""), ("Group", record.get_group_display(), "")]  # type: ignore[attr-defined]

    def panels(self, record: PartnershipAttribute, request: HttpRequest) -> list[Panel]:
        uses: QuerySet = (
            Strategy.objects.visible_to(request.user)
            .filter(attributes__attribute=record)
            .select_related("programme")
            .order_by("programme__name", "-number")
        )
        columns = (
            Column(
                "programme", "Strategy", kind="link", value=lambda row: f"{row.programme.name}, version {row.number}"
            ),
            Column("state", "State", kind="state"),
        )
        return [
            Panel(
                "What a CMO that is good at it does",
                format_html('<p class="text">{}</p>', record.description),
                key="does",
            ),
            Panel(
                "Strategies that weigh it",
                table(columns, list(uses[:USES_SHOWN]), "Strategies that weigh it", "None of those that you see."),
                key="uses",
            ),
        ]

    def consequences(self, record: Any, verb: str) -> list[str]:
        return ["It is no longer offered when attributes are chosen."] if verb == "retire_attribute" else []
