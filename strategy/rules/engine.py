"""From rules to proposals: fire, merge by key, weigh and rank, and say in sentences what an answer brings about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from strategy.rules import alternates, attributes, core, demand, duration, exit, governance, intent, modality, risk
from strategy.rules.causes import QUESTIONS
from strategy.rules.shapes import FIELDS, Ask, Because, Kind, Proposal, Rule
from strategy.snapshot import Answer, Snapshot
from strategy.sums.numbers import plain

#: Rises whenever a rule is added, leaves, or changes its version.
RULE_SET_VERSION = 1

RULES: tuple[Rule, ...] = (
    *core.RULES,
    *intent.RULES,
    *alternates.RULES,
    *duration.RULES,
    *attributes.RULES,
    *governance.RULES,
    *risk.RULES,
    *demand.RULES,
    *exit.RULES,
    *modality.RULES,
)

_BY_ID = {each.id: each for each in RULES}
_PLACE = {each.id: place for place, each in enumerate(RULES)}
_KINDS = tuple(Kind)

#: Weights are shares of so many parts: tenths of a percent.
_PARTS = 1000

#: Of all weight, at least this share stays with the attributes, which are what the strategy weighs itself.
_ATTRIBUTES = Fraction(7, 10)

_Fired = tuple[Rule, Ask, tuple[Because, ...]]


def rule(id: str) -> Rule:
    """Return a rule by its id; raise KeyError where there is none."""
    return _BY_ID[id]


def as_table() -> Iterator[tuple[str, int, str, str, str]]:
    """Yield id, version, title, reason and source of every rule, in the order of the rules."""
    for each in RULES:
        yield each.id, each.version, each.title, each.reason, each.source


def propose(snapshot: Snapshot) -> tuple[Proposal, ...]:
    """Return what a strategy asks of later stages, by kind, then by weight or rank, then in the order of the rules.

    The weights of the criteria add up to exactly 100, in tenths of a percent.
    """
    return _merged(_fire(snapshot))


def what_follows(question: str, choice: str, snapshot: Snapshot | None = None) -> list[str]:
    """Return, as sentences, what one choice of one of the four questions brings about in later stages.

    `question` is core (or core_competency), sourcing_intent, alternates or duration. With a snapshot, what it says
    besides is taken into account, but only what the choice itself has a part in is said. Raise KeyError for a
    question, ValueError for a choice that does not exist.
    """
    field = "core" if question == "core_competency" else question
    source, _, choices = QUESTIONS[field]
    if choice not in choices:
        raise ValueError(f"{choice!r} is no answer to {question}.")
    ground = snapshot or Snapshot()
    before: Answer = getattr(ground, field)
    chosen: dict[str, Any] = {field: before if before.choice == choice else Answer(choice)}
    fired = [hit for hit in _fire(replace(ground, **chosen)) if any(cause.source == source for cause in hit[2])]
    return _sentences(_merged(fired))


def _fire(snapshot: Snapshot) -> list[_Fired]:
    fired: list[_Fired] = []
    for each in RULES:
        because = each.when(snapshot)
        if because:
            fired.extend((each, ask, ask.because or because) for ask in each.gives(snapshot))
    return fired


def _merged(fired: Iterable[_Fired]) -> tuple[Proposal, ...]:
    by_key: dict[str, list[_Fired]] = defaultdict(list)
    for hit in fired:
        by_key[hit[1].key].append(hit)
    # The first in the order of the rules wins among equals, and stands first among those who ask.
    strongest = {key: max(hits, key=lambda hit: (hit[1].strength, -_PLACE[hit[0].id])) for key, hits in by_key.items()}
    numbers = _weights(strongest) | _ranks(strongest)
    made = [_proposal(strongest[key], hits, numbers.get(key, "")) for key, hits in by_key.items()]
    return tuple(sorted(made, key=_order))


def _proposal(lead: _Fired, hits: list[_Fired], figure: str) -> Proposal:
    each, ask, _ = lead
    content = _content(ask, [hit[1] for hit in hits])
    if ask.kind is Kind.CRITERION:
        content["weight"] = figure
    elif ask.kind is Kind.PRIORITY:
        content["rank"] = figure
    because = dict.fromkeys(cause for _, _, causes in (lead, *hits) for cause in causes)
    return Proposal(
        rule=each.id,
        rule_version=each.version,
        key=ask.key,
        kind=ask.kind,
        title=ask.title,
        content={field.name: content.get(field.name, "") for field in FIELDS[ask.kind]},
        reason=each.reason,
        source=each.source,
        because=tuple(because),
        also=tuple(dict.fromkeys(hit[0].id for hit in hits if hit[0] is not each)),
    )


def _content(lead: Ask, asks: list[Ask]) -> dict[str, str]:
    """The strongest ask's content, filled and sharpened by the others."""
    content = dict(lead.content)
    for ask in asks:
        for name, text in ask.content.items():
            if text and not content.get(name):
                content[name] = text
    if lead.kind is Kind.CADENCE:
        for name in content:
            months = [int(ask.content[name]) for ask in asks if ask.content.get(name)]
            content[name] = str(min(months)) if months else ""
    if lead.kind is Kind.MECHANISM:
        besides = dict.fromkeys(ask.also for ask in asks if ask.also)
        content["must_contain"] = " ".join((content["must_contain"], *besides))
    return content


