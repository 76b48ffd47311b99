"""Red lines: right for every pair of texts, readable, and fast on long ones."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.clauses import marks as under_test
from contracts.clauses.marks import DELETED, INSERTED, KEPT, Counts, applied, counted, red_line, undone

WORDS = st.sampled_from(
    ["supply", "batch", "shall", "not", "the", "the", "price", " ", " ", "\n", "\n\n", ",", ".", "90"]
)
TEXTS = st.lists(WORDS, max_size=120).map("".join)


def covers(old: str, new: str) -> None:
    """Assert everything that must hold of the marks between two texts."""
    marks = red_line(old, new)
    assert applied(old, marks) == new
    assert undone(new, marks) == old
    at_old = at_new = 0
    for mark in marks:
        assert (mark.old_start, mark.new_start) == (at_old, at_new)
        assert mark.old_end > mark.old_start or mark.new_end > mark.new_start
        if mark.kind == KEPT:
            assert old[mark.old_start : mark.old_end] == new[mark.new_start : mark.new_end]
        elif mark.kind == DELETED:
            assert mark.text == old[mark.old_start : mark.old_end]
            assert mark.new_start == mark.new_end
        else:
            assert mark.text == new[mark.new_start : mark.new_end]
            assert mark.old_start == mark.old_end
        at_old, at_new = mark.old_end, mark.new_end
    assert (at_old, at_new) == (len(old), len(new))
    assert red_line(old, new) == marks


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
@example("", "")
@example("", "a")
@example("a\n", "")
def test_marks_lead_from_any_text_to_any_other(old: str, new: str) -> None:
    covers(old, new)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_marks_hold_for_any_characters(old: str, new: str) -> None:
    covers(old, new)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from([(0, 5), (0, 300), (6, 300)]))
def test_long_ways_are_right_too(old: str, new: str, limits: tuple[int, int]) -> None:
    """The ways for long texts, taken by short ones."""
    exact, steps = under_test.EXACT, under_test.MOST_STEPS
    under_test.EXACT, under_test.MOST_STEPS = limits
    try:
        covers(old, new)
    finally:
        under_test.EXACT, under_test.MOST_STEPS = exact, steps


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=14), st.lists(st.sampled_from("abc"), max_size=14))
def test_following_finds_as_much_as_the_exact_way(old: list[str], new: list[str]) -> None:
    followed = under_test._followed(old, new)
    assert all(old[i] == new[j] for i, j in followed)
    assert followed == sorted(followed)
    assert len({i for i, _ in followed}) == len({j for _, j in followed}) == len(followed)
    assert len(followed) == len(under_test._longest(old, new))


def test_one_word_changed_is_marked_alone() -> None:
    marks = red_line("Notice of 90 days is given.", "Notice of 180 days is given.")
    assert [(mark.kind, mark.text) for mark in marks] == [
        (KEPT, ""), (DELETED, "90"), (INSERTED, "180"), (KEPT, ""),
    ]  # fmt: skip
    assert counted(marks) == Counts(inserted=1, deleted=1, places=1)


def test_replaced_phrase_is_one_place() -> None:
    marks = red_line("The CMO may stop supply today.", "The CMO goes on delivering today.")
    assert counted(marks) == Counts(inserted=3, deleted=3, places=1)


def test_same_text_has_no_change() -> None:
    assert counted(red_line("One.\nTwo.", "One.\nTwo.")) == Counts(0, 0, 0)


def test_changed_line_breaks_are_blank_changes() -> None:
    changed = [mark for mark in red_line("one two\nthree", "one two three") if mark.kind != KEPT]
    assert changed
    assert all(mark.blank for mark in changed)


def test_paragraph_taken_out_leaves_the_rest_untouched() -> None:
    old = "First clause.\n\nSecond clause.\n\nThird clause.\n"
    marks = red_line(old, "First clause.\n\nThird clause.\n")
    assert [mark.text for mark in marks if mark.kind != KEPT] == ["Second clause.\n\n"]


def _contract(characters: int, seed: int, paragraph: int) -> list[str]:
    chance = random.Random(seed)
    vocabulary = [f"w{number}" for number in range(2500)]
    words = chance.choices(vocabulary, weights=[1 / (rank + 1) for rank in range(2500)], k=characters // 4)
    return ["\n\n" if place % paragraph == paragraph - 1 else word for place, word in enumerate(words)]


@pytest.mark.parametrize("paragraph", [60, 10**9], ids=["paragraphs", "one paragraph"])
def test_long_texts_with_many_edits_are_fast(paragraph: int) -> None:
    words = _contract(340_000, 7, paragraph)
    edited = list(words)
    chance = random.Random(8)
    for _ in range(400):
        edited[chance.randrange(len(edited))] = "changed"
    old, new = " ".join(words), " ".join(edited)
    assert len(old) > 300_000
    begun = time.process_time()
    marks = red_line(old, new)
    assert time.process_time() - begun < 5
    assert applied(old, marks) == new
    found = counted(marks)
    assert 350 <= found.inserted <= 450


def test_long_texts_that_share_nothing_end_soon() -> None:
    old = " ".join(_contract(340_000, 1, 50))
    new = " ".join(_contract(340_000, 2, 70))
    begun = time.process_time()
    marks = red_line(old, new)
    assert time.process_time() - begun < 30
    assert applied(old, marks) == new
    assert undone(new, marks) == old
