"""The guided writer, through its pages: a whole strategy in one sitting, and everything that can be typed wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import Transition, transitions_of
from strategy import rules
from strategy.actions import consequences as decided
from strategy.actions import strategies as verbs
from strategy.actions.attributes import retire_attribute
from strategy.findings import findings
from strategy.models import AttributeWeight, CashFlow, Judgement, PartnershipAttribute, Strategy
from strategy.screens import BY_KEY, SCREENS
from tests.conftest import PASSWORD
from tests.strategy.conftest import ANSWERS, tables, write_whole

pytestmark = pytest.mark.django_db

SCREENS_WITH_INPUTS = [screen.key for screen in SCREENS if screen.fields or screen.tables]


class Person:
    """Somebody at the writer: opens a screen, changes inputs, and presses a button."""

    def __init__(self, user: Any) -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user)
        self.page: Any = None

    def open(self, strategy: Any, key: str, query: str = "") -> str:
        self.url = reverse("strategy:strategy_write", args=[strategy.pk, key])
        self.page = self.client.get(self.url + query)
        return self.html

    @property
    def html(self) -> str:
        return self.page.content.decode()

    @property
    def inputs(self) -> dict[str, str]:
        """What a browser would send of the open page, unchanged."""
        context = self.page.context
        found: dict[str, str] = {"version": str(context["version"])}
        forms = [context["form"], *([context["pairs"]] if context["pairs"] is not None else [])]
        for form in forms:
            for bound in form:
                value = bound.value()
                if value is not None and value is not False:
                    found[bound.html_name] = "on" if value is True else str(value)
        for table, _ in context["tables"]:
            for row in table.forms:
                if row.pk:
                    found[f"{row.prefix}-id"] = row.pk
                for bound in row.cells:
                    value = bound.value()
                    if value is not None and value is not False:
                        found[bound.html_name] = "on" if value is True else str(value)
        return found

    def send(self, changes: dict[str, str] | None = None, then: str = "on") -> Any:
        """Press a button after changing inputs."""
        self.page = self.client.post(self.url, self.inputs | (changes or {}) | {"then": then})
        return self.page

    def problems(self) -> list[str]:
        """The lines of the box "There is a problem"."""
        box = re.search(r'id="problem".*?</ul>', self.html, re.S)
        lines = re.findall(r"<li>(?:<a [^>]*>)?(.*?)(?:</a>)?</li>", box.group(0), re.S) if box else []
        return [re.sub(r"<[^>]+>", "", line) for line in lines]


@pytest.fixture
def at(alice: Any) -> Callable[..., Person]:
    return lambda user=alice: Person(user)


@pytest.fixture
def draft(alice: Any, vx12: Any) -> Strategy:
    return edits.create(Strategy, {"programme": vx12}, actor=alice)


def fresh(strategy: Any) -> Any:
    return Strategy.objects.get(pk=strategy.pk)


def as_sent(name: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Rows of a table as a browser sends them."""
    found = {}
    for number, row in enumerate(rows):
        for column, value in row.items():
            if value is True:
                found[f"{name}-{number}-{column}"] = "on"
            elif value is not None and value is not False:
                found[f"{name}-{number}-{column}"] = str(getattr(value, "pk", value))
    return found


# ------------------------------------------------------------------ a whole strategy


def test_the_written_strategy_lacks_nothing_but_decisions(written: Any) -> None:
    assert written.state == "draft"
    assert [finding.field for finding in findings(written)] == ["consequences"]
    assert written.consequences.count() > 10


