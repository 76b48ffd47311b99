"""Obligations are written down, moved and taken back as their agreement says: in the step that changes it, and daily.

Asking twice changes nothing, and whether the clock ran on each day or once in a year makes no difference to what is open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refusal
from contracts.actions.obligations import lapse, take_up
from contracts.duties import REVIEW, Owed, base_of, key_of, owed
from contracts.models import Agreement, Duty, Obligation

log = logging.getLogger(__name__)

S = Obligation.State
CLOCK: dict[str, Any] = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True}
#: Of an agreement in these states something may be owed.
BINDING = (Agreement.State.EFFECTIVE, *Agreement.OVER)


def settle(agreement: Agreement, *, cause: Event | None = None, today: date | None = None) -> int:
    """Write down what an agreement makes anybody owe, move what has moved, and take back what is no longer due.

    Returns how many obligations changed. What is done or was not asked for stays as it is. `cause` is the event that
    this follows from; without one the clock acts.
    """
    day = today or timezone.localdate()
    changed = 0
    with transaction.atomic():
        locked = (
            Agreement.objects.select_for_update(of=("self",))
            .select_related("cmo", "programme", "parent", "calendar", "relationship__manager", "created_by")
            .get(pk=agreement.pk)
        )
        wanted: dict[tuple[Any, str], Owed] = {(one.duty, one.occurrence): one for one in owed(locked, day)}
        known = {
            (row.duty, row.occurrence): row
            for row in Obligation.objects.filter(agreement=locked, duty__isnull=False).select_related("owner")
        }
        for key, one in wanted.items():
            changed += _write(locked, one, known.get(key), cause)
        for key, row in known.items():
            if key not in wanted and row.state == S.OPEN and not _stays(locked, row):
                lapse(row, reason=_why_lapsed(locked), **_by(cause))
                changed += 1
        if locked.kind == Agreement.Kind.QAG:
            _note_review(locked)
    return changed


def _write(agreement: Agreement, one: Owed, row: Obligation | None, cause: Event | None) -> int:
    days = {"due_on": one.due_on, "due_at": one.due_at, "counted": one.counted}
    by = _by(cause)
    writer = {"cause": cause, "actor": cause.actor} if cause is not None else by
    if row is None:
        edits.create(
            Obligation,
            {
                "agreement": agreement, "duty": one.duty, "occurrence": one.occurrence, "title": one.title[:500],
                "topic": one.topic, "side": one.side, "owner": one.owner, "evidence_asked": one.evidence,
                "event": one.event, **days,
            },
            **writer,
        )  # fmt: skip
        return 1
    if row.state == S.LAPSED:
        row = take_up(row, **by)
    elif row.state != S.OPEN or all(getattr(row, name) == value for name, value in days.items()):
        return 0
    if one.event is not None:
        days["title"] = one.title[:500]
    edits.update(row, days, **writer)
    # Reminders of another day are reminders anew, and nobody was told yet that this one is over.
    if row.due_on != one.due_on and row.level:
        Obligation.objects.filter(pk=row.pk).update(level="")
    return 1


def _by(cause: Event | None) -> dict[str, Any]:
    return (
        {"cause": cause}
        if cause is not None
        else {"actor": User.objects.service("contract_clock"), "source": "schedule"}
    )


def _stays(agreement: Agreement, row: Obligation) -> bool:
    """Whether an obligation that nothing asks for any more is still owed: it was due before the agreement ended."""
    if agreement.ended_on is None or row.due_on is None or row.duty in _own_keys(agreement):
        return False
    key: Any = row.duty
    return row.due_on <= agreement.ended_on and agreement.duties.filter(key=key).exists()  # type: ignore[attr-defined]


def _own_keys(agreement: Agreement) -> set[Any]:
    return {key_of(agreement, what) for what in ("notice", "end", REVIEW)}


def _why_lapsed(agreement: Agreement) -> str:
    if agreement.state in Agreement.OVER:
        return f"The agreement has ended ({agreement.get_state_display().lower()})."  # type: ignore[attr-defined]
    return "By the agreement as it stands now, this is not due any more."


def _note_review(agreement: Agreement) -> None:
    """Keep the day of the next review with the agreement, where lists and pages look for it."""
    rows = Obligation.objects.filter(agreement=agreement, duty=key_of(agreement, REVIEW), state=S.OPEN)
    day = rows.filter(due_on__isnull=False).order_by("due_on").values_list("due_on", flat=True).first()
    if day is not None and day != agreement.next_review:
        Agreement.objects.filter(pk=agreement.pk).update(next_review=day)


def related_agreements(agreement: Agreement) -> Iterator[Agreement]:
    """Yield the agreements whose obligations a change of one may move: itself, what it amends, what amends it."""
    base = base_of(agreement)
    if base.state in BINDING:
        yield base
    amending = Agreement.objects.filter(parent=base, kind=Agreement.Kind.AMENDMENT, state__in=BINDING)
    yield from amending.filter(duties__isnull=False).distinct()


@receiver(post_save, sender=Agreement, dispatch_uid="contracts.obliging.agreement")
def follow(sender: Any, instance: Agreement, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Let obligations follow their agreement in the step that moves it."""
    if created or raw or instance.state not in (*Agreement.SIGNED, *Agreement.OVER):
        return
    event = current().event
    cause = Event.objects.filter(pk=event).select_related("actor").first() if event else None
    for one in related_agreements(instance):
        settle(one, cause=cause)


def due_agreements() -> Any:
    """Return the agreements that the clock looks at: those in force, and ended ones that leave something to be done."""
    after = Q(state__in=Agreement.OVER, duties__anchor=Duty.Anchor.END)
    return Agreement.objects.filter(Q(state=Agreement.State.EFFECTIVE) | after).order_by("id").distinct()


def settle_all(today: date | None = None) -> int:
    """Settle every agreement that binds; return how many obligations changed. One that fails keeps no other from it."""
    changed = 0
    with acting(User.objects.service("contract_clock"), source="schedule"):
        for pk in list(due_agreements().values_list("pk", flat=True)):
            try:
                changed += settle(Agreement(pk=pk), today=today)
            except Refusal as refusal:
                log.warning("The obligations of %s could not be written down: %s", pk, refusal)
    return changed


@shared_task(name="contracts.settle_obligations", **CLOCK)
def settle_obligations() -> None:
    """Write down the obligations of the coming 13 months."""
    settle_all()


@shared_task(name="contracts.remind_of_obligations", **CLOCK)
def remind_of_obligations() -> None:
    """Remind of what falls due, and bring before others what is overdue."""
    from contracts import reminding

    reminding.remind_all()


__all__ = ["due_agreements", "follow", "related_agreements", "settle", "settle_all"]