def _weights(strongest: dict[str, _Fired]) -> dict[str, str]:
    """Share 100 % out in proportion to the strengths: whole tenths, none of them zero, the largest remainders first."""
    asked = {key: Fraction(hit[1].strength) for key, hit in strongest.items() if hit[1].kind is Kind.CRITERION}
    if not asked:
        return {}
    own = sum(share for key, share in asked.items() if strongest[key][0].id.startswith("attribute."))
    rest = sum(asked.values()) - own
    most = own * (1 - _ATTRIBUTES) / _ATTRIBUTES
    if own and rest > most:
        asked = {
            key: share if strongest[key][0].id.startswith("attribute.") else share * most / rest
            for key, share in asked.items()
        }
    total = sum(asked.values())
    exact = {key: share * _PARTS / total for key, share in asked.items()}
    parts = {key: int(share) for key, share in exact.items()}
    short = _PARTS - sum(parts.values())
    for key in sorted(exact, key=lambda key: (parts[key] - exact[key], key))[:short]:
        parts[key] += 1
    if len(parts) <= _PARTS:
        for key in sorted(key for key, count in parts.items() if not count):
            heaviest = min(parts, key=lambda key: (-parts[key], key))
            parts[heaviest] -= 1
            parts[key] += 1
    return {key: plain(Decimal(count) / 10) for key, count in parts.items()}


def _ranks(strongest: dict[str, _Fired]) -> dict[str, str]:
    asked = [(-hit[1].strength, key) for key, hit in strongest.items() if hit[1].kind is Kind.PRIORITY]
    return {key: str(rank) for rank, (_, key) in enumerate(sorted(asked), start=1)}


def _order(proposal: Proposal) -> tuple[int, Decimal]:
    figure = Decimal(0)
    if proposal.kind is Kind.CRITERION:
        figure = -Decimal(proposal.content["weight"])
    elif proposal.kind is Kind.PRIORITY:
        figure = Decimal(proposal.content["rank"])
    return _KINDS.index(proposal.kind), figure


def _sentences(proposals: Iterable[Proposal]) -> list[str]:
    by_kind: dict[Kind, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        by_kind[proposal.kind].append(proposal)
    said = []
    for kind, found in by_kind.items():
        titles = [_inline(proposal.title) for proposal in found]
        match kind:
            case Kind.CRITERION:
                said.append(f"Candidates are scored on {_list(titles)}.")
            case Kind.KNOCK_OUT:
                said.append(f"Candidates drop out unless they offer {_list(titles)}.")
            case Kind.PRIORITY:
                said.append(f"Negotiation gives priority to {_list(titles)}.")
            case Kind.MECHANISM:
                said.append(f"Contracts must {_list(titles)}.")
            case Kind.KPI:
                said.append(f"Reviews measure {_list(titles)}.")
            case Kind.GOVERNANCE:
                said.extend(proposal.content["meetings"] for proposal in found)
            case Kind.CADENCE:
                said.extend(_rhythm(proposal) for proposal in found)
            case Kind.QUESTION:
                said.append(f"The next re-evaluation asks: {' '.join(proposal.title for proposal in found)}")
    return said


def _rhythm(proposal: Proposal) -> str:
    named = {
        "scorecard": "a scorecard",
        "business_review": "a business review",
        "re_evaluation": "a full re-evaluation",
    }
    parts = []
    for name, words in named.items():
        months = proposal.content[name]
        if months:
            parts.append(f"{words} every {'month' if months == '1' else f'{months} months'}")
    text = _list(parts)
    return f"There is {text}."


def _inline(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it begins with an abbreviation or a name."""
    first = title.split(" ", 1)[0]
    return (
        title if first[1:] != first[1:].lower() or title.startswith("Joint Steering") else title[0].lower() + title[1:]
    )


def _list(items: list[str]) -> str:
    """Items as people list them; with semicolons where an item holds a comma or an "and" of its own."""
    if len(items) == 1:
        return items[0]
    loose = any("," in item or " and " in item for item in items)
    comma = "; " if loose and len(items) > 2 else ", "
    if len(items) == 2:
        return f"{items[0]}{', ' if loose else ' '}and {items[1]}"
    return f"{comma.join(items[:-1])}{comma if loose else ' '}and {items[-1]}"
