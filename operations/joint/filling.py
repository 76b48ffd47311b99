"""What a framework begins with: the strategy's consequences, what is usual at its tier, and the people who are known."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact, Relationship
from operations.joint.standards import FUNCTIONS, LADDER, MEETINGS
from operations.models.framework_tables import AgreedKpi, BudgetLine, ContactRow, EscalationLevel, Meeting
from operations.models.kpi import KpiDefinition
from strategy.actions.relationships import in_force
from strategy.models import Consequence, Strategy, in_order
from strategy.rules import Kind

#: Words of a strategy's sentence on meetings, and how often they mean.
HOW_OFTEN = (
    ("once a year", "year"), ("yearly", "year"), ("every year", "year"), ("twice a year", "half_year"),
    ("half-year", "half_year"), ("quarter", "quarter"), ("every two weeks", "two_weeks"), ("week", "week"),
    ("month", "month"),
)  # fmt: skip


def slug(code: str) -> str:
    """Return a code as the dictionary, strategies and contracts all write it."""
    return "-".join(code.lower().replace("_", " ").replace("-", " ").split())


def fill(framework: Any) -> None:
    """Fill the tables of a new framework. Inside the transaction that makes it."""
    relationship: Relationship = framework.relationship
    strategy = in_force(relationship)
    people = our_people(relationship)
    _contacts(framework, relationship, people)
    _meetings(framework, relationship, strategy)
    _ladder(framework, relationship, people)
    _kpis(framework, strategy)
    if strategy is not None and strategy.oversight_budget and strategy.currency:
        BudgetLine.objects.create(
            framework=framework, year=timezone.localdate().year, kind=BudgetLine.Kind.OVERSIGHT,
            what="People, travel, audits and systems", amount=strategy.oversight_budget, currency=strategy.currency,
        )  # fmt: skip


def our_people(relationship: Relationship) -> dict[str, User]:
    """Return who stands for a role on our side, where the programme has just one; the manager for its own."""
    members: dict[str, list[User]] = {}
    for person in relationship.programme.members.filter(is_active=True).prefetch_related("groups"):
        if not person.is_service and not person.is_external:
            for role in person.roles:
                members.setdefault(role, []).append(person)
    found = {role: those[0] for role, those in members.items() if len(those) == 1}
    if relationship.manager is not None:
        found["project_manager"] = relationship.manager
    return found


def _contacts(framework: Any, relationship: Relationship, people: Mapping[str, User]) -> None:
    known = list(Contact.objects.filter(cmo=relationship.cmo_id, left_on__isnull=True).order_by("name"))
    made = []
    for place, function in enumerate(FUNCTIONS):
        theirs = [one for one in known if any(word in one.position.lower().split() or word in one.position.lower() for word in function.words)]  # fmt: skip
        signs = [one for one in known if one.user_id is not None]
        contact = theirs[0] if theirs else signs[0] if place == 0 and len(signs) == 1 else None
        made.append(
            ContactRow(
                framework=framework,
                position=place,
                function=function.name,
                subject=function.subject,
                colleague=people.get(function.role),
                contact=contact,
            )
        )
    ContactRow.objects.bulk_create(made)


def _meetings(framework: Any, relationship: Relationship, strategy: Strategy | None) -> None:
    # Whom nobody has assessed is looked after most closely.
    tier = relationship.tier or (strategy.tier if strategy is not None else None) or 1
    rows = [
        Meeting(
            framework=framework, name=one.name, cadence=one.cadence, purpose=one.purpose, chair=one.chair,
            quorum=one.quorum, agenda=one.agenda, minutes=one.minutes,
        )
        for one in MEETINGS[tier]
    ]  # fmt: skip
    names = {row.name for row in rows}
    for asked in binding(strategy, Kind.GOVERNANCE):
        as_usual = asked.content.get("tier") == str(tier) and asked.state == Consequence.State.ACCEPTED
        if not as_usual and asked.title[:150] not in names:
            words = asked.content.get("meetings", "")
            rows.append(
                Meeting(framework=framework, name=asked.title[:150], cadence=cadence_in(words), purpose=words[:1000])
            )
            names.add(asked.title[:150])
    for place, row in enumerate(rows):
        row.position = place
    Meeting.objects.bulk_create(rows)


def cadence_in(words: str) -> str:
    """Return how often a sentence says; "as_needed" where it does not."""
    lowered = words.lower()
    places = [(lowered.find(said), cadence) for said, cadence in HOW_OFTEN if said in lowered]
    return min(places)[1] if places else Meeting.Cadence.AS_NEEDED


def _ladder(framework: Any, relationship: Relationship, people: Mapping[str, User]) -> None:
    EscalationLevel.objects.bulk_create(
        EscalationLevel(
            framework=framework, position=place, level=rung.level, name=rung.name, colleague=people.get(rung.role),
            business_days=rung.business_days, note=rung.note,
        )
        for place, rung in enumerate(LADDER)
    )  # fmt: skip


def binding(strategy: Strategy | None, kind: Kind) -> list[Consequence]:
    if strategy is None:
        return []
    return in_order(Consequence.objects.binding().filter(strategy=strategy, kind=kind))


def _kpis(framework: Any, strategy: Strategy | None) -> None:
    known = {slug(one.code): one for one in KpiDefinition.objects.filter(state=KpiDefinition.State.IN_FORCE)}
    asked = binding(strategy, Kind.KPI)
    rows = [_agreed(framework, one, known) for one in asked]
    if not rows:
        scored = sorted((one for one in known.values() if one.is_scored), key=lambda one: (one.category, one.name))
        rows = [
            AgreedKpi(
                framework=framework, name=one.name, definition=one, direction=one.direction, unit=one.unit,
                target=one.target, red_line=one.red_line, weight=one.weight,
            )
            for one in scored
        ]  # fmt: skip
    once = {row.name: row for row in rows}
    for place, row in enumerate(once.values()):
        row.position = place
    AgreedKpi.objects.bulk_create(once.values())


def _agreed(framework: Any, asked: Consequence, known: Mapping[str, KpiDefinition]) -> AgreedKpi:
    content = asked.content
    definition = known.get(slug(content.get("code", "")))
    return AgreedKpi(
        framework=framework, name=asked.title[:150], definition=definition,
        counted_as="" if definition is not None else content.get("formula", "")[:1000],
        direction=definition.direction if definition is not None else content.get("direction", ""),
        unit=definition.unit if definition is not None else content.get("unit", "")[:30],
        target=number(content.get("target")), red_line=number(content.get("red_line")),
    )  # fmt: skip


def number(words: str | None) -> Decimal | None:
    try:
        return Decimal(words) if words and words.strip() else None
    except InvalidOperation:
        return None
