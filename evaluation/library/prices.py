"""Price lines and documents that templates share."""

from __future__ import annotations

from evaluation.library.shapes import AskedPrice, Milestone, RequiredDocument


def recurring(code: str, type: str, label: str, unit: str, **more: object) -> AskedPrice:
    return AskedPrice(code, type, label, unit, True, **more)  # type: ignore[arg-type]


def one_off(code: str, type: str, label: str, unit: str = "once", **more: object) -> AskedPrice:
    return AskedPrice(code, type, label, unit, False, **more)  # type: ignore[arg-type]


def terms(per: str = "per_batch", noun: str = "batches") -> tuple[AskedPrice, ...]:
    """Return the lines that commercial terms cost: people, minimums, cancellation, change orders, exit."""
    return (
        recurring(
            "PM-01", "project_management", "Project and account management", "per_month",
            help="Name the people and their share of time.",
        ),
        recurring(
            "MIN-01", "minimum_commitment", f"Least number of {noun} a year, and what one missing costs", per,
            mandatory=False,
            help="Quantity: least a year. Percent: share of a shortfall that is to be paid. Leave out if you ask for none.",
        ),
        recurring(
            "CAN-01", "cancellation", "Charge for a slot cancelled at the notice you assume", "per_year",
            help="State the notice assumed; the ladder itself is asked for in CST-03.",
        ),
        recurring(
            "CHG-01", "change_order", "Work outside the scope, blended hourly rate", "per_hour", quantity="100", quantity_per="year",
            help="The quantity is ours, a year, so that bids compare. State what always counts as inside the scope.",
        ),
        one_off(
            "EXI-01", "exit", "Assistance with a transfer to us or a third party at the end",
            help="Documents, samples, 400 hours of your experts, and materials at cost.",
        ),
    )  # fmt: skip


def timetable(
    *, proposals: int = 35, presentations: int = 49, visits: int = 63, decision: int = 84
) -> tuple[Milestone, ...]:
    """Return the nine milestones; what lies before the proposals are due follows from that day."""
    return (
        Milestone("issue", 0),
        Milestone("intent_to_bid", 5, "A bidder who declines says why; it helps the next RFP."),
        Milestone("questions_until", proposals - 17, "In writing, through the portal alone."),
        Milestone("answers", proposals - 12, "To all bidders at once, without naming who asked."),
        Milestone("proposals_due", proposals, "At the hour stated, by the server's clock."),
        Milestone("presentations", presentations, "The people who would do the work present."),
        Milestone("site_visits", visits, "Quality audit, technical visit and walk-through in one journey."),
        Milestone("decision", decision),
        Milestone("award", decision + 10, "After standstill; each bidder is offered a debrief."),
    )


def papers(*more: RequiredDocument) -> tuple[RequiredDocument, ...]:
    """Return the documents that go with every proposal, and those of the service."""
    return (
        RequiredDocument("DOC-CDA", "Confidentiality agreement in force", "Nothing of the scope is sent without it."),
        RequiredDocument(
            "DOC-LIC", "Manufacturing authorisation and GMP certificates of the site",
            "Shows that the licence covers the scope and its markets.",
        ),
        RequiredDocument(
            "DOC-INS", "Reports of the last inspections with responses",
            "Redacted where other customers are named; observations and commitments legible.",
        ),
        RequiredDocument(
            "DOC-SMF", "Site master file", "Buildings, utilities, flows, equipment and organisation in one place.",
        ),
        RequiredDocument(
            "DOC-QAG", "Quality agreement template with exceptions marked", "Differences are settled before signing, not after.",
        ),
        *more,
        RequiredDocument("DOC-INSUR", "Certificate of insurance", "Product, property and business interruption cover.", False),
    )  # fmt: skip
