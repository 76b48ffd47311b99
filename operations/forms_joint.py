"""What people are asked for when a framework or a transfer begins, and of its gates."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.forms import colleagues
from cmo_lifecycle.partners.models import Relationship, Site
from operations.models import Framework, Transfer, TransferGate


def _relationship() -> ByName:
    return ByName(
        pick="relationship", names=("cmo__legal_name", "programme__name"), label="Relationship",
        help_text="Begin to type the CMO's name, then choose.",
    )  # fmt: skip


class FrameworkForm(RecordForm):
    """For which relationship a framework is begun; the writer asks for all the rest."""

    relationship = _relationship()
    prefills = {"relationship": Relationship}

    class Meta:
        model = Framework
        fields = ["relationship"]

    def narrow(self, user: User) -> None:
        self.fields["relationship"].queryset = Relationship.objects.visible_to(user)  # type: ignore[attr-defined]


class TransferForm(RecordForm):
    """What is transferred, from where to where."""

    relationship = _relationship()
    site = ByName(pick="site", names=("name", "cmo__legal_name"), label="Receiving site", required=False)
    prefills = {"relationship": Relationship}

    class Meta:
        model = Transfer
        fields = ["relationship", "title", "sending_unit", "site", "lead", "lessons"]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        fields["lead"].queryset = colleagues()
        fields["relationship"].queryset = Relationship.objects.visible_to(user)
        fields["site"].queryset = Site.objects.visible_to(user)


class GateForm(RecordForm):
    """A gate of a transfer: what must hold, and what came out."""

    sections = [
        ("Fixed before the work", ["transfer", "position", "name", "criterion", "planned_for"]),
        ("What came out", ["result", "evidence", "met_on"]),
    ]
    prefills = {"transfer": Transfer}

    class Meta:
        model = TransferGate
        fields = ["transfer", "position", "name", "criterion", "planned_for", "result", "evidence", "met_on"]
        widgets = {
            "criterion": forms.Textarea(attrs={"rows": 2}),
            "result": forms.Textarea(attrs={"rows": 3}),
            "evidence": forms.Textarea(attrs={"rows": 2}),
        }

    def narrow(self, user: User) -> None:
        transfer = self.fields["transfer"]
        transfer.queryset = Transfer.objects.visible_to(user).exclude(state__in=Transfer.DONE)  # type: ignore[attr-defined]
        known = self.instance
        if not known._state.adding:
            transfer.disabled = True
            if known.transfer.state != Transfer.State.PLANNED:
                for name in TransferGate.PLAN:
                    self.fields[name].disabled = True
                    self.fields[name].help_text = "Fixed since the transfer began."
