"""What a relationship's page shows before and of regular operations, and what falls due on a desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.pages.tables import items, link
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.partners.gates import points
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits
from operations.actions.frameworks import WRITERS
from operations.actions.transfers import next_gate
from operations.models import Framework, Transfer, TransferGate

R = Relationship.State
#: So long before its day a review of a framework stands on desks.
AHEAD = timedelta(days=30)
#: From which stage on the checklist shows, and for which step.
BEFORE = {R.CONTRACTING: ("onboard", "operate"), R.ONBOARDING: ("operate",)}
TITLES = {"onboard": "Before onboarding starts", "operate": "Before operations start"}


@panel(Relationship, order=3)
def _checklist(relationship: Any, request: HttpRequest) -> Iterable[Panel]:
    for verb in BEFORE.get(relationship.state, ()):
        found = points(verb, relationship)
        done = sum(1 for one in found if not one.missing)
        body = render_to_string("operations/panels/checklist.html", {"points": found, "done": done, "of": len(found)})
        yield Panel(TITLES[verb], body, key=f"before-{verb}", first=verb == BEFORE[relationship.state][0])


@panel(Relationship, order=16)
def _working_together(relationship: Any, request: HttpRequest) -> Panel | None:
    user: Any = request.user
    if relationship.state in Relationship.OVER:
        return None
    rows = [
        one
        for one in Framework.objects.visible_to(user).filter(relationship=relationship).order_by("-number")
        if one.state in (Framework.State.APPROVED, *Framework.OPEN)
    ]
    entries = [
        (
            link(one.get_absolute_url(), f"Operating framework, version {one.number}"),
            f"reviewed by {fmt.day(one.review_due)}"
            if one.review_due and one.state == Framework.State.APPROVED
            else "",
            fmt.badge_html(one.get_state_display(), Framework.State(one.state).tone),
        )
        for one in rows
    ]
    transfers = Transfer.objects.visible_to(user).filter(relationship=relationship).prefetch_related("gates")
    for transfer in transfers:
        after = next_gate(list(transfer.gates.all())) if transfer.state == Transfer.State.RUNNING else None
        entries.append(
            (
                link(transfer.get_absolute_url(), transfer.title),
                f"next: {after}" if after is not None else "technology transfer",
                fmt.badge_html(transfer.get_state_display(), Transfer.State(transfer.state).tone),
            )
        )
    actions = []
    if not rows and edits.may_create(Framework, user):
        where = f"{reverse('operations:framework_add')}?relationship={relationship.pk}"
        actions.append({"label": "Start a framework", "url": where})
    if edits.may_create(Transfer, user) and relationship.state in (R.SELECTED, R.CONTRACTING, R.ONBOARDING):
        where = f"{reverse('operations:transfer_add')}?relationship={relationship.pk}"
        actions.append({"label": "Plan a transfer", "url": where})
    empty = "How the two work together day by day is not written down yet."
    return Panel("Working together", items(entries, empty), side=True, actions=actions, key="together")


@due(Relationship)
def _dues(relationship: Any, request: HttpRequest) -> Iterable[Due]:
    user: Any = request.user
    for one in Framework.objects.visible_to(user).filter(relationship=relationship, state=Framework.State.APPROVED):
        yield Due(one.review_due, "Yearly review of the operating framework", one.get_absolute_url())
    running = Transfer.objects.visible_to(user).filter(relationship=relationship, state=Transfer.State.RUNNING)
    for gate in TransferGate.objects.filter(
        transfer__in=running, state=TransferGate.State.OPEN, planned_for__isnull=False
    ):
        yield Due(gate.planned_for, str(gate), gate.get_absolute_url())  # type: ignore[arg-type]


@duty
def framework_reviews(user: Any) -> Iterable[Duty]:
    """Yearly reviews of the frameworks of one's own programmes, for those who would write the next version."""
    if not user.has_role(*WRITERS, "quality"):
        return
    until = timezone.localdate() + AHEAD
    mine = Framework.objects.visible_to(user).filter(
        state=Framework.State.APPROVED, review_due__lte=until, relationship__programme__members=user
    )
    for one in mine.select_related("relationship__cmo", "relationship__programme").order_by("review_due"):
        yield Duty(one.review_due, str(one), one.get_absolute_url(), "Framework review")


@duty
def gates_due(user: Any) -> Iterable[Duty]:
    """Gates of running transfers of one's own programmes, for those who run them."""
    if not user.has_role("technical", "project_manager"):
        return
    rows = TransferGate.objects.visible_to(user).filter(
        state=TransferGate.State.OPEN, transfer__state=Transfer.State.RUNNING,
        planned_for__lte=timezone.localdate() + AHEAD, transfer__relationship__programme__members=user,
    )  # fmt: skip
    for one in rows.select_related("transfer").order_by("planned_for"):
        yield Duty(one.planned_for, f"{one}: {one.transfer}", one.get_absolute_url(), "Transfer gate")


__all__ = ["framework_reviews", "gates_due"]
