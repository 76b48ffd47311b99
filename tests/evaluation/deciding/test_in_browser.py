"""The pages of costs, appraisals, due diligence and awards bar nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pprint import pformat
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.conftest import browser, watch  # noqa: F401 (fixtures)
from tests.browser.conftest import opened as window  # noqa: F401 (a fixture)
from tests.browser.test_barriers import WIDE, barriers
from tests.evaluation.conftest import recommend, signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def decided(
    live_server: Any, priced: Any, bidders: Any, people: Any, committee: Any
) -> dict[str, list[tuple[Any, str]]]:
    """An RFP with its award proposed: one bidder knocked out, one plan, one risk left; pages by who looks at them."""
    from cmo_lifecycle.workflow import edits, parts
    from evaluation.actions import appraisals
    from evaluation.models import Appraisal, BidRisk, Diligence, Gap, Support, TransferPhase

    tom = people.tom
    last = appraisals.take_up(Appraisal.objects.get(proposal__cmo=bidders.castellan.cmo), actor=tom, reason="More came")
    phase = {
        "phase": "Engineering runs", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 9, 1),
        "gate": "Three runs within limits", "gaps": "Another stopper", "cost": Decimal(120_000),
    }  # fmt: skip
    for part, row in (
        (Gap, {"requirement": "R1", "verdict": "not_met", "finding": "One line only"}),
        (TransferPhase, phase),
        (Support, {"capability": "Serialisation", "verdict": "missing"}),
        (BidRisk, {"category": "supply", "risk": "The line stops", "severity": 5, "occurrence": 5, "detection": 5}),
    ):
        last = parts.write(last, part, [row], actor=tom)
    last = edits.update(last, {"audits": None, "summary": "Cheap and small"}, actor=tom)
    harrow = priced.proposals.get(cmo=bidders.harrow.cmo)
    stream = Diligence.objects.get(proposal=harrow, stream="regulatory")
    where, mine = last.get_absolute_url(), stream.get_absolute_url()

    def at(name: str, *args: Any) -> str:
        return reverse(f"evaluation:{name}", args=args)

    of_tom = [
        at("costs", priced.pk), at("cost", priced.pk, harrow.pk), at("diligence_board", priced.pk),
        at("transfers", priced.pk), at("appraisal_list"), where, f"{where}?tab=risks", f"{where}?tab=transfer",
        f"{where}?tab=terms", f"{where}edit/", at("diligence_list"), mine, f"{mine}resume/",
        *(at("appraisal_table", last.pk, table) for table in ("gaps", "risks", "transfer", "support")),
    ]  # fmt: skip
    return {"tom": [(tom, url) for url in of_tom]}


def test_no_page_of_a_decision_bars_anybody(
    decided: dict[str, list[tuple[Any, str]]],
    priced: Any,
    bidders: Any,
    people: Any,
    committee: Any,
    window: Callable[..., Page],  # noqa: F811
) -> None:
    from evaluation.actions.awards import sign

    found: dict[str, Any] = {}

    def look(person: Any, addresses: list[str]) -> None:
        page = window(person, viewport=WIDE)
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None, address
            assert answer.status == 200, address
            for fold in page.locator("main details.how-fold").all()[:4]:
                fold.evaluate("(one) => { one.open = true }")
            if barred := barriers(page):
                found[address] = barred

    look(people.tom, [url for _, url in decided["tom"]])
    award = recommend(priced, bidders.harrow.cmo, people.alice)
    where = award.get_absolute_url()
    look(committee.erin, [f"{where}sign/", where])
    for person in vars(committee).values():
        award = sign(award, **signed(person))
    tabs = [f"{where}?tab={tab}" for tab in ("costs", "found", "process")]
    adding = [reverse("evaluation:award_add"), reverse("evaluation:award_list")]
    look(people.alice, [where, *tabs, f"{where}letters/", *adding])
    assert found == {}, pformat(found, width=200)
