"""How far an agreement has come, and what a step with it brings about, in words."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.doors import format as fmt
from contracts.authorities import roles_needed
from contracts.dates import position_of
from contracts.models import Agreement

S = Agreement.State
#: The stages of the life as the stepper shows them, and which states are each of them.
STAGES = (
    ("Draft", (S.DRAFT,)),
    ("In negotiation", (S.NEGOTIATION,)),
    ("Internal review", (S.INTERNAL_REVIEW, S.CHANGES_REQUESTED)),
    ("Approved", (S.APPROVED,)),
    ("Out for signature", (S.OUT_FOR_SIGNATURE,)),
    ("Executed", (S.EXECUTED,)),
    ("Effective", (S.EFFECTIVE,)),
    ("Over", Agreement.OVER),
)


def sentence(record: Agreement) -> str:
    """Say where an agreement stands and what comes next."""
    amendment = record.kind == Agreement.Kind.AMENDMENT
    match record.state:
        case S.DRAFT if record.current_document() is None:
            return "A draft without a text: bring in the text, say who signs, then hand it to the review."
        case S.DRAFT:
            return "A draft. Start negotiating, or hand it to the internal review."
        case S.NEGOTIATION:
            return "It is negotiated with the CMO. Hand the agreed text to the internal review."
        case S.INTERNAL_REVIEW:
            return "It waits for the words of those whose authority it needs."
        case S.CHANGES_REQUESTED:
            return "It came back from the review: take up what was asked for."
        case S.APPROVED:
            return "Approved as it stands. Any change asks for all approvals anew."
        case S.OUT_FOR_SIGNATURE:
            return "The approved text lies with those who sign for both sides."
        case S.EXECUTED:
            return "Signed by all. It takes effect on its day; what changes from now on is an amendment."
        case S.EFFECTIVE if amendment:
            until = f", until {fmt.day(record.lapses_on)}" if record.lapses_on else ""
            return f"In force{until}: what it says is laid over {record.parent}."
        case S.EFFECTIVE:
            at = position_of(record)
            return at if isinstance(at, str) else at.sentence
        case S.EXPIRED:
            return f"It ended on {fmt.day(record.ended_on)}."
        case S.TERMINATED:
            return f"It was terminated with effect on {fmt.day(record.ended_on)}."
        case S.SUPERSEDED:
            return f"Another agreement took its place on {fmt.day(record.ended_on)}."
    return "It was given up before it was signed, and stays on record."


def steps(record: Agreement) -> list[dict[str, Any]]:
    """Return the stages as the stepper takes them."""
    if record.state == S.ABANDONED:
        return [{"label": "Draft", "status": "done"}, {"label": "Given up", "status": "now"}]
    state = S(record.state)
    at = next(place for place, (_, states) in enumerate(STAGES) if state in states)
    found: list[dict[str, Any]] = [
        {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
        for place, (label, _) in enumerate(STAGES)
    ]
    if state in (S.CHANGES_REQUESTED, *Agreement.OVER):
        found[at]["label"] = record.get_state_display()  # type: ignore[attr-defined]
    if record.registered_as_existing:
        # It was written, approved and signed elsewhere: nothing here says how.
        found = [{"label": "Registered as existing", "status": "done"}, *found[5:]]
    notes = {"Executed": record.executed_on, "Effective": record.effective_since, found[-1]["label"]: record.ended_on}
    for one in found:
        day = notes.get(one["label"])
        if day is not None:
            one["note"] = fmt.day(day)
    return found


def consequences(record: Agreement, verb: str) -> list[str]:
    """Say what follows from a step, besides its own help."""
    match verb:
        case "submit":
            many = len(roles_needed(record))
            return [
                f"{many} approval{'s are' if many != 1 else ' is'} asked for, on the desks of those who may give them."
            ]
        case "approve":
            return ["Your approval holds for exactly this version; any change asks for it anew."]
        case "reopen":
            return ["All approvals and signatures are asked for anew."]
        case "send_for_signature":
            return [f"The signatory of {record.cmo} sees it from now on in the portal, and may read and sign it there."]
        case "sign":
            return [
                "Your signature is bound to exactly this version, by its hash.",
                "With the last signature the agreement is executed. From then on only an amendment changes it.",
            ]
        case "register_as_existing":
            return ["It shows for ever that it was not approved and signed here."]
        case "take_effect":
            found = []
            if record.replaces is not None and record.replaces.state in Agreement.SIGNED:
                found.append(f"{record.replaces} gives way to it.")
            if record.kind == Agreement.Kind.CDA:
                found.append(f"A CDA is put in force: {record.cmo} may be told what an RFP needs.")
            if record.kind == Agreement.Kind.AMENDMENT:
                found.append(f"What it says is laid over {record.parent}.")
            return found
        case "record_notice":
            at = position_of(record)
            return [at if isinstance(at, str) else at.words]
        case "terminate" | "expire":
            return ["It binds no longer; what survives it stands in its text."]
        case "abandon":
            return ["It cannot be taken up again."]
    return []
