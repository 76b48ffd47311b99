"""Days as an iCalendar file (RFC 5545), for calendars elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: Octets of a line, its end left out.
LONGEST_LINE = 75


@dataclass(frozen=True, slots=True)
class Day:
    """An entry that lasts a day. `uid` is the same whenever the file is made, so that an entry moves and is not doubled."""

    uid: str
    on: date
    title: str
    words: str = ""
    url: str = ""


def written(days: Iterable[Day], now: datetime, name: str) -> str:
    """Return the file, lines ended and folded as the standard asks."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CMO Lifecycle//Obligations//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    for one in days:
        lines += [
            "BEGIN:VEVENT", f"UID:{escaped(one.uid)}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}", f"SUMMARY:{escaped(one.title)}",
        ]  # fmt: skip
        if one.words:
            lines.append(f"DESCRIPTION:{escaped(one.words)}")
        if one.url:
            lines.append(f"URL:{one.url}")
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """Return a text with what the format reads itself marked."""
    found = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(found.splitlines())


def folded(line: str) -> str:
    """Return a line with a break after each 75 octets, never within a character."""
    parts, part, room = [], "", LONGEST_LINE
    for character in line:
        size = len(character.encode())
        if room < size:
            parts.append(part)
            part, room = "", LONGEST_LINE - 1
        part += character
        room -= size
    return "\r\n ".join([*parts, part])


__all__ = ["Day", "escaped", "folded", "written"]
