"""The guided writer: one question a screen, savable at any point, with what it brings about beside each answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from math import log
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.forms.models import fields_for_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html, format_html_join

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.roles import INTERNAL
from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.history import field_label, readable
from cmo_lifecycle.doors.pages import RecordForm, SignedIn, noun_of
from cmo_lifecycle.doors.pages.parts import Among, Table, readably
from cmo_lifecycle.doors.templatetags.ui import icon
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from strategy import drawing, rules
from strategy.findings import Finding, findings
from strategy.models import Force, Judgement, PartnershipAttribute, Strategy
from strategy.overview import Overview
from strategy.screens import ASKS, BY_KEY, CHECK, FIRST, SCREEN_OF, SCREENS, SOURCE, Asked, Screen, beside

CHOICES = ("core_competency", "sourcing_intent", "alternates", "duration", "weights_by", "tier", "risk_scale")
#: Saaty's words for how much more important one is than the other.
IMPORTANCE = {
    1: "equally important",
    2: "between equally and moderately more important",
    3: "moderately more important",
    4: "between moderately and strongly more important",
    5: "strongly more important",
    6: "between strongly and very strongly more important",
    7: "very strongly more important",
    8: "between very strongly and extremely more important",
    9: "extremely more important",
}
STATES = {
    "empty": "Empty",
    "optional": "Empty, optional",
    "begun": "Begun",
    "complete": "Complete",
    "undecided": "Decisions open",
}
#: Where the session notes that a screen was just saved and asks for more.
SAVED_HERE = "writer_saved"


class ScreenForm(RecordForm):
    """The fields of one screen. What may stand in them is said once, where the record is written."""

    def _post_clean(self) -> None:
        pass


class Pairs(forms.Form):
    """Every two attributes against each other: one choice of words for each pair."""

    def __init__(
        self, attributes: Sequence[PartnershipAttribute], judged: Iterable[Judgement], data: Any = None
    ) -> None:
        super().__init__(data, prefix="pair")
        self.pairs = {f"{one.code}-{other.code}": (one, other) for one, other in combinations(attributes, 2)}
        known: dict[str, Judgement] = {f"{row.first.code}-{row.second.code}": row for row in judged}
        for name, (one, other) in self.pairs.items():
            chosen, turned = known.get(name), known.get(f"{other.code}-{one.code}")
            value = _mark(chosen.ratio) if chosen else _mark(turned.ratio, turned=True) if turned else ""
            choices = _importance(one.name, other.name)
            if value and value not in dict(choices):
                choices.append((value, f"As entered: {value}"))
            self.fields[name] = forms.ChoiceField(
                choices=choices, required=False, initial=value, label=f"{one.name} against {other.name}",
                widget=forms.Select,
            )  # fmt: skip

    def rows(self, kept: Iterable[PartnershipAttribute]) -> list[dict[str, Any]]:
        """Return the judgements between attributes that are kept."""
        keys = {one.pk for one in kept}
        return [
            {"first": one, "second": other, "ratio": _ratio(self.cleaned_data[name])}
            for name, (one, other) in self.pairs.items()
            if self.cleaned_data.get(name) and {one.pk, other.pk} <= keys
        ]


def _importance(one: str, other: str) -> list[tuple[str, str]]:
    left = [(str(n), f"{one}: {IMPORTANCE[n]} ({n})") for n in range(9, 1, -1)]
    right = [(f"1/{n}", f"{other}: {IMPORTANCE[n]} ({n})") for n in range(2, 10)]
    return [("", "Not compared yet"), *left, ("1", "Both equally important (1)"), *right]


def _mark(ratio: Decimal, *, turned: bool = False) -> str:
    """A ratio as the choice that stands for it: '3', '1/3', or its digits where it is none of the scale."""
    exact = 1 / ratio if turned else ratio
    for n in range(1, 10):
        if abs(exact - n) < Decimal("0.00001") * n:
            return str(n)
        if abs(exact - Decimal(1) / n) < Decimal("0.000001"):
            return f"1/{n}"
    return f"{exact:.6f}".rstrip("0")


def _ratio(mark: str) -> Decimal:
    over, _, under = mark.partition("/")
    return (Decimal(over) / Decimal(under or 1)).quantize(Decimal("0.000001"))


@dataclass(frozen=True)
class Entry:
    """A screen in the list of screens: where it is, and how far it has come."""

    screen: Screen
    number: int
    url: str
    state: str
    here: bool

    @property
    def words(self) -> str:
        return STATES.get(self.state, "")


class Written:
    """What one screen asks for, bound to what was sent or to what stands."""

    def __init__(self, screen: Screen, strategy: Strategy, user: User, data: Any = None) -> None:
        self.screen, self.strategy, self.user, self.data = screen, strategy, user, data
        self.form = _form_class(screen)(data, user=user, instance=Strategy.objects.get(pk=strategy.pk))
        self.tables = [self._table(asked) for asked in screen.tables]
        self.pairs = self._pairs() if "judgements" in screen.also else None

    def _table(self, asked: Asked) -> Table:
        fields: dict[str, Any] = {}
        rows: list[dict[str, Any]] = []
        match asked.name:
            case "attributes":
                fields["attribute"] = lambda: Among(records=self._attributes, label="Attribute")
            case "demand":
                rows = [{"year": year} for year in self.strategy.years]
            case "forces":
                rows = [{"name": name} for name in Force.Name.values]
            case "known_cmos":
                fields["cmo"] = lambda: ByName(
                    pick="cmo", names=("legal_name",), queryset=CMO.objects.visible_to(self.user), required=False
                )
            case "risks":
                fields["owner"] = lambda: Among(records=self._people, required=False)
        return Table(
            parts.parts_of(Strategy)[asked.name], record=self.strategy, user=self.user, data=self.data, rows=rows,
            given=asked.given, fields=fields, labels=asked.labels, helps=asked.helps, heading=asked.heading,
            help=asked.help, row_word=asked.row_word, wide=asked.wide,
        )  # fmt: skip

    @cached_property
    def _attributes(self) -> list[PartnershipAttribute]:
        used = self.strategy.attributes.values("attribute")  # type: ignore[attr-defined]
        in_use = models.Q(state=PartnershipAttribute.State.IN_USE)
        return list(PartnershipAttribute.objects.filter(in_use | models.Q(pk__in=used)))

    @cached_property
    def _people(self) -> list[User]:
        """Active colleagues, and whoever owns a risk already."""
        owners = self.strategy.risks.exclude(owner=None).values("owner")  # type: ignore[attr-defined]
        active = models.Q(is_active=True, is_service=False, groups__name__in=INTERNAL)
        return list(User.objects.filter(active | models.Q(pk__in=owners)).distinct().order_by("name", "pk"))

    def _pairs(self) -> Pairs:
        rows = self.strategy.attributes.select_related("attribute").order_by("position")  # type: ignore[attr-defined]
        judged = self.strategy.judgements.select_related("first", "second")  # type: ignore[attr-defined]
        return Pairs([row.attribute for row in rows], judged, self.data)

    # ---- writing

    def is_valid(self) -> bool:
        sound = [self.form.is_valid(), *(table.is_valid() for table in self.tables)]
        if self.pairs is not None:
            sound.append(self.pairs.is_valid())
        return all(sound)

    def save(self, version: int) -> Strategy:
        """Write everything or nothing; a refusal's sentences are put at their fields and cells before it is raised."""
        strategy: Any = self.strategy
        refused: Refusal | None = None
        with transaction.atomic():
            try:
                with transaction.atomic():
                    strategy = edits.update(
                        strategy, self.form.values(), actor=self.user, version=version, source="page"
                    )
            except InvalidInput as refusal:
                self._take(refusal)
                refused = refusal
            for table in self.tables:
                try:
                    with transaction.atomic():
                        strategy = parts.write(
                            strategy, table.part, table.rows(), actor=self.user, version=strategy.version, source="page"
                        )
                except InvalidInput as refusal:
                    for sentence in table.take(refusal.errors):
                        self.form.add_error(None, sentence)
                    refused = refused or refusal
            if self.pairs is not None and refused is None and strategy.weights_by == Strategy.WeightsBy.PAIRWISE:
                try:
                    strategy = self._judge(strategy)
                except InvalidInput as refusal:
                    refused = refusal
            if refused is not None:
                raise refused
        return strategy  # type: ignore[no-any-return]

    def _judge(self, strategy: Strategy) -> Strategy:
        assert self.pairs is not None
        kept = [row.attribute for row in strategy.attributes.select_related("attribute")]  # type: ignore[attr-defined]
        present = {
            frozenset((row.first_id, row.second_id)): row.pk for row in parts.rows_of(strategy, Judgement)
        }  # fmt: skip
        rows = []
        for row in self.pairs.rows(kept):
            pk = present.get(frozenset((row["first"].pk, row["second"].pk)))
            rows.append({**row, "id": pk} if pk is not None else row)
        try:
            return parts.write(strategy, Judgement, rows, actor=self.user, version=strategy.version, source="page")  # type: ignore[no-any-return]
        except InvalidInput as refusal:
            for place, sentences in refusal.errors.items():
                number = place.partition(".")[0]
                row = rows[int(number)] if number.isdigit() else None
                name = f"{row['first'].code}-{row['second'].code}" if row is not None else None
                self.pairs.add_error(name, list(sentences))
            raise

    def _take(self, refusal: InvalidInput) -> None:
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                at = name if name in self.form.fields else _at(sentence, self.form.fields)
                self.form.add_error(at, self._with_place(name, sentence) if at is None else sentence)

    def _with_place(self, name: str, sentence: str) -> Any:
        """A sentence about a field of another screen, with the way to it."""
        screen = SCREEN_OF.get(name)
        if screen is None:
            return sentence
        url = f"{writer_url(self.strategy, screen)}#id_{name}"
        label = screen.labels.get(name) or field_label(Strategy, name)
        return format_html('{} This is about <a href="{}">{}, on “{}”</a>.', sentence, url, label, screen.title)

    # ---- beside what somebody else saved

    def shown(self, name: str) -> Any:
        """Return a field or table as events tell it."""
        for table in self.tables:
            if table.name == name:
                return table.shown()
        if name in self.form.cleaned_data:
            instance = Strategy(pk=self.strategy.pk, **{name: self.form.cleaned_data[name]})
            return edits.shown(instance, name)
        return self.form.data.get(name)


