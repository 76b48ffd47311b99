"""The reading pages of strategies: what they say, to whom, and that every number opens."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.workflow import edits, parts
from strategy.actions import consequences, strategies
from strategy.models import CashFlow, DemandYear, PartnershipAttribute, RelationshipStrategy, Strategy

PASSWORD = "correct horse battery 9"


def as_(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Any, url: str, status: int = 200) -> str:
    answer = as_(person).get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return str(answer.content.decode())


def words(html: str) -> str:
    """The text of a page, tags taken out, spaces made single."""
    from html import unescape

    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).replace("\u00a0", " ")


@pytest.fixture
def approved(written: Any, alice: Any, erin: Any, quinn: Any) -> Any:
    """VX-12's strategy, signed by an executive and by quality."""
    consequences.accept_all(written, actor=alice)
    strategy = strategies.submit(Strategy.objects.get(pk=written.pk), actor=alice)
    for person in (erin, quinn):
        strategy = strategies.approve(strategy, actor=person, password=PASSWORD, email=person.email)
    assert strategy.state == Strategy.State.APPROVED
    return strategy


class TestTheOnePageView:
    def test_it_says_the_answers_with_their_reasons(self, written: Any, alice: Any) -> None:
        said = words(page(alice, written.get_absolute_url()))
        for part in (
            "Partly: we must understand and control it",
            "We must understand the process to file it, but we own no plant of that scale.",
            "Capability review of March 2026.",
            "Dual source",
            "Ready by 30 Jun 2029",
            "Transfer to a second site once the first has made three batches",
            "Supply the launch without a gap",
            "Must have",
            "Entered directly; they add up to 100 %.",
        ):
            assert part in said, part

    def test_amounts_of_any_size_are_written_out(self, written: Any, alice: Any) -> None:
        most = Decimal("99999999999999.9999")
        flow = {"option": "make", "kind": "per_unit", "amount": most, "currency": "EUR"}
        flows = [{**flow, "year": year, "label": f"Part {n}"} for year in range(2027, 2031) for n in range(5)]
        flows.append({**flow, "option": "buy", "year": 2027, "label": "Nothing", "amount": Decimal(0)})
        lots = Decimal("9999999999999.999")
        demand = [{"year": year, "low": lots, "base": lots, "high": lots} for year in range(2027, 2031)]
        edits.update(written, {"discount_rate": Decimal(0)}, actor=alice, version=written.version)
        for part, rows in ((DemandYear, demand), (CashFlow, flows)):
            written = parts.write(Strategy.objects.get(pk=written.pk), part, rows, actor=alice)
        said = words(page(alice, f"{written.get_absolute_url()}?tab=figures"))
        # 20 × 99,999,999,999,999.9999 × 9,999,999,999,999.999
        assert "€19,999,999,999,999,997,980,000,000,000" in said
        assert as_(alice).get(reverse("strategy:board_paper", args=[written.pk])).status_code == 200

    def test_more_batches_than_can_be_are_a_sentence(self, written: Any, alice: Any) -> None:
        tiny = {"batch_output": Decimal("0.001"), "batch_yield": Decimal("0.01")}
        edits.update(written, tiny, actor=alice, version=written.version)
        said = words(page(alice, f"{written.get_absolute_url()}?tab=figures"))
        assert "more than 1,000,000,000 batches in a year; check the units per batch and the yield" in said

    def test_what_is_missing_leads_to_the_screen_that_mends_it(self, written: Any, alice: Any) -> None:
        edits.update(written, {"exit_intent": ""}, actor=alice, version=written.version)
        html = page(alice, written.get_absolute_url())
        assert "State how the relationship would be left" in html
        assert reverse("strategy:strategy_write", args=[written.pk, "leaving"]) in html
        assert f"{written.get_absolute_url()}asks/" in html

    def test_a_reader_is_shown_no_link_to_the_writer(self, written: Any, audra: Any) -> None:
        html = page(audra, written.get_absolute_url())
        assert "/write/" not in html

    def test_answers_that_fight_are_said_with_the_answers(self, written: Any, alice: Any) -> None:
        edits.update(
            written,
            {"duration": "short_term", "duration_until": date(2028, 12, 31)},
            actor=alice,
            version=written.version,
        )
        said = words(page(alice, written.get_absolute_url()))
        assert "Answers that fight" in said
        assert "The segment is strategic, the term is short" in said
        assert "Duration: Short-term until 31 December 2028" in said

    def test_the_figures_are_those_of_the_sums(self, written: Any, alice: Any) -> None:
        html = page(alice, f"{written.get_absolute_url()}?tab=figures")
        said = words(html)
        # 10,000 × 0.9 × 0.95 = 8,550; 90,000 ÷ 8,550 = 10.53, rounded up.
        assert "= 8,550 vials on average" in said
        assert "2030, base: 90,000 ÷ 8,550 = 10.53, so 11." in said
        assert "Batches missing at base demand: 1 in 2027, 1 in 2028, 2 in 2029, 11 in 2030." in said
        # 30,000,000 + 5 × 180,000 ÷ 1.08 against 2,500,000 + 5 × 420,000 ÷ 1.1 ÷ 1.08
        assert "€30,833,333" in said
        assert "€4,267,677" in said
        assert "€26,565,657 less by buying" in said
        assert html.count("How is this calculated?") >= 7
        assert html.count('<svg class="chart"') == 3

    def test_the_risks_stand_worst_first_with_the_gate_in_words(self, written: Any, alice: Any) -> None:
        said = words(page(alice, f"{written.get_absolute_url()}?tab=market"))
        assert "9 × 3 × 4" in said and "108" in said
        assert "Its number 108 is above 100 and its severity 9 reaches the gate at 9" in said
        assert "Supply risk 80 of 100 is high, profit impact 90 is high" in said
        assert "€350,000" in said

    def test_a_foreign_person_sees_none_of_it(self, written: Any, bob: Any, otto: Any) -> None:
        for where in ("", "asks/", "compare/", "board-paper/"):
            page(bob, f"{written.get_absolute_url()}{where}", 404)
        page(otto, written.get_absolute_url(), 403)


