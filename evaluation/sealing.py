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
from uuid import UUID

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
#: Content is padded to a multiple of this, so that its length tells little.
_BLOCK = 4096


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
    salt: str = ""

    def canonical(self) -> str:
        return json.dumps(self.__dict__, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def sha256(self) -> str:
        """Return the hash that the bidder's receipt names."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


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


def seal(proposal: Proposal, kind: str, content: Content, *, handed_in: bool = False) -> SealedEnvelope:
    """Write an envelope of a proposal anew (the draft, or the copy handed in), with a key and a salt of this moment."""
    content.salt = os.urandom(16).hex()
    key, wrapped = _wrapped(proposal, kind, "content")
    plain = content.canonical().encode()
    plain += b" " * (-len(plain) % _BLOCK)
    nonce = os.urandom(_NONCE)
    envelope, _ = SealedEnvelope.objects.update_or_create(
        proposal=proposal,
        kind=kind,
        handed_in=handed_in,
        defaults={
            "dek": wrapped,
            "nonce": nonce,
            "ciphertext": AESGCM(key).encrypt(nonce, plain, _bound(proposal, kind, "content")),
            "saved_at": timezone.now(),
        },
    )
    return envelope


def unseal(proposal: Proposal, kind: str, *, handed_in: bool = False) -> Content:
    """Return what an envelope of a proposal holds; an empty one where nothing was saved.

    Raises Refused where it was tampered with, or the installation's sealing key is not the one it was sealed with.
    """
    envelope = SealedEnvelope.objects.filter(proposal=proposal, kind=kind, handed_in=handed_in).first()
    if envelope is None:
        return Content()
    try:
        key = _unwrapped(proposal, kind, "content", bytes(envelope.dek))
        plain = AESGCM(key).decrypt(
            bytes(envelope.nonce), bytes(envelope.ciphertext), _bound(proposal, kind, "content")
        )
    except InvalidTag:
        raise Refused(
            f"The {EnvelopeKind(kind).label.lower()} of {proposal.cmo} does not open: it was changed outside the"
            " product, or the sealing key is another one. Nothing was opened."
        ) from None
    return Content(**json.loads(plain))


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
    except InvalidTag:
        raise Refused(f"A file of {proposal.cmo} does not open: it was changed outside the product.") from None


def sealed_file(proposal: Proposal, pk: UUID) -> SealedFile | None:
    return SealedFile.objects.filter(proposal=proposal, pk=pk).first()


def moment(text: str) -> datetime | None:
    """Return a time that a content holds."""
    return datetime.fromisoformat(text) if text else None
