"""What an agreement's page, and a person's desk, show of obligations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.pages.tables import table
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.workflow import edits
from contracts.duties import clocks_of, key_of
from contracts.models import Agreement, Obligation
from contracts.reminding import LEVELS, asked
from contracts.terms.duties import OFFSETS
from contracts.views.obligations.nouns import OWED, may_record

SHOWN = 10
BOUND = (*Agreement.SIGNED, *Agreement.OVER)


@panel(Agreement, order=35)
def obligations(record: Agreement, request: HttpRequest) -> Iterable[Panel]:
    """On an agreement's page: what is owed next, and the clocks that an event starts."""
    user: Any = request.user
    if user.is_external:
        return
    rows = Obligation.objects.visible_to(user).filter(agreement=record, state=Obligation.State.OPEN)
    shown = list(rows.order_by("due_on", "title")[:SHOWN])
    actions = []
    if edits.may_edit(record, user):
        actions.append({"label": "Write duties", "url": reverse("contracts:agreement_duties", args=[record.pk])})
        actions.append({"label": "Terms of the library", "url": reverse("contracts:library_terms", args=[record.pk])})
    clocks = clocks_of(record) if record.state in BOUND else []
    if clocks and may_record(user):
        actions.append({"label": "Record an event", "url": f"{reverse('contracts:agreement_event_add')}?agreement={record.pk}"})  # fmt: skip
    if shown:
        actions.append({"label": "All", "url": f"{reverse('contracts:obligation_list')}?agreement={record.pk}"})
    empty = "Nothing is open in the coming 13 months."
    if record.state not in BOUND:
        many = record.duties.count()  # type: ignore[attr-defined]
        empty = f"{many} {'duty is' if many == 1 else 'duties are'} written; they count once it is in force."
    body = table(OWED, shown, "Obligations", empty)
    if clocks:
        names = ", ".join(f"{one.title} ({one.length})" for one in clocks[:SHOWN])
        body += format_html('<p class="quiet">Clocks that an event starts: {}.</p>', names)
    yield Panel("Obligations", body, key="obligations", actions=actions)
    if record.terms.exists():  # type: ignore[attr-defined]
        yield Panel(
            "What the terms come to",
            format_html("<p>{}</p>", "Prices, shortfalls, fees and forecasts, counted by the terms as they stand."),
            key="sums",
            side=True,
            actions=[{"label": "Count", "url": reverse("contracts:agreement_sums", args=[record.pk])}],
        )


@due(Agreement)
def next_obligations(record: Agreement, request: HttpRequest) -> Iterable[Due]:
    """The next days on which something is owed."""
    rows = Obligation.objects.visible_to(request.user).filter(agreement=record, state=Obligation.State.OPEN)
    for one in rows.filter(due_on__isnull=False).order_by("due_on")[:3]:
        assert one.due_on is not None
        yield Due(one.due_on, one.title, one.get_absolute_url())


@duty
def to_see_to(user: User) -> Iterable[Duty]:
    """What the person sees to and is due within 30 days, and what was brought before them."""
    today = timezone.localdate()
    rows = Obligation.objects.visible_to(user).filter(state=Obligation.State.OPEN, due_on__isnull=False)
    mine = rows.filter(owner=user, due_on__lte=today + timedelta(days=max(OFFSETS)))
    known = set()
    # Whoever keeps agreements is told of their days for notice already.
    keeps = user.has_role(*Agreement.may_create)
    for one in mine.select_related("agreement").order_by("due_on", "title"):
        known.add(one.pk)
        if not (keeps and one.duty == key_of(one.agreement, "notice")):
            yield _duty(one, "Obligation")
    if not (user.has_role("executive") or user.managed_relationships.exists() or user.has_role(*Obligation.may_edit)):  # type: ignore[attr-defined]
        return
    raised = rows.filter(level__in=LEVELS[1:]).exclude(pk__in=known)
    for one in raised.select_related("agreement__relationship__manager", "agreement__programme", "owner")[:100]:
        levels = LEVELS[1 : LEVELS.index(one.level) + 1]
        if any(person is not None and person.pk == user.pk for level in levels for person in asked(one, level)):
            yield _duty(one, f"Overdue obligation, brought before: {one.level}")


def _duty(one: Obligation, what: str) -> Duty:
    assert one.due_on is not None
    return Duty(one.due_on, f"{one.title} ({one.agreement.reference})", one.get_absolute_url(), what)
