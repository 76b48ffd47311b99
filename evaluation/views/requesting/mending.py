"""Where what keeps an RFP from its issue is mended."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def mend_issue(rfp: Any, sentence: str) -> str:
    """Return where a sentence that keeps an RFP from being issued is mended."""
    if sentence.startswith("Name the panel"):
        return reverse("evaluation:rfp_panel", args=[rfp.pk])
    if sentence.startswith("The deadline"):
        return ""
    return reverse("evaluation:rfp_invitations", args=[rfp.pk])
