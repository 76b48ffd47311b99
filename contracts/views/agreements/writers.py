"""The tables of an agreement as screens: who signs, its typed terms, what an amendment provides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages.forms import ReasonField
from cmo_lifecycle.doors.pages.parts import Among
from cmo_lifecycle.doors.writing import Asked, Screen, Writer, Written
from cmo_lifecycle.partners.forms import colleagues
from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.refusals import InvalidInput
from contracts.clauses.shapes import TERM_KINDS
from contracts.effective import HEAD, executed_amendments, head_label, shapes_of
from contracts.models import Agreement

SIGNATORIES = Screen(
    key="signatories",
    title="Signatories",
    heading="Who signs?",
    lead="One person for each side: an executive of ours and a contact of the CMO; of a quality agreement both quality units.",
    why="An agreement is executed when exactly these people have signed exactly this text. A contact who has no account "
    "signs on paper; legal records that with the copy.",
    good=("The contact of the CMO has an account, and an administrator has verified who it is.",),
    tables=(Asked("signatories", "Signatories", row_word="signatory"),),
)
TERMS = Screen(
    key="terms",
    title="Terms",
    heading="What does it say in numbers, dates and lengths?",
    lead="One line for each term that somebody will reckon with: clocks, volumes, prices, caps, levels.",
    why="What is typed can be counted: deadlines follow from clocks, shortfalls from volumes, and a target that is softer "
    "than the contract is noticed. The code is the same in every amendment.",
    good=("The value is written as the contract says it; the page says what it has understood.",),
    example="critical_event – Notice of a critical deviation – clock – hours – 24 hours",
    tables=(Asked("terms", "Terms", row_word="term", wide=True),),
)
PROVISIONS = Screen(
    key="provisions",
    title="Provisions",
    heading="What does the amendment change?",
    lead="One line for each thing that it adds, says anew, strikes, or changes of an earlier amendment.",
    why="The effective contract is the base with its amendments in order. What is written here is laid over it on the day "
    "of effect, and what stood below shows again once an amendment lapses.",
    tables=(Asked("provisions", "Provisions", row_word="provision", wide=True),),
)


class ReasonForm(forms.Form):
    """Why something is changed that was handed in already."""

    reason = ReasonField()


class TableWritten(Written):
    """One table of an agreement, with the reason where it was handed in already."""

    def __init__(self, writer: Writer, screen: Screen, record: Any, user: User, data: Any = None) -> None:
        self.why = ReasonForm(data) if record.needs_reason else None
        super().__init__(writer, screen, record, user, data)

    def extras(self) -> list[Any]:
        return [self.why] if self.why is not None else []

    def save(self, version: int) -> Any:
        (table,) = self.tables
        reason = self.why.cleaned_data["reason"] if self.why is not None else ""
        try:
            return parts.write(
                self.record, table.part, table.rows(), actor=self.user, version=version, reason=reason, source="page"
            )
        except InvalidInput as refusal:
            said = dict(refusal.errors)
            if self.why is not None and "reason" in said:
                self.why.add_error("reason", said.pop("reason"))
            for sentence in table.take(said):
                self.form.add_error(None, sentence)
            raise

    # ---- what stands in the cells

    def cells(self, name: str) -> Mapping[str, Callable[[], forms.Field]]:
        if name == "signatories":
            return {
                "colleague": lambda: Among(records=self._colleagues, required=False),
                "contact": lambda: Among(records=self._contacts, required=False),
            }
        found: dict[str, Callable[[], forms.Field]] = {"unit": lambda: _unit(required=name == "terms")}
        if name == "provisions":
            found |= {"about": lambda: Among(records=self._earlier, required=False), "path": self._path}
        return found

    @cached_property
    def _colleagues(self) -> list[User]:
        wanted = "quality" if self.record.is_quality else "executive"
        return list(colleagues().filter(groups__name=wanted))

    @cached_property
    def _contacts(self) -> list[Contact]:
        return list(Contact.objects.filter(cmo=self.record.cmo_id, left_on__isnull=True).order_by("name", "pk"))

    @cached_property
    def _earlier(self) -> list[Agreement]:
        return [one for one in executed_amendments(self.record.parent) if one.pk != self.record.pk]

    def _path(self) -> forms.Field:
        return forms.CharField(required=False, max_length=80, help_text=self._codes)

    @cached_property
    def _codes(self) -> str:
        typed = ", ".join(f"{code} ({label})" for code, (label, *_) in shapes_of(self.record.parent).items())
        head = ", ".join(f"{path} ({head_label(path)})" for path in HEAD)
        return f"A code of what it amends: {f'{typed}, ' if typed else ''}{head}; or a new one."


def _unit(*, required: bool) -> forms.Field:
    field = forms.ChoiceField(required=required, widget=PlainSelect)
    field.choices = [
        ("", "---------"), *((kind.capitalize(), [(unit, unit) for unit in units]) for kind, units in TERM_KINDS.items()),
    ]  # fmt: skip
    return field


class TableWriter(Writer):
    """One table of an agreement on a page of its own."""

    model = Agreement
    template = "contracts/agreements/write.html"

    def __init__(self, screen: Screen, page: str) -> None:
        self.screens = (screen,)  # type: ignore[misc]
        self.page = page  # type: ignore[misc]

    def findings(self, record: Any) -> list[Any]:
        return []

    def for_page(self, rows: QuerySet) -> QuerySet:
        rows = rows.select_related("cmo", "programme", "parent")
        if self.screens[0] is PROVISIONS:
            return rows.filter(kind=Agreement.Kind.AMENDMENT)
        return rows.exclude(kind=Agreement.Kind.AMENDMENT) if self.screens[0] is TERMS else rows

    def refusal(self, record: Any, user: User) -> str:
        if record.state in Agreement.SIGNED:
            return "An executed agreement is not edited: amend it."
        return super().refusal(record, user)

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> TableWritten:
        return TableWritten(self, screen, record, user, data)

    def context(self, record: Any, screen: Screen, written: Any, user: User) -> dict[str, Any]:
        return {"why": written.why}

    def url(self, record: Any, screen: Screen | None = None) -> str:
        return reverse(self.page, args=[record.pk])


SIGNATORIES_WRITER = TableWriter(SIGNATORIES, "contracts:agreement_signatories")
TERMS_WRITER = TableWriter(TERMS, "contracts:agreement_terms")
PROVISIONS_WRITER = TableWriter(PROVISIONS, "contracts:agreement_provisions")
WRITERS = (SIGNATORIES_WRITER, TERMS_WRITER, PROVISIONS_WRITER)
