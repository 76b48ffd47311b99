"""What the pages of costs, appraisals, due diligence and awards have in common."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from cmo_lifecycle.doors.pages import noun_of
from cmo_lifecycle.doors.pages.base import SignedIn
from evaluation.access import was_opened, why_not
from evaluation.models import Rfp
from evaluation.report import CASES, money


def per_unit(value: Decimal | str | None, currency: str) -> str:
    return money(value, currency, 2)


__all__ = ["CASES", "RfpPage", "cost_link", "money", "per_unit"]


class RfpPage(SignedIn):
    """A page of one RFP for those who may read what its bidders handed in, once that is open."""

    def rfp(self, pk: Any) -> Rfp:
        """Return the RFP; raise PermissionDenied for who does not read its proposals though they are open."""
        rows = Rfp.objects.visible_to(self.user).select_related("programme", "strategy", "owner")
        found: Any = rows.filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such RFP.")
        if was_opened(found) and (why := why_not(self.user, found)):
            raise PermissionDenied(why)
        return found  # type: ignore[no-any-return]

    def crumbs(self, rfp: Rfp) -> list[tuple[str, str]]:
        pages = noun_of(Rfp)
        return [*(pages.crumbs(rfp) if pages else []), (str(rfp), rfp.get_absolute_url())]


def cost_link(appraisal: Any) -> str:
    """Where a bidder's cost stands, once prices are open."""
    rfp = appraisal.rfp
    return reverse("evaluation:cost", args=[rfp.pk, appraisal.proposal_id]) if rfp.priced_at is not None else ""
