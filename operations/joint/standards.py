"""What is usual where nothing else was agreed: functions, meetings by tier, escalation, gates of a transfer.

Our own defaults (domain reference 3.4, marked there as such), to be changed with the CMO; the phases of a transfer follow
WHO TRS 1044 Annex 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """A function that both sides fill: our role for it, and words by which the CMO's contacts are known."""

    name: str
    subject: str
    role: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing meeting."""

    name: str
    cadence: str
    purpose: str
    chair: str
    quorum: str
    agenda: str
    minutes: str = "Written by the chair's side within 3 business days, approved by both at the next meeting."


@dataclass(frozen=True, slots=True)
class Rung:
    """A level of the escalation ladder; `role` is who stands there for us."""

    level: int
    name: str
    business_days: int
    role: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of a transfer and the criterion that it usually has."""

    name: str
    criterion: str


FUNCTIONS = (
    Function("Relationship", "Everything that has no other owner", "project_manager", ("business", "account", "client", "alliance", "project")),
    Function("Quality", "Deviations, changes, release, audits, complaints", "quality", ("quality", "qa", "qualified")),
    Function("Technical", "Process, methods, technology transfer", "technical", ("technical", "manufactur", "process", "msat", "science")),
    Function("Supply planning", "Forecasts, orders, deliveries, materials", "supply_planning", ("supply", "plan", "logistic")),
    Function("Contract and price", "Agreements, amendments, prices", "sourcing", ("contract", "commercial", "sales", "legal")),
    Function("Invoices", "Invoices and payments", "finance", ("financ", "account", "invoic")),
    Function("Executive sponsor", "What the others could not settle", "executive", ("chief", "director", "president", "managing", "ceo")),
)  # fmt: skip

CORE_TEAM = Standing(
    "Core team", "week", "Work of the coming weeks: batches, materials, open issues and actions.",
    "Relationship manager", "Relationship manager, technical and quality of both sides",
    "Safety and quality first; schedule; issues and their clocks; actions due; decisions for the operations review",
    "Actions and decisions noted in the meeting, sent the same day; no approval needed.",
)  # fmt: skip
OPERATIONS = Standing(
    "Operations review", "month", "Performance of the month against the agreed KPIs, and what is done about it.",
    "Relationship manager", "Relationship managers and quality of both sides",
    "KPIs against target and red line; deviations and CAPA; forecast and capacity; changes; actions; escalations",
)  # fmt: skip
BUSINESS = Standing(
    "Business review", "quarter", "Scorecard, cost, forecast and risks of the relationship; both sides judge each other.",
    "Sourcing", "Relationship managers, sourcing and quality of both sides",
    "Scorecard and standing; cost against budget; forecast accuracy; risks; improvement projects; coming changes",
)  # fmt: skip
STEERING = Standing(
    "Joint Steering Committee", "half_year", "Direction, scope and scale; what the levels below could not settle.",
    "The two executives in turn", "One executive and the head of quality of each side",
    "Strategy and long-term demand; escalated issues; contract changes; capacity and investment; the framework itself",
)  # fmt: skip
SPONSORS = Standing(
    "Executive sponsors", "year", "Whether the relationship still serves both companies.",
    "The two sponsors", "Both executive sponsors",
    "Plans of both companies; trust and talk between them; re-evaluation of the relationship",
)  # fmt: skip


def _every(meeting: Standing, cadence: str) -> Standing:
    return Standing(
        meeting.name, cadence, meeting.purpose, meeting.chair, meeting.quorum, meeting.agenda, meeting.minutes
    )


#: Meetings by risk tier.
MEETINGS: Mapping[int, tuple[Standing, ...]] = {
    1: (CORE_TEAM, OPERATIONS, BUSINESS, STEERING, SPONSORS),
    2: (OPERATIONS, _every(BUSINESS, "half_year"), _every(STEERING, "year")),
    3: (_every(OPERATIONS, "quarter"), _every(BUSINESS, "year")),
}

LADDER = (
    Rung(0, "Both heads of quality", 0, "quality", "Critical quality issues, the same day; never settled by a commercial vote."),
    Rung(1, "Functional leads", 2, "technical"),
    Rung(2, "Relationship managers", 5, "project_manager"),
    Rung(3, "Joint Steering Committee", 10, "sourcing"),
    Rung(4, "Executives", 20, "executive", "After that: dispute resolution as the contract says."),
)  # fmt: skip

GATES = (
    Gate("Feasibility and gap analysis", "Every gap is rated; 0 gaps are without an owner, an action and a day."),
    Gate("Risk assessment", "All critical attributes and parameters are assessed; 0 risks stand above the threshold untreated."),
    Gate("Protocol", "The protocol with its acceptance criteria is signed by 2 of 2 quality units."),
    Gate("Knowledge package", "100 % of the documents on the transmittal list are sent and acknowledged, lessons learned among them."),
    Gate("Analytical transfer", "100 % of the methods meet the protocol's criteria for accuracy and precision (USP <1224>)."),
    Gate("Engineering batches", "2 of 2 engineering or demonstration batches meet all in-process and release criteria."),
    Gate("Process performance qualification", "3 of 3 consecutive batches meet all criteria of the protocol."),
    Gate("Report and regulatory filing", "The transfer report is approved by 2 of 2 quality units, and filings name the site."),
)  # fmt: skip

__all__ = ["FUNCTIONS", "GATES", "LADDER", "MEETINGS", "Function", "Gate", "Rung", "Standing"]
