"""How an agreement stands, for a contact of the CMO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.models import Event
from contracts.actions.agreements import sign
from contracts.models import Agreement, Signatory
from contracts.standing import signed_by

S = Agreement.State


@dataclass(frozen=True)
class Stand:
    """How it stands for one person: a word with its tone, a sentence, and whether it is theirs to sign now.

    `hindrance` says why whoever is named cannot sign yet, and what to do; `statement` that it is the statement.
    """

    state: str
    tone: str
    sentence: str
    is_mine: bool = False
    hindrance: str = ""
    statement: bool = False

    @property
    def may_sign(self) -> bool:
        return self.is_mine and not self.hindrance


def signatories(agreement: Agreement) -> list[dict[str, Any]]:
    """Return who signs for each side, and when each has."""
    given = signed_by(agreement)
    found = []
    for row in parts.rows_of(agreement, Signatory):
        user = row.user
        at = given.get(user.pk) if user is not None else None
        paper = agreement.paper_signed_on if row.contact_id else None
        found.append({"row": row, "user": user, "at": at, "paper": paper})
    return found


def stand(agreement: Agreement, user: Any, sponsor: str) -> Stand:
    """Say how an agreement stands for a person."""
    ours = sponsor or "the other side"
    match agreement.state:
        case S.OUT_FOR_SIGNATURE:
            return _to_be_signed(agreement, user, ours)
        case S.EXECUTED:
            return Stand("Signed by all", "good", "All have signed. It takes effect on its day.")
        case S.EFFECTIVE:
            since = f" since {fmt.day(agreement.effective_since)}" if agreement.effective_since else ""
            return Stand("In force", "good", f"In force{since}.")
    ended = f" on {fmt.day(agreement.ended_on)}" if agreement.ended_on else ""
    return Stand("Over", "none", f"It ended{ended}.")


def _to_be_signed(agreement: Agreement, user: Any, ours: str) -> Stand:
    rows = [one for one in signatories(agreement) if one["row"].contact_id]
    mine = next((one for one in rows if one["user"] is not None and one["user"].pk == user.pk), None)
    named = ", ".join(str(one["row"]) for one in rows)
    if mine is None:
        return Stand("Waits for a signature", "info", f"{named} signs for {agreement.cmo}." if named else "")
    if mine["at"] is not None:
        return Stand("Signed by you", "good", f"You have signed. It waits for {ours} to sign.")
    if mine["paper"] is not None:
        return Stand("Signed on paper", "good", f"Your signature on paper is recorded. It waits for {ours} to sign.")
    wait = ("Waits for you", "watch", "It waits for your signature. Read the text first.")
    if not user.identity_verified:
        return Stand(
            *wait, is_mine=True,
            hindrance=f"Before your first signature, {ours} has to verify who you are. Write to the person named on"
            " this page: it is done once.",
        )  # fmt: skip
    if not user.has_accepted_statement:
        return Stand(
            *wait, is_mine=True, statement=True,
            hindrance="Before your first signature, read and accept the statement on what an electronic signature"
            " means. You come back here afterwards.",
        )  # fmt: skip
    if sign.missing(agreement):
        return Stand(
            *wait, is_mine=True, hindrance=f"It cannot be signed at this moment: {ours} has to look at it again first."
        )
    return Stand(*wait, is_mine=True)


def who_sent(agreement: Agreement) -> Any:
    """Return the colleague who sent it for signature: whom to write to; None where it was registered as existing."""
    sent = Event.objects.of(agreement).filter(verb="send_for_signature").select_related("actor").order_by("-at").first()
    return sent.actor if sent is not None and not sent.actor.is_service else None


__all__ = ["Stand", "signatories", "stand", "who_sent"]
