"""The board paper: tagged, titled, and saying the figures of the page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.urls import reverse

from cmo_lifecycle.workflow import edits, parts
from strategy.actions import consequences as actions
from strategy.models import Risk, Strategy
from strategy.overview import Overview
from tests.operations.test_pdf import Pdf
from tests.strategy.test_pages import approved, as_  # noqa: F401 (a fixture)


def paper(person: Any, strategy: Any) -> Pdf:
    answer = as_(person).get(reverse("strategy:board_paper", args=[strategy.pk]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert f"v{strategy.number}.pdf" in answer["Content-Disposition"]
    return Pdf(answer.content)


def test_it_is_tagged_and_titled(written: Any, alice: Any) -> None:
    found = paper(alice, written)
    assert b"/MarkInfo" in found.catalogue and b"/StructTreeRoot" in found.catalogue
    assert b"/Lang" in found.catalogue
    assert "Partnering strategy, version 1" in found.text


def test_it_says_what_the_page_says(written: Any, alice: Any) -> None:
    text = paper(alice, written).text
    o = Overview(Strategy.objects.get(pk=written.pk))
    for part in (
        "VX-12",
        "Draft",
        "Partly: we must understand and control it",
        "We must understand the process to file it, but we own no plant of that scale.",
        "Two years of notice",
        "Supply the launch without a gap",
        "must have",
        "€30,833,333",
        "€4,267,677",
        "The only fill line is down in the launch quarter",
        "Accepted: Three months of stock stand before the launch",
        "No signature has been asked for yet.",
    ):
        assert part in text, part
    for figure in o.money:
        assert figure.value.replace("\u00a0", " ") in text, figure.label
    for table in (o.demand, o.capacity, o.cash, o.factors):
        assert table is not None
        for row in table.rows:
            for cell in row:
                assert cell.replace("\u00a0", " ") in text, (row, cell)
    for one in o.asks:
        assert one.title[:30] in text, one.title
    for conflict in o.conflicts:
        assert conflict.sentence in text


def test_it_says_weights_what_was_changed_to_what_and_why_and_what_risk_is_left(written: Any, alice: Any) -> None:
    criteria = list(written.consequences.filter(kind="criterion").order_by("key"))
    heavy = max(criteria, key=lambda one: Decimal(one.content["weight"]))
    content = {**heavy.content, "weight": "33.3"}
    actions.change(heavy, actor=alice, reason="The last two audits were poor.", content=content)
    risk = written.risks.first()
    rows = [{**{name: getattr(risk, name) for name in Risk.columns}, "id": risk.pk}]
    rows[0] |= {"residual_severity": 3, "residual_occurrence": 2, "residual_detection": 4}
    strategy = parts.write(written, Risk, rows, actor=alice, version=written.version)
    strategy = edits.update(strategy, {"demand_unit": "units of 1000 tablets"}, actor=alice, version=strategy.version)
    text = re.sub(r"\s+", " ", paper(alice, strategy).text)
    assert f"Weight in %: 33.3 instead of {heavy.proposed['weight']}. Because: The last two audits were poor." in text
    assert "33.3 %" in text and f"{Decimal(criteria[0].content['weight']):.1f} %" in text
    assert "then 24" in text
    assert "“units of 1000 tablets” a year" in text and "Low, “units of 1000 tablets”" in text


def test_it_shows_who_signed(approved: Any, alice: Any) -> None:  # noqa: F811
    text = paper(alice, approved).text
    assert "Erin Example" in text and "Quinn Example" in text
    assert "I approve this partnering strategy" in text
    assert "Approved" in text


def test_a_strategy_that_was_just_begun_prints_too(vx12: Any, alice: Any) -> None:
    begun = edits.create(Strategy, {"programme": vx12, "scope": "#import $x$ *not markup*"}, actor=alice)
    text = paper(alice, begun).text
    assert "Not answered yet" in text and "#import $x$ *not markup*" in text


def test_it_is_there_over_rest(written: Any, alice: Any, bob: Any) -> None:
    where = reverse("api:strategies-board-paper", args=[written.pk])
    answer = as_(alice).get(where)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert "€30,833,333" in Pdf(answer.content).text
    assert as_(alice).get(where, headers={"accept": "application/pdf"}).status_code == 200
    for asked, status in ((f"{where}?paper=a5", 400), (f"{where}?format=csv", 400)):
        refused = as_(alice).get(asked)
        assert refused.status_code == status and refused["Content-Type"] == "application/problem+json"
    assert as_(bob).get(where).status_code == 404


def test_a_foreign_person_gets_none(written: Any, bob: Any) -> None:
    assert as_(bob).get(reverse("strategy:board_paper", args=[written.pk])).status_code == 404
