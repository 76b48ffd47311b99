"""What an agreement makes both sides owe, and by which day: from its duties, its clocks and its own dates.

`owed` says what there has to be on a day, and nothing else: the same agreement gives the same answer whether anybody has
asked before. Its occurrences keep their names when their days move. What is written of it is `contracts.obliging`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.clocks import add_months
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.models import Event
from contracts.dates import position_of, rule_of
from contracts.effective import began, executed_amendments, shapes_of, whole
from contracts.models import Agreement, AgreementEvent, Duty, Side
from contracts.terms import typed
from contracts.terms.dates import PERPETUAL, Answer, PartialDate, Window
from contracts.terms.duties import Anchors, Recurring, Within, occurrences
from contracts.terms.effective import effective_terms
from contracts.terms.periods import (
    MONDAY_TO_FRIDAY,
    Calendar,
    Length,
    Unit,
    count,
    last_day,
    moment_after,
    parse_length,
)
from contracts.terms.renewal import Position, notice_deadline, terms
from strategy.sums.errors import SumError

MONTHS_AHEAD = 13
LONGEST_WORDS = 500

NOTICE, END, REVIEW = "notice", "end", "review"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is owed: `duty` and `occurrence` name it for good, `due_on` is its day as of now.

    `due_on` is None where no day can be told, and `counted` says why, or else how. `due_at` is the first moment at which
    it is too late, of a clock in hours.
    """

    duty: UUID
    occurrence: str
    title: str
    side: str
    owner: User | None
    due_on: date | None
    counted: str
    topic: str = ""
    evidence: str = ""
    due_at: datetime | None = None
    event: AgreementEvent | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """Something that an event starts: a term that is a clock, or a duty within one. `code` names it for good."""

    code: str
    title: str
    side: str
    topic: str
    evidence: str
    owner: User | None
    length: str


def horizon(today: date) -> date:
    """Return the last day of what is written down ahead."""
    return add_months(today, MONTHS_AHEAD)


def key_of(agreement: Agreement, what: str) -> UUID:
    """Return the key of what follows from an agreement without a line of its own."""
    return uuid5(NAMESPACE_URL, f"agreement:{agreement.pk}:{what}")


def calendar_of(agreement: Agreement) -> Calendar:
    return agreement.calendar.counted if agreement.calendar is not None else MONDAY_TO_FRIDAY


def relationship_of(agreement: Agreement) -> Relationship | None:
    """Return the relationship that an agreement belongs to, None for one with a CMO for all programmes."""
    if agreement.relationship is not None:
        return agreement.relationship
    rows = Relationship.objects.filter(cmo=agreement.cmo_id, programme=agreement.programme_id)
    return rows.select_related("manager").first() if agreement.programme_id else None


def keeper_of(agreement: Agreement) -> User | None:
    """Return who sees to what nobody else is named for: the relationship's manager, else who wrote the agreement."""
    relationship = relationship_of(agreement)
    for one in (relationship.manager if relationship else None, agreement.created_by):
        if one is not None and one.is_active and not one.is_service and not one.is_external:
            return one
    return None


def tracked_from(agreement: Agreement) -> date | None:
    """Return the first day of which anything is written down: what fell due before an agreement was known here is not
    made up afterwards.
    """
    start = began(agreement)
    if start is None or not agreement.registered_as_existing:
        return start
    known = Event.objects.of(agreement).filter(verb="register_as_existing").order_by("at").first()
    return max(start, timezone.localtime(known.at).date()) if known is not None else start


def base_of(agreement: Agreement) -> Agreement:
    """Return the agreement itself; of an amendment, what it amends."""
    return agreement.parent if agreement.kind == Agreement.Kind.AMENDMENT and agreement.parent else agreement


def _end_of(agreement: Agreement, at: Position | str) -> Window | PartialDate | date | None:
    """Return the end that duties are counted from: the day that was recorded, else that of the term it is in."""
    if agreement.ended_on is not None:
        return agreement.ended_on
    if agreement.kind == Agreement.Kind.AMENDMENT and agreement.lapses_on is not None:
        return agreement.lapses_on
    if isinstance(at, str):
        return None
    return at.last_end or at.ends or (PERPETUAL if at.final is Answer.NO else None)


