"""Writing down whether a candidate has what we must have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.parts import Among
from cmo_lifecycle.doors.writing import Asked, Screen, Writer, Written
from evaluation.models import Candidate
from strategy.models import Consequence, Strategy
from strategy.rules import Kind

SCREEN = Screen(
    key="must-haves",
    title="Must-haves",
    heading="Does it have what we must have?",
    lead="One line for each requirement that no score makes up for. A verdict needs what shows it.",
    why="What cannot be done without is settled first, before anybody has spent weeks on a proposal. A candidate that "
    "fails one is knocked out, visibly and with its reason, and stays on record: the next programme asks again why.",
    good=(
        "The evidence could be found by somebody else: a report, a certificate, a date.",
        "“Not yet known” is an honest answer until the CDA allows to ask.",
    ),
    example="Inspected by FDA without official action in three years – met – EIR of 12 March 2026, NAI.",
    tables=(
        Asked(
            "must_haves",
            "Must-haves",
            help="What the approved strategy insists on stands here already; add what this programme needs besides.",
            row_word="must-have",
            labels={"consequence": "Asked for by the strategy"},
        ),
    ),
)


class MustHavesWritten(Written):
    @cached_property
    def _asked(self) -> list[Consequence]:
        standing = self.record.must_haves.exclude(consequence=None).values("consequence")
        in_force = Consequence.objects.binding().filter(
            strategy__programme=self.record.programme_id, strategy__state=Strategy.State.APPROVED, kind=Kind.KNOCK_OUT
        )
        found = in_force | Consequence.objects.filter(pk__in=standing)
        return list(found.distinct().order_by("title", "id"))

    def cells(self, name: str) -> Mapping[str, Any]:
        return {"consequence": lambda: Among(records=self._asked, required=False)}


class MustHavesWriter(Writer):
    """The one screen of a candidate's must-haves."""

    model = Candidate
    screens = (SCREEN,)
    page = "evaluation:candidate_write"

    def findings(self, record: Any) -> list[Any]:
        return []

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo", "programme")

    def refusal(self, record: Any, user: User) -> str:
        return (
            f"A candidate at “{record.get_state_display()}” is not looked into any more."
            " Look at it again first, where what spoke against it has changed."
        )

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> MustHavesWritten:
        return MustHavesWritten(self, screen, record, user, data)


MUST_HAVES = MustHavesWriter()


def must_haves_url(candidate: Any) -> str:
    return MUST_HAVES.url(candidate, SCREEN)
