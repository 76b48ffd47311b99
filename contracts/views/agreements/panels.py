"""What the pages of CMOs, programmes and relationships show of agreements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.pages.tables import ends, table
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.models import CMO, Relationship
from cmo_lifecycle.workflow import edits
from contracts.actions.gates import agreements_of
from contracts.filters import SOON
from contracts.models import Agreement

SHOWN = 20
#: Stages in which nobody is there yet to agree with.
BEFORE_CONTRACTS = (
    Relationship.State.STRATEGY_DRAFT,
    Relationship.State.STRATEGY_APPROVED,
    Relationship.State.SOURCING,
)
COLUMNS = (
    Column("reference", "Number", kind="link", note="title"),
    Column("kind", "Kind", value="get_kind_display"),
    Column("state", "State", kind="state"),
    Column("ends_by", "Ends or renews", kind="date"),
    Column("notice_by", "Notice by", kind="html", value=lambda row: ends(row.notice_by) if row.notice_by else "–"),
)


def _panel(rows: Any, empty: str, where: str, write: str = "") -> Panel:
    shown = list(rows.order_by("reference")[:SHOWN])
    actions = [{"label": "All", "url": where}] if shown else []
    if write:
        actions.append({"label": "Write an agreement", "url": write})
    return Panel("Agreements", table(COLUMNS, shown, "Agreements", empty), actions=actions, key="agreements")


@panel(Relationship, order=45)
def of_relationship(record: Relationship, request: HttpRequest) -> Panel:
    rows = agreements_of(record).filter(pk__in=Agreement.objects.visible_to(request.user).values("pk"))
    where = f"{reverse('contracts:agreement_list')}?cmo={record.cmo_id}"  # type: ignore[attr-defined]
    begun = record.state not in (*Relationship.OVER, *BEFORE_CONTRACTS)
    may = begun and edits.may_create(Agreement, request.user)  # type: ignore[arg-type]
    write = f"{reverse('contracts:agreement_add')}?cmo={record.cmo_id}&programme={record.programme_id}"  # type: ignore[attr-defined]
    return _panel(rows, "No agreement binds it yet.", where, write if may else "")


@panel(CMO, order=45)
def of_cmo(record: CMO, request: HttpRequest) -> Panel:
    where = f"{reverse('contracts:agreement_list')}?cmo={record.pk}"
    return _panel(Agreement.objects.visible_to(request.user).filter(cmo=record), "None that you see.", where)


@due(Relationship)
def notice_of_relationship(record: Relationship, request: HttpRequest) -> Iterator[Due]:
    rows = agreements_of(record).filter(pk__in=Agreement.objects.visible_to(request.user).values("pk")).signed()
    for one in rows.filter(notice_by__isnull=False).order_by("notice_by")[:SHOWN]:
        yield Due(one.notice_by, f"Last day for notice, {one}", one.get_absolute_url())
    for one in rows.filter(notice_by__isnull=True, ends_by__gte=timezone.localdate()).order_by("ends_by")[:SHOWN]:
        yield Due(one.ends_by, f"End of {one}", one.get_absolute_url())


@duty
def notices(user: Any) -> Iterator[Duty]:
    """Whoever keeps agreements is told of the days for notice that come near."""
    if not user.has_role(*Agreement.may_create):
        return
    rows = Agreement.objects.visible_to(user).signed()
    today = timezone.localdate()
    for one in rows.filter(notice_by__range=(today, today + SOON)).order_by("notice_by")[:SHOWN]:
        yield Duty(one.notice_by, str(one), one.get_absolute_url(), "Last day for notice")
