"""Everything an administrator does to accounts, and the little that people do to their own.

Each action checks who may, writes what it changes in one transaction together with an `AccountEvent`
(who, why), and refuses with sentences. The trail's entries name the event.
"""

from cmo_lifecycle.accounts.actions.changing import Refused
from cmo_lifecycle.accounts.actions.closing import deactivate, end_sessions, reactivate
from cmo_lifecycle.accounts.actions.granting import grant_role, refusal_of_role, withdraw_role
from cmo_lifecycle.accounts.actions.own import accept_statement
from cmo_lifecycle.accounts.actions.people import (
    EDITABLE,
    add_person,
    add_service_account,
    edit_person,
    fingerprint,
    verify_identity,
)
from cmo_lifecycle.accounts.actions.tokens import LONGEST_TOKEN, create_token, revoke_token

__all__ = [
    "EDITABLE",
    "LONGEST_TOKEN",
    "Refused",
    "accept_statement",
    "add_person",
    "add_service_account",
    "create_token",
    "deactivate",
    "edit_person",
    "end_sessions",
    "fingerprint",
    "grant_role",
    "reactivate",
    "refusal_of_role",
    "revoke_token",
    "verify_identity",
    "withdraw_role",
]
