"""Proposals under seal: encrypted one by one with keys that the database does not hold.

Each envelope has a key of its own (AES-256-GCM). That key is wrapped by one derived (HKDF-SHA256) from the
installation's `SEALING_KEY` for the RFP and the kind of envelope. What is encrypted is bound to its proposal and kind,
so that a ciphertext copied to another row does not open. Only the opening and the bidder's own pages call `unseal`.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from cmo_lifecycle.workflow.refusals import Refused
from evaluation.models import Proposal, SealedEnvelope, SealedFile
from evaluation.models.vocabulary import EnvelopeKind

_NONCE = 12
_KEY = 32
#: Content is padded to a multiple of this, and all envelopes of a proposal to the same length: it tells little.
_BLOCK = 4096
KINDS = (EnvelopeKind.TECHNICAL, EnvelopeKind.COMMERCIAL)


@dataclass
class Content:
    """What one envelope holds. `final` says that it has been submitted as it stands; `salt` keeps its hash unguessable."""

    answers: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: id → name, question, sha256, size, type
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    final: bool = False
    submitted_at: str = ""
    late: bool = False
    addendum: int = 0
    #: Given at the submission.
    salt: str = ""
    #: Entered by a colleague of ours from paper, and by nobody else.
    on_paper: bool = False
    #: Why the bidder declines, kept here where the RFP hides who takes part.
    declined: str = ""

    def canonical(self) -> str:
        return json.dumps(self.__dict__, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def sha256(self) -> str:
        """Return the hash that the bidder's receipt names."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @property
    def is_empty(self) -> bool:
        return not (self.answers or self.prices or self.files)


def _wrapping_key(proposal: Proposal, kind: str) -> AESGCM:
    made = HKDF(algorithm=SHA256(), length=_KEY, salt=proposal.rfp_id.bytes, info=f"envelope:{kind}".encode()).derive(
        settings.SEALING_KEY.encode()
    )
    return AESGCM(made)


def _bound(proposal: Proposal, kind: str, what: str) -> bytes:
    return f"{proposal.pk}:{kind}:{what}".encode()


def _wrapped(proposal: Proposal, kind: str, what: str) -> tuple[bytes, bytes]:
    """Return a new key and the same key wrapped."""
    key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(_NONCE)
    return key, nonce + _wrapping_key(proposal, kind).encrypt(nonce, key, _bound(proposal, kind, f"key:{what}"))


def _unwrapped(proposal: Proposal, kind: str, what: str, wrapped: bytes) -> bytes:
    nonce, rest = bytes(wrapped[:_NONCE]), bytes(wrapped[_NONCE:])
    return _wrapping_key(proposal, kind).decrypt(nonce, rest, _bound(proposal, kind, f"key:{what}"))


@dataclass
class Envelopes:
    """All that is kept of a proposal, by envelope: what is being written, and the copy that was handed in."""

    draft: dict[str, Content]
    handed: dict[str, Content]


def new_salt() -> str:
    return os.urandom(16).hex()


def seal(proposal: Proposal, envelopes: Envelopes) -> None:
    """Write every envelope of a proposal anew, each with a key of this moment.

    All of them, always, and of one length: which rows change, and how long they are, does not tell a submission from a
    draft that was saved.
    """
    plain = {
        (kind, handed_in): contents[kind].canonical().encode()
        for handed_in, contents in ((False, envelopes.draft), (True, envelopes.handed))
        for kind in KINDS
    }
    length = -(-max(map(len, plain.values())) // _BLOCK) * _BLOCK
    now = timezone.now()
    rows = []
    for (kind, handed_in), text in plain.items():
        key, wrapped = _wrapped(proposal, kind, "content")
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(key).encrypt(nonce, text.ljust(length), _bound(proposal, kind, _copy(handed_in)))
        rows.append(
            SealedEnvelope(
                proposal=proposal,
                kind=kind,
                handed_in=handed_in,
                dek=wrapped,
                nonce=nonce,
                ciphertext=sealed,
                saved_at=now,
            )
        )
    SealedEnvelope.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["proposal", "kind", "handed_in"],
        update_fields=["dek", "nonce", "ciphertext", "saved_at"],
    )  # fmt: skip


def _copy(handed_in: bool) -> str:
    return "handed in" if handed_in else "draft"


def unseal(proposal: Proposal) -> Envelopes:
    """Return what is kept of a proposal; empty envelopes where nothing was saved.

    Raises Refused where one was tampered with, or the installation's sealing key is not the one it was sealed with.
    """
    found = Envelopes({kind: Content() for kind in KINDS}, {kind: Content() for kind in KINDS})
    for row in SealedEnvelope.objects.filter(proposal=proposal):
        try:
            key = _unwrapped(proposal, row.kind, "content", bytes(row.dek))
            plain = AESGCM(key).decrypt(
                bytes(row.nonce), bytes(row.ciphertext), _bound(proposal, row.kind, _copy(row.handed_in))
            )
        except InvalidTag:
            raise Refused(
                f"The {EnvelopeKind(row.kind).label.lower()} of {proposal.cmo} does not open: it was changed outside"
                " the product, or the sealing key is another one. Nothing was opened."
            ) from None
        (found.handed if row.handed_in else found.draft)[row.kind] = Content(**json.loads(plain))
    return found


def seal_file(proposal: Proposal, kind: str, data: bytes) -> SealedFile:
    """Keep a file's bytes encrypted; its name and hash belong into the envelope's content."""
    kept = SealedFile(proposal=proposal, kind=kind, saved_at=timezone.now())
    key, wrapped = _wrapped(proposal, kind, f"file:{kept.pk}")
    nonce = os.urandom(_NONCE)
    kept.dek, kept.nonce = wrapped, nonce
    kept.file.save(
        str(kept.pk),
        ContentFile(AESGCM(key).encrypt(nonce, data, _bound(proposal, kind, f"file:{kept.pk}"))),
        save=False,
    )
    kept.save(force_insert=True)
    return kept


def unseal_file(kept: SealedFile) -> bytes:
    """Return a sealed file's bytes; raises Refused as `unseal` does."""
    proposal, kind = kept.proposal, kept.kind
    try:
        key = _unwrapped(proposal, kind, f"file:{kept.pk}", bytes(kept.dek))
        with kept.file.open("rb") as stored:
            return AESGCM(key).decrypt(bytes(kept.nonce), stored.read(), _bound(proposal, kind, f"file:{kept.pk}"))
    except (InvalidTag, OSError):
        raise Refused(f"A file of {proposal.cmo} does not open: it was changed outside the product.") from None


def moment(text: str) -> datetime | None:
    """Return a time that a content holds."""
    return datetime.fromisoformat(text) if text else None
