"""Electronic signatures: who may sign, how they prove it, and whether a signature still holds."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.canonical import sha256_of
from cmo_lifecycle.workflow.models import Event, Record, Signature
from cmo_lifecycle.workflow.refusals import NotSigned

log = logging.getLogger(__name__)

SIGNED_IN_SESSION = "has_signed"


@dataclass(frozen=True)
class Credentials:
    """What a person gave to sign. The first signing of a session needs the e-mail too (21 CFR 11.200)."""

    password: str | None = None
    email: str | None = None
    session: Any = None

    @property
    def needs_email(self) -> bool:
        return self.session is not None and not self.session.get(SIGNED_IN_SESSION)


def _failures(user: User) -> str:
    return f"signature-failures:{user.pk}"


def _fail(user: User, sentence: str, field: str = "password") -> NotSigned:
    key = _failures(user)
    cache.add(key, 0, settings.SIGNATURE_LOCK_MINUTES * 60)
    count = cache.incr(key)
    log.warning("Signature refused for %s, failure %s: %s", user.pk, count, sentence)
    return NotSigned(sentence, field)


def prove(user: User, credentials: Credentials) -> None:
    """Check that `user` may sign and is who they say; raise NotSigned with a sentence otherwise."""
    if user.is_service:
        raise NotSigned("A service account cannot sign. A person has to sign in and sign this.")
    if not user.is_active:
        raise NotSigned("This account is not active.")
    if not user.identity_verified:
        raise NotSigned("Before your first signature, an administrator has to verify your identity.")
    if not user.has_accepted_statement:
        raise NotSigned(
            "Before your first signature, read and accept the accountability statement on your account page.",
            "statement",
        )
    if cache.get(_failures(user), 0) >= settings.SIGNATURE_FAILURES_ALLOWED:
        raise NotSigned(
            f"Signing is locked for {settings.SIGNATURE_LOCK_MINUTES} minutes after"
            f" {settings.SIGNATURE_FAILURES_ALLOWED} failed attempts. Try again later."
        )
    if credentials.email is None and credentials.needs_email:
        raise NotSigned("Enter your e-mail address: it is your first signature since you signed in.", "email")
    if credentials.email is not None and credentials.email.strip().lower() != user.email.lower():
        raise _fail(user, "This is not the e-mail address you are signed in with.", "email")
    if not credentials.password:
        raise NotSigned("Enter your password to sign.")
    if not user.check_password(credentials.password):
        raise _fail(user, "The password is not right. Enter it again.")
    cache.delete(_failures(user))
    if credentials.session is not None:
        credentials.session[SIGNED_IN_SESSION] = True


def _mac(signature: Signature) -> str:
    content = json.dumps(
        [
            str(signature.pk),
            signature.record_type_id,
            str(signature.record_id),
            str(signature.event_id),
            str(signature.signer_id),
            signature.printed_name,
            signature.role,
            signature.meaning,
            signature.at.timestamp(),
            signature.record_version,
            signature.sha256,
        ]
    )
    return hmac.new(settings.SIGNING_KEY.encode(), content.encode(), hashlib.sha256).hexdigest()


def sign(record: Record, event: Event, *, signer: User, role: str, meaning: str, version: int) -> Signature:
    """Write the signature of `signer` on the record as it stands, its `version`. `prove` has to have passed."""
    signature = Signature(
        record=record,
        event=event,
        signer=signer,
        printed_name=signer.name,
        role=role,
        meaning=meaning,
        at=event.at,
        record_version=version,
        sha256=sha256_of(record),
    )
    signature.mac = _mac(signature)
    signature.save(force_insert=True)
    return signature


@dataclass(frozen=True)
class Standing:
    """Whether a signature still speaks for the record: its own integrity, and the record's."""

    signature: Signature
    is_genuine: bool
    is_current: bool

    @property
    def sentence(self) -> str:
        if not self.is_genuine:
            return "Not valid: this signature was altered or moved."
        if not self.is_current:
            return f"Signed version {self.signature.record_version}; the record has changed since."
        return f"Signed version {self.signature.record_version}."


def standing(record: Record, signatures: list[Signature] | None = None) -> list[Standing]:
    """Judge every signature of a record, oldest first."""
    found = list(Signature.objects.of(record).select_related("signer")) if signatures is None else signatures
    if not found:
        return []
    content = sha256_of(record)
    return [
        Standing(
            signature=signature,
            is_genuine=hmac.compare_digest(signature.mac, _mac(signature)) and signature.record_id == record.pk,
            is_current=signature.sha256 == content,
        )
        for signature in found
    ]
