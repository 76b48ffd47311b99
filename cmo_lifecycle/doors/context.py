"""What the frame around every page needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

from cmo_lifecycle.accounts.middleware import idle_seconds
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import desk


@dataclass(frozen=True)
class Place:
    """One entry of the rail: its label, the name of its page, its icon, and which roles it is for (all where empty)."""

    label: str
    page: str
    icon: str
    roles: tuple[str, ...] = ()


#: The rail, the same on every page. A page that is not installed is left out.
RAIL: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place("My desk", "home", icon="house"),)),
    (
        "Partners",
        (
            Place("Relationships", "partners:relationship_list", icon="diagram-3"),
            Place("CMOs", "partners:cmo_list", icon="building"),
            Place("Sites", "partners:site_list", icon="geo-alt"),
            Place("Programmes", "partners:programme_list", icon="collection"),
            Place("Approved vendors", "partners:qualification_list", icon="award"),
        ),
    ),
    (
        "Strategy",
        (
            Place("Strategies", "strategy:strategy_list", icon="signpost-split"),
            Place("What is asked for", "strategy:consequence_list", icon="check2-circle"),
            Place("Attribute catalogue", "strategy:partnership_attribute_list", icon="award"),
        ),
    ),
    (
        "Evaluation",
        (
            Place("Candidates", "evaluation:candidate_list", icon="binoculars"),
            Place("CDAs", "evaluation:cda_list", icon="file-earmark-lock"),
            Place("RFPs", "evaluation:rfp_list", icon="envelope-paper"),
            Place("My scoring", "evaluation:score_sheet_list", icon="card-checklist"),
            Place("Awards", "evaluation:award_list", icon="trophy"),
            Place("Question library", "evaluation:library_question_list", icon="patch-question"),
        ),
    ),
    (
        "Contracts",
        (
            Place("Agreements", "contracts:agreement_list", icon="file-earmark-text"),
            Place("Coverage", "contracts:coverage", icon="grid-3x3"),
            Place("Negotiation", "contracts:negotiation_point_list", icon="chat-square-text"),
            Place("Obligations", "contracts:obligation_list", icon="calendar-check"),
            Place("Calendar", "contracts:calendar", icon="calendar3"),
            Place("Clause library", "contracts:clause_library", icon="journal-text"),
            Place("Delegation of authority", "contracts:delegation_list", icon="person-check"),
            Place("Holiday calendars", "contracts:holiday_calendar_list", icon="calendar-x"),
        ),
    ),
    (
        "Operations",
        (
            Place("Overview", "operations:home", icon="inbox"),
            Place("Working together", "operations:framework_list", icon="journal-check"),
            Place("Transfers", "operations:transfer_list", icon="arrow-left-right"),
            Place("Reviews", "operations:review_list", icon="speedometer2"),
            Place("Deliveries", "operations:delivery_list", icon="truck"),
            Place("KPI explorer", "operations:kpi_explorer", icon="graph-up"),
            Place("KPI dictionary", "operations:kpi_definition_list", icon="book"),
            Place("Scoring policies", "operations:scoring_policy_list", icon="ui-checks"),
            Place("Imports", "operations:import_list", icon="upload"),
        ),
    ),
    (
        "Administration",
        (
            Place("People", "accounts:person_list", icon="people", roles=("administrator", "auditor")),
            Place("Audit trail", "audit_trail", icon="clock-history", roles=("administrator", "auditor")),
        ),
    ),
)


@cache
def _url(name: str, urlconf: str | None) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def url_if_there(name: str) -> str:
    """Return the address of a page without arguments; empty where it is not installed."""
    return _url(name, get_urlconf())


def rail(path: str, user: User, waiting: Callable[[], int]) -> list[dict[str, Any]]:
    """Return the rail as groups of items; the item whose pages `path` is among is marked current."""
    groups: list[dict[str, Any]] = []
    current = ""
    for label, places in RAIL:
        items = []
        for place in places:
            url = url_if_there(place.page)
            if not url or (place.roles and not user.has_role(*place.roles)):
                continue
            if user.is_external and place.page != "home":
                continue  # the desk is the only page of the rail that somebody from a CMO may open
            item = {
                "label": place.label,
                "url": url,
                "icon": place.icon,
            }
            if path.startswith(url) and len(url) > len(current):
                current = url
            if place.page == "home":
                item["count"] = waiting()
            items.append(item)
        if items:
            groups.append({"label": label, "items": items})
    for group in groups:
        for item in group["items"]:
            # The closest one: an overview lies above the pages that it leads to.
            item["current"] = item["url"] == current and (current != "/" or path == "/")
    return groups


def desk_count(request: HttpRequest) -> int:
    """Return how many things wait for this person, counted once per request."""
    if not hasattr(request, "_desk_count"):
        request._desk_count = desk.waiting_for(request.user).count()  # type: ignore[attr-defined,arg-type]
    return request._desk_count  # type: ignore[attr-defined,no-any-return]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give the frame its rail, account line, idle clock and request id. Nothing is asked before it is drawn."""
    found: dict[str, Any] = {
        "request_id": getattr(request, "request_id", ""),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return found
    found["nav"] = SimpleLazyObject(lambda: rail(request.path, user, lambda: desk_count(request)))
    found["user_roles"] = SimpleLazyObject(lambda: ", ".join(user.role_labels))
    found["idle_seconds"] = idle_seconds()
    found["stay_url"] = url_if_there("accounts:stay")
    return found