def _form_class(screen: Screen) -> type[ScreenForm]:
    fields: dict[str, Any] = {}
    for name in screen.fields:
        field = fields_for_model(Strategy, fields=[name])[name]
        assert field is not None
        if name in screen.labels:
            field.label = screen.labels[name]
        if name in screen.helps:
            field.help_text = screen.helps[name]
        if name in CHOICES:
            choices = [choice for choice in field.choices if choice[0] not in ("", None)]  # type: ignore[attr-defined]
            widget = forms.RadioSelect()
            field.widget = widget
            field.choices = choices  # type: ignore[attr-defined]
        elif isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 2 if name.endswith("evidence") else 4
        readably(field)
        fields[name] = field
    meta = type("Meta", (), {"model": Strategy, "fields": list(screen.fields)})
    return type("WriterForm", (ScreenForm,), {"Meta": meta, **fields})


def _at(sentence: str, fields: Mapping[str, Any]) -> str | None:
    """Return the field that a constraint's sentence is about."""
    for constraint in Strategy._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and constraint.get_violation_error_message() == sentence:
            named = constraint.condition.referenced_base_fields  # type: ignore[union-attr]
            return next((name for name in fields if name in named), None)
    return None


def writer_url(strategy: Strategy, screen: Screen) -> str:
    if screen is ASKS:
        return reverse("strategy:asks", args=[strategy.pk])
    return reverse("strategy:strategy_write", args=[strategy.pk, screen.key])


