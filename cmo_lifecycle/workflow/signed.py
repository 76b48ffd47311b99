"""Whether a record may be in the state in which it is found: what was signed must have been signed."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.workflow import signing
from cmo_lifecycle.workflow.transitions import transitions_of


def unsigned_roles(record: Any) -> list[str]:
    """Return the roles whose valid signature the record's state rests on and that is not there.

    Empty where some way into the state asks for none. A signature counts while it is genuine and, on a record that
    is not edited any more, while it speaks for the content as it is.
    """
    ways = [verb for verb in transitions_of(type(record)).values() if verb.target == record.state]
    if not ways or not all(verb.needs_signature and verb.approvers for verb in ways):
        return []
    valid = {
        (row.signature.event.verb, row.signature.role)
        for row in signing.standing(record)
        if row.is_genuine and (row.is_current or record.is_editable)
    }
    missing = [[role for role in verb.approvers_of(record) if (verb.verb, role) not in valid] for verb in ways]
    return min(missing, key=len)
