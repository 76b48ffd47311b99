"""What people are asked for when a clause is judged by itself, or a waiver is asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages.forms import RecordForm
from contracts.covering import asked_of
from contracts.models import Agreement, Clause, ContractDocument, Waiver


def _agreements(user: User) -> Any:
    return Agreement.objects.visible_to(user).select_related("cmo").order_by("reference")


class ClauseForm(RecordForm):
    """A judgement of one topic."""

    prefills = {"agreement": Agreement}

    class Meta:
        model = Clause
        fields = ["agreement", "topic", "status", "document", "start", "end", "words", "place", "note"]

    def narrow(self, user: User) -> None:
        given = self.given.get("agreement") or (self.instance.agreement if self.instance.agreement_id else None)
        if "agreement" in self.fields:
            self.fields["agreement"].queryset = _agreements(user)  # type: ignore[attr-defined]
        texts = ContractDocument.objects.visible_to(user).defer("words").select_related("agreement")
        self.fields["document"].queryset = texts.filter(agreement=given) if given is not None else texts  # type: ignore[attr-defined]


class ClauseEditForm(ClauseForm):
    """What may change of a judgement: not of what it is one."""

    class Meta(ClauseForm.Meta):
        fields = ["status", "document", "start", "end", "words", "place", "note"]


class WaiverForm(RecordForm):
    """A waiver of what the strategy asks for."""

    prefills = {"agreement": Agreement}

    class Meta:
        model = Waiver
        fields = ["agreement", "mechanism", "grounds", "instead"]

    def narrow(self, user: User) -> None:
        given = self.given.get("agreement") or (self.instance.agreement if self.instance.agreement_id else None)
        if "agreement" in self.fields:
            open_ones = _agreements(user).filter(state__in=Agreement.OPEN)
            self.fields["agreement"].queryset = open_ones  # type: ignore[attr-defined]
        if given is None:
            return
        chosen = forms.ChoiceField(
            label="What we do without",
            choices=[("", "Choose one"), *((one.code, one.title) for one in asked_of(given))],
            widget=PlainSelect,
            help_text="What the strategy asks for in an agreement of this kind.",
        )
        self.fields["mechanism"] = chosen


class WaiverEditForm(WaiverForm):
    """What may change of a waiver that is not decided yet."""

    class Meta(WaiverForm.Meta):
        fields = ["mechanism", "grounds", "instead"]
