"""Priorities of the negotiation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from strategy.rules.measures.questions import question
from strategy.rules.shapes import Ask, Because, Kind


@dataclass(frozen=True, slots=True)
class Priority:
    title: str
    target: str
    fallback: str
    walk_away: str
    value_at_stake: str
    question: str
    data_needed: str


PRIORITIES: Mapping[str, Priority] = {
    "quality_compliance": Priority(
        "Quality terms and batch remedies",
        "Our quality agreement as drafted, 24-hour notice of critical events, failed batches replaced in a fixed slot.",
        "Notice within one business day; replacement in the next free slot with a latest date.",
        "Quality unit's final decision, audit for cause or notice of critical events refused.",
        "A rejected or recalled batch, its materials, and the delay behind it.",
        "Have the quality terms protected us when something went wrong?",
        "Deviations, rejected batches, notification times, remedies claimed and received.",
    ),
    "supply_security": Priority(
        "Security of supply",
        "Reserved slots, safety stock apart from the site, a failure-to-supply remedy up to technology transfer.",
        "First refusal on slots and stock of critical materials, with release from minimums on failure.",
        "No remedy beyond best efforts.",
        "Sales and patients' supply for the time it takes to restore it.",
        "Would supply have held if the worst month had lasted three?",
        "Deliveries, stock cover, failures to supply, time to recover from the last test.",
    ),
    "total_cost": Priority(
        "Total cost of partnership",
        "Prices with volume steps, a capped index, change orders under control, fees credited against batches.",
        "Fixed prices for two years, then the index with a cap.",
        "Total cost above the make-versus-buy break-even.",
        "The gap between the quoted price and the total cost over the term.",
        "What has the partnership cost per released unit, against plan and market?",
        "Invoices, change orders, own oversight cost, benchmark.",
    ),
    "speed": Priority(
        "Time to clinic or market",
        "Named slots, a timetable with milestones in the contract, fees tied to them.",
        "A timetable with notice of delay and a right to other slots.",
        "First slot later than the programme's critical path allows.",
        "Each month of delay of the trial or launch.",
        "Has the CMO kept the timetable, and did we?",
        "Milestone baseline and actual dates, causes of delay by side.",
    ),
    "flexibility": Priority(
        "Flexibility of volume and scope",
        "Bands from the low to the high scenario, deferral without charge, a ladder with credit for slots sold again.",
        "Narrower bands with one deferral a year and fees credited on later use.",
        "Take-or-pay above the low scenario.",
        "Fees for capacity that is not used in the low scenario, lost sales in the high one.",
        "Which flexibility was used, what did it cost, and what was missing?",
        "Forecast versions, deferrals, cancellations, fees, demand against scenarios.",
    ),
    "technical_capability": Priority(
        "Technical performance and scale",
        "Batch success and yield bands in the contract, named experts, scale-up support in scope.",
        "Bands agreed after the first ten batches with a date until which they are set.",
        "No commitment to any definition of a successful batch.",
        "Cost of failed batches and of yield below plan.",
        "Does the technical performance still fit the next phase and scale?",
        "Batch success, yield, scale-up plan, open technical issues.",
    ),
    "ip_protection": Priority(
        "Protection of intellectual property",
        "Improvements assigned to us, know-how kept apart, no subcontracting without consent.",
        "Free licence in our field to platform improvements.",
        "Any claim of the CMO on our process or product.",
        "The process knowledge that sets our product apart.",
        "Who holds our know-how now, and is it what we intended?",
        "Access lists, improvements disclosed, subcontractors, returns.",
    ),
    "partnership_fit": Priority(
        "Governance and transparency",
        "Named people, joint governance, open data, surveys both ways, an escalation ladder with times.",
        "Governance agreed in the operating framework within 90 days.",
        "No named lead and no access to those who do the work.",
        "Management time on issues that nobody owns.",
        "Does the relationship work in both directions?",
        "Survey of both sides, issues by age and level, changes of key people.",
    ),
    "exit_readiness": Priority(
        "A way out",
        "Technology-transfer assistance at agreed rates, exit plan annexed, records and materials returned.",
        "Assistance in hours per year, exit plan within six months.",
        "No duty to assist a transfer.",
        "The 12 to 24 months that a transfer takes without help.",
        "Could we leave today within notice and stock, and what is missing?",
        "Exit plan, transfer package, stock cover, notice periods, second-source status.",
    ),
    "data_integrity": Priority(
        "Data integrity and access to records",
        "Raw data and audit trails open to us, validated systems, hand-over in readable form.",
        "Access on site with copies for investigations.",
        "No access to raw data.",
        "The trust of an authority in every batch of the site.",
        "Have our samples of raw data and audit trails agreed with the reports?",
        "Results of data-integrity audits, record requests and answers.",
    ),
    "term_and_termination": Priority(
        "Term and freedom to end",
        "Fixed term with our option to extend, end for convenience on 90 days' notice.",
        "Notice of 180 days, work in progress completed.",
        "No end before the full term without payment of the whole.",
        "Fees for work that the programme no longer needs.",
        "Is the term still right, and is the notice date in the calendar?",
        "Term, notice dates, work planned beyond them.",
    ),
    "capacity": Priority(
        "Reserved capacity",
        "Slots by year for the base scenario, fee credited against batches, first call on more.",
        "First refusal on slots before they go to others.",
        "No slot in the first year of need.",
        "The volume that nobody is bound to make.",
        "Does reserved capacity still match demand?",
        "Capacity by year, forecast, slots used and released.",
    ),
    "freedom_to_source": Priority(
        "Freedom to use another source",
        "No exclusivity, no minimum share, volume moves between sources by one forecast cycle's notice.",
        "A minimum quantity, not a share, until the other source is approved.",
        "Exclusivity for the product.",
        "The whole value of having another source.",
        "Have we been free to use the other source, and did competition show?",
        "Volumes by source, prices by source, commitments.",
    ),
    "long_term_value": Priority(
        "Value over the long term",
        "Indexation within a cap, improvement targets with shared savings, review of price on stated triggers.",
        "Fixed prices for two years, then an index.",
        "Prices that the CMO alone may raise.",
        "Price drift over the whole term.",
        "Would we sign the same terms today?",
        "Price history against index and market, savings realised.",
    ),
}


def priority(code: str, strength: int | Decimal = 10, because: tuple[Because, ...] = ()) -> tuple[Ask, ...]:
    """Return the ask for a negotiation priority and for its question; the strongest ranks first."""
    p = PRIORITIES[code]
    content = {
        "target": p.target,
        "fallback": p.fallback,
        "walk_away": p.walk_away,
        "value_at_stake": p.value_at_stake,
    }
    return (
        Ask(Kind.PRIORITY, code, p.title, content, Decimal(strength), because),
        question(f"priority_{code}", p.question, p.data_needed),
    )
