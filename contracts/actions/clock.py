"""What time does with agreements: they take effect, end, and their days for notice move."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Case, Value, When
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.refusals import Refusal
from contracts.actions.agreements import expire, take_effect
from contracts.dates import recount
from contracts.models import Agreement

log = logging.getLogger(__name__)

S = Agreement.State
#: What governs comes before what stands under it.
GOVERNING_FIRST = Case(When(kind=Agreement.Kind.AMENDMENT, then=Value(2)), When(parent=None, then=Value(0)), default=1)


def due_steps(today: date) -> Iterator[tuple[Agreement, Any]]:
    """Yield the agreements that the clock moves today, each with its step, as they stand when it is their turn.

    One whose day is held back waits for a person who knows it.
    """
    signed = Agreement.objects.signed().order_by(GOVERNING_FIRST, "executed_on", "id")
    for pk in list(signed.values_list("pk", flat=True)):
        one = Agreement.objects.select_related("cmo", "parent", "replaces", "cda").get(pk=pk)
        exact = one.starts.exact
        if one.state == S.EXECUTED and exact is not None and exact <= today and not take_effect.missing(one):
            yield one, take_effect
            one.refresh_from_db()
        if one.state == S.EFFECTIVE and not expire.missing(one):
            yield one, expire


def advance(today: date | None = None) -> int:
    """Take every step that is due, and count the days of all that is signed anew; return how many steps were taken.

    Asking twice changes nothing. What is refused is left for a person, and stops nothing else.
    """
    service = User.objects.service("contract_clock")
    taken = 0
    for agreement, step in due_steps(today or timezone.localdate()):
        try:
            step(agreement, actor=service, source="schedule")
            taken += 1
        except Refusal as refusal:
            log.warning("%s was not taken for %s: %s", step.verb, agreement.pk, refusal)
    for one in Agreement.objects.signed().select_related("calendar").iterator():
        recount(one)
    return taken


__all__ = ["advance", "due_steps"]
