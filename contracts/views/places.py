"""What pages over one agreement have in common."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages import SignedIn
from contracts.models import Agreement


class AgreementPage(SignedIn):
    """A page of one agreement, beside its own."""

    def agreement(self, pk: Any) -> Agreement:
        """Return the agreement; one that the person does not see is as good as none."""
        rows = Agreement.objects.visible_to(self.user).select_related("cmo", "programme", "parent")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such agreement.")
        return found  # type: ignore[no-any-return]

    def frame(self, agreement: Agreement, title: str) -> dict[str, Any]:
        """Return what every such page is framed by."""
        noun = pages.noun_of(Agreement)
        crumbs = noun.crumbs(agreement) if noun is not None else []
        return {
            "title": title,
            "agreement": agreement,
            "state_record": agreement,
            "crumbs": [*crumbs, (str(agreement), agreement.get_absolute_url())],
        }
