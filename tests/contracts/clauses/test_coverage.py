"""Coverage: what people said, what the strategy asks, and the gaps in the order of their weight."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.clauses.coverage import (
    DEVIATES,
    MISSING,
    NOT_APPLICABLE,
    OPEN,
    PRESENT,
    STATUSES,
    Asked,
    Held,
    Judgement,
    cover,
)
from contracts.clauses.labelled import judgements, labelled
from contracts.clauses.topics import BY_CATEGORY, HOLDERS, TOPICS, topics_for

AUDIT = Asked("audit_rights", "Grant audit and for-cause access", "The tier is 1.")
BATCH = Asked("batch_definition", "Define a successful batch", "A batch is worth more than its price.")
STEP_IN = Asked("step_in", "Grant step-in rights", "There is one source only.")
OWN = Asked("ours_alone", "Plant a tree", "We like trees.")


def held(kind: str = "msa", rest: str | None = None, name: str = "Supply agreement", **said: str) -> Held:
    every = {topic.code: Judgement(rest) for topic in topics_for(kind)} if rest else {}
    return Held(name, kind, every | {code: Judgement(status) for code, status in said.items()})


def test_what_nobody_judged_is_open() -> None:
    found = cover([held()])
    assert {row.topic.code for row in found.rows} == {topic.code for topic in topics_for("msa")}
    assert found.counts == {PRESENT: 0, DEVIATES: 0, MISSING: 0, NOT_APPLICABLE: 0, OPEN: len(found.rows)}


def test_gap_that_the_strategy_asks_about_stands_at_the_top() -> None:
    found = cover([held(rest=PRESENT, parties=MISSING, recall=DEVIATES, step_in=MISSING)], [STEP_IN, AUDIT])
    assert [row.topic.code for row in found.gaps] == ["step_in", "parties", "recall"]
    assert found.gaps[0].sentence == (
        "Step-in is missing, and the strategy asks for “Grant step-in rights”, because there is one source only."
    )
    assert found.unmet == (STEP_IN,)
    assert found.sentences[0] == "1 gap is serious under the strategy."
    assert "1 deviates." in found.sentences
    assert "2 are missing." in found.sentences


def test_topic_said_not_to_apply_is_a_gap_where_the_strategy_asks_for_it() -> None:
    without = cover([held(rest=PRESENT, step_in=NOT_APPLICABLE)])
    assert without.gaps == ()
    asked = cover([held(rest=PRESENT, step_in=NOT_APPLICABLE)], [STEP_IN])
    assert [row.topic.code for row in asked.gaps] == ["step_in"]
    assert "was said not to apply, yet" in asked.gaps[0].sentence


def test_mechanism_needs_all_topics_that_hold_it() -> None:
    whole = cover([held(rest=PRESENT)], [BATCH])
    assert (whole.unmet, whole.weakened) == ((), ())
    weak = cover([held(rest=PRESENT, batch_failure=DEVIATES)], [BATCH])
    assert (weak.unmet, weak.weakened) == ((), (BATCH,))
    assert [row.topic.code for row in weak.gaps if row.serious] == ["batch_failure"]
    lost = cover([held(rest=PRESENT, batch_failure=DEVIATES, batch_definition=MISSING)], [BATCH])
    assert (lost.unmet, lost.weakened) == ((BATCH,), ())


def test_best_of_several_agreements_counts() -> None:
    supply = held(rest=PRESENT, audit_rights=MISSING)
    quality = held("qag", rest=PRESENT, name="Quality agreement")
    alone, both = cover([supply], [AUDIT]), cover([supply, quality], [AUDIT])
    assert alone.unmet == (AUDIT,)
    assert both.unmet == ()
    row = next(row for row in both.rows if row.topic.code == "audit_rights")
    assert (row.cells, row.status) == ((MISSING, PRESENT), PRESENT)
    release = next(row for row in both.rows if row.topic.code == "contamination_control")
    assert release.cells == (None, PRESENT)


def test_serious_gaps_stand_in_order_of_what_rests_on_them() -> None:
    asked = [STEP_IN, *(Asked(code, code, "It is so.") for code in ("safety_stock", "second_site"))]
    found = cover([held(rest=PRESENT, step_in=MISSING, supply_continuity=DEVIATES)], asked)
    assert [row.topic.code for row in found.gaps] == ["supply_continuity", "step_in"]


def test_mechanism_that_no_topic_holds_is_said() -> None:
    found = cover([held(rest=PRESENT)], [OWN, OWN])
    assert found.unknown == (OWN,)
    assert "“Plant a tree”, which no topic of the library holds; ask counsel" in found.sentences[-1]


def test_mechanism_without_a_place_in_the_agreements_is_said() -> None:
    found = cover([held("cda", rest=PRESENT)], [STEP_IN])
    assert found.unplaced == found.unmet == (STEP_IN,)
    assert "for which none of these agreements is the place" in found.sentences[-1]


def test_wrong_words_are_refused() -> None:
    with pytest.raises(ValueError, match="is none of present"):
        Judgement("perhaps")
    with pytest.raises(KeyError):
        cover([Held("Lease", "lease", {})])
    with pytest.raises(KeyError):
        cover([Held("Supply", "msa", {"parking": Judgement(PRESENT)})])


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(TOPICS)), st.sampled_from(sorted(STATUSES)).map(Judgement)),
    st.sets(st.sampled_from(sorted(HOLDERS))),
    st.sampled_from(["msa", "qag", "sow", "tta", "cda"]),
)
def test_gaps_are_all_that_is_not_covered(said: dict[str, Judgement], codes: set[str], kind: str) -> None:
    found = cover([Held("One", kind, said)], [Asked(code, code, "So.") for code in sorted(codes)])
    assert sum(found.counts.values()) == len(found.rows)
    gaps = found.gaps
    assert [row.serious for row in gaps] == sorted((row.serious for row in gaps), reverse=True)
    assert {row.topic.code for row in found.rows} - {row.topic.code for row in gaps} == {
        row.topic.code
        for row in found.rows
        if row.status == PRESENT or (row.status == NOT_APPLICABLE and not row.serious)
    }
    # A mechanism is unmet or weakened exactly where a topic that holds it is not simply present.
    status = {row.topic.code: row.status for row in found.rows}
    failing = {code for code in codes if any(status.get(holder) != PRESENT for holder in HOLDERS[code])}
    assert {one.code for one in (*found.unmet, *found.weakened)} == failing


def test_coverage_of_the_labelled_contracts_equals_their_labels(contracts_folder: Path) -> None:
    contracts = labelled(contracts_folder)
    assert len(contracts) == 24
    for contract in contracts:
        said = judgements(contract)
        status = {row.topic.code: row.status for row in cover([Held(contract["id"], "msa", said)]).rows}
        present = {category for category, topic in BY_CATEGORY.items() if status[topic.code] == PRESENT}
        missing = {category for category, topic in BY_CATEGORY.items() if status[topic.code] == MISSING}
        assert present == {category for category, label in contract["labels"].items() if label["present"]}
        assert present | missing == set(contract["labels"])
        for judged in said.values():
            if judged.start is not None:
                assert contract["text"][judged.start : judged.end] == judged.text