def test_alice_writes_a_strategy_in_one_sitting_and_submits_it(
    at: Callable[..., Person], alice: Any, vx12: Any
) -> None:
    person = at()
    added = person.client.post(
        reverse("strategy:strategy_add"), {"programme": str(vx12.pk), "scope": ANSWERS["scope"], "new_id": ""}
    )
    strategy = Strategy.objects.get(programme=vx12)
    assert added["Location"] == reverse("strategy:strategy_write", args=[strategy.pk, "scope"])

    rows, key = tables(), "scope"
    for _ in SCREENS_WITH_INPUTS:
        screen = BY_KEY[key]
        person.open(strategy, key)
        assert screen.heading in person.html and screen.why in person.page.content.decode().replace("&#x27;", "'")
        changes = {name: str(ANSWERS[name]) for name in screen.fields if name in ANSWERS}
        for asked in screen.tables:
            changes |= as_sent(asked.name, rows[asked.name])
        answer = person.send(changes)
        assert answer.status_code == 302, person.problems()
        assert "missing" not in answer["Location"], (key, findings(fresh(strategy)))
        key = answer["Location"].rstrip("/").rpartition("/")[2]
    assert key == "asks"

    check = person.open(strategy, "check")
    assert "consequences are undecided" in check and reverse("strategy:asks", args=[strategy.pk]) in check
    decided.accept_all(fresh(strategy), actor=alice)
    check = person.open(strategy, "check")
    assert "Nothing is missing" in check
    submit = reverse("strategy:strategy_step", args=[strategy.pk, "submit"])
    assert submit in check
    person.client.post(submit, {"version": fresh(strategy).version})
    assert fresh(strategy).state == "in_review"


def test_what_was_written_screen_by_screen_is_what_the_doors_would_have_written(
    at: Callable[..., Person], written: Any
) -> None:
    """Opening a screen and saving it unchanged changes nothing, on any screen."""
    person = at()
    for key in SCREENS_WITH_INPUTS:
        person.open(written, key)
        assert person.send().status_code == 302, (key, person.problems())
        assert fresh(written).version == written.version, (key, Event.objects.of(written).latest("at").changes)


def test_it_is_savable_at_any_point_and_gone_on_with_where_it_stopped(at: Callable[..., Person], draft: Any) -> None:
    person = at()
    person.open(draft, "scope")
    answer = person.send({"scope": "Drug substance", "horizon_from": "2027", "horizon_to": "2029"}, then="later")
    assert answer["Location"] == draft.get_absolute_url()
    assert fresh(draft).scope == "Drug substance"
    go_on = person.client.get(reverse("strategy:strategy_go_on", args=[draft.pk]))
    assert go_on["Location"].endswith("/write/objectives/")


def test_an_unfinished_screen_is_saved_says_what_is_missing_and_lets_go_on(
    at: Callable[..., Person], draft: Any
) -> None:
    person = at()
    assert "Still missing" not in person.open(draft, "core")
    answer = person.send({"core_competency": "adjacent"})
    assert answer.status_code == 302 and answer["Location"].endswith("/write/core/?missing=1")
    assert fresh(draft).core_competency == "adjacent"
    person.page = person.client.get(answer["Location"])
    assert "Saved. Still missing on this screen:" in person.html
    assert '<a href="#id_core_rationale">Say why it is or is not a core competency.</a>' in person.html
    field = re.search(r'<textarea name="core_rationale"[^>]*>', person.html)
    assert field and 'aria-describedby="id_core_rationale_helptext"' in field.group(0)
    help_text = re.search(r'id="id_core_rationale_helptext">(.*?)</div>', person.html, re.S)
    assert help_text and "Still missing:" in help_text.group(1)
    assert re.search(r'href="[^"]*/write/intent/">Continue anyway', person.html)
    # Said once: whoever comes back by the list is shown the field, not the announcement.
    assert "Saved. Still missing" not in person.open(draft, "core")


def test_the_list_says_in_words_how_far_each_screen_has_come(at: Callable[..., Person], draft: Any) -> None:
    person = at()
    person.open(draft, "core")
    person.send({"core_competency": "core"})
    person.open(draft, "segment")
    person.send({"supply_risk": "20"})
    person.open(draft, "leaving")
    person.send({"exit_intent": "Two years of notice."})
    person.open(draft, "scope")
    states = {entry.screen.key: entry.words for entry in person.page.context["screens"]}
    assert (states["core"], states["leaving"], states["objectives"]) == ("Begun", "Complete", "Empty")
    assert (states["market"], states["segment"]) == ("Empty, optional", "Complete")
    assert re.search(r"Leaving<small>Complete</small>", person.html)


def test_each_answer_shows_what_it_will_bring_about(at: Callable[..., Person], draft: Any) -> None:
    person = at()
    for key in ("core", "intent", "alternates", "duration"):
        html = person.open(draft, key)
        question = BY_KEY[key].question
        choices = [value for value, _ in Strategy._meta.get_field(question).choices]
        for choice in choices:
            said = rules.what_follows(question, choice)
            assert said
            option = re.search(rf'value="{choice}".*?(?=<div class="option">|</fieldset>)', html, re.S)
            assert option
            for sentence in said:
                assert sentence.replace("'", "&#x27;") in option.group(0), (question, choice)


