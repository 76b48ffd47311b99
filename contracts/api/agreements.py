from __future__ import annotations

from typing import Any

from django.urls import URLPattern

VIEWS: tuple[Any, ...] = ()
urlpatterns: list[URLPattern] = []
