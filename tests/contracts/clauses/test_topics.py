"""The library: complete, consistent with the strategy, and all in our own words."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.clauses import topics
from contracts.clauses.labelled import labelled
from contracts.clauses.patterns import PATTERNS
from contracts.clauses.shapes import AGREEMENTS, GROUPS, SERVES, TERM_KINDS, Topic
from contracts.clauses.topics import BY_CATEGORY, HOLDERS, TOPICS, library_digest, topics_for, topics_serving
from strategy.rules.mechanisms import MECHANISMS
from strategy.rules.shapes import TOPICS as STRATEGY_TOPICS

EVERY = pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.code)

#: What a contract with a CMO needs besides the published categories.
OF_CMOS = (
    "batch_definition", "batch_failure", "forecast_zones", "capacity", "failure_to_supply", "change_control", "deviations",
    "audit_rights", "subcontracting", "technology_transfer_out", "step_in", "exit_plan", "records_and_retains", "data_integrity",
    "escalation", "expert_determination", "scope_change", "flexibility_checklist", "recall", "customer_materials",
    "cancellation_ladder", "price_and_indexation", "quality_agreement",
)  # fmt: skip


def test_every_published_category_has_one_topic(contracts_folder: Path) -> None:
    with (contracts_folder / "category_descriptions.csv").open(encoding="utf-8-sig", newline="") as file:
        named = {row[0].removeprefix("Category:").strip() for row in list(csv.reader(file))[1:]}
    assert len(named) == 41
    labels = labelled(contracts_folder)[0]["labels"]
    assert set(BY_CATEGORY) == set(labels)
    assert {name.lower() for name in BY_CATEGORY} == {name.lower() for name in named}


def test_topics_of_cmos_are_there() -> None:
    assert set(OF_CMOS) <= set(TOPICS)


@EVERY
def test_topic_is_complete(topic: Topic) -> None:
    assert topic.group in GROUPS
    assert topic.serves in SERVES
    assert topic.agreements and set(topic.agreements) <= set(AGREEMENTS)
    assert set(topic.strategy_topics) <= set(STRATEGY_TOPICS)
    assert set(topic.consequences) <= set(MECHANISMS)
    for said in (topic.name, topic.purpose, topic.why, topic.standard, topic.walk_away, *topic.fallbacks):
        assert said == said.strip() and len(said) > 5
    assert topic.fallbacks
    assert all(sentence.endswith(".") for sentence in (topic.purpose, topic.why, topic.standard, topic.walk_away))
    assert topic.standard.count("[") == topic.standard.count("]")
    assert 120 < len(topic.standard) < 1100
    assert len({one.code for one in topic.terms}) == len(topic.terms)
    for one in topic.terms:
        assert one.unit in TERM_KINDS[one.kind]
    assert topic.code in PATTERNS


def test_codes_are_not_used_twice() -> None:
    with pytest.raises(ValueError, match="parties means two things"):
        topics._once([TOPICS["parties"], replace(TOPICS["parties"], name="Others")])


def test_patterns_belong_to_topics() -> None:
    assert set(PATTERNS) == set(TOPICS)


def test_every_mechanism_of_a_strategy_is_held_and_served() -> None:
    assert set(HOLDERS) == set(MECHANISMS)
    for mechanism, holders in HOLDERS.items():
        assert holders
        assert set(holders) <= {topic.code for topic in topics_serving(mechanism)}, mechanism
        # A mechanism's own contract topic is among those of what holds it, or of a neighbour that serves it.
        assert any(MECHANISMS[mechanism].topic in topic.strategy_topics for topic in topics_serving(mechanism)), (
            mechanism
        )


def test_every_kind_of_agreement_has_topics() -> None:
    assert {kind: len(topics_for(kind)) > 8 for kind in AGREEMENTS} == dict.fromkeys(AGREEMENTS, True)
    with pytest.raises(KeyError):
        topics_for("lease")


def test_digest_follows_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    before = library_digest()
    assert before == library_digest()
    assert re.fullmatch("[0-9a-f]{64}", before)
    monkeypatch.setitem(TOPICS, "recall", replace(TOPICS["recall"], walk_away="Never."))
    assert library_digest() != before


def test_no_standard_text_is_taken_from_a_contract(contracts_folder: Path) -> None:
    """No run of nine words of the standard texts stands in any of the contracts."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        return {tuple(words[at : at + 9]) for at in range(len(words) - 8)}

    ours = {run: topic.code for topic in TOPICS.values() for run in runs(topic.standard)}
    for contract in labelled(contracts_folder):
        taken = {ours[run] for run in runs(contract["text"]) if run in ours}
        assert not taken, contract["id"]
