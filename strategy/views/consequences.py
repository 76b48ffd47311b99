"""What strategies ask for: the list, one of them, and all of one strategy on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow.refusals import Refusal
from cmo_lifecycle.workflow.transitions import transitions_of
from strategy.actions import consequences as actions
from strategy.actions.scaling import scale_criteria
from strategy.criteria import total_off
from strategy.filters import ConsequenceFilters
from strategy.findings import QUESTIONS
from strategy.models import Consequence, Strategy
from strategy.overview import short
from strategy.rules.shapes import Kind
from strategy.views.asking import as_row, content_rows, grouped
from strategy.views.places import may_write, writer_url

S = Consequence.State


def asks_url(strategy: Strategy) -> str:
    return reverse("strategy:asks", args=[strategy.pk])


class Consequences(pages.Noun):
    """What strategies ask of later stages."""

    model = Consequence
    columns = (
        Column("title", "What is asked for", kind="link", wrap=True),
        Column("kind", "Kind", value="get_kind_display"),
        Column("programme", "Programme", value="strategy.programme.name"),
        Column(
            "number",
            "Strategy",
            value=lambda row: f"Version {row.strategy.number}",
            note=lambda row: row.strategy.get_state_display(),
        ),
        Column("state", "Decision", kind="state"),
        Column("read_by", "Read by", value=lambda row: Kind(row.kind).read_by, default=False),
        Column("rule", "Rule", default=False),
    )
    sort = "programme"
    sorts = {"title": "title", "kind": "kind", "programme": "strategy__programme__name", "state": "state"}
    filters = ConsequenceFilters
    find_in = ("title",)
    list_sentence = (
        "What strategies ask of evaluation, contracts and operations: accepted, changed, declined or still open."
    )
    empty_sentence = "Nothing is asked for yet: a strategy's answers bring it about by rule."
    detail_template = "strategy/consequence.html"
    has_attachments = False
    on_desk = False
    about = {
        "title": "About what is asked for",
        "purpose": "Each of these follows from an answer by a rule that can be read. Later stages use those that"
        " were accepted, as they are or changed.",
        "checklist": [
            "Open why it follows before you decide.",
            "Change what is right in kind but not in measure.",
            "Decline what does not fit, and say why: the reason stays.",
        ],
        "done": ["Nothing is undecided when the strategy goes to review."],
    }

    @property
    def heading(self) -> str:
        return "What partnerships are asked for"

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("strategy__programme").only(
            "id", "title", "kind", "state", "rule", "strategy__id", "strategy__number", "strategy__state",
            "strategy__programme__id", "strategy__programme__name",
        )  # fmt: skip

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("strategy__programme", "inherits__strategy")

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [{"label": "The rules", "url": reverse("strategy:rules")}]

    def found_note(self, record: Consequence) -> str:
        return f"{record.get_kind_display()}, {record.strategy.programme.name}"  # type: ignore[attr-defined]

    def crumbs(self, record: Consequence | None = None) -> list[tuple[str, str]]:
        if record is None:
            return super().crumbs()
        strategy = record.strategy
        return [
            ("Strategies", reverse("strategy:strategy_list")),
            (f"{strategy.programme.name}, version {strategy.number}", url_of(strategy)),
            ("What it will ask for", asks_url(strategy)),
        ]

    def sentence(self, record: Consequence, request: HttpRequest) -> str:
        kind = Kind(record.kind)
        match record.state:
            case "proposed":
                return f"Undecided. {kind.read_by} would read it."
            case "accepted":
                return f"Accepted as the rule proposes it. {kind.read_by} reads it."
            case "changed":
                return f"Accepted in another form than the rule proposes. {kind.read_by} reads it."
            case "declined":
                return f"Declined: {kind.read_by} is not asked for it."
        return "Nothing in the strategy asks for it any more."

    def facts(self, record: Consequence, request: HttpRequest) -> list[Fact]:
        kind = Kind(record.kind)
        found: list[Fact] = [
            ("Kind", kind.label, ""),
            ("Read by", kind.read_by, ""),
            (
                "Strategy",
                f"{record.strategy.programme.name}, version {record.strategy.number}",
                url_of(record.strategy),
            ),
            ("Rule", f"{record.rule}, version {record.rule_version}", rule_url(record.rule)),
        ]
        if record.inherits is not None:
            before = record.inherits
            found.append(("Taken over from", f"Version {before.strategy.number}", url_of(before)))
        return found

    def panels(self, record: Consequence, request: HttpRequest) -> list[Panel]:
        writes = may_write(record.strategy, request.user)
        row = as_row(record, writable=writes)
        differs = record.state == S.CHANGED and record.content != record.proposed
        given = {
            "row": row,
            "content": content_rows(record),
            "proposed": content_rows(record, record.proposed) if differs else [],
        }
        title = "What is asked for instead" if differs else "What is asked for"
        panels = [Panel(title, render_to_string("strategy/panels/content.html", given), key="content")]
        if record.decision_reason:
            word = "Why it was declined" if record.state == S.DECLINED else "Why it was changed"
            panels.append(Panel(word, format_html('<p class="text">{}</p>', record.decision_reason), key="decision"))
        panels.append(Panel("Why it follows", render_to_string("strategy/panels/follows.html", given), key="follows"))
        return panels

    def step_form(self, record: Consequence, verb: str) -> type[forms.Form] | None:
        return content_form(record) if verb == "change" else None

    def step_home(self, record: Consequence) -> str:
        return f"{asks_url(record.strategy)}#c-{record.pk}"

    def after_step(self, record: Consequence, verb: str) -> str | None:
        done = {"accept": "Accepted", "change": "Changed", "decline": "Declined", "reconsider": "Open again"}.get(verb)
        return f"{done}: {record.title}." if done else None


def rule_url(rule: str) -> str:
    return f"{reverse('strategy:rules')}#rule-{rule}"


def content_form(consequence: Consequence) -> type[forms.Form]:
    """Return a form that asks for a consequence's content field by field; cleaned, it holds `content`."""
    fields: dict[str, Any] = {}
    for one in consequence.fields:
        given = {
            "label": one.label,
            "required": one.required,
            "help_text": one.help,
            "initial": consequence.content.get(one.name, ""),
        }
        if one.form == "choice":
            choices = [*one.choices] if one.required else [("", "Not given"), *one.choices]
            widget = PlainSelect()
            fields[f"content.{one.name}"] = forms.ChoiceField(choices=choices, widget=widget, **given)
        elif one.form == "decimal":
            fields[f"content.{one.name}"] = forms.DecimalField(
                max_digits=18, error_messages={"invalid": f"{one.label} is a number."}, **given
            )
        else:
            fields[f"content.{one.name}"] = forms.CharField(
                max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), **given
            )

    class ContentForm(forms.Form):
        base_names = tuple(fields)

        def clean(self) -> dict[str, Any]:
            cleaned = super().clean() or self.cleaned_data
            content = {}
            for name in self.base_names:
                plain = name.removeprefix("content.")
                given = cleaned.get(name)
                value = "" if given is None else str(given).strip()
                content[plain] = value
                field = next(one for one in consequence.fields if one.name == plain)
                if name in cleaned and (fault := field.fault(value)):
                    self.add_error(name, fault)
            return {**cleaned, "content": content}

    return type("ContentForm", (ContentForm,), fields)