class WriterPage(SignedIn):
    """A page of the writer. To read is for whoever sees the strategy; to write is for its writers, while it is open."""

    def strategy(self, pk: Any) -> Strategy:
        found = Strategy.objects.visible_to(self.user).select_related("programme", "revises").filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such strategy.")
        if not edits.may_edit(found, self.user):
            if not found.is_editable and self.user.has_role(*Strategy.may_edit):
                state = found.get_state_display()  # type: ignore[attr-defined]
                raise PermissionDenied(
                    f"A strategy at “{state}” is not written on any more. Revise it to write its next version."
                    if found.state == Strategy.State.APPROVED
                    else f"A strategy at “{state}” is not written on."
                )
            raise PermissionDenied("Your roles let you read this strategy, not write it.")
        return found  # type: ignore[no-any-return]


class GoOnPage(WriterPage):
    """Back to where the writing stopped: the first screen that is not complete."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        strategy = self.strategy(pk)
        entries = entries_of(strategy, findings(strategy))
        open_ = [one for one in entries if one.state in ("empty", "begun")]
        return redirect(open_[0].url if open_ else writer_url(strategy, CHECK))


class WritePage(WriterPage):
    """One screen of the writer."""

    def get(self, request: HttpRequest, pk: Any, screen: str) -> HttpResponse:
        strategy, asked = self.strategy(pk), self._screen(screen)
        if asked is ASKS:
            return redirect(writer_url(strategy, asked))
        return self._page(strategy, asked, Written(asked, strategy, self.user))

    def post(self, request: HttpRequest, pk: Any, screen: str) -> HttpResponse:
        strategy, asked = self.strategy(pk), self._screen(screen)
        if not asked.fields and not asked.tables:
            return redirect(writer_url(strategy, asked))
        read = request.POST.get("version", "")
        version = int(read) if read.isdigit() and len(read) < 10 else strategy.version
        data = request.POST
        if version != strategy.version and self._touched(strategy, asked, version):
            return self._conflict(strategy, asked, version)
        # What others saved meanwhile on other screens goes with this save.
        written = Written(asked, strategy, self.user, data)
        if not written.is_valid():
            return self._page(strategy, asked, written, version=strategy.version)
        try:
            saved = written.save(strategy.version)
        except InvalidInput:
            return self._page(strategy, asked, written, version=strategy.version)
        except Stale:
            return self._conflict(self.strategy(pk), asked, version)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            written.form.add_error(None, refusal.sentences)
            return self._page(self.strategy(pk), asked, written, status=refusal.status)
        return self._saved(saved, asked)

    def _saved(self, strategy: Strategy, screen: Screen) -> HttpResponse:
        if self.request.POST.get("then") == "later":
            messages.success(self.request, "Saved. Come back at any time and go on where you stopped.")
            return redirect(strategy.get_absolute_url())
        if any(one.field in screen.asks_for for one in findings(strategy)):
            self.request.session[SAVED_HERE] = screen.key
            return redirect(f"{writer_url(strategy, screen)}?missing=1")
        _, after = beside(screen)
        return redirect(writer_url(strategy, after or CHECK))

    def _screen(self, key: str) -> Screen:
        if key not in BY_KEY:
            raise Http404("The writer has no such screen.")
        return BY_KEY[key]

    # ---- somebody else's save

    def _since(self, strategy: Strategy, version: int) -> list[Event]:
        found = Event.objects.of(strategy).filter(record_version__gt=version).select_related("actor")
        return list(found.order_by("at", "id"))

    def _touched(self, strategy: Strategy, screen: Screen, version: int) -> bool:
        """Whether others changed anything that this screen asks for."""
        return any(name in screen.asks_for for event in self._since(strategy, version) for name in event.changes)

    def _conflict(self, strategy: Strategy, screen: Screen, version: int) -> HttpResponse:
        """Show what was sent with what others saved: nothing is written, and nothing of either is lost."""
        data = self.request.POST.copy()
        mine = Written(screen, strategy, self.user, data)
        mine.is_valid()
        unbound = Written(screen, strategy, self.user)
        present = {name: parts.parts_of(Strategy)[name] for name in (*[t.name for t in mine.tables], "judgements")}
        changed: dict[str, dict[str, Any]] = {}
        since = self._since(strategy, version)
        for event in since:
            for name, (old, _new) in event.changes.items():
                if name in screen.asks_for:
                    entry = changed.setdefault(name, {"base": old})
                    entry.update(who=event.actor.name, at=event.at)
        differences = []
        for name, entry in changed.items():
            if name in present:
                theirs: Any = [row.values() for row in parts.rows_of(strategy, present[name])]
                typed = mine.shown(name) if name != "judgements" else None
                label = next((table.heading for table in mine.tables if table.name == name), "Comparisons in pairs")
                row = {
                    "theirs": _rows_in_words(present[name], theirs),
                    "mine": _rows_in_words(present[name], typed or []),
                }
                if name == "judgements":
                    row["mine"] = "what stands in the form"
            else:
                theirs, typed = edits.shown(unbound.form.instance, name), mine.shown(name)
                label = screen.labels.get(name) or field_label(Strategy, name)
                row = {"theirs": readable(Strategy, name, theirs), "mine": readable(Strategy, name, typed)}
            if typed == theirs:
                continue
            if typed == entry["base"]:
                _take_theirs(data, unbound, name)
                continue
            differences.append({**row, "field": label, "who": entry["who"], "at": entry["at"]})
        who = ", ".join(dict.fromkeys(event.actor.name for event in since)) or "Somebody else"
        sentence = f"{who} saved this screen after you opened it. Nothing of yours was saved yet."
        if not differences:
            sentence += " What they changed is in the form now; look it over and save again."
        url = writer_url(strategy, screen)
        conflict = {"sentence": sentence, "changes": differences, "discard_url": url}
        fresh = Written(screen, strategy, self.user, data)
        fresh.is_valid()
        return self._page(strategy, screen, fresh, conflict=conflict, status=412)

    # ---- the page

    def _page(
        self,
        strategy: Strategy,
        screen: Screen,
        written: Written,
        *,
        version: int | None = None,
        conflict: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        overview = Overview(strategy)
        found = findings(strategy, overview.reading)
        entries = entries_of(strategy, found, screen)
        here = next(entry for entry in entries if entry.here)
        bound = written.data is not None
        saved_here = not bound and self.request.session.pop(SAVED_HERE, "") == screen.key
        missing = [one for one in found if one.field in screen.asks_for]
        if bound or (here.state == "empty" and "missing" not in self.request.GET):
            # An empty screen is not scolded, and what is just being sent is not what was judged.
            missing = []
        at = _placed(missing, written)
        for name, sentences in at.items():
            if name in written.form.fields:
                _append_help(written.form.fields[name], sentences)
        before, after = beside(screen)
        pages = noun_of(Strategy)
        crumbs = [*(pages.crumbs(strategy) if pages else []), (str(strategy), strategy.get_absolute_url())]
        context = {
            "title": screen.heading,
            "strategy": strategy,
            "screen": screen,
            "screens": entries,
            "here": here,
            "done": sum(entry.state == "complete" for entry in entries),
            "crumbs": crumbs,
            "form": written.form,
            "tables": [(table, _rows_missing(table.name, missing)) for table in written.tables],
            "pairs": written.pairs,
            "pair_missing": at.get("judgements", []),
            "summary": [written.form, *written.tables, *([written.pairs] if written.pairs is not None else [])],
            "has_errors": bound,
            "conflict": conflict,
            "options": _options(written, screen) if screen.question else [],
            "missing": _links(missing, written) if saved_here or "missing" in self.request.GET else [],
            "saved_here": saved_here,
            "version": version if version is not None else strategy.version,
            "previous": (before, writer_url(strategy, before)) if before else None,
            "next": (after, writer_url(strategy, after)) if after else None,
            "draft": f"strategy:{strategy.pk}:{screen.key}",
            "source": SOURCE,
            "o": overview,
            "plots": SimpleLazyObject(lambda: _plots(screen, overview)),
            "worst": _worst(overview) if screen.key == "weights" else None,
            "findings": _to_mend(strategy, found) if screen is CHECK else [],
            "submit_url": pages.step_url(strategy.pk, "submit") if screen is CHECK and pages else "",
            "may_submit": self.user.has_role("sourcing", "project_manager"),
            "about": pages.about if pages else None,
        }
        return self.shown("strategy/write.html", context, status)


# ------------------------------------------------------------------ what the page shows


def entries_of(strategy: Strategy, found: Sequence[Finding], here: Screen | None = None) -> list[Entry]:
    """Return the list of screens with how far each has come."""
    unfinished = {one.field for one in found}
    tables = parts.parts_of(Strategy)
    filled = (
        Strategy.objects.filter(pk=strategy.pk)
        .values(**{f"has_{name}": Exists(part.objects.filter(**{part.of: OuterRef("pk")})) for name, part in tables.items()})
        .get()
    )  # fmt: skip
    entries = []
    for number, screen in enumerate(SCREENS, start=1):
        begun = any(filled.get(f"has_{asked.name}") for asked in screen.tables) or any(
            getattr(strategy, name) != Strategy._meta.get_field(name).get_default()
            for name in screen.fields  # type: ignore[union-attr]
        )
        open_ = bool(unfinished & set(screen.asks_for))
        if screen is ASKS:
            state = "undecided" if open_ else "complete"
        elif screen is CHECK:
            state = "" if unfinished else "complete"
        else:
            state = ("begun" if open_ else "complete") if begun else "empty" if open_ else "optional"
        entries.append(Entry(screen, number, writer_url(strategy, screen), state, screen is here))
    return entries


def _options(written: Written, screen: Screen) -> list[dict[str, Any]]:
    """The choices of one of the four questions, each with what it brings about."""
    return [
        {"box": box, "value": box.data["value"], "follows": rules.what_follows(screen.question, box.data["value"])}
        for box in written.form[screen.question]
    ]


def _placed(missing: Sequence[Finding], written: Written) -> dict[str, list[str]]:
    at: dict[str, list[str]] = {}
    for one in missing:
        at.setdefault(one.field, []).append(one.sentence)
    return at


def _rows_missing(name: str, missing: Sequence[Finding]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for one in missing:
        if one.field == name:
            found.setdefault(one.row, []).append(one.sentence)
    return found


def _append_help(field: forms.Field, sentences: Sequence[str]) -> None:
    """Say at the field what is missing, so that it is read out with it."""
    lines = format_html_join(
        "", '<span class="lacking">{}<span><strong>Still missing:</strong> {}</span></span>',
        ((icon("flag"), sentence) for sentence in sentences),
    )  # fmt: skip
    field.help_text = format_html("{}{}", field.help_text, lines) if field.help_text else lines


def _links(missing: Sequence[Finding], written: Written) -> list[tuple[str, str]]:
    """What is missing on this screen, with the id of the control to go to."""
    tables = {table.name: table for table in written.tables}
    found = []
    for one in missing:
        if one.field in tables:
            target = tables[one.field].id_of(one.row)
        elif one.field == "judgements":
            target = "pairs"
        else:
            group = isinstance(written.form.fields[one.field].widget, forms.RadioSelect)
            target = f"id_{one.field}_0" if group else f"id_{one.field}"
        found.append((target, one.sentence))
    return found


def _to_mend(strategy: Strategy, found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Everything that is unfinished, screen by screen, each with the way to its field."""
    groups: dict[str, dict[str, Any]] = {}
    tables = parts.parts_of(Strategy)
    for one in found:
        screen = SCREEN_OF.get(one.field, FIRST)
        anchor = f"table_{one.field}" if one.field in tables else f"id_{one.field}"
        anchor = "pairs" if one.field == "judgements" else anchor
        url = writer_url(strategy, screen)
        if screen is not ASKS:
            url = f"{url}?missing=1#{anchor}"
        group = groups.setdefault(screen.key, {"screen": screen, "lines": []})
        group["lines"].append((url, one.sentence))
    return list(groups.values())


