"""The delegation of authority and split commitments, by hand and against trying everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.authority import Commitment, Limit, Matrix, Part, refusal, required, total
from contracts.terms.splitting import splits
from strategy.sums.cash import Rate
from strategy.sums.errors import SumError

D = Decimal
DOLLAR = Rate("USD", D("1.1"), date(2028, 1, 3), "Central bank")
MATRIX = Matrix(
    (
        Limit("business", "Category lead", 250_000, 24, 2),
        Limit("business", "Head of sourcing", 1_000_000, 60, 1),
        Limit("business", "Chief operating officer", None, None, 1),
        Limit("finance", "Controller", 500_000, 36, 1),
        Limit("finance", "Finance director", 5_000_000, 60, 1),
        Limit("legal", "Counsel", None, None, 1),
    ),
    "EUR",
    (DOLLAR,),
)


def commitment(code: str = "SOW-1", amount: Any = 250_000, **changed: Any) -> Commitment:
    made = Commitment(
        code, "Harrow Biologics", "VX-12", "services", date(2028, 5, 2), (Part("base", amount, "EUR"),), 24, 2
    )
    return replace(made, **changed)


def roles(of: Commitment, matrix: Matrix = MATRIX) -> list[str]:
    return [needed.role for needed in required(of, matrix)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["Category lead", "Controller", "Counsel"]),
        ({"amount": D("250000.01")}, ["Head of sourcing", "Controller", "Counsel"]),
        ({"months": 25}, ["Head of sourcing", "Controller", "Counsel"]),
        ({"tier": 1}, ["Head of sourcing", "Controller", "Counsel"]),
        ({"tier": 3}, ["Category lead", "Controller", "Counsel"]),
        ({"months": 37}, ["Head of sourcing", "Finance director", "Counsel"]),
        ({"amount": 1_000_001}, ["Chief operating officer", "Finance director", "Counsel"]),
        ({"amount": 5_000_001}, ["Chief operating officer", "", "Counsel"]),
        ({"months": None}, ["Chief operating officer", "", "Counsel"]),
        ({"amount": 0}, ["Category lead", "Controller", "Counsel"]),
    ],
)
def test_the_least_authority_that_reaches_all_three_is_needed(changed: dict[str, Any], expected: list[str]) -> None:
    assert roles(commitment(**changed)) == expected


def test_amendments_and_currencies_count_together_to_the_cent() -> None:
    # 200,000 + 55,000 / 1.1 = 250,000 exactly; a cent of a dollar more passes the limit.
    parts = (Part("base", 200_000, "EUR"), Part("Amendment 1", 55_000, "USD"))
    made = commitment(parts=parts)
    assert total(made, MATRIX).exactly == 250_000
    assert total(made, MATRIX).words == "base EUR 200,000 + Amendment 1 USD 55,000 ÷ 1.1 = EUR 250,000"
    assert roles(made)[0] == "Category lead"
    assert roles(replace(made, parts=(parts[0], Part("Amendment 1", D("55000.01"), "USD"))))[0] == "Head of sourcing"
    less = commitment(amount=300_000, parts=(Part("base", 300_000, "EUR"), Part("Amendment 1", -50_000, "EUR")))
    assert total(less, MATRIX).amount == 250_000 and roles(less)[0] == "Category lead"


def test_it_says_why() -> None:
    business, _, legal = required(commitment(amount=300_000), MATRIX)
    assert business.roles == ("Head of sourcing", "Chief operating officer")
    assert business.sentence == (
        "SOW-1 is base EUR 300,000, 24 months, tier 2: business needs Head of sourcing, whose authority is up to"
        " EUR 1,000,000, up to 60 months, any tier; that of Category lead is up to EUR 250,000, up to 24 months,"
        " tier 2 or less risky."
    )
    assert legal.sentence.endswith("legal needs Counsel, whose authority is any amount, any term, any tier.")
    nobody = required(commitment(amount=6_000_000), MATRIX)[1]
    assert (nobody.role, nobody.roles) == ("", ())
    assert nobody.sentence.endswith(
        "nobody may approve that for finance; the widest authority, of Finance director, is up to EUR 5,000,000, up to"
        " 60 months, any tier."
    )


def test_who_is_outside_the_matrix_is_told_so() -> None:
    made = commitment(amount=300_000)
    assert refusal(made, MATRIX, "business", ["Head of sourcing"]) == ""
    assert refusal(made, MATRIX, "business", ["Chief operating officer"]) == ""
    assert refusal(made, MATRIX, "business", ["Category lead", "Controller"]).startswith(
        "The authority of Category lead is up to EUR 250,000, up to 24 months, tier 2 or less risky. SOW-1 is"
    )
    assert refusal(made, MATRIX, "legal", ["Controller"]).startswith(
        "Your roles have no authority for legal in the delegation matrix."
    )
    with pytest.raises(SumError) as caught:
        refusal(made, MATRIX, "quality", ["Counsel"])
    assert caught.value.field == "line"


@given(
    st.lists(
        st.builds(
            Limit,
            st.just("business"),
            st.sampled_from("abcdef"),
            st.none() | st.integers(0, 9),
            st.none() | st.integers(1, 9),
            st.sampled_from([1, 2, 3]),
        ),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    st.integers(0, 10),
    st.none() | st.integers(1, 10),
    st.sampled_from([1, 2, 3]),
)
def test_who_is_needed_may_and_all_who_may_are_named(
    limits: list[Limit], amount: int, months: int | None, tier: int
) -> None:
    matrix = Matrix(tuple(limits), "EUR")
    made = commitment(amount=amount, months=months, tier=tier)
    endless = 10**9
    able = {
        row.role
        for row in limits
        if amount <= (endless if row.amount is None else row.amount)
        and (endless if months is None else months) <= (endless if row.months is None else row.months)
        and row.tier in range(1, tier + 1)
    }
    (needed,) = required(made, matrix)
    assert set(needed.roles) == able
    assert needed.role in able if able else needed.role == ""
    assert {role for role in "abcdef" if refusal(made, matrix, "business", [role]) == ""} == able


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parts": ()}, "parts"),
        ({"amount": 0.1}, "parts"),
        ({"parts": (Part("base", 1, "CHF"),)}, "parts"),
        ({"amount": -1}, "parts"),
        ({"months": 0}, "months"),
        ({"tier": 4}, "tier"),
    ],
)
def test_what_cannot_be_counted_is_refused(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(SumError) as caught:
        required(commitment(**changed), MATRIX)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("limits", "rates", "field"),
    [
        ((), (), "limits"),
        ((Limit("business", "", 1, 1, 1),), (), "limits"),
        ((Limit("business", "Lead", -1, 1, 1),), (), "limits"),
        ((Limit("business", "Lead", 1, 0, 1),), (), "limits"),
        ((Limit("business", "Lead", 1, 1, 0),), (), "limits"),
        ((Limit("business", "Lead", 1, 1, 1),) * 2, (), "limits"),
        ((Limit("business", "Lead", 1, 1, 1),), (replace(DOLLAR, per_base=0),), "rates"),
    ],
)
def test_a_matrix_that_cannot_be_is_refused(limits: tuple[Limit, ...], rates: tuple[Rate, ...], field: str) -> None:
    with pytest.raises(SumError) as caught:
        Matrix(limits, "EUR", rates)
    assert caught.value.field == field


# --- one commitment made as several -------------------------------------------------------


def on(month: int, day: int) -> date:
    return date(2028, month, day)


def test_two_halves_of_one_commitment_are_found_and_added_up() -> None:
    halves = [
        commitment("SOW-1", 150_000, on=on(5, 2)),
        commitment("SOW-2", on=on(5, 20), parts=(Part("base", 110_011, "USD"),)),
        commitment("SOW-3", 900_000, on=on(5, 10)),
        commitment("SOW-4", 150_000, on=on(5, 10), party="Nordvik Fill-Finish"),
        commitment("SOW-5", 150_000, on=on(5, 10), kind="materials"),
        commitment("SOW-6", 150_000, on=on(5, 10), programme="VX-30"),
        commitment("SOW-7", 99_990, on=on(9, 1)),
    ]
    (small, large) = sorted(splits(halves, MATRIX, days=90), key=lambda split: split.limit)
    assert small.codes == ("SOW-1", "SOW-2")
    assert (small.limit, small.sum, small.roles) == (250_000, D("250010"), ("business: Category lead",))
    assert small.sentence == (
        "SOW-1 and SOW-2, with Harrow Biologics for VX-12, from 2 May 2028 to 20 May 2028, stay within EUR 250,000 each"
        " and pass it together: SOW-1 EUR 150,000 + SOW-2 EUR 100,010 = EUR 250,010, above EUR 250,000. Treat them as one"
        " commitment, or say why they are not."
    )
    # The large one needed the head of sourcing anyhow; with the small ones it would need somebody above.
    assert large.codes == ("SOW-1", "SOW-3", "SOW-2") and large.limit == 1_000_000


def test_what_reaches_the_limit_exactly_or_lies_further_apart_is_no_split() -> None:
    pair = [commitment("A", 125_000, on=on(5, 1)), commitment("B", 125_000, on=on(5, 31))]
    assert splits(pair, MATRIX, days=90) == ()
    pair[1] = replace(pair[1], parts=(Part("base", D("125000.01"), "EUR"),))
    assert splits(pair, MATRIX, days=29) == ()
    assert [split.codes for split in splits(pair, MATRIX, days=30)] == [("A", "B")]
    by_amendment = replace(pair[0], parts=(Part("base", 60_000, "EUR"), Part("Amendment 1", 65_000, "EUR")))
    assert [split.codes for split in splits([by_amendment, pair[1]], MATRIX, days=30)] == [("A", "B")]


def test_wrong_asks_are_refused() -> None:
    for given_, days, field in (([commitment(), commitment()], 30, "commitments"), ([commitment()], -1, "days")):
        with pytest.raises(SumError) as caught:
            splits(given_, MATRIX, days=days)
        assert caught.value.field == field


LIMITS = Matrix(
    (
        Limit("business", "a", 3, 24, 2),
        Limit("business", "b", 6, None, 1),
        Limit("finance", "c", 3, None, 1),
        Limit("finance", "d", None, None, 1),
    ),
    "EUR",
)


def able(row: Limit, of: Commitment) -> bool:
    """Whether ``row`` could approve ``of`` alone, said without the code that is tested."""
    amount = sum(Fraction(part.amount) for part in of.parts)
    fits_amount = row.amount is None or amount <= row.amount
    fits_term = row.months is None or (of.months is not None and of.months <= row.months)
    return fits_amount and fits_term and row.tier <= of.tier


def whole(members: Sequence[Commitment]) -> Fraction:
    return sum((Fraction(part.amount) for one in members for part in one.parts), Fraction(0))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.integers(1, 8),
            st.sampled_from(["X", "Y"]),
            st.sampled_from([12, 36]),
            st.integers(1, 3),
        ),
        max_size=7,
    ),
    st.integers(0, 12),
)
def test_every_set_of_commitments_is_tried(given_: list[tuple[int, int, str, int, int]], days: int) -> None:
    made = [
        commitment(f"C{n}", amount, on=on(1, 1) + timedelta(days=day), party=party, months=months, tier=tier)
        for n, (day, amount, party, months, tier) in enumerate(given_)
    ]
    by_code = {one.code: one for one in made}
    found = splits(made, LIMITS, days=days)
    for split in found:
        members = [by_code[code] for code in split.codes]
        dates = [one.on for one in members]
        assert len({one.party for one in members}) == 1
        assert (max(dates) - min(dates)).days <= days
        assert split.sum == whole(members) > split.limit
        rows = [row for row in LIMITS.limits if f"{row.line}: {row.role}" in split.roles]
        assert rows and all(row.amount == split.limit and able(row, one) for row in rows for one in members)
    for size in range(2, len(made) + 1):
        for members in combinations(made, size):
            dates = [one.on for one in members]
            alike = len({one.party for one in members}) == 1
            if not alike or (max(dates) - min(dates)).days > days:
                continue
            for row in LIMITS.limits:
                if row.amount is not None and all(able(row, one) for one in members) and whole(members) > row.amount:
                    codes = {one.code for one in members}
                    assert any(codes <= set(split.codes) and split.limit >= row.amount for split in found)
    assert len({split.codes for split in found}) == len(found)
    firsts = [by_code[split.codes[0]].on for split in found]
    assert all(a <= b for a, b in pairwise(firsts))