class Asks(NounPage):
    """All that one strategy asks for, by the stage that reads it."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(self.record(pk))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Accept everything that is undecided (of one kind, where one is named), or scale the criteria, as read."""
        strategy = self.record(pk)
        if not self.user.has_role(*transitions_of(Consequence)["accept"].roles):
            raise PermissionDenied("Your roles do not let you decide what a strategy asks for.")
        if request.POST.get("version") != str(strategy.version):
            return self._page(
                strategy,
                ["The strategy has changed since you opened this page. Look at what it asks for now, then go on."],
                412,
            )
        try:
            said = self._scaled(strategy) if request.POST.get("do") == "scale" else self._accepted(strategy)
        except Refusal as refusal:
            return self._page(strategy, refusal.sentences, refusal.status)
        messages.success(request, said)
        return redirect(asks_url(strategy))

    def _accepted(self, strategy: Strategy) -> str:
        kind = self.request.POST.get("kind", "")
        count = actions.accept_all(strategy, actor=self.user, kind=kind, version=strategy.version, source="page")
        return f"Accepted {count} consequence{'' if count == 1 else 's'}." if count else "Nothing was undecided."

    def _scaled(self, strategy: Strategy) -> str:
        count = scale_criteria(strategy, actor=self.user, version=strategy.version, source="page")
        return f"Scaled {count} criteria: they weigh 100 now." if count else "The criteria weigh 100 already."

    def _page(self, strategy: Strategy, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        asks = list(strategy.consequences.select_related("strategy__programme"))  # type: ignore[attr-defined]
        for one in asks:
            one.strategy = strategy
        writes = may_write(strategy, self.user)
        only_open = self.request.GET.get("show") == "undecided"
        stages = grouped(asks, self.user, writable=writes, only_open=only_open)
        undecided = sum(1 for one in asks if one.state == S.PROPOSED)
        rows = [row for stage in stages for kind in stage.kinds for row in kind.rows]
        off = total_off(asks)
        return self.shown(
            "strategy/asks.html",
            {
                "title": "What this strategy will ask for",
                "crumbs": [*self.noun.crumbs(strategy), (f"Version {strategy.number}", self.noun.url(strategy.pk))],
                "sentence": _sentence(strategy, asks, undecided),
                "strategy": strategy,
                "state_record": strategy,
                "stages": stages,
                "undecided": undecided,
                "count": len(asks),
                "only_open": only_open,
                "may_accept": undecided
                and any("accept" in row["steps"] for row in rows)
                and all(getattr(strategy, question) for question, *_ in QUESTIONS),
                "weights_off": short(off) if off is not None else "",
                "may_scale": off is not None and any("change" in row["steps"] for row in rows),
                "problems": problems or [],
                "has_errors": bool(problems),
                "tabs": tabs_of(strategy, self.noun, "asks", undecided),
                "check_url": writer_url(strategy, "") if writes else "",
            },
            status,
        )


def tabs_of(strategy: Strategy, noun: Any, here: str, undecided: int = 0) -> list[dict[str, Any]]:
    """Return the sections of a strategy's pages; what it asks for has an address of its own."""
    where = noun.url(strategy.pk)
    found = [
        ("overview", "Overview", where),
        ("figures", "Figures", f"{where}?tab=figures"),
        ("market", "Market and risk", f"{where}?tab=market"),
        ("asks", "What it will ask for", f"{where}asks/"),
        ("history", "History", f"{where}?tab=history"),
    ]
    return [
        {"label": label, "url": url, "current": key == here, "count": undecided if key == "asks" else 0}
        for key, label, url in found
    ]


def _sentence(strategy: Strategy, asks: list[Consequence], undecided: int) -> str:
    holds = sum(1 for one in asks if one.is_binding)
    if not asks:
        return "Nothing follows yet. Answer the four questions, and what they bring about shows here."
    if undecided:
        wait = "1 proposal waits" if undecided == 1 else f"{undecided} proposals wait"
        return f"{wait} for a decision; {holds} of {len(asks)} are accepted."
    when = (
        "Later stages read them."
        if strategy.state == Strategy.State.APPROVED
        else "Later stages read them once it is approved."
    )
    return f"Everything is decided: {holds} of {len(asks)} are accepted. {when}"


__all__ = ["Asks", "Consequences", "asks_url", "content_form", "rule_url", "tabs_of"]
