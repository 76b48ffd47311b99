"""What a bidder costs and what was found about it, by the pages: entered where it is needed, opened down to the line."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo_lifecycle.partners.models import Certificate, Inspection, Qualification, Site
from cmo_lifecycle.workflow import edits, parts
from evaluation.actions import appraisals
from evaluation.board import board
from evaluation.costs import Costs
from evaluation.models import Appraisal, Diligence, TransferPhase
from evaluation.views.deciding.reading import money
from tests.evaluation.deciding.conftest import as_

pytestmark = pytest.mark.django_db


def test_costs_stand_side_by_side_and_open_down_to_the_line(priced: Any, bidders: Any, people: Any, look: Any) -> None:
    tom = people.tom
    where = reverse("evaluation:costs", args=[priced.pk])
    found = board(priced).costs
    page = look(tom, where)
    for scenario in ("low", "base", "high"):
        for cost in found.made(scenario):
            assert money(cost.total_npv, "EUR") in page.words
    castellan = priced.proposals.get(cmo=bidders.castellan.cmo)
    cost = found.of(castellan, "high")
    below = look(tom, f"{reverse('evaluation:cost', args=[priced.pk, castellan.pk])}?case=high")
    for line in cost.lines:
        assert re.sub(r"\s+", " ", line.formula.replace("\u00a0", " ")) in below.words
    for year in cost.years:
        assert re.sub(r"\s+", " ", year.formula.replace("\u00a0", " ")) in below.words

    # The lines as a file add up to what the page shows.
    answer = as_(tom).get(reverse("evaluation:cost_lines", args=[priced.pk, "csv"]))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    total = sum(
        Decimal(row["present_value"])
        for row in rows
        if row["scenario"] == "high" and row["bidder"] == "Castellan Pharma GmbH"
    )
    assert total == cost.total_npv
    assert as_(tom).get(reverse("evaluation:cost_lines", args=[priced.pk, "xlsx"])).status_code == 200
    assert as_(tom).get(reverse("evaluation:cost_lines", args=[priced.pk, "pdf"])).status_code == 404

    # What is not told makes a cost not computable, never 0; it is entered where that is said.
    appraisal = Appraisal.objects.get(proposal=castellan)
    appraisal = appraisals.take_up(appraisal, actor=tom, reason="The audits were never counted")
    appraisal = edits.update(appraisal, {"audits": None}, actor=tom)
    page = look(tom, where)
    assert "Not computable" in page.words
    assert "The own oversight of Castellan Pharma GmbH is not told" in page.words
    form = reverse("evaluation:appraisal_edit", args=[appraisal.pk])
    assert f'href="{form}"' in page.html
    assert "Needed for the cost" in look(tom, f"{appraisal.get_absolute_url()}?tab=terms").words
    written = look(tom, form)
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', written.html))
    values |= {"audits": "2.5", "summary": "Cheap and small"}
    values.pop("csrfmiddlewaretoken", None)
    assert as_(tom).post(form, values).status_code == 302
    appraisal.refresh_from_db()
    assert appraisal.audits == Decimal("2.5")
    assert "Not computable" not in look(tom, where).words


def test_only_what_is_asked_for_is_worked_out(priced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix asks for the base total alone; bids and scenarios take no further queries."""
    from evaluation import costs

    done: list[str] = []
    real = costs.total_cost
    monkeypatch.setattr(costs, "total_cost", lambda bid, frame, case: done.append(case) or real(bid, frame, case))
    proposals = list(priced.proposals.select_related("cmo"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = Costs(priced, proposals)
        found.amounts()
    assert done == ["base"] * 3
    with CaptureQueriesContext(connection) as fewer:
        Costs(priced, proposals[:1]).amounts()
    assert len(asked) == len(fewer)
    with CaptureQueriesContext(connection) as later:
        assert found.comparison is not None
    assert len(later) == 0
    assert sorted(done) == sorted(["base"] * 4 + ["low"] * 3 + ["high"] * 3)


def test_a_must_that_is_failed_knocks_out_and_is_told_at_once(
    priced: Any, bidders: Any, people: Any, look: Any
) -> None:
    tom = people.tom
    nordvik = priced.proposals.get(cmo=bidders.nordvik.cmo)
    appraisal = appraisals.take_up(Appraisal.objects.get(proposal=nordvik), actor=tom, reason="Seen again")
    where = reverse("evaluation:appraisal_table", args=[appraisal.pk, "gaps"])
    page = look(tom, where)
    # Beside the requirement stands what the bidder answered to the question that traces to it.
    assert "Two lines that can fill vials" in page.words
    assert "Describe the line. Two isolator lines" in page.words
    row = appraisal.gaps.get()
    sent = {
        "version": appraisal.version, "gaps-0-id": str(row.pk), "gaps-0-requirement": "R1",
        "gaps-0-verdict": "not_met", "gaps-0-finding": "One line only", "gaps-0-closing": "",
    }  # fmt: skip
    answer = as_(tom).post(where, sent, follow=True)
    assert "Nordvik Fill-Finish AS is knocked out. Does not meet R1" in answer.content.decode()
    assert not [one for one in board(priced).matrix.standing if one.bidder == str(nordvik.pk)]  # type: ignore[union-attr]
    assert "knocked out" in look(tom, reverse("evaluation:costs", args=[priced.pk])).words

    # A save on top of somebody else's writes nothing and loses nothing.
    late = as_(people.quinn).post(where, {**sent, "gaps-0-finding": "Mine, typed meanwhile"})
    assert late.status_code == 412
    assert "Mine, typed meanwhile" in late.content.decode()
    assert appraisal.gaps.get().finding == "One line only"

    # A risk beyond the strategy's scale, and one that is not dealt with.
    risks = reverse("evaluation:appraisal_table", args=[appraisal.pk, "risks"])
    appraisal.refresh_from_db()
    highest = priced.strategy.risk_scale
    risk = {
        "version": appraisal.version, "risks-0-category": "supply", "risks-0-risk": "The only line stops",
        "risks-0-severity": highest + 1, "risks-0-occurrence": 2, "risks-0-detection": 2,
    }  # fmt: skip
    refused = as_(tom).post(risks, risk)
    assert refused.status_code == 200
    said = refused.content.decode()
    assert f"scale runs from 1 to {highest}" in said or "at most" in said or "10" in said
    assert as_(tom).post(risks, {**risk, "risks-0-severity": highest}).status_code == 302
    shown = look(tom, f"{appraisal.get_absolute_url()}?tab=risks").words
    assert "give an action with owner and day, or say why it is accepted" in shown


def test_transfers_are_laid_side_by_side(priced: Any, bidders: Any, people: Any, look: Any) -> None:
    tom = people.tom
    where = reverse("evaluation:transfers", args=[priced.pk])
    assert "No plan has been written yet." in look(tom, where).words
    before = board(priced).costs
    harrow = priced.proposals.get(cmo=bidders.harrow.cmo)
    for name, days in (("harrow", 20), ("nordvik", 5)):
        appraisal = Appraisal.objects.get(proposal__cmo=getattr(bidders, name).cmo)
        appraisal = appraisals.take_up(appraisal, actor=tom, reason="The plan came")
        row = {
            "phase": "Engineering runs", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 1 + days),
            "gate": "Three runs within limits", "gaps": "Another stopper", "cost": Decimal(120_000),
        }  # fmt: skip
        parts.write(appraisal, TransferPhase, [row], actor=tom)
    page = look(tom, where)
    assert "Nordvik Fill-Finish AS would be the quickest: 5 days. 1 of 3 have no plan yet." in page.words
    assert "€120,000" in page.words
    assert "€900,000" in page.words
    assert "Engineering runs: 1 Mar 2027 to 21 Mar 2027; at its end: Three runs within limits" in page.html
    after = board(priced).costs
    more = after.of(harrow).components["technology_transfer"] - before.of(harrow).components["technology_transfer"]
    assert 0 < more <= 120_000


def test_the_regulatory_stream_shows_what_the_base_knows(
    priced: Any, bidders: Any, people: Any, quinn: Any, look: Any, walk: Any
) -> None:
    site = Site.objects.filter(cmo=bidders.harrow.cmo).first()
    if site is None:
        site = edits.create(Site, {"cmo": bidders.harrow.cmo, "name": "Harrow Cork", "country": "IE"}, actor=quinn)
    edits.create(
        Inspection,
        {
            "site": site, "authority": "fda", "kind": "surveillance", "started_on": date(2025, 3, 3), "form_483": True,
            "observations": 3, "classification": "oai", "warning_letter_on": date(2025, 6, 1),
        },
        actor=quinn,
    )  # fmt: skip
    edits.create(Certificate, {"site": site, "kind": "gmp", "number": "IE-77", "issuer": "HPRA"}, actor=quinn)
    edits.create(
        Qualification, {"site": site, "service": "sterile_fill_finish", "scope": "Filling", "basis": "Audit AR-9"}, actor=quinn
    )  # fmt: skip
    stream = Diligence.objects.get(proposal__cmo=bidders.harrow.cmo, stream="regulatory")
    shown = look(people.tom, stream.get_absolute_url()).words
    for said in ("FDA, 3 Mar 2025", "Form 483, 3 observations", "warning letter of 1 Jun 2025", "IE-77", "Audit AR-9"):
        assert said in shown, said
    page = look(people.tom, reverse("evaluation:diligence_board", args=[priced.pk]))
    assert "30 of 30 streams are complete or waived." in page.words
    assert f'href="{stream.get_absolute_url()}"' in page.html

    # A stream is waived with a reason and a signature, by quality or an executive.
    walk(people.tom, stream, "resume", reason="A warning letter came")
    assert stream.state == "in_progress"
    refused = as_(people.tom).get(reverse("evaluation:diligence_step", args=[stream.pk, "waive"]))
    assert refused.status_code == 403
    walk(quinn, stream, "waive")
    assert stream.state == "in_progress"
    walk(quinn, stream, "waive", reason="The site is not ours")
    assert stream.state == "waived"
    assert "29 of 30" not in look(people.tom, reverse("evaluation:diligence_board", args=[priced.pk])).words


def test_what_is_complete_says_so_where_somebody_wants_to_write(priced: Any, people: Any, look: Any) -> None:
    stream = Diligence.objects.filter(rfp=priced, stream="regulatory").first()
    settled = Appraisal.objects.filter(rfp=priced).first()
    assert stream is not None
    assert settled is not None
    said = look(people.tom, f"{stream.get_absolute_url()}edit/", 403).words
    assert "A due-diligence stream at “Complete” is not edited any more. “Resume” opens it again." in said
    said = look(people.tom, reverse("evaluation:appraisal_table", args=[settled.pk, "risks"]), 403).words
    assert "An appraisal at “Settled” is not edited any more. “Take up” opens it again." in said


def test_before_prices_are_open_there_are_none(opened: Any, people: Any, look: Any) -> None:
    page = look(people.tom, reverse("evaluation:costs", args=[opened.pk]))
    assert "Prices stay sealed" in page.words
    proposal = opened.proposals.first()
    look(people.tom, reverse("evaluation:cost", args=[opened.pk, proposal.pk]), 404)
    look(people.tom, reverse("evaluation:cost_lines", args=[opened.pk, "csv"]), 404)
    for name in ("210000", "180000", "150000", "210,000"):
        assert name not in page.html
