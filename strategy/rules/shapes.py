"""The shapes of a consequence: what a rule is, what it proposes, and which fields a proposal has.

A proposal's content is plain text by field, so that it can be shown, changed, compared and stored as it is;
`FIELDS` says once, for each kind, which fields there are and what may stand in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from strategy.snapshot import Snapshot


class Kind(StrEnum):
    """What is proposed, in the order in which later stages come to it.

    `label` and `plural` name it to a reader; `stage` is the app that reads it (evaluation, contracts, operations),
    `read_by` says the same in words.
    """

    label: str
    plural: str
    stage: str
    read_by: str

    def __new__(cls, value: str, label: str, plural: str, stage: str, read_by: str) -> Kind:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.plural, member.stage, member.read_by = label, plural, stage, read_by
        return member

    CRITERION = "criterion", "Evaluation criterion", "Evaluation criteria", "evaluation", "RFP and selection"
    KNOCK_OUT = "knock_out", "Knock-out", "Knock-outs", "evaluation", "RFP and selection"
    PRIORITY = "priority", "Negotiation priority", "Negotiation priorities", "contracts", "Negotiation"
    MECHANISM = "mechanism", "Contract mechanism", "Contract mechanisms", "contracts", "Contracts"
    KPI = "kpi", "KPI", "KPIs", "operations", "Performance reviews"
    GOVERNANCE = "governance", "Governance", "Governance", "operations", "Operating framework"
    CADENCE = "cadence", "Review cadence", "Review cadences", "operations", "Performance reviews"
    QUESTION = "question", "Question of the next re-evaluation", "Questions", "operations", "Re-evaluation"


#: The five groups of evaluation criteria (Applebaum 2006, practice 2).
GROUPS: Mapping[str, str] = {
    "business_fit": "Business requirements, fit and gap",
    "technical": "Product and process technical capabilities",
    "partnership": "Partnership attributes",
    "total_cost": "Total cost of partnership",
    "risk": "Risks",
}

#: Where in a contract set a mechanism has its place.
TOPICS: Mapping[str, str] = {
    "services": "Services and product agreements",
    "customer_materials": "Customer materials",
    "capacity": "Forecasts, orders and capacity",
    "failure_to_supply": "Failure to supply",
    "price": "Price, indexation and milestones",
    "minimums": "Minimums",
    "exclusivity": "Exclusivity",
    "acceptance": "Delivery, acceptance and claims",
    "recall": "Recall",
    "records": "Records and data",
    "review": "Performance review",
    "warranty": "Warranty",
    "liability": "Indemnity and liability cap",
    "ip": "Intellectual property",
    "confidentiality": "Confidentiality",
    "termination": "Term, termination and obligations on termination",
    "technology_transfer": "Technology-transfer assistance",
    "subcontracting": "Subcontracting",
    "audit": "Audit",
    "insurance": "Insurance",
    "change_of_control": "Change of control",
    "scope_change": "Scope change",
    "disputes": "Dispute resolution and independent expert",
    "quality": "Quality agreement",
}

#: The categories of a scorecard.
KPI_CATEGORIES: Mapping[str, str] = {
    "quality": "Quality",
    "delivery": "Delivery",
    "cost": "Cost",
    "compliance": "Compliance",
    "partnership": "Partnership",
}

DIRECTIONS: Mapping[str, str] = {
    "up": "Higher is better",
    "down": "Lower is better",
    "neutral": "Reported, not scored",
}

TIERS: Mapping[str, str] = {"1": "Tier 1", "2": "Tier 2", "3": "Tier 3"}


#: A number as a person writes it, without exponent.
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,6})?")
MOST_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a proposal's content; `form` is text, decimal or choice (then `choices` are code and label)."""

    name: str
    label: str
    form: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True
    help: str = ""
    least: int = -1_000_000_000
    most: int = 1_000_000_000

    def fault(self, value: str) -> str:
        """Return what is wrong with a value, as a sentence; empty where nothing is."""
        if not value.strip():
            return f"{self.label} is needed." if self.required else ""
        if self.form == "choice" and value not in dict(self.choices):
            return f"{self.label}: choose one of {', '.join(label for _, label in self.choices)}."
        if len(value) > MOST_CHARACTERS:
            return f"{self.label} has {MOST_CHARACTERS:,} characters at most."
        if self.form == "decimal":
            if not _NUMBER.fullmatch(value.strip()):
                return f"{self.label} is a number such as 12 or 12.5."
            if not self.least <= Decimal(value) <= self.most:
                return f"{self.label} is a number from {self.least:,} to {self.most:,}."
        return ""


