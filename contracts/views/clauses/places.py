"""Words and addresses that the pages about clauses share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from cmo_lifecycle.doors import format as fmt
from contracts.clauses.coverage import DEVIATES, MISSING, NOT_APPLICABLE, OPEN, PRESENT, SHOWN
from contracts.clauses.topics import Topic
from strategy import rules
from strategy.rules.shapes import Kind
from strategy.snapshot import Snapshot
from strategy.views.consequences import rule_url

TONES: Mapping[str, str] = {
    PRESENT: "good",
    DEVIATES: "watch",
    MISSING: "bad",
    NOT_APPLICABLE: "none",
    OPEN: "info",
}


@cache
def badge(status: str) -> SafeString:
    """Return a status in its word, with the symbol of its tone."""
    return fmt.badge_html(SHOWN[status], TONES[status])


def topic_url(code: str) -> str:
    return reverse("contracts:clause_topic", args=[code])


def clauses_url(agreement: Any, topic: str = "") -> str:
    """Return the page of an agreement's clauses; at one topic where it is named."""
    address = reverse("contracts:agreement_clauses", args=[agreement.pk])
    return f"{address}?topic={topic}#topic-{topic}" if topic else address


def waiver_url(agreement: Any, mechanism: str) -> str:
    """Return where a waiver of a mechanism is asked for."""
    return f"{reverse('contracts:waiver_add')}?agreement={agreement.pk}&mechanism={mechanism}"


@cache
def _asking() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return by mechanism the rules that ask for it: title and address."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule in rules.RULES:
        for ask in rule.gives(Snapshot()):
            if ask.kind == Kind.MECHANISM:
                found.setdefault(ask.code, []).append((rule.title, rule_url(rule.id)))
    return {code: tuple(rows) for code, rows in found.items()}


def rules_of(topic: Topic) -> list[tuple[str, str]]:
    """Return the rules of the strategy that ask for what a topic serves: title and address, each once."""
    asking = _asking()
    return list(dict.fromkeys(row for code in topic.consequences for row in asking.get(code, ())))
