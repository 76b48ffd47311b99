"""What holds for any strategy whatever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.rules import FIELDS, GROUPS, Kind, conflicts, propose, rule, what_follows
from strategy.rules.attributes import CATALOGUE
from strategy.rules.causes import MODALITIES, PHASES, QUESTIONS, SEGMENTS
from strategy.rules.measures import CRITERIA
from strategy.rules.risk import CATEGORIES
from strategy.snapshot import Answer, Capacity, Demand, Risk, Snapshot, Weighted

days = st.none() | st.dates(date(2020, 1, 1), date(2060, 12, 31))
volumes = st.decimals(0, 10**9, places=3)
years = st.integers(2024, 2050)
codes = st.sampled_from([*CATALOGUE, *CRITERIA]) | st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)


def answers(field: str) -> st.SearchStrategy[Answer]:
    return st.builds(Answer, st.sampled_from(["", *QUESTIONS[field][2]]), days, st.text(max_size=10))


@st.composite
def weighted(draw: st.DrawFn) -> dict[str, Weighted]:
    return {
        code: Weighted(
            code,
            draw(st.text(max_size=30)),
            draw(st.sampled_from([*GROUPS, ""])),
            draw(st.decimals(0, 100, places=3)),
            draw(st.booleans()),
        )
        for code in draw(st.lists(codes, unique=True, max_size=8))
    }


@st.composite
def demands(draw: st.DrawFn) -> tuple[Demand, ...]:
    return tuple(
        Demand(year, *sorted(draw(st.tuples(volumes, volumes, volumes))))
        for year in draw(st.lists(years, unique=True, max_size=6))
    )


snapshots = st.builds(
    Snapshot,
    modality=st.sampled_from(["", *MODALITIES]),
    phase=st.sampled_from(["", *PHASES]),
    kind=st.sampled_from(["", "product", "material", "capability"]),
    core=answers("core"),
    sourcing_intent=answers("sourcing_intent"),
    alternates=answers("alternates"),
    duration=answers("duration"),
    exit_intent=st.text(max_size=300),
    tier=st.sampled_from([None, 1, 2, 3]),
    segment=st.sampled_from(["", *SEGMENTS]),
    relationship_type=st.sampled_from(["", "transactional", "preferred", "strategic"]),
    horizon_from=st.none() | years,
    horizon_to=st.none() | years,
    attributes=weighted(),
    demand=demands(),
    capacity=st.lists(
        st.builds(Capacity, years, st.sampled_from(["in_house", "committed", "option"]), volumes), max_size=5
    ).map(tuple),
    risks=st.lists(
        st.builds(
            Risk,
            st.sampled_from([*CATEGORIES, "reputation"]),
            st.integers(1, 10),
            st.integers(1, 10),
            st.integers(1, 10),
        ),
        max_size=5,
    ).map(tuple),
    base_currency=st.sampled_from(["", "EUR"]),
    own_oversight_budget=st.none() | volumes,
)


@settings(max_examples=150, deadline=None)
@given(snapshots)
def test_any_strategy_is_answered_in_full(snapshot):
    proposals = propose(snapshot)
    keys = [proposal.key for proposal in proposals]
    assert len(set(keys)) == len(keys)
    assert [proposal.kind for proposal in proposals] == sorted((p.kind for p in proposals), key=list(Kind).index)
    for proposal in proposals:
        assert proposal.key.startswith(f"{proposal.kind}:")
        assert rule(proposal.rule).version == proposal.rule_version
        assert proposal.because
        assert len(set(proposal.because)) == len(proposal.because)
        for field in FIELDS[proposal.kind]:
            assert field.fault(proposal.content[field.name]) == ""
    for found in conflicts(snapshot):
        assert found.sentence and found.because


@settings(max_examples=150, deadline=None)
@given(snapshots)
def test_weights_add_up_to_a_hundred_and_ranks_count_from_one(snapshot):
    weights = [Decimal(p.content["weight"]) for p in propose(snapshot) if p.kind is Kind.CRITERION]
    assert sum(weights) == (100 if weights else 0)
    assert all(weight > 0 for weight in weights)
    assert weights == sorted(weights, reverse=True)
    ranks = [p.content["rank"] for p in propose(snapshot) if p.kind is Kind.PRIORITY]
    assert ranks == [str(rank) for rank in range(1, len(ranks) + 1)]


@settings(max_examples=100, deadline=None)
@given(snapshots, st.randoms(use_true_random=False))
def test_the_order_of_what_was_entered_says_nothing(snapshot, chance):
    def shuffled(items):
        items = list(items)
        chance.shuffle(items)
        return items

    other = replace(
        snapshot,
        attributes=dict(shuffled(snapshot.attributes.items())),
        demand=tuple(shuffled(snapshot.demand)),
        capacity=tuple(shuffled(snapshot.capacity)),
        risks=tuple(shuffled(snapshot.risks)),
    )
    assert propose(other) == propose(snapshot) == propose(snapshot)
    assert conflicts(other) == conflicts(snapshot)


@settings(max_examples=100, deadline=None)
@given(snapshots, codes, st.decimals(0, 100, places=3))
def test_a_must_have_takes_nothing_away(snapshot, code, weight):
    before = {proposal.key for proposal in propose(snapshot)}
    present = snapshot.attributes.get(code)
    made = replace(present, must_have=True) if present else Weighted(code, code, "risk", weight, must_have=True)
    after = {
        proposal.key for proposal in propose(replace(snapshot, attributes=dict(snapshot.attributes) | {code: made}))
    }
    assert before | {f"knock_out:{code}"} <= after


@settings(max_examples=100, deadline=None)
@given(weighted())
def test_attributes_alone_are_weighed_in_proportion(given_attributes):
    snapshot = Snapshot(attributes=given_attributes)
    weights = {
        p.key.partition(":")[2]: Decimal(p.content["weight"]) for p in propose(snapshot) if p.kind is Kind.CRITERION
    }
    counted = {code: a.weight for code, a in given_attributes.items() if a.weight > 0}
    assert set(weights) == set(counted)
    total = sum(counted.values())
    # A tenth for the rounding, and up to a tenth for each that was lifted to the least there is.
    slack = Decimal("0.1") * (1 + len(counted))
    for code, weight in counted.items():
        assert abs(weights[code] - 100 * weight / total) <= slack


@settings(max_examples=60, deadline=None)
@given(snapshots, st.sampled_from([(q, c) for q, (_, _, cs) in QUESTIONS.items() for c in cs]))
def test_a_choice_always_speaks(snapshot, choice):
    said = what_follows(*choice, snapshot)
    assert said
    assert all(said)
