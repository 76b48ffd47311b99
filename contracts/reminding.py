"""Reminders of what falls due, and what is overdue brought before others: by mail and on desks, each once.

What was given is noted in the transaction that sends the mail: one that the mail server refuses is tried again with the
next run, one that went out is not sent again.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import edits
from contracts.duties import keeper_of, relationship_of
from contracts.models import Agreement, Obligation
from contracts.terms.duties import LADDER, OFFSETS, Escalation, Reminder, escalation, reminders

log = logging.getLogger(__name__)

LEVELS = [role for _, role in LADDER]


def remind_all(today: date | None = None) -> int:
    """Give every reminder and escalation whose day has come; return how many mails went out.

    One that fails keeps no other from it.
    """
    day = today or timezone.localdate()
    soon = day + timedelta(days=max(OFFSETS))
    rows = Obligation.objects.filter(state=Obligation.State.OPEN, due_on__lte=soon).order_by("due_on", "id")
    # Nobody is left to be told of these.
    rows = rows.exclude(due_on__lt=day, level=LEVELS[-1])
    sent = 0
    with acting(User.objects.service("contract_clock"), source="schedule"):
        for pk in list(rows.values_list("pk", flat=True)):
            try:
                sent += remind(pk, day)
            except (OSError, smtplib.SMTPException):
                log.exception("The reminder of %s could not be sent; it is tried again.", pk)
    return sent


def remind(pk: Any, today: date) -> int:
    """Give the reminder and the escalation of one obligation that are due and were not given; return how many mails."""
    with transaction.atomic():
        found = (
            Obligation.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("owner", "agreement__cmo", "agreement__programme", "agreement__relationship__manager")
            .filter(pk=pk, state=Obligation.State.OPEN, due_on__isnull=False)
            .first()
        )
        if found is None:
            return 0
        return _remind(found, today) + _escalate(found, today)


def _remind(obligation: Obligation, today: date) -> int:
    assert obligation.due_on is not None
    given = [(date.fromisoformat(day), offset) for day, offset in obligation.reminded]
    due = reminders(obligation.due_on, today, given=given)
    if not due:
        return 0
    # Whoever comes late to several gets the last one, and none that the day of another says better.
    obligation.reminded = [*obligation.reminded, *([one.due.isoformat(), one.offset] for one in due)]
    Obligation.objects.filter(pk=obligation.pk).update(reminded=obligation.reminded)
    people = [obligation.owner or keeper_of(obligation.agreement)]
    return _send(obligation, people, due[-1]) if obligation.due_on >= today else 0


def _escalate(obligation: Obligation, today: date) -> int:
    assert obligation.due_on is not None
    reached = escalation(obligation.due_on, today)
    told = LEVELS.index(obligation.level) + 1 if obligation.level in LEVELS else 0
    if reached.level <= told:
        return 0
    edits.update(obligation, {"level": reached.role}, actor=User.objects.service("contract_clock"))
    people = [person for level in range(told + 1, reached.level + 1) for person in asked(obligation, LEVELS[level - 1])]
    return _send(obligation, people, reached)


def asked(obligation: Obligation, level: str) -> list[User | None]:
    """Return before whom a level brings an obligation."""
    agreement: Agreement = obligation.agreement
    keeper = keeper_of(agreement)
    if level == LEVELS[0]:
        return [obligation.owner or keeper]
    if level == LEVELS[1]:
        relationship = relationship_of(agreement)
        return [relationship.manager if relationship is not None and relationship.manager is not None else keeper]
    rows = User.objects.filter(is_active=True, is_service=False, groups__name="executive")
    if agreement.programme is not None:
        rows = rows.filter(pk__in=agreement.programme.members.values("pk"))
    return list(rows.order_by("name", "id"))


def _send(obligation: Obligation, people: Iterable[User | None], why: Reminder | Escalation) -> int:
    """Mail to each of the people once, to those alone who see the obligation."""
    sent: set[Any] = set()
    for person in people:
        if person is None or not person.is_active or person.is_service or not person.email or person.pk in sent:
            continue
        if not Obligation.objects.visible_to(person).filter(pk=obligation.pk).exists():
            continue
        sent.add(person.pk)
        _message(obligation, person, why).send()
    return len(sent)


def _message(obligation: Obligation, person: User, why: Reminder | Escalation) -> EmailMessage:
    overdue = isinstance(why, Escalation)
    body = render_to_string(
        "contracts/mail/obligation.txt",
        {
            "obligation": obligation,
            "agreement": obligation.agreement,
            "person": person,
            "why": why.words,
            "overdue": overdue,
            "own": obligation.owner_id == person.pk,
            "url": settings.PUBLIC_URL.rstrip("/") + obligation.get_absolute_url(),
        },
    )
    subject = f"{'Overdue' if overdue else 'Due soon'}: {' '.join(obligation.title.split())[:120]}"
    return EmailMessage(subject, body.strip() + "\n", None, [person.email])


__all__ = ["LEVELS", "asked", "remind", "remind_all"]
