"""Two versions of a strategy side by side: fields, rows of tables, and what they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.history import field_label, readable
from cmo_lifecycle.doors.pages.words import upper
from cmo_lifecycle.workflow.parts import Part, parts_of, rows_of
from strategy.models import AttributeWeight, Consequence, Judgement, Strategy
from strategy.reading import Reading
from strategy.wording import short

#: Fields by what they are about, in the order in which a strategy is written.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "What is outsourced": (
        "scope", "starts_on", "launch_on", "horizon_from", "horizon_to", "relationship_type", "review_due",
        "external_id",
    ),
    "The four questions": (
        "core_competency", "core_rationale", "core_evidence", "sourcing_intent", "in_house_by", "intent_rationale",
        "intent_evidence", "alternates", "alternate_by", "alternate_plan", "alternates_rationale",
        "alternates_evidence", "duration", "duration_until", "duration_rationale", "duration_evidence",
    ),
    "Exit": ("exit_intent",),
    "Weights": ("weights_by", "inconsistency_explained"),
    "Demand and batches": ("demand_unit", "batch_output", "batch_yield", "batch_failure"),
    "Make or buy": ("currency", "discount_rate", "make_or_buy"),
    "The world outside": ("market_notes", "constraints", "budget", "oversight_budget"),
    "Risk and segment": (
        "tier", "tier_rationale", "risk_scale", "risk_threshold", "severity_gate", "supply_risk", "profit_impact",
        "segment_rationale",
    ),
}  # fmt: skip

#: Titles of the tables.
TABLES: Mapping[str, str] = {
    "objectives": "Objectives",
    "attributes": "Attributes",
    "judgements": "Pairwise comparisons",
    "demand": "Demand by year",
    "capacity": "Capacity",
    "cash_flows": "Costs",
    "rates": "Exchange rates",
    "factors": "What has no price",
    "forces": "Forces of the market",
    "known_cmos": "CMOs that could do it",
    "stakeholders": "Stakeholders",
    "risks": "Risks",
}

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"


@dataclass(frozen=True)
class Row:
    """One field, one line of a table, or one consequence, before and after; both texts, empty where there was none."""

    label: str
    before: str
    after: str
    kind: str

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The two texts as one: (same, gone or new; text)."""
        return marked(self.before, self.after)


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def differing(self) -> list[Row]:
        return [row for row in self.rows if row.kind != SAME]

    @property
    def same(self) -> list[Row]:
        return [row for row in self.rows if row.kind == SAME]


def compare(earlier: Strategy, later: Strategy) -> list[Section]:
    """Return every field, table and consequence of two versions; what is empty in both is left out."""
    found = [
        Section(title, _rows((field_label(Strategy, name), _text(Strategy, name, getattr(earlier, name)),
                              _text(Strategy, name, getattr(later, name))) for name in names))
        for title, names in FIELDS.items()
    ]  # fmt: skip
    pairwise = Strategy.WeightsBy.PAIRWISE
    for name, part in parts_of(Strategy).items():
        if part is Judgement and pairwise not in (earlier.weights_by, later.weights_by):
            # Kept from when pairs were judged, they weigh nothing in either.
            continue
        title = TABLES.get(name, upper(name.replace("_", " ")))
        lines = _weights if part is AttributeWeight else _lines
        found.append(Section(title, _rows(_pairs(lines(earlier, part), lines(later, part)))))
    found.append(Section("What it asks for", _rows(_pairs(_asks(earlier), _asks(later)))))
    return [section for section in found if section.rows]


