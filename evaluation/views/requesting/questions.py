"""Pages of the question library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.history import field_label
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.revising import RevisePage
from cmo_lifecycle.doors.pages.tables import items, link, table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column, state_badge_html
from cmo_lifecycle.workflow import edits
from evaluation.actions import library as actions
from evaluation.asking import question_of
from evaluation.filters import LibraryFilters
from evaluation.forms.requesting import LibraryEditForm, LibraryForm
from evaluation.models import LibraryQuestion, Rfp

S = LibraryQuestion.State
USES_SHOWN = 30


class Library(pages.Noun):
    """Questions kept for the next RFP."""

    model = LibraryQuestion
    columns = (
        Column("code", "Code", kind="link"),
        Column("question", "Question", wrap=True),
        Column("group", "Group", value="get_group_display"),
        Column("kind", "Answered by", value="get_kind_display", note="unit"),
        Column("number", "Version", kind="number"),
        Column("state", "State", kind="state"),
        Column("envelope", "Envelope", value="get_envelope_display", default=False),
        Column("level", "Level", value="get_level_display", default=False),
        Column("bands", "Scores by band", wrap=True, default=False),
    )
    sorts = {"code": "code", "group": "group", "kind": "kind", "number": "number", "state": "state"}
    sort = "code"
    filters = LibraryFilters
    form = LibraryForm
    edit_form = LibraryEditForm
    find_in = ("question",)
    find_exact = ("code",)
    has_attachments = False
    list_sentence = "Worded once, asked again: answers of different bidders and years can be laid side by side."
    empty_sentence = "Add a question that is going to be asked more than once."
    about = {
        "title": "About the question library",
        "purpose": "A question that was asked before has answers to compare with, and bands that score it the same way"
        " for everybody. What was asked stays as it was: a better wording is a new version.",
        "checklist": [
            "It asks for one thing.",
            "A number has a unit; a choice has all its choices.",
            "Bands leave no gap: every answer has a score.",
        ],
        "done": ["Somebody who did not write it would understand the answer the same way."],
    }

    @property
    def heading(self) -> str:
        return "Question library"

    def found_note(self, record: LibraryQuestion) -> str:
        return f"Question, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def sentence(self, record: LibraryQuestion, request: HttpRequest) -> str:
        match record.state:
            case S.DRAFT:
                return f"Version {record.number} is a draft: RFPs are not offered it until it is put in use."
            case S.IN_USE:
                return f"Version {record.number}, offered to every new RFP."
            case S.SUPERSEDED:
                return f"Version {record.number} has given way to a later one; where it was asked it stays."
        return f"Version {record.number}, asked no more."

    def facts(self, record: LibraryQuestion, request: HttpRequest) -> list[Fact]:
        one: Any = record
        return [
            ("Group", one.get_group_display(), ""),
            ("Answered by", one.get_kind_display(), ""),
            ("Unit", record.unit, ""),
            ("Level", one.get_level_display(), ""),
            ("Envelope", one.get_envelope_display(), ""),
            ("Mandatory", "Yes" if record.mandatory else "No", ""),
        ]

    def panels(self, record: LibraryQuestion, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        yield Panel("What is asked", words(record.question), key="question")
        if record.help:
            yield Panel("Help for the bidder", words(record.help), key="help")
        asked = question_of(record)
        if asked.choices or asked.columns or asked.bands:
            body = render_to_string("evaluation/requesting/panels/answering.html", {"asked": asked, "record": record})
            yield Panel("How it is answered and scored", body, key="answering")
        versions = list(LibraryQuestion.objects.filter(code=record.code).order_by("-number"))
        earlier = next((one for one in versions if one.number < record.number), None)
        if earlier is not None:
            body = render_to_string(
                "evaluation/requesting/panels/differences.html", {"rows": differences(earlier, record)}
            )
            yield Panel(f"Version {record.number} against version {earlier.number}", body, key="differences")
        uses: QuerySet = (
            Rfp.objects.visible_to(user).filter(questions__code=record.code).select_related("programme").distinct()
        )
        yield Panel(
            "RFPs that ask it",
            table(
                (
                    Column("reference", "RFP", kind="link", value=str),
                    Column("programme", "Programme", value="programme.name"),
                    Column("state", "State", kind="state"),
                ),
                list(uses[:USES_SHOWN]),
                "RFPs that ask it",
                "None of those that you see.",
            ),
            key="uses",
        )
        yield Panel(
            "Versions",
            items(
                (
                    (
                        f"Version {one.number}"
                        if one.pk == record.pk
                        else link(self.url(one.pk), f"Version {one.number}"),
                        "shown here" if one.pk == record.pk else "",
                        state_badge_html(one),
                    )
                    for one in versions
                ),
                "",
            ),
            side=True,
            key="versions",
        )

    def links(self, record: LibraryQuestion, request: HttpRequest) -> list[dict[str, str]]:
        user: Any = request.user
        if record.state == S.IN_USE and edits.may_create(LibraryQuestion, user):
            return [{"label": "Revise", "url": f"{self.url(record.pk)}revise/", "icon": "pencil"}]
        return []

    def consequences(self, record: LibraryQuestion, verb: str) -> list[str]:
        match verb:
            case "put_in_use":
                earlier = LibraryQuestion.objects.filter(code=record.code, state=S.IN_USE).first()
                return [f"Version {earlier.number} gives way to it."] if earlier else ["It is offered to new RFPs."]
            case "retire":
                return ["No new RFP is offered it.", "RFPs that ask it keep it."]
        return []


COMPARED = (
    "group", "question", "kind", "unit", "choices", "table_columns", "mandatory", "level", "envelope", "bands", "help",
)  # fmt: skip


def differences(earlier: LibraryQuestion, later: LibraryQuestion) -> list[tuple[str, str, str]]:
    """Return what differs between two versions: the field, and both of its values in words."""
    found = []
    for name in COMPARED:
        values = []
        for one in (earlier, later):
            shown = getattr(one, f"get_{name}_display", None)
            value = shown() if shown else getattr(one, name)
            values.append("yes" if value is True else "no" if value is False else str(value))
        if values[0] != values[1]:
            found.append((field_label(LibraryQuestion, name), *values))
    return found  # type: ignore[return-value]


class ReviseQuestion(RevisePage):
    """Start the next version of a question in use."""

    sentence = "Version {record.number} stays in use until the next one, which begins as a copy of it, is put in use."
    done = "Version {made.number} is a draft now. Word it better, then put it in use."
    refused = "Your roles do not let you revise a question of the library."
    goes_on = True

    def start(self, record: Any, **inputs: Any) -> LibraryQuestion:
        return actions.revise(record, actor=self.user, source="page")

    def title(self, record: Any) -> str:
        return f"Revise question {record.code}"
