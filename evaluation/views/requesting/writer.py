"""The guided writer of RFPs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages import noun_of
from cmo_lifecycle.doors.pages.parts import Among
from cmo_lifecycle.doors.writing import Screen, Writer, Written
from cmo_lifecycle.doors.writing.writer import STATES
from cmo_lifecycle.partners.forms import colleagues
from cmo_lifecycle.workflow.models import Attachment
from evaluation.actions.rfps import before_issue
from evaluation.findings import Finding, findings
from evaluation.forms.requesting import by_the_minute
from evaluation.models import Rfp
from evaluation.models.sheets import GROUP_CHOICES
from evaluation.views.requesting.mending import mend_issue
from evaluation.views.requesting.screens import ELSEWHERE, SCREENS
from strategy.models import Consequence, in_order
from strategy.rules import Kind

KINDS = {"criteria": Kind.CRITERION, "requirements": Kind.KNOCK_OUT}
MOMENTS = ("questions_until", "closes_at")


class RfpWritten(Written):
    """One screen of an RFP: who may own it, what the strategy asks for, which criterion a question serves."""

    def dress(self, form: Any) -> None:
        fields = form.fields
        for name in MOMENTS:
            if name in fields:
                by_the_minute(fields[name], getattr(self.record, name))
        if "owner" in fields:
            # Whoever owns it stays on the list, even where they have left the programme since.
            fields["owner"].queryset = colleagues().filter(
                Q(programmes=self.record.programme_id) | Q(pk=self.record.owner_id)
            )

    @cached_property
    def _asked_for(self) -> Mapping[str, list[Consequence]]:
        rows = list(
            Consequence.objects.binding().filter(strategy=self.record.strategy_id, kind__in=list(KINDS.values()))
        )
        return {name: in_order([one for one in rows if one.kind == kind]) for name, kind in KINDS.items()}

    @cached_property
    def _codes(self) -> dict[str, list[tuple[str, str]]]:
        """The codes that a question may name, each with its words."""
        return {
            "criterion": [(row.code, f"{row.code}: {row.title}") for row in self.record.criteria.order_by("position")],
            "requirement": [
                (row.code, f"{row.code}: {row.requirement[:80]}")
                for row in self.record.requirements.order_by("position")
            ],
        }

    def cells(self, name: str) -> Mapping[str, Any]:
        if name in KINDS:
            return {
                "group": _group,
                "consequence": lambda: Among(records=self._asked_for[name], required=False),
            }
        if name == "questions":
            standing = list(self.record.questions.values_list("criterion", "requirement"))
            return {
                "group": _group,
                "criterion": lambda: self._code("criterion", {row[0] for row in standing}),
                "requirement": lambda: self._code("requirement", {row[1] for row in standing}),
            }
        if name == "weight_sets":
            known = set(self.record.weight_sets.values_list("criterion", flat=True))
            return {"criterion": lambda: self._code("criterion", known, required=True)}
        return {}

    def _code(self, column: str, standing: set[str], *, required: bool = False) -> forms.ChoiceField:
        """One of the codes there are; a code that stands somewhere and is gone is kept, to be mended."""
        known = self._codes[column]
        gone = [(code, f"{code}: not on the list") for code in sorted(standing - {code for code, _ in known} - {""})]
        field = forms.ChoiceField(required=required, widget=PlainSelect)
        field.choices = [("", "---------"), *known, *gone]
        return field


def _group() -> forms.ChoiceField:
    field = forms.ChoiceField(widget=PlainSelect)
    field.choices = [("", "---------"), *GROUP_CHOICES]
    return field


class RfpWriter(Writer):
    """The guided writer of RFPs."""

    model = Rfp
    screens = SCREENS
    page = "evaluation:rfp_write"
    template = "evaluation/requesting/write.html"
    radios = ("scoring",)
    weighed = ("criteria",)
    passed_over = tuple(ELSEWHERE)
    words = {**STATES, "later": "Empty, needed before it is issued"}

    def findings(self, record: Any) -> list[Finding]:
        known = getattr(record, "_findings", None)
        if known is None or known[0] != record.version:
            known = record._findings = (record.version, findings(record))
        return known[1]  # type: ignore[no-any-return]

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "strategy", "owner")

    def name(self, record: Any) -> str:
        return f"{record.reference}, {record.programme.name}"

    def refusal(self, record: Any, user: User) -> str:
        state = record.get_state_display()
        if record.state == Rfp.State.APPROVED:
            return (
                f"An RFP at “{state}” is not written on: its criteria and weights are locked. Send it back first,"
                " with the reason; it is approved anew then."
            )
        return f"An RFP at “{state}” is not written on: its criteria and weights are locked. An addendum changes it."

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> RfpWritten:
        return RfpWritten(self, screen, record, user, data)

    def elsewhere(self, screen: Screen, record: Any) -> str:
        return reverse(ELSEWHERE[screen.key], args=[record.pk]) if screen.key in ELSEWHERE else ""

    def state_of(self, screen: Screen, record: Any, *, unfinished: bool) -> str | None:
        match screen.key:
            case "template":
                return "complete" if record.template else "optional"
            case "documents":
                kept = Attachment.objects.of(record).filter(voided_reason="").exists()
                return "complete" if kept else "optional"
            case "panel":
                return "complete" if record.evaluators.exists() else "later"
            case "invitations":
                return "complete" if record.proposals.exists() else "later"
        return None

    def context(self, record: Any, screen: Screen, written: Any, user: User) -> dict[str, Any]:
        pages = noun_of(Rfp)
        found: dict[str, Any] = {
            "rfp": record,
            "approve_url": pages.step_url(record.pk, "approve") if pages else "",
            "may_approve": user.has_role("technical", "quality"),
            "trace_url": reverse("evaluation:rfp_trace", args=[record.pk]),
            "library_url": reverse("evaluation:rfp_library", args=[record.pk]),
        }
        if screen is self.check:
            found["before_issue"] = [
                {"sentence": sentence, "url": mend_issue(record, sentence)} for sentence in before_issue(record)
            ]
        if screen.key in KINDS:
            asked = written._asked_for[screen.key]
            taken = {row.consequence_id for row in getattr(record, screen.key).all()}
            found["asked_for"] = [(one, one.pk in taken) for one in asked]
        return found


WRITER = RfpWriter()


def writer_url(rfp: Any, field: str) -> str:
    """Return the screen on which a field or table is written."""
    return WRITER.url_of_field(rfp, field)
