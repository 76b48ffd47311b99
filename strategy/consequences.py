"""What follows from a strategy, kept in step with its answers by every change of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.workflow import bulk
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import write_event
from strategy import rules
from strategy.models import Consequence, Strategy
from strategy.reading import Reading

S = Consequence.State


def recompute(strategy: Strategy, event: Event) -> None:
    """Bring the consequences in step with the strategy's answers, because of `event`, in its transaction.

    What is new is proposed; what an earlier version decided on the same proposal stands as it was decided. A proposal
    that has changed, or that follows again, is asked again. One that nothing asks for is withdrawn. Weights and ranks
    shift with every other one, so by themselves they ask nothing again: an accepted proposal takes them over.
    """
    from strategy.actions import consequences as verbs

    present = {one.key: one for one in strategy.consequences.all()}  # type: ignore[attr-defined]
    earlier = _decided(strategy.revises) if strategy.revises is not None else {}
    new, asked = [], []
    for proposal in rules.propose(Reading(strategy).snapshot):
        values = _values(proposal)
        known = present.pop(proposal.key, None)
        if known is None:
            new.append(_made(strategy, proposal.key, values, earlier.get(proposal.key), event))
            continue
        other = not _same(known.proposed, values["proposed"])
        if any(getattr(known, name) != value for name, value in values.items()):
            _adjust(known, values, event)
        if known.state == S.WITHDRAWN or (other and known.state in Consequence.DECIDED):
            asked.append(known)
    Consequence.objects.bulk_create(new)
    _tell(new, event)
    for one in asked:
        verbs.ask_again(one, cause=event)
    for gone in present.values():
        if gone.state != S.WITHDRAWN:
            verbs.withdraw(gone, cause=event)


def _adjust(known: Consequence, values: dict[str, Any], event: Event) -> None:
    """Bring a known consequence in step; one that was decided says what shifted."""
    before = known.content
    for name, value in values.items():
        setattr(known, name, value)
    if known.state != S.CHANGED:
        known.content = known.proposed
    known.version += 1
    known.save()
    if known.state in Consequence.DECIDED and known.content != before:
        write_event(
            known, actor=event.actor, verb="adjust", version=known.version, from_state=known.state,
            to_state=known.state, changes={"content": [before, known.content]}, cause=event,
        )  # fmt: skip


SHIFTING = ("weight", "rank")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two proposals ask for the same, weights and ranks aside."""
    return {**one, **dict.fromkeys(SHIFTING)} == {**other, **dict.fromkeys(SHIFTING)}


def _values(proposal: rules.Proposal) -> dict[str, Any]:
    return {
        "kind": proposal.kind.value,
        "title": proposal.title,
        "proposed": dict(proposal.content),
        "rule": proposal.rule,
        "rule_version": proposal.rule_version,
        "reason": proposal.reason,
        "source": proposal.source,
        "also": list(proposal.also),
        "because": [asdict(one) for one in proposal.because],
    }


def _decided(strategy: Strategy) -> dict[str, Consequence]:
    return {one.key: one for one in strategy.consequences.filter(state__in=Consequence.DECIDED)}  # type: ignore[attr-defined]


def _made(
    strategy: Strategy, key: str, values: dict[str, Any], before: Consequence | None, event: Event
) -> Consequence:
    made = Consequence(
        strategy=strategy, key=key, content=values["proposed"], inherits=before, created_by=event.actor, **values
    )
    if before is not None and _same(before.proposed, made.proposed):
        made.state, made.decision_reason = before.state, before.decision_reason
        if before.state == S.CHANGED:
            made.content = before.content
    return made


def _tell(new: list[Consequence], event: Event) -> None:
    """Write down that they were proposed, all at once."""
    by_state: dict[str, list[bulk.Noted]] = {}
    for one in new:
        by_state.setdefault(one.state, []).append(bulk.noted(one))
    for state, noted in by_state.items():
        bulk.write_events(
            Consequence, noted, actor=event.actor, related=Programme, at=timezone.now(), verb="propose", version=1,
            to_state=state,
        )  # fmt: skip
