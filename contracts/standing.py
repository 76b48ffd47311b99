"""How the signatures of an agreement stand: who has signed the version that it is at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cmo_lifecycle.workflow import signing
from contracts.models.agreement import Agreement


def signed_by(agreement: Agreement) -> dict[Any, datetime]:
    """Return when each person signed for a side, by the person's key; a signature that does not hold any more is none."""
    return {
        row.signature.signer_id: row.signature.at
        for row in signing.standing(agreement)
        if row.is_genuine and row.is_current and row.signature.event.verb == "sign"
    }


__all__ = ["signed_by"]
