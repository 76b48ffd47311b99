"""The responsibility matrix of a quality agreement: who does what, and who answers for it.

`ACTIVITIES` are the rows that every agreement has, `PARTIES` the columns, `LETTERS` what may stand in a cell. `check` says
what is wrong row by row, `sentences` the same as text, `complete` whether nothing is; `usual` is a matrix to begin with.

A is accountable (answers for it, exactly one), R responsible (does it, one or more), AR both, C is consulted before, I is
informed after; an empty cell has no part in it. Sources: domain reference, section 3.3; the quality unit of the owner
approves or rejects what is made under contract (21 CFR 211.22(a)), and the parties' duties stand in writing (211.22(d)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strategy.sums.errors import SumError
from strategy.sums.numbers import listed

__all__ = ["ACTIVITIES", "LETTERS", "PARTIES", "Activity", "Problem", "Row", "check", "complete", "sentences", "usual"]

PARTIES: Mapping[str, str] = {
    "sponsor_quality": "our quality unit",
    "sponsor_technical": "our technical operations",
    "sponsor_supply": "our supply chain",
    "sponsor_regulatory": "our regulatory affairs",
    "cmo_quality": "the CMO's quality unit",
    "cmo_production": "the CMO's production",
    "cmo_laboratory": "the CMO's laboratory",
    "cmo_supply": "the CMO's supply chain",
}
"""The columns: code and name in a sentence. Codes that begin with "cmo_" are the contractor's."""

LETTERS: Mapping[str, str] = {
    "R": "responsible",
    "A": "accountable",
    "AR": "accountable and responsible",
    "C": "consulted",
    "I": "informed",
}


@dataclass(frozen=True, slots=True)
class Activity:
    """One row: what is done, why it must be clear who does it, and the usual letters by party."""

    code: str
    name: str
    why: str
    usual: Mapping[str, str]


def _activity(code: str, name: str, why: str, letters: str) -> Activity:
    """Return an activity; ``letters`` are those of all parties in their order, "-" for no part in it."""
    told = zip(PARTIES, letters.split(), strict=True)
    return Activity(code, name, why, {party: letter for party, letter in told if letter != "-"})


# Columns: our quality, technical, supply, regulatory; the CMO's quality, production, laboratory, supply.
ACTIVITIES: tuple[Activity, ...] = (
    _activity(
        "specifications", "Specifications and methods",
        "A batch is judged by them; both sides must use the same version.", "A R - C C I C -",
    ),
    _activity(
        "master_record", "Master batch record",
        "It is the process in the CMO's words; an error in it is repeated in each batch.", "A C - - R R - -",
    ),
    _activity(
        "execution", "Execution of batches",
        "Who makes the product keeps to the record and says at once where it could not.", "I I I - C AR C C",
    ),
    _activity(
        "record_review", "Review of batch records",
        "Two reviews catch what one passes over; it must be clear which decides what.", "A C - - R C - -",
    ),
    _activity(
        "disposition", "Final disposition",
        "Whoever owns the product decides on its release and cannot hand that over.", "AR C I I C - - I",
    ),
    _activity(
        "materials", "Qualification of materials and their suppliers",
        "A material nobody qualified stops a batch, or worse, does not stop it.", "A C C - R - C R",
    ),
    _activity(
        "testing", "In-process and release testing",
        "Results are the ground for the release; the laboratory must be qualified for each method.", "I C - - A C R -",
    ),
    _activity(
        "oos", "Results out of specification or trend",
        "A result is never set aside by one side alone.", "C C - I A C R -",
    ),
    _activity(
        "deviations", "Deviations and their investigation",
        "The cause is found where it happened; what it means for the product is judged by the owner.",
        "C C I I AR R C -",
    ),
    _activity(
        "changes", "Change control",
        "A change at the CMO may touch the registration before anybody here hears of it.", "A C C R R C C I",
    ),
    _activity(
        "capa", "Corrective and preventive action",
        "An action without an owner is the next deviation.", "C C - - A R R -",
    ),
    _activity(
        "stability", "Stability programme",
        "Shelf life rests on it for years, also after the contract has ended.", "A C - C C - R -",
    ),
    _activity(
        "complaints", "Complaints",
        "The patient writes to us, the cause is often with the CMO, and the clock runs.", "AR C I I R C C -",
    ),
    _activity(
        "recall", "Recall", "It must work on a weekend, with telephone numbers that answer.", "AR I R R C - - R"
    ),
    _activity(
        "audits", "Audits of the CMO",
        "The audited may not be the judge; how often, and for which cause at once.", "AR C - - R C C C",
    ),
    _activity(
        "inspections", "Inspections by authorities",
        "The inspector is at the CMO's door, and our product is among the papers.", "C C - C AR R R I",
    ),
    _activity(
        "subcontracting", "Subcontracting",
        "Work that is passed on silently is made where nobody looked.", "A C C C R - - R",
    ),
    _activity(
        "data_integrity", "Data integrity",
        "Every other record is worth what its data are worth.", "C - - - A R R -",
    ),
    _activity(
        "retention", "Records and retention samples",
        "They must be found long after the people have left.", "C - - - A R R C",
    ),
    _activity(
        "product_review", "Annual product review",
        "The CMO's part has to come before the review is due, with data of each batch.", "A R C C R C C -",
    ),
    _activity(
        "training", "Training of people", "Who has not been trained has not followed the procedure.", "I - - - A R R R"
    ),
    _activity(
        "validation", "Validation of process, cleaning and methods",
        "It shows that the next batch will be as the last; both quality units sign it.", "A R - C R R R -",
    ),
    _activity(
        "environment", "Environmental monitoring and utilities",
        "Air and water are shared with the CMO's other products.", "I C - - A R R -",
    ),
    _activity(
        "authorities", "Communication with authorities on the product",
        "One voice speaks for the licence; the CMO speaks for its site.", "C C I AR C - - -",
    ),
)  # fmt: skip

