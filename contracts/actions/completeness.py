"""What an agreement has to hold before it is reviewed, approved and signed, as gates that say what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import responsibility
from contracts.covering import lacking
from contracts.models import Agreement, Signatory
from contracts.terms.dates import Kind as DateKind

K = Agreement.Kind


def signers_of(agreement: Agreement) -> tuple[str, ...]:
    """Return the roles that sign: both quality units a quality agreement, an executive and the CMO all others."""
    ours = "quality" if agreement.is_quality else "executive"
    return (ours,) if agreement.paper_signed_on is not None else (ours, "cmo_contact")


def has_its_text(agreement: Agreement) -> Iterator[str]:
    if agreement.current_document() is None:
        yield "Bring in the text of the agreement first."


def has_its_head(agreement: Agreement) -> Iterator[str]:
    if not agreement.our_party.strip():
        yield "Say which of our companies is the contracting party."
    if agreement.starts.kind is DateKind.NONE:
        yield "Say from when it is effective."
    if agreement.kind == K.AMENDMENT:
        if agreement.starts.exact is None:
            yield "An amendment is effective from a day: give it."
        if not agreement.provisions.exists():  # type: ignore[attr-defined]
            yield "Write down what the amendment provides."
        return
    if agreement.ends.kind is DateKind.NONE and not agreement.first_term and agreement.renews != "evergreen":
        yield "Say when it ends, how long its first term is, or that it runs until notice."
    if not agreement.governing_law.strip() and agreement.kind != K.QAG:
        yield "Say which law governs it."
    if agreement.kind == K.SOW and agreement.parent is None:
        yield "A statement of work stands under a master or supply agreement: say which."


def has_its_signatories(agreement: Agreement) -> Iterator[str]:
    wanted = set(signers_of(agreement))
    named = {row.role for row in agreement.signatories.select_related("colleague", "contact")}  # type: ignore[attr-defined]
    if "cmo_contact" in wanted - named:
        unit = " for its quality unit" if agreement.is_quality else ""
        yield f"Name who signs for {agreement.cmo}{unit}."
    for role, words in (("executive", "the executive"), ("quality", "the colleague of our quality unit")):
        if role in wanted - named:
            yield f"Name {words} who signs for us."
    if agreement.is_quality:
        theirs = [row for row in agreement.signatories.all() if row.contact_id]  # type: ignore[attr-defined]
        if any(row.capacity != Signatory.Capacity.QUALITY for row in theirs):
            yield "A quality agreement is signed by both quality units: name who signs for the CMO's."


def holds_what_the_strategy_needs(agreement: Agreement) -> Iterator[str]:
    for one in lacking(agreement):
        yield (
            f"The strategy asks for “{one.title}”, and no agreement of this set holds it: bring in the clause and"
            " confirm it, or have a waiver signed."
        )


def has_a_whole_matrix(agreement: Agreement) -> Iterator[str]:
    if agreement.kind == K.QAG:
        yield from responsibility.sentences(matrix_rows(agreement))


def matrix_rows(agreement: Agreement) -> list[responsibility.Row]:
    """Return the rows of an agreement's responsibility matrix as the check takes them."""
    return [
        responsibility.Row(row.activity, {party: getattr(row, party) for party in responsibility.PARTIES})
        for row in agreement.responsibilities.order_by("position")  # type: ignore[attr-defined]
    ]


__all__ = [
    "has_a_whole_matrix", "has_its_head", "has_its_signatories", "has_its_text", "holds_what_the_strategy_needs",
    "matrix_rows", "signers_of",
]  # fmt: skip