def as_json(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Return a comparison as plain values: title, rows of label, before, after, kind."""
    return [{"title": section.title, "rows": [asdict(row) for row in section.rows]} for section in sections]


def _rows(pairs: Iterable[tuple[str, str, str]]) -> list[Row]:
    return [Row(label, before, after, _kind(before, after)) for label, before, after in pairs if before or after]


def _kind(before: str, after: str) -> str:
    if before == after:
        return SAME
    return ADDED if not before else REMOVED if not after else CHANGED


Lines = Mapping[Any, tuple[str, Mapping[str, str]]]
"""The lines of a table by key: what each is called, and its columns in words."""


def _pairs(before: Lines, after: Lines) -> Iterable[tuple[str, str, str]]:
    """Yield the lines of two tables laid side by side: those of the later one in its order, then those that went.

    Of a line that stands in both, only what differs is told; of one that is the same, all of it.
    """
    for key, (label, new) in after.items():
        old = before[key][1] if key in before else {}
        differs = [
            name for name in (*new, *(name for name in old if name not in new)) if old.get(name) != new.get(name)
        ]
        told = differs if old and differs else [*new]
        yield label, _lines_of(old, told), _lines_of(new, told)
    for key, (label, old) in before.items():
        if key not in after:
            yield label, _lines_of(old, [*old]), ""


def _lines_of(columns: Mapping[str, str], told: Iterable[str]) -> str:
    return "\n".join(f"{name}: {columns[name]}" for name in told if columns.get(name))


def _lines(strategy: Strategy, part: type[Part]) -> Lines:
    found = {}
    for row in rows_of(strategy, part):
        values = row.values()
        named = [_text(part, name, values[name]) for name in part.named_by]
        columns = {field_label(part, name): _text(part, name, values[name]) for name in part.columns}
        found[row.key] = (
            ", ".join(word for word in named if word) or str(row),
            {k: v for k, v in columns.items() if v},
        )
    return found


def _weights(strategy: Strategy, part: type[Part]) -> Lines:
    """The attributes with the weights that are in force: worked out from the pairs where these are judged."""
    reading, label = Reading(strategy), field_label(part, "weight")
    found = dict(_lines(strategy, part))
    for row in reading.attributes:
        name, columns = found[row.key]
        weight = reading.weights.get(row.attribute.code)
        told = {**columns, label: "" if weight is None else short(weight)}
        found[row.key] = (name, {column: text for column, text in told.items() if text})
    return found


def _asks(strategy: Strategy) -> Lines:
    found = {}
    for one in strategy.consequences.all():  # type: ignore[attr-defined]
        if one.state == Consequence.State.WITHDRAWN:
            continue
        columns = {"Decision": one.get_state_display()}
        for shape in one.fields:
            if value := one.content.get(shape.name):
                columns[shape.label] = dict(shape.choices).get(value, value)
        found[one.key] = (f"{one.get_kind_display()}: {one.title}", columns)
    return found


def _text(model: Any, name: str, value: Any) -> str:
    """Write one value as people read it."""
    shown = readable(model, name, value)
    if isinstance(shown, Decimal):
        return short(shown)
    if isinstance(shown, date):
        return fmt.day(shown)
    if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value):
        return value.rstrip("0").rstrip(".")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return fmt.day(date.fromisoformat(value))
    return str(shown)


#: Shorter texts are told as a whole: half a date says nothing.
FEW_WORDS = 5


def marked(before: str, after: str) -> list[tuple[str, str]]:
    """Return two texts as one, in pieces of (same, gone or new; text), told apart word by word.

    >>> marked("We ask for two years of notice.", "We ask for three years of notice.")
    [('same', 'We ask for '), ('gone', 'two'), ('new', 'three'), ('same', ' years of notice.')]
    >>> marked("30 Jun 2029", "31 Jan 2029")
    [('gone', '30 Jun 2029'), ('new', '31 Jan 2029')]
    """
    if "\n" in before or "\n" in after:
        old, new = before.split("\n"), after.split("\n")
        if len(old) == len(new):
            pieces: list[tuple[str, str]] = []
            for place, (one, other) in enumerate(zip(old, new, strict=True)):
                pieces += [("same", "\n")] if place else []
                pieces += marked(one, other)
            return pieces
    name, colon, _ = after.partition(": ")
    if colon and before.startswith(name + colon) and before != after:
        return [("same", name + colon), *marked(before.removeprefix(name + colon), after.removeprefix(name + colon))]
    if before == after:
        return [("same", after)] if after else []
    if min(len(before.split()), len(after.split())) <= FEW_WORDS:
        return [(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
    pieces = []
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    for verb, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if verb == "equal":
            pieces.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(("gone", "".join(old[a:b])))
        if d > c:
            pieces.append(("new", "".join(new[c:d])))
    return pieces
