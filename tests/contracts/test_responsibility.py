"""The responsibility matrix: what a quality agreement may not leave open."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.responsibility import ACTIVITIES, LETTERS, PARTIES, Row, check, complete, sentences, usual
from strategy.sums.errors import SumError


def matrix(**changed: Mapping[str, str]) -> list[Row]:
    """Return the usual matrix with the letters of some activities changed."""
    assert set(changed) <= {row.activity for row in usual()}
    return [Row(row.activity, {**row.letters, **changed.get(row.activity, {})}) for row in usual()]


def told(**changed: Mapping[str, str]) -> list[str]:
    return list(sentences(matrix(**changed)))


def test_the_usual_matrix_is_whole() -> None:
    assert check(usual()) == () and complete(usual())
    assert len(ACTIVITIES) == len({one.code for one in ACTIVITIES}) == 24
    assert all(one.why.endswith(".") and len(one.code) <= 40 for one in ACTIVITIES)
    # Every party is asked for something in some row.
    assert {party for one in ACTIVITIES for party, letter in one.usual.items() if "R" in letter} == set(PARTIES)


@pytest.mark.parametrize(
    ("activity", "letters", "sentence"),
    [
        ("training", {"cmo_quality": "C"}, "Training of people: nobody is accountable; give exactly one A."),
        ("training", {"sponsor_quality": "A"},
         "Training of people: our quality unit and the CMO's quality unit are all accountable; leave the A to one."),
        ("capa", {"cmo_quality": "TBD"},
         "Corrective and preventive action: “TBD” leaves the CMO's quality unit undecided; write R, A, AR, C and I, or"
         " nothing."),
        ("stability", {"cmo_laboratory": ""}, "Stability programme: nobody is responsible; give at least one R."),
        ("disposition", {"sponsor_quality": "R", "cmo_quality": "A"},
         "Final disposition: our quality unit is accountable for the final decision on a batch (21 CFR 211.22(a)); give"
         " it the A."),
        ("audits", {"sponsor_quality": "R", "cmo_quality": "A"},
         "Audits of the CMO: whoever is audited cannot answer for the audit; give the A to one of our units."),
        ("audits", {"sponsor_quality": "I", "sponsor_technical": "AR"},
         "Audits of the CMO: our quality unit takes part in the audits; give it an A or an R."),
        ("deviations", {"sponsor_technical": "R", "cmo_quality": "A", "cmo_production": "C"},
         "Deviations and their investigation: what went wrong at the CMO is investigated there; give an R to one of its"
         " units."),
        ("deviations", {"cmo_quality": "I", "cmo_production": "AR"},
         "Deviations and their investigation: the CMO's quality unit leads or does the investigation; give it an A or an"
         " R."),
        ("oos", {"sponsor_quality": "I"},
         "Results out of specification or trend: nobody settles that without our quality unit; give it at least a C."),
        ("subcontracting", {"sponsor_quality": "I", "sponsor_supply": "A"},
         "Subcontracting: nobody settles that without our quality unit; give it at least a C."),
        ("inspections", {"sponsor_quality": ""},
         "Inspections by authorities: our quality unit hears of every inspection; give it at least an I."),
        ("recall", {"sponsor_quality": "R", "cmo_quality": "A"},
         "Recall: whoever holds the licence answers for that; give the A to one of our units."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told(activity: str, letters: Mapping[str, str], sentence: str) -> None:
    found = told(**{activity: letters})
    assert sentence in found
    assert all(one.startswith(sentence.split(":")[0]) for one in found)
    assert not complete(matrix(**{activity: letters}))


def test_a_blank_row_a_missing_one_and_one_told_twice() -> None:
    rows = matrix()
    rows[0] = Row("specifications", dict.fromkeys(PARTIES, ""))
    rows.append(Row("recall", rows[13].letters))
    del rows[1]
    found = check(rows)
    assert [(one.row, one.activity) for one in found] == [
        (0, "specifications"),
        (23, "recall"),
        (None, "master_record"),
    ]
    assert [one.sentence for one in found] == [
        "Specifications and methods: nobody has a part in it; give one A and at least one R.",
        "Recall has two rows; keep one.",
        "Master batch record has no row; say who does it.",
    ]
    assert len(check([])) == 24


def test_an_undecided_cell_is_pointed_at() -> None:
    (problem,) = check(matrix(testing={"sponsor_supply": "?"}))
    assert (problem.row, problem.party) == (6, "sponsor_supply")


@pytest.mark.parametrize("row", [Row("weather", {}), Row("recall", {"landlord": "A"})])
def test_what_does_not_exist_is_refused(row: Row) -> None:
    with pytest.raises(SumError) as caught:
        check([*usual()[:2], row])
    assert (caught.value.field, caught.value.row) == ("rows", 2)


CELLS = st.fixed_dictionaries({party: st.sampled_from(["", *LETTERS, "TBD"]) for party in PARTIES})


@given(CELLS)
def test_a_row_without_laws_of_its_own_is_right_exactly_if_it_is_counted_right(cells: dict[str, str]) -> None:
    # "retention" has no rule but the common ones.
    letters = list(cells.values())
    right = (
        letters.count("A") + letters.count("AR") == 1
        and letters.count("R") + letters.count("AR") >= 1
        and "TBD" not in letters
    )
    rows = [Row(row.activity, cells if row.activity == "retention" else row.letters) for row in usual()]
    assert complete(rows) is right


@given(CELLS)
def test_no_matrix_passes_whose_release_is_not_ours(cells: dict[str, str]) -> None:
    rows = [Row(row.activity, cells if row.activity == "disposition" else row.letters) for row in usual()]
    if complete(rows):
        assert cells["sponsor_quality"] in ("A", "AR")
        assert not any("A" in letter for party, letter in cells.items() if party != "sponsor_quality")
