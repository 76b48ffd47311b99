"""Rows parsed column by column come to exactly what they come to one by one."""

import random
from datetime import date
from decimal import Decimal

import pytest

from cmo_lifecycle.tabular import bulk
from cmo_lifecycle.tabular.bulk import NULL, Bulk, copy_text
from cmo_lifecycle.tabular.celltext import NumberText
from cmo_lifecycle.tabular.errors import ProfileError
from cmo_lifecycle.tabular.profiles import Profile, apply
from cmo_lifecycle.tabular.reader import Row

SHAPE = Profile.from_dict(
    {
        "name": "p",
        "date_format": "%d-%b-%y",
        "thousands": ",",
        "notes": ["Remark"],
        "blank": ["N/A"],
        "fields": {
            "id": {"column": "ID", "kind": "identifier", "required": True},
            "due": {"column": "Due", "kind": "date", "required": True},
            "ordered": {"column": "Ordered", "kind": "date_or_note", "format": "%m/%d/%y"},
            "qty": {"column": "Qty", "kind": "decimal", "minimum": 0, "places": 2},
            "weight": {"column": "Weight", "kind": "number_or_note", "thousands": ""},
            "currency": {"constant": "USD", "kind": "currency"},
            "country": {"column": "Country", "kind": "country"},
            "mode": {"column": "Mode", "default": "Air", "max_length": 12, "translate": {"boat": "Sea\tway"}},
        },
    }
)
COLUMNS = ["ID", "Due", "Ordered", "Qty", "Weight", "Country", "Mode", "Remark"]
SAMPLES = {
    "ID": ["1", "007", "1.23E+11", None, "  ", NumberText("12345678901234567"), "A\\B", "#REF!", "é", "É "],
    "Due": ["2-Jun-06", "2006-06-02", None, "N/A", "31-Feb-06", "40178", " 2-Jun-06 "],
    "Ordered": ["06/02/06", "Date Not Captured", None, "13/13/06", "N/A"],
    "Qty": ["1,234.5", "1.234", NumberText("1.23"), "1.23", "-1", "1E+3", None, "nan", "12", "0"],
    "Weight": ["12", "See DN-304", "1.5", NumberText("1.5"), None, "#N/A"],
    "Country": ["Ireland", "IE", "Nowhere", None],
    "Mode": ["Air", "boat", None, "a text too long for it", "CÃ´te", "tab\there", "'=1+1", "a\u202eb"],
    "Remark": [None, "hello", "back\\slash", "line\nbreak", "a\u202eb"],
}


def rows_of(count: int, seed: int) -> list[Row]:
    chance = random.Random(seed)
    made = []
    for number in range(2, count + 2):
        cells = [chance.choice(SAMPLES[name]) for name in COLUMNS]
        made.append(Row(number, cells, "The row is cut off." if chance.random() < 0.03 else None))
    return made


def unescaped(text: str):
    """What COPY's text format says, read by its rules."""
    if text == NULL:
        return None
    out, at = "", 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
            out += {"t": "\t", "n": "\n", "r": "\r"}.get(text[at], text[at])
        else:
            assert text[at] not in "\t\n\r"
            out += text[at]
        at += 1
    return out


def compare(rows: list[Row], size: int) -> None:
    compiled = Bulk(SHAPE, COLUMNS, dict.fromkeys(SHAPE.fields, NULL))
    singles = apply(SHAPE, COLUMNS, rows)
    for start in range(0, len(rows), size):
        batch = compiled.parse(rows[start : start + size])
        for place, single in zip(range(len(batch.numbers)), singles, strict=False):
            assert batch.numbers[place] == single.number
            found = {name: unescaped(cells[place]) for name, cells in batch.cells.items()}
            assert found == {name: None if v is None else str(v) for name, v in single.values.items()}, single
            assert batch.errors.get(place, []) == single.errors
            assert batch.notes.get(place, {}) == single.notes
            assert batch.originals.get(place, {}) == single.originals
    assert next(singles, None) is None


@pytest.mark.parametrize("seed", range(5))
def test_bulk_finds_what_single_rows_find(seed):
    # 400 is a batch that repeats itself; 37 divides nothing.
    compare(rows_of(800, seed), 400 if seed % 2 else 37)


def test_columns_whose_texts_never_repeat_are_not_remembered(monkeypatch):
    rows = [Row(n, [str(n), "2-Jun-06", None, f"{n}.5", None, None, None, None]) for n in range(2, 4002)]
    compiled = Bulk(SHAPE, COLUMNS, dict.fromkeys(SHAPE.fields, ""))
    batch = compiled.parse(rows)
    assert batch.cells["id"][-1] == "4001" and batch.cells["qty"][0] == "2.5" and batch.cells["mode"][7] == "Air"
    kept = {column.name: len(column.seen) for column in compiled._columns}
    assert kept["id"] == 0 and kept["qty"] == 0 and kept["due"] == 1
    compare(rows, 1000)
    # Memory is bounded for columns that repeat now and then.
    monkeypatch.setattr(bulk, "_CACHE_SIZE", 3)
    compare(rows_of(400, 9), 50)


def test_an_empty_batch_and_a_missing_column():
    compiled = Bulk(SHAPE, COLUMNS, dict.fromkeys(SHAPE.fields, NULL))
    batch = compiled.parse([])
    assert batch.numbers == [] and batch.errors == {}
    with pytest.raises(ProfileError, match="lacks the column “Due”"):
        Bulk(SHAPE, [name for name in COLUMNS if name != "Due"], dict.fromkeys(SHAPE.fields, NULL))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, NULL),
        ("", ""),
        ("a\\N", "a\\\\N"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        (date(2006, 6, 2), "2006-06-02"),
        (Decimal("1234.50"), "1234.50"),
        ("Zürich", "Zürich"),
    ],
)
def test_values_as_copy_takes_them(value, text):
    assert copy_text(value) == text
