"""The guided writer as data: one question a screen, in the order in which a strategy is thought through.

The reasons are those of the article that the product follows (T. Applebaum, "Getting the Most from Your CMO
Relationships: A Life Cycle Approach", BioPharm International 19(7), July 2006), and of what tends to go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from strategy.screens import direction, figures, surroundings
from strategy.screens.shapes import Asked, Screen

__all__ = [
    "ASKS",
    "BY_KEY",
    "CHECK",
    "FIRST",
    "SCREENS",
    "SCREEN_OF",
    "SOURCE",
    "Asked",
    "Screen",
    "beside",
    "screen_of",
]

SOURCE = "T. Applebaum, “Getting the Most from Your CMO Relationships: A Life Cycle Approach”, BioPharm International 19(7), 2006"

SCREENS: tuple[Screen, ...] = (*direction.SCREENS, *figures.SCREENS, *surroundings.SCREENS)
BY_KEY: Mapping[str, Screen] = {screen.key: screen for screen in SCREENS}
#: At which screen a finding is mended, by the field or table that it names.
SCREEN_OF: Mapping[str, Screen] = {name: screen for screen in SCREENS for name in screen.asks_for}
ASKS, CHECK = BY_KEY["asks"], BY_KEY["check"]
FIRST = SCREENS[0]


def beside(screen: Screen) -> tuple[Screen | None, Screen | None]:
    """Return the screens before and after one."""
    place = SCREENS.index(screen)
    before = SCREENS[place - 1] if place else None
    after = SCREENS[place + 1] if place + 1 < len(SCREENS) else None
    return before, after


def screen_of(name: str) -> str:
    """Return the key of the screen on which a field or table is written; the last one's for what has no screen."""
    return SCREEN_OF.get(name, CHECK).key
