"""Suggested clauses against what people labelled, and the pages over long texts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from bench import measure

#: The length of the longest contract that we were told of, in characters.
LONG = 340_000


def folder() -> Path | None:
    """Return the folder of the labelled contracts, None where it is not at hand."""
    root = Path(__file__).resolve().parents[1]
    found = Path(os.environ.get("CMO_REAL_DATA") or root.parent / "shared" / "data") / "contracts"
    return found if (found / "dev_manifest.json").is_file() else None


def run() -> None:
    """Print precision and recall of each way to suggest, and how long import, suggestions and pages take."""
    from cmo_lifecycle.accounts.models import User
    from contracts.clauses.labelled import labelled
    from contracts.clauses.measure import RANKS, table
    from contracts.clauses.measure import measure as measure_all
    from contracts.clauses.suggest import suggest
    from contracts.importing import bring_in_labelled, external_id_of
    from contracts.models import ContractDocument
    from contracts.searching import by_text_search, combined

    where = folder()
    if where is None:
        print("The labelled contracts are not at hand: set CMO_REAL_DATA to the folder of the real data.")
        return
    contracts = labelled(where)
    service = User.objects.service("contract_import")
    taken = measure.seconds(lambda: bring_in_labelled(contracts, service))
    print(f"Brought in {len(contracts)} labelled contracts with their clauses in {taken:.1f} s.")
    documents = {one.agreement.external_id: one for one in ContractDocument.objects.select_related("agreement")}
    texts = {one["id"]: documents[external_id_of(one)] for one in contracts}

    def searched(contract: Any) -> dict[str, Sequence[Any]]:
        rows = by_text_search(texts[contract["id"]])
        return {code: [SimpleNamespace(start=one[0], end=one[1]) for one in found] for code, found in rows.items()}

    def both(contract: Any) -> dict[str, Sequence[Any]]:
        found = suggest(contract["text"])
        return dict(combined(found, by_text_search(texts[contract["id"]]), most=max(RANKS)))

    for name, by in (("Patterns", None), ("PostgreSQL's text search alone", searched), ("Both, as shown", both)):
        print(f"\n{name}")
        print(table(measure_all(where, by)))
    _pages(max(texts.values(), key=lambda one: len(one.words)))


def _pages(longest: Any) -> None:
    from django.contrib.auth.models import Group

    from cmo_lifecycle.accounts.models import User
    from contracts.documents import bring_in
    from contracts.models import Agreement
    from contracts.searching import by_text_search, suggestions

    lena = User.objects.create(email="lena@bench.example", name="Lena Bench", identity_verified=True)
    lena.groups.set(Group.objects.filter(name__in=["legal", "sourcing"]))
    agreement = Agreement.objects.create(
        reference="LONG-1", title="A long agreement", kind="msa", cmo=longest.agreement.cmo, created_by=lena
    )
    words = longest.words
    words = (words + "\n\n" + words)[: max(LONG, len(words))]
    taken = measure.seconds(lambda: bring_in(agreement, actor=lena, words=words))
    document = agreement.current_document()
    print(
        f"\nA text of {len(words):,} characters came in within {taken:.2f} s ({document.passages.count():,} passages)."
    )

    def anew() -> None:
        cache.clear()
        suggestions(document)

    client = Client(headers={"host": "localhost"})
    client.force_login(lena)
    page = reverse("contracts:agreement_clauses", args=[agreement.pk])
    rows = [
        [
            "text search of all patterns",
            f"{measure.seconds(lambda: by_text_search(document), times=3) * 1000:,.0f}",
            "",
            "",
        ],
        ["suggestions, first time", f"{measure.seconds(anew, times=3) * 1000:,.0f}", "", ""],
    ]
    for name, address in (
        ("clauses of the agreement", page),
        ("search: liability", f"{page}?q=liability"),
        ("search: a phrase", f"{page}?q=%22written+consent%22"),
        ("reading from the middle", f"{page}?read=600"),
        ("coverage", reverse("contracts:coverage")),
        ("coverage as a CSV file", f"{reverse('contracts:coverage')}?export=csv"),
        ("clause library", reverse("contracts:clause_library")),
    ):
        queries: list[str] = []

        def note(execute: Any, sql: str, *given: Any, queries: list[str] = queries) -> Any:
            queries.append(sql)
            return execute(sql, *given)

        with connection.execute_wrapper(note):
            answer = client.get(address)
            size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}.")

        def ask(address: str = address) -> None:
            found = client.get(address)
            if found.streaming:
                b"".join(found.streaming_content)

        taken = measure.seconds(ask, times=5, warm=1)
        rows.append([name, f"{taken * 1000:,.0f}", f"{len(queries):,}", f"{size / 1024:,.0f}"])
    measure.table(
        f"Pages over a text of {len(words):,} characters and {Agreement.objects.count()} agreements",
        ["page", "ms", "queries", "kB"],
        rows,
    )
