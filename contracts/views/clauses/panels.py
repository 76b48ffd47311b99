"""What the page of an agreement says of its clauses."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from cmo_lifecycle.doors.panels import Panel, panel
from contracts.clauses.coverage import MISSING, SHOWN
from contracts.clauses.topics import topics_for
from contracts.models import Agreement
from contracts.views.clauses.places import badge, clauses_url


@panel(Agreement, order=40)
def clauses(agreement: Agreement, request: HttpRequest) -> Panel | None:
    """Say how many topics of its kind have which status, and lead to them."""
    if request.user.is_external or agreement.kind == Agreement.Kind.AMENDMENT:  # type: ignore[union-attr]
        return None
    rows = agreement.clauses.values_list("status").annotate(Count("pk")).order_by()
    counts = dict(rows)
    counts["open"] = max(0, len(topics_for(agreement.kind)) - sum(counts.values()))
    address = clauses_url(agreement)
    lines = format_html_join(
        "",
        '<li><a href="{}?show={}">{}</a><strong>{}</strong></li>',
        ((address, status, badge(status), counts[status]) for status in SHOWN if counts.get(status)),
    )
    return Panel(
        "Clauses",
        format_html('<ul class="list">{}</ul>', lines),
        actions=[{"label": "Judge the clauses" if counts["open"] or counts.get(MISSING) else "Open", "url": address}],
        side=True,
        key="clauses",
    )