_BY_CODE = {activity.code: activity for activity in ACTIVITIES}
_QUALITY = ("sponsor_quality",)
_CMO = tuple(party for party in PARTIES if party.startswith("cmo_"))
_SPONSOR = tuple(party for party in PARTIES if party.startswith("sponsor_"))


@dataclass(frozen=True, slots=True)
class _Law:
    """In some activities, one of ``parties`` must hold one of ``letters``; ``sentence`` says what to do if none does."""

    activities: tuple[str, ...]
    parties: tuple[str, ...]
    letters: tuple[str, ...]
    sentence: str


_LAWS = (
    _Law(
        ("disposition",), _QUALITY, ("A", "AR"),
        "Our quality unit is accountable for the final decision on a batch (21 CFR 211.22(a)); give it the A.",
    ),
    _Law(
        ("audits",), _SPONSOR, ("A", "AR"),
        "Whoever is audited cannot answer for the audit; give the A to one of our units.",
    ),
    _Law(
        ("audits",), _QUALITY, ("A", "AR", "R"), "Our quality unit takes part in the audits; give it an A or an R."
    ),
    _Law(
        ("oos", "deviations", "capa"), _CMO, ("R", "AR"),
        "What went wrong at the CMO is investigated there; give an R to one of its units.",
    ),
    _Law(
        ("oos", "deviations"), ("cmo_quality",), ("A", "AR", "R"),
        "The CMO's quality unit leads or does the investigation; give it an A or an R.",
    ),
    _Law(
        ("oos", "deviations", "changes", "subcontracting"), _QUALITY, ("A", "AR", "R", "C"),
        "Nobody settles that without our quality unit; give it at least a C.",
    ),
    _Law(
        ("inspections",), _CMO, ("R", "AR"), "The authority comes to the CMO's site; give an R to one of its units."
    ),
    _Law(
        ("inspections",), _QUALITY, tuple(LETTERS), "Our quality unit hears of every inspection; give it at least an I."
    ),
    _Law(
        ("execution",), _CMO, ("R", "AR"), "The batch is made at the CMO; give an R to one of its units."
    ),
    _Law(
        ("recall", "authorities"), _SPONSOR, ("A", "AR"),
        "Whoever holds the licence answers for that; give the A to one of our units.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was filled in: letters by party, "" or left out where it has no part."""

    activity: str
    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an activity: ``row`` is its place among the rows, None if it has none; ``party`` the cell.

    ``party`` is "" where the whole row is meant.
    """

    row: int | None
    activity: str
    party: str
    sentence: str


def check(rows: Sequence[Row]) -> tuple[Problem, ...]:
    """Return what is wrong, row by row, then the activities that have no row; empty if nothing is.

    :class:`SumError`, field "rows" and the row, for an activity or a party that does not exist.
    """
    found: list[Problem] = []
    seen: set[str] = set()
    for place, row in enumerate(rows):
        activity = _BY_CODE.get(row.activity)
        if activity is None:
            raise SumError(f"There is no activity “{row.activity}”; choose one of the list.", field="rows", row=place)
        strange = next((party for party in row.letters if party not in PARTIES), None)
        if strange is not None:
            raise SumError(f"There is no party “{strange}”; choose one of the list.", field="rows", row=place)
        if row.activity in seen:
            found.append(Problem(place, row.activity, "", f"{activity.name} has two rows; keep one."))
        seen.add(row.activity)
        found += _row_problems(place, row, activity)
    for activity in ACTIVITIES:
        if activity.code not in seen:
            found.append(Problem(None, activity.code, "", f"{activity.name} has no row; say who does it."))
    return tuple(found)


def complete(rows: Sequence[Row]) -> bool:
    """Whether every activity has its row and nothing is wrong with any; errors as :func:`check`."""
    return not check(rows)


def sentences(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what is wrong in sentences; errors as :func:`check`."""
    return tuple(problem.sentence for problem in check(rows))


def usual() -> tuple[Row, ...]:
    """Return the usual assignment of all activities, to begin with."""
    return tuple(Row(activity.code, dict(activity.usual)) for activity in ACTIVITIES)


def _row_problems(place: int, row: Row, activity: Activity) -> list[Problem]:
    def problem(sentence: str, party: str = "") -> Problem:
        return Problem(place, activity.code, party, f"{activity.name}: {sentence}")

    letters = {party: letter for party, letter in row.letters.items() if letter}
    if not letters:
        return [problem("nobody has a part in it; give one A and at least one R.")]
    undecided = [party for party, letter in letters.items() if letter not in LETTERS]
    found = [
        problem(f"“{letters[party]}” leaves {PARTIES[party]} undecided; write {listed(LETTERS)}, or nothing.", party)
        for party in undecided
    ]
    accountable = [party for party in PARTIES if letters.get(party) in ("A", "AR")]
    if not accountable:
        found.append(problem("nobody is accountable; give exactly one A."))
    elif len(accountable) > 1:
        names = listed((PARTIES[party] for party in accountable), most=len(PARTIES))
        found.append(problem(f"{names} are all accountable; leave the A to one."))
    if not any(letter in ("R", "AR") for letter in letters.values()):
        found.append(problem("nobody is responsible; give at least one R."))
    found += [
        problem(law.sentence[0].lower() + law.sentence[1:], law.parties[0] if len(law.parties) == 1 else "")
        for law in _LAWS
        if activity.code in law.activities and not any(letters.get(party) in law.letters for party in law.parties)
    ]
    return found
