"""Effective terms against an oracle that replays every amendment anew for each question; cases by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.amendments import Agreement, Amendment, Provision, Verb
from contracts.terms.effective import effective_terms, sources, term, turning_days
from strategy.sums.errors import SumError

BEGIN = date(2026, 1, 1)
PATHS = ("price", "minimum", "notice", "rebate")


def day(number: int) -> date:
    return BEGIN + timedelta(days=number)


# --- the oracle ---------------------------------------------------------------------------


@dataclass
class Replay:
    """All that is signed by ``known``, asked for one day; nothing is remembered between questions."""

    agreement: Agreement
    on: date
    known: date

    def later_orders(self, number: int) -> list[tuple[Provision, str]]:
        """Return what later amendments in force say about this one, oldest first."""
        return [
            (one, other.name)
            for place, other in enumerate(self.agreement.amendments)
            if place > number and self.in_force(place)
            for one in other.provisions
            if one.amendment == self.agreement.amendments[number].name
        ]

    def in_force(self, number: int) -> bool:
        amendment = self.agreement.amendments[number]
        if amendment.signed > self.known or self.on < amendment.effective:
            return False
        lapses = amendment.lapses
        for one, _ in self.later_orders(number):
            if one.verb is Verb.WITHDRAW and not one.path:
                return False
            if one.verb is Verb.LAPSE:
                lapses = one.lapses
        return lapses is None or self.on <= lapses

    def terms(self) -> dict[str, tuple[Any, str]]:
        agreement = self.agreement
        if self.on < agreement.effective or self.known < agreement.signed:
            return {}
        now = {path: (value, agreement.name) for path, value in agreement.terms.items()}
        for number, amendment in enumerate(agreement.amendments):
            if not self.in_force(number):
                continue
            for one in amendment.provisions:
                if one.amendment:
                    continue
                last = next((o for o, _ in reversed(self.later_orders(number)) if o.path == one.path), None)
                if last is not None and last.verb is Verb.WITHDRAW:
                    continue
                if one.verb is Verb.DELETE:
                    now.pop(one.path, None)
                else:
                    now[one.path] = (last.value if last is not None else one.value, amendment.name)
        return now


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Put amendments on top as chance has it; those that the house refuses are left out."""
    base = {path: f"base {path}" for path in draw(st.sets(st.sampled_from(PATHS), min_size=1))}
    agreement = Agreement("Base", day(draw(st.integers(0, 3))), day(draw(st.integers(0, 3))), base)
    signed = agreement.signed
    for number in range(1, 8):
        signed += timedelta(days=draw(st.integers(0, 4)))
        effective = max(agreement.effective, signed + timedelta(days=draw(st.integers(-8, 6))))
        lapses = draw(st.none() | st.integers(0, 15).map(lambda n, e=effective: e + timedelta(days=n)))
        provisions: list[Provision] = []
        earlier = [one.name for one in agreement.amendments]
        for place in range(draw(st.integers(1, 3))):
            verb = draw(st.sampled_from(list(Verb) if earlier else [Verb.SET, Verb.REPLACE, Verb.DELETE]))
            path = draw(st.sampled_from(PATHS))
            value = f"{number}.{place}"
            if verb in (Verb.SET, Verb.REPLACE):
                provisions.append(Provision(verb, path, value))
            elif verb is Verb.DELETE:
                provisions.append(Provision(verb, path))
            else:
                about = draw(st.sampled_from(earlier))
                if verb is Verb.CHANGE:
                    provisions.append(Provision(verb, path, value, about))
                elif verb is Verb.WITHDRAW:
                    provisions.append(Provision(verb, draw(st.sampled_from(["", *PATHS])), amendment=about))
                else:
                    until = draw(st.none() | st.integers(0, 45).map(day))
                    provisions.append(Provision(verb, amendment=about, lapses=until))
        # Of what chance wrote, keep each provision that does not contradict what is there.
        kept: tuple[Provision, ...] = ()
        for one in provisions:
            try:
                trial = Amendment(f"A{number}", signed, effective, (*kept, one), lapses)
                replace(agreement, amendments=(*agreement.amendments, trial))
            except SumError:
                continue
            kept = (*kept, one)
        if kept:
            added = Amendment(f"A{number}", signed, effective, kept, lapses)
            agreement = replace(agreement, amendments=(*agreement.amendments, added))
    return agreement


@settings(deadline=None, max_examples=150)
@given(agreements(), st.lists(st.tuples(st.integers(-1, 50), st.integers(-1, 40)), min_size=4, max_size=8))
def test_every_day_is_as_replaying_finds_it(agreement: Agreement, asked: list[tuple[int, int]]) -> None:
    for on, known in ((day(a), day(b)) for a, b in asked):
        replayed = Replay(agreement, on, known).terms()
        assert effective_terms(agreement, on, known) == {path: value for path, (value, _) in replayed.items()}
        assert sources(agreement, on, known) == {path: source for path, (_, source) in replayed.items()}
        for path in PATHS:
            state = term(agreement, path, on, known)
            assert (state.value, state.source if state.present else None) == replayed.get(path, (None, None))
            deciding = [step for step in state.chain if step.decides]
            assert [step.source for step in deciding] == ([state.source] if state.source else [])
            assert all(step.value == state.value for step in deciding)


