"""KPIs, with the formulas, targets and red lines of the domain reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from strategy.rules.measures.questions import question
from strategy.rules.shapes import Ask, Kind


@dataclass(frozen=True, slots=True)
class Kpi:
    title: str
    formula: str
    direction: str
    target: str
    red_line: str
    unit: str
    category: str
    question: str


KPIS: Mapping[str, Kpi] = {
    "on-time-in-full": Kpi(
        "On time in full",
        "Deliveries on time and in full ÷ deliveries due",
        "up", "95", "85", "%", "delivery",
        "Has delivery on time and in full held its target, and would a changed window or lead time serve us better?",
    ),
    "supply-fulfilment": Kpi(
        "Supply fulfilment",
        "Quantity accepted ÷ quantity firmly ordered",
        "up", "98", "95", "%", "delivery",
        "Have we received what we firmly ordered?",
    ),
    "schedule-adherence": Kpi(
        "Schedule adherence",
        "Batches started in their planned window ÷ batches planned",
        "up", "90", "80", "%", "delivery",
        "Do batches start when they are planned, and who moved those that did not?",
    ),
    "stock-cover": Kpi(
        "Safety-stock cover",
        "Safety stock on hand ÷ safety stock agreed",
        "up", "100", "80", "%", "delivery",
        "Is the safety stock still right for the time it would take to restore supply?",
    ),
    "milestone-adherence": Kpi(
        "Milestone adherence",
        "Milestones met by their baseline date ÷ milestones due",
        "up", "90", "80", "%", "delivery",
        "Have milestones been met against the first baseline, and what moved the others?",
    ),
    "release-cycle-time": Kpi(
        "Release cycle time, median",
        "Median of the days from end of manufacture to release, split between CMO and sponsor",
        "down", "20", "30", "business days", "delivery",
        "How long does release take, and on whose side does it wait?",
    ),
    "forecast-accuracy": Kpi(
        "Forecast accuracy (our own)",
        "1 − sum of absolute differences between forecast and actual ÷ sum of actual, at a fixed lag of three months",
        "up", "80", "60", "%", "partnership",
        "Is our own forecast good enough for the zones that we agreed?",
    ),
    "right-first-time": Kpi(
        "Right first time",
        "Batches without any defect or correction ÷ batches reviewed",
        "up", "95", "90", "%", "quality",
        "Are batches and their records right first time, and what repeats?",
    ),
    "lot-acceptance-rate": Kpi(
        "Lot acceptance rate",
        "Lots released ÷ lots released or rejected",
        "up", "97", "95", "%", "quality",
        "Is the lot acceptance rate good enough to go on as agreed?",
    ),
    "deviation-rate": Kpi(
        "Deviation rate",
        "Deviations ÷ batches, per 100 batches",
        "down", "6", "8", "per 100 batches", "quality",
        "Do deviations fall, and are the recurring ones understood?",
    ),
    "batch-success": Kpi(
        "Batch success",
        "Batches that meet specification ÷ batches attempted",
        "up", "95", "90", "%", "quality",
        "Does the process succeed at this scale as often as the plan assumes?",
    ),
    "environmental-excursions": Kpi(
        "Environmental excursions in critical zones",
        "Excursions beyond the action limit in grade A and B ÷ batches, per 100 batches",
        "down", "1", "3", "per 100 batches", "quality",
        "Is the contamination-control strategy working, by its trends?",
    ),
    "identity-breaks": Kpi(
        "Breaks of the chain of identity",
        "Breaks or near misses of the chain of identity, counted",
        "down", "0", "1", "events", "quality",
        "Has the chain of identity held for every patient?",
    ),
    "vein-to-vein": Kpi(
        "Turnaround from collection to release, median",
        "Median of the days from receipt of the patient's material to release",
        "down", "21", "28", "days", "delivery",
        "Is the turnaround short enough for the patients treated now?",
    ),
    "capa-on-time": Kpi(
        "CAPA on time",
        "CAPA closed by their original due date ÷ CAPA closed",
        "up", "90", "80", "%", "compliance",
        "Are corrective actions closed by their first date, and do they work?",
    ),
    "investigation-on-time": Kpi(
        "Investigations on time",
        "Deviations and OOS closed within target ÷ those due",
        "up", "90", "80", "%", "compliance",
        "Are investigations closed in time, with a root cause?",
    ),
    "notification-timeliness": Kpi(
        "Notification timeliness",
        "Events notified within the clock of the quality agreement ÷ events",
        "up", "100", "95", "%", "compliance",
        "Were we told of every event in time, and of changes before they were made?",
    ),
    "audit-actions-overdue": Kpi(
        "Overdue audit actions",
        "Audit actions past their due date, counted, with any open critical finding",
        "down", "0", "1", "actions", "compliance",
        "Is the site fit for inspection today?",
    ),
    "data-integrity-findings": Kpi(
        "Open data-integrity findings",
        "Open findings on data integrity from audits, inspections and investigations, counted",
        "down", "0", "1", "findings", "compliance",
        "Can we rely on every record that we were given?",
    ),
    "ip-duties-met": Kpi(
        "Know-how duties met on time",
        "Confidentiality and IP duties done by their date (access lists, disclosures, returns) ÷ duties due",
        "up", "100", "95", "%", "compliance",
        "Is our know-how still protected, and who has had access to it?",
    ),
    "invoice-accuracy": Kpi(
        "Invoice accuracy",
        "Invoices matched at first pass ÷ invoices",
        "up", "98", "95", "%", "cost",
        "Do invoices follow what was agreed?",
    ),
    "total-cost-variance": Kpi(
        "Variance of the total cost of partnership",
        "(Actual total cost − budget) ÷ budget",
        "down", "5", "15", "%", "cost",
        "What does the partnership really cost, our own oversight included, against plan and market?",
    ),
    "change-order-share": Kpi(
        "Cumulative change orders",
        "Sum of approved change orders ÷ original scope of work",
        "down", "5", "15", "%", "cost",
        "How much have change orders added, and which of them did we cause?",
    ),
    "responsiveness": Kpi(
        "Responsiveness",
        "Issues answered within the agreed time ÷ issues",
        "up", "95", "85", "%", "partnership",
        "Do both sides answer in time, and would both choose each other again?",
    ),
    "change-turnaround": Kpi(
        "Turnaround of change requests",
        "Changes of volume, slot or scope answered within the agreed time ÷ changes asked for",
        "up", "90", "80", "%", "partnership",
        "Did the agreed flexibility work when it was used, and what did it cost?",
    ),
    "exit-readiness": Kpi(
        "Exit readiness",
        "Items of the transfer and exit package that are complete and current ÷ items",
        "up", "90", "70", "%", "partnership",
        "How many months would it take to leave, against the months of notice and stock that we have?",
    ),
    "second-source-progress": Kpi(
        "Progress of the other source",
        "Milestones of the other source met by their baseline date ÷ milestones due",
        "up", "90", "75", "%", "delivery",
        "Is the other source qualified and able to take the volume that it was chosen for?",
    ),
    "improvement-delivered": Kpi(
        "Improvement delivered",
        "Yearly savings and yield gains realised ÷ those agreed",
        "up", "100", "60", "%", "cost",
        "Does the long term pay: have yield and cost improved as agreed?",
    ),
}  # fmt: skip


def kpi(code: str) -> tuple[Ask, ...]:
    """Return the ask for a KPI of the dictionary and for its question."""
    k = KPIS[code]
    content = {
        "code": code,
        "formula": k.formula,
        "direction": k.direction,
        "target": k.target,
        "red_line": k.red_line,
        "unit": k.unit,
        "category": k.category,
    }
    slug = code.replace("-", "_")
    return (
        Ask(Kind.KPI, slug, k.title, content),
        question(f"kpi_{slug}", k.question, f"{k.title} by period since the last re-evaluation, with causes."),
    )
