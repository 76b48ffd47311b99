"""The sentences beside each choice of the four questions: the rules themselves, speaking."""

from __future__ import annotations

import pytest

from strategy.rules import RULES, propose, what_follows
from strategy.rules.causes import QUESTIONS
from strategy.snapshot import Answer, Snapshot
from tests.strategy.rules.cases import clinical_supply

CHOICES = [(field, choice) for field, (_, _, choices) in QUESTIONS.items() for choice in choices]


@pytest.mark.parametrize(("question", "choice"), CHOICES)
def test_every_choice_brings_something_about(question, choice):
    said = what_follows(question, choice)
    assert said
    for sentence in said:
        assert sentence[0].isupper() and sentence[-1] in ".?"
        assert "  " not in sentence and ".." not in sentence
    with_the_rest = what_follows(question, choice, clinical_supply())
    assert with_the_rest


def test_every_title_of_a_choice_is_said():
    for field, choice in CHOICES:
        text = " ".join(what_follows(field, choice)).casefold()
        for proposal in propose(Snapshot(**{field: Answer(choice)})):
            if proposal.kind not in ("governance", "cadence"):
                assert proposal.title.casefold() in text


def test_dual_source_in_whole():
    assert what_follows("alternates", "dual") == [
        "Candidates are scored on readiness to transfer technology to another site and experience as one of several"
        " sources.",
        "Candidates drop out unless they offer supply without exclusivity.",
        "Negotiation gives priority to freedom to use another source.",
        "Contracts must grant no exclusivity, set no minimum share of our demand, hold technology-transfer assistance"
        " and ask our consent to changes.",
        "Reviews measure progress of the other source.",
        "The next re-evaluation asks: Have we been free to use the other source, and did competition show? Is the other"
        " source qualified and able to take the volume that it was chosen for? Is the other source approved and"
        " supplying, and does each source take its part?",
    ]


def test_long_term_says_who_meets_and_how_often():
    said = what_follows("duration", "long_term")
    assert "A Joint Steering Committee meets twice a year: plan, investment, improvement, escalated issues." in said
    assert "There is a business review every 6 months and a full re-evaluation every 24 months." in said


def test_what_else_is_known_counts_but_only_the_choice_speaks():
    ground = Snapshot(modality="small_molecule", tier=1, exit_intent="Stock.", alternates=Answer("dual"))
    later = " ".join(what_follows("sourcing_intent", "in_house_later", ground))
    assert "return cell banks" not in later
    assert "quality agreement" not in later
    assert "return cell banks" in " ".join(what_follows("sourcing_intent", "in_house_later"))
    assert "give long notice" in " ".join(what_follows("alternates", "single", ground))
    assert "give long notice" not in " ".join(what_follows("alternates", "single"))


def test_the_question_has_two_names_and_a_wrong_one_is_refused():
    assert what_follows("core_competency", "core") == what_follows("core", "core")
    with pytest.raises(KeyError):
        what_follows("colour", "blue")
    with pytest.raises(ValueError, match="'blue' is no answer to core"):
        what_follows("core", "blue")


def test_no_rule_speaks_of_two_questions_unless_both_are_answered():
    for each in RULES:
        for field, choice in CHOICES:
            sources = {cause.source for cause in each.when(Snapshot(**{field: Answer(choice)}))}
            assert sources <= {QUESTIONS[field][0]}
