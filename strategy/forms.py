"""What people are asked for when a strategy begins; all the rest is asked by the writer, screen by screen."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.models import Programme
from strategy.models import Strategy


class StrategyForm(RecordForm):
    """For which programme a strategy is begun, and what is outsourced."""

    prefills = {"programme": Programme}

    class Meta:
        model = Strategy
        fields = ["programme", "scope"]

    def narrow(self, user: User) -> None:
        field: Any = self.fields["programme"]
        field.queryset = Programme.objects.visible_to(user).filter(state=Programme.State.ACTIVE).order_by("name", "pk")
        field.help_text = "One strategy is written at a time for each programme."
        scope = self.fields["scope"]
        scope.help_text = (
            "The material or capability, from which step to which. A first sentence will do; it can be changed later."
        )
        scope.widget = forms.Textarea(attrs={"rows": 3})
