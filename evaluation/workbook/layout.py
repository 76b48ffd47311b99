"""Where what stands in the workbook: what its writer and its reader agree on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from cmo_lifecycle.tabular.limits import Limits
from evaluation.library.questions import MOST_ROWS, Question

FORMAT_NAME = "Proposal workbook"
VERSION = "1"
MOST_BYTES = 10 << 20
LIMITS = Limits(
    max_bytes=MOST_BYTES, max_rows=5_000, max_columns=60, max_unpacked=60 << 20, max_strings=24 << 20,
    max_part=4 << 20, max_ratio=150, ratio_from=8 << 20, max_parts=800,
)  # fmt: skip

README = "Read me"
SHEETS: Mapping[str, str] = {"technical": "Answers technical", "commercial": "Answers commercial"}
PRICES = "Prices"
FORMAT = "_format"
LISTS = "_lists"

HEAD_ROW = 3
FIRST_ROW = 4
#: Headings and widths of an answer sheet; the answer stands in column E.
ANSWER_COLUMNS = (
    ("Code", 12), ("Question", 60), ("Answer with", 22), ("Needed", 10), ("Your answer", 60), ("Given for", 12), ("Help", 50),
)  # fmt: skip
ANSWER = 5
#: Headings and widths of the price sheet; a name is the field that the bidder fills in.
PRICE_COLUMNS = (
    ("", "Code", 12), ("", "What is priced", 46), ("", "Kind", 24), ("", "Price of one", 16), ("", "Paid", 12),
    ("", "Needed", 10), ("", "Quantity asked", 18), ("amount", "Amount", 16), ("currency", "Currency", 11),
    ("quantity", "Your quantity", 14), ("percent", "Percent", 11), ("included", "Included in another price", 14),
    ("assumption", "Assumption", 46), ("", "Help", 46),
)  # fmt: skip
PRICE_FIELDS: Mapping[str, int] = {name: place for place, (name, _, _) in enumerate(PRICE_COLUMNS, 1) if name}
YES, NO = "Yes", "No"
TABLE_LAST_ROW = FIRST_ROW + MOST_ROWS - 1
MOST_ASSUMPTION = 1_000


class AskedLine(Protocol):
    """A line of the price sheet, as a template or an RFP holds it; `quantity` is None or empty where not stated."""

    @property
    def code(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def recurring(self) -> bool: ...
    @property
    def mandatory(self) -> bool: ...
    @property
    def quantity(self) -> str | Decimal | None: ...
    @property
    def quantity_per(self) -> str: ...
    @property
    def help(self) -> str: ...


def table_titles(questions: Iterable[Question]) -> dict[str, str]:
    """Return, for each question that is answered by a table, the title of the sheet its table has."""
    titles: dict[str, str] = {}
    taken: set[str] = set()
    for place, question in enumerate(questions, 1):
        if question.kind == "table":
            title = f"Table {question.code}"
            if title.casefold() in taken:
                title = f"Table {question.code} ({place})"[:31]
            taken.add(title.casefold())
            titles[question.code] = title
    return titles


def fingerprint(questions: Sequence[Question], lines: Sequence[AskedLine]) -> str:
    """Return what tells a workbook made for these questions and lines from one made before an addendum."""
    asked = [
        [q.code, q.text, q.kind, q.unit, q.envelope, q.choices, [[c.name, c.kind] for c in q.columns]]
        for q in questions
    ]
    priced = [[one.code, one.label, one.unit, one.recurring] for one in lines]
    return hashlib.sha256(json.dumps([asked, priced], ensure_ascii=True).encode()).hexdigest()
