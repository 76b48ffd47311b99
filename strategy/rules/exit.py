"""What follows from the exit intent: how we mean to part, one day."""

from __future__ import annotations

from strategy.rules.causes import ARTICLE, DEFAULT, RE_EVALUATION, Because, Snapshot, all_of, answer, modality, rule
from strategy.rules.measures import kpi, question
from strategy.rules.mechanisms import LIVING, mechanisms

LONGEST = 160


def exit_cause(snapshot: Snapshot) -> tuple[Because, ...]:
    text = " ".join(snapshot.exit_intent.split())
    if not text:
        return ()
    return (Because("exit_intent", "Exit intent", text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"),)


RULES = (
    rule(
        "exit.plan",
        "An exit that is meant is planned",
        "Leaving is agreed while both sides want to begin; afterwards it is bought.",
        ARTICLE,
        exit_cause,
        mechanisms("exit_plan", "records_hand_over"),
    ),
    rule(
        "exit.readiness",
        "Readiness to leave is measured",
        "Knowledge stays tacit and packages grow old; the months to leave are known only to those who count them.",
        RE_EVALUATION,
        exit_cause,
        kpi("exit-readiness"),
        question(
            "exit_intent",
            "Is the exit intent still right, and is the plan for it still feasible?",
            "Exit plan, notice dates, transfer package, status of other sources.",
        ),
    ),
    rule(
        "exit.materials",
        "What is ours leaves with us",
        "Tooling, materials and know-how are returned at an end only where a contract says what is whose.",
        DEFAULT,
        exit_cause,
        mechanisms("tooling_return", "know_how_return"),
    ),
    rule(
        "exit.cell_banks",
        "Cell banks leave with us",
        "A bank cannot be bought again; its return is the first condition of any exit.",
        "ICH Q5D; domain default",
        all_of(exit_cause, modality(*LIVING)),
        mechanisms("cell_bank_return"),
    ),
    rule(
        "exit.only_source",
        "Leaving an only source is bridged",
        "From notice to another source it takes one to two years; stock has to last as long.",
        DEFAULT,
        all_of(exit_cause, answer("alternates", "sole", "single")),
        mechanisms("last_time_buy", "long_notice"),
    ),
)