def test_computed_numbers_stand_on_their_screens_with_how_they_are_calculated(
    at: Callable[..., Person], written: Any
) -> None:
    person = at()
    assert "0.9" not in person.open(written, "scope")
    html = person.open(written, "demand")
    # 40,000 vials over 10,000 × 0.9 × 0.95 = 8,550 a batch: five batches.
    assert "8,550" in html and "How is this calculated?" in html
    html = person.open(written, "make-or-buy")
    assert "Present cost of making" in html and "Break-even" in html and html.count("How is this calculated?") >= 4
    assert "9 × 3 × 4 = <strong>108</strong>" in person.open(written, "risks")
    assert "Strategic" in person.open(written, "segment")


# ------------------------------------------------------------------ bad input: a sentence at its field, nothing lost


def test_weights_above_a_hundred(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "objectives")
    answer = person.send({"objectives-1-weight": "70"})
    assert answer.status_code == 200
    assert person.problems() == ["Objectives, objective 2: The weights add up to 130: take 30 away."]
    assert '<a href="#id_objectives-1-weight">' in person.html
    cell = re.search(r'<input type="text" name="objectives-1-weight"[^>]*>', person.html)
    assert cell and 'value="70"' in cell.group(0) and 'aria-invalid="true"' in cell.group(0)
    assert "id_objectives-1-weight_error" in cell.group(0)
    assert fresh(written).version == written.version


def test_weights_below_a_hundred_are_saved_and_told(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "objectives")
    answer = person.send({"objectives-1-weight": "30"})
    assert answer["Location"].endswith("?missing=1")
    person.page = person.client.get(answer["Location"])
    assert "The weights of the objectives add up to 90: give 10 to reach 100." in person.html


def test_a_gap_in_the_demand_is_told_with_its_years(at: Callable[..., Person], draft: Any) -> None:
    person = at()
    person.open(draft, "scope")
    person.send({"scope": "Vials", "horizon_from": "2027", "horizon_to": "2029"})
    person.open(draft, "demand")
    assert [row["year"].value() for row in person.page.context["tables"][0][0].forms[:3]] == [2027, 2028, 2029]
    answer = person.send({"demand_unit": "vials", "demand-0-low": "1", "demand-0-base": "2", "demand-0-high": "3,000"})
    assert answer["Location"].endswith("?missing=1")
    person.page = person.client.get(answer["Location"])
    assert "There is no demand for 2028 and 2029; enter it, 0 where nothing is needed." in person.html
    assert draft.demand.get().high == 3000
    # The years that are missing still stand there to be filled in.
    assert [row["year"].value() for row in person.page.context["tables"][0][0].forms[:3]] == [2027, 2028, 2029]


def test_demand_outside_the_horizon_and_negative_volumes(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "demand")
    person.send({"demand-0-low": "-5", "demand-1-base": "10", "demand_unit": "doses"})
    assert person.problems() == [
        "Demand, line 1: A volume must not be below 0.",
        "Demand, line 2: The expected volume must not be below the low one.",
    ]
    assert 'value="-5"' in person.html and 'value="doses"' in person.html
    person.open(written, "demand")
    person.send({"demand-3-year": "2044"})
    assert person.problems() == ["Demand, line 4: 2044 is outside the horizon, 2027 to 2030."]
    assert fresh(written).demand_unit == "vials"


def test_a_day_in_house_before_the_programme_starts(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "intent")
    person.send({"sourcing_intent": "in_house_later", "in_house_by": "2026-01-01", "intent_rationale": "A plant comes"})
    assert person.problems() == ["The programme starts on 4 January 2027: give a later day for bringing it in-house."]
    assert (
        'href="#id_in_house_by"' in person.html
        and "A plant comes" in person.html
        and 'value="2026-01-01"' in person.html
    )
    assert fresh(written).sourcing_intent == "stay_outsourced"


def test_a_start_after_the_day_in_house_is_told_with_the_way_to_the_other_screen(
    at: Callable[..., Person], written: Any, alice: Any
) -> None:
    from datetime import date

    edits.update(fresh(written), {"sourcing_intent": "in_house_later", "in_house_by": date(2028, 1, 1)}, actor=alice)
    person = at()
    person.open(written, "scope")
    person.send({"starts_on": "2028-03-01"})
    (problem,) = person.problems()
    assert problem.startswith("The programme starts on 1 March 2028: give a later day")
    assert reverse("strategy:strategy_write", args=[written.pk, "intent"]) + "#id_in_house_by" in person.html


