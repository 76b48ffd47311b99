"""What reading a file came to, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NAMES_KEPT = 2000
CHANGES_KEPT = 500


@dataclass
class Findings:
    """The outcome of a dry run or a commit. Every row that was read is new, changed, the same or bad.

    `create` lists by noun (cmos, sites, programmes, relationships) what has to be made for the good rows: dicts of
    `name`, `lines`, `near` (names like it that exist) and, where it applies, `cmo`, `programme`, `since`.
    `unmatched` lists in the same way the names that nothing here is called, where nothing may be made.
    `changed` lists dicts of `id` and `fields`. `totals` sums line values of the good rows by currency. `extra` counts
    further things by name (inspections).
    """

    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_same: int = 0
    rows_bad: int = 0
    problems: int = 0
    create: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unmatched: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    changed: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    facts: str = ""
    unused: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows_read": self.rows_read,
            "rows_new": self.rows_new,
            "rows_changed": self.rows_changed,
            "rows_same": self.rows_same,
            "rows_bad": self.rows_bad,
        }

    @property
    def good(self) -> int:
        return self.rows_new + self.rows_changed + self.rows_same

    def report(self) -> dict[str, Any]:
        """The JSON that is kept with the import. Long lists are cut; their counts are not."""
        return {
            "facts": self.facts,
            "unused_columns": self.unused,
            "problems": self.problems,
            "create": {noun: found[:NAMES_KEPT] for noun, found in self.create.items()},
            "create_counts": {noun: len(found) for noun, found in self.create.items()},
            "unmatched": {noun: found[:NAMES_KEPT] for noun, found in self.unmatched.items()},
            "unmatched_counts": {noun: len(found) for noun, found in self.unmatched.items()},
            "changed": self.changed[:CHANGES_KEPT],
            "totals": {currency: format(total, "f") for currency, total in self.totals.items()},
            "extra": self.extra,
        }


NOUNS = {
    "cmos": ("CMO", "CMOs"),
    "sites": ("site", "sites"),
    "programmes": ("programme", "programmes"),
    "relationships": ("relationship", "relationships"),
    "inspections": ("inspection", "inspections"),
}


def count_of(noun: str, number: int) -> str:
    """Return a number with its noun: '38 CMOs', '1 site'."""
    one, many = NOUNS[noun]
    return f"{number:,} {one if number == 1 else many}"


@dataclass(frozen=True)
class Outcome:
    """What the door is told at the end of a dry run or a commit; the history keeps its one sentence.

    `engine` writes the good rows; a dry run has none.
    """

    findings: Findings
    engine: Any = None

    def __str__(self) -> str:
        return sentence(self.findings.counts, done=self.engine is not None)


def sentence(counts: dict[str, int | None], *, done: bool) -> str:
    """Say in one line what became, or would become, of the rows."""
    verb = "" if done else "would be "
    parts = [
        f"{counts['rows_read'] or 0:,} rows read",
        f"{counts['rows_new'] or 0:,} {verb}new",
        f"{counts['rows_changed'] or 0:,} {verb}changed",
        f"{counts['rows_same'] or 0:,} unchanged",
        f"{counts['rows_bad'] or 0:,} bad",
    ]
    return ", ".join(parts) + "."
