"""Duties of an agreement, typed terms out of the library, and what the terms come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.parts import Among
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.doors.writing import Asked, Screen
from cmo_lifecycle.partners.forms import colleagues
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, Refusal
from contracts.clauses.shapes import GROUPS
from contracts.clauses.topics import TOPICS
from contracts.duties import said_on
from contracts.effective import shapes_of
from contracts.forms.obligations import SUM_FORMS
from contracts.models import Agreement, Term
from contracts.terms import term_sums, typed
from contracts.terms.shapes import Money
from contracts.views.agreements.writers import TableWriter, TableWritten
from contracts.views.places import AgreementPage
from strategy.sums.errors import SumError
from strategy.sums.numbers import shown

DUTIES = Screen(
    key="duties",
    title="Duties",
    heading="What has each side promised to do, and when?",
    lead="One line for each promise: once on a day, so long before or after a day of the agreement, again and again, or "
    "within a clock after an event.",
    why="Once the agreement is in force, the clock writes down what falls due in the coming 13 months, reminds whoever sees "
    "to it, and brings before others what is overdue. When a date moves, so does all that is counted from it.",
    good=(
        "Each line names one thing that can be shown to be done.",
        "A colleague of ours sees to it, also where the CMO owes it.",
        "What an event starts has only its clock: “24 hours”, “3 business days”.",
    ),
    example="Rolling forecast of 24 months – ours – Sven – again and again – effective day – every 1 month",
    tables=(Asked("duties", "Duties", row_word="duty", wide=True),),
)


class DutiesWritten(TableWritten):
    """The duties of an agreement, each with a colleague who sees to it."""

    def cells(self, name: str) -> Mapping[str, Callable[[], forms.Field]]:
        return {"owner": lambda: Among(records=self._owners, required=False)}

    @cached_property
    def _owners(self) -> list[User]:
        return list(colleagues())


class DutiesWriter(TableWriter):
    """The duties of an agreement or of an amendment."""

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> DutiesWritten:
        return DutiesWritten(self, screen, record, user, data)


DUTIES_WRITER = DutiesWriter(DUTIES, "contracts:agreement_duties")


# --- terms out of the library -------------------------------------------------------------


class LibraryTerms(AgreementPage):
    """The typed terms that clauses of such an agreement usually carry, each with an example, to be taken over."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(self._writable(pk), {}, {})

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self._writable(pk)
        sent = request.POST
        chosen = [code for code in self._offers(agreement) if sent.get(f"take.{code}")]
        values = {code: sent.get(f"value.{code}", "") for code in self._offers(agreement)}
        version = version_read(sent.get("version"), agreement)
        if version is None:
            return self._page(agreement, values, {}, chosen, [unread("agreement")], 400)
        if not chosen:
            return self._page(agreement, values, {}, chosen, ["Tick the terms that the agreement has."], 400)
        present = [{"id": row.pk, **{name: getattr(row, name) for name in Term.columns}} for row in agreement.terms.order_by("position")]  # type: ignore[attr-defined]  # fmt: skip
        added = []
        for code in chosen:
            topic, kind = self._offers(agreement)[code]
            added.append(
                {"code": code, "label": kind.label, "topic": topic.code, "kind": kind.kind, "unit": kind.unit, "value": values[code]}
            )  # fmt: skip
        try:
            parts.write(
                agreement, Term, [*present, *added], actor=self.user, version=version, reason=sent.get("reason", ""),
                source="page",
            )  # fmt: skip
        except InvalidInput as refused:
            wrong, said = self._placed(refused, len(present), chosen)
            return self._page(agreement, values, wrong, chosen, said, 400)
        except Refusal as refused:
            return self._page(agreement, values, {}, chosen, refused.sentences, refused.status)
        many = len(chosen)
        messages.success(request, f"Took over {many} {'term' if many == 1 else 'terms'}.")
        return redirect(agreement.get_absolute_url())

    @staticmethod
    def _placed(refused: InvalidInput, first: int, chosen: list[str]) -> tuple[dict[str, list[str]], list[str]]:
        """Return the sentences by the code of the term, and those that are about none of them."""
        wrong: dict[str, list[str]] = {}
        said: list[str] = []
        for place, sentences in refused.errors.items():
            row = place.partition(".")[0]
            if row.isdigit() and first <= int(row) < first + len(chosen):
                wrong.setdefault(chosen[int(row) - first], []).extend(sentences)
            else:
                said.extend(sentences)
        return wrong, said or ["Some of the values could not be read: each says why."]

    def _writable(self, pk: Any) -> Agreement:
        found = self.agreement(pk)
        if found.kind == Agreement.Kind.AMENDMENT:
            raise PermissionDenied("An amendment says what it adds in its provisions.")
        if not edits.may_edit(found, self.user):
            raise PermissionDenied("Your roles do not let you write the terms, or it is signed: amend it.")
        return found

    def _offers(self, agreement: Agreement) -> dict[str, tuple[Any, Any]]:
        if not hasattr(self, "_offered"):
            present = set(agreement.terms.values_list("code", flat=True))  # type: ignore[attr-defined]
            self._offered = {
                kind.code: (topic, kind)
                for topic in TOPICS.values()
                if agreement.kind in topic.agreements
                for kind in topic.terms
                if kind.code not in present
            }
        return self._offered

    def _page(
        self,
        agreement: Agreement,
        values: Mapping[str, str],
        wrong: Mapping[str, list[str]],
        chosen: Any = (),
        problems: Any = (),
        status: int = 200,
    ) -> HttpResponse:
        groups: dict[str, dict[str, Any]] = {}
        for code, (topic, kind) in self._offers(agreement).items():
            group = groups.setdefault(
                topic.group, {"name": GROUPS[topic.group], "topics": {}, "many": 0, "open": False}
            )
            group["many"] += 1
            group["open"] = group["open"] or code in chosen
            group["topics"].setdefault(topic.code, {"topic": topic, "terms": []})["terms"].append(
                {
                    "code": code,
                    "label": kind.label,
                    "unit": kind.unit,
                    "example": typed.example(kind.kind, kind.unit),
                    "value": values.get(code, kind.default),
                    "chosen": code in chosen,
                    "problems": wrong.get(code, []),
                }
            )
        return self.shown(
            "contracts/obligations/library.html",
            {
                **self.frame(agreement, "Terms of the library"),
                "sentence": "What clauses of such an agreement usually state in numbers. Tick what this one has, and write"
                " the value as it says it.",
                "groups": [{**group, "topics": list(group["topics"].values())} for group in groups.values()],
                "version": agreement.version,
                "needs_reason": agreement.needs_reason,
                "problems": list(problems),
            },
            status,
        )


