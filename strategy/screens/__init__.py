"""The guided writer as data: one question a screen, in the order in which a strategy is thought through.

The reasons are those of the article that the product follows (T. Applebaum, "Getting the Most from Your CMO
Relationships: A Life Cycle Approach", BioPharm International 19(7), July 2006), and of what tends to go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from cmo_lifecycle.doors.writing.shapes import Asked, Screen
from strategy.screens import direction, figures, surroundings

__all__ = [
    "ASKS",
    "BY_KEY",
    "CHECK",
    "SCREENS",
    "SCREEN_OF",
    "SOURCE",
    "Asked",
    "Screen",
    "screen_of",
]

SOURCE = "T. Applebaum, “Getting the Most from Your CMO Relationships: A Life Cycle Approach”, BioPharm International 19(7), 2006"

SCREENS: tuple[Screen, ...] = (*direction.SCREENS, *figures.SCREENS, *surroundings.SCREENS)
BY_KEY: Mapping[str, Screen] = {screen.key: screen for screen in SCREENS}
#: At which screen a finding is mended, by the field or table that it names.
SCREEN_OF: Mapping[str, Screen] = {name: screen for screen in SCREENS for name in screen.asks_for}
ASKS, CHECK = BY_KEY["asks"], BY_KEY["check"]


def screen_of(name: str) -> str:
    """Return the key of the screen on which a field or table is written; the last one's for what has no screen."""
    return SCREEN_OF.get(name, CHECK).key
