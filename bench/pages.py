"""Pages and REST lists as the portfolio grows: time on the server and count of queries."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import measure, portfolio


def _client() -> Client:
    from cmo_lifecycle.accounts.models import User

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="person1@bench.example"))
    return client


def _addresses() -> dict[str, str]:
    from cmo_lifecycle.partners.models import Relationship
    from operations.models import Delivery, Review

    relationship = Relationship.objects.order_by("id").first()
    delivery = Delivery.objects.order_by("id").first()
    found = {
        "desk": reverse("home"),
        "relationship list": reverse("partners:relationship_list"),
        "CMO list": reverse("partners:cmo_list"),
        "delivery list": reverse("operations:delivery_list"),
        "relationship page": relationship.get_absolute_url(),
        "delivery page": delivery.get_absolute_url(),
        "search, rare": reverse("search") + "?q=0000042",
        "search, typo": reverse("search") + "?q=Manufactuer",
        "REST relationships, 50": "/api/v1/relationships/?limit=50",
        "REST deliveries, 50": "/api/v1/deliveries/?limit=50",
        "REST deliveries, 1,000": "/api/v1/deliveries/?limit=1000",
        "REST relationship": f"/api/v1/relationships/{relationship.pk}/",
    }
    review = Review.objects.order_by("id").first()
    if review is not None:
        found["review list"] = reverse("operations:review_list")
        found["review page"] = review.get_absolute_url()
    return found


def _ask(client: Client, url: str) -> None:
    response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answers {response.status_code}, so there is nothing to measure.")
    b"".join(response) if response.streaming else response.content


def _one(client: Client, url: str) -> tuple[float, int]:
    _ask(client, url)
    with CaptureQueriesContext(connection) as queries:
        _ask(client, url)
    # Counted now: the next request empties the log.
    count = len(queries)
    return measure.seconds(lambda: _ask(client, url), times=9, warm=1), count


def run(sizes: list[int], deliveries_each: int) -> None:
    """Grow the portfolio step by step and print each address at each size."""
    found: dict[str, list[Any]] = {}
    grown = []
    for size in sizes:
        portfolio.grow(size, deliveries_each)
        if not grown:
            from datetime import UTC, datetime

            from operations.review_run import run_reviews

            run_reviews(datetime(2024, 3, 2, 12, tzinfo=UTC))
        grown.append(portfolio.counts())
        client = _client()
        for name, url in _addresses().items():
            found.setdefault(name, []).append(_one(client, url))
    head = ["address", *(f"{count:,}" for count, _ in grown), "growth", "queries"]
    rows = [
        [
            name,
            *(f"{taken * 1000:.1f} ms" for taken, _ in steps),
            f"{steps[-1][0] / steps[0][0]:.2f}",
            ", ".join(str(queries) for _, queries in steps),
        ]
        for name, steps in found.items()
    ]
    measure.table(f"Pages and REST by number of relationships (deliveries: {grown[-1][1]:,})", head, rows)
