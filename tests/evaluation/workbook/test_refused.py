"""A file that is not the workbook, or is a trap, is refused whole with a sentence."""

from __future__ import annotations

import io
import random
import re
import zipfile

import openpyxl
import pytest

from cmo_lifecycle.tabular.errors import TableError
from evaluation.workbook import MOST_BYTES
from tests.evaluation.workbook.form import (
    SHEET_2,
    back,
    filled,
    made,
    repacked,
)


def test_a_foreign_older_or_other_workbook_is_refused_whole() -> None:
    with pytest.raises(TableError, match=r"belongs to the request “RFP-2026-004”, not to “RFP-9”"):
        back(made(), "RFP-9")

    def version(book: openpyxl.Workbook) -> None:
        book["_format"]["B2"] = "99"

    def other(book: openpyxl.Workbook) -> None:
        del book["_format"]

    with pytest.raises(TableError, match="another version of the format"):
        back(filled(version))
    with pytest.raises(TableError, match="not the workbook of the request"):
        back(filled(other))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"code;answer\n", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_workbook_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(TableError):
        back(data)


def test_bombs_and_tricks_are_refused() -> None:
    with pytest.raises(TableError, match="larger than 10 MiB"):
        back(b"PK" + bytes(MOST_BYTES))
    blank = b" " * (70 << 20)
    with pytest.raises(TableError, match="would unpack to"):
        back(repacked(made(), SHEET_2, lambda xml: xml + blank))
    with pytest.raises(TableError, match="packed"):
        back(repacked(made(), SHEET_2, lambda xml: xml + b" " * (30 << 20)))
    with pytest.raises(TableError, match="declares entities"):
        entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        back(repacked(made(), SHEET_2, lambda xml: entity + re.sub(rb"^<\?xml[^>]*\?>", b"", xml)))
    far = b'<row r="9000000"><c r="A9000000" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    with pytest.raises(TableError, match="A9000000 lies far outside"):
        back(repacked(made(), SHEET_2, lambda xml: xml.replace(b"</sheetData>", far)))
    again = b'<row r="99"><c r="E4"><v>1</v></c><c r="E4"><v>2</v></c></row></sheetData>'
    with pytest.raises(TableError, match="stands there twice"):
        back(repacked(made(), SHEET_2, lambda xml: xml.replace(b"</sheetData>", again)))
    string = b'<row r="99"><c r="E99" t="s"><v>999999</v></c></row></sheetData>'
    with pytest.raises(TableError, match="a text that is not there"):
        back(repacked(made(), SHEET_2, lambda xml: xml.replace(b"</sheetData>", string)))


def test_a_file_damaged_anywhere_is_read_or_refused_and_never_breaks_the_reader() -> None:
    chance = random.Random(4)
    whole = made(
        answers={"T-1": "x", "N-1": "5", "C-1": "Isolator", "D-1": "2027-01-01", "G-1": {"rows": [["a", "1", "2"]]}}
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        parts = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]

    def harm(xml: bytes) -> bytes:
        harmed = bytearray(xml)
        for _ in range(chance.choice((1, 2, 6))):
            at, other = chance.randrange(len(harmed)), chance.randrange(len(harmed))
            match chance.randrange(3):
                case 0:
                    harmed[at] = chance.choice(b'0123456789<>"=/ABEZ&;sfvt-. ')
                case 1:
                    del harmed[at : at + chance.randrange(1, 9)]
                case _:
                    harmed[at:at] = harmed[other : other + chance.randrange(1, 40)]
        return bytes(harmed)

    outcomes = {"read": 0, "refused": 0}
    for _ in range(250):
        try:
            back(repacked(whole, chance.choice(parts), harm))
            outcomes["read"] += 1
        except TableError:
            outcomes["refused"] += 1
    assert all(count > 20 for count in outcomes.values())


def test_a_format_with_a_number_that_is_none_is_a_plain_one() -> None:
    strange = repacked(made(), "xl/styles.xml", lambda xml: xml.replace(b'numFmtId="0"', 'numFmtId="²"'.encode()))
    assert strange != made()
    assert back(strange) == back(made())
