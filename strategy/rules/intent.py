"""What follows from the second question: stay outsourced, bring it in-house, or in-house as a back-up?"""

from strategy.rules.causes import (
    ARTICLE,
    EVALUATION,
    RE_EVALUATION,
    Because,
    Snapshot,
    answer,
    modality,
    rule,
)
from strategy.rules.causes import day as written
from strategy.rules.measures import criterion, knock_out, kpi, priority, question
from strategy.rules.mechanisms import LIVING, mechanism, mechanisms
from strategy.rules.shapes import Ask, Rule

LATER = answer("sourcing_intent", "in_house_later")
STAY = answer("sourcing_intent", "stay_outsourced")
BACKUP = answer("sourcing_intent", "in_house_backup")


def _later_with_living_material(snapshot: Snapshot) -> tuple[Because, ...]:
    """A modality that is not known yet may still turn out to need cell banks."""
    if snapshot.modality and snapshot.modality not in LIVING:
        return ()
    return LATER(snapshot) and LATER(snapshot) + modality(*LIVING)(snapshot)


def _move_in_house(snapshot: Snapshot) -> tuple[Ask, ...]:
    by = snapshot.sourcing_intent.by
    also = f"The move is planned for completion by {written(by)}; notice periods and steps must allow it." if by else ""
    return (mechanism("technology_transfer_out", also=also), mechanism("ramp_down", also=also))


def _own_site(snapshot: Snapshot) -> tuple[Ask, ...]:
    by = snapshot.sourcing_intent.by
    return (
        question(
            "own_site",
            f"Will our own site be approved by {written(by)}, and does the contract carry us until then?"
            if by
            else "When will our own site be approved, and does the contract carry us until then?",
            "Plan of our own site, transfer milestones, stock, end and notice dates of the contract.",
        ),
    )


RULES = (
    Rule(
        "intent.in_house_later.transfer",
        "The way home is agreed before leaving",
        "A move in-house lives on the CMO's help at the moment when it loses the business: agree it while it wins it.",
        ARTICLE,
        LATER,
        _move_in_house,
    ),
    rule(
        "intent.in_house_later.returns",
        "What the move needs comes back",
        "Know-how and tooling that stay behind make the own site start again.",
        ARTICLE,
        LATER,
        mechanisms("know_how_return", "tooling_return"),
    ),
    rule(
        "intent.in_house_later.cell_banks",
        "Cell banks come back with the process",
        "Without the bank there is no process to bring home, and a bank cannot be bought again.",
        ARTICLE,
        _later_with_living_material,
        mechanism("cell_bank_return"),
    ),
    rule(
        "intent.in_house_later.step_in",
        "Supply is kept while the work moves",
        "A CMO that is being left has other priorities; rights to keep production going bridge that time.",
        ARTICLE,
        LATER,
        mechanism("step_in"),
        priority("exit_readiness", 12),
    ),
    rule(
        "intent.in_house_later.choose_helpers",
        "Candidates are chosen who help a customer to leave",
        "Readiness to transfer is known before award from what the candidate did for others.",
        EVALUATION,
        LATER,
        criterion("support_of_in_house", 5),
        knock_out("technology_transfer_out"),
        kpi("exit-readiness"),
    ),
    Rule(
        "intent.in_house_later.on_time",
        "The date of the move is asked after",
        "Own sites come late more often than early, and the contract ends when it says.",
        RE_EVALUATION,
        LATER,
        _own_site,
    ),
    rule(
        "intent.stay_outsourced.exit_plan",
        "Staying outsourced needs a way to another partner",
        "The licence holder stays accountable for supply; without an own site the only way out is another CMO.",
        ARTICLE,
        STAY,
        mechanisms("exit_plan", "technology_transfer_out"),
        criterion("financial_stability", 4),
    ),
    rule(
        "intent.stay_outsourced.still_right",
        "Make or buy is asked again",
        "Volume, price and own capability move; the break-even moves with them.",
        RE_EVALUATION,
        STAY,
        question(
            "make_or_buy",
            "Would making it ourselves now pay, at the volumes and prices of today?",
            "Make-versus-buy comparison with actual volumes, prices and own oversight cost.",
        ),
    ),
    rule(
        "intent.in_house_backup.same_process",
        "Both sites run the same process",
        "A back-up that has drifted away from the CMO's process is no back-up.",
        ARTICLE,
        BACKUP,
        mechanisms("change_consent", "know_how_return"),
        criterion("working_with_second_source", 4),
    ),
    rule(
        "intent.in_house_backup.free_to_use",
        "The back-up may be used",
        "A commitment of all demand to the CMO leaves the own site idle until it cannot start any more.",
        ARTICLE,
        BACKUP,
        mechanisms("no_exclusivity", "no_minimum_share"),
    ),
    rule(
        "intent.in_house_backup.still_able",
        "The back-up is tested",
        "Ability to take over is lost quietly: people leave, equipment ages, filings lapse.",
        RE_EVALUATION,
        BACKUP,
        question(
            "backup_able",
            "Could our own site take over today, and for how much of the demand?",
            "Last own batches, trained people, filings in force, capacity in batches.",
        ),
    ),
)
