"""What a strategy's screens hold beyond their fields and tables: attributes in use, people, comparison in pairs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import models

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.roles import INTERNAL
from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.doors.pages.parts import Among, Table
from cmo_lifecycle.doors.writing import Screen, Writer, Written
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.refusals import InvalidInput
from strategy.models import Force, Judgement, PartnershipAttribute, Strategy
from strategy.views.writer.pairs import Pairs

CHOICES = ("core_competency", "sourcing_intent", "alternates", "duration", "weights_by", "tier", "risk_scale")


class StrategyWritten(Written):
    """One screen of a strategy, with the comparison in pairs where it is asked for."""

    def __init__(self, writer: Writer, screen: Screen, record: Any, user: User, data: Any = None) -> None:
        super().__init__(writer, screen, record, user, data)
        self.pairs = self._pairs() if "judgements" in screen.also else None
        for table in self.tables:
            if table.name == "attributes":
                self._offer_what_is_in_use(table)

    def cells(self, name: str) -> Mapping[str, Any]:
        match name:
            case "attributes":
                return {"attribute": lambda: Among(records=self._attributes, label="Attribute")}
            case "known_cmos":
                return {
                    "cmo": lambda: ByName(
                        pick="cmo",
                        names=("legal_name",),
                        queryset=CMO.objects.visible_to(self.user),
                        whole=True,
                        required=False,
                    )
                }
            case "risks":
                return {"owner": lambda: Among(records=self._people, required=False)}
        return {}

    def begins_with(self, name: str) -> list[dict[str, Any]]:
        match name:
            case "demand":
                return [{"year": year} for year in self.record.years]
            case "forces":
                return [{"name": one} for one in Force.Name.values]
        return []

    def extras(self) -> list[Any]:
        return [self.pairs] if self.pairs is not None else []

    def save_more(self, record: Any) -> Any:
        if self.pairs is not None and record.weights_by == Strategy.WeightsBy.PAIRWISE:
            return self._judge(record)
        return record

    @cached_property
    def _attributes(self) -> list[PartnershipAttribute]:
        return list(PartnershipAttribute.objects.all())

    def _offer_what_is_in_use(self, table: Table) -> None:
        """A retired attribute stays where it stands, and is not offered to a row that is new."""
        retired = {one.pk for one in self._attributes if one.state == PartnershipAttribute.State.RETIRED}
        if not retired:
            return
        standing = {*self.record.attributes.values_list("attribute", flat=True)}  # type: ignore[attr-defined]
        for row in (table.template, *table.forms):
            withheld = {str(pk) for pk in (retired - standing if row.pk else retired)}
            field: Any = row.fields["attribute"]
            field.choices = [choice for choice in field.choices if choice[0] not in withheld]

    @cached_property
    def _people(self) -> list[User]:
        """Active colleagues, and whoever owns a risk already."""
        owners = self.record.risks.exclude(owner=None).values("owner")  # type: ignore[attr-defined]
        active = models.Q(is_active=True, is_service=False, groups__name__in=INTERNAL)
        return list(User.objects.filter(active | models.Q(pk__in=owners)).distinct().order_by("name", "pk"))

    def _pairs(self) -> Pairs:
        rows = self.record.attributes.select_related("attribute").order_by("position")  # type: ignore[attr-defined]
        judged = self.record.judgements.select_related("first", "second")  # type: ignore[attr-defined]
        return Pairs([row.attribute for row in rows], judged, self.data)

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
