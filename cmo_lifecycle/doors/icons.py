"""The icon sprite: which icons the pages use, and one small SVG file with just those."""

from __future__ import annotations

import re
from pathlib import Path

#: How an icon is named: `{% icon "pen" %}` in templates; in Python `icon("pen")`, `icon="pen"`, `"icon": "pen"`, or as
#: the third word of a `Place(…)` of the rail.
_IN_TEMPLATES = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']""")
_IN_PYTHON = re.compile(
    r"""(?:\bicon\(|\bicon=|["']icon["']:\s*|\bPlace\("[^"]*",\s*"[^"]*",\s*)["']([a-z0-9-]+)["']"""
)
#: Chosen at run time, so no pattern sees them: the marks of sorting.
CHOSEN_AT_RUN_TIME = {"arrow-up", "arrow-down", "arrow-down-up"}
_SKIPPED = {".venv", "node_modules", "staticfiles", "tests", ".git", ".local"}


def used_icons(base: Path) -> dict[str, set[str]]:
    """Names of the icons used under `base`, each with the files (relative paths) that use it."""
    found: dict[str, set[str]] = {name: {"chosen at run time"} for name in CHOSEN_AT_RUN_TIME}
    for suffix, pattern in ((".html", _IN_TEMPLATES), (".py", _IN_PYTHON)):
        for path in sorted(base.rglob(f"*{suffix}")):
            inside = path.relative_to(base)
            if _SKIPPED.intersection(inside.parts):
                continue
            for name in pattern.findall(path.read_text(encoding="utf-8")):
                found.setdefault(name, set()).add(str(inside))
    return found


def icons_in(sprite: Path) -> set[str]:
    """Names of the icons that a sprite holds."""
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite.read_text(encoding="utf-8")))


def build_sprite(names: set[str], source: Path) -> str:
    """Make the sprite of the named icons from a folder of single SVG files.

    Raises FileNotFoundError for a name that the folder does not have.
    """
    symbols = []
    for name in sorted(names):
        drawn = (source / f"{name}.svg").read_text(encoding="utf-8")
        box = re.search(r'viewBox="([^"]+)"', drawn)
        inner = re.search(r"<svg[^>]*>(.*)</svg>", drawn, re.DOTALL)
        if not box or not inner:
            raise ValueError(f"{name}.svg is not an icon as expected.")
        body = re.sub(r"\s*\n\s*", "", inner[1]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="{box[1]}">{body}</symbol>')
    notice = "<!-- From Bootstrap Icons (MIT, copyright The Bootstrap Authors). Made by: manage.py build_icons -->"
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + notice + "\n" + "\n".join(symbols) + "\n</svg>\n"
