"""In which term a contract is on a day, when it ends, and until when notice can be given.

**A term ends on the day that the contract gives as its end**, that day included; the next begins the day after. The n-th
renewal is counted from the first day of the first one and ends the day before the next begins, so that ends at the end
of a month stay there: an end on 28 February 2027 is followed by 29 February 2028.

**Notice** of n days, months or years before the end may still be given on the day that many before it. Notice that
comes too late for one term counts for the next. Where the contract holds a day back, every answer is what all days that
it could be agree on, or a window from the earliest to the latest of them. Source: domain reference, section 3.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from contracts.terms.dates import Answer, Kind, Window, long_day, plain_day
from contracts.terms.periods import MONDAY_TO_FRIDAY, Calendar, Due, Length, Roll, Unit, count, last_day, shift
from contracts.terms.rules import Renews, Rule, State
from strategy.sums.errors import SumError

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a contract stands ``on`` a day.

    ``term`` is 0 in the first term, n in the n-th renewal, None where the dates do not tell; ``begins`` and ``ends`` are
    its first and last day, None where nothing bounds them. ``final`` says whether it ends for good then, as things stand;
    ``last_end`` is the day on which it does sooner or later, None if it goes on or nothing bounds it.

    ``deadline`` is the next last day for notice that is not past, None if there is none, and ``words`` its arithmetic or
    why there is none; where a day is held back, it is that of the cases in which there is one. ``can_give`` says whether
    notice can still be given that ends an automatic contract with this term, ends an evergreen, or brings the next
    renewal of one that renews by notice. ``late`` are the notices that changed nothing. ``sentence`` tells it all.
    """

    on: date
    state: State
    term: int | None
    begins: Window | None
    ends: Window | None
    final: Answer
    last_end: Window | None
    deadline: Window | None
    can_give: Answer
    words: str
    late: tuple[date, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Exact:
    """A position of a contract whose days are all known; ``due`` is the end of the term that the deadline is of."""

    state: State
    term: int
    begins: date | None
    ends: date
    last_term: int | None
    last_end: date | None
    due: date | None
    due_term: int | None
    can_give: bool
    stopped: bool
    late: tuple[date, ...]

    @property
    def shape(self) -> tuple[object, ...]:
        return self.state, self.term, self.begins is None, self.last_term, self.due_term, self.can_give, self.late


def position(rule: Rule, on: date, given: Sequence[date] = ()) -> Position:
    """Return where a contract of ``rule`` stands on the day ``on``.

    ``given`` are the days on which notice was given; what lies after ``on`` is not known yet. The first ends an
    automatic contract or an evergreen; where renewal is by notice, the n-th brings the n-th renewal.

    :class:`SumError` with field "given" for notice under a rule that knows none, or whose length the contract does not
    say; "calendar" if a holiday is not known (:class:`~contracts.terms.periods.Calendar`); "date" outside the years 1
    to 9999.
    """
    plain_day(on)
    known = sorted(day for day in given if day <= on)
    if known and (rule.notice is None or (rule.renews is Renews.NO and not rule.evergreen)):
        raise SumError("The contract knows no such notice, or not its length; enter that first.", field="given")
    if rule.evergreen:
        return _evergreen(rule, on, known)
    source = rule.end if rule.length is None else rule.start
    window = source.window
    if window is None:
        return _unknown(rule, on, "The contract does not give the day that its end is counted from")
    counted = rule
    if rule.renews is not Renews.NO and rule.renewal is None:
        # One renewal of any length tells as much of the first term as the true one would.
        counted = replace(rule, renewal=Length(1, Unit.YEARS), most=1)
    low = _exactly(counted, window.earliest, on, known)
    high = low if window.exact else _exactly(counted, window.latest, on, known)
    cases: tuple[_Exact, ...] = (low,) if high is low else (low, high)
    # All that is counted goes up with the first end, and each number of a term down: the same on both sides is the same
    # in between.
    if low.shape != high.shape:
        cases = tuple(_exactly(counted, day, on, known) for day in source.days())
    if counted is not rule and any(case.term for case in cases):
        return _unknown(rule, on, "The contract does not say for how long it renews")
    return _merged(rule, on, cases)


def notice_deadline(
    end: date | Window, notice: Length, calendar: Calendar = MONDAY_TO_FRIDAY, roll: Roll = Roll.STAY
) -> Due:
    """Return the last day for notice before ``end``, and its arithmetic: "31 December 2028 less 180 days = 4 July 2028"."""
    return count(end, notice, calendar, back=True, roll=roll)


def terms(rule: Rule, first_end: date) -> Iterator[tuple[int, date | None, date]]:
    """Yield number, first and last day of each term that ``rule`` allows, from that which ends on ``first_end``.

    The first day of term 0 is None where ``start`` is not an exact day. Without end if renewals are; they stop in the
    year 9999 with a :class:`SumError`. Field "renewal" if it renews for a length that is not known.
    """
    number, last = 0, 0 if rule.renews is Renews.NO else rule.most
    while last is None or number <= last:
        yield number, _begin(rule, first_end, number), _end(rule, first_end, number)
        number += 1


def _exactly(rule: Rule, anchor: date, on: date, given: Sequence[date]) -> _Exact:
    """Return the position if the day that the first end hangs on (its own, or the start) is ``anchor``."""
    begun = rule.start.after(on) is not Answer.YES
    first_end = anchor
    if rule.length is not None:
        begun = anchor <= on
        first_end = shift(anchor, rule.length) if rule.to_anniversary else last_day(anchor, rule.length)
    late: tuple[date, ...] = ()
    last: int | None = 0
    stopped = False
    if rule.renews is Renews.AUTOMATIC:
        last = rule.most
        if given:
            stop = _due_term(rule, first_end, given[0], rule.most)
            stopped, last = stop is not None, rule.most if stop is None else stop
            late = tuple(given[1:] if stopped else given)
    elif rule.renews is Renews.BY_NOTICE:
        last, late = _extended(rule, first_end, given)
    term = _current(rule, first_end, on)
    ended = last is not None and term > last
    if ended:
        assert last is not None
        term = last
    end = _end(rule, first_end, term)
    due_term: int | None = None
    can_give = False
    if rule.notice is not None and not ended:
        if rule.renews is Renews.AUTOMATIC and not stopped:
            due_term = _due_term(rule, first_end, on, rule.most, term)
            can_give = due_term == term
        elif rule.renews is Renews.BY_NOTICE and last != rule.most:
            assert last is not None
            can_give = _deadline(rule, _end(rule, first_end, last)) >= on
            due_term = last if can_give else None
    begins = _begin(rule, first_end, term)
    if rule.length is not None and term == 0:
        begins = anchor
    return _Exact(
        state=State.ENDED if ended else State.RUNNING if begun else State.NOT_BEGUN,
        term=term,
        begins=begins,
        ends=end,
        last_term=last,
        last_end=None if last is None else _end(rule, first_end, last),
        due=None if due_term is None else _end(rule, first_end, due_term),
        due_term=due_term,
        can_give=can_give,
        stopped=stopped,
        late=late,
    )


def _extended(rule: Rule, first_end: date, given: Sequence[date]) -> tuple[int, tuple[date, ...]]:
    """Return how many renewals the notices brought, and those that came too late or beyond the most."""
    last = 0
    for place, day in enumerate(given):
        if last == rule.most or day > _deadline(rule, _end(rule, first_end, last)):
            return last, tuple(given[place:])
        last += 1
    return last, ()


def _due_term(rule: Rule, first_end: date, day: date, most: int | None, term: int | None = None) -> int | None:
    """Return the first term, of those that a renewal follows, whose notice may be given on ``day``; None if none is."""
    term = _current(rule, first_end, day) if term is None else term
    while most is None or term < most:
        if _deadline(rule, _end(rule, first_end, term)) >= day:
            return term
        term += 1
    return None


def _current(rule: Rule, first_end: date, on: date) -> int:
    """Return the first term that ends on ``on`` or later, as if renewals had no end."""
    if rule.renews is Renews.NO or rule.renewal is None:
        return 0 if on <= first_end else 1
    months = rule.renewal.in_months
    if months is None:
        days = rule.renewal.count * (7 if rule.renewal.unit is Unit.WEEKS else 1)
        near = (on - first_end).days // days
    else:
        near = ((on.year - first_end.year) * 12 + on.month - first_end.month) // months
    term = max(0, near - 1)
    while _end(rule, first_end, term) < on:
        term += 1
    return term


def _begin(rule: Rule, first_end: date, term: int) -> date | None:
    if term == 0:
        return rule.start.exact
    return _end(rule, first_end, term - 1) + _DAY


def _end(rule: Rule, first_end: date, term: int) -> date:
    if term == 0:
        return first_end
    if rule.renewal is None:
        raise SumError("The contract does not say for how long it renews.", field="renewal")
    return shift(first_end + _DAY, Length(term * rule.renewal.count, rule.renewal.unit)) - _DAY


def _deadline(rule: Rule, end: date) -> date:
    assert rule.notice is not None
    return rule.calendar.rolled(shift(end, rule.notice, rule.calendar, back=True), rule.roll)


def _window(days: Iterable[date | None]) -> Window | None:
    known = [day for day in days if day is not None]
    return Window(min(known), max(known)) if known else None


def _agreed(values: Iterable[bool]) -> Answer:
    seen = set(values)
    return Answer.UNKNOWN if len(seen) > 1 else Answer.YES if seen.pop() else Answer.NO


def _merged(rule: Rule, on: date, cases: Sequence[_Exact]) -> Position:
    states = {case.state for case in cases}
    state = states.pop() if len(states) == 1 else State.UNKNOWN
    if (
        rule.length is None
        and state is State.RUNNING
        and rule.start.kind is Kind.DATE
        and rule.start.after(on) is Answer.UNKNOWN
    ):
        state = State.UNKNOWN
    numbers = {case.term for case in cases}
    term = numbers.pop() if len(numbers) == 1 else None
    begins = _window(case.begins for case in cases)
    if begins is None and term == 0:
        begins = rule.start.window
    ends = _window(case.ends for case in cases)
    final = _agreed(case.term == case.last_term for case in cases)
    due = _window(case.due for case in cases)
    can_give = _agreed(case.can_give for case in cases)
    late = min((case.late for case in cases), key=len)
    deadline = None
    stopped = rule.renews is Renews.AUTOMATIC and state is not State.ENDED and all(case.stopped for case in cases)
    if due is not None and rule.notice is not None:
        counted = notice_deadline(due, rule.notice, rule.calendar, rule.roll)
        deadline, words = counted.day, counted.words
        if any(case.due is None for case in cases):
            words += ", if the day held back leaves one"
    else:
        words = _why_none(rule, state, stopped)
    endless = any(case.last_end is None for case in cases)
    last_end = None if endless else _window(case.last_end for case in cases)
    found = Position(on, state, term, begins, ends, final, last_end, deadline, can_give, words, late, "")
    return replace(found, sentence=_sentence(rule, found, stopped))


def _why_none(rule: Rule, state: State, stopped: bool) -> str:
    if stopped:
        return "Notice was given in time."
    if state is State.ENDED:
        return "It has ended, so there is no notice to give."
    if rule.renews is Renews.NO:
        return "It does not renew, so there is no notice to give."
    if rule.notice is None:
        return "The contract does not say how long before its end notice is due."
    if rule.renewal is None:
        return "It is too late for notice to end it with this term, and the contract does not say how long the next is."
    if rule.renews is Renews.AUTOMATIC:
        return "No further renewal follows that notice could stop."
    return "No further renewal can be had by notice."


def _sentence(rule: Rule, at: Position, stopped: bool) -> str:
    day = long_day(at.on)
    if at.state is State.ENDED:
        return f"It has ended, on {at.ends}."
    name = "some term" if at.term is None else "its first term" if at.term == 0 else f"renewal {at.term}"
    if at.state is State.NOT_BEGUN:
        head = f"On {day} it has not begun; {name} ends on {at.ends}"
    elif at.state is State.UNKNOWN:
        head = f"A day that the contract holds back decides whether it runs on {day}; {name} ends on {at.ends}"
    else:
        head = f"On {day} it is in {name}, which ends on {at.ends}"
    by_notice = rule.renews is Renews.BY_NOTICE
    if rule.renews is not Renews.NO:
        for_good = " unless notice renews it" if by_notice and at.deadline else " for good"
        head += {Answer.YES: for_good, Answer.NO: " and renews", Answer.UNKNOWN: ""}[at.final]
    if stopped and at.final is not Answer.YES:
        return f"{head}. {at.words} It ends on {at.last_end or 'a day that the contract does not give'}."
    if at.deadline is None:
        return f"{head}. {at.words}"
    if by_notice:
        what = "Notice for the next renewal"
    elif at.can_give is Answer.UNKNOWN:
        what = "Notice to stop that, or the renewal after it,"
    elif at.can_give is Answer.NO:
        what = "It is too late to stop that; notice for the renewal after it"
    else:
        what = "Notice to stop that"
    return f"{head}. {what} can be given until {at.deadline}: {at.words}."


def _evergreen(rule: Rule, on: date, given: Sequence[date]) -> Position:
    begun = {Answer.YES: State.NOT_BEGUN, Answer.NO: State.RUNNING, Answer.UNKNOWN: State.UNKNOWN}[rule.start.after(on)]
    state = State.RUNNING if rule.start.kind is Kind.NONE else begun
    begins = rule.start.window
    if given:
        assert rule.notice is not None
        due = count(given[0], rule.notice, rule.calendar)
        if due.day.latest < on:
            state = State.ENDED
        verb = "ended" if state is State.ENDED else "ends"
        words = f"Notice was given: {due.words}"
        sentence = f"It {verb} on {due.day}. {words}."
        return Position(
            on, state, 0, begins, due.day, Answer.YES, due.day, None, Answer.NO, words, tuple(given[1:]), sentence
        )
    if rule.notice is None:
        words = "The contract does not say how much notice ends it."
        can_give = Answer.UNKNOWN
    else:
        words = f"Notice can be given on any day; given on this one: {count(on, rule.notice, rule.calendar).words}"
        can_give = Answer.YES
    sentence = f"It runs until notice. {words.removesuffix('.')}."
    return Position(on, state, 0, begins, None, Answer.NO, None, None, can_give, words, (), sentence)


def _unknown(rule: Rule, on: date, why: str) -> Position:
    state = State.NOT_BEGUN if rule.start.after(on) is Answer.YES else State.UNKNOWN
    words = f"{why}; enter it to see when it ends."
    return Position(on, state, None, None, None, Answer.UNKNOWN, None, None, Answer.UNKNOWN, words, (), words)
