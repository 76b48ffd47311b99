"""Pages of the contract register: agreements, their tables and their texts."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.writing import WritePage
from contracts.views.agreements import panels  # noqa: F401 - hangs its panels on relationships and CMOs
from contracts.views.agreements.register import Agreements
from contracts.views.agreements.texts import BringInPage, RedLinePage, TextFile, Texts
from contracts.views.agreements.writers import WRITERS
from contracts.views.agreements.writing import Amendments, AmendPage

_own = pages.urls(Agreements, Texts)
_agreements = pages.noun_of(Agreements.model)
_texts = pages.noun_of(Texts.model)

urlpatterns: list[URLPattern] = [
    path("agreements/<uuid:pk>/amend/", AmendPage.as_view(noun=Amendments()), name="agreement_amend"),
    path("agreements/<uuid:pk>/bring-in/", BringInPage.as_view(noun=_agreements), name="agreement_bring_in"),
    path("agreements/<uuid:pk>/red-line/", RedLinePage.as_view(noun=_agreements), name="agreement_red_line"),
    *(
        path(
            f"agreements/<uuid:pk>/write/{writer.screens[0].key}/",
            WritePage.as_view(writer=writer),
            {"screen": writer.screens[0].key},
            name=writer.page.partition(":")[2],
        )
        for writer in WRITERS
    ),
    path("contract-documents/<uuid:pk>/text/", TextFile.as_view(noun=_texts), name="contract_document_text"),
    *_own,
]