def anchors_of(agreement: Agreement, at: Position | str) -> Anchors:
    """Return the days that the duties of an agreement are counted from, by the names of `Duty.ANCHORS`."""
    base = base_of(agreement)
    end = _end_of(agreement, at)
    last: Any = end
    if agreement.ended_on is None and not isinstance(at, str) and at.last_end is None and at.final is Answer.NO:
        # It goes on by itself, and so does what recurs.
        last = PERPETUAL
    return {
        Duty.ANCHORS["start"]: agreement.effective_since or agreement.starts,
        Duty.ANCHORS["end"]: end,
        Duty.ANCHORS["notice"]: None if isinstance(at, str) or base.ended_on else at.deadline,
        Duty.ANCHORS["signature"]: agreement.executed_on,
        Duty.LAST_DAY: last,
    }


def owed(agreement: Agreement, today: date) -> list[Owed]:
    """Return all that an agreement in force, or one that has ended, makes anybody owe up to 13 months from `today`."""
    start = tracked_from(agreement)
    if start is None or agreement.state not in (Agreement.State.EFFECTIVE, *Agreement.OVER):
        return []
    base = base_of(agreement)
    at = position_of(base, today)
    keeper = keeper_of(agreement)
    found = [*_of_duties(agreement, at, keeper, start, today), *_of_events(agreement, keeper)]
    if agreement is base and agreement.state == Agreement.State.EFFECTIVE:
        found += _of_dates(agreement, at, keeper, start, today)
    return found


def _of_duties(
    agreement: Agreement, at: Position | str, keeper: User | None, start: date, today: date
) -> Iterator[Owed]:
    calendar, anchors, to = calendar_of(agreement), anchors_of(agreement, at), horizon(today)
    term = "" if isinstance(at, str) or not at.term or at.last_end is not None else f" of term {at.term}"
    for row in agreement.duties.select_related("owner").order_by("position"):  # type: ignore[attr-defined]
        if row.rule == Duty.Rule.ON_EVENT:
            continue
        rule = row.due
        if isinstance(rule, Recurring) and rule.last != Duty.LAST_DAY:
            rule = _until_the_end(rule, anchors[Duty.LAST_DAY])
        # A term that follows asks anew for what is counted from the end of each.
        of_term = term if row.anchor in ("end", "notice") and row.rule == Duty.Rule.RELATIVE else ""
        owner = row.owner if row.owner is not None and row.owner.is_active else keeper
        shape = Owed(row.key, "", row.text, row.side, owner, None, "", row.topic, row.evidence)
        after = row.anchor == "end" and not row.before
        try:
            times = occurrences(rule, anchors, min(start, to), to, calendar)
        except SumError as error:
            yield replace(shape, occurrence=f"1{of_term}", counted=str(error)[:LONGEST_WORDS])
            continue
        for one in times:
            ended = agreement.ended_on
            if ended is not None and not after and (one.day is None or one.day.earliest > ended):
                continue
            due = one.day.exact if one.day is not None else None
            yield replace(
                shape, occurrence=f"{one.number}{of_term}", due_on=due, counted=one.words[:LONGEST_WORDS]
            )  # fmt: skip


def _until_the_end(rule: Recurring, end: Any) -> Recurring:
    """Let what recurs until a day of its own end with the agreement where that comes first."""
    window = end.window if isinstance(end, PartialDate) else end
    latest = window.latest if isinstance(window, Window) else window
    if isinstance(rule.last, PartialDate) and latest is not None and rule.last.exact and latest < rule.last.exact:
        return replace(rule, last=Duty.LAST_DAY)
    return rule


def _of_dates(
    agreement: Agreement, at: Position | str, keeper: User | None, start: date, today: date
) -> Iterator[Owed]:
    """What the agreement's own dates ask of us: notice, its end, and the review of a quality agreement."""
    to = horizon(today)
    if not isinstance(at, str):
        if at.deadline is not None and at.deadline.earliest <= to:
            yield Owed(
                key_of(agreement, NOTICE), f"term {_term_of_deadline(agreement, at, today)}",
                "Decide whether to give notice", Side.OURS, keeper, at.deadline.exact, at.words[:LONGEST_WORDS],
                evidence="The decision, with the day on which notice was given if it was.",
            )  # fmt: skip
        end = at.last_end or at.ends
        if at.final is Answer.YES and end is not None and end.earliest <= to and end.latest >= start:
            yield Owed(
                key_of(agreement, END), "end", "The agreement ends: settle what follows", Side.OURS, keeper, end.exact,
                at.sentence[:LONGEST_WORDS], evidence="What has taken its place, or how the work was brought to an end.",
            )  # fmt: skip
    since = agreement.effective_since
    if agreement.kind == Agreement.Kind.QAG and agreement.review_years and since is not None:
        rule = Recurring(Duty.ANCHORS["start"], Length(agreement.review_years, Unit.YEARS), Duty.LAST_DAY)
        for one in occurrences(rule, anchors_of(agreement, at), min(start, to), to):
            yield Owed(
                key_of(agreement, REVIEW), str(one.number), "Review the quality agreement", Side.OURS, keeper,
                one.day.exact if one.day else None, one.words[:LONGEST_WORDS],
                evidence="The minutes of the review, and what is to be amended.",
            )  # fmt: skip