def _choices(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(labels.items())


FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.CRITERION: (
        Field("group", "Group", "choice", _choices(GROUPS)),
        Field("weight", "Weight in %", "decimal", help="The weights of all criteria add up to 100.", least=0, most=100),
        Field("measure", "Measured by", help="What an evaluator looks at, specific enough that two would agree."),
        Field("minimum", "Least acceptable", required=False, help="Below this a proposal needs a recorded decision."),
    ),
    Kind.KNOCK_OUT: (
        Field("group", "Group", "choice", _choices(GROUPS)),
        Field("requirement", "Requirement", help="A candidate meets it or drops out."),
        Field("evidence", "Evidence", help="What a candidate shows."),
    ),
    Kind.PRIORITY: (
        Field("rank", "Rank", "decimal", help="1 is settled first and traded last.", least=1, most=999),
        Field("target", "Target", help="What we ask for."),
        Field("fallback", "Fallback", help="What we accept in exchange for something else."),
        Field("walk_away", "Walk-away", help="Where we stop and turn to the next candidate."),
        Field("value_at_stake", "Value at stake", required=False, help="What it costs us to go without."),
    ),
    Kind.MECHANISM: (
        Field("topic", "Contract topic", "choice", _choices(TOPICS)),
        Field("must_contain", "The clause must say", help="In plain words; counsel writes the clause."),
        Field("fallback", "Fallback", required=False, help="The weakest form that still serves the strategy."),
    ),
    Kind.KPI: (
        Field("code", "Code", help="As in the KPI dictionary."),
        Field("formula", "Formula in words"),
        Field("direction", "Direction", "choice", _choices(DIRECTIONS)),
        Field("target", "Target", "decimal", required=False),
        Field("red_line", "Red line", "decimal", required=False),
        Field("unit", "Unit"),
        Field("category", "Category of the scorecard", "choice", _choices(KPI_CATEGORIES)),
    ),
    Kind.GOVERNANCE: (
        Field("tier", "Tier", "choice", _choices(TIERS), required=False),
        Field("meetings", "Meetings", help="Who meets, how often, and for what."),
    ),
    Kind.CADENCE: (
        Field("scorecard", "Scorecard every … months", "decimal", required=False, least=1, most=120),
        Field("business_review", "Business review every … months", "decimal", required=False, least=1, most=120),
        Field("re_evaluation", "Full re-evaluation every … months", "decimal", required=False, least=1, most=120),
    ),
    Kind.QUESTION: (
        Field("question", "Question"),
        Field("data_needed", "Data needed", help="What must be at hand to answer it."),
    ),
}


@dataclass(frozen=True, slots=True)
class Because:
    """The answer or row of a strategy that brought a proposal about.

    `source` names it: core_competency, sourcing_intent, alternates, duration, exit_intent, tier, segment, demand,
    capacity, modality, phase, relationship_type, own_oversight_budget, horizon, `attribute:<code>`,
    `risk:<category>`. `label` and `value` read to a person.
    """

    source: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a strategy asks of a later stage, with the rule and the answers it comes from.

    `key` is stable and unique in a strategy. `rule` is the rule that asks for it most strongly, `also` are the
    others that ask for it too; `because` holds the answers behind all of them.
    """

    rule: str
    rule_version: int
    key: str
    kind: Kind
    title: str
    content: Mapping[str, str]
    reason: str
    source: str
    because: tuple[Because, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What one rule asks for, before the asks of all rules are merged.

    `strength` orders the asks for one key: percent points of weight for a criterion, importance for a priority,
    any number for the rest. `because` narrows the rule's own to what this ask rests on. `also` is a sentence
    which the mechanism must hold besides its usual text.
    """

    kind: Kind
    code: str
    title: str
    content: Mapping[str, str]
    strength: Decimal = Decimal(1)
    because: tuple[Because, ...] = ()
    also: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.code}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One consequence as data: when it fires, what it gives, why, and where it comes from.

    `when` returns the answers it rests on, nothing where it does not fire. `version` rises whenever what it gives
    or when it fires changes; `RULE_SET_VERSION` rises with it.
    """

    id: str
    title: str
    reason: str
    source: str
    when: Callable[[Snapshot], tuple[Because, ...]] = field(repr=False, compare=False)
    gives: Callable[[Snapshot], Iterable[Ask]] = field(repr=False, compare=False)
    version: int = 1


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two answers that fight, as a sentence for the page, with the answers."""

    sentence: str
    because: tuple[Because, ...]
    key: str = ""
