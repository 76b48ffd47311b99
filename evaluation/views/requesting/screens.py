"""The guided writer of an RFP as data: one matter a screen, in the order in which a request is thought through."""

from __future__ import annotations

from cmo_lifecycle.doors.writing import Asked, Screen

SCREENS: tuple[Screen, ...] = (
    Screen(
        key="basics",
        title="Basics and clock",
        heading="What is asked, and until when?",
        lead="Its name, who is in charge, and the days that every bidder is held to.",
        why="A deadline that holds for all of them is what makes proposals comparable. The database's clock closes the "
        "request; what arrives a moment later is late, and letting it in takes a decision with a reason.",
        good=(
            "Bidders have four to six weeks: shorter ones get standard texts with your name in them.",
            "Questions end a week before, so that answers can still change a proposal.",
        ),
        example="Questions until 4 March 2027, 12:00; proposals until 25 March 2027, 12:00; decision by 28 May.",
        fields=(
            "title", "owner", "service", "modality", "questions_until", "closes_at", "decision_by", "valid_days",
            "standstill_days", "hides_participation",
        ),
        helps={
            "owner": "Leads the request and is not the only one who scores.",
            "decision_by": "What bidders are told to expect.",
        },
    ),
    Screen(
        key="template",
        title="Start from a template",
        heading="Start from a template?",
        lead="",
        why="",
        also=("template",),
    ),
    Screen(
        key="scope",
        title="Scope",
        heading="What is to be done?",
        lead="The work from its first step to its last, and what every bidder is to assume so that offers compare.",
        why="Bidders who assume different things quote different things. What is not in the scope comes back as a change "
        "order, and those are the dearest lines of the contract.",
        good=(
            "The scope names its first and last step, and what stays with us.",
            "Assumptions are numbers: batch size, campaign length, release tests, stock.",
        ),
        example="Aseptic filling of VX-12 into 2R vials from thawed bulk, visual inspection, labelling not included.",
        fields=("scope", "assumptions"),
    ),
    Screen(
        key="criteria",
        title="Criteria and weights",
        heading="What are proposals judged by?",
        lead="In five groups, with weights that add up to 100. They are told to bidders, and locked once this is approved.",
        why="Weights that are fixed before the offers are known protect against choosing by the lowest price and finding "
        "reasons afterwards. What the approved strategy asks for stands here already.",
        good=(
            "What is looked at is said so that two evaluators would agree.",
            "Each score has its anchor: what earns a 1, a 3, a 5.",
            "Twelve to twenty criteria: more of them make every weight small.",
        ),
        example="Inspection record – risk – 12 % – last three inspections of the site – mean of the evaluators.",
        fields=("scoring", "scale_least", "scale_most", "places", "spread", "least_evaluators"),
        tables=(
            Asked(
                "criteria",
                "Criteria",
                help="Criteria of “Total cost of partnership” are judged with the prices in view, after the technical scores are locked.",
                row_word="criterion",
                labels={"group": "Group", "weight": "Weight in %", "consequence": "Asked for by the strategy"},
                wide=True,
            ),
        ),
    ),
    Screen(
        key="requirements",
        title="Requirements",
        heading="What must the work meet?",
        lead="One line for each business requirement. Each proposal is held against them, one by one.",
        why="A requirement that no question asks about is found missing after the award. The traceability matrix shows "
        "which requirement is shown by which question, and which criterion judges it.",
        good=("A must is one for which you would turn down the best offer; everything else is a should.",),
        example="R-07 – technical – Two filling lines that can run 2R vials – must – line list with qualification dates.",
        tables=(
            Asked(
                "requirements",
                "Requirements",
                row_word="requirement",
                labels={"group": "Group", "consequence": "Asked for by the strategy"},
                wide=True,
            ),
        ),
    ),
    Screen(
        key="questions",
        title="Questions",
        heading="What are bidders asked?",
        lead="Each question names the criterion that its answer serves and the requirement that it shows.",
        why="Questions that lead to no score are work for nobody's benefit. Answers in numbers and choices can be scored by "
        "their bands, the same for every bidder.",
        good=(
            "Money is asked for in the commercial envelope alone: it stays shut until technical scores are locked.",
            "What the library holds has been asked before: answers can be compared with those of earlier requests.",
        ),
        example="T-04 – Batches of this size a year – number – batches – serves T1 – bands ..20 = 1 | 20..40 = 3 | 40.. = 5.",
        tables=(
            Asked(
                "questions",
                "Questions",
                row_word="question",
                labels={"group": "Group", "table_columns": "Columns of the table", "help": "Help for the bidder"},
                helps={"bands": "“..5 = 1 | 5..10 = 3 | 10.. = 5”; of choices “Yes = 5 | No = 0”."},
                wide=True,
            ),
        ),
    ),
    Screen(
        key="prices",
        title="Price sheet",
        heading="What do bidders price?",
        lead="The same lines for all of them, so that quotes can be laid side by side. A request for information has none.",
        why="Offers in each bidder's own layout cannot be compared, and what is left out comes later. One-off costs, the "
        "minimum that is paid anyway, failed batches and the way out belong to the price.",
        good=(
            "Quantities that we know are given; where each bidder has its own, the line is left open.",
            "A line that may be part of another can be marked as included.",
        ),
        example="P-01 – batch price – drug product batch of 20,000 vials – per batch – recurs.",
        tables=(
            Asked(
                "price_sheet",
                "Price sheet",
                row_word="line",
                labels={"type": "Kind", "help": "Help for the bidder"},
                wide=True,
            ),
        ),
    ),
    Screen(
        key="quantities",
        title="Quantities",
        heading="How much, year by year?",
        lead="Costs are worked out for three scenarios: if little is needed, as expected, and if much.",
        why="The cheapest offer at the expected demand is often not the cheapest where demand falls short: minimum "
        "commitments are paid all the same.",
        good=("They are those of the approved strategy, unless something has changed since.",),
        example="2029: 20,000 – 40,000 – 60,000 vials.",
        fields=("demand_unit", "batch_output", "batch_yield"),
        tables=(
            Asked(
                "quantities",
                "Quantities",
                row_word="year",
                labels={"low": "If little", "base": "As expected", "high": "If much"},
            ),
        ),
    ),
    Screen(
        key="rates",
        title="Money",
        heading="In which money is it compared?",
        lead="The base currency with its rates, our estimate, and what looking after a CMO costs ourselves.",
        why="A quote in another currency is turned into ours at one stated rate of one day, the same for all. Our own people "
        "are the cost that is usually forgotten.",
        good=(
            "Rates name their day and who published them.",
            "The should-cost is written down before any price is opened.",
        ),
        example="EUR, discount rate 8 %; 1 EUR buys 1.10 USD (ECB, 2 March 2027); half a person a year for each CMO.",
        fields=(
            "currency", "discount_rate", "should_cost", "oversight_fte", "fte_rate", "audit_cost", "plant_day_cost",
            "oversight_systems", "change_reserve",
        ),
        helps={"currency": "Three letters, such as EUR. Everything is counted in it."},
        tables=(
            Asked(
                "rates",
                "Exchange rates",
                help="For each currency that bidders may quote in, besides the base currency.",
                row_word="rate",
                labels={"per_base": "Units for one of ours", "on": "Day"},
                helps={"per_base": ""},
            ),
        ),
    ),
    Screen(
        key="timetable",
        title="Timetable",
        heading="What happens when?",
        lead="The days that bidders plan by: presentations, site visits, the decision.",
        why="A bidder who knows when the audit comes has its experts there.",
        good=("Each day that needs a bidder's people stands here.",),
        example="Site visits – 19 April 2027 – two days, quality and technical.",
        tables=(Asked("timetable", "Timetable", row_word="day"),),
    ),
    Screen(
        key="weights",
        title="Other weights",
        heading="Under which other weights is the ranking looked at?",
        lead="Scenarios besides the weights that decide: they show how firmly the winner stands.",
        why="If a small shift of weight changes the winner, the committee should know before it signs. A scenario decides "
        "nothing; it is written down now so that nobody can say it was made to fit.",
        good=("Each scenario is somebody's honest view: finance first, supply first.",),
        example="Supply first – T1 – 50.",
        tables=(
            Asked(
                "weight_sets",
                "Weights of scenarios",
                help="One line for each criterion of each scenario. They need not add up to 100: they are scaled.",
                row_word="weight",
                labels={"criterion": "Criterion"},
            ),
        ),
    ),
    Screen(key="documents", title="Documents", heading="", lead="", why="", also=("documents",)),
    Screen(key="panel", title="Panel", heading="", lead="", why="", also=("panel",)),
    Screen(key="invitations", title="Invitations", heading="", lead="", why="", also=("invitations",)),
    Screen(
        key="check",
        title="Check and approve",
        heading="Is it complete?",
        lead="What is still missing, each with the way to its field.",
        why="",
    ),
)  # fmt: skip
BY_KEY = {screen.key: screen for screen in SCREENS}
#: Screens that are pages of their own: the name of the page.
ELSEWHERE = {
    "template": "evaluation:rfp_template",
    "documents": "evaluation:rfp_attach",
    "panel": "evaluation:rfp_panel",
    "invitations": "evaluation:rfp_invitations",
}
