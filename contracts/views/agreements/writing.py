"""The page on which an amendment begins: at the agreement that it amends."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cmo_lifecycle.doors.pages.editing import CreatePage
from contracts.forms.agreements import AmendmentForm
from contracts.models import Agreement
from contracts.views.agreements.register import Agreements


class Amendments(Agreements):
    """Agreements as they are begun from the one that they amend."""

    form = AmendmentForm
    add_title = "Amend an agreement"
    add_button = "Begin the amendment"

    def added(self, record: Any) -> str:
        return f"Begun {record}. Write down what it changes."

    def after_create(self, record: Any) -> str:
        return reverse("contracts:agreement_provisions", args=[record.pk])


class AmendPage(CreatePage):
    """Begin an amendment."""

    base: Agreement

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:  # type: ignore[override]
        self.base = self.record(pk)
        return super().get(request)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:  # type: ignore[override]
        self.base = self.record(pk)
        return super().post(request)

    def _check(self) -> None:
        super()._check()
        if self.base.kind == Agreement.Kind.AMENDMENT:
            raise PermissionDenied("An amendment is not amended by itself: amend the agreement that it stands under.")
        if self.base.state not in Agreement.SIGNED:
            raise PermissionDenied("Only an executed agreement is amended; a draft is changed itself.")

    def _given(self) -> dict[str, Any]:
        return {"parent": self.base}

    def _initial(self) -> dict[str, Any]:
        base = self.base
        number = base.children.filter(kind=Agreement.Kind.AMENDMENT).count() + 1  # type: ignore[attr-defined]
        return {
            "reference": f"{base.reference}-A{number}",
            "title": f"Amendment {number} of {base.title}"[:200],
            "our_party": base.our_party,
            "their_party": base.their_party,
            "currency": base.currency,
        }
