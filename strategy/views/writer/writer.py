"""What is special about writing a strategy, on top of the writer of the house."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages import noun_of
from cmo_lifecycle.doors.writing import Screen, Writer
from cmo_lifecycle.doors.writing.beside import placed
from strategy.findings import Finding, findings
from strategy.models import Strategy
from strategy.overview import Overview
from strategy.screens import ASKS, CHECK, SCREENS, SOURCE
from strategy.views.places import fights
from strategy.views.writer.beside import WEIGHED, options, plots
from strategy.views.writer.pairs import worst
from strategy.views.writer.written import CHOICES, StrategyWritten


def _worked_out(strategy: Any) -> Overview:
    """Work a strategy out once per page and version."""
    known = getattr(strategy, "_worked_out", None)
    if known is None or known[0] != strategy.version:
        known = strategy._worked_out = (strategy.version, Overview(strategy))
    return known[1]  # type: ignore[no-any-return]


class StrategyWriter(Writer):
    """The guided writer of strategies."""

    model = Strategy
    screens = SCREENS
    page = "strategy:strategy_write"
    template = "strategy/write.html"
    source = SOURCE
    radios = CHOICES
    weighed = WEIGHED
    aside = {"judgements": "Comparisons in pairs"}

    def findings(self, record: Any) -> list[Finding]:
        return findings(record, _worked_out(record).reading)

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "revises")

    def name(self, record: Any) -> str:
        return f"{record.programme.name}, version {record.number}"

    def refusal(self, record: Any, user: User) -> str:
        state = record.get_state_display()
        if record.state == Strategy.State.APPROVED:
            return f"A strategy at “{state}” is not written on any more. Revise it to write its next version."
        return f"A strategy at “{state}” is not written on."

    def left_out(self, screen: Screen, record: Any) -> tuple[str, ...]:
        return screen.left_out(revises=record.revises_id is not None)

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> StrategyWritten:
        return StrategyWritten(self, screen, record, user, data)

    def elsewhere(self, screen: Screen, record: Any) -> str:
        return reverse("strategy:asks", args=[record.pk]) if screen is ASKS else ""

    def state_of(self, screen: Screen, record: Any, *, unfinished: bool) -> str | None:
        if screen is ASKS:
            return "undecided" if unfinished else "complete"
        return None

    def anchor(self, field: str) -> str:
        return "pairs" if field == "judgements" else super().anchor(field)

    def context(self, record: Any, screen: Screen, written: Any, user: User) -> dict[str, Any]:
        overview = _worked_out(record)
        missing = [] if written.data is not None else [one for one in findings(record, overview.reading) if one.field]
        pages = noun_of(Strategy)
        return {
            "strategy": record,
            "pairs": written.pairs,
            "pair_missing": placed(missing).get("judgements", []),
            "options": options(written, screen) if screen.question else [],
            "o": overview,
            "plots": SimpleLazyObject(lambda: plots(screen, overview)),
            # A text that stands is never hidden: leaving its field out would wipe it.
            "explain": overview.reading.contradicts or written.form["inconsistency_explained"].value()
            if written.pairs is not None
            else False,
            "worst": worst(overview) if screen.key == "weights" else None,
            "conflicts": fights(record, overview, writes=True) if screen is CHECK else [],
            "submit_url": pages.step_url(record.pk, "submit") if screen is CHECK and pages else "",
            "may_submit": user.has_role("sourcing", "project_manager"),
        }


WRITER = StrategyWriter()