def test_fields_of_one_screen_are_all_judged_at_once(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "make-or-buy")
    person.send({"currency": "XXQ", "discount_rate": "180", "cash_flows-0-amount": "-1", "factors-1-make": "9"})
    problems = person.problems()
    assert "“XXQ” is not a currency code; use the three letters, such as EUR or USD." in problems
    assert "Costs of making and of buying, cost 1: Give costs as positive amounts." in problems
    assert "What has no price, factor 2: Give a score from 0 to 5." in problems
    person.open(written, "make-or-buy")
    person.send({"discount_rate": "180"})
    assert 'href="#id_discount_rate"' in person.html
    assert fresh(written).version == written.version


def test_what_is_no_number_and_what_was_not_chosen(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "weights")
    person.send({"attributes-0-weight": "much", "attributes-3-weight": "5", "attributes-3-rationale": "Also"})
    assert person.problems() == [
        "Attributes that matter here, attribute 1: Weight in %: enter a number.",
        "Attributes that matter here, attribute 4: Attribute must be chosen.",
    ]
    assert 'value="much"' in person.html and ">\nAlso</textarea>" in person.html


def test_a_foreign_currency_without_a_rate(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "make-or-buy")
    answer = person.send({"rates-0-remove": "1"})
    assert answer["Location"].endswith("?missing=1")
    person.page = person.client.get(answer["Location"])
    assert "Costs are in USD: give a rate from USD to EUR." in person.html
    assert 'href="#table_rates"' in person.html
    assert [one.field for one in findings(fresh(written)) if one.field != "consequences"] == ["rates"]


def test_a_gap_in_the_demand_is_not_blamed_on_the_costs(at: Callable[..., Person], written: Any, alice: Any) -> None:
    flows = written.cash_flows.values("option", "year", "kind", "label", "amount", "currency")
    late = {"option": "make", "year": 2030, "kind": "fixed", "label": "Crew", "amount": Decimal(9), "currency": "CHF"}
    parts.write(fresh(written), CashFlow, [*flows, late], actor=alice)
    person = at()
    person.open(written, "demand")
    person.send({"demand-3-remove": "1"})
    told = [(one.field, one.sentence) for one in findings(fresh(written)) if one.field != "consequences"]
    assert told == [
        ("demand", "There is no demand for 2030; enter it, 0 where nothing is needed."),
        ("rates", "Costs are in CHF: give a rate from CHF to EUR."),
    ]


# ------------------------------------------------------------------ in pairs


@pytest.fixture
def three(written: Any, alice: Any) -> Any:
    """The strategy with its three attributes weighed in pairs, none judged yet."""
    return edits.update(fresh(written), {"weights_by": "pairwise"}, actor=alice)


PAIR_NAMES = (
    "pair-quality_compliance-supply_security",
    "pair-quality_compliance-total_cost",
    "pair-supply_security-total_cost",
)


def judged(*marks: str) -> dict[str, str]:
    return dict(zip(PAIR_NAMES, marks, strict=True))


def test_pairs_are_asked_in_words_and_give_the_weights(at: Callable[..., Person], three: Any) -> None:
    person = at()
    html = person.open(three, "weights")
    assert "Quality and compliance: moderately more important (3)" in html
    answer = person.send(judged("3", "5", "3"))
    assert answer["Location"].endswith("/write/demand/")
    html = person.open(three, "weights")
    # Saaty's own example of three: 0.637, 0.258, 0.105 with a ratio of 0.033.
    assert "63.70" in html or "63.7" in html
    assert "0.033" in html and "agrees well enough" in html and "Farthest from the rest" in html
    assert Judgement.objects.get(first__code="supply_security", strategy=three).ratio == 3


def test_pairs_that_are_missing_are_named(at: Callable[..., Person], three: Any) -> None:
    person = at()
    person.open(three, "weights")
    answer = person.send(judged("3", "", "1/3"))
    person.page = person.client.get(answer["Location"])
    assert "Not every pair is compared yet; compare Quality and compliance with Total cost." in person.html
    assert 'href="#pairs"' in person.html
    assert Judgement.objects.get(second__code="total_cost").ratio == Decimal("0.333333")
    chosen = re.findall(r'<option value="(\S+)" selected', person.html)
    assert "3" in chosen and "1/3" in chosen


