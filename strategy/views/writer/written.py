"""What is written on a screen: its form and tables, bound, checked and saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.forms.models import fields_for_model
from django.utils.html import format_html

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.roles import INTERNAL
from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.history import field_label
from cmo_lifecycle.doors.pages import RecordForm
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.doors.pages.parts import Among, Table, readably
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, Refusal
from strategy.models import Force, Judgement, PartnershipAttribute, Strategy
from strategy.screens import SCREEN_OF, Asked, Screen
from strategy.views.writer.entries import writer_url
from strategy.views.writer.pairs import Pairs

CHOICES = ("core_competency", "sourcing_intent", "alternates", "duration", "weights_by", "tier", "risk_scale")


class ScreenForm(RecordForm):
    """The fields of one screen. What may stand in them is said once, where the record is written."""

    def _post_clean(self) -> None:
        pass


class Written:
    """What one screen asks for, bound to what was sent or to what stands."""

    def __init__(self, screen: Screen, strategy: Strategy, user: User, data: Any = None) -> None:
        self.screen, self.strategy, self.user, self.data = screen, strategy, user, data
        instance = Strategy.objects.visible_to(user).get(pk=strategy.pk)
        self.left_out = screen.left_out(revises=strategy.revises_id is not None)
        self.form = _form_class(screen, self.left_out)(data, user=user, instance=instance)
        self.tables = [self._table(asked) for asked in screen.tables]
        self.pairs = self._pairs() if "judgements" in screen.also else None

    def _table(self, asked: Asked) -> Table:
        fields: dict[str, Any] = {}
        rows: list[dict[str, Any]] = []
        part = parts.parts_of(Strategy)[asked.name]
        if "currency" in part.columns:
            fields["currency"] = lambda: _in_capitals(fields_for_model(part, fields=["currency"])["currency"])
        match asked.name:
            case "attributes":
                fields["attribute"] = lambda: Among(records=self._attributes, label="Attribute")
            case "demand":
                rows = [{"year": year} for year in self.strategy.years]
            case "forces":
                rows = [{"name": name} for name in Force.Name.values]
            case "known_cmos":
                fields["cmo"] = lambda: ByName(
                    pick="cmo",
                    names=("legal_name",),
                    queryset=CMO.objects.visible_to(self.user),
                    whole=True,
                    required=False,
                )
            case "risks":
                fields["owner"] = lambda: Among(records=self._people, required=False)
        table = Table(
            part, record=self.strategy, user=self.user, data=self.data, rows=rows,
            given=asked.given, fields=fields, labels=asked.labels, helps=asked.helps, heading=asked.heading,
            help=asked.help, row_word=asked.row_word, wide=asked.wide,
        )  # fmt: skip
        if asked.name == "attributes":
            self._offer_what_is_in_use(table)
        return table

    @cached_property
    def _attributes(self) -> list[PartnershipAttribute]:
        return list(PartnershipAttribute.objects.all())

    def _offer_what_is_in_use(self, table: Table) -> None:
        """A retired attribute stays where it stands, and is not offered to a row that is new."""
        retired = {one.pk for one in self._attributes if one.state == PartnershipAttribute.State.RETIRED}
        if not retired:
            return
        standing = {*self.strategy.attributes.values_list("attribute", flat=True)}  # type: ignore[attr-defined]
        for row in (table.template, *table.forms):
            withheld = {str(pk) for pk in (retired - standing if row.pk else retired)}
            field: Any = row.fields["attribute"]
            field.choices = [choice for choice in field.choices if choice[0] not in withheld]

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
                number = whole_number(place.partition(".")[0])
                row = rows[number] if number is not None else None
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


def _form_class(screen: Screen, left_out: Collection[str]) -> type[ScreenForm]:
    fields: dict[str, Any] = {}
    for name in screen.fields:
        if name in left_out:
            continue
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
        # Its limits are the model's, which has a sentence for them.
        field.validators = [
            one for one in field.validators if not isinstance(one, MinValueValidator | MaxValueValidator)
        ]
        fields[name] = _in_capitals(field) if name == "currency" else readably(field)
    meta = type("Meta", (), {"model": Strategy, "fields": list(fields)})
    return type("WriterForm", (ScreenForm,), {"Meta": meta, **fields})


def _in_capitals(field: Any) -> Any:
    """Let a currency be typed in small letters."""
    understand = field.to_python
    field.to_python = lambda value: understand(value).upper()
    return field


def _at(sentence: str, fields: Mapping[str, Any]) -> str | None:
    """Return the field that a constraint's sentence is about."""
    for constraint in Strategy._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and constraint.get_violation_error_message() == sentence:
            named = constraint.condition.referenced_base_fields  # type: ignore[union-attr]
            return next((name for name in fields if name in named), None)
    return None
