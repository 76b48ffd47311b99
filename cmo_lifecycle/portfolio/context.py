from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cmo_lifecycle.portfolio.models import Demonstration


def demo(request: HttpRequest) -> dict[str, Any]:
    """Give the frame its “Demo data” banner while the demonstration is there."""
    if not settings.DEMO:
        return {}
    return {"demo": SimpleLazyObject(lambda: _banner(request))}


def _banner(request: HttpRequest) -> dict[str, str] | None:
    if not Demonstration.is_here():
        return None
    user = getattr(request, "user", None)
    may = user is not None and user.is_authenticated and user.has_role("administrator")
    return {"remove_url": reverse("demo_remove") if may else "", "tour_url": reverse("tour")}
