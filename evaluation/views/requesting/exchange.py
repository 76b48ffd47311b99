"""What goes back and forth while an RFP is open: questions of bidders, and addenda."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from evaluation.actions.clarifying import AnswerForm
from evaluation.filters import AddendumFilters, EnquiryFilters
from evaluation.forms.requesting import AddendumEditForm, AddendumForm
from evaluation.models import Addendum, Enquiry, Proposal

_WORD = re.compile(r"[^\W_][\w.-]{2,}")
#: Parts of company names that give nobody away.
COMMON = {
    "ag", "as", "biologics", "bio", "company", "contract", "corp", "corporation", "development", "finish", "fill",
    "gmbh", "group", "holding", "inc", "international", "labs", "laboratories", "limited", "llc", "ltd", "manufacturing",
    "packaging", "pharma", "pharmaceutical", "pharmaceuticals", "plc", "services", "solutions", "the", "and", "for",
    "contact",
}  # fmt: skip


def telltales(rfp: Any) -> dict[str, str]:
    """Return the words that name a bidder of an RFP, in small letters, each with whose they are.

    Of all who are invited, not of who asked: what stands on the page must not say which of them it was.
    """
    found: dict[str, str] = {}
    for one in Proposal.objects.filter(rfp=rfp).select_related("cmo").prefetch_related("cmo__sites", "cmo__contacts"):
        names = [one.cmo.legal_name, *one.cmo.aliases]
        names += [site.name for site in one.cmo.sites.all()]
        people = [(contact.name, contact.email) for contact in one.cmo.contacts.all()]
        names += [part for name, email in people for part in (name, email.partition("@")[2].rpartition(".")[0]) if part]
        for name in names:
            for word in _WORD.findall(name.casefold()):
                if word not in COMMON:
                    found.setdefault(word, str(one.cmo))
    return found


def gives_away(text: str, rfp: Any) -> list[str]:
    """Return the words of a text that could tell who asked, as they stand in it."""
    known = telltales(rfp)
    return list(dict.fromkeys(word for word in _WORD.findall(text) if word.casefold() in known))


class Enquiries(pages.Noun):
    """Questions of bidders. Who asked is nowhere to be seen."""

    model = Enquiry
    columns = (
        Column("number", "Question", kind="link", value=lambda row: f"Question {row.number}"),
        Column("rfp", "RFP", value="rfp.reference", note="rfp.title"),
        Column("question", "What is asked", value=lambda row: (row.wording or row.question)[:200], wrap=True),
        Column("state", "State", kind="state"),
        Column("asked_at", "Asked", kind="datetime"),
        Column("answered_at", "Answered", kind="datetime", default=False),
    )
    sorts = {"number": "number", "rfp": "rfp__reference", "state": "state", "asked_at": "asked_at"}
    sort = "-asked_at"
    filters = EnquiryFilters
    has_attachments = False
    list_sentence = "Every answer goes to all bidders at once, without a word of who asked."
    empty_sentence = "Bidders ask on their pages, until the day that the RFP names."
    about = {
        "title": "About questions of bidders",
        "purpose": "Whoever knows more than the others bids better for no good reason. So each answer goes to all of"
        " them, worded so that nobody can tell who asked.",
        "checklist": [
            "The wording names no bidder, no site of theirs and nobody who works there.",
            "The answer changes nothing that the RFP says: that takes an addendum.",
        ],
        "done": ["All questions are answered before the deadline, with time left to act on them."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp").defer("asked_by", "answer")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp__programme").defer("asked_by")

    def parent(self, record: Enquiry) -> Any:
        return record.rfp

    def sentence(self, record: Enquiry, request: HttpRequest) -> str:
        if record.state == Enquiry.State.ASKED:
            return "It waits for an answer, which goes to all bidders."
        if record.state == Enquiry.State.ANSWERED:
            return "Answered to all bidders."
        return "Left without an answer to all; who asked was told why."

    def facts(self, record: Enquiry, request: HttpRequest) -> list[Fact]:
        return [
            ("RFP", record.rfp, pages.url_of(record.rfp)),
            ("Asked", fmt.time_tag(record.asked_at), ""),
            ("Answered", fmt.time_tag(record.answered_at) if record.answered_at else "", ""),
        ]

    def panels(self, record: Enquiry, request: HttpRequest) -> Iterable[Panel]:
        yield Panel("As it was asked", words(record.question), key="asked")
        if record.state == Enquiry.State.ANSWERED:
            yield Panel("As all bidders read it", words(record.wording), key="wording")
        if record.answer:
            title = "The answer" if record.state == Enquiry.State.ANSWERED else "Why it was not answered"
            yield Panel(title, words(record.answer), key="answer")

    def step_form(self, record: Enquiry, verb: str) -> type[forms.Form] | None:
        if verb != "answer":
            return None
        rfp, asked = record.rfp, record.wording or record.question

        class Answering(AnswerForm):
            """The answer, with the question as it was asked to begin with."""

            sure = forms.BooleanField(
                required=False, label="These words give nobody away", widget=forms.HiddenInput
            )  # shown only where there is something to be sure of

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.fields["wording"].initial = asked
                said = str(self.data.get("wording", asked)) + " " + str(self.data.get("answer", ""))
                self.found = gives_away(said, rfp)
                if self.found:
                    self.fields["sure"].widget = forms.CheckboxInput()
                    self.fields["sure"].help_text = f"It says {', '.join(f'“{word}”' for word in self.found)}."

            def clean(self) -> dict[str, Any]:
                cleaned = super().clean() or {}
                if self.found and not cleaned.get("sure"):
                    named = ", ".join(f"“{word}”" for word in self.found)
                    self.add_error(
                        "wording",
                        f"{named} could tell who asked, or names a bidder: take it out, or say that it gives nobody away.",
                    )
                return cleaned

        return Answering

    def before_step(self, record: Enquiry, verb: str) -> str:
        if verb != "answer":
            return ""
        found = gives_away(record.question, record.rfp)
        return render_to_string("evaluation/requesting/before_answer.html", {"enquiry": record, "found": found})

    def consequences(self, record: Enquiry, verb: str) -> list[str]:
        match verb:
            case "answer":
                return ["All bidders read question and answer at once.", "Nobody is told who asked, here neither."]
            case "decline_to_answer":
                return ["Only who asked reads the reason, on their own page."]
        return []

    def step_home(self, record: Enquiry) -> str:
        return self.url(record.pk)


class Addenda(pages.Noun):
    """Changes of issued RFPs."""

    model = Addendum
    columns = (
        Column("title", "Addendum", kind="link", value=str),
        Column("rfp", "RFP", value="rfp.reference", note="rfp.title"),
        Column("state", "State", kind="state"),
        Column("closes_at", "New deadline", kind="datetime"),
        Column("published_at", "Published", kind="datetime"),
    )
    sorts = {"title": "title", "rfp": "rfp__reference", "state": "state", "published_at": "published_at"}
    sort = "title"
    filters = AddendumFilters
    form = AddendumForm
    edit_form = AddendumEditForm
    list_sentence = "What changed in an RFP after it was issued, told to all bidders alike."
    empty_sentence = "An issued RFP is changed by an addendum alone."
    about = {
        "title": "About addenda",
        "purpose": "What is issued stays as it is: bidders have begun to work on it. A change is published to all of them"
        " at once, and proposals that are in already have to be confirmed under it.",
        "checklist": [
            "It says what changes, and what stays.",
            "Bidders have the time that the change costs them: move the deadline.",
        ],
        "done": ["Each submitted proposal is confirmed under it, or replaced."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp").defer("body")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("rfp__programme")

    def parent(self, record: Addendum) -> Any:
        return record.rfp

    def sentence(self, record: Addendum, request: HttpRequest) -> str:
        match record.state:
            case Addendum.State.DRAFT:
                return "A draft: no bidder sees it."
            case Addendum.State.PUBLISHED:
                return f"Published to all bidders on {fmt.moment(record.published_at)}."
        return "Given up; no bidder has seen it."

    def facts(self, record: Addendum, request: HttpRequest) -> list[Fact]:
        return [
            ("RFP", record.rfp, pages.url_of(record.rfp)),
            ("Deadline of the RFP", fmt.time_tag(record.rfp.closes_at), ""),
            ("New deadline", fmt.time_tag(record.closes_at) if record.closes_at else "Stays as it is", ""),
            ("Published", fmt.time_tag(record.published_at) if record.published_at else "", ""),
        ]

    def panels(self, record: Addendum, request: HttpRequest) -> Iterable[Panel]:
        yield Panel("What changes", words(record.body), key="body")

    def before_step(self, record: Addendum, verb: str) -> str:
        if verb != "publish":
            return ""
        return render_to_string("evaluation/requesting/before_publish.html", {"addendum": record})

    def consequences(self, record: Addendum, verb: str) -> list[str]:
        if verb != "publish":
            return []
        found = ["All bidders read it at once.", "Proposals that are in already have to be confirmed by their bidders."]
        if record.closes_at is not None:
            found.append(
                f"The deadline moves from {fmt.moment(record.rfp.closes_at)} to {fmt.moment(record.closes_at)}."
            )
        return found


__all__ = ["Addenda", "Enquiries", "gives_away", "telltales"]