# --- what terms come to -------------------------------------------------------------------

TITLES = {
    "tier": "What a quantity costs", "volume": "What falling short costs", "ladder": "What giving up a slot costs",
    "zone": "What a forecast binds us to", "index": "What the price is after its index has moved",
}  # fmt: skip


class SumsPage(AgreementPage):
    """Sums on the terms of an agreement as they stand today, with the arithmetic."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self.agreement(pk)
        today = timezone.localdate()
        said, asked = said_on(agreement, today), request.GET
        sections = []
        for code, (label, kind, unit) in shapes_of(agreement).items():
            if kind not in SUM_FORMS or code not in said:
                continue
            try:
                term = typed.read(kind, unit, str(said[code]))
            except SumError:
                continue
            mine = asked.get("term") == code
            form = SUM_FORMS[kind](asked if mine else None, auto_id=f"id_{code}_%s")
            section = {
                "code": code, "label": label, "title": TITLES[kind], "words": term.words, "form": form, "answer": None, "figure": "",
            }  # fmt: skip
            if mine and form.is_valid():
                try:
                    section["figure"], section["answer"] = counted(term, form.cleaned_data)
                except SumError as error:
                    form.add_error(error.field if error.field in form.fields else None, str(error))
            sections.append(section)
        return self.shown(
            "contracts/obligations/sums.html",
            {
                **self.frame(agreement, "What the terms come to"),
                "sentence": "Counted exactly, by the terms as they stand today with all amendments. Nothing is saved.",
                "sections": sections,
            },
        )


def counted(term: typed.Typed, said: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a term comes to, as a figure and with its arithmetic; SumError, field of the form, where it cannot be."""
    value: Any = term.value
    if term.kind == "zone":
        found = term_sums.binding(value, list(enumerate(numbers(said["forecast"], "forecast"), start=1)))
        return shown(found.exactly, 6), found.words
    if term.kind == "tier":
        total = term_sums.price(value, said["quantity"])
    elif term.kind == "volume":
        total = term_sums.shortfall(value, said["taken"], _money(said), said["percent"])
    elif term.kind == "ladder":
        total = term_sums.cancellation(value, said["days_before"], _money(said), said["resold"] or 0, said["credit"])
    else:
        total = term_sums.indexed(_money(said), value, numbers(said["changes"], "changes"))
    return f"{total.currency} {shown(total.exactly, 6)}", total.words


def _money(said: Mapping[str, Any]) -> Money:
    return Money(said["currency"].upper(), said["price"])


def numbers(text: str, field: str) -> list[Decimal]:
    """Return numbers that a person wrote with semicolons between them; SumError with the field."""
    found = []
    for one in text.split(";"):
        try:
            number = Decimal(one.strip().removesuffix("%").strip())
        except InvalidOperation:
            raise SumError(
                f"“{one.strip()}” is no number; write 4; 4; 5 with points for decimals.", field=field
            ) from None
        if not number.is_finite() or abs(number) > 10**12 or number.as_tuple().exponent < -6:  # type: ignore[operator]
            raise SumError(f"“{one.strip()}” is not a number that can be reckoned with here.", field=field)
        found.append(number)
    return found
