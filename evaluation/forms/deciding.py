"""What people are asked for in appraisals, due diligence and awards."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.doors.pages.parts import readably
from cmo_lifecycle.partners.models import Programme
from evaluation.models import Appraisal, Award, Diligence, Rfp

#: The terms that the cost of a bidder rests on, in the order in which they are asked for.
BATCH = ["bid_yield", "failed_batches", "liability_percent", "uncovered_material", "investigation", "delay"]
RESERVES = ["cancellation_percent", "stock_months", "stock_value", "carrying_percent", "exit_cost"]
OVERSIGHT = ["fte", "audits", "plant_days"]
_HELPS = {
    "uncovered_material": "What nobody replaces. Enter 0 where the bidder bears all of it.",
    "investigation": "Our own people and laboratories, for each failed batch. Enter 0 where there is none.",
    "delay": "Sales lost or stock used up, for each failed batch. Enter 0 where there is none.",
    "liability_percent": "Of the batch's price, by its offer: 100 where a failed batch is free of charge.",
    "cancellation_percent": "How likely it is that we cancel what we have committed to, so that its fees fall due.",
    "stock_months": "How many months of demand we keep because of this bidder's lead time. Enter 0 where none.",
    "audits": "For-cause ones included.",
    "plant_days": "Of one person of ours, all visits of a year together.",
}


class AppraisalForm(RecordForm):
    """What the panel says of one bidder as a whole, and the terms that its cost rests on."""

    sections = [
        ("In words", ["summary", "residual_risk"]),
        ("A failed batch", BATCH),
        ("Reserves and leaving", RESERVES),
        ("Our own oversight", OVERSIGHT),
    ]

    class Meta:
        model = Appraisal
        fields = ["summary", "residual_risk", *BATCH, *RESERVES, *OVERSIGHT]

    def narrow(self, user: User) -> None:
        for name, field in self.fields.items():
            readably(field)
            if name in _HELPS:
                field.help_text = _HELPS[name]
        self.fields["summary"].help_text = "Goes into the debrief of this bidder: say nothing of the others."


class DiligenceForm(RecordForm):
    """What was looked at and found in one stream."""

    class Meta:
        model = Diligence
        fields = ["findings", "conclusion", "conditions"]

    def narrow(self, user: User) -> None:
        self.fields["findings"].widget = forms.Textarea(attrs={"rows": 8})
        self.fields[
            "findings"
        ].help_text = "What was looked at, where, by whom, and what came of it. Attach reports below."


class AwardForm(RecordForm):
    """Whom the work goes to, why, and what speaks against it."""

    prefills = {"rfp": Rfp, "programme": Programme}

    class Meta:
        model = Award
        fields = ["programme", "rfp", "recommendation", "against", "single_source"]

    def narrow(self, user: User) -> None:
        rfp: Any = self.given.get("rfp") or (self.instance.rfp if not self.instance._state.adding else None)
        if rfp is not None:
            self.given = {**self.given, "programme": rfp.programme}
        programmes: Any = self.fields["programme"]
        programmes.queryset = (
            Programme.objects.visible_to(user).filter(state=Programme.State.ACTIVE).order_by("name", "pk")
        )
        requests: Any = self.fields["rfp"]
        open_ = Rfp.objects.visible_to(user).filter(state=Rfp.State.COMMERCIAL)
        requests.queryset = (open_ | Rfp.objects.filter(pk=rfp.pk) if rfp is not None else open_).order_by("-reference")
        requests.widget.empty = "None: a single source"
        if not self.instance._state.adding:
            # It goes on for what it was begun for.
            for name in ("programme", "rfp"):
                self.fields.pop(name)
        for name in ("recommendation", "against", "single_source"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 5})
