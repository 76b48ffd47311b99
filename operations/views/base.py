"""What the nouns of operations have in common."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cmo_lifecycle.doors import pages


class OperationsNoun(pages.Noun):
    """A noun whose pages hang below the landing page of operations."""

    def crumbs(self, record: Any = None) -> list[tuple[str, str]]:
        return [("Operations", reverse("operations:home")), *super().crumbs(record)]
