"""What still keeps a framework from approval, and what both sides should know before they sign it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cmo_lifecycle.workflow.parts import rows_of
from operations.joint.contracted import softer_than_contracted
from operations.models import AgreedKpi, BudgetLine, ContactRow, EscalationLevel, Framework, KpiDefinition, Meeting
from strategy.actions.relationships import in_force

#: A framework is looked at once a year.
LONGEST_UNREVIEWED = timedelta(days=366)
SECTIONS = {
    "scope": "Say what the framework is for: products, sites and work.",
    "goals": "Say what both sides want to reach.",
    "decisions": "Say who decides what, and how.",
    "communication": "Say who talks to whom, about what, by which way.",
    "data_exchange": "Say which data are exchanged, in which form and how often.",
    "person_in_plant": "Say when somebody of ours is in the plant and what they may do; or that nobody will be.",
    "contingencies": "Say what both do if a line, a person, a material or a shipment fails.",
}


@dataclass(frozen=True)
class Finding:
    """One thing to mend: the field or table it is at, the row from 0 where there is one, and what to do."""

    field: str
    sentence: str
    row: int | None = None


def findings(framework: Framework) -> list[Finding]:
    """Return everything that is missing, in the order in which a framework is written."""
    return list(_all(framework))


def _all(framework: Framework) -> Iterator[Finding]:
    for field, sentence in SECTIONS.items():
        if not getattr(framework, field).strip():
            yield Finding(field, sentence)
        if field == "communication":
            yield from _contacts(rows_of(framework, ContactRow))
            yield from _meetings(rows_of(framework, Meeting))
            yield from _ladder(rows_of(framework, EscalationLevel))
            yield from _kpis(rows_of(framework, AgreedKpi))
    if not any(row.kind == BudgetLine.Kind.OVERSIGHT for row in rows_of(framework, BudgetLine)):
        yield Finding("budget_lines", "Budget our own oversight: what nobody has paid for does not happen.")
    due, today = framework.review_due, timezone.localdate()
    if due is not None and framework.state in Framework.OPEN and not today < due <= today + LONGEST_UNREVIEWED:
        yield Finding("review_due", "Give a day within the next year for its review, or leave it empty.")


def _contacts(rows: list[Any]) -> Iterator[Finding]:
    if not rows:
        yield Finding("contact_rows", "Say who speaks for which function on either side.")
        return
    for place, row in enumerate(rows):
        missing = [
            word for word, who in (("our colleague", row.colleague), ("their contact", row.contact)) if who is None
        ]
        if missing:
            yield Finding(
                "contact_rows", f"“{row.function}”: name {' and '.join(missing)}, or take the row out.", place
            )
    if not any(can_sign(row.contact) for row in rows):
        yield Finding(
            "contact_rows",
            "Name at least one contact of the CMO who has an account: they read and sign it in the portal.",
        )


def can_sign(contact: Any) -> bool:
    """Whether a contact of the CMO can sign in to the portal."""
    return contact is not None and contact.user is not None and contact.user.is_active and contact.left_on is None


def _meetings(rows: list[Any]) -> Iterator[Finding]:
    if not rows:
        yield Finding("meetings", "Say which meetings there are.")
    for place, row in enumerate(rows):
        missing = [
            word
            for word, said in (
                ("who chairs it", row.chair), ("its quorum", row.quorum), ("its agenda", row.agenda),
                ("its minutes", row.minutes),
            )
            if not said.strip()
        ]  # fmt: skip
        if missing:
            yield Finding("meetings", f"“{row.name}”: say {', '.join(missing)}.", place)


def _ladder(rows: list[Any]) -> Iterator[Finding]:
    levels = sorted(row.level for row in rows if row.level)
    if len(levels) < 2:
        yield Finding("escalation_levels", "Give at least two levels: who settles it, and who if they do not.")
    elif levels != list(range(1, len(levels) + 1)):
        yield Finding("escalation_levels", "Number the levels 1, 2, 3 … without a gap.")
    if not any(row.bypasses for row in rows):
        yield Finding(
            "escalation_levels", "Add level 0: critical quality issues go to both heads of quality the same day."
        )
    for place, row in enumerate(rows):
        missing = [word for word, who in (("our side", row.colleague), ("their side", row.contact)) if who is None]
        if missing:
            yield Finding(
                "escalation_levels", f"Level {row.level}: name who stands there on {' and '.join(missing)}.", place
            )


def _kpis(rows: list[Any]) -> Iterator[Finding]:
    if not rows:
        yield Finding("agreed_kpis", "Agree at least one KPI: without, both sides are blind.")
    for place, row in enumerate(rows):
        for sentence in lacks_its_baseline(row):
            yield Finding("agreed_kpis", sentence, place)


def lacks_its_baseline(row: AgreedKpi) -> Iterator[str]:
    """Say what one KPI lacks to be measured from now on: a definition that holds, a target and a red line."""
    definition = row.definition
    if definition is None:
        if not row.counted_as.strip():
            yield f"“{row.name}”: choose its definition in the KPI dictionary, or say how it is counted."
        elif not row.direction or not row.unit.strip():
            yield f"“{row.name}”: say which direction is better, and the unit."
    elif definition.state == KpiDefinition.State.DRAFT:
        yield f"“{row.name}”: version {definition.number} of its definition is a draft; have quality approve it first."
    elif definition.state == KpiDefinition.State.RETIRED:
        yield f"“{row.name}”: its definition is retired; choose another one."
    if row.is_scored and (row.target is None or row.red_line is None):
        yield f"“{row.name}”: give its target and its red line."


def notes(framework: Framework) -> list[Finding]:
    """Return what does not keep it from approval and should be known: soft targets, old definitions, a thin budget."""
    found = []
    kpis = rows_of(framework, AgreedKpi)
    newer = {
        one.code: one
        for one in KpiDefinition.objects.filter(
            state=KpiDefinition.State.IN_FORCE, code__in=[row.definition.code for row in kpis if row.definition]
        )
    }
    contracted = softer_than_contracted(framework.relationship, kpis)
    for place, row in enumerate(kpis):
        latest = newer.get(row.definition.code) if row.definition is not None else None
        if latest is not None and latest.number > row.definition.number:
            found.append(
                Finding(
                    "agreed_kpis",
                    f"“{row.name}” is counted by version {row.definition.number} of its definition;"
                    f" version {latest.number} is in force.",
                    place,
                )
            )
        found += [Finding("agreed_kpis", f"“{row.name}”: {sentence}", place) for sentence in contracted.get(place, ())]
    found += [Finding("budget_lines", sentence) for sentence in thin_oversight(framework)]
    return found


def thin_oversight(framework: Framework) -> Iterator[str]:
    """Compare what is budgeted for our own oversight, year by year, with what the strategy gives it."""
    strategy = in_force(framework.relationship)
    if strategy is None or not strategy.oversight_budget:
        return
    lines = [row for row in rows_of(framework, BudgetLine) if row.kind == BudgetLine.Kind.OVERSIGHT]
    sums: dict[int, Decimal] = {}
    for row in lines:
        if row.currency != strategy.currency:
            yield (
                f"“{row.what}” of {row.year} is in {row.currency}, the strategy's oversight budget in"
                f" {strategy.currency}: the two cannot be compared."
            )
            return
        sums[row.year] = sums.get(row.year, Decimal(0)) + row.amount
    for year, amount in sorted(sums.items()):
        if amount != strategy.oversight_budget:
            word = "less" if amount < strategy.oversight_budget else "more"
            yield (
                f"{year}: {strategy.currency} {amount:,.0f} for our own oversight, which is {word} than the"
                f" {strategy.currency} {strategy.oversight_budget:,.0f} a year that the strategy gives it."
            )
