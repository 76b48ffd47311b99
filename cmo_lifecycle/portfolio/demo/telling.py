"""Let the demonstration's strategies be written, decided and signed through the doors that people use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cmo_lifecycle.accounts import cast
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO, Programme
from cmo_lifecycle.portfolio.demo.clock import at, month_start, noon
from cmo_lifecycle.portfolio.demo.strategies import TABLES, StrategyOf
from cmo_lifecycle.portfolio.demo.world import SOURCE
from cmo_lifecycle.workflow import edits, parts
from strategy.actions import consequences, strategies
from strategy.models import PartnershipAttribute, Strategy

WRITTEN_MONTHS_AGO = {"approved": 11, "in_review": 1, "draft": 0}
NEXT_MONTHS_AGO = 2


class Telling:
    """Tells strategies as of `today`, by the demo's people."""

    def __init__(self, today: date, people: Mapping[str, User]) -> None:
        self.today = today
        self.people = people

    def tell(
        self, row: StrategyOf, programme: Programme, under_the_first: Callable[[Programme], Any] | None = None
    ) -> Strategy:
        """Make one strategy with all its versions; return the latest.

        `under_the_first` tells what happened while the first approved version was in force.
        """
        alice = self.people["alice"]
        begun = month_start(self.today, -WRITTEN_MONTHS_AGO[row.reached])
        with at(noon(begun)):
            strategy = edits.create(Strategy, {"programme": programme}, actor=alice, source=SOURCE)
            strategy = self.write(strategy, {**row.answers, **self.due(row, begun)}, row.tables)
            if row.reached == "draft":
                consequences.accept_all(strategy, actor=alice, kind="criterion", source=SOURCE)
                return strategy
            self.decide(strategy, row)
            strategy = strategies.submit(strategy, actor=self.people["priya"], source=SOURCE)
        if row.reached == "in_review":
            return strategy
        strategy = self.sign(strategy, begun + timedelta(days=9))
        if under_the_first is not None:
            under_the_first(programme)
        if row.why_next:
            later = month_start(self.today, -NEXT_MONTHS_AGO)
            with at(noon(later)):
                strategy = strategies.revise(strategy, actor=alice, why=row.why_next, source=SOURCE)
                strategy = self.write(strategy, {**row.next_answers, **self.due(row, later)}, row.next_tables)
                consequences.accept_all(strategy, actor=alice, source=SOURCE)
                strategy = strategies.submit(strategy, actor=alice, source=SOURCE)
            strategy = self.sign(strategy, later + timedelta(days=12))
        return strategy

    def due(self, row: StrategyOf, written: date) -> dict[str, date]:
        return {} if row.reached == "draft" else {"review_due": month_start(written, 12)}

    def write(
        self, strategy: Strategy, answers: Mapping[str, Any], tables: Mapping[str, Sequence[tuple[Any, ...]]]
    ) -> Strategy:
        alice = self.people["alice"]
        strategy = edits.update(strategy, answers, actor=alice, source=SOURCE)
        for name, part in parts.parts_of(Strategy).items():
            if name in tables:
                rows = [self.row(name, values) for values in tables[name]]
                strategy = parts.write(strategy, part, rows, actor=alice, source=SOURCE)
        return strategy

    def row(self, table: str, values: tuple[Any, ...]) -> dict[str, Any]:
        found = dict(zip(TABLES[table], values, strict=True))
        for name in ("attribute", "first", "second"):
            if name in found:
                found[name] = PartnershipAttribute.objects.get(code=found[name])
        if "cmo" in found:
            found["cmo"] = CMO.objects.filter(legal_name=found["cmo"]).first() if found["cmo"] else None
        if "owner" in found:
            found["owner"] = self.people[found["owner"]] if found["owner"] else None
        return found

    def decide(self, strategy: Strategy, row: StrategyOf) -> None:
        alice = self.people["alice"]
        for key, reason in row.declined.items():
            consequences.decline(strategy.consequences.get(key=key), actor=alice, reason=reason, source=SOURCE)
        for key, (content, reason) in row.changed.items():
            one = strategy.consequences.get(key=key)
            consequences.change(one, actor=alice, reason=reason, content={**one.proposed, **content}, source=SOURCE)
        consequences.accept_all(strategy, actor=alice, source=SOURCE)

    def sign(self, strategy: Strategy, day: date) -> Strategy:
        for name, days in (("quinn", 0), ("erin", 3)):
            with at(noon(day + timedelta(days=days))):
                strategy = strategies.approve(
                    strategy, actor=self.people[name], password=cast.DEMO_PASSWORD, source=SOURCE
                )
        return strategy
