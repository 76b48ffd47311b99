"""What hangs on an agreement of VX-12: a clause that was judged, and a waiver that is asked for."""

from __future__ import annotations

from typing import Any


def build(world: Any) -> None:
    """Put a clause and a waiver on the shelves, with the agreement that they belong to where there is none yet."""
    from contracts import models as m

    records, people = world.records, world.people
    agreement = records.get("agreements")
    if agreement is None:
        agreement = records["agreements"] = m.Agreement.objects.create(
            reference="MSA-VX12",
            title="Supply of VX-12",
            kind=m.Agreement.Kind.MSA,
            cmo=records["cmos"],
            programme=records["programmes"],
            created_by=people["alice"],
        )
    records["clauses"] = m.Clause.objects.create(
        agreement=agreement,
        topic="governing_law",
        status="present",
        words="The laws of Ireland govern it",
        created_by=people["lena"],
    )
    records["waivers"] = m.Waiver.objects.create(
        agreement=agreement,
        mechanism="step_in",
        title="Step in at the site",
        grounds="Never while others are filled there",
        created_by=people["alice"],
    )


def approved(programme: Any, *mechanisms: str) -> Any:
    """Return a strategy of a programme, approved and signed by all who have to, that asks for mechanisms."""
    from django.utils import timezone

    from cmo_lifecycle.accounts.models import User
    from cmo_lifecycle.workflow import signing
    from cmo_lifecycle.workflow.transitions import transitions_of, write_event
    from strategy.models import Consequence, Strategy
    from strategy.rules.mechanisms import MECHANISMS

    found, _ = Strategy.objects.get_or_create(
        programme=programme, state=Strategy.State.APPROVED, defaults={"approved_at": timezone.now()}
    )
    for code in mechanisms:
        Consequence.objects.get_or_create(
            strategy=found,
            kind="mechanism",
            key=f"mechanism:{code}",
            defaults={
                "title": MECHANISMS[code].title,
                "reason": "There is one source.",
                "rule": "exit.plan",
                "rule_version": 1,
                "state": Consequence.State.ACCEPTED,
                "content": {},
                "proposed": {},
            },
        )
    signer, _ = User.objects.get_or_create(email="signer@vantara.example", defaults={"name": "Sina Signer"})
    for verb in transitions_of(Strategy).values():
        if verb.target != Strategy.State.APPROVED:
            continue
        for role in verb.approvers_of(found):
            event = write_event(
                found, actor=signer, verb=verb.verb, version=found.version, to_state=found.state, role=role
            )
            signing.sign(found, event, signer=signer, role=role, meaning=verb.meaning, version=found.version)
    return found
