"""What a strategy asks for, laid out for a page: by the stage that reads it, then by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType

from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import steps_for
from strategy import rules
from strategy.consequences import SHIFTING
from strategy.criteria import standing, total_off, weight_of
from strategy.models import Consequence, in_order
from strategy.overview import short
from strategy.rules.shapes import Kind
from strategy.views.places import ground_url
from strategy.wording import decimals, figure

S = Consequence.State
#: What needs no look any more, behind a fold.
FOLDED = (S.DECLINED, S.WITHDRAWN)


@dataclass
class KindGroup:
    kind: Kind
    rows: list[dict[str, Any]] = field(default_factory=list)
    folded: list[dict[str, Any]] = field(default_factory=list)
    weights: str = ""
    undecided: int = 0
    may_accept: bool = False


@dataclass
class Stage:
    title: str
    anchor: str
    kinds: list[KindGroup]
    undecided: int = 0


def content_rows(consequence: Consequence, content: Any = None) -> list[tuple[str, str]]:
    """Return a content field by field as people read it, empty fields left out."""
    holds = consequence.content if content is None else content
    return [
        (one.label, dict(one.choices).get(holds[one.name], holds[one.name]))
        for one in consequence.fields
        if holds.get(one.name)
    ]


def as_row(
    consequence: Consequence,
    *,
    writable: bool,
    verbs: Iterable[str] = (),
    moved: Iterable[str] = (),
    places: int | None = None,
) -> dict[str, Any]:
    """Return one consequence as its row shows it; `places` are the decimals of its weight."""
    url = url_of(consequence)
    known = rule_of(consequence.rule)
    return {
        "record": consequence,
        "url": url,
        "anchor": f"c-{consequence.pk}",
        "content": content_rows(consequence),
        "is_open": consequence.state == S.PROPOSED,
        "figure": figure(consequence, places),
        "moved": [*moved],
        "because": [
            {
                "label": ground["label"],
                "value": ground["value"],
                "url": ground_url(consequence.strategy, ground["source"], writable=writable),
            }
            for ground in consequence.because
        ],
        "rule_title": known.title if known else "",
        "also": [(code, rule_of(code)) for code in consequence.also],
        "steps": {verb: f"{url}{verb}/" for verb in verbs},
    }


def moves(asks: Iterable[Consequence]) -> dict[Any, list[str]]:
    """Say by consequence which weight or rank shifted under its decision since that was taken."""
    decided = [one.pk for one in asks if one.state in Consequence.DECIDED]
    if not decided:
        return {}
    kind = ContentType.objects.get_for_model(Consequence)
    events = Event.objects.filter(record_type=kind, record_id__in=decided).order_by("at", "id")
    before: dict[Any, Mapping[str, Any]] = {}
    after: dict[Any, Mapping[str, Any]] = {}
    for key, verb, changes in events.values_list("record_id", "verb", "changes"):
        if verb != "adjust":
            # What moved before a decision was before the eyes of whoever took it.
            before.pop(key, None)
        elif "content" in changes:
            old, after[key] = changes["content"]
            before.setdefault(key, old)
    return {
        key: [
            f"{name} moved since it was decided: {old[name]} → {after[key][name]}"
            for name in SHIFTING
            if old.get(name) and after[key].get(name) and old[name] != after[key][name]
        ]
        for key, old in before.items()
    }


def rule_of(id: str) -> rules.Rule | None:
    """Return a rule by its id; None where the rule set has none of it any more."""
    try:
        return rules.rule(id)
    except KeyError:
        return None


def grouped(asks: list[Consequence], user: Any, *, writable: bool, only_open: bool = False) -> list[Stage]:
    """Return consequences by the stage that reads them and by kind; `only_open` those that are undecided.

    All of one strategy.
    """
    verbs: dict[str, tuple[str, ...]] = {}
    for one in asks:
        if one.state not in verbs:
            # Who may decide hangs on the strategy and on the state: what holds for one of a state holds for all.
            verbs[one.state] = tuple(step.verb for step in steps_for(one, user) if step.is_open)
    found = []
    asks = in_order(asks)
    moved = moves(asks)
    places = places_of(one.content.get("weight") or "0" for one in standing(asks))
    stages: dict[str, list[KindGroup]] = {}
    for kind_code, rows in groupby(asks, key=lambda one: one.kind):
        kind = Kind(kind_code)
        group = KindGroup(kind)
        listed = list(rows)
        for one in listed:
            if only_open and one.state != S.PROPOSED:
                continue
            row = as_row(one, writable=writable, verbs=verbs[one.state], moved=moved.get(one.pk, ()), places=places)
            (group.folded if one.state in FOLDED else group.rows).append(row)
        if kind is Kind.CRITERION:
            group.weights = weights_words(listed)
        group.undecided = sum(1 for one in listed if one.state == S.PROPOSED)
        group.may_accept = group.undecided > 1 and "accept" in verbs[S.PROPOSED]
        if only_open and not group.rows:
            continue
        stages.setdefault(kind.read_by, []).append(group)
    for title, kinds in stages.items():
        undecided = sum(group.undecided for group in kinds)
        found.append(Stage(title, f"stage-{title.lower().replace(' ', '-')}", kinds, undecided))
    return found


def places_of(numbers: Iterable[str]) -> int:
    """Return the decimals that the longest of these numbers has: in one column all are written with as many."""
    return max((decimals(one) for one in numbers), default=0)


def weights_words(criteria: list[Consequence]) -> str:
    """Say what the weights of the criteria that stand add up to; where that is not 100, a note says so instead."""
    total = sum((weight_of(one) for one in standing(criteria)), Decimal(0))
    if total == 100:
        return "The weights add up to 100 %."
    if total_off(criteria) is not None:
        return ""
    return f"The weights add up to {short(total)} %, not to 100: once each is decided, they can be scaled."


def in_short(asks: list[Consequence]) -> list[dict[str, Any]]:
    """Return how many of each kind are asked for and how many are undecided, kinds in their order."""
    found = []
    for kind in Kind:
        own = [one for one in asks if one.kind == kind.value and one.state not in FOLDED]
        if own:
            label = kind.label if len(own) == 1 else kind.plural
            undecided = sum(1 for one in own if one.state == S.PROPOSED)
            found.append({"label": label, "count": len(own), "undecided": undecided})
    return found
