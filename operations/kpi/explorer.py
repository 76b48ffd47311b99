"""The KPI explorer: one question, answered alike on the page, as a file and over REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.refusals import InvalidInput
from operations import schedule
from operations.kpi.formulas import PARTS
from operations.kpi.groups import GROUPS, NARROWING
from operations.kpi.values import KpiValue, basis_of, definition_in_force, kpi_values, part_condition
from operations.kpi_math import six
from operations.models import KpiDefinition

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
LIMIT, MOST = 200, 1000
Key = str | UUID | None

#: Every parameter of a question, with what it is for.
PARAMETERS: dict[str, str] = {
    "kpi": "Code of the KPI, such as on_time_delivery.",
    "version": "Version of its definition; the one in force, if left out.",
    "group_by": "How values are grouped; everything together, if left out.",
    "from": "First day of the span, by the definition's date; open, if left out.",
    "to": "Last day of the span, included; open, if left out.",
    "as_of": "The day on which one looks: lines due later are not counted. Today, if left out.",
    **{code: f"Only the lines of this {GROUPS[code].label}." for code in NARROWING},
}
PAGING: dict[str, str] = {
    "limit": f"Groups in one answer, {MOST} at most.",
    "offset": "Groups to leave out first.",
}


@dataclass(frozen=True)
class Question:
    """What is asked: of which definition, over which days (both included), of which lines, grouped how."""

    definition: KpiDefinition
    as_of: date
    group_by: str = "none"
    start: date | None = None
    end: date | None = None
    narrowed: Mapping[str, Key] = field(default_factory=dict)

    @property
    def where(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for code, key in self.narrowed.items():
            found.update(GROUPS[code].where(key))
        return found

    def parameters(self) -> dict[str, str]:
        """Return the question as parameters of an address."""
        found = {"kpi": self.definition.code, "version": str(self.definition.number)}
        if self.group_by != "none":
            found["group_by"] = self.group_by
        if self.start is not None:
            found["from"] = self.start.isoformat()
        if self.end is not None:
            found["to"] = self.end.isoformat()
        found["as_of"] = self.as_of.isoformat()
        found.update({code: "" if key is None else str(key) for code, key in self.narrowed.items()})
        return found

    def about(self, value: KpiValue) -> Question:
        """Return the question of which one value is the whole answer."""
        if self.group_by == "none":
            return self
        if GROUPS[self.group_by].is_time:
            return replace(self, group_by="none", start=value.start, end=value.end)
        key = GROUPS[self.group_by].clean(value.key)
        return replace(self, group_by="none", narrowed={**self.narrowed, self.group_by: key})

    def values(self, user: Any, limit: int | None = None, offset: int = 0) -> list[KpiValue]:
        """Answer it for what this person may see."""
        return kpi_values(
            self.definition,
            visible(user),
            self.start,
            self.end,
            self.group_by,
            as_of=self.as_of,
            where=self.where,
            limit=limit,
            offset=offset,
        )

    def behind(self, value: KpiValue, part: str) -> str:
        """Return the text by which `behind_condition` finds the lines of one part of a value."""
        asked = self.about(value).parameters() | {"part": part}
        if value.currency:
            asked["currency"] = value.currency
        return urlencode(asked)


def visible(user: Any) -> QuerySet[Relationship] | None:
    """Return the relationships this person may see; None stands for all of them."""
    return None if user.is_active and user.reads_everything else Relationship.objects.visible_to(user)


def question(asked: Mapping[str, str]) -> Question:
    """Read a question from the parameters of an address; InvalidInput with a sentence for each that is wrong.

    What is not in PARAMETERS is left alone: a door that knows nothing else refuses it itself.
    """
    errors: dict[str, list[str]] = {}
    definition = _definition(asked, errors)
    group_by = asked.get("group_by") or "none"
    if group_by not in GROUPS:
        errors["group_by"] = [f"Choose one of: {', '.join(GROUPS)}."]
    start, end, as_of = (_day(asked, name, errors) for name in ("from", "to", "as_of"))
    if start is not None and end is not None and start > end:
        errors["to"] = ["The span ends before it begins."]
    narrowed: dict[str, Key] = {}
    for code in NARROWING:
        if code in asked:
            try:
                narrowed[code] = GROUPS[code].clean(asked[code])
            except ValueError:
                what = "an id (a UUID)" if GROUPS[code].is_uuid else "a text"
                errors[code] = [f"Give {what}."]
    if errors or definition is None:
        raise InvalidInput(errors)
    return Question(definition, as_of or schedule.local_day(timezone.now()), group_by, start, end, narrowed)


def page_of(asked: Mapping[str, str]) -> tuple[int, int]:
    """Return the limit and offset asked for; InvalidInput where they are none."""
    errors: dict[str, list[str]] = {}
    found = []
    for name, usual, low, high in (("limit", LIMIT, 1, MOST), ("offset", 0, 0, 10_000_000)):
        text = asked.get(name, str(usual))
        good = text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high
        if not good:
            errors[name] = [f"Give a number from {low} to {high}."]
        found.append(int(text) if good else 0)
    if errors:
        raise InvalidInput(errors)
    return found[0], found[1]


def _definition(asked: Mapping[str, str], errors: dict[str, list[str]]) -> KpiDefinition | None:
    code, version = asked.get("kpi", ""), asked.get("version", "")
    if not code:
        errors["kpi"] = ["Name the KPI by its code."]
        return None
    if not version:
        found = definition_in_force(code[:40])
        if found is None:
            known = ", ".join(
                KpiDefinition.objects.filter(state=KpiDefinition.State.IN_FORCE)
                .order_by("code")
                .values_list("code", flat=True)
            )
            errors["kpi"] = [f"No KPI with this code is in force. There are: {known}."]
        return found
    if not (version.isascii() and version.isdigit() and len(version) <= 4):
        errors["version"] = ["Give the number of a version."]
        return None
    found = (
        KpiDefinition.objects.filter(code=code[:40], number=int(version))
        .exclude(state=KpiDefinition.State.DRAFT)
        .first()
    )
    if found is None:
        errors["version"] = ["This KPI has no such version that was ever in force."]
    return found


def _day(asked: Mapping[str, str], name: str, errors: dict[str, list[str]]) -> date | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        errors[name] = [f"Give a day from {FIRST.year} to {LAST.year}, such as 2026-03-31."]
        return None
    return day


def behind_condition(text: str) -> Q:
    """Return the condition on delivery lines that one value was made of; `text` comes from `Question.behind`.

    Raises InvalidInput with a sentence where it is none. What a person may see is the queryset's business.
    """
    asked = dict(parse_qsl(text[:2000], keep_blank_values=True))
    part, currency = asked.pop("part", "denominator"), asked.pop("currency", "")
    if part not in PARTS or set(asked) - set(PARAMETERS):
        raise InvalidInput({"behind": ["This names no value whose lines could be shown."]})
    try:
        whole = question(asked)
    except InvalidInput as refusal:
        raise InvalidInput({"behind": refusal.sentences}) from None
    basis = basis_of(whole.definition)
    wanted = dict(whole.where)
    if whole.start is not None:
        wanted[f"{basis}__gte"] = whole.start
    if whole.end is not None:
        wanted[f"{basis}__lte"] = whole.end
    if basis == "delivered_on":
        wanted["delivered_on__isnull"] = False
    if currency:
        wanted["currency"] = currency
    return Q(part_condition(whole.definition, part, whole.as_of), **wanted)


def _day_words(text: str) -> str:
    try:
        return fmt.day(date.fromisoformat(text))
    except ValueError:
        return text


def behind_words(text: str) -> str:
    """Say in a few words which lines `behind_condition` keeps, for the chip of a filter."""
    asked = dict(parse_qsl(text[:2000], keep_blank_values=True))
    part = PARTS.get(asked.get("part", "denominator"), "")
    name = (
        KpiDefinition.objects.filter(code=asked.get("kpi", "")[:40])
        .order_by("-number")
        .values_list("name", flat=True)
        .first()
    )
    if not part or name is None:
        return "Lines behind a value"
    span = " to ".join(_day_words(asked[end]) for end in ("from", "to") if asked.get(end))
    return f"{name}: {part.lower()}{f', {span}' if span else ''}"


COLUMNS = (
    "kpi", "definition_version", "group_by", "key", "label", "from", "to", "numerator", "denominator", "value",
    "unit", "state", "coverage", "small_sample", "explanation",
)  # fmt: skip


def table(asked: Question, values: list[KpiValue]) -> Iterator[list[Any]]:
    """Yield the rows of a file, in the order of COLUMNS."""
    for value in values:
        row = described(asked, value)
        yield [row[name] if name in row else _heading(asked)[name] for name in COLUMNS]


def _heading(asked: Question) -> dict[str, Any]:
    return {
        "kpi": asked.definition.code,
        "definition_version": asked.definition.number,
        "group_by": asked.group_by,
    }


def described(asked: Question, value: KpiValue) -> dict[str, Any]:
    """Return one value as plain members; numbers are Decimal or None, `unit` is the currency of an amount."""
    return {
        "key": value.key,
        "label": value.label,
        "from": value.start,
        "to": value.end,
        "numerator": _plain(six(value.numerator)),
        "denominator": _plain(value.denominator),
        "value": _plain(six(value.value)),
        "unit": unit_of(asked.definition, value),
        "state": str(value.state),
        "coverage": _plain(six(value.coverage)),
        "small_sample": value.small_sample,
        "explanation": value.words,
    }


def unit_of(definition: KpiDefinition, value: KpiValue) -> str:
    return value.currency or definition.unit


def _plain(number: Any) -> Any:
    """Without idle zeros, and never as an exponent."""
    if number is None:
        return None
    short = number.normalize()
    return short.quantize(1) if short.as_tuple().exponent > 0 else short
