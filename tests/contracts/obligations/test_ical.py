"""A calendar file that others can read."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from contracts.ical import Day, folded, written


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=400))
def test_lines_are_folded_and_nothing_is_lost(text: str) -> None:
    lines = folded(text).split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert lines[0] + "".join(line[1:] for line in lines[1:]) == text
    assert all(line.startswith(" ") for line in lines[1:])


def test_what_the_format_reads_itself_is_marked() -> None:
    text = written(
        [Day("a@b", date(2027, 12, 31), "Pay; then, rest\nEND:VEVENT", "C:\\x")], datetime(2027, 1, 1, tzinfo=UTC), "X"
    )
    assert "SUMMARY:Pay\\; then\\, rest\\nEND:VEVENT\r\n" in text and "DESCRIPTION:C:\\\\x\r\n" in text
    assert "DTEND;VALUE=DATE:20280101\r\n" in text and text.count("\r\nEND:VEVENT\r\n") == 1
