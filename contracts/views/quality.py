"""Pages of quality agreements: who answers for what, subcontractors, and the yearly exercise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.tables import ends, items, table, words
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.clocks import add_months
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, Refusal
from contracts import responsibility
from contracts.actions.agreements import matrix_rows
from contracts.duties import tracked_from
from contracts.filters import ExerciseFilters, SubcontractorFilters
from contracts.forms.quality import ExerciseForm, SubcontractorForm
from contracts.models import Agreement, Exercise, Responsibility, Subcontractor
from contracts.views.places import AgreementPage

LETTERS = (
    ("", "–"),
    ("R", "R"),
    ("A", "A"),
    ("AR", "A R"),
    ("C", "C"),
    ("I", "I"),
)
#: A matrix is looked at with these words under it.
LEGEND = "R does it, A answers for it, A R does both, C is asked before, I is told after."


def matrix_url(agreement: Agreement) -> str:
    return reverse("contracts:responsibilities", args=[agreement.pk])


class MatrixPage(AgreementPage):
    """The responsibility matrix, read and written as a whole."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self._quality(pk)
        begun = {row.activity: row.letters for row in matrix_rows(agreement)}
        usual = "usual" in request.GET and edits.may_edit(agreement, self.user)
        if usual:
            begun = {row.activity: begun.get(row.activity) or row.letters for row in responsibility.usual()}
        return self._page(agreement, begun, _notes(agreement), unsaved=usual)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self._quality(pk)
        if not edits.may_edit(agreement, self.user):
            raise PermissionDenied("Your roles do not let you write this matrix, or it is approved and signed.")
        sent = request.POST
        letters = {
            one.code: {party: sent.get(f"{one.code}.{party}", "") for party in responsibility.PARTIES}
            for one in responsibility.ACTIVITIES
        }
        notes = {one.code: sent.get(f"{one.code}.note", "") for one in responsibility.ACTIVITIES}
        version = version_read(sent.get("version"), agreement)
        if version is None:
            return self._page(agreement, letters, notes, problems=[unread("agreement")], status=400)
        rows = [
            {"activity": code, **row, "note": notes[code]}
            for code, row in letters.items()
            if any(row.values()) or notes[code]
        ]
        try:
            parts.write(
                agreement,
                Responsibility,
                rows,
                actor=self.user,
                version=version,
                reason=sent.get("reason", ""),
                source="page",
            )
        except InvalidInput as refused:
            said = [sentence for sentences in refused.errors.values() for sentence in sentences]
            return self._page(agreement, letters, notes, problems=said, status=400)
        except Refusal as refused:
            return self._page(agreement, letters, notes, problems=refused.sentences, status=refused.status)
        messages.success(request, "Saved the responsibility matrix.")
        return redirect(matrix_url(agreement))

    def _quality(self, pk: Any) -> Agreement:
        found = self.agreement(pk)
        if found.kind != Agreement.Kind.QAG:
            raise Http404("Only a quality agreement has a responsibility matrix.")
        return found

    def _page(
        self,
        agreement: Agreement,
        letters: Mapping[str, Mapping[str, str]],
        notes: Mapping[str, str],
        *,
        problems: Iterable[str] = (),
        unsaved: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        said = [responsibility.Row(code, row) for code, row in letters.items() if any(row.values())]
        wrong: dict[str, list[str]] = {}
        for one in responsibility.check(said):
            wrong.setdefault(one.activity, []).append(one.sentence)
        rows = [
            {
                "activity": one,
                "cells": [
                    {
                        "name": f"{one.code}.{party}",
                        "label": f"{one.name}: {label}",
                        "value": letters.get(one.code, {}).get(party, ""),
                    }
                    for party, label in responsibility.PARTIES.items()
                ],
                "note": notes.get(one.code, ""),
                "problems": wrong.get(one.code, []),
            }
            for one in responsibility.ACTIVITIES
        ]
        many = len(wrong)
        writes = edits.may_edit(agreement, self.user)
        sentence = f"{many} of {len(rows)} activities are not decided yet." if many else "Every activity is decided."
        return self.shown(
            "contracts/responsibilities.html",
            {
                **self.frame(agreement, "Responsibility matrix"),
                "sentence": f"{sentence} {LEGEND}",
                "rows": rows,
                "parties": responsibility.PARTIES.values(),
                "letters": LETTERS,
                "writes": writes,
                "version": agreement.version,
                "problems": list(problems),
                "unsaved": unsaved,
                "needs_reason": agreement.needs_reason,
                "usual_url": f"{matrix_url(agreement)}?usual=1" if writes and many else "",
            },
            status,
        )


def _notes(agreement: Agreement) -> dict[str, str]:
    return dict(agreement.responsibilities.values_list("activity", "note"))  # type: ignore[attr-defined]


class Subcontractors(pages.Noun):
    """Subcontractors."""

    model = Subcontractor
    columns = (
        Column("name", "Subcontractor", kind="link", value="name"),
        Column("activity", "For what", wrap=True),
        Column("agreement", "Under", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("state", "State", kind="state"),
        Column("ended_on", "Not used since", kind="date", default=False),
    )
    sorts = {"name": "name", "agreement": "agreement__reference", "state": "state"}
    sort = "name"
    filters = SubcontractorFilters
    form = SubcontractorForm
    find_in = ("name", "activity")
    list_sentence = "Nobody else touches the product before our quality unit has approved it."
    empty_sentence = "Ask the CMO whom it wants to use for testing, transport or steps of the process."
    about = {
        "title": "About subcontractors",
        "purpose": "Work that is passed on silently is made where nobody looked. EU GMP chapter 7 and ICH Q7 section 16"
        " ask for the owner's approval beforehand.",
        "checklist": ["What they do is told exactly.", "Audit, certificate or questionnaire, with its date."],
        "done": ["Our quality unit has signed the approval, or refused it with its reason."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme", "cmo", "site")

    def parent(self, record: Subcontractor) -> Any:
        return record.agreement

    def sentence(self, record: Subcontractor, request: HttpRequest) -> str:
        match record.state:
            case Subcontractor.State.ASKED:
                return "The CMO may not use it before our quality unit has approved it."
            case Subcontractor.State.APPROVED:
                return f"Approved for {record.activity}."
            case Subcontractor.State.REFUSED:
                return "Refused: the CMO may not use it for our product."
        return "It is not used any more."

    def facts(self, record: Subcontractor, request: HttpRequest) -> list[Fact]:
        return [
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("CMO that we know", record.cmo or "", pages.url_of(record.cmo) if record.cmo else ""),
            ("Site", record.site or "", pages.url_of(record.site) if record.site else ""),
            ("For what", record.activity, ""),
        ]

    def panels(self, record: Subcontractor, request: HttpRequest) -> Iterable[Panel]:
        if record.basis:
            yield Panel("How it was qualified", words(record.basis), key="basis")
        if record.conditions:
            yield Panel("Conditions", words(record.conditions), key="conditions")


class Exercises(pages.Noun):
    """Exercises under quality agreements."""

    model = Exercise
    columns = (
        Column("held_on", "Walked on", kind="date"),
        Column("event", "Event", kind="link", value=lambda row: row.event[:120], wrap=True),
        Column("agreement", "Agreement", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("gaps", "Gaps", value=lambda row: "Yes" if row.gaps.strip() else "None found"),
        Column("state", "State", kind="state"),
    )
    sorts = {"held_on": "held_on", "agreement": "agreement__reference", "state": "state"}
    sort = "-held_on"
    filters = ExerciseFilters
    form = ExerciseForm
    add_title = "Walk an event through"
    find_in = ("event", "gaps")
    list_sentence = "Once a year one real event is walked through the agreement: does it say what happened?"
    empty_sentence = "Take last year's worst deviation, and read what the agreement says at each step."
    about = {
        "title": "About the yearly exercise",
        "purpose": "An agreement that does not match reality protects nobody. Walking one real event through it, with"
        " both sides at the table, shows where practice and paper have parted.",
        "checklist": [
            "The event really happened, and has its number.",
            "Both sides took part.",
            "Each step names the row or clause that says so, or is a gap.",
        ],
        "done": ["Gaps have an action with owner and day, and quality has signed."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme")

    def parent(self, record: Exercise) -> Any:
        return record.agreement

    def sentence(self, record: Exercise, request: HttpRequest) -> str:
        found = "There are gaps between agreement and practice." if record.gaps.strip() else "No gap was found."
        return found if record.state == Exercise.State.SIGNED else f"{found} It is not signed yet."

    def facts(self, record: Exercise, request: HttpRequest) -> list[Fact]:
        return [
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("Participants", record.participants, ""),
        ]

    def panels(self, record: Exercise, request: HttpRequest) -> Iterable[Panel]:
        for title, value, key in (
            ("The event", record.event, "event"),
            ("Step by step", record.steps, "steps"),
            ("Where agreement and practice differ", record.gaps, "gaps"),
            ("What is to be changed", record.actions, "actions"),
        ):
            if value.strip():
                yield Panel(title, words(value), key=key)


@panel(Agreement, order=30)
def quality(record: Agreement, request: HttpRequest) -> Iterable[Panel]:
    """On a quality agreement's page: its matrix, its subcontractors and the yearly exercise."""
    if record.kind != Agreement.Kind.QAG:
        return
    user: Any = request.user
    problems = responsibility.sentences(matrix_rows(record))
    body = (
        items([(one, "", "") for one in problems[:8]], "")
        if problems
        else format_html('<p class="quiet">{}</p>', "Every activity has one who answers for it and one who does it.")
    )
    yield Panel(
        "Responsibility matrix", body, key="responsibilities",
        actions=[{"label": "Open the matrix", "url": matrix_url(record)}],
    )  # fmt: skip
    may = edits.may_create(Subcontractor, user)
    rows = list(Subcontractor.objects.visible_to(user).filter(agreement=record))
    yield Panel(
        "Subcontractors",
        table(
            (
                Column("name", "Subcontractor", kind="link", value="name"),
                Column("activity", "For what", wrap=True),
                Column("state", "State", kind="state"),
            ),
            rows,
            "Subcontractors",
            "None is asked for or approved: the CMO does all of it itself.",
        ),
        key="subcontractors",
        actions=[{"label": "Add a subcontractor", "url": f"{reverse('contracts:subcontractor_add')}?agreement={record.pk}"}] if may else [],
    )  # fmt: skip
    walked = list(Exercise.objects.visible_to(user).filter(agreement=record)[:5])
    yield Panel(
        "Yearly exercise",
        items(
            [(format_html('<a href="{}">{}</a>', one.get_absolute_url(), fmt.day(one.held_on)), one.event[:100], "") for one in walked],
            "No real event has been walked through it yet.",
        )
        + _next_exercise(record),
        key="exercises",
        actions=[{"label": "Walk an event through", "url": f"{reverse('contracts:exercise_add')}?agreement={record.pk}"}]
        if edits.may_create(Exercise, user)
        else [],
    )  # fmt: skip


def _next_exercise(agreement: Agreement) -> SafeString:
    """By when an event is walked through it again: a year after the last one that was signed, or after its start."""
    if agreement.state != Agreement.State.EFFECTIVE:
        return format_html("{}", "")
    signed = agreement.exercises.filter(state=Exercise.State.SIGNED)  # type: ignore[attr-defined]
    last = signed.order_by("-held_on").values_list("held_on", flat=True).first() or tracked_from(agreement)
    if last is None:
        return format_html("{}", "")
    return format_html("<p>The next one is due by {}</p>", ends(add_months(last, 12)))


@due(Agreement)
def reviews(record: Agreement, request: HttpRequest) -> Iterable[Due]:
    """When a quality agreement is to be reviewed."""
    if record.next_review is not None and record.state == Agreement.State.EFFECTIVE:
        yield Due(record.next_review, "Review of the quality agreement", record.get_absolute_url())


urlpatterns: list[URLPattern] = [
    path("agreements/<uuid:pk>/responsibilities/", MatrixPage.as_view(), name="responsibilities"),
    *pages.urls(Subcontractors, Exercises),
]
