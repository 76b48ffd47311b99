"""Agreed KPIs beside the service levels of the contracts of a relationship."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from cmo_lifecycle.partners.models import Relationship
from contracts.actions.gates import agreements_of
from contracts.effective import began, shapes_of, terms_of, whole
from contracts.models import Agreement
from contracts.terms import term_sums, typed
from contracts.terms.effective import effective_terms
from operations.joint.filling import slug
from strategy.sums.errors import SumError

#: How a KPI writes the unit of a service level.
UNITS = {"percent": ("%", "percent"), "days": ("day", "days")}
#: Agreements whose terms are no promise (any more).
VOID = (*Agreement.OVER, Agreement.State.ABANDONED)


def service_levels(relationship: Relationship) -> dict[str, list[tuple[str, typed.Typed]]]:
    """Return the service levels that the contracts hold today, by the slugs of their codes and names.

    Each with the number of its agreement. Of what is signed its amendments count; what is still written counts as it
    stands.
    """
    found: dict[str, list[tuple[str, typed.Typed]]] = {}
    rows = agreements_of(relationship).exclude(state__in=VOID).exclude(kind=Agreement.Kind.AMENDMENT)
    for agreement in rows.prefetch_related("terms"):
        shapes = shapes_of(agreement)
        for code, value in _said(agreement).items():
            label, kind, unit = shapes.get(code, ("", "", ""))
            if kind != "level":
                continue
            try:
                term = typed.read(kind, unit, str(value))
            except SumError:
                continue
            for name in {slug(code), slug(label)}:
                found.setdefault(name, []).append((agreement.reference, term))
    return found


def _said(agreement: Agreement) -> dict[str, Any]:
    if agreement.state in Agreement.SIGNED:
        start = began(agreement)
        try:
            return effective_terms(
                whole(agreement), max(timezone.localdate(), start) if start else timezone.localdate()
            )
        except SumError:
            pass
    return terms_of(agreement)


def softer_than_contracted(relationship: Relationship, kpis: Sequence[Any]) -> dict[int, list[str]]:
    """Return, by the row of an agreed KPI, the sentences on each contract that promises more than the KPI asks for."""
    levels = service_levels(relationship)
    found: dict[int, list[str]] = {}
    for place, row in enumerate(kpis):
        names = {slug(row.name)} | ({slug(row.definition.code)} if row.definition is not None else set())
        seen = set()
        for reference, term in (one for name in sorted(names) for one in levels.get(name, ())):
            if (reference, term.text) in seen:
                continue
            seen.add((reference, term.text))
            sentence = _compared(row, term)
            if sentence:
                found.setdefault(place, []).append(f"{reference}: {sentence}")
    return found


def _compared(row: Any, term: typed.Typed) -> str:
    if row.unit.strip().lower() not in UNITS.get(term.unit, ()):
        return f"the contract counts in {term.unit}, the KPI in {row.unit or 'no unit'}; count in the same unit."
    try:
        return term_sums.softer(term, row.target, row.direction)
    except SumError as error:
        return str(error)
