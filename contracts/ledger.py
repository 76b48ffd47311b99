"""The negotiation of one agreement as the sums take it: its points, what both sides said, the score and the agenda."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts import negotiation
from contracts.models import Agreement, NegotiationPoint


@dataclass(frozen=True)
class Ledger:
    """The points of an agreement by key, in the order of rank, with what comes of them."""

    points: dict[str, NegotiationPoint]
    score: negotiation.Score
    concessions: negotiation.Concessions
    agenda: tuple[negotiation.Item, ...]

    def achieved(self) -> list[tuple[NegotiationPoint, negotiation.Scored]]:
        """Return each point with its part in the score, in the order of rank."""
        return [(self.points[row.point.code], row) for row in self.score.rows]


def ledger_of(agreement: Agreement, user: Any) -> Ledger:
    """Return the ledger of an agreement as a person sees it."""
    rows = NegotiationPoint.objects.visible_to(user).filter(agreement=agreement)
    points = list(rows.select_related("consequence").prefetch_related("positions").order_by("rank", "title", "id"))
    told = [
        negotiation.Point(str(one.pk), one.title, one.rank, _outcome(one), one.achieved)  # type: ignore[arg-type]
        for one in points
    ]
    said = [
        negotiation.Position(
            str(one.pk), row.on, row.side, row.said, row.concession, row.value, row.currency if row.value else ""
        )
        for one in points
        for row in sorted(one.positions.all(), key=lambda row: (row.on, row.position))  # type: ignore[attr-defined]
    ]
    return Ledger(
        {str(one.pk): one for one in points},
        negotiation.score(told),
        negotiation.concessions(said),
        negotiation.agenda(told, said),
    )


def _outcome(point: NegotiationPoint) -> str:
    if point.state == NegotiationPoint.State.DROPPED:
        return "dropped"
    return point.outcome if point.state == NegotiationPoint.State.SETTLED else "open"
