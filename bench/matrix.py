"""The matrix of a large selection: nine evaluators, 37 bidders, 40 criteria."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench import browser, measure

EVALUATORS, CRITERIA, QUESTIONS, LINES = 9, 40, 80, 10
GROUPS = ("business_fit", "technical", "partnership", "risk")


def grow(bidders: int, *, reference: str) -> Any:
    """Return an RFP with open prices, every sheet of its panel handed in; rows are written past the pages."""
    from django.contrib.auth.models import Group

    from cmo_lifecycle.accounts.models import User
    from cmo_lifecycle.partners.models import CMO, Programme
    from evaluation import models as m
    from strategy.models import Strategy

    draw = random.Random(5)  # noqa: S311 - scores for a stopwatch
    programme = Programme.objects.create(name=f"Programme of {reference}", modality="biologic", phase="commercial")
    people = [
        User.objects.create(email=f"judge{place}@{reference}.example".lower(), name=f"Judge {place}", is_active=True)
        for place in range(EVALUATORS + 1)
    ]
    for person in people:
        person.groups.set(Group.objects.filter(name__in=["technical", "sourcing"]))
        person.statement_version = "1"
        person.identity_verified = True
        person.save()
    programme.members.set(people)
    strategy = Strategy.objects.create(programme=programme, scope="All of it")
    now = timezone.now()
    rfp = m.Rfp(
        programme=programme, strategy=strategy, kind="rfp", reference=reference, title="A large selection",
        owner=people[0], service="sterile_fill_finish", scope="All of it", closes_at=now - timedelta(days=30),
        scale_most=Decimal(10), currency="EUR", discount_rate=Decimal(8), demand_unit="vials",
        batch_output=Decimal(20_000), batch_yield=Decimal(95), oversight_fte=Decimal(1), fte_rate=Decimal(150_000),
        audit_cost=Decimal(12_000), plant_day_cost=Decimal(1_500), oversight_systems=Decimal(5_000),
        opened_at=now, priced_at=now, state="commercial",
    )  # fmt: skip
    m.Rfp.objects.bulk_create([rfp])
    codes = [f"C{place:02d}" for place in range(1, CRITERIA)]
    criteria = [
        m.Criterion(
            rfp=rfp, position=place, code=code, group=GROUPS[place % 4], title=f"Criterion {code}",
            weight=Decimal("2"), measure="What is looked at", rule="trimmed_mean",
        )
        for place, code in enumerate(codes)
    ]  # fmt: skip
    criteria.append(
        m.Criterion(
            rfp=rfp, position=CRITERIA, code="K1", group="total_cost", title="Total cost", weight=Decimal(22),
            measure="NPV", rule="lowest_full",
        )
    )  # fmt: skip
    m.Criterion.objects.bulk_create(criteria)
    asked = [
        m.RfpQuestion(
            rfp=rfp, position=place, code=f"A{place:02d}", group=GROUPS[place % 4], question=f"Question {place}?",
            criterion=codes[place % len(codes)],
        )
        for place in range(QUESTIONS)
    ]  # fmt: skip
    m.RfpQuestion.objects.bulk_create(asked)
    m.PriceSheetLine.objects.bulk_create(
        m.PriceSheetLine(
            rfp=rfp, position=place, code=f"L{place}", type="batch_price" if not place else "technology_transfer",
            label=f"Line {place}", unit="per_batch" if not place else "once", recurring=not place,
        )
        for place in range(LINES)
    )  # fmt: skip
    m.Quantity.objects.bulk_create(
        m.Quantity(rfp=rfp, position=year, year=2027 + year, low=Decimal(400_000), base=Decimal(600_000), high=Decimal(800_000))
        for year in range(10)
    )  # fmt: skip
    m.RfpRate.objects.create(rfp=rfp, currency="USD", per_base=Decimal("1.1"), on=date(2026, 11, 2), source="ECB")
    seats = [
        m.Evaluator(
            rfp=rfp, person=person, sections=list(GROUPS), state="cleared", declaration="None", declared_at=now
        )
        for person in people[1:]
    ]  # fmt: skip
    seats.append(m.Evaluator(rfp=rfp, person=people[0], sections=[], state="cleared", declaration="None"))
    m.Evaluator.objects.bulk_create(seats)
    cmos = [CMO(legal_name=f"Bidder {place:02d} of {reference}") for place in range(bidders)]
    CMO.objects.bulk_create(cmos)
    proposals = [m.Proposal(rfp=rfp, cmo=cmo, state="scored", submitted_at=now, receipt="0" * 64) for cmo in cmos]
    m.Proposal.objects.bulk_create(proposals)
    m.Opening.objects.bulk_create(
        m.Opening(rfp=rfp, proposal=one, kind=kind, sha256="0" * 64, opened_at=now)
        for one in proposals
        for kind in ("technical", "commercial")
    )
    m.Appraisal.objects.bulk_create(
        m.Appraisal(
            rfp=rfp, proposal=one, failed_batches=Decimal(5), liability_percent=Decimal(50),
            uncovered_material=Decimal(0), investigation=Decimal(0), delay=Decimal(0), stock_months=Decimal(2),
            stock_value=Decimal(30), carrying_percent=Decimal(10), audits=Decimal(1), plant_days=Decimal(20),
        )
        for one in proposals
    )  # fmt: skip
    m.Answer.objects.bulk_create(
        m.Answer(proposal=one, question=row.code, envelope="technical", value=f"Answer to {row.code} " + "word " * 30)
        for one in proposals
        for row in asked
        if draw.random() > 0.05
    )
    m.Price.objects.bulk_create(
        m.Price(
            proposal=one, line=f"L{place}", amount=Decimal(draw.randint(100_000, 400_000)),
            currency=draw.choice(("EUR", "USD")),
        )
        for one in proposals
        for place in range(LINES)
    )  # fmt: skip
    sheets = [
        m.ScoreSheet(rfp=rfp, proposal=one, evaluator=seat, state="submitted", submitted_at=now)
        for one in proposals
        for seat in seats[:EVALUATORS]
    ]
    m.ScoreSheet.objects.bulk_create(sheets)
    m.Score.objects.bulk_create(
        [
            m.Score(
                sheet=sheet, position=place, criterion=code, score=Decimal(draw.randint(8, 40)) / 4, rationale="Seen"
            )
            for sheet in sheets
            for place, code in enumerate(codes)
        ],
        batch_size=4000,
    )  # fmt: skip
    return rfp


def _client(rfp: Any) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(rfp.owner)
    return client


def run() -> None:
    """Print the server's time and its queries, with a third of the bidders and with all of them."""
    from evaluation.board import board

    small, large = grow(12, reference="RFP-2026-9001"), grow(37, reference="RFP-2026-9002")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    pages = {
        "matrix, scores": "",
        "matrix, other weights": "?w=C01:5,C02:9.5",
        "matrix, answers": "?view=answers",
        "matrix, prices": "?view=prices",
    }
    rows = []
    for name, query in pages.items():
        row, counts = [name], []
        for rfp in (small, large):
            client, address = _client(rfp), reverse("evaluation:matrix", args=[rfp.pk]) + query

            def ask(client: Client = client, address: str = address) -> Any:
                return _found(client, address)

            ask()
            with CaptureQueriesContext(connection) as queries:
                ask()
            counts.append(len(queries))
            row.append(f"{measure.seconds(ask, times=7, warm=2) * 1000:.0f} ms")
        rows.append([*row, ", ".join(map(str, counts))])
    for name, view in (("moderation", "moderation"), ("sensitivity", "sensitivity")):
        client, address = _client(large), reverse(f"evaluation:{view}", args=[large.pk])
        with CaptureQueriesContext(connection) as queries:
            _found(client, address)
        count = len(queries)
        taken = measure.seconds(lambda client=client, address=address: _found(client, address), times=7, warm=2)
        rows.append([name, "", f"{taken * 1000:.0f} ms", str(count)])
    fresh = measure.seconds(lambda: board(large).matrix, times=7, warm=1)
    rows.append(["the board alone, its costs worked out anew", "", f"{fresh * 1000:.0f} ms", ""])
    addresses = [(_client(rfp), reverse("evaluation:matrix", args=[rfp.pk])) for rfp in (small, large)]
    moved = browser.reweigh(addresses)
    for word, name in (
        ("work", "a weight moved in Chromium: script, style and layout"),
        ("seen", "… until the frame that shows it"),
        ("worst", "… the slowest of 40 weights"),
    ):
        rows.append([name, *([f"{one[word]:.0f} ms" for one in moved] or ["no Chromium", "no Chromium"]), ""])
    size = len(_found(_client(large), reverse("evaluation:matrix", args=[large.pk])))
    measure.table(
        f"A selection of {EVALUATORS} evaluators and {CRITERIA} criteria (page of {size / 1024:.0f} kB)",
        ["page", "12 bidders", "37 bidders", "queries"],
        rows,
    )


def _found(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        said = re.sub(rb"<[^>]+>", b" ", response.content)[:400]
        raise SystemExit(f"{address} answers {response.status_code}: {said!r}")
    content: bytes = response.content
    return content
