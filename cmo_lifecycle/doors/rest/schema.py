"""The OpenAPI description, drawn from the declarations."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """What drf-spectacular reads off our views."""
