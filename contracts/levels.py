"""The service levels that the agreements of a relationship promise, as they stand with their amendments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cmo_lifecycle.partners.models import Relationship
from contracts.actions.gates import agreements_of
from contracts.duties import said_on
from contracts.effective import shapes_of
from contracts.models import Agreement
from contracts.terms import typed
from strategy.sums.errors import SumError


@dataclass(frozen=True, slots=True)
class Level:
    """A promised service level: `code` and `label` as the agreement calls it, `term` with unit, direction and target.

    `softer(level.term, target, direction)` of `contracts.terms.term_sums` says whether a KPI asks for less.
    """

    code: str
    label: str
    agreement: Agreement
    term: typed.Typed


def levels_of(relationship: Relationship, on: date | None = None) -> list[Level]:
    """Return the service levels in force for a relationship on a day (today), those of one code next to each other."""
    day = on or timezone.localdate()
    found = []
    bases = agreements_of(relationship).in_force().exclude(kind=Agreement.Kind.AMENDMENT)
    for agreement in bases.select_related("cmo", "programme").order_by("reference"):
        said = said_on(agreement, day)
        for code, (label, kind, unit) in shapes_of(agreement).items():
            if kind != "level" or code not in said:
                continue
            try:
                found.append(Level(code, label, agreement, typed.read(kind, unit, str(said[code]))))
            except SumError:
                continue
    return sorted(found, key=lambda one: (one.code, one.agreement.reference))


__all__ = ["Level", "levels_of"]
