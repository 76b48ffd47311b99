from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.tables import ends, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.filters import QualificationFilters
from cmo_lifecycle.partners.forms import QualificationForm
from cmo_lifecycle.partners.models import Qualification
from cmo_lifecycle.partners.views.readings import orderable


def _orders(row: Any) -> Any:
    return fmt.badge_html(*orderable(row, timezone.localdate()))


class Qualifications(pages.Noun):
    model = Qualification
    columns = (
        Column("scope", "Scope", kind="link", note="get_service_display"),
        Column("site", "Site", value="site.name", url=lambda row: f"/sites/{row.site_id}/"),
        Column("cmo", "CMO", value="site.cmo.legal_name", url=lambda row: f"/cmos/{row.site.cmo_id}/"),
        Column("state", "State", kind="state"),
        Column("orders", "Orders", kind="html", value=_orders),
        Column("next_review_on", "Next review", kind="date", value="review_due_on"),
        Column("approved_on", "Approved on", kind="date", default=False),
    )
    sorts = {"scope": "scope", "site": "site__name", "state": "state", "next_review_on": "next_review_on"}
    sort = "site"
    filters = QualificationFilters
    form = QualificationForm
    list_sentence = "The approved vendor list: which site may receive orders, for what, and until when."
    empty_sentence = "Open a site and add the first scope to qualify."
    find_in = ("scope",)
    about = {
        "title": "About the approved vendor list",
        "purpose": "No order goes to a site that quality has not approved for exactly this scope.",
        "checklist": (
            "The basis names the audits and reports.",
            "The next review has a day; without a decision by then the site is not orderable.",
            "A conditional approval says what has to be done by when.",
        ),
        "done": ("Quality has signed, and the review is not overdue.",),
        "source": "21 CFR 211.84(d)(2); ICH Q7, section 7.1; EU GMP chapter 5.27.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("site__cmo").only(
            "id",
            "scope",
            "service",
            "state",
            "next_review_on",
            "extended_to",
            "approved_on",
            "site__id",
            "site__name",
            "site__cmo__id",
            "site__cmo__legal_name",
        )

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("site__cmo")

    def parent(self, record: Any) -> Any:
        return record.site

    def found_note(self, record: Any) -> str:
        return str(record.site)

    def sentence(self, record: Any, request: HttpRequest) -> str:
        return f"{record.get_service_display()} at {record.site}, {record.site.cmo}."

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        return [
            ("Orders", _orders(record), ""),
            ("Site", record.site, pages.url_of(record.site)),
            ("Scope", record.scope, ""),
            ("Approved on", fmt.time_tag(record.approved_on) if record.approved_on else "", ""),
            ("Next review", ends(record.next_review_on) if record.next_review_on else "", ""),
            *([("Review extended to", ends(record.extended_to), "")] if record.extended_to else []),
        ]

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        basis = words(record.basis) if record.basis.strip() else words("Nothing is entered yet.")
        yield Panel("What the decision rests on", basis, key="basis")
        if record.conditions:
            yield Panel("Conditions", words(record.conditions), key="conditions")
