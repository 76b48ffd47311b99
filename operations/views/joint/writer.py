"""The guided writer of operating frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages import noun_of
from cmo_lifecycle.doors.pages.parts import Among
from cmo_lifecycle.doors.writing import Screen, Writer, Written
from cmo_lifecycle.partners.forms import colleagues
from cmo_lifecycle.partners.models import Contact
from operations.actions.frameworks import WRITERS
from operations.joint.findings import Finding, findings, notes
from operations.joint.screens import SCREENS, SOURCE
from operations.models import Framework, KpiDefinition


class FrameworkWritten(Written):
    """One screen of a framework: people of the programme, contacts of the CMO, definitions in force."""

    @cached_property
    def _colleagues(self) -> list[Any]:
        programme = self.record.relationship.programme_id
        standing = {
            key
            for rows in (
                self.record.contact_rows.values_list("colleague", "deputy"),
                self.record.escalation_levels.values_list("colleague"),
            )
            for row in rows
            for key in row
            if key is not None
        }
        # Whoever stands there stays on the list, even where they have left the programme since.
        return list(colleagues().filter(Q(programmes=programme) | Q(pk__in=standing)))

    @cached_property
    def _contacts(self) -> list[Any]:
        rows = Contact.objects.filter(cmo=self.record.relationship.cmo_id, left_on__isnull=True)
        return list(rows.select_related("cmo").order_by("name", "pk"))

    @cached_property
    def _definitions(self) -> list[Any]:
        standing = self.record.agreed_kpis.values_list("definition", flat=True)
        rows = KpiDefinition.objects.filter(Q(state=KpiDefinition.State.IN_FORCE) | Q(pk__in=standing))
        return list(rows.order_by("name", "-number"))

    def cells(self, name: str) -> Mapping[str, Any]:
        ours = {"colleague": lambda: Among(records=self._colleagues, required=False)}
        theirs = {"contact": lambda: Among(records=self._contacts, required=False)}
        match name:
            case "contact_rows":
                return {
                    **ours, **theirs,
                    "deputy": lambda: Among(records=self._colleagues, required=False),
                    "their_deputy": lambda: Among(records=self._contacts, required=False),
                }  # fmt: skip
            case "escalation_levels":
                return {**ours, **theirs}
            case "agreed_kpis":
                return {"definition": lambda: Among(records=self._definitions, required=False)}
        return {}


class FrameworkWriter(Writer):
    """The guided writer of operating frameworks."""

    model = Framework
    screens = SCREENS
    page = "operations:framework_write"
    template = "operations/frameworks/write.html"
    source = SOURCE

    def findings(self, record: Any) -> list[Finding]:
        known = getattr(record, "_findings", None)
        if known is None or known[0] != record.version:
            known = record._findings = (record.version, findings(record))
        return known[1]

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme", "revises")

    def name(self, record: Any) -> str:
        return f"{record.relationship}, version {record.number}"

    def refusal(self, record: Any, user: User) -> str:
        state = record.get_state_display()
        if record.state == Framework.State.APPROVED:
            return f"A framework at “{state}” is not written on any more. Revise it to write its next version."
        if record.state == Framework.State.IN_REVIEW:
            return "It is being approved. Have it sent back to change it."
        return f"A framework at “{state}” is not written on."

    def left_out(self, screen: Screen, record: Any) -> tuple[str, ...]:
        return screen.left_out(revises=record.revises_id is not None)

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> FrameworkWritten:
        return FrameworkWritten(self, screen, record, user, data)

    def context(self, record: Any, screen: Screen, written: Any, user: User) -> dict[str, Any]:
        pages = noun_of(Framework)
        return {
            "framework": record,
            "notes": [one for one in notes(record) if screen is self.check or one.field in screen.asks_for],
            "submit_url": pages.step_url(record.pk, "submit") if screen is self.check and pages else "",
            "may_submit": user.has_role(*WRITERS),
        }


WRITER = FrameworkWriter()
