"""What an agreement says with its amendments, on any day, and from where each term comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from contracts.models.agreement import Agreement
from contracts.terms import typed
from contracts.terms.amendments import Agreement as Whole
from contracts.terms.amendments import Amendment, Provision, Verb
from strategy.sums.errors import SumError

#: What stands in the head of an agreement and can be amended like any term, with its name.
HEAD = (
    "expires_on", "first_term", "renews", "renewal_length", "most_renewals", "notice_length", "governing_law",
    "term_months",
)  # fmt: skip

OF_VALUES = (Verb.SET, Verb.REPLACE, Verb.CHANGE)


def head_label(path: str) -> str:
    """Return the name of a head's term, "" for any other."""
    return str(Agreement._meta.get_field(path).verbose_name).removeprefix("or: ") if path in HEAD else ""  # type: ignore[union-attr]


def terms_of(agreement: Agreement) -> dict[str, str]:
    """Return what the agreement itself says, by path: the head's terms and the typed ones, as stored text."""
    said = {path: str(getattr(agreement, path)) for path in HEAD if getattr(agreement, path) not in (None, "")}
    return said | {row.code: row.value for row in agreement.terms.all()}  # type: ignore[attr-defined]


def shapes_of(agreement: Agreement) -> dict[str, tuple[str, str, str]]:
    """Return (label, kind, unit) of each typed term of an agreement and of those that its amendments add, by code."""
    found = {row.code: (row.label, row.kind, row.unit) for row in agreement.terms.all()}  # type: ignore[attr-defined]
    for amendment in executed_amendments(agreement):
        for row in amendment.provisions.all():
            if row.kind and row.path not in found:
                found[row.path] = (row.label or row.path, row.kind, row.unit)
    return found


def executed_amendments(agreement: Agreement) -> list[Agreement]:
    """Return what amends an agreement, in the order in which it was signed; what is not executed yet left out."""
    rows = agreement.children.filter(kind=Agreement.Kind.AMENDMENT, executed_on__isnull=False)  # type: ignore[attr-defined]
    return list(rows.prefetch_related("provisions__about").order_by("executed_on", "created_at", "id"))


def began(agreement: Agreement) -> date | None:
    """Return the day from which it binds: the one that was recorded, else the one it gives, else the earliest it can
    be, else that of its execution; None where nothing tells.
    """
    return agreement.effective_since or agreement.starts.earliest or agreement.executed_on


def as_sum(amendment: Agreement, rows: Sequence[Any] | None = None) -> Amendment:
    """Return an amendment as the sums take it; one that is still written as if it were signed today."""
    today = timezone.localdate()
    given = list(amendment.provisions.all()) if rows is None else rows  # type: ignore[attr-defined]
    provisions = tuple(
        Provision(
            Verb(row.verb),
            row.path,
            row.value if Verb(row.verb) in OF_VALUES else None,
            row.about.reference if row.about is not None else "",
            row.lapses_on,
        )
        for row in given
    )
    signed = amendment.executed_on or today
    return Amendment(amendment.reference, signed, began(amendment) or signed, provisions, amendment.lapses_on)


def whole(agreement: Agreement, *, also: Agreement | None = None, rows: Sequence[Any] | None = None) -> Whole:
    """Return an agreement with its executed amendments as the sums take it; `also` is one that is still written.

    SumError for amendments that contradict each other, field "amendments" and the row; or where no day tells since
    when it is effective, field "effective".
    """
    start = began(agreement)
    if start is None:
        raise SumError(f"{agreement.reference} does not say from when it is effective.", field="effective")
    amendments = [as_sum(one) for one in executed_amendments(agreement) if also is None or one.pk != also.pk]
    if also is not None:
        amendments.append(as_sum(also, rows))
    # A base that was executed later than it took effect was itself retroactive; what amends it follows its signature.
    return Whole(agreement.reference, agreement.executed_on or start, start, terms_of(agreement), tuple(amendments))


def amended(agreement: Agreement, on: date) -> Agreement:
    """Return the agreement with the head's terms as they stand on a day. It is not saved."""
    from contracts.terms.effective import effective_terms

    if agreement.kind == Agreement.Kind.AMENDMENT or agreement.pk is None or not executed_amendments(agreement):
        return agreement
    said = effective_terms(whole(agreement), max(on, began(agreement) or on))
    changed = Agreement.objects.get(pk=agreement.pk)
    for path in HEAD:
        field = Agreement._meta.get_field(path)
        empty = None if field.null else field.get_default()  # type: ignore[union-attr]
        setattr(changed, path, field.to_python(said[path]) if path in said else empty)  # type: ignore[union-attr]
    return changed


def problems_of_provisions(amendment: Agreement, rows: Sequence[Any]) -> dict[str, str]:
    """Return what is wrong with an amendment's provisions, by place; what contradicts the whole stands at its row."""
    base = amendment.parent
    assert base is not None
    errors: dict[str, str] = {}
    shapes = shapes_of(base)
    for place, row in enumerate(rows):
        if row.about is not None and (row.about.parent_id != base.pk or row.about.executed_on is None):
            errors[f"{place}.about"] = f"{row.about} is no executed amendment of {base}."
        if Verb(row.verb) not in OF_VALUES:
            row.value = ""
            continue
        try:
            row.value = _read(row, shapes)
        except (SumError, ValidationError) as error:
            sentence = error.messages[0] if isinstance(error, ValidationError) else str(error)
            field = "kind" if isinstance(error, SumError) and error.field == "kind" else "value"
            errors[f"{place}.{field}"] = sentence
    if errors or not rows:
        return errors
    # One by one, so that a contradiction is told at the row that brings it in.
    for place in range(len(rows)):
        try:
            whole(base, also=amendment, rows=rows[: place + 1])
        except SumError as error:
            return {f"{place}.path": str(error)}
    return {}


def _read(row: Any, shapes: dict[str, tuple[str, str, str]]) -> str:
    if row.path in HEAD:
        field: Any = Agreement._meta.get_field(row.path)
        return str(field.clean(row.value, None)) if row.value else ""
    if row.path in shapes:
        row.label, row.kind, row.unit = shapes[row.path]
    if not row.kind or not row.unit:
        raise SumError("Give the kind and the unit of the new term.", field="kind")
    return typed.read(row.kind, row.unit, row.value).text


__all__ = [
    "HEAD", "amended", "as_sum", "began", "executed_amendments", "head_label", "problems_of_provisions",
    "shapes_of", "terms_of", "whole",
]  # fmt: skip
