"""Bringing in contracts whose clauses people have labelled: parties, dates, rules, text, and what the labels say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow import bulk, edits
from contracts.actions import agreements
from contracts.clauses.labelled import Labelled, judgements
from contracts.clauses.topics import TOPICS
from contracts.documents import bring_in
from contracts.models import Agreement, Clause, ContractDocument
from contracts.terms.dates import NONE
from contracts.terms.periods import parse_length
from contracts.terms.reading import parse
from contracts.terms.rules import parse_renewal
from strategy.sums.errors import SumError

SOURCE = "CUAD v1, The Atticus Project, CC BY 4.0"
#: How the other side is called where it makes something for us.
_MAKER = re.compile(r"supplier|manufacturer|contractor|seller|vendor|provider", re.IGNORECASE)
_ALIAS = re.compile(r"\s*\([^()]*\)")
_QUOTES = "“”\"'‘’"
_BY_NOTICE = re.compile(r"may be (?:extended|renewed)|may (?:extend|renew)|option to (?:extend|renew)", re.IGNORECASE)
_AUTOMATIC = re.compile(r"automatic|tacit", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """What the labels of a contract say of its head, as an agreement stores it; `left` is what no field can hold."""

    title: str
    ours: str
    theirs: str
    values: dict[str, Any]
    left: tuple[str, ...]


@dataclass(slots=True)
class Result:
    """What an import did: agreements made and left alone, clauses written, and what could not be stored, by agreement."""

    made: int = 0
    known: int = 0
    clauses: int = 0
    left: dict[str, tuple[str, ...]] = field(default_factory=dict)


def reference_of(contract: Labelled) -> str:
    """Return the number under which a contract is filed: the beginning of its name, kept apart by a fingerprint."""
    name = contract["id"].replace("_", " ").strip()
    return f"{name[:45].rstrip()} {_fingerprint(contract)[:6]}"


def external_id_of(contract: Labelled) -> str:
    return f"cuad-{_fingerprint(contract)[:32]}"


def _fingerprint(contract: Labelled) -> str:
    return hashlib.sha256(contract["id"].encode()).hexdigest()


def answer(contract: Labelled, category: str) -> str:
    return str(contract["labels"][category].get("answer") or "").strip()


def parties_of(text: str) -> tuple[str, str]:
    """Return who buys and who makes, of parties as a label names them: "X Inc. ("Customer"); Y Ltd. ("Supplier")".

    Where nobody is called a maker, it is whoever comes second.
    """
    found: list[tuple[str, bool]] = []
    for part in text.split(";"):
        name = _ALIAS.sub("", part).split('("')[0].split("(“")[0].strip(_QUOTES + ", ")
        if not name or not name[0].isalnum():
            continue
        if all(name.casefold() != known.casefold() for known, _ in found):
            found.append((name[:200], bool(_MAKER.search(part))))
    makers = [name for name, is_maker in found if is_maker]
    theirs = makers[0] if makers else found[1][0] if len(found) > 1 else found[0][0] if found else ""
    ours = next((name for name, _ in found if name != theirs), "")
    if theirs.casefold().startswith("the "):
        theirs = f"{theirs[4:].capitalize()} to {ours}"[:200]
    return ours, theirs


def head_of(contract: Labelled) -> Head:
    """Return the head of an agreement from the labels of a contract; dates stay as odd as they are."""
    left: list[str] = []
    values: dict[str, Any] = {}
    for name, category in (
        ("agreed_on", "Agreement Date"),
        ("effective_on", "Effective Date"),
        ("expires_on", "Expiration Date"),
    ):
        values[name] = _date(answer(contract, category), category, left)
    values |= _renewal(contract, left)
    notice = answer(contract, "Notice Period to Terminate Renewal")
    values["notice_length"] = _length(notice, "Notice", left)
    law = answer(contract, "Governing Law")
    values["governing_law"] = law if len(law) <= 100 else law.split(";")[0].strip()[:100]
    if law != values["governing_law"]:
        left.append(f"Governing law: {law}")
    ours, theirs = parties_of(answer(contract, "Parties"))
    title = answer(contract, "Document Name")
    return Head(title[:200] or reference_of(contract), ours, theirs, values, tuple(left))


def _date(text: str, category: str, left: list[str]) -> str:
    """Return the code of a date; of several the first, and what is left told."""
    try:
        found = parse(text, "mdy")
    except SumError as error:
        left.append(f"{category}: {text} ({error})")
        return ""
    return "" if found == NONE else found.code


def _length(text: str, what: str, left: list[str]) -> str:
    if not text:
        return ""
    try:
        return str(parse_length(text))
    except SumError:
        left.append(f"{what}: {text}")
        return ""


def _renewal(contract: Labelled, left: list[str]) -> dict[str, Any]:
    text = answer(contract, "Renewal Term")
    try:
        found = parse_renewal(text)
    except SumError as error:
        left.append(f"Renewal: {text} ({error})")
        return {}
    if found is None:
        return {}
    if found.length is None:
        left.append(f"Renewal: {text}")
        return {}
    said = " ".join(span["text"] for span in contract["labels"]["Renewal Term"]["spans"])
    by_notice = _BY_NOTICE.search(said) and not _AUTOMATIC.search(said)
    return {
        "renews": Agreement.Renews.BY_NOTICE if by_notice else Agreement.Renews.AUTOMATIC,
        "renewal_length": str(found.length),
        "most_renewals": found.most,
    }


def bring_in_labelled(contracts: Iterable[Labelled], actor: User) -> Result:
    """Make an agreement of each labelled contract that is not here yet. Each comes in whole or not at all.

    It is registered as existing by `actor`, a built-in account; its clauses hold what the labels say.
    """
    result = Result()
    known = set(Agreement.objects.filter(external_id__startswith="cuad-").values_list("external_id", flat=True))
    for contract in contracts:
        if external_id_of(contract) in known:
            result.known += 1
            continue
        head = head_of(contract)
        with transaction.atomic(), acting(actor, source="command"):
            made = _agreement(contract, head, actor)
            result.clauses += _clauses(made, made.current_document(), contract, actor)
        result.made += 1
        if head.left:
            result.left[made.reference] = head.left
    return result


def _cmo(name: str, actor: User) -> CMO:
    found = CMO.objects.filter(legal_name__iexact=name).first()
    if found is not None:
        return found
    made: CMO = edits.create(CMO, {"legal_name": name}, actor=actor, source="command")
    return made


def _agreement(contract: Labelled, head: Head, actor: User) -> Agreement:
    file = f"{contract['id']}.json"
    notes = "\n".join(("What the labels say and no field holds:", *head.left)) if head.left else ""
    made: Agreement = edits.create(
        Agreement,
        {
            "reference": reference_of(contract), "title": head.title, "kind": Agreement.Kind.MSA,
            "cmo": _cmo(head.theirs or reference_of(contract), actor), "our_party": head.ours,
            "their_party": head.theirs, "notes": notes, "external_id": external_id_of(contract), **head.values,
        },
        actor=actor,
        source="command",
    )  # fmt: skip
    bring_in(
        made, actor=actor, words=contract["text"], origin=ContractDocument.Origin.SIGNED, note=f"From {file}",
        source="command",
    )  # fmt: skip
    registered: Agreement = agreements.register_as_existing(
        made,
        actor=actor,
        reason="It was published as signed, with its clauses labelled.",
        evidence=f"{contract['filename']}, labelled in {file} ({SOURCE}).",
        source="command",
    )
    return registered


def moved(text: str, at: int) -> int:
    """Return where a place of a text as it came lies in the text as it is kept: line ends are one character there."""
    before = text[:at].replace("\r\n", "\n").replace("\0", "")
    kept = text.replace("\r\n", "\n").replace("\0", "")
    return max(0, len(before) - (len(kept) - len(kept.replace("\r", "\n").lstrip("\n"))))


def _clauses(agreement: Agreement, document: ContractDocument, contract: Labelled, actor: User) -> int:
    """Write a judgement for each label. What the door checks of one, the labels' own places are checked for here."""
    said = judgements(contract)
    headings = list(document.passages.order_by("start").values_list("start", "heading"))
    moment = timezone.now()
    columns = ("id", "topic", "status", "document_id", "start", "end", "words", "place", "note")
    rows, noted = [], []
    for code, one in said.items():
        start, end = one.start, one.end
        if start is not None and end is not None:
            start, end = moved(contract["text"], start), moved(contract["text"], end)
            if document.words[start:end] != one.text.replace("\r\n", "\n"):
                raise ValueError(f"The label of {code} in {contract['id']} is not where it says.")
        key = uuid7()
        rows.append(
            (
                key, code, one.status, document.pk if start is not None else None, start, end, one.text,
                _heading(headings, start), one.note,
            )
        )  # fmt: skip
        noted.append(bulk.Noted(key, f"{TOPICS[code].name} in {agreement.reference}", agreement.cmo_id))
    shared: Mapping[str, Any] = {
        "agreement_id": agreement.pk, "version": 1, "created_at": moment, "updated_at": moment,
        "created_by_id": actor.pk,
    }  # fmt: skip
    count = bulk.copy_rows(Clause._meta.db_table, columns, rows, shared)
    bulk.write_events(
        Clause, noted, actor=actor, verb="create", version=1, related=CMO,
        reason=f"As labelled in {contract['id']}.json", at=moment,
    )  # fmt: skip
    return count


def _heading(headings: list[tuple[int, str]], start: int | None) -> str:
    if start is None:
        return ""
    above = [heading for at, heading in headings if at <= start]
    return above[-1][:100] if above else ""
