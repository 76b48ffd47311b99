"""The technology-transfer plans of all bidders side by side, on one axis of time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from cmo_lifecycle.doors.templatetags.ui import date_tag
from evaluation.bars import Span, timeline
from evaluation.models import Appraisal, Price, Proposal
from evaluation.views.deciding.reading import RfpPage, money
from evaluation.views.places import places


class TransfersPage(RfpPage):
    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp: Any = self.rfp(pk)
        found = Appraisal.objects.visible_to(self.user).filter(rfp=rfp, proposal__state__in=Proposal.IN_THE_RUNNING)
        plans = list(
            found.select_related("proposal__cmo")
            .prefetch_related("transfer")
            .order_by("proposal__cmo__legal_name", "id")
        )
        rows = {one.pk: sorted(one.transfer.all(), key=lambda row: (row.starts_on, row.position)) for one in plans}
        every = [row for own in rows.values() for row in own]
        first = min((row.starts_on for row in every), default=None)
        last = max((row.ends_on for row in every), default=None)
        lines = [row.code for row in rfp.price_sheet.filter(type="technology_transfer")]
        prices: dict[Any, list[str]] = {}
        for price in Price.objects.visible_to(self.user).filter(proposal__rfp=rfp, line__in=lines).order_by("line"):
            said = "included in another price" if price.included else money(price.amount, price.currency)
            prices.setdefault(price.proposal_id, []).append(said)
        shown = []
        for one in plans:
            own = rows[one.pk]
            shown.append(
                {
                    "appraisal": one,
                    "drawing": timeline(
                        [Span(row.phase, row.starts_on, row.ends_on, row.gate) for row in own],
                        title=f"Technology transfer to {one.proposal.cmo}", first=first, last=last,
                    ),
                    "phases": own,
                    "starts": date_tag(min((row.starts_on for row in own), default=None)),
                    "ends": date_tag(max((row.ends_on for row in own), default=None)),
                    "days": (max(r.ends_on for r in own) - min(r.starts_on for r in own)).days if own else None,
                    "gaps": [row.gaps for row in own if row.gaps.strip()],
                    "gates": sum(1 for row in own if row.gate.strip()),
                    "cost": money(sum(row.cost for row in own), rfp.currency) if own else "",
                    "price": " + ".join(prices.get(one.proposal_id, [])),
                }
            )  # fmt: skip
        context = {
            "title": "Technology transfer, bidder by bidder",
            "tabs": places(rfp, "transfers"),
            "sentence": _sentence(shown),
            "crumbs": self.crumbs(rfp),
            "rfp": rfp,
            "plans": shown,
        }
        return self.shown("evaluation/deciding/transfers.html", context)


def _sentence(shown: list[dict[str, Any]]) -> str:
    planned = [one for one in shown if one["days"] is not None]
    if not planned:
        return "No plan has been written yet."
    quickest = min(planned, key=lambda one: one["days"])
    said = f"{quickest['appraisal'].proposal.cmo} would be the quickest: {quickest['days']} days."
    missing = len(shown) - len(planned)
    return said + (f" {missing} of {len(shown)} have no plan yet." if missing else "")
