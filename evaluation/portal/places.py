"""What the portal has besides invitations: floors above say what, whoever has signed in sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PortalPlace:
    """A list beside the invitations: its name, its address, and how much of it waits for this person."""

    label: str
    url: str
    waiting: int = 0


_functions: list[Callable[[Any], PortalPlace]] = []


def portal_place(function: Callable[[Any], PortalPlace]) -> Callable[[Any], PortalPlace]:
    """Declare a function that gives a place of the portal for somebody from a CMO who has signed in."""
    _functions.append(function)
    return function


def places_of(user: Any) -> list[PortalPlace]:
    """Return the places beside the invitations; none for the holder of a link, who sees that invitation alone."""
    return [function(user) for function in _functions] if user is not None else []


__all__ = ["PortalPlace", "places_of", "portal_place"]