def test_pairs_that_run_in_a_circle_are_told_and_stay_as_they_were_chosen(
    at: Callable[..., Person], three: Any
) -> None:
    person = at()
    person.open(three, "weights")
    assert person.send(judged("3", "1/3", "3")).status_code == 200
    (problem,) = person.problems()
    assert problem.startswith("These preferences run in a circle: ")
    assert "Quality and compliance over Supply security" in problem and problem.endswith("Turn one of them round.")
    assert {name: person.inputs[name] for name in PAIR_NAMES} == judged("3", "1/3", "3")
    assert not three.judgements.exists()


def test_an_inconsistent_comparison_is_explained_or_held(at: Callable[..., Person], three: Any) -> None:
    person = at()
    person.open(three, "weights")
    answer = person.send(judged("9", "2", "5"))
    person.page = person.client.get(answer["Location"])
    assert "The comparisons contradict each other: their consistency ratio is" in person.html
    assert "contradicts itself" in person.html and "Most inconsistent" in person.html
    answer = person.send({"inconsistency_explained": "Two experts stand by it."})
    assert answer["Location"].endswith("/write/demand/")


def test_an_attribute_that_goes_takes_its_pairs_along(at: Callable[..., Person], three: Any) -> None:
    person = at()
    person.open(three, "weights")
    person.send(judged("3", "5", "3"))
    person.open(three, "weights")
    answer = person.send({"attributes-2-remove": "1"})
    assert answer.status_code == 302, person.problems()
    assert three.judgements.count() == 1 and not [one for one in findings(fresh(three)) if one.field == "judgements"]


def test_what_was_judged_over_rest_the_other_way_round_is_shown_and_kept(
    at: Callable[..., Person], three: Any, alice: Any
) -> None:
    cost, quality = (PartnershipAttribute.objects.get(code=code) for code in ("total_cost", "quality_compliance"))
    parts.write(fresh(three), Judgement, [{"first": cost, "second": quality, "ratio": Decimal("0.25")}], actor=alice)
    person = at()
    person.open(three, "weights")
    assert person.inputs["pair-quality_compliance-total_cost"] == "4"


# ------------------------------------------------------------------ rows


def test_rows_are_added_taken_out_and_left_alone_where_empty(at: Callable[..., Person], written: Any) -> None:
    person = at()
    html = person.open(written, "limits")
    assert html.count('class="spare"') == 3 + 1 or html.count('<tr class="spare"') == 3
    person.send(
        {
            "stakeholders-0-remove": "1",
            "stakeholders-2-name": "Site head",
            "stakeholders-2-function": "Manufacturing",
            "stakeholders-2-interest": "No surprise",
            "stakeholders-2-influence": "3",
        }
    )
    assert [row.name for row in written.stakeholders.all()] == ["Site head"]
    # A row whose cells were all emptied goes as well.
    person.open(written, "limits")
    emptied = {name: "" for name in person.inputs if re.match(r"stakeholders-0-(?!id)", name)}
    person.send(emptied)
    assert not written.stakeholders.exists()


def test_a_row_keeps_its_identity_through_an_edit(at: Callable[..., Person], written: Any) -> None:
    before = list(written.attributes.order_by("position").values_list("pk", "key"))
    person = at()
    person.open(written, "weights")
    person.send({"attributes-1-rationale": "One site alone is a risk"})
    assert list(written.attributes.order_by("position").values_list("pk", "key")) == before
    assert AttributeWeight.objects.get(pk=before[1][0]).rationale == "One site alone is a risk"


def test_a_cmo_is_found_by_name_and_a_foreign_row_is_refused(
    at: Callable[..., Person], written: Any, harrow: Any, other_programme: Any, mallory: Any
) -> None:
    theirs = write_whole(other_programme, mallory)
    person = at()
    person.open(written, "market")
    person.send({"known_cmos-0-cmo": "harrow biologics", "known_cmos-0-name": ""})
    assert written.known_cmos.get().cmo == harrow
    person.open(written, "market")
    person.send({"known_cmos-0-id": str(theirs.known_cmos.get().pk), "known_cmos-0-note": "Mine now"})
    assert person.problems() == ["There is no such row in this table (any more). Leave the id out to add it."]
    assert theirs.known_cmos.get().note == ""
    person.open(written, "market")
    person.send({"known_cmos-0-id": "nonsense"})
    assert person.problems()


