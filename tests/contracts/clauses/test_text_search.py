"""The exported patterns in PostgreSQL: they can be asked, and they find what the patterns find."""

from __future__ import annotations

import pytest
from django.db import connection

from contracts.clauses.patterns import PATTERNS, exported
from contracts.clauses.patterns.shapes import Ranked
from contracts.clauses.suggest import suggest
from contracts.clauses.topics import TOPICS


@pytest.mark.django_db
def test_text_search_finds_what_the_patterns_find() -> None:
    queries = sorted({str(row["tsquery"]) for row in exported() if row["tsquery"]})
    assert len(queries) > 300
    texts = {code: topic.standard.replace("-", " ") for code, topic in TOPICS.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.code, q.query FROM unnest(%s::text[], %s::text[]) AS t(code, said), unnest(%s::text[]) AS q(query)"
            " WHERE to_tsvector('simple', t.said) @@ to_tsquery('simple', q.query)",
            [list(texts), list(texts.values()), queries],
        )
        found = set(cursor.fetchall())
    assert found
    alone = {
        f"{topic.topic}/{place}": Ranked(pattern.tsquery(), (pattern,), threshold=pattern.weight)
        for topic in PATTERNS.values()
        for place, pattern in enumerate(topic.patterns)
        if pattern.tsquery()
        and pattern.weight > 0
        and not pattern.heading
        # A sentence that lacks a word may stand beside one that holds it.
        and not any(group.absent for group in pattern.groups)
    }
    expected = {(code, alone[key].topic) for code, text in texts.items() for key in suggest(text, patterns=alone)}
    assert len(expected) > 200
    assert expected <= found