def _plots(screen: Screen, overview: Overview) -> dict[str, Any]:
    reading, strategy = overview.reading, overview.strategy
    match screen.key:
        case "demand" if reading.demand:
            return {"demand": drawing.demand(reading.demand, strategy.demand_unit or "units")}
        case "capacity" if reading.gaps.value:
            return {"capacity": drawing.capacity(reading.gaps.value)}
        case "make-or-buy" if reading.make_or_buy.value:
            return {"cash": drawing.cash(reading.make_or_buy.value)}
        case "segment" if reading.segment is not None:
            return {"matrix": drawing.matrix(strategy.supply_risk or 0, strategy.profit_impact or 0, reading.segment)}
    return {}


def _worst(overview: Overview) -> dict[str, str] | None:
    """The pair whose judgement lies farthest from the weights that all judgements together give."""
    reading = overview.reading
    found = reading.priorities.value
    if found is None or found.consistency_ratio == 0:
        return None
    shares = found.shares

    def off(row: Any) -> float:
        return abs(log(float(row.ratio)) - log(float(shares[row.first.code] / shares[row.second.code])))

    rows = [row for row in reading.judgements if row.first.code in shares and row.second.code in shares]
    row = max(rows, key=off, default=None)
    if row is None:
        return None
    weighs = shares[row.first.code] / shares[row.second.code]
    return {
        "first": row.first.name,
        "second": row.second.name,
        "said": _times(Decimal(row.ratio)),
        "meant": _times(weighs),
    }


