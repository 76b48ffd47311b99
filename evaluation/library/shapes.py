"""The shapes of a template: what a sourcing lead starts an RFP from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from evaluation.library.questions import Question

NEEDS: Mapping[str, str] = {"must": "Must", "should": "Should"}
#: The scores that are described in words; 2 and 4 lie between their neighbours.
ANCHORED = (0, 1, 3, 5)
#: The milestones every timetable has, in their order.
MILESTONES: Mapping[str, str] = {
    "issue": "RFP issued",
    "intent_to_bid": "Intent to bid confirmed",
    "questions_until": "Last day for questions",
    "answers": "Answers sent to all bidders",
    "proposals_due": "Proposals due",
    "presentations": "Bidder presentations",
    "site_visits": "Site visits and quality audits",
    "decision": "Decision",
    "award": "Award and letters to all bidders",
}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the timetable, as days after the issue."""

    code: str
    days: int
    note: str = ""

    @property
    def label(self) -> str:
        return MILESTONES[self.code]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion with what each score means.

    `anchors` holds the words for 0, 1, 3 and 5. `rule` is how several evaluators, or the prices, become one score.
    `asked_as` names the criteria of a strategy that ask for the same, so that an accepted one takes this one's place.
    """

    code: str
    group: str
    title: str
    measured: str
    anchors: Mapping[int, str]
    rule: str = "mean"
    asked_as: tuple[str, ...] = ()
    weight: Decimal = Decimal(0)

    def weighing(self, weight: int | str) -> Criterion:
        """Return the criterion with a weight in percent."""
        return replace(self, weight=Decimal(weight))

    def anchors_text(self) -> str:
        """Return the anchors as one text, a line for each score."""
        return "\n".join(f"{score}: {self.anchors[score]}" for score in ANCHORED)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A business requirement of the fit/gap table. `answered_by` are the codes of the questions that show the fit."""

    code: str
    text: str
    need: str
    group: str
    evidence: str
    answered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """A line of the price sheet; `type`, `unit` and `quantity_per` are codes of the costing.

    `quantity` is what the RFP states for all bidders, empty where each says its own.
    """

    code: str
    type: str
    label: str
    unit: str
    recurring: bool
    mandatory: bool = True
    quantity: str = ""
    quantity_per: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """A document that goes with a proposal, or that both sides need."""

    code: str
    title: str
    why: str
    mandatory: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """What an RFP for a service starts from; blanks of the scope stand in square brackets.

    `code` is the service's, or the modality's where it is the modality that makes the difference; `services` are all
    services it fits and `modality` the only modality it fits (empty for any).
    """

    code: str
    title: str
    when: str
    scope: str
    services: tuple[str, ...]
    timetable: tuple[Milestone, ...]
    criteria: tuple[Criterion, ...]
    requirements: tuple[Requirement, ...]
    questions: tuple[Question, ...]
    prices: tuple[AskedPrice, ...]
    documents: tuple[RequiredDocument, ...]
    modality: str = ""

    def traces(self) -> dict[str, str]:
        """Return, for each question that shows a requirement, the code of the first requirement it shows."""
        found: dict[str, str] = {}
        for requirement in self.requirements:
            for question in requirement.answered_by:
                found.setdefault(question, requirement.code)
        return found