@settings(deadline=None, max_examples=60)
@given(agreements(), st.none() | st.integers(0, 40).map(day))
def test_terms_change_on_the_turning_days_and_on_no_other(agreement: Agreement, known: date | None) -> None:
    found = turning_days(agreement, known)
    if known is not None and known < agreement.signed:
        assert found == ()
        return
    expected, before = [], None
    for number in range(-1, 70):
        now = effective_terms(agreement, day(number), known)
        if day(number) == agreement.effective or (day(number) > agreement.effective and now != before):
            expected.append(day(number))
        before = now
    assert list(found) == expected


# --- by hand: base and four amendments, one lapses, one is retroactive, one amends an amendment ------

SUPPLY = Agreement(
    "Supply agreement",
    date(2026, 1, 10),
    date(2026, 2, 1),
    {"price": 100, "minimum": 10, "notice": "90 days"},
    (
        Amendment(
            "Amendment 1",
            date(2026, 6, 1),
            date(2026, 7, 1),
            (Provision(Verb.REPLACE, "price", 90), Provision(Verb.SET, "rebate", "2 %")),
            lapses=date(2027, 6, 30),
        ),
        Amendment("Amendment 2", date(2026, 9, 15), date(2026, 3, 1), (Provision(Verb.REPLACE, "minimum", 5),)),
        Amendment(
            "Amendment 3",
            date(2027, 1, 5),
            date(2027, 2, 1),
            (
                Provision(Verb.CHANGE, "price", 85, "Amendment 1"),
                Provision(Verb.LAPSE, amendment="Amendment 1", lapses=date(2027, 12, 31)),
            ),
        ),
        Amendment("Amendment 4", date(2027, 3, 1), date(2027, 4, 1), (Provision(Verb.DELETE, "minimum"),)),
    ),
)


@pytest.mark.parametrize(
    ("on", "known", "expected"),
    [
        (date(2026, 1, 31), None, {}),
        (date(2026, 2, 28), None, {"price": 100, "minimum": 10, "notice": "90 days"}),
        (date(2026, 4, 1), date(2026, 9, 14), {"price": 100, "minimum": 10, "notice": "90 days"}),
        (date(2026, 4, 1), date(2026, 9, 15), {"price": 100, "minimum": 5, "notice": "90 days"}),
        (date(2026, 7, 1), None, {"price": 90, "minimum": 5, "notice": "90 days", "rebate": "2 %"}),
        (date(2027, 7, 1), date(2027, 1, 4), {"price": 100, "minimum": 5, "notice": "90 days"}),
        (date(2027, 3, 31), None, {"price": 85, "minimum": 5, "notice": "90 days", "rebate": "2 %"}),
        (date(2027, 12, 31), None, {"price": 85, "notice": "90 days", "rebate": "2 %"}),
        (date(2028, 1, 1), None, {"price": 100, "notice": "90 days"}),
        (date(2026, 4, 1), date(2026, 1, 9), {}),
    ],
)
def test_a_base_and_four_amendments(on: date, known: date | None, expected: dict[str, Any]) -> None:
    assert effective_terms(SUPPLY, on, known) == expected


def test_the_source_is_shown() -> None:
    state = term(SUPPLY, "price", date(2028, 1, 1))
    assert (state.present, state.value, state.source) == (True, 100, "Supply agreement")
    assert state.words == (
        "Supply agreement says “100”, effective from 1 February 2026. This is what counts. Amendment 1, signed 1 June"
        " 2026, effective from 1 July 2026, says “85”, as Amendment 3 changed it; it lapsed after 31 December 2027, as"
        " Amendment 3 says; no longer in force on 1 January 2028."
    )
    assert term(SUPPLY, "minimum", date(2026, 4, 1), date(2026, 10, 1)).words == (
        "Supply agreement says “10”, effective from 1 February 2026. A later document prevails. Amendment 2, signed 15"
        " September 2026, effective from 1 March 2026 (retroactive), says “5”. This is what counts."
    )
    struck = term(SUPPLY, "minimum", date(2027, 4, 1))
    assert (struck.present, struck.value, struck.source) == (False, None, "Amendment 4")
    assert struck.words.endswith("strikes it. This is what counts.")
    assert term(SUPPLY, "colour", date(2027, 4, 1)).words == "No source says anything of this term."
    assert [found.isoformat() for found in turning_days(SUPPLY)] == [
        "2026-02-01", "2026-03-01", "2026-07-01", "2027-02-01", "2027-04-01", "2028-01-01"
    ]  # fmt: skip