def _times(ratio: Decimal) -> str:
    """A ratio in words: '3 times as important as', 'a third' of it turned round."""
    if abs(ratio - 1) < Decimal("0.05"):
        return "as important as"
    if ratio > 1:
        return f"{ratio:.1f} times as important as".replace(".0 ", " ")
    return f"1/{1 / ratio:.1f} as important as".replace(".0 ", " ")


def _rows_in_words(part: type[parts.Part], rows: Sequence[Mapping[str, Any]]) -> str:
    """A table in a line for each row."""
    lines = []
    for row in rows:
        words = [f"{readable(part, name, row.get(name))}" for name in part.columns]
        lines.append(", ".join(word for word in words if word and word != "no"))
    return "; ".join(lines)


def _take_theirs(data: Any, unbound: Written, name: str) -> None:
    """Write what others saved into what was sent, in the shape in which a browser sends it."""
    table = next((one for one in unbound.tables if one.name == name), None)
    if table is None:
        if name in unbound.form.fields:
            value = unbound.form[name].value()
            data[name] = "" if value is None else str(value)
        return
    for key in [key for key in data if re.match(rf"{name}-\d+-", key)]:
        del data[key]
    for row in table.forms:
        if row.spare:
            continue
        data[f"{row.prefix}-id"] = row.pk
        for column in table.columns:
            value = row[column].value()
            if value is True:
                data[f"{row.prefix}-{column}"] = "on"
            elif value is not None and value is not False:
                data[f"{row.prefix}-{column}"] = str(value)
