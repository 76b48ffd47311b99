"""The pages over the opened proposals of one RFP, each a step from the next."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

#: (key, label, URL name) in the order in which they are worked through.
PLACES = (
    ("matrix", "Matrix", "evaluation:matrix"),
    ("moderation", "Moderation", "evaluation:moderation"),
    ("diligence", "Due diligence", "evaluation:diligence_board"),
    ("transfers", "Technology transfer", "evaluation:transfers"),
    ("costs", "Total cost", "evaluation:costs"),
    ("sensitivity", "Sensitivity", "evaluation:sensitivity"),
)


def places(rfp: Any, here: str) -> list[dict[str, Any]]:
    """Return the tabs over the pages of `PLACES` as components/tabs.html takes them; `here` is the key of this one."""
    return [
        {"label": label, "url": reverse(name, args=[rfp.pk]), "current": key == here} for key, label, name in PLACES
    ]


__all__ = ["PLACES", "places"]
