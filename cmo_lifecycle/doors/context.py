"""What the frame around every page needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

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
    ("", (Place("My desk", "home", "house"),)),
    (
        "Partners",
        (
            Place("Relationships", "partners:relationship_list", "diagram-3"),
            Place("CMOs", "partners:cmo_list", "building"),
            Place("Sites", "partners:site_list", "geo-alt"),
            Place("Programmes", "partners:programme_list", "collection"),
            Place("Approved vendors", "partners:qualification_list", "award"),
        ),
    ),
    (
        "Operations",
        (
            Place("Reviews", "operations:review_list", "speedometer2"),
            Place("Deliveries", "operations:delivery_list", "truck"),
            Place("KPI explorer", "operations:kpi_explorer", "graph-up"),
            Place("KPI dictionary", "operations:kpi_definition_list", "book"),
            Place("Scoring policies", "operations:scoring_policy_list", "ui-checks"),
            Place("Imports", "operations:import_list", "upload"),
        ),
    ),
    (
        "Administration",
        (
            Place("People", "accounts:person_list", "people", ("administrator", "auditor")),
            Place("Audit trail", "audit_trail", "clock-history", ("administrator", "auditor")),
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
    groups = []
    for label, places in RAIL:
        items = []
        for place in places:
            url = url_if_there(place.page)
            if not url or (place.roles and not user.has_role(*place.roles)):
                continue
            item = {
                "label": place.label,
                "url": url,
                "icon": place.icon,
                "current": path == url or (url != "/" and path.startswith(url)),
            }
            if place.page == "home":
                item["count"] = waiting()
            items.append(item)
        if items:
            groups.append({"label": label, "items": items})
    return groups


def desk_count(request: HttpRequest) -> int:
    """Return how many things wait for this person, counted once per request."""
    if not hasattr(request, "_desk_count"):
        request._desk_count = desk.waiting_for(request.user).count()  # type: ignore[attr-defined,arg-type]
    return request._desk_count  # type: ignore[attr-defined,no-any-return]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give the frame its rail, account line, demo banner, idle clock and request id. Nothing is asked before it is drawn."""
    found: dict[str, Any] = {
        "request_id": getattr(request, "request_id", ""),
        "demo": demo(request) if settings.DEMO else None,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return found
    found["nav"] = SimpleLazyObject(lambda: rail(request.path, user, lambda: desk_count(request)))
    found["user_roles"] = SimpleLazyObject(lambda: ", ".join(user.role_labels))
    stay = url_if_there("accounts:stay")
    if stay:
        found["idle_seconds"] = settings.SESSION_IDLE_MINUTES * 60
        found["stay_url"] = stay
    return found


def demo(request: HttpRequest) -> dict[str, str]:
    """Return what the demo banner shows; the way to remove the demo only to who may."""
    user = getattr(request, "user", None)
    may = user is not None and user.is_authenticated and user.has_role("administrator")
    return {
        "remove_url": url_if_there("demo_remove") if may else "",
        "tour_url": url_if_there("tour"),
    }