def test_a_table_of_hundreds_of_rows_can_be_sent(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "capacity")
    rows = {}
    for number in range(10, 310):
        rows |= {
            f"capacity-{number}-year": "2029",
            f"capacity-{number}-kind": "option",
            f"capacity-{number}-place": f"Place {number}",
            f"capacity-{number}-batches": "1",
        }
    assert person.send(rows).status_code == 302
    assert written.capacity.count() == 303


# ------------------------------------------------------------------ two at once


def test_two_people_on_different_screens_do_not_get_in_each_others_way(
    at: Callable[..., Person], written: Any, tom: Any
) -> None:
    alice, other = at(), at(tom)
    alice.open(written, "leaving")
    other.open(written, "segment")
    other.send({"supply_risk": "60"})
    assert alice.send({"exit_intent": "One year of notice."}).status_code == 302
    saved = fresh(written)
    assert (saved.supply_risk, saved.exit_intent) == (60, "One year of notice.")


def test_a_stale_save_says_who_changed_what_and_loses_nothing(
    at: Callable[..., Person], written: Any, tom: Any
) -> None:
    alice, other = at(), at(tom)
    alice.open(written, "limits")
    other.open(written, "limits")
    other.send({"constraints": "Two fill lines are filed.", "stakeholders-0-influence": "2"})
    answer = alice.send({"constraints": "No animal material.", "budget": "5000000", "stakeholders-0-influence": "4"})
    assert answer.status_code == 412
    html = alice.html
    assert "Tom Example saved this screen after you opened it. Nothing of yours was saved yet." in html
    assert "Two fill lines are filed." in html and "No animal material.</textarea>" in html
    assert "People with a say" in html and 'value="5000000"' in html
    saved = fresh(written)
    assert (saved.constraints, saved.budget) == ("Two fill lines are filed.", 4_000_000)
    # Looked at, and saved again on top of it.
    assert alice.send().status_code == 302
    saved = fresh(written)
    assert (saved.constraints, saved.budget) == ("No animal material.", 5_000_000)
    assert saved.stakeholders.get().influence == 4


def test_what_only_the_other_changed_on_the_screen_is_taken_over(
    at: Callable[..., Person], written: Any, tom: Any
) -> None:
    alice, other = at(), at(tom)
    alice.open(written, "limits")
    other.open(written, "limits")
    other.send({"budget": "4500000", "stakeholders-0-influence": "1"})
    assert alice.send({"constraints": "No animal material."}).status_code == 412
    assert "What they changed is in the form now" in alice.html
    assert alice.send().status_code == 302
    saved = fresh(written)
    assert (saved.constraints, saved.budget, saved.stakeholders.get().influence) == (
        "No animal material.", 4_500_000, 1,
    )  # fmt: skip


# ------------------------------------------------------------------ who


def test_who_may_write(at: Callable[..., Person], written: Any, cast: dict[str, Any]) -> None:
    url = reverse("strategy:strategy_write", args=[written.pk, "scope"])
    said = {}
    for name, person in cast.items():
        client = at(person).client
        sent = {"scope": "Mine", "version": fresh(written).version}
        said[name] = (client.get(url).status_code, client.post(url, sent).status_code)
    writers = {"alice", "priya", "tom", "sven", "farid"}
    assert {name for name, codes in said.items() if codes == (200, 302)} == writers
    readers = {"quinn", "lena", "erin", "audra", "otto"}
    assert {name for name, codes in said.items() if codes == (403, 403)} == readers
    assert {name for name, codes in said.items() if codes == (404, 404)} == {"adam", "bob", "mallory"}


def test_quality_is_told_why_not(at: Callable[..., Person], written: Any, quinn: Any) -> None:
    person = at(quinn)
    assert "Your roles let you read this strategy, not write it." in person.open(written, "scope")
    assert person.client.get(written.get_absolute_url()).status_code == 200


