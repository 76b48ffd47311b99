"""What people are asked for under a quality agreement."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.forms import cmo_field, site_field
from cmo_lifecycle.partners.models import CMO
from contracts.models import Agreement, Exercise, Subcontractor


def quality_agreements(user: User) -> Any:
    """Return the quality agreements that a person sees and that are not over."""
    over = (*Agreement.OVER, Agreement.State.ABANDONED)
    return Agreement.objects.visible_to(user).filter(kind=Agreement.Kind.QAG).exclude(state__in=over)


class SubcontractorForm(RecordForm):
    """A subcontractor whom the CMO wants to use."""

    prefills = {"agreement": Agreement}
    cmo = cmo_field(label="Or a CMO that we know", required=False)
    site = site_field(required=False)

    class Meta:
        model = Subcontractor
        fields = ["agreement", "name", "cmo", "site", "activity", "basis", "conditions"]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        if "agreement" in fields:
            fields["agreement"].queryset = quality_agreements(user)
        fields["cmo"].queryset = CMO.objects.visible_to(user)


class ExerciseForm(RecordForm):
    """One real event, walked through the agreement."""

    prefills = {"agreement": Agreement}

    class Meta:
        model = Exercise
        fields = ["agreement", "held_on", "event", "participants", "steps", "gaps", "actions"]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        if "agreement" in fields:
            fields["agreement"].queryset = quality_agreements(user)
