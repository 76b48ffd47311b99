"""One review in words: what is going on with it, what moved its standing and what would lift it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from cmo_lifecycle.doors import format as fmt
from operations.reading.kpi import COUNTED
from operations.reading.words import counted, joined, points_words, shown
from operations.scoring import Movement, Outlook


def waiting_words(waiting: Sequence[str], due: date | None) -> str:
    """Say whose signature is awaited: `Waits for the signature of Quality, due 5 May 2026.`"""
    several = "signatures" if len(waiting) > 1 else "signature"
    until = f", due {fmt.day(due)}" if due else ""
    return f"Waits for the {several} of {joined(waiting)}{until}."


def review_sentence(
    *,
    state: str,
    waiting: Sequence[str],
    signed: Sequence[str],
    due: date | None,
    opened_at: datetime,
    made_up_late: bool,
    measured: bool,
    signed_at: datetime | None,
    published_at: datetime | None,
) -> str:
    """Say what is going on with a review and who must act.

    `waiting` and `signed` are role labels. `measured` is whether any KPI was taken.
    """
    late = "Missed by the schedule and made up late; o" if made_up_late else "O"
    opened = f"{late}pened on {fmt.day(opened_at.date())}"
    match state:
        case "open":
            return f"{opened}; its figures have not been taken yet."
        case "scored" if not measured:
            return f"{opened}, but no KPI was in force: put a definition in force, then recompute."
        case "scored":
            already = f"Signed by {joined(signed)}. " if signed else ""
            return f"{already}{waiting_words(waiting, due)}" if waiting else opened + "."
        case "signed_off":
            on = f" on {fmt.day(signed_at.date())}" if signed_at else ""
            return f"Signed off{on}. Waits for the project manager to publish it."
        case "published":
            return f"Published on {fmt.day(published_at.date())}." if published_at else "Published."
    return f"{opened}."


def change_sentence(
    *,
    standing: str,
    before: str,
    rank: int | None,
    rank_before: int | None,
    change: Decimal | None,
    against: str,
    costliest: tuple[str, Decimal] | None,
) -> str:
    """Say what became of the standing since the earlier review, and what cost most.

    Standings are their words; `rank` counts bands from the best (0), None for a standing that is no
    band. `costliest` names the KPI that lost most points of the score.
    """
    if not standing:
        return ""
    if not against or not before:
        said = f"The standing is {standing}; there is no earlier score to compare with."
    elif standing == before:
        said = f"The standing is {standing} as in {against}{_score_words(change)}."
    elif rank is None or rank_before is None:
        said = f"The standing went from {before} in {against} to {standing}{_score_words(change)}."
    else:
        word = "fell" if rank > rank_before else "rose"
        said = f"The standing {word} from {before} in {against} to {standing}{_score_words(change)}."
    if costliest and costliest[1] > 0:
        said += f" Most was lost by {costliest[0]}: {points_words(costliest[1])}."
    return said


def _score_words(change: Decimal | None) -> str:
    if change is None:
        return ""
    if not change:
        return ", the score unchanged"
    return f", the score {'up' if change > 0 else 'down'} {points_words(change)}"


def steps(
    *,
    state: str,
    taken_at: datetime | None,
    opened_at: datetime,
    scored_on: datetime | None,
    signatures: int,
    asked: int,
    published_at: datetime | None,
) -> list[dict[str, str]]:
    """Return the stepper of a review: inputs taken, scored, signed (n of m), published."""
    order = ["open", "scored", "signed_off", "published"].index(state)

    def status(place: int) -> str:
        # A published review has no present step: all of them are done.
        reached = [0, 2, 3, 4][order]
        return "done" if place < reached else "now" if place == reached else "next"

    def note(moment: datetime | None) -> str:
        return fmt.day(moment.date()) if moment else ""

    return [
        {"label": "Inputs taken", "status": status(0), "note": note(taken_at or opened_at)},
        {"label": "Scored", "status": status(1), "note": note(scored_on)},
        {"label": f"Signed ({signatures} of {asked})", "status": status(2), "note": ""},
        {"label": "Published", "status": status(3), "note": note(published_at)},
    ]


CAUSES = {
    "value": "",
    "weight": "its weight changed",
    "value_and_weight": "value and weight changed",
    "entered": "counted for the first time",
    "left": "not counted any more",
}


def movement_words(movement: Movement, name: str) -> str:
    """Say how one KPI moved the score: `On-time delivery: 4.2 points less`."""
    if not movement.change:
        amount = "no difference to the score"
    else:
        amount = f"{points_words(movement.change)} {'more' if movement.change > 0 else 'less'}"
    why = CAUSES[movement.cause]
    return f"{name}: {amount}{f' ({why})' if why else ''}"


def outlook_sentences(
    outlook: Outlook,
    *,
    names: Mapping[str, str],
    standings: Mapping[str, str],
    units: Mapping[str, tuple[int, str]],
    formulas: Mapping[str, str],
) -> list[str]:
    """Say what would lift the standing.

    `names` and `formulas` are by KPI code, `units` gives (places, unit) by code, `standings` the word
    of a standing by its code.
    """
    goal = standings.get(outlook.standing or "", outlook.standing or "")
    held = [f"{override.reason.rstrip('.')} would have to be settled too." for override in outlook.held_by]
    match outlook.kind:
        case "top":
            return ["There is no better standing than this."]
        case "overrides":
            return [
                f"The score is good enough for {goal}; what holds it down is this:",
                *[override.reason for override in outlook.held_by],
            ]
        case "data":
            missing = [names.get(code, code) for code in outlook.missing]
            if not missing:
                return ["There is too little data for a standing."]
            return [f"Too little data for a standing; there is no value for {joined(missing)}."]
    if not outlook.moves:
        alone = f"No single KPI can lift it to {goal} alone; several have to improve together."
        return [alone, *held]
    said = [f"It would be {goal} with one of these, all else unchanged:"]
    for move in outlook.moves:
        name = names.get(move.code, move.code)
        places, unit = units.get(move.code, (1, ""))
        if move.count is not None:
            one, several = COUNTED.get(formulas.get(move.code, ""), ("line", "lines"))
            more = counted(move.count, f"more {one}", f"more {several}")
            doing = "missed less" if move.kind == "fewer_failures" else _doing(formulas.get(move.code, ""))
            said.append(f"{name}: {more} {doing} ({shown(move.value, places, unit)})")
        else:
            said.append(f"{name}: {shown(move.value, places, unit)}")
    return [*said, *held]


def _doing(formula: str) -> str:
    return "on time and in full" if formula == "on_time_in_full" else "on time"