class TestTheList:
    def test_due_reviews_come_first_when_asked(self, approved: Any, alice: Any) -> None:
        Strategy.objects.filter(pk=approved.pk).update(review_due=timezone.localdate() - timedelta(days=3))
        for asked, there in (("overdue", True), ("due", True), ("soon", False)):
            html = page(alice, f"{reverse('strategy:strategy_list')}?review={asked}")
            assert ("VX-12</a>" in html) is there, asked
        assert "3 days late" in page(alice, reverse("strategy:strategy_list"))

    def test_it_says_the_answers_in_short(self, written: Any, alice: Any) -> None:
        html = page(alice, reverse("strategy:strategy_list"))
        assert "Partly core, stays outsourced, dual source, long-term" in html
        assert "VX-12</a>" not in page(alice, f"{reverse('strategy:strategy_list')}?alternates=sole")


class TestRevising:
    def test_it_asks_why_and_starts_the_next_version(self, approved: Any, alice: Any) -> None:
        where = reverse("strategy:strategy_revise", args=[approved.pk])
        assert "Why is there a next version?" in page(alice, where)
        client = as_(alice)
        refused = client.post(where, {"why": ""})
        assert refused.status_code == 200 and b"There is a problem" in refused.content
        made = client.post(where, {"why": "The launch moves by a year."}, follow=True)
        assert "Version 2 is under revision" in made.content.decode()
        assert "The launch moves by a year." in made.content.decode()
        assert Strategy.objects.get(number=2).revises_id == approved.pk

    def test_whoever_may_not_write_may_not_revise(self, approved: Any, quinn: Any) -> None:
        page(quinn, reverse("strategy:strategy_revise", args=[approved.pk]), 403)


