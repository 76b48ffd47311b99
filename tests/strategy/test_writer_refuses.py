"""What a browser never sends of itself: the writer refuses it in words, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.strategy.test_writer import Person, fresh

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["sNaN", "NaN", "Infinity", "²"])
def test_what_only_computers_call_a_number(typed: str, alice: Any, written: Any) -> None:
    person = Person(alice)
    person.open(written, "weights")
    assert person.send({"attributes-0-weight": typed, "attributes-3-weight": typed}).status_code == 200
    assert "Attributes that matter here, attribute 1: Weight in %: enter a number." in person.problems()
    assert "Attributes that matter here, attribute 4: Weight in %: enter a number." in person.problems()
    assert fresh(written).version == written.version


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "999999999"])
def test_a_save_that_does_not_say_what_was_read_is_refused_and_loses_nothing(
    version: str,
    alice: Any,
    written: Any,
    tom: Any,
) -> None:
    mine, other = Person(alice), Person(tom)
    mine.open(written, "leaving")
    other.open(written, "leaving")
    other.send({"exit_intent": "Three years of notice."})
    answer = mine.send({"exit_intent": "One year of notice.", "version": version})
    assert answer.status_code == 400
    assert "does not say which version of this strategy you read" in " ".join(mine.problems())
    assert "One year of notice." in mine.html
    assert fresh(written).exit_intent == "Three years of notice."
    assert mine.send().status_code == 302
    assert fresh(written).exit_intent == "One year of notice."
