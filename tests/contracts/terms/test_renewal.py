"""Terms and notice against an oracle that writes every term out and walks through the days; cases by hand."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.dates import NONE, PERPETUAL, Answer, PartialDate, Window
from contracts.terms.periods import MONDAY_TO_FRIDAY, Length, Roll, Unit, parse_length
from contracts.terms.reading import parse
from contracts.terms.renewal import Position, notice_deadline, position, terms
from contracts.terms.rules import Renews, Rule, State, parse_renewal
from strategy.sums.errors import SumError
from tests.contracts.terms.walking import CHRISTMAS, DAY, GULF, open_on, walked

ROOT = Path(__file__).resolve().parents[3]
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
L = parse_length


@dataclass(frozen=True)
class Told:
    """What the oracle says of one exact contract."""

    state: State
    term: int
    ends: date
    last_end: date | None
    deadline: date | None
    can_give: bool


def written_out(rule: Rule, start: date | None, first_end: date, until: date) -> list[tuple[date | None, date]]:
    """Write out first and last day of every term, or up to one that ends after ``until`` if they have no end."""
    terms_: list[tuple[date | None, date]] = [(start, first_end)]
    if rule.renews is Renews.NO:
        return terms_
    assert rule.renewal is not None
    while terms_[-1][1] < until if rule.most is None else len(terms_) <= rule.most:
        begins = terms_[-1][1] + DAY
        steps = Length(len(terms_) * rule.renewal.count, rule.renewal.unit)
        terms_.append((begins, walked(first_end + DAY, steps, MONDAY_TO_FRIDAY, 1) - DAY))
    return terms_


def notice_day(rule: Rule, end: date) -> date:
    assert rule.notice is not None
    day = walked(end, rule.notice, rule.calendar, -1)
    while rule.roll is Roll.BACK and not open_on(rule.calendar, day):
        day -= DAY
    return day


def oracle(rule: Rule, start: date | None, first_end: date, on: date, given_on: list[date]) -> Told:
    all_terms = written_out(rule, start, first_end, date(on.year + 9, 1, 1))
    renewable = [
        n for n in range(len(all_terms)) if rule.renews is not Renews.NO and (rule.most is None or n < rule.most)
    ]
    by = {n: notice_day(rule, all_terms[n][1]) for n in renewable} if rule.notice else {}
    heard = sorted(day for day in given_on if day <= on)
    last = None if rule.renews is Renews.AUTOMATIC else 0
    if rule.renews is Renews.AUTOMATIC:
        last = rule.most
        if heard and any(by[n] >= heard[0] for n in by):
            last = min(n for n in by if by[n] >= heard[0])
    elif rule.renews is Renews.BY_NOTICE:
        for day in heard:
            if last not in by or day > by[last]:
                break
            last += 1
    live = all_terms if last is None else all_terms[: last + 1]
    ends = live[-1][1] if last is not None else None
    day = start or min(on, first_end)
    term = 0
    while day <= on and term < len(live) - 1:  # Walk, and change terms the morning after each end.
        if day > live[term][1]:
            term += 1
        else:
            day += DAY
    state = State.ENDED if ends and on > ends else State.NOT_BEGUN if start and on < start else State.RUNNING
    deadline = None
    if by and state is not State.ENDED:
        if rule.renews is Renews.BY_NOTICE and last in by and on <= by[last]:
            deadline = by[last]
        if rule.renews is Renews.AUTOMATIC and last == rule.most:
            deadline = min((d for n, d in by.items() if n >= term and d >= on), default=None)
    can_give = deadline is not None and (rule.renews is Renews.BY_NOTICE or by[term] >= on)
    return Told(state, term, live[term][1], ends, deadline, can_give)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    renews = draw(st.sampled_from([Renews.NO, Renews.AUTOMATIC, Renews.AUTOMATIC, Renews.BY_NOTICE]))
    more = renews is not Renews.NO
    spans = st.one_of(
        st.builds(Length, st.integers(1, 3), st.just(Unit.YEARS)),
        st.builds(Length, st.sampled_from([1, 3, 6, 11, 18]), st.just(Unit.MONTHS)),
        st.builds(Length, st.integers(13, 60), st.just(Unit.WEEKS)),
        st.builds(Length, st.integers(90, 400), st.just(Unit.DAYS)),
    )
    notices = st.one_of(
        st.none(),
        st.builds(Length, st.integers(0, 2), st.just(Unit.YEARS)),
        st.builds(Length, st.integers(0, 12), st.just(Unit.MONTHS)),
        st.builds(Length, st.integers(0, 200), st.just(Unit.DAYS)),
        st.builds(Length, st.integers(0, 60), st.just(Unit.BUSINESS_DAYS)),
    )
    return Rule(
        renews=renews,
        renewal=draw(spans) if more else None,
        most=draw(st.one_of(st.none(), st.integers(1, 4))) if more else None,
        notice=draw(notices),
        calendar=draw(st.sampled_from([MONDAY_TO_FRIDAY, CHRISTMAS, GULF])),
        roll=draw(st.sampled_from([Roll.STAY, Roll.BACK])),
    )


#: Around the ends of months and the leap days.
ENDS = st.one_of(
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    st.sampled_from([date(2028, 2, 29), date(2027, 2, 28), date(2028, 1, 30), date(2027, 12, 31), date(2028, 8, 31)]),
)
DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))


def heard_of(rule: Rule, days: list[date]) -> list[date]:
    return days if rule.renews is not Renews.NO and rule.notice else []


@settings(deadline=None, max_examples=250)
@given(rules(), st.dates(date(2024, 1, 1), date(2025, 12, 31)), ENDS, DAYS, st.lists(DAYS, max_size=4))
def test_an_exact_contract_is_where_walking_finds_it(
    rule: Rule, start: date, end: date, on: date, notices: list[date]
) -> None:
    rule = replace(rule, start=PartialDate.of(start), end=PartialDate.of(end))
    told = oracle(rule, start, end, on, heard_of(rule, notices))
    found = position(rule, on, heard_of(rule, notices))
    assert found.ends and found.ends.exact == told.ends
    assert (found.state, found.term) == (told.state, told.term)
    assert (found.last_end and found.last_end.exact) == told.last_end
    assert (found.deadline and found.deadline.exact) == told.deadline
    assert found.can_give is (YES if told.can_give else NO)
    assert found.final is (YES if told.last_end == told.ends else NO)


@settings(deadline=None, max_examples=60)
@given(
    rules(),
    st.sampled_from(["2028-02-XX", "2028-02", "2027-12", "2028-XX-31", "2027-XX-30"]),
    st.booleans(),
    st.dates(date(2027, 6, 1), date(2031, 12, 31)),
    st.lists(DAYS, max_size=2),
)
def test_of_a_day_held_back_every_day_is_tried(
    rule: Rule, code: str, by_length: bool, on: date, notices: list[date]
) -> None:
    held = PartialDate.from_code(code)
    heard = heard_of(rule, notices)
    if by_length:
        rule = replace(rule, start=held, length=Length(2, Unit.YEARS))
        two = Length(2, Unit.YEARS)
        told = [oracle(rule, d, walked(d, two, MONDAY_TO_FRIDAY, 1) - DAY, on, heard) for d in held.days()]
    else:
        rule = replace(rule, end=held)
        told = [oracle(rule, None, d, on, heard) for d in held.days()]
    found = position(rule, on, heard)

    def window(days: list[date | None]) -> Window | None:
        known = [day for day in days if day]
        return Window(min(known), max(known)) if known else None

    states, numbers = {one.state for one in told}, {one.term for one in told}
    assert found.state is (states.pop() if len(states) == 1 else State.UNKNOWN)
    assert found.term == (numbers.pop() if len(numbers) == 1 else None)
    assert found.ends == window([one.ends for one in told])
    assert found.deadline == window([one.deadline for one in told])
    lasts = [one.last_end for one in told]
    assert found.last_end == (None if None in lasts else window(lasts))
    can = {one.can_give for one in told}
    assert found.can_give is (UNKNOWN if len(can) == 2 else YES if can.pop() else NO)


# --- by hand ------------------------------------------------------------------------------

SUPPLY = Rule(
    parse("1/1/2026"), parse("12/31/2028"), renews=Renews.AUTOMATIC, renewal=L("1 year"), most=2, notice=L("180 days")
)


def brief(at: Position) -> tuple[str, int | None, str, str, str]:
    return at.state.value, at.term, str(at.ends), str(at.deadline), at.can_give.value


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 12, 31), ("not_begun", 0, "31 December 2028", "4 July 2028", "yes")),
        (date(2028, 7, 4), ("running", 0, "31 December 2028", "4 July 2028", "yes")),
        (date(2028, 7, 5), ("running", 0, "31 December 2028", "4 July 2029", "no")),
        (date(2029, 1, 1), ("running", 1, "31 December 2029", "4 July 2029", "yes")),
        (date(2030, 1, 1), ("running", 2, "31 December 2030", "None", "no")),
        (date(2031, 1, 1), ("ended", 2, "31 December 2030", "None", "no")),
    ],
)
def test_a_supply_agreement_through_its_life(on: date, expected: tuple[str, int, str, str, str]) -> None:
    assert brief(position(SUPPLY, on)) == expected


def test_it_says_what_to_do_until_when_and_why() -> None:
    assert position(SUPPLY, date(2028, 6, 1)).sentence == (
        "On 1 June 2028 it is in its first term, which ends on 31 December 2028 and renews. Notice to stop that can be"
        " given until 4 July 2028: 31 December 2028 less 180 days = 4 July 2028."
    )
    assert position(SUPPLY, date(2028, 7, 5)).sentence == (
        "On 5 July 2028 it is in its first term, which ends on 31 December 2028 and renews. It is too late to stop that;"
        " notice for the renewal after it can be given until 4 July 2029: 31 December 2029 less 180 days = 4 July 2029."
    )
    late = position(SUPPLY, date(2028, 8, 1), [date(2028, 7, 5)])
    assert late.sentence == (
        "On 1 August 2028 it is in its first term, which ends on 31 December 2028 and renews. Notice was given in time."
        " It ends on 31 December 2029."
    )
    assert position(SUPPLY, date(2031, 1, 1)).sentence == "It has ended, on 31 December 2030."
    assert "the contract does not say how long before" in position(
        replace(SUPPLY, notice=None), date(2028, 1, 1)
    ).sentence.replace("The", "the")


def test_notice_of_two_years_for_terms_of_one_is_due_before_the_term_begins() -> None:
    rule = replace(SUPPLY, notice=L("2 years"), most=None)
    found = position(rule, date(2029, 3, 1))
    assert brief(found) == ("running", 1, "31 December 2029", "31 December 2029", "no")
    assert found.words == "31 December 2031 less 2 years = 31 December 2029"


def test_an_option_is_taken_by_notice_a_year_before() -> None:
    # As in a labelled contract: up to three extensions of twelve months, by notice twelve months before each end.
    rule = Rule(
        parse("11/16/2020"),
        length=L("4 years"),
        renews=Renews.BY_NOTICE,
        renewal=L("12 months"),
        most=3,
        notice=L("12 months"),
    )
    untouched = position(rule, date(2023, 11, 15))
    assert brief(untouched) == ("running", 0, "15 November 2024", "15 November 2023", "yes")
    assert "ends on 15 November 2024 unless notice renews it" in untouched.sentence
    assert brief(position(rule, date(2023, 11, 16))) == ("running", 0, "15 November 2024", "None", "no")
    taken = position(rule, date(2024, 11, 20), [date(2023, 10, 1), date(2024, 11, 16)])
    assert taken.late == (date(2024, 11, 16),)
    assert brief(taken) == ("running", 1, "15 November 2025", "None", "no")


def test_a_month_held_open_gives_a_window_and_says_so() -> None:
    rule = replace(SUPPLY, start=parse("02/[]/2017"), end=parse("02/[]/2021"), most=None, notice=L("90 days"))
    found = position(rule, date(2020, 1, 1))
    assert found.deadline == Window(date(2020, 11, 3), date(2020, 11, 30))
    assert found.words == (
        "a day from 1 February 2021 to 28 February 2021 less 90 days = a day from 3 November 2020 to 30 November 2020"
    )
    assert position(rule, date(2017, 2, 10)).state is State.UNKNOWN
    between = position(rule, date(2020, 11, 10))
    assert between.can_give is UNKNOWN and between.state is State.RUNNING
    assert between.deadline == Window(date(2020, 11, 10), date(2021, 11, 9))


def test_what_is_wholly_held_back_is_unknown_and_what_to_do_is_said() -> None:
    found = position(replace(SUPPLY, end=parse("[]/[]/[]")), date(2028, 1, 1))
    assert (found.state, found.ends, found.deadline, found.can_give) == (State.UNKNOWN, None, None, UNKNOWN)
    assert (
        found.sentence
        == "The contract does not give the day that its end is counted from; enter it to see when it ends."
    )
    no_length = replace(SUPPLY, renewal=None, most=None)
    first = position(no_length, date(2028, 7, 4))
    assert brief(first) == ("running", 0, "31 December 2028", "4 July 2028", "yes")
    assert "does not say how long the next is" in position(no_length, date(2028, 7, 5)).sentence
    assert position(no_length, date(2029, 1, 1)).sentence.startswith(
        "The contract does not say for how long it renews;"
    )
    assert position(no_length, date(2029, 1, 1), [date(2028, 7, 4)]).state is State.ENDED


@pytest.mark.parametrize(
    "rule", [Rule(end=PERPETUAL, notice=L("3 months")), Rule(renews=Renews.EVERGREEN, notice=L("3 months"))]
)
def test_an_evergreen_runs_until_notice(rule: Rule) -> None:
    rule = replace(rule, start=parse("1/1/2020"))
    assert position(rule, date(2019, 12, 31)).state is State.NOT_BEGUN
    found = position(rule, date(2027, 11, 30))
    assert brief(found) == ("running", 0, "None", "None", "yes")
    assert found.sentence.endswith("given on this one: 30 November 2027 plus 3 months = 29 February 2028.")
    told = [
        position(rule, day, [date(2027, 11, 30)]) for day in (date(2027, 11, 29), date(2028, 2, 29), date(2028, 3, 1))
    ]
    assert [(one.state.value, str(one.last_end)) for one in told] == [
        ("running", "None"), ("running", "29 February 2028"), ("ended", "29 February 2028")
    ]  # fmt: skip
    assert position(replace(rule, notice=None), date(2028, 1, 1)).can_give is UNKNOWN


def test_terms_are_written_out() -> None:
    leap = Rule(end=parse("2/28/2027"), renews=Renews.AUTOMATIC, renewal=L("1 year"), most=2)
    assert [(n, end.isoformat()) for n, _, end in terms(leap, date(2027, 2, 28))] == [
        (0, "2027-02-28"), (1, "2028-02-29"), (2, "2029-02-28")
    ]  # fmt: skip
    anniversary = Rule(parse("5/31/2019"), length=L("5 years"), to_anniversary=True)
    assert str(position(anniversary, date(2024, 5, 31)).ends) == "31 May 2024"
    assert str(position(replace(anniversary, to_anniversary=False), date(2020, 1, 1)).ends) == "30 May 2024"
    rolled = notice_deadline(date(2028, 12, 31), L("3 months"), roll=Roll.BACK)
    assert rolled.day.exact == date(2028, 9, 29)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"end": parse("2028"), "length": L("1 year")}, "end"),
        ({"start": PERPETUAL}, "start"),
        ({"length": L("3 business days")}, "length"),
        ({"length": Length(0, Unit.DAYS)}, "length"),
        ({"renewal": L("1 year")}, "renewal"),
        ({"renews": Renews.AUTOMATIC, "renewal": L("24 hours")}, "renewal"),
        ({"renews": Renews.AUTOMATIC, "most": 0}, "most"),
        ({"renews": Renews.EVERGREEN, "length": L("1 year")}, "end"),
        ({"renews": Renews.AUTOMATIC, "end": PERPETUAL}, "renewal"),
        ({"notice": L("24 hours")}, "notice"),
        ({"roll": Roll.NEXT}, "roll"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(SumError) as caught:
        Rule(**wrong)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_notice_that_the_contract_does_not_know_is_refused() -> None:
    for rule in (Rule(end=parse("2028"), notice=L("3 months")), replace(SUPPLY, notice=None), Rule(end=PERPETUAL)):
        with pytest.raises(SumError) as caught:
            position(rule, date(2029, 1, 1), [date(2028, 1, 1)])
        assert caught.value.field == "given"
    assert position(Rule(end=NONE), date(2029, 1, 1)).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [("successive 1 year", "1 year, None"), ("3 successive 1 year", "1 year, 3"), ("12 Months", "12 months, 1"),
     ("successive [***]", "None, None"), ("[]", "None, 1"), ("", "none"), ("now and then", "!"), ("successive", "!")],
)  # fmt: skip
def test_how_renewals_are_answered(text: str, expected: str) -> None:
    if expected == "!":
        with pytest.raises(SumError, match="could not be read as a renewal") as caught:
            parse_renewal(text)
        assert caught.value.field == "renewal"
    else:
        found = parse_renewal(text)
        assert (f"{found.length}, {found.most}" if found else "none") == expected


def test_the_labelled_contracts_are_told_from_their_labels() -> None:
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "contracts"
    if not (folder / "dev_manifest.json").is_file():
        pytest.skip(f"the real data are not at {folder.parent}; set CMO_REAL_DATA to their folder")
    told: dict[str, Position] = {}
    for one in json.loads((folder / "dev_manifest.json").read_text()):
        renewal, end = parse_renewal(one["renewal_term"]), parse(one["expiration_date"])
        notice = one["notice"] and one["notice"] != "[]"
        rule = Rule(
            parse(one["effective_date"] or one["agreement_date"]),
            end,
            renews=Renews.AUTOMATIC if renewal else Renews.NO,
            renewal=renewal and renewal.length,
            most=renewal and renewal.most,
            notice=L(one["notice"]) if notice else None,
        )
        told[one["id"].split("_")[0]] = position(rule, date(2020, 6, 15))
    assert len(told) == 24
    assert told["SigaTechnologiesInc"].words == "31 May 2024 less 90 days = 2 March 2024"
    assert brief(told["OFGBANCORP"]) == ("ended", 1, "30 November 2015", "None", "no")
    # 1 April 2012, then by the year: the ninth of them, renewal 9, ends on 1 April 2021.
    assert brief(told["InmodeLtd"]) == ("running", 9, "1 April 2021", "1 January 2021", "yes")
    assert brief(told["ELECTRAMECCANICA"])[:3] == ("running", 0, "a day from 1 February 2021 to 28 February 2021")
    assert "does not say how long before its end" in told["VAPOTHERM"].words and told["VAPOTHERM"].term == 5
    assert told["FIBROGENINC"].sentence.startswith("It runs until notice.")
    assert told["FUSIONPHARMACEUTICALSINC"].state is told["UpjohnInc"].state is State.UNKNOWN


def test_a_thousand_contracts_are_told_in_a_blink() -> None:
    portfolio = [
        replace(
            SUPPLY,
            start=parse("1/1/2000"),
            end=PartialDate(2001 + n % 20, 1 + n % 12, None if n % 20 == 0 else 1 + n % 28),
            most=None,
            notice=(L("180 days"), L("6 months"), L("20 business days"))[n % 3],
            calendar=CHRISTMAS,
        )
        for n in range(1000)
    ]
    times = []
    for _ in range(3):
        began = time.process_time()
        found = [position(rule, date(2028, 6, 15)) for rule in portfolio]
        times.append(time.process_time() - began)
    assert all(one.deadline and one.deadline.earliest >= date(2028, 6, 15) for one in found)
    print(f"\n1,000 contracts: next notice deadline in {min(times) * 1000:.0f} ms of one processor")
    assert min(times) < 0.2