class TestPanelsFromAbove:
    def test_a_programme_without_a_strategy_offers_to_start_one(self, vx12: Any, alice: Any, quinn: Any) -> None:
        html = page(alice, vx12.get_absolute_url())
        start = f'<a class="btn slim primary" href="/strategy/strategies/add/?programme={vx12.pk}">'
        assert start in html and html.index(start) < html.index("<h2>Relationships</h2>")
        # What ends a programme is never its main step.
        head = html[html.index("<h1>") : html.index('<nav aria-label="Sections')]
        assert "Close…" in head and "primary" not in head
        assert "Start a strategy" not in page(quinn, vx12.get_absolute_url())

    def test_a_programme_says_its_strategy_and_when_it_is_reviewed(self, approved: Any, alice: Any) -> None:
        said = words(page(alice, approved.programme.get_absolute_url()))
        assert "Partnering strategy" in said and "Review due on 30 Sep 2027" in said

    def test_a_relationship_says_under_which_version_it_was_approved(
        self, approved: Any, relationship: Any, alice: Any
    ) -> None:
        from cmo_lifecycle.workflow.models import Event

        said = words(page(alice, relationship.get_absolute_url()))
        assert "no strategy" in said and "Evaluation criteria" in said
        RelationshipStrategy.objects.create(
            relationship=relationship, strategy=approved, event=Event.objects.of(approved).latest("at")
        )
        html = page(alice, relationship.get_absolute_url())
        assert f'<a href="{approved.get_absolute_url()}">Version 1</a>' in html

    def test_the_desk_says_when_a_review_is_due(self, approved: Any, alice: Any, quinn: Any, mallory: Any) -> None:
        Strategy.objects.filter(pk=approved.pk).update(review_due=timezone.localdate() - timedelta(days=3))
        said = words(page(alice, "/"))
        assert "What falls due" in said and "Strategy for VX-12, version 1" in said and "3 days late" in said
        assert "What falls due" not in page(quinn, "/")
        assert "What falls due" not in page(mallory, "/")
        Strategy.objects.filter(pk=approved.pk).update(review_due=timezone.localdate() + timedelta(days=91))
        assert "What falls due" not in page(alice, "/")

    def test_the_desk_tells_of_strategies_and_not_of_each_thing_that_follows(self, approved: Any, alice: Any) -> None:
        said = words(page(alice, "/"))
        assert "submitted Strategy for VX-12, version 1" in said
        assert str(approved.consequences.first()) not in said

    def test_the_history_tells_the_rows_that_were_changed(self, written: Any, alice: Any) -> None:
        assert "Head of commercial" in page(alice, f"{written.get_absolute_url()}?tab=history")


class TestTheRules:
    def test_every_rule_is_there_with_its_source(self, alice: Any) -> None:
        from html import escape

        from strategy import rules

        html = page(alice, reverse("strategy:rules"))
        for id, _, title, _, _ in rules.as_table():
            assert f'id="rule-{id}"' in html
            assert escape(title) in html

    def test_it_finds_by_a_word(self, alice: Any) -> None:
        html = page(alice, f"{reverse('strategy:rules')}?q=cell+bank")
        assert 'id="rule-exit.cell_banks"' in html
        assert 'id="rule-exit.plan"' not in html
        assert "No rule says that" in page(alice, f"{reverse('strategy:rules')}?q=zzz")


class TestTheCatalogue:
    def test_an_attribute_is_added_used_and_retired(self, alice: Any, quinn: Any, written: Any) -> None:
        client = as_(alice)
        where = reverse("strategy:partnership_attribute_add")
        given = {
            "name": "Cold chain",
            "code": "cold_chain",
            "group": "technical",
            "description": "Keeps it at −70 °C.",
            "position": 40,
        }
        key = page(alice, where).split('name="new_id" value="')[1].split('"')[0]
        made = client.post(where, {**given, "new_id": key}, follow=True)
        assert "Keeps it at −70 °C." in made.content.decode()
        entry = PartnershipAttribute.objects.get(code="cold_chain")
        step = reverse("strategy:partnership_attribute_step", args=[entry.pk, "retire_attribute"])
        client.post(step, {"version": entry.version, "reason": "Nobody weighs it."})
        entry.refresh_from_db()
        assert entry.state == "retired"
        page(quinn, where, 403)
        used = PartnershipAttribute.objects.get(code="supply_security")
        assert "VX-12, version 1" in page(alice, used.get_absolute_url())
