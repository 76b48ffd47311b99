"""How candidates stand: the confidentiality agreement that covers them, and what we must have of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString

from cmo_lifecycle.doors import format as fmt
from evaluation.filters import CDA_ENDS_SOON
from evaluation.models import Cda, MustHave

D = Cda.State


@dataclass(frozen=True)
class CdaStanding:
    """What covers a CMO for a programme on a day: the agreement closest to being in force, None where there is none."""

    cda: Cda | None
    on: date

    @property
    def is_live(self) -> bool:
        return self.cda is not None and self.cda.is_live(self.on)

    @property
    def ends_soon(self) -> bool:
        until = self.cda.expires_on if self.cda is not None else None
        return self.is_live and until is not None and until <= self.on + CDA_ENDS_SOON

    @property
    def words(self) -> str:
        cda = self.cda
        if cda is None:
            return "No CDA"
        if self.is_live:
            return f"CDA until {fmt.day(cda.expires_on)}" if cda.expires_on else "CDA without an end"
        if cda.state == D.IN_FORCE:
            late = cda.expires_on is not None and cda.expires_on < self.on
            return f"CDA ran out on {fmt.day(cda.expires_on)}" if late else "CDA not in force yet"
        return f"CDA {cda.get_state_display().lower()}"  # type: ignore[attr-defined]

    @property
    def tone(self) -> str:
        if self.is_live:
            return "watch" if self.ends_soon else "good"
        return "bad" if self.cda is None or self.cda.state not in (D.DRAFT, D.SENT) else "watch"

    @property
    def badge(self) -> SafeString:
        return fmt.badge_html(self.words, self.tone)


def cda_standings(pairs: Iterable[tuple[Any, Any]], on: date | None = None) -> dict[tuple[Any, Any], CdaStanding]:
    """Return the standing of each (CMO, programme), by their keys, in one query."""
    wanted = set(pairs)
    today = on or timezone.localdate()
    rows = Cda.objects.filter(
        Q(programme__isnull=True) | Q(programme__in={programme for _, programme in wanted}),
        cmo__in={cmo for cmo, _ in wanted},
    ).order_by("id")
    found: dict[tuple[Any, Any], CdaStanding] = {}
    for key in wanted:
        covering = [one for one in rows if one.cmo_id == key[0] and one.programme_id in (None, key[1])]
        best = max(covering, key=lambda one: _closeness(one, today), default=None)
        found[key] = CdaStanding(best, today)
    return found


def _closeness(cda: Cda, on: date) -> tuple[int, date]:
    order = {D.IN_FORCE: 3, D.SENT: 2, D.DRAFT: 1}
    place = 5 if cda.is_live(on) else order.get(D(cda.state), 0)
    return place, cda.expires_on or date.max


@dataclass
class MustHaves:
    """What we must have of a candidate, by verdict; `failed` holds the rows that knock it out."""

    met: int = 0
    open: int = 0
    failed: list[MustHave] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.met + self.open + len(self.failed)

    @property
    def words(self) -> str:
        if not self.count:
            return "None listed"
        said = [f"{self.met} met"]
        if self.open:
            said.append(f"{self.open} open")
        if self.failed:
            said.append(f"{len(self.failed)} failed")
        return ", ".join(said)

    @property
    def tone(self) -> str:
        return "bad" if self.failed else "none" if not self.count else "watch" if self.open else "good"

    @property
    def badge(self) -> SafeString:
        return fmt.badge_html(self.words, self.tone)


def must_haves(candidates: Iterable[Any]) -> Mapping[Any, MustHaves]:
    """Return how candidates stand against what we must have, by their keys, in one query."""
    found = {one.pk: MustHaves() for one in candidates}
    for row in MustHave.objects.filter(candidate__in=found).order_by("position", "id"):
        own = found[row.candidate_id]
        match row.verdict:
            case MustHave.Verdict.MET:
                own.met += 1
            case MustHave.Verdict.FAILED:
                own.failed.append(row)
            case _:
                own.open += 1
    return found