def _term_of_deadline(agreement: Agreement, at: Position, today: date) -> int:
    """Return the number of the term before whose end the next last day for notice lies."""
    found = at.term or 0
    try:
        rule = rule_of(agreement, today)
        first = rule.end.exact
        if rule.length is not None and rule.start.exact is not None:
            first = last_day(rule.start.exact, rule.length)
        if first is None or rule.notice is None or at.deadline is None:
            return found
        for number, _, end in terms(rule, first):
            if notice_deadline(end, rule.notice, rule.calendar, rule.roll).day.earliest >= at.deadline.earliest:
                return number
    except SumError:
        pass
    return found


# --- clocks that an event starts ----------------------------------------------------------


def clocks_of(agreement: Agreement) -> list[Clock]:
    """Return everything of an agreement that an event can start, by name."""
    found = [
        Clock(str(row.key), row.text, row.side, row.topic, row.evidence, row.owner, row.clock)
        for row in agreement.duties.select_related("owner").filter(rule=Duty.Rule.ON_EVENT)  # type: ignore[attr-defined]
    ]
    topics = dict(agreement.terms.values_list("code", "topic"))  # type: ignore[attr-defined]
    said = said_on(agreement, timezone.localdate())
    for code, (label, kind, _) in shapes_of(agreement).items():
        if kind == "clock" and code in said:
            found.append(Clock(code, label, "", topics.get(code, ""), "", None, said[code]))
    return sorted(found, key=lambda one: one.title.lower())


def said_on(agreement: Agreement, day: date) -> dict[str, Any]:
    """Return the terms of an agreement as effective on a day; its own where that cannot be reckoned with."""
    own = {row.code: row.value for row in agreement.terms.all()}  # type: ignore[attr-defined]
    if not executed_amendments(agreement):
        return own
    try:
        return dict(effective_terms(whole(agreement), max(day, began(agreement) or day)))
    except SumError:
        return own


def _of_events(agreement: Agreement, keeper: User | None) -> Iterator[Owed]:
    rows = agreement.events.filter(state=AgreementEvent.State.RECORDED).select_related("owner")  # type: ignore[attr-defined]
    events = list(rows)
    if not events:
        return
    clocks, calendar = {one.code: one for one in clocks_of(agreement)}, calendar_of(agreement)
    for event in events:
        clock = clocks.get(event.clock)
        if clock is None:
            continue
        zone = ZoneInfo(event.zone)
        day = event.happened_at.astimezone(zone).date()
        length = clock.length
        if clock.code in (said := said_on(agreement, day)):
            length = typed.read("clock", "hours", str(said[clock.code])).text
        owner = event.owner or clock.owner or keeper
        shape = Owed(
            key_of(agreement, f"event:{event.pk}"), "1", f"{clock.title}: {event.what}", event.side or clock.side or Side.THEIRS,
            owner if owner is not None and owner.is_active else keeper, None, "", clock.topic, clock.evidence, event=event,
        )  # fmt: skip
        yield _run(shape, event, parse_length(length), zone, calendar)


def _run(shape: Owed, event: AgreementEvent, length: Length, zone: ZoneInfo, calendar: Calendar) -> Owed:
    """Let a clock run from its event: hours to the very moment, days by the agreement's calendar."""
    local = event.happened_at.astimezone(zone)
    try:
        late = moment_after(event.happened_at, length, zone, calendar)
        if length.unit is Unit.HOURS:
            ends = late.astimezone(zone)
            words = f"{local:%-d %B %Y %H:%M %Z} plus {length} = {ends:%-d %B %Y %H:%M %Z}"
            return replace(shape, due_on=ends.date(), due_at=late, counted=words)
        due = count(local.date(), length, calendar)
    except SumError as error:
        return replace(shape, counted=str(error)[:LONGEST_WORDS])
    return replace(shape, due_on=due.day.exact, counted=f"{Within('event', length).words}: {due.words}"[:LONGEST_WORDS])


__all__ = [
    "Clock", "Owed", "anchors_of", "base_of", "clocks_of", "horizon", "keeper_of", "key_of", "owed", "relationship_of",
    "said_on", "tracked_from",
]  # fmt: skip
