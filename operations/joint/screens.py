"""What the writer of an operating framework asks, screen by screen."""

from __future__ import annotations

from cmo_lifecycle.doors.writing import Asked, Screen

SOURCE = "Applebaum 2006, practice 3"

SCREENS: tuple[Screen, ...] = (
    Screen(
        key="goals",
        title="Scope and goals",
        heading="What is this framework for?",
        lead="Which work it covers, and what both sides want to reach by it.",
        why="What day-to-day work rests on is often assumed and seldom agreed. A framework that says what both sides want"
        " lets everybody judge a decision by it, without asking upwards.",
        good=("It names products, sites and what is left out.", "Each goal could be checked in a year."),
        example="Drug substance of VX-12 from Cork. Together: no supply gap; every deviation closed within 30 days.",
        fields=("why_revised", "scope", "goals"),
        labels={"goals": "What do both sides want to reach?", "scope": "What is it for, and what not?"},
        revising=("why_revised",),
    ),
    Screen(
        key="people",
        title="People and decisions",
        heading="Who talks to whom, and who decides?",
        lead="One line for each function, with both sides and who stands in.",
        why="Poor talk is what CMOs name first about their clients, and clients about their CMOs. A matrix keeps questions"
        " from going to whoever answered last time.",
        good=(
            "Each function has a name on both sides and a deputy.",
            "At least one of theirs has an account: they sign the framework in the portal.",
        ),
        example="Quality – Quinn, deputy Uma – Niamh Daly, deputy Sean – deviations, changes, release.",
        fields=("communication", "decisions"),
        tables=(
            Asked("contact_rows", "Contact matrix", row_word="function", wide=True, labels={"subject": "For what"}),
        ),
        labels={"communication": "By which way, and how fast?", "decisions": "Who decides what, and how?"},
    ),
    Screen(
        key="meetings",
        title="Meetings",
        heading="Who meets, how often, and for what?",
        lead="The charter of each standing meeting. What is usual at the risk tier stands there already.",
        why="Without an agenda, a quorum and minutes a meeting reports and settles nothing. The cadence follows the risk.",
        good=("Nobody is in a meeting without a part in it.", "Minutes name decisions, actions, owners and days."),
        example="Operations review – every month – KPIs, deviations, changes – quality of both sides has to be there.",
        tables=(Asked("meetings", "Meeting charters", row_word="meeting", wide=True),),
    ),
    Screen(
        key="escalation",
        title="Escalation",
        heading="What happens when something is not settled?",
        lead="Each level has its people on both sides and its business days; then it goes up by itself.",
        why="Issues age where nobody has to let go of them. Critical quality issues pass by all levels to both heads of"
        " quality the same day: they are never settled by a commercial vote.",
        good=("Level 0 is there.", "The people of a level may decide what comes to it."),
        example="Level 2 – relationship managers – Priya and Sean – 5 business days.",
        tables=(Asked("escalation_levels", "Escalation ladder", row_word="level", wide=True),),
    ),
    Screen(
        key="kpis",
        title="KPIs",
        heading="By what do both sides measure it?",
        lead="Each KPI with how it is counted, its target, its red line and its weight. The strategy's stand there already.",
        why="There is no common definition of “on time in full”: two sides that count differently argue about the number,"
        " not about the cause. What is agreed here is what reviews are measured by.",
        good=(
            "Each KPI is one of the dictionary, or says how it is counted so that two would count alike.",
            "No target is softer than what the contract promises.",
        ),
        example="On time in full – version 1 – target 95 %, red line 85 %, weight 2.",
        tables=(Asked("agreed_kpis", "Agreed KPIs", row_word="KPI", wide=True, help="The weight counts within its category; 0 reports without scoring.", helps={"weight": ""}),),
    ),
    Screen(
        key="exchange",
        title="Data and presence",
        heading="Which data are exchanged, and when are we in the plant?",
        lead="",
        why="Packages come late because their data lie in four or five systems. And a person in the plant who signs the"
        " CMO's records takes on a responsibility that stays with the CMO: they observe and escalate.",
        good=("Form, frequency and owner of each kind of data are named.",),
        example="Batch record as PDF within 5 business days of release, by the CMO's quality. A person for each engineering batch.",
        fields=("data_exchange", "person_in_plant"),
        labels={"data_exchange": "Which data, in which form, how often?", "person_in_plant": "When is somebody of ours in the plant?"},
    ),
    Screen(
        key="contingencies",
        title="Contingencies",
        heading="What do both do if something fails?",
        lead="A line, a person, a material, a shipment, a system.",
        why="In the hour in which it fails nobody negotiates well. What is agreed before is done without asking.",
        good=("Each says who starts it, within which time, and what the other side does meanwhile.",),
        example="Fill line down for more than 5 days: reserved slot at the second site within 4 weeks; we release safety stock.",
        fields=("contingencies",),
    ),
    Screen(
        key="budget",
        title="Budget and review",
        heading="What does it cost in a year, and when is it looked at again?",
        lead="The work, what both share, and our own oversight. The oversight's lines are ours alone: the CMO does not see them.",
        why="The sponsor's own cost of managing a CMO is routinely understated, and an oversight that nobody has paid for"
        " does not happen.",
        good=("Oversight has people, travel, audits and systems in it.", "It is what the strategy gives it, or says why not."),
        example="2027 – our own oversight – people and travel – 350,000 EUR.",
        fields=("review_due",),
        tables=(Asked("budget_lines", "Yearly budget", row_word="line"),),
        labels={"review_due": "Next review"},
    ),
    Screen(
        key="check",
        title="Check",
        heading="Is everything there?",
        lead="",
        why="",
    ),
)  # fmt: skip
