"""A first text from the library: every clause in its place, every blank told."""

from __future__ import annotations

import pytest

from contracts.clauses.topics import TOPICS, topics_for
from contracts.drafting import NOT_OFFERED, ORDER, blanks_in, draft


@pytest.mark.parametrize("kind", ["cda", "msa", "sow", "qag", "tta"])
def test_each_topic_stands_where_it_says(kind: str) -> None:
    made = draft(kind, title="Supply of VX-12", sponsor="Vantara", cmo="Harrow")
    assert set(made.places) == {one.code for one in topics_for(kind)} - NOT_OFFERED
    for code, (start, end) in made.places.items():
        said = made.text[start:end]
        assert said and "[Sponsor]" not in said and "[CMO]" not in said
        assert said[:3] == TOPICS[code].standard[:3] or TOPICS[code].standard.startswith("[")
    assert all(blank in made.text for blank in made.blanks)


def test_blanks_are_answered_in_their_order() -> None:
    fills = {"batch_definition:lower": ["92"], "parties:number": ["HRB 1", "CRO 2"], "number": ["7"]}
    made = draft("msa", title="Supply", sponsor="Vantara", cmo="Harrow", fills=fills)
    start, end = made.places["parties"]
    assert made.text[start:end].index("HRB 1") < made.text[start:end].index("CRO 2")
    assert "[number]" not in made.text and "from 92 to" in made.text and "[upper]" in made.blanks


def test_the_library_knows_what_is_left_out() -> None:
    assert set(TOPICS) >= NOT_OFFERED and {one.group for one in TOPICS.values()} == set(ORDER)


@pytest.mark.parametrize("kind", ["cda", "msa", "sow", "qag", "tta"])
def test_no_blank_of_the_library_is_overlooked(kind: str) -> None:
    made = draft(kind, title="Supply of VX-12", sponsor="Vantara", cmo="Harrow")
    assert made.blanks
    assert set(blanks_in(made.text)) == set(made.blanks)


def test_what_a_finished_contract_brackets_is_no_blank() -> None:
    finished = "[***] [ ] [Signature Page Follows] [Remainder of this page intentionally left blank] [redacted] [a\nb]"
    assert blanks_in(finished) == ()
    assert blanks_in("[INSERT NAME] by [30] days, [INSERT NAME]; [***]") == ("[INSERT NAME]", "[30]")
    assert blanks_in("[" * 100_000) == ()
