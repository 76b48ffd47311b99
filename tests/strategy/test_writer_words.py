"""What the writer says of days, numbers and currencies that cannot stand, and what it takes as people type it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow import edits
from strategy.actions import consequences as decided
from strategy.findings import findings
from strategy.models import Strategy
from tests.strategy.test_writer import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(alice: Any) -> Callable[..., Person]:
    return lambda user=alice: Person(user)


def fresh(strategy: Any) -> Any:
    return Strategy.objects.get(pk=strategy.pk)


# ------------------------------------------------------------------ days


def test_an_alternate_before_the_programme_starts(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "alternates")
    person.send({"alternate_by": "2027-01-03"})
    assert person.problems() == [
        "The programme starts on 4 January 2027: give that day or a later one for the alternate source."
    ]
    person.open(written, "alternates")
    assert person.send({"alternate_by": "2027-01-04"}).status_code == 302


def test_a_launch_before_the_programme_starts(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "scope")
    person.send({"launch_on": "2026-12-31"})
    assert person.problems() == ["The launch must not lie before the programme starts: give a later day."]


def test_a_review_that_is_not_ahead_holds_the_review_and_not_the_save(
    at: Callable[..., Person], written: Any, alice: Any
) -> None:
    today = timezone.localdate()
    person = at()
    person.open(written, "limits")
    person.send({"review_due": str(today)})
    assert fresh(written).review_due == today
    told = [one.sentence for one in findings(fresh(written)) if one.field == "review_due"]
    assert told == ["The next review lies in the past: give a day after today."]
    edits.update(fresh(written), {"review_due": today + timedelta(1)}, actor=alice)
    assert not [one for one in findings(fresh(written)) if one.field == "review_due"]


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("screen", "name", "typed", "sentence"),
    [
        ("risks", "risks-0-severity", "0", "Risk register, risk 1: Give a number from 1 to 10."),
        ("risks", "risks-0-severity", "11", "Risk register, risk 1: Give a number from 1 to 10."),
        ("risks", "risks-0-residual_detection", "99999", "Risk register, risk 1: Give a number from 1 to 10."),
        ("market", "forces-0-strength", "6", "Five forces, force 1: Give a number from 1 to 5."),
        ("segment", "supply_risk", "101", "Give a number from 0 to 100."),
        ("segment", "profit_impact", "-1", "Give a number from 0 to 100."),
        ("scope", "horizon_to", "3000", "Give a year from 2000 to 2100."),
        ("demand", "demand-0-year", "1999", "Demand, line 1: Give a year from 2000 to 2140."),
    ],
)
def test_a_number_off_its_scale_is_told_both_ends(
    at: Callable[..., Person], written: Any, screen: str, name: str, typed: str, sentence: str
) -> None:
    person = at()
    person.open(written, screen)
    filled = {"forces-0-note": "x"} if screen == "market" else {}
    person.send({name: typed, **filled})
    assert person.problems() == [sentence]
    assert fresh(written).version == written.version


def test_a_register_of_five_says_so(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "risks")
    person.send({"risks-0-severity": "5", "risk_threshold": "30", "severity_gate": "4"})
    edits.update(fresh(written), {"risk_scale": 5}, actor=person.user)
    person.open(written, "risks")
    person.send({"risks-0-severity": "6"})
    assert person.problems() == [
        "Risk register, risk 1: Give a number from 1 to 5: that is the scale of this register."
    ]


def test_a_decimal_comma_is_read_where_it_can_mean_nothing_else(at: Callable[..., Person], written: Any) -> None:
    person = at()
    for typed, meant in (("97,5", "97.5"), ("0,125", "0.125"), ("1,5000", None), ("12,", None)):
        person.open(written, "demand")
        person.send({"batch_yield": typed})
        assert bool(person.problems()) is (meant is None), typed
        if meant is not None:
            assert fresh(written).batch_yield == Decimal(meant)
    person.open(written, "demand")
    person.send({"batch_output": "9,500"})
    assert fresh(written).batch_output == 9500


def test_a_currency_in_small_letters_is_taken_in_capitals(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "make-or-buy")
    sent = person.send({"currency": "eur", "cash_flows-0-currency": "eur", "rates-0-currency": "usd"})
    assert sent.status_code == 302, person.problems()
    saved = fresh(written)
    assert (saved.currency, saved.rates.get().currency) == ("EUR", "USD")
    assert {row.currency for row in saved.cash_flows.all()} == {"EUR", "USD"}


# ------------------------------------------------------------------ answers that fight


def test_answers_that_fight_are_said_before_it_is_submitted(
    at: Callable[..., Person], written: Any, alice: Any
) -> None:
    fight = "The term ends on 31 December 2029, before the work comes in-house by 1 June 2030"
    person = at()
    assert fight not in person.open(written, "check")
    days = {
        "sourcing_intent": "in_house_later",
        "in_house_by": date(2030, 6, 1),
        "duration": "short_term",
        "duration_until": date(2029, 12, 31),
    }
    strategy = edits.update(fresh(written), days, actor=alice)
    html = person.open(strategy, "check")
    assert "Answers that fight" in html and fight in html
    decided.accept_all(fresh(strategy), actor=alice)
    step = person.client.get(reverse("strategy:strategy_step", args=[strategy.pk, "submit"]))
    assert fight in step.content.decode()


# ------------------------------------------------------------------ years of which nothing is known


def test_a_year_without_demand_is_not_one_without_need(at: Callable[..., Person], written: Any) -> None:
    person = at()
    whole = person.open(written, "capacity").count('<line class="line need"')
    person.open(written, "demand")
    person.send({"demand-2-remove": "1"})
    html = person.open(written, "capacity")
    row = re.search(r'<th scope="row">2029</th>(.*?)</tr>', html, re.S)
    assert row and re.findall(r"<td[^>]*>(.*?)</td>", row.group(1)) == ["–", "0", "8", "4", "–", "–", "–"]
    # 2028 to 2029 to 2030: neither side of the year is joined to it.
    assert (whole, html.count('<line class="line need"')) == (3, 1)
    assert "Need ÷ held" in html


# ------------------------------------------------------------------ rows, names and one's own other window


def test_rows_that_were_filled_in_for_the_person_are_not_blamed(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "market")
    person.send({"forces-0-strength": "9"})
    assert person.problems() == ["Five forces, force 1: Give a number from 1 to 5."]
    assert "must be" not in re.sub(r"<script.*?</script>", "", person.html, flags=re.S)
    person.open(written, "demand")
    person.send({"demand-2-low": "", "demand-2-base": "", "demand-2-high": "", "batch_yield": "much"})
    assert len(person.problems()) == 1 and "must be filled in" not in person.html


def test_a_part_of_a_name_is_no_cmo(at: Callable[..., Person], written: Any, alice: Any) -> None:
    cmo = edits.create(CMO, {"legal_name": "Nordvik Fill-Finish"}, actor=alice)
    person = at()
    person.open(written, "market")
    person.send({"known_cmos-0-cmo": "Nord", "known_cmos-0-name": ""})
    assert person.problems() == [
        "CMOs that are known, CMO 1: Nothing here is called “Nord”. If you mean “Nordvik Fill-Finish”, write the whole"
        " name."
    ]
    assert person.send({"known_cmos-0-cmo": "nordvik fill-finish"}).status_code == 302
    assert written.known_cmos.get().cmo == cmo


def test_a_save_over_ones_own_says_so(at: Callable[..., Person], written: Any, alice: Any) -> None:
    here, there = at(), at()
    here.open(written, "scope")
    there.open(written, "scope")
    there.send({"scope": "Drug product"})
    assert here.send({"scope": "Drug substance"}).status_code == 412
    assert "You saved this in another window" in here.html and "Somebody else" not in here.html
    assert f"{alice.name} saved" not in here.html and "keep what you saved there and drop this" in here.html
    assert "data-no-offer" in here.html


# ------------------------------------------------------------------ what stands beside


def test_what_the_weights_add_up_to_stands_below_them_without_scripts(at: Callable[..., Person], written: Any) -> None:
    person = at()
    total = re.compile(r'data-total="(\w+)".*?<output[^>]*>(.*?)</output>', re.S)
    assert total.findall(person.open(written, "objectives")) == [("objectives", "100")]
    person.send({"objectives-0-weight": "70", "objectives-1-weight": "40,5"})
    assert total.findall(person.html) == [("objectives", "110.5")]
    assert total.findall(person.open(written, "weights")) == [("attributes", "100")]


def test_a_risk_that_is_dealt_with_says_how(at: Callable[..., Person], written: Any) -> None:
    person = at()
    html = person.open(written, "risks")
    assert "Accepted: Three months of stock" in html and "Needs action" not in html
    after = {f"risks-0-residual_{name}": "2" for name in ("severity", "occurrence", "detection")}
    person.send(after)
    assert ", 8 after</span>" in person.open(written, "risks")


def test_why_contradictions_stand_is_asked_only_where_there_are_any(
    at: Callable[..., Person], written: Any, alice: Any
) -> None:
    strategy = edits.update(written, {"weights_by": "pairwise"}, actor=alice)
    pairs = ("quality_compliance-supply_security", "quality_compliance-total_cost", "supply_security-total_cost")
    person = at()
    for marks, asked in ((("3", "5", "3"), False), (("9", "2", "5"), True)):
        person.open(strategy, "weights")
        person.send({f"pair-{name}": mark for name, mark in zip(pairs, marks, strict=True)})
        assert ('name="inconsistency_explained"' in person.open(strategy, "weights")) is asked, marks
