"""What people are asked for while they negotiate."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.forms import RecordForm
from contracts.models import Agreement, NegotiationPoint


class NegotiationPointForm(RecordForm):
    """A point to be negotiated that the strategy does not name."""

    prefills = {"agreement": Agreement}

    class Meta:
        model = NegotiationPoint
        fields = ["agreement", "title", "topic", "rank", "target", "fallback", "walk_away", "value_at_stake"]

    def narrow(self, user: User) -> None:
        agreements: Any = self.fields.get("agreement")
        if agreements is not None:
            agreements.queryset = Agreement.objects.visible_to(user).filter(state__in=Agreement.OPEN)
