"""The lines a review was counted from, as they were, each beside the delivery as it is now."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.html import format_html

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.doors.rows import Column, render_rows
from cmo_lifecycle.tabular import writer
from operations import reading, review_run
from operations.kpi import PARTS
from operations.models import Delivery, KpiObservation, Review, ReviewInputs
from operations.views.deliveries import quantity

PAGE = 100
DATES = ("ordered_on", "scheduled_on", "delivered_on")
AMOUNTS = ("quantity_ordered", "quantity_delivered", "quantity_accepted", "value")

COLUMNS = (
    Column("item", "Line", kind="link", url="url", note="order_ref"),
    Column("ordered_on", "Ordered", kind="date"),
    Column("scheduled_on", "Scheduled", kind="date"),
    Column("delivered_on", "Delivered", kind="date"),
    Column("arrival", "Arrival", kind="html"),
    Column("accepted", "Accepted of ordered"),
    Column("value", "Value", kind="money"),
    Column("since", "Since then", kind="html"),
)


class ReviewInputsPage(pages.NounPage):
    """The snapshot of one review, or the part of it behind one KPI (`?kpi=on_time_delivery&part=missed`)."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        review = self.record(pk)
        inputs = ReviewInputs.objects.filter(review=review).first()
        if inputs is None:
            raise Http404("The figures of this review have not been taken yet.")
        observations = list(
            KpiObservation.objects.filter(review=review).select_related("definition").order_by("definition__name")
        )
        chosen, part = self._asked(observations)
        kept = inputs.rows
        if chosen is not None:
            chosen.review = review
            keys = {str(key) for key in review_run.lines_behind(chosen, part)}
            kept = [row for row in kept if row["id"] in keys]
        kept = sorted(kept, key=lambda row: (row["scheduled_on"], row["id"]))
        if request.GET.get("export") == "csv":
            return self._file(review, kept)
        start = self._start(len(kept))
        shown = self._rows(review, kept[start : start + PAGE])
        title = f"{chosen.definition.name}: {part_words(chosen, part).lower()}" if chosen else "Lines of this review"
        return self.shown(
            "operations/inputs.html",
            {
                "title": title,
                "sentence": self._sentence(review, inputs, kept, chosen is None, part),
                "crumbs": [*self.noun.crumbs(review), (self.noun.title(review), self.noun.url(review.pk))],
                "review": review,
                "inputs": inputs,
                "intact": unaltered(inputs.pk),
                "observations": observations,
                "chosen": chosen,
                "part": part,
                "parts": self._parts(chosen, part),
                "columns": COLUMNS,
                "rows_html": render_rows(COLUMNS, shown),
                "empty": not kept,
                "page": {
                    "next_url": self._with(start=start + PAGE) if start + PAGE < len(kept) else "",
                    "previous_url": self._with(start=max(0, start - PAGE)) if start else "",
                },
                "export_url": self._with(start=None, export="csv"),
            },
        )

    def _asked(self, observations: list[KpiObservation]) -> tuple[KpiObservation | None, str]:
        code, part = self.request.GET.get("kpi", ""), self.request.GET.get("part", "") or "denominator"
        if part not in PARTS:
            raise Http404(f"There is no part called {part}.")
        if not code:
            return None, part
        found = next((row for row in observations if row.definition.code == code), None)
        if found is None:
            raise Http404("This KPI is not part of the review.")
        return found, part

    def _start(self, count: int) -> int:
        start = whole_number(self.request.GET.get("start"), 7) or 0
        return start - start % PAGE if start < count else 0

    def _with(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        for key, value in changes.items():
            query.pop(key, None)
            if value:
                query[key] = str(value)
        return f"?{query.urlencode()}"

    def _parts(self, chosen: KpiObservation | None, part: str) -> list[dict[str, Any]]:
        if chosen is None:
            return []
        asked = ["denominator", "numerator", "missed", "left_out"]
        if chosen.definition.formula not in reading.SHARES:
            asked = ["denominator", "left_out"]
        counts = {"denominator": chosen.denominator, "numerator": chosen.numerator}
        if chosen.numerator is not None and chosen.denominator is not None:
            counts["missed"] = chosen.denominator - chosen.numerator
        return [
            {
                "label": part_words(chosen, code),
                "url": self._with(part=code, start=None),
                "current": code == part,
                "count": None if counts.get(code) is None else int(counts[code]),
            }
            for code in asked
        ]

    def _sentence(
        self, review: Review, inputs: ReviewInputs, kept: list[dict[str, Any]], everything: bool, part: str
    ) -> str:
        of = "" if everything else f" of {reading.counted(inputs.count, 'line')}"
        lines = reading.counted(len(kept), "line")
        said = f"{lines}{of} of {review.label}, as they were on {fmt.moment(inputs.taken_at)}."
        if everything or part != "missed" or not kept:
            return said
        rows = [as_it_was(row) for row in kept]
        days = [(row["delivered_on"] - row["scheduled_on"]).days for row in rows if row["delivered_on"]]
        undelivered = sum(row["delivered_on"] is None for row in rows)
        return f"{reading.missed_words([late for late in days if late > 0], len(kept), undelivered)} {said}"

    def _rows(self, review: Review, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
        now = {
            row.pk: row
            for row in Delivery.objects.visible_to(self.user).filter(pk__in=[UUID(row["id"]) for row in kept])
        }
        as_of = date.fromisoformat(review.result["as_of"])
        return [_row(as_it_was(row), now.get(UUID(row["id"])), as_of) for row in kept]

    def _file(self, review: Review, kept: list[dict[str, Any]]) -> HttpResponse | StreamingHttpResponse:
        heads = list(kept[0]) if kept else ["id"]
        response = StreamingHttpResponse(
            writer.stream_csv(heads, ([row.get(name) for name in heads] for row in kept), bom=True),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="review-lines-{review.starts_on:%Y-%m-%d}.csv"'
        return response


def part_words(observation: KpiObservation, part: str) -> str:
    """Return what people call a part of a value's lines: “Missed”, “On time”."""
    if part == "numerator":
        return "On time in full" if observation.definition.formula == "on_time_in_full" else "On time"
    return {"denominator": "Counted", "missed": "Missed", "left_out": "Could not be judged"}[part]


def as_it_was(row: dict[str, Any]) -> dict[str, Any]:
    """Return a kept line with dates and exact numbers instead of texts."""
    found = dict(row)
    for name in DATES:
        found[name] = date.fromisoformat(row[name]) if row.get(name) else None
    for name in AMOUNTS:
        found[name] = Decimal(row[name]) if row.get(name) is not None else None
    return found


def _row(was: dict[str, Any], now: Delivery | None, as_of: date) -> dict[str, Any]:
    words, tone = reading.arrival_words(was["scheduled_on"], was["delivered_on"], as_of)
    return {
        **was,
        "item": now.item if now else f"Line {was['id']}",
        "order_ref": now.order_ref if now else "",
        "url": now.get_absolute_url() if now else "",
        "arrival": fmt.badge_html(words, tone),
        "accepted": f"{quantity(was['quantity_accepted'])} of {quantity(was['quantity_ordered'])}"
        if was["quantity_accepted"] is not None
        else "Not supplied",
        "since": _since(was, now),
    }


def _since(was: dict[str, Any], now: Delivery | None) -> Any:
    """Say whether a line is still as the review has it, and if not, what is different."""
    if now is None:
        return fmt.badge_html("not in this relationship any more", "watch")
    changed = [
        str(Delivery._meta.get_field(name).verbose_name)
        for name in (*DATES, *AMOUNTS, "currency")
        if getattr(now, name) != was.get(name)
    ]
    if not changed:
        return fmt.badge_html("unchanged", "none")
    return format_html("{}<small>{}</small>", fmt.badge_html("changed", "watch"), ", ".join(changed))


def unaltered(review_id: Any) -> bool:
    """Whether a review's kept lines still have the hash they were kept with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to(rows::text, 'UTF8')), 'hex') = sha256"
            " FROM operations_reviewinputs WHERE review_id = %s",
            [review_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
