"""Two versions side by side: in words, by field, by line, by consequence."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cmo_lifecycle.workflow import edits, parts
from strategy.actions.strategies import revise
from strategy.comparison import ADDED, CHANGED, REMOVED, SAME, compare, marked
from strategy.models import AttributeWeight, Judgement, Objective, PartnershipAttribute, Risk, Strategy
from tests.strategy.test_pages import approved, page, words  # noqa: F401 (a fixture)


@pytest.fixture
def second(approved: Any, alice: Any) -> Any:  # noqa: F811
    return revise(approved, actor=alice, why="The launch moves.")


def section(sections: Any, title: str) -> dict[str, Any]:
    return {row.label: row for one in sections if one.title == title for row in one.rows}


def test_a_copy_says_the_same_everywhere(approved: Any, second: Any) -> None:  # noqa: F811
    sections = compare(approved, second)
    assert {row.kind for one in sections for row in one.rows} == {SAME}
    titles = {one.title for one in sections}
    assert {"The four questions", "Objectives", "Demand by year", "Risks", "What it asks for"} <= titles


def test_fields_lines_and_consequences_that_differ_are_told(approved: Any, second: Any, alice: Any) -> None:  # noqa: F811
    changed = edits.update(
        second,
        {"duration": "short_term", "duration_until": date(2029, 12, 31), "market_notes": ""},
        actor=alice,
        version=second.version,
    )
    rows = [
        {**{name: getattr(row, name) for name in Objective.columns}, "id": row.pk} for row in changed.objectives.all()
    ]
    rows[1] = {"text": "Pay less for a vial", "goal": "Grow the margin", "weight": Decimal(40)}
    rows[0]["weight"] = Decimal(55)
    changed = parts.write(changed, Objective, rows, actor=alice, version=changed.version)
    changed = parts.write(changed, Risk, [], actor=alice, version=changed.version)

    sections = compare(approved, changed)
    questions = section(sections, "The four questions")
    assert (questions["Duration"].before, questions["Duration"].after) == ("Long-term", "Short-term")
    assert questions["Duration"].kind == CHANGED
    assert (questions["Until"].kind, questions["Until"].after) == (ADDED, "31 Dec 2029")
    assert questions["Alternate sources"].kind == SAME
    assert section(sections, "The world outside")["Market and technology"].kind == REMOVED

    objectives = section(sections, "Objectives")
    kept = objectives["Supply the launch without a gap"]
    assert (kept.kind, kept.before, kept.after) == (CHANGED, "Weight in %: 60", "Weight in %: 55")
    assert objectives["Pay less for a vial"].kind == ADDED
    assert objectives["Know the process well enough to move it"].kind == REMOVED
    assert section(sections, "Risks")["The only fill line is down in the launch quarter"].kind == REMOVED

    asks = section(sections, "What it asks for")
    assert asks["Contract mechanism: Allow termination for convenience"].kind == ADDED
    assert any(row.kind == REMOVED for row in asks.values())


def test_a_line_is_the_same_line_where_it_was_only_renamed(approved: Any, second: Any, alice: Any) -> None:  # noqa: F811
    rows = [
        {**{name: getattr(row, name) for name in Objective.columns}, "id": row.pk} for row in second.objectives.all()
    ]
    rows[0]["text"] = "Supply the launch"
    changed = parts.write(second, Objective, rows, actor=alice, version=second.version)
    row = section(compare(approved, changed), "Objectives")["Supply the launch"]
    assert row.kind == CHANGED and "without a gap" in row.before


def test_the_page_marks_what_was_taken_out_and_put_in(approved: Any, second: Any, alice: Any) -> None:  # noqa: F811
    text = "Three years of notice, with the process description, cell bank and retained samples in our hands."
    edits.update(second, {"exit_intent": text}, actor=alice, version=second.version)
    html = page(alice, reverse("strategy:strategy_compare", args=[second.pk]))
    assert '<del><span class="visually-hidden">taken out: </span>Two</del>' in html
    assert '<ins><span class="visually-hidden">put in: </span>Three</ins>' in html
    said = words(html)
    assert "Version 2 against version 1" in said and "1 thing differs." in said
    assert "What is the same" in said
    # From the earlier version it is the same comparison.
    other = page(alice, reverse("strategy:strategy_compare", args=[approved.pk]) + f"?with={second.pk}")
    assert "Version 2 against version 1" in other


def test_only_versions_of_the_same_programme_stand_side_by_side(
    approved: Any,  # noqa: F811
    second: Any,
    alice: Any,
    other_programme: Any,
    mallory: Any,
) -> None:
    foreign = edits.create(Strategy, {"programme": other_programme, "scope": "Theirs."}, actor=mallory)
    where = reverse("strategy:strategy_compare", args=[second.pk])
    for asked in (foreign.pk, second.pk, "nonsense"):
        page(alice, f"{where}?with={asked}", 404)


def test_alone_it_says_so(written: Any, alice: Any) -> None:
    assert "There is no other version" in page(alice, reverse("strategy:strategy_compare", args=[written.pk]))


def weigh(strategy: Any, person: Any, by: str, weights: dict[str, str], ratio: Decimal | None = None) -> Any:
    """Weigh two attributes, directly or in pairs; what is in the other column stays there, unused."""
    strategy = edits.update(strategy, {"weights_by": by}, actor=person, version=strategy.version)
    named = PartnershipAttribute.objects.in_bulk(field_name="code")
    rows = [{"attribute": named[code], "weight": Decimal(weight)} for code, weight in weights.items()]
    strategy = parts.write(strategy, AttributeWeight, rows, actor=person, version=strategy.version)
    if ratio is not None:
        first, second = (named[code] for code in weights)
        judged = [{"first": first, "second": second, "ratio": ratio}]
        strategy = parts.write(strategy, Judgement, judged, actor=person, version=strategy.version)
    return strategy


def test_weights_are_those_in_force_and_pairs_count_while_one_version_is_weighed_by_them(
    written: Any, alice: Any, vx12: Any
) -> None:
    stale = {"quality_compliance": "80", "total_cost": "20"}
    pairwise = weigh(written, alice, "pairwise", stale, Decimal(3))
    table = section(compare(pairwise, pairwise), "Attributes")
    assert {label: re.search(r"Weight in %: (\S+)", row.after)[1] for label, row in table.items()} == {  # type: ignore[index]
        "Quality and compliance": "75",
        "Total cost": "25",
    }
    assert section(compare(pairwise, pairwise), "Pairwise comparisons")

    # As entered they are 60 and 40; what the pairs said stays in the record and weighs nothing.
    earlier = Strategy.objects.get(pk=pairwise.pk)
    direct = weigh(pairwise, alice, "direct", {"quality_compliance": "60", "total_cost": "40"})
    assert direct.judgements.exists()
    assert "Pairwise comparisons" not in {one.title for one in compare(direct, direct)}
    assert "Pairwise comparisons" in {one.title for one in compare(earlier, direct)}


@given(st.text("ab \n:", max_size=40), st.text("ab \n:", max_size=40))
def test_the_marks_hold_both_texts(before: str, after: str) -> None:
    pieces = marked(before, after)
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after
    assert all(text for _, text in pieces)


def test_a_short_text_is_told_as_a_whole() -> None:
    assert marked("30 Jun 2029", "31 Jan 2029") == [("gone", "30 Jun 2029"), ("new", "31 Jan 2029")]
    assert marked("", "new") == [("new", "new")]