def test_an_approved_strategy_is_not_written_on(
    at: Callable[..., Person], written: Any, alice: Any, erin: Any, quinn: Any
) -> None:
    decided.accept_all(written, actor=alice)
    walk: dict[str, Transition] = transitions_of(Strategy)
    walk["submit"](fresh(written), actor=alice)
    person = at()
    assert "A strategy at “In review” is not written on." in person.open(written, "scope")
    for approver in (erin, quinn):
        walk["approve"](fresh(written), actor=approver, password=PASSWORD, email=approver.email)
    assert fresh(written).state == "approved"
    html = person.open(written, "scope")
    assert person.page.status_code == 403
    assert "A strategy at “Approved” is not written on any more. Revise it to write its next version." in html
    answer = person.client.post(person.url, {"scope": "Else"})
    assert answer.status_code == 403 and fresh(written).scope == ANSWERS["scope"]


def test_no_such_screen(at: Callable[..., Person], written: Any) -> None:
    person = at()
    person.open(written, "nonsense")
    assert person.page.status_code == 404
    person.open(written, "asks")
    assert person.page["Location"] == reverse("strategy:asks", args=[written.pk])


def test_every_field_and_table_of_a_strategy_has_its_screen() -> None:
    fields = {field.name for field in Strategy._meta.concrete_fields if field.editable and not field.primary_key}
    elsewhere = {"programme", "external_id", "created_by", "created_at", "updated_at", "version"}
    asked = {name for screen in SCREENS for name in screen.asks_for}
    assert fields - elsewhere <= asked
    assert set(parts.parts_of(Strategy)) <= asked


def test_a_retired_attribute_stays_where_it_stands_and_is_not_offered_anew(
    at: Callable[..., Person], written: Any, alice: Any
) -> None:
    cost, speed = (PartnershipAttribute.objects.get(code=code) for code in ("total_cost", "speed"))
    for attribute in (cost, speed):
        retire_attribute(attribute, actor=alice, reason="Nobody weighs it so")
    person = at()
    person.open(written, "weights")
    table = person.page.context["tables"][0][0]
    offered = [{key for key, _ in row.fields["attribute"].choices} for row in (*table.forms, table.template)]
    assert all(str(cost.pk) in row for row in offered[:3]) and not any(str(cost.pk) in row for row in offered[3:])
    assert len(offered) == 7 and not any(str(speed.pk) in row for row in offered)

    assert person.send({"attributes-2-rationale": "It pays for the rest."}).status_code == 302
    assert written.attributes.get(attribute=cost).rationale == "It pays for the rest."
    kept = [{"id": row.pk, "attribute": row.attribute, "weight": row.weight} for row in written.attributes.all()]
    with pytest.raises(InvalidInput) as refused:
        parts.write(written, AttributeWeight, [*kept, {"attribute": speed}], actor=alice)
    assert refused.value.errors == {
        "3.attribute": [f"“{speed.name}” is retired from the catalogue: choose another attribute."]
    }
    written.attributes.filter(attribute=cost).delete()
    person.open(written, "weights")
    answer = person.send({"attributes-2-attribute": str(speed.pk), "attributes-2-weight": "25"})
    assert answer.status_code == 200 and written.attributes.count() == 2
    assert any("is retired from the catalogue: choose another attribute." in line for line in person.problems())


def test_only_a_next_version_is_asked_why_there_is_one(
    at: Callable[..., Person], written: Any, alice: Any, erin: Any, quinn: Any
) -> None:
    person = at()
    assert 'name="why_revised"' not in person.open(written, "scope")
    assert person.send({"why_revised": "Smuggled in"}).status_code == 302 and fresh(written).why_revised == ""
    decided.accept_all(fresh(written), actor=alice)
    strategy = verbs.submit(fresh(written), actor=alice)
    for signer in (erin, quinn):
        strategy = verbs.approve(strategy, actor=signer, password=PASSWORD, email=signer.email)
    second = verbs.revise(strategy, actor=alice, why="Demand has doubled")
    assert "Demand has doubled" in person.open(second, "scope")
    assert person.send({"why_revised": "Demand has trebled"}).status_code == 302
    assert fresh(second).why_revised == "Demand has trebled"


def test_the_way_leads_on_from_what_the_strategy_asks_for(at: Callable[..., Person], written: Any, quinn: Any) -> None:
    asks = reverse("strategy:asks", args=[written.pk])
    check = reverse("strategy:strategy_write", args=[written.pk, "check"])
    assert f'href="{check}"' in at().client.get(asks).content.decode()
    assert f'href="{check}"' not in at(quinn).client.get(asks).content.decode()
