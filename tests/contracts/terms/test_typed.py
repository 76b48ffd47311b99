"""Typed terms: read, written and refused; the sums on them against counting one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.clauses.topics import TERM_KINDS, TOPICS
from contracts.terms.dates import PERPETUAL, PartialDate
from contracts.terms.periods import Length, Unit
from contracts.terms.shapes import Band, Index, Level, Money, Rung, Tier, Zone
from contracts.terms.term_sums import binding, cancellation, indexed, price, shortfall, softer, tier_of
from contracts.terms.typed import Typed, example, from_data, read
from strategy.sums.errors import SumError

D = Decimal
ZONES = "months 1-3: 100-100 % firm; months 4-6: 80-120 %; months 7-12: 50-150 %; from month 13: free"
LADDER = "from 180 days: 0 %; 90-179 days: 25 %; 30-89 days: 50 %; below 30 days: 100 %"
TIERS = "1-9: EUR 1200000; from 10: EUR 1100000"
FORECAST, HICP = "percent of the forecast before", "index and percent"


def zones(text: str = ZONES) -> tuple[Zone, ...]:
    return read("zone", TERM_KINDS["zone"][0], text).value  # type: ignore[return-value]


def ladder(text: str = LADDER) -> tuple[Rung, ...]:
    return read("ladder", TERM_KINDS["ladder"][0], text).value  # type: ignore[return-value]


def tiers(text: str = TIERS) -> tuple[Tier, ...]:
    return read("tier", TERM_KINDS["tier"][0], text).value  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("kind", "unit", "text", "canonical", "words", "value"),
    [
        ("clock", "hours", "24 hours", "24 hours", "24 hours", Length(24, Unit.HOURS)),
        ("clock", "hours", "24", "24 hours", "24 hours", Length(24, Unit.HOURS)),
        ("clock", "hours", "one (1) working day", "1 business day", "1 business day", Length(1, Unit.BUSINESS_DAYS)),
        ("duration", "days", "12 Months", "12 months", "12 months", Length(12, Unit.MONTHS)),
        ("duration", "months", "2 weeks", "14 days", "14 days", Length(14, Unit.DAYS)),
        ("date", "date", "31 May 2017", "2017-05-31", "31 May 2017", PartialDate(2017, 5, 31)),
        ("date", "date", "[●] March 2018", "2018-03-XX", "March 2018 (day held back)",
         PartialDate(2018, 3, redacted=True)),
        ("date", "date", "May 2017", "2017-05", "May 2017", PartialDate(2017, 5)),
        ("date", "date", "31/5/2017", "2017-05-31", "31 May 2017", PartialDate(2017, 5, 31)),
        ("date", "date", "5/5/2017", "2017-05-05", "5 May 2017", PartialDate(2017, 5, 5)),
        ("date", "date", "perpetual", "perpetual", "perpetual", PERPETUAL),
        ("volume", "units a year", "12 batches a year", "12 batches a year", "12 batches a year", D(12)),
        ("volume", "units a year", "60,000", "60000 units a year", "60,000 units a year", D(60000)),
        ("volume", "batches", "1", "1 batch", "1 batch", D(1)),
        ("percent", "percent", "12.50\u00a0%", "12.5 %", "12.5 %", D("12.5")),
        ("percent", "percent", "12.50 percent", "12.5 %", "12.5 %", D("12.5")),
        ("cap", "currency amount", "100 % of yearly fees", "100 % of yearly fees", "100 % of yearly fees", D(100)),
        ("cap", "times yearly fees", "eur 5,000,000", "EUR 5000000", "EUR 5,000,000", Money("EUR", D(5000000))),
        ("cap", "times yearly fees", "2", "2 times yearly fees", "2 times yearly fees", D(2)),
        ("money", "currency amount a year", "EUR 2500.50", "EUR 2500.5 a year", "EUR 2,500.5 a year",
         Money("EUR", D("2500.5"))),
        ("index", HICP, "HICP euro area,yearly, 60 %, at most 3%", "HICP euro area, yearly, 60 %, at most 3 %",
         "yearly by 60 % of the change of HICP euro area, a rise of at most 3 %",
         Index("HICP euro area", "yearly", D(60), D(3))),
        ("band", "percent of theoretical", "80 to 95%", "80-95 %", "80 to 95 %", Band(D(80), D(95))),
        ("band", "units a batch", "2,000-2,500", "2000-2500 units a batch", "2,000 to 2,500 units a batch",
         Band(D(2000), D(2500))),
        ("level", "percent", "95", "at least 95 %", "at least 95 %", Level("up", D(95))),
        ("level", "days", "0", "at most 0 days", "at most 0 days", Level("down", D(0))),
        ("level", "percent", "at most 2.5 %", "at most 2.5 %", "at most 2.5 %", Level("down", D("2.5"))),
        ("count", "a year", "4", "4 a year", "4 a year", D(4)),
        ("count", "persons", "1 person", "1 person", "1 person", D(1)),
        ("count", "hours a year", "20.5 hours per year", "20.5 hours a year", "20.5 hours a year", D("20.5")),
        ("choice", "text", "  The courts\n of Basel ", "The courts of Basel", "The courts of Basel",
         "The courts of Basel"),
    ],
)  # fmt: skip
def test_what_people_write_is_read_and_written_in_one_form(
    kind: str, unit: str, text: str, canonical: str, words: str, value: Any
) -> None:
    term = read(kind, unit, text)
    assert (term.text, term.words, term.value) == (canonical, words, value)
    assert read(kind, unit, term.text) == term


def test_rows_are_read() -> None:
    assert zones() == (
        Zone(1, 3, D(100), D(100), True),
        Zone(4, 6, D(80), D(120)),
        Zone(7, 12, D(50), D(150)),
        Zone(13, None, None, None),
    )
    assert zones("month 1: 100 % binding\nfrom month 2: 75 to 125 %") == (
        Zone(1, 1, D(100), D(100), True),
        Zone(2, None, D(75), D(125)),
    )
    assert read("zone", FORECAST, ZONES).words == (
        "months 1 to 3 firm, 100 % of the forecast before; months 4 to 6 80 to 120 % of the forecast before;"
        " months 7 to 12 50 to 150 % of the forecast before; from month 13 free"
    )
    assert tiers() == (Tier(1, 9, Money("EUR", D(1200000))), Tier(10, None, Money("EUR", D(1100000))))
    assert ladder()[1:3] == (Rung(90, 179, D(25)), Rung(30, 89, D(50)))
    assert ladder("below 30 days: 100 %; 30-89 days: 50 %; 90-179 days: 25 %; from 180 days: 0 %") == ladder()


@pytest.mark.parametrize(
    ("kind", "text", "row", "reason"),
    [
        ("zone", "months 1-3: 100 % firm; months 5-6: 80-120 %", 1, "Nothing is said of month 4"),
        ("zone", "months 1-3: 100 % firm; months 3-6: 80-120 %", 1, "Month 3 is told twice"),
        ("zone", "months 2-3: 100 % firm", 0, "The rows begin with month 1"),
        ("zone", "months 1-3: 120-80 %", 0, "above its most"),
        ("zone", "from month 1: free; months 2-3: 80-120 %", 1, "no other can follow"),
        ("zone", "months 3-1: 80-120 %", 0, "begin with month 1"),
        ("zone", "months 1-3: free firm", 0, "could not be read"),
        ("zone", "20", 0, "could not be read"),
        ("tier", "1-9: EUR 10; from 11: EUR 9", 1, "Nothing is said of number 10"),
        ("tier", "1-9: EUR 10; from 10: USD 9", 1, "one currency"),
        ("ladder", "from 180 days: 0 %; 30-89 days: 50 %; below 30 days: 100 %", 0, "Nothing is said of day 90"),
        ("ladder", "from 90 days: 50 %; 30-89 days: 25 %; below 30 days: 100 %", 1, "cannot cost less"),
        ("ladder", "30-89 days: 50 %; below 30 days: 100 %", 0, "more than 89 days before"),
        ("ladder", "from 30 days: 50 %; below 30 days: 101 %", 1, "from 0 to 100 %"),
        ("ladder", "from 30 days: 50 %", 0, "begin with day 0"),
        ("ladder", "0 / 25 / 50 / 75", 0, "could not be read"),
        ("clock", "3 months", None, "could not be read"),
        ("clock", "soon", None, "could not be read"),
        ("duration", "3 hours", None, "could not be read"),
        ("date", "5/6/2017", None, "may be 6 May 2017 or 5 June 2017"),
        ("date", "31 June 2017", None, "There is no 31 June 2017"),
        ("date", "soon", None, "could not be read"),
        ("volume", "-12 batches", None, "could not be read"),
        ("volume", "1.5 batches", None, "counted whole"),
        ("percent", "1001 %", None, "above 1,000 %"),
        ("percent", "1,5 %", None, "could not be read"),
        ("cap", "5000000", None, "could not be read"),
        ("cap", "EUR 5 % of yearly fees", None, "could not be read"),
        ("money", "EU\u212a 5", None, "could not be read"),
        ("money", "XXQ 5", None, "“XXQ” is no currency"),
        ("tier", "1-9: EUR 10; from 10: EUX 9", 1, "“EUX” is no currency"),
        ("money", "250000", None, "could not be read"),
        ("money", "EUR 250000 a year", None, "not “currency amount a year”"),
        ("index", "HICP, sometimes, 60 %", None, "could not be read"),
        ("index", "HICP, yearly, 0 %", None, "more than 0"),
        ("band", "95-80 %", None, "swap the two"),
        ("band", "80-95 units a batch", None, "not “units a batch”"),
        ("level", "5 days", None, "not “days”"),
        ("count", "3 persons", None, "not “persons”"),
        ("count", "3.5", None, "counted whole"),
        ("choice", "x" * 501, None, "at most 500 characters"),
        ("choice", " \n", None, "Nothing is written"),
        ("percent", "1" * 3000, None, "at most 2,000 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_an_example(kind: str, text: str, row: int | None, reason: str) -> None:
    unit = TERM_KINDS[kind][0]
    with pytest.raises(SumError) as caught:
        read(kind, unit, text)
    assert (caught.value.field, caught.value.row) == ("text", row)
    assert reason in str(caught.value) and example(kind, unit) in str(caught.value)


def every_unit() -> Iterator[tuple[str, str]]:
    return ((kind, unit) for kind, units in TERM_KINDS.items() for unit in units)


def test_every_kind_and_unit_shows_an_example_that_can_be_read() -> None:
    for kind, unit in every_unit():
        # A hint may show several forms, the last after "or".
        for text in example(kind, unit).replace(" or ", ", ").split(", ") if kind != "index" else [example(kind, unit)]:
            assert read(kind, unit, text).kind == kind
    for kind, unit, field in (("weather", "text", "kind"), ("clock", "months", "unit")):
        with pytest.raises(SumError) as caught:
            read(kind, unit, "1")
        assert caught.value.field == field


def test_the_defaults_of_the_library_can_be_read() -> None:
    defaults = [term for topic in TOPICS.values() for term in topic.terms if term.default]
    assert len(defaults) > 80
    for term in defaults:
        assert read(term.kind, term.unit, term.default).kind == term.kind


DECIMALS = st.decimals(0, 10**9, places=2)
SHARES = st.decimals(0, 100, places=1)
SPLITS = st.lists(st.integers(1, 40), min_size=1, max_size=6, unique=True).map(sorted)


@st.composite
def some_zones(draw: st.DrawFn) -> Typed:
    ends = draw(SPLITS)
    rows, first = [], 1
    for place, end in enumerate([*ends, None]):
        low, high = sorted(draw(st.tuples(SHARES, SHARES)))
        free = draw(st.booleans())
        rows.append(Zone(first, end, None, None) if free else Zone(first, end, low, high, draw(st.booleans())))
        first = ends[place] + 1 if end else 0
    return Typed("zone", FORECAST, tuple(rows[: draw(st.integers(1, len(rows)))]))


@st.composite
def some_ladders(draw: st.DrawFn) -> Typed:
    starts = [0, *draw(SPLITS)]
    shares = sorted(draw(st.lists(SHARES, min_size=len(starts), max_size=len(starts))), reverse=True)
    rows = [
        Rung(start, starts[n + 1] - 1 if n + 1 < len(starts) else None, shares[n]) for n, start in enumerate(starts)
    ]
    return Typed("ladder", TERM_KINDS["ladder"][0], tuple(reversed(rows)))


@st.composite
def some_tiers(draw: st.DrawFn) -> Typed:
    ends = draw(SPLITS)
    rows = [
        Tier(first, end, Money("CHF", draw(DECIMALS)))
        for first, end in zip([1, *(end + 1 for end in ends)], [*ends, None], strict=True)
    ]
    return Typed("tier", TERM_KINDS["tier"][0], tuple(rows[: draw(st.integers(1, len(rows)))]))


NAMES = st.from_regex(r"[A-Za-z0-9.()]{1,8}( [A-Za-z0-9.()]{1,8}){0,3}", fullmatch=True)
MONEY = st.builds(Money, st.sampled_from(["EUR", "USD", "CHF"]), DECIMALS)
TERMS = st.one_of(
    some_zones(),
    some_ladders(),
    some_tiers(),
    st.builds(lambda n: Typed("clock", "hours", Length(n, Unit.HOURS)), st.integers(0, 99999)),
    st.builds(lambda n: Typed("clock", "business days", Length(n, Unit.BUSINESS_DAYS)), st.integers(0, 99999)),
    st.builds(lambda n: Typed("duration", "years", Length(n, Unit.YEARS)), st.integers(0, 99999)),
    st.builds(lambda day: Typed("date", "date", PartialDate.of(day)), st.dates(min_value=date(1900, 1, 1), max_value=date(2900, 1, 1))),
    st.builds(lambda n: Typed("volume", "units a year", n), DECIMALS),
    st.builds(lambda n: Typed("cap", "percent of yearly fees", n), DECIMALS),
    st.builds(lambda m: Typed("cap", "currency amount", m), MONEY),
    st.builds(lambda m: Typed("money", "currency amount a year", m), MONEY),
    st.builds(lambda a, b: Typed("band", "units a batch", Band(min(a, b), max(a, b))), DECIMALS, DECIMALS),
    st.builds(lambda d, n: Typed("level", "days", Level(d, n)), st.sampled_from(["up", "down"]), DECIMALS),
    st.builds(lambda n: Typed("count", "persons", D(n)), st.integers(0, 10**6)),
    st.builds(lambda s: Typed("choice", "text", s), NAMES),
    st.builds(
        lambda name, every, share, most: Typed("index", HICP, Index(name, every, share + 1, most)),
        NAMES, st.sampled_from(["yearly", "quarterly"]), st.decimals(0, 99, places=2), st.none() | SHARES,
    ),
)  # fmt: skip


@given(TERMS)
def test_text_and_data_say_all_of_a_term(term: Typed) -> None:
    assert read(term.kind, term.unit, term.text) == term
    # The text of a term does not depend on how its numbers were written.
    assert read(term.kind, term.unit, term.text).text == term.text
    assert from_data(json.loads(json.dumps(term.data))) == term
    assert term.words and ";;" not in term.words


@given(st.sampled_from(sorted(every_unit())), st.text(max_size=60) | st.from_regex(r"[0-9a-z %:;,.-]{1,40}"))
def test_any_text_is_read_or_refused(of: tuple[str, str], text: str) -> None:
    try:
        term = read(*of, text)
    except SumError as error:
        assert error.field == "text" and str(error)
    else:
        assert read(*of, term.text) == term


def test_data_that_contradicts_itself_and_values_that_have_no_text_are_refused() -> None:
    data = read("percent", "percent", "30 %").data
    assert data == {"kind": "percent", "unit": "percent", "text": "30 %", "value": "30"}
    for wrong in (data | {"value": "31"}, {"kind": "percent"}, data | {"text": 30}):
        with pytest.raises(SumError) as caught:
            from_data(wrong)
        assert caught.value.field == "data"
    for kind, unit, value in (
        ("percent", "percent", D(-1)),
        ("percent", "percent", D("NaN")),
        ("percent", "percent", 5),
        ("cap", "currency amount", D(5)),
        ("clock", "hours", Length(2, Unit.DAYS)),
        ("zone", FORECAST, ()),
    ):
        with pytest.raises(SumError):
            Typed(kind, unit, value)  # type: ignore[arg-type]


# --- sums ---------------------------------------------------------------------------------


def test_a_forecast_binds_in_its_firm_zone_only() -> None:
    forecast = [(1, 4), (2, 3), (3, 5), (4, 6), (13, 9)]
    bound = binding(zones(), forecast)
    assert (bound.quantity, bound.words) == (D(12), "months 1 to 3: 100 % of 4 + 3 + 5; together 12")
    part = binding(zones("months 1-6: 75-125 % firm"), forecast)
    assert part.quantity == D("13.5") and dict(part.months)[13] == 0
    assert binding(zones("from month 1: free"), forecast).words == "No month of the forecast is in a firm zone."
    for wrong, row in (([(1, 1), (1, 2)], 1), ([(0, 1)], 0), ([(1, -1)], 0)):
        with pytest.raises(SumError) as caught:
            binding(zones(), wrong)
        assert (caught.value.field, caught.value.row) == ("forecast", row)


@given(some_zones(), st.lists(st.tuples(st.integers(1, 60), DECIMALS), max_size=8, unique_by=lambda row: row[0]))
def test_what_binds_is_counted_month_by_month(term: Typed, forecast: list[tuple[int, Decimal]]) -> None:
    expected = Fraction(0)
    for month, quantity in forecast:
        for zone in term.value:  # type: ignore[union-attr]
            if isinstance(zone, Zone) and zone.binding and month in range(zone.first, (zone.last or 60) + 1):
                assert zone.low is not None
                expected += Fraction(zone.low) * Fraction(quantity) / 100
    assert binding(term.value, forecast).exactly == expected  # type: ignore[arg-type]


def test_all_of_a_volume_cost_what_the_tier_says() -> None:
    assert price(tiers(), 9).amount == D(10_800_000)
    assert price(tiers(), 10).words == "10 at EUR 1,100,000 (from 10) = EUR 11,000,000"
    closed = tiers("1-4: EUR 10; 5: EUR 9")
    assert tier_of(closed, 5).price.amount == 9
    for quantity in (0, 6, True):
        with pytest.raises(SumError) as caught:
            price(closed, quantity)
        assert caught.value.field == "quantity"


@given(some_tiers(), st.integers(1, 60))
def test_the_tier_is_the_one_whose_range_holds_the_quantity(term: Typed, quantity: int) -> None:
    holding = [
        tier for tier in term.value if isinstance(tier, Tier) and quantity in range(tier.first, (tier.last or 99) + 1)
    ]  # type: ignore[union-attr]
    if not holding:
        with pytest.raises(SumError):
            price(term.value, quantity)  # type: ignore[arg-type]
        return
    (one,) = holding
    assert price(term.value, quantity).exactly == sum([Fraction(one.price.amount)] * quantity)  # type: ignore[arg-type]


def test_take_or_pay() -> None:
    batch = Money("EUR", D(1_200_000))
    due = shortfall(12, 9, batch, 30)
    assert due.amount == D(1_080_000)
    assert due.words == "12 less 9 = 3 short, at 30 % of EUR 1,200,000 = EUR 1,080,000"
    assert shortfall(12, 12, batch, 30).amount == 0 and "nothing is due" in shortfall(12, 13, batch, 30).words
    with pytest.raises(SumError) as caught:
        shortfall(12, 9, batch, 101)
    assert caught.value.field == "percent"


@pytest.mark.parametrize(
    ("days", "resold", "credit", "due"),
    [(180, 0, 100, 0), (179, 0, 100, 250), (30, 0, 100, 500), (29, 0, 100, 1000), (0, 0, 100, 1000),
     (29, 900, 100, 100), (29, 900, 50, 550), (29, 2000, 100, 0)],
)  # fmt: skip
def test_a_cancelled_slot_costs_less_when_it_is_sold_again(days: int, resold: int, credit: int, due: int) -> None:
    found = cancellation(ladder(), days, Money("EUR", D(1000)), resold, credit)
    assert found.amount == due and f"EUR {due:,}" in found.words


@given(some_ladders(), st.integers(0, 60), st.integers(0, 60), SHARES)
def test_a_later_cancellation_never_costs_less(term: Typed, one: int, other: int, credit: Decimal) -> None:
    sooner, later = max(one, other), min(one, other)
    slot = Money("EUR", D(1000))
    rows = [rung for rung in term.value if isinstance(rung, Rung)]  # type: ignore[union-attr]
    (at,) = [
        rung for rung in rows if later in range(rung.nearest, (99 if rung.furthest is None else rung.furthest) + 1)
    ]
    assert cancellation(rows, later, slot).exactly == Fraction(at.percent) * 10
    assert cancellation(rows, sooner, slot).exactly <= cancellation(rows, later, slot).exactly
    resold = cancellation(rows, later, slot, 300, credit).exactly
    assert resold == max(0, Fraction(at.percent) * 10 - 3 * Fraction(credit))


def test_a_price_follows_its_index_up_to_the_most() -> None:
    rule = Index("HICP", "yearly", D(60), D(3))
    found = indexed(Money("EUR", D(1000)), rule, [4, 10, -5])
    # 2.4 %, then 6 % held at 3 %, then a fall of 3 %.
    assert found.exactly == 1000 * Fraction(1024, 1000) * Fraction(103, 100) * Fraction(97, 100)
    assert found.words.startswith("EUR 1,000; 60 % of 4 %: plus 2.4 % = EUR 1,024; 60 % of 10 %, at most 3 %: plus 3 %")
    assert "less 3 %" in found.words
    assert indexed(Money("EUR", D(1000)), rule, []).amount == 1000
    # The most holds back a rise only.
    assert indexed(Money("EUR", D(1000)), rule, [-10]).amount == 940
    with pytest.raises(SumError) as caught:
        indexed(Money("EUR", D(1000)), rule, [4, D("-100.1")])
    assert (caught.value.field, caught.value.row) == ("changes", 1)


def test_a_target_softer_than_the_contract_is_told() -> None:
    promised = read("level", "percent", "at least 95 %")
    assert softer(promised, 95, "up") == softer(promised, D("97.5"), "up") == ""
    assert softer(promised, D("94.9"), "up") == (
        "The KPI asks for at least 94.9 %, which is softer than the contract: at least 95 %."
        " Set the target to that of the contract or better."
    )
    late = read("level", "days", "at most 5 days")
    assert softer(late, 5, "down") == softer(late, 0, "down") == ""
    assert "at most 6 days, which is softer" in softer(late, 6, "down")
    assert "the KPI has no target" in softer(late, None, "down")
    assert "the KPI has no target" in softer(late, 3, "neutral")
    for term, direction, field in (
        (late, "up", "direction"),
        (late, "left", "direction"),
        (read("percent", "percent", "5 %"), "up", "term"),
    ):
        with pytest.raises(SumError) as caught:
            softer(term, 5, direction)
        assert caught.value.field == field
