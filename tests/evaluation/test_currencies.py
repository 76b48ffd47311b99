"""Prices are quoted in what the request has a rate for: any other could never be compared."""

from __future__ import annotations

from typing import Any

import pytest

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput
from evaluation.actions import portal
from evaluation.findings import findings
from evaluation.models import Rfp, RfpRate
from tests.evaluation.conftest import write_rfp

pytestmark = pytest.mark.django_db


def test_a_bidder_quotes_in_a_currency_with_a_rate(issued: Any, bidders: Any) -> None:
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    bidder = portal.Bidder.by_link(bidders.harrow.contact)
    with pytest.raises(InvalidInput) as refused:
        portal.save(proposal, bidder, prices={"L1": {"amount": "100", "currency": "CHF"}})
    (sentence,) = refused.value.errors["prices.L1.currency"]
    assert sentence.endswith("this request has no rate for CHF.")
    portal.save(proposal, bidder, prices={"L1": {"amount": "100", "currency": issued.currency}})


def test_rates_are_for_the_base_currency_of_the_request(strategy: Any, vx12: Any, people: Any) -> None:
    assert strategy.currency == "EUR" and strategy.rates.exists()
    assert not write_rfp(vx12, people.alice, currency="USD").rates.exists()
    rfp = edits.create(
        Rfp, {"programme": vx12, "title": "Filling", "service": "sterile_fill_finish"}, actor=people.alice
    )
    assert {row.currency for row in rfp.rates.all()} == {row.currency for row in strategy.rates.all()}
    row = {**{name: getattr(rfp.rates.first(), name) for name in RfpRate.columns}, "currency": rfp.currency}
    rfp = parts.write(rfp, RfpRate, [row], actor=people.alice)
    assert "EUR is the base currency: take it out of the rates." in {one.sentence for one in findings(rfp)}