def test_an_amendment_that_is_withdrawn_says_so_and_gives_back_what_stood_below() -> None:
    fifth = Amendment(
        "Amendment 5", date(2027, 5, 1), date(2027, 5, 1), (Provision(Verb.WITHDRAW, amendment="Amendment 4"),)
    )
    longer = replace(SUPPLY, amendments=(*SUPPLY.amendments, fifth))
    state = term(longer, "minimum", date(2027, 5, 1))
    assert (state.value, state.source) == (5, "Amendment 2")
    assert "Amendment 5 withdrew it" in state.words
    assert term(longer, "minimum", date(2027, 4, 30)).present is False
    only = replace(fifth, provisions=(Provision(Verb.WITHDRAW, "rebate", amendment="Amendment 1"),))
    longer = replace(SUPPLY, amendments=(*SUPPLY.amendments, only))
    state = term(longer, "rebate", date(2027, 5, 1))
    assert not state.present and "which Amendment 5 withdrew" in state.words
    assert term(longer, "price", date(2027, 5, 1)).value == 85


MAY = date(2027, 5, 1)


@pytest.mark.parametrize(
    ("provisions", "sentence"),
    [
        ((), "Amendment 5 says nothing; add what it changes."),
        ((Provision(Verb.SET, "price", 1),), "adds “price”, which Amendment 1 already says on 1 May 2027; replace it"),
        ((Provision(Verb.REPLACE, "minimum", 1),), "replaces “minimum”, which is not there on 1 May 2027"),
        ((Provision(Verb.DELETE, "colour"),), "strikes “colour”, which is not there"),
        (
            (Provision(Verb.REPLACE, "price", 1), Provision(Verb.DELETE, "price")),
            "says two things of “price”; keep one",
        ),
        ((Provision(Verb.WITHDRAW, amendment="Amendment 9"),), "Amendment 9, which is no earlier amendment"),
        ((Provision(Verb.WITHDRAW, amendment="Amendment 5"),), "Amendment 5, which is no earlier amendment"),
        ((Provision(Verb.CHANGE, "notice", 1, "Amendment 1"),), "but that says nothing of it; check the path"),
        ((Provision(Verb.CHANGE, "minimum", 1, "Amendment 4"),), "but that strikes it; withdraw that instead"),
        ((Provision(Verb.LAPSE, amendment="Amendment 1", lapses=date(2026, 6, 30)),), "before it is effective"),
        (
            (Provision(Verb.WITHDRAW, amendment="Amendment 1"), Provision(Verb.CHANGE, "price", 1, "Amendment 1")),
            "says two things of “price”",
        ),
        (
            (Provision(Verb.CHANGE, "price", 1, "Amendment 1"), Provision(Verb.WITHDRAW, amendment="Amendment 1")),
            "says two things of “Amendment 1”",
        ),
        ((Provision(Verb.CHANGE, "", 1, "Amendment 1"),), "whose term is missing"),
        ((Provision(Verb.CHANGE, "price", 1),), "without saying which"),
        ((Provision(Verb.SET, "", 1),), "a provision of no term"),
        ((Provision(Verb.SET, "colour", 1, lapses=MAY),), "cannot have one of its own"),
    ],
)
def test_what_contradicts_is_refused(provisions: tuple[Provision, ...], sentence: str) -> None:
    fifth = Amendment("Amendment 5", MAY, MAY, provisions)
    with pytest.raises(SumError, match=sentence) as caught:
        replace(SUPPLY, amendments=(*SUPPLY.amendments, fifth))
    assert (caught.value.field, caught.value.row) == ("amendments", 4)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "Amendment 1"}, "two documents called “Amendment 1”"),
        ({"signed": date(2027, 2, 28)}, "signed before Amendment 4; put them in the order"),
        ({"effective": date(2026, 1, 31)}, "before Supply agreement itself"),
        ({"lapses": date(2027, 4, 30)}, "before it is effective on 1 May 2027"),
        (
            {"effective": date(2028, 1, 1), "provisions": (Provision(Verb.LAPSE, amendment="Amendment 1"),)},
            "Amendment 1, which is no longer in force on 1 January 2028; say its terms anew",
        ),
    ],
)
def test_days_that_contradict_are_refused(changed: dict[str, Any], sentence: str) -> None:
    fifth = replace(Amendment("Amendment 5", MAY, MAY, (Provision(Verb.REPLACE, "price", 1),)), **changed)
    with pytest.raises(SumError, match=sentence):
        replace(SUPPLY, amendments=(*SUPPLY.amendments, fifth))


def test_of_two_that_change_the_same_amendment_the_last_signed_counts() -> None:
    changes = (
        Provision(Verb.CHANGE, "price", 80, "Amendment 1"),
        Provision(Verb.LAPSE, amendment="Amendment 1", lapses=date(2028, 6, 30)),
    )
    longer = replace(SUPPLY, amendments=(*SUPPLY.amendments, Amendment("Amendment 5", MAY, MAY, changes)))
    asked = (date(2027, 4, 30), MAY, date(2028, 6, 30), date(2028, 7, 1))
    assert [effective_terms(longer, on)["price"] for on in asked] == [85, 80, 80, 100]
    assert "says “80”, as Amendment 5 changed it" in term(longer, "price", MAY).words
