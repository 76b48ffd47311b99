"""Bringing in the text of an agreement, version by version: kept as it came, hashed, and cut for searching."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow import attachments, edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, Refused
from contracts import extracting
from contracts.clauses.segments import sentences
from contracts.models import Agreement, ContractDocument, Passage

#: The longest text that is taken, in characters: several times the longest contract that is known to us.
MOST_CHARACTERS = 4_000_000
HEADING_MOST = 200
#: The longest passage, in characters; no paragraph of a contract comes near it.
MOST_PASSAGE = 100_000


def bring_in(
    agreement: Agreement,
    *,
    actor: User,
    words: str = "",
    file: Any = None,
    origin: str = ContractDocument.Origin.OURS,
    note: str = "",
    cause: Event | None = None,
    version: int | None = None,
    reason: str = "",
    source: str = "",
) -> ContractDocument:
    """Add a version of the text, from a file (TXT, DOCX, PDF with text) or as it is typed; return it.

    The newest version is what is approved and signed: another one asks for approvals anew. Once it is out for signature
    no other comes; a signed copy is attached as a file. Raises InvalidInput at `file` or `words`, Refused where the agreement takes no text.
    """
    pages: list[int] = []
    if file is not None:
        name, kind = attachments.checked(file)
        file.seek(0)
        words, pages = extracting.text_of(name, kind, file.read())
        file.seek(0)
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip("\n")
    if not words.strip():
        place = "file" if file is not None else "words"
        raise InvalidInput({place: ["No text was found in it. Bring in a file with text, or paste the text itself."]})
    if len(words) > MOST_CHARACTERS:
        raise InvalidInput({"words": [f"A text of at most {MOST_CHARACTERS:,} characters is taken."]})
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        locked = _open(agreement, actor, version, cause)
        edits.ask_reason(locked, reason, cause)
        kept = attachments.attach(locked, file, actor=actor, cause=cause) if file is not None else None
        last = locked.current_document()
        content = hashlib.sha256(words.encode())
        if kept is not None:
            content.update(kept.sha256.encode())
        made: ContractDocument = edits.create(
            ContractDocument,
            {
                "agreement": locked, "number": last.number + 1 if last is not None else 1, "origin": origin, "note": note,
                "words": words, "sha256": content.hexdigest(), "file": kept, "pages": pages,
            },
            actor=actor,
            cause=cause,
        )  # fmt: skip
        cut(made)
        locked.version += 1
        locked.save(update_fields=["version", "updated_at"])
        edits.settle(
            locked, actor=actor, reason=reason, cause=cause,
            changes={"document": [last and f"{last.number}: {last.sha256}", f"{made.number}: {made.sha256}"]},
        )  # fmt: skip
    return made


def _open(agreement: Agreement, actor: User, version: int | None, cause: Event | None) -> Agreement:
    locked: Agreement = edits.opened(agreement, actor=actor, version=version, cause=cause)
    if cause is not None and not locked.is_editable:
        raise Refused(f"An agreement at “{locked.get_state_display()}” takes no other text.")  # type: ignore[attr-defined]
    return locked


def cut(document: ContractDocument) -> None:
    """Write the passages of a document, by which it is searched: its paragraphs, under their headings."""
    found: dict[int, list[Any]] = {}
    for one in sentences(document.words):
        found.setdefault(one.paragraph, []).append(one)
    pieces = [
        (start, min(start + MOST_PASSAGE, members[-1].end), members[0].headings)
        for members in found.values()
        # The database takes no search vector of a megabyte: a text without any break is cut somewhere.
        for start in range(members[0].start, members[-1].end, MOST_PASSAGE)
    ]
    Passage.objects.bulk_create(
        [
            Passage(
                document=document,
                number=number,
                start=start,
                end=end,
                heading=" › ".join(headings)[:HEADING_MOST],
                words=document.words[start:end],
            )
            for number, (start, end, headings) in enumerate(pieces)
        ],
        batch_size=500,
    )
