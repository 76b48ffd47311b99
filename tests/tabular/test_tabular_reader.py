"""Every table arrives whole and unchanged, whoever wrote it; everything else is refused with a sentence."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmo_lifecycle.tabular.celltext import NumberText
from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits
from cmo_lifecycle.tabular.reader import open_table


def read(data: bytes | io.BytesIO, **options):
    with open_table(io.BytesIO(data) if isinstance(data, bytes) else data, "file", **options) as table:
        return table.columns, list(table.rows()), table.facts


def refusal(data: bytes | io.BytesIO, **options) -> str:
    with pytest.raises(TableError) as caught:
        read(data, **options)
    message = str(caught.value)
    assert message.endswith(".") and message[0].isupper(), message
    return message


def cells(data, **options):
    return [row.cells for row in read(data, **options)[1]]


# Text


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")],
)
def test_encodings_and_line_ends(encoding, shown, end):
    text = end.join(["Vendor,Ort", "Müller,“Köln”", '"a, b",x'])
    columns, rows, facts = read(text.encode(encoding))
    assert columns == ["Vendor", "Ort"]
    assert [(r.number, r.cells) for r in rows] == [(2, ["Müller", "“Köln”"]), (3, ["a, b", "x"])]
    assert facts.encoding == shown
    assert facts.line_ends == {"\r": "CR", "\n": "LF", "\r\n": "CRLF"}[end]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding):
    assert read("a,b\n1,ü\n".encode(encoding))[1][0].cells == ["1", "ü"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["name, first", "value", "b;c"], ["x|y", "1,5", "a,b,c"], ["", "2,5", "t\tt"]])
    columns, rows, facts = read(out.getvalue().encode())
    assert facts.delimiter == delimiter
    assert columns == ["name, first", "value", "b;c"]
    assert rows[0].cells == ["x|y", "1,5", "a,b,c"]
    assert rows[1].cells == [None, "2,5", "t\tt"]


def test_decimal_commas_do_not_pass_for_delimiters():
    assert cells(b"a;b\n1,5;2,5\n3,5;4,5\n") == [["1,5", "2,5"], ["3,5", "4,5"]]


def test_a_single_column_and_a_declared_delimiter():
    assert read(b"only\nx\n")[:2] == (["only"], [(2, ["x"], None)])
    assert cells(b"a:b\n1:2\n", delimiter=":") == [["1", "2"]]
    assert "one character" in refusal(b"a:b\n", delimiter="::")


def test_the_sep_line_is_obeyed_and_not_counted():
    columns, rows, facts = read(b"sep=;\r\na;b\r\n1;2\r\n")
    assert (columns, facts.delimiter) == (["a", "b"], ";")
    assert rows == [(2, ["1", "2"], None)]


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    data = b'a,b\n"two\nlines",1\n\n,\n4,5\n'
    assert [(r.number, r.cells) for r in read(data)[1]] == [(2, ["two\nlines", "1"]), (5, ["4", "5"])]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_line_ends_inside_quotes_survive(end):
    assert cells(f'a,b{end}"x{end}y",1{end}'.encode()) == [[f"x{end}y", "1"]]


def test_ragged_rows_are_reported_one_by_one():
    _, rows, _ = read(b"a,b,c\n1,2\n1,2,3,4\n1,2,3,\n1,2,3\n")
    assert [r.number for r in rows if r.problem] == [2, 3]
    assert "only 2 of 3" in rows[0].problem
    assert "4 cells" in rows[1].problem
    assert rows[2].cells == ["1", "2", "3"]
    assert all(len(r.cells) == 3 for r in rows)


def test_a_stray_quotation_mark_spoils_its_row_only():
    _, rows, _ = read(b'a,b\n1,2\n"x" y,3\n4,5\n')
    assert [(r.number, bool(r.problem)) for r in rows] == [(2, False), (3, True), (4, False)]
    assert "quotation mark" in rows[1].problem
    assert cells(b'a,b\n5" pipe,1\n') == [['5" pipe', "1"]]


def test_a_quotation_mark_never_closed_is_named():
    assert "Row 3 opens a quotation mark" in refusal(b'a,b\n1,2\n"3,4\n5,6\n')
    assert "Row 2" in refusal(b'a,b\n"' + b"x,y\n" * 50_000)


def test_header_rules():
    assert "empty" in refusal(b"\n1,2\n")
    assert "Column B has no name" in refusal(b"a,,c\n1,2,3\n")
    assert "“a”" in refusal(b"a,b,a\n1,2,3\n")
    assert read(b"a,b,,\n1,2,,\n")[0] == ["a", "b"]
    assert read(b"a,b,,\n1,2,3,\n")[1][0].problem
    assert read(b"Report of May\n\na,b\n1,2\n", header_row=3)[:2] == (["a", "b"], [(4, ["1", "2"], None)])
    assert "no row 9" in refusal(b"a,b\n", header_row=9)
    assert "columns" in refusal(",".join(f"c{i}" for i in range(600)).encode())


def test_limits_of_text():
    assert "NUL" in refusal(b"a,b\n1,\x002\n")
    assert "empty" in refusal(b"")
    assert "rows" in refusal(b"a\n1\n2\n3\n", limits=Limits(max_rows=2))
    assert "larger" in refusal(b"a\n" * (1 << 20), limits=Limits(max_bytes=1 << 20))
    assert "longer" in refusal(b"a,b\n" + b"x" * 5000, limits=Limits(max_line=1000))
    assert read(b"a,b\n" + b"x" * 40_000 + b",1\n")[1][0].problem


def test_text_in_no_known_encoding_is_refused():
    assert "encoding" in refusal(b"a,b\n\x81\x8d\x8f,\xff\n")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 300 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<!DOCTYPE html><html><table>", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (b'[{"a": 1}]', "JSON"),
        (b'{"a": 1}', "JSON"),
        (b"PK\x03\x04broken", "incomplete"),
        (b"MZ\x90\0\3\0", "program"),
    ],
)
def test_other_files_are_refused_by_content(data, word):
    assert word in refusal(data)


def test_a_header_may_begin_with_a_signature():
    assert read(b"MZ,b\n1,2\n")[0] == ["MZ", "b"]
    assert "ZIP" not in read(b"Pk,b\n1,2\n")[0]


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["a.csv"], "ZIP archive"),
        (["[Content_Types].xml", "xl/workbook.bin"], ".xlsb"),
        (["mimetype", "content.xml"], ".ods"),
        (["[Content_Types].xml", "word/document.xml"], "Word|damaged"),
    ],
)
def test_other_archives_are_refused(names, word):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    message = refusal(buffer)
    assert any(w in message for w in word.split("|"))


def test_paths_streams_and_unseekable_sources(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with open_table(path) as table:
        assert (table.name, table.count_rows()) == ("x.csv", 1)
        assert [r.cells for r in table.rows()] == [["1", "2"]]
        assert [r.cells for r in table.rows()] == [["1", "2"]]

    class Pipe(io.RawIOBase):
        def __init__(self, data):
            self.inner = io.BytesIO(data)

        def readable(self):
            return True

        def read(self, size=-1):
            return self.inner.read(size)

    assert cells(Pipe(b"a,b\n1,2\n")) == [["1", "2"]]
    with pytest.raises(TypeError):
        open_table(io.StringIO("a,b\n"))


def test_a_second_reading_ends_the_first():
    table = open_table(io.BytesIO(b"a\n1\n2\n3\n"), "x")
    first = table.rows()
    next(first)
    assert len(list(table.rows())) == 3
    with pytest.raises(RuntimeError):
        next(first)


def test_text_streams_in_bounded_memory(tmp_path: Path):
    path = tmp_path / "big.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        out.write("a,b,c,d\r")
        for i in range(100_000):
            out.write(f'{i},some vendor {i},"text, quoted",1234.5\r')
    tracemalloc.start()
    with open_table(path) as table:
        count = sum(1 for _ in table.rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_000
    assert path.stat().st_size > 4_000_000
    assert peak < 3_000_000


# Workbooks


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer


def test_typed_cells():
    book = openpyxl.Workbook()
    page = book.active
    page.append(["text", "number", "date", "moment", "time", "flag"])
    page.append(["00123", 0.1 + 0.2, date(2009, 3, 1), datetime(2009, 3, 1, 12, 30), time(1, 2, 3), True])
    page.append([None, 1e-7, date(1900, 2, 28), datetime(1900, 3, 1), time(23, 59, 59), False])
    page.append(["", 123456789012345, date(2024, 2, 29), None, None, None])
    columns, rows, facts = read(saved(book))
    assert columns == ["text", "number", "date", "moment", "time", "flag"]
    assert rows[0].cells == ["00123", "0.3", "2009-03-01", "2009-03-01T12:30:00", "01:02:03", "TRUE"]
    assert rows[1].cells == [None, "0.0000001", "1900-02-28", "1900-03-01", "23:59:59", "FALSE"]
    assert rows[2].cells == [None, "123456789012345", "2024-02-29", None, None, None]
    assert isinstance(rows[0].cells[1], NumberText)
    assert not isinstance(rows[0].cells[0], NumberText)
    assert facts.kind == "XLSX"


def test_a_rich_workbook_reads_as_openpyxl_reads_it():
    book = openpyxl.Workbook()
    page = book.active
    page.append([f"c{i}" for i in range(20)])
    for i in range(200):
        page.append([None if (i + j) % 7 == 0 else i * 1.25 - j if j % 2 else f"t{i} ü <&> {j}" for j in range(20)])
    buffer = saved(book)
    expected = []
    for row in openpyxl.load_workbook(buffer, read_only=True).active.iter_rows(min_row=2, values_only=True):
        expected.append([v if v is None or isinstance(v, str) else format(v, ".15g") for v in row])
    assert cells(buffer) == expected


def test_shared_rich_phonetic_and_escaped_strings(make_package):
    strings = (
        "<si><t>a</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='1'><t>トウキョウ</t></rPh></si><si><t>x_x000D_y _x005F_x0041_</t></si>"
    )
    rows = "<row r='1'><c r='A1' t='s'><v>0</v></c></row>" + "".join(
        f"<row r='{i + 1}'><c r='A{i + 1}' t='s'><v>{i}</v></c></row>" for i in (1, 2, 3)
    )
    assert cells(make_package(rows, strings=strings)) == [["rich"], ["東京"], ["x\ry _x0041_"]]
    broken = "<row r='1'><c r='A1' t='s'><v>0</v></c></row><row r='2'><c r='A2' t='s'><v>{}</v></c></row>"
    for index in ("9", "-1", "x"):
        assert "damaged" in refusal(make_package(broken.format(index), strings=strings))


def test_sparse_rows_prefixes_and_cells_without_addresses(make_package):
    rows = (
        "<x:row r='1'><x:c r='A1' t='str'><x:v>a</x:v></x:c><x:c t='inlineStr'><x:is><x:t>b</x:t></x:is></x:c></x:row>"
        "<x:row r='7'><x:c r='B7'><x:v>5</x:v></x:c></x:row>"
    )
    columns, found, _ = read(make_package(rows, prefix="x:"))
    assert columns == ["a", "b"]
    assert found == [(7, [None, "5"], None)]


HEADER = "<row r='1'><c r='A1' t='str'><v>a</v></c><c r='B1' t='str'><v>b</v></c></row>"


def test_formulas_give_their_value_and_are_reported_without_one(make_package):
    rows = (
        HEADER + "<row r='2'><c r='A2'><f>1+1</f><v>2</v></c><c r='B2' t='e'><f>1/0</f><v>#DIV/0!</v></c></row>"
        "<row r='3'><c r='A3'><f>1+1</f></c><c r='B3'><v>1</v></c></row>"
    )
    _, found, _ = read(make_package(rows))
    assert found[0] == (2, ["2", "#DIV/0!"], None)
    assert "Cell A3" in found[1].problem


def test_the_other_calendar_and_declared_formats(make_package):
    styles = (
        "<numFmts><numFmt numFmtId='170' formatCode='[$-409]d\\-mmm\\-yy;@'/>"
        "<numFmt numFmtId='171' formatCode='[h]:mm'/><numFmt numFmtId='172' formatCode='0.0\" days\"'/></numFmts>"
        "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
        "<cellXfs><xf numFmtId='0'/><xf numFmtId='170'/><xf numFmtId='171'/><xf numFmtId='172'/></cellXfs>"
    )
    rows = HEADER + "".join(
        f"<row r='{i}'><c r='A{i}' s='{s}'><v>39873</v></c><c r='B{i}'><v>1</v></c></row>"
        for i, s in ((2, 0), (3, 1), (4, 2), (5, 3))
    )
    assert [c[0] for c in cells(make_package(rows, styles=styles))] == ["39873", "2009-03-01", "39873", "39873"]
    assert cells(make_package(rows, styles=styles, date1904=True))[1][0] == "2013-03-02"


def test_sheets_are_chosen_by_name_or_visibility(make_package):
    other = "<row r='1'><c r='A1' t='str'><v>z</v></c></row>"
    book = make_package(HEADER, sheets={"Zwei": other}, states={"Data": "hidden"})
    assert read(book)[0] == ["z"]
    assert read(book)[2].sheets == ("Data", "Zwei")
    assert read(book, sheet="Data")[0] == ["a", "b"]
    assert "“Zwei”" in refusal(book, sheet="Drei")
    assert "no sheets" in refusal(b"a,b\n", sheet="Data")


def test_bombs_are_refused_before_they_unpack(make_package):
    row = "<row><c><v>1</v></c></row>"
    bomb = make_package(HEADER + row * 1_200_000)
    tracemalloc.start()
    assert "packed" in refusal(bomb)
    assert "MiB" in refusal(bomb, limits=Limits(max_unpacked=1 << 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
    assert "oversized" in refusal(make_package(HEADER, strings="<si/>" * 20_000), limits=Limits(max_strings=1000))


def test_sizes_that_lie_do_not_help(make_package):
    data = make_package(HEADER + "<row><c><v>1</v></c></row>" * 50_000).getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = data.replace(true_size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != data
    assert "damaged" in refusal(lying)


def test_one_endless_row_stays_small(make_package):
    wide = HEADER + "<row r='2'>" + "<c/>" * 400_000 + "</row>"
    book = make_package(wide)
    tracemalloc.start()
    read(book, limits=Limits(max_ratio=100_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    far = HEADER + "<row r='2'><c r='XFD2'><v>1</v></c></row>"
    assert "beyond column" in read(make_package(far))[1][0].problem


@pytest.mark.parametrize(
    "rows",
    [
        HEADER + "<row r='3'/><row r='2'/>",
        HEADER + "<row r='2'><c r='B2'><v>1</v></c><c r='A2'><v>1</v></c></row>",
        HEADER + "<row r='2'><row r='3'/></row>",
        HEADER + "<c r='A2'><v>1</v></c>",
        HEADER + "<row r='2'><c r='2'><v>1</v></c></row>",
        HEADER + "<row r='2'><c r='A2'><v>1</c></row>",
        HEADER + "<row r='-2'/>",
    ],
)
def test_nonsense_sheets_are_called_damaged(make_package, rows):
    assert "damaged" in refusal(make_package(rows))


def test_entities_and_other_parts(make_package):
    whole = make_package(HEADER, compress=zipfile.ZIP_STORED)
    book = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(book, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if "sheet1" in name:
                data = b'<!DOCTYPE worksheet [<!ENTITY a "b">]>' + data
            new.writestr(name, data)
    assert "entities" in refusal(book)
    assert "too many files" in refusal(make_package(HEADER), limits=Limits(max_parts=3))
    assert "unusual" in refusal(make_package(HEADER, compress=zipfile.ZIP_BZIP2))


def test_a_workbook_streams_in_bounded_memory(tmp_path: Path):
    path = tmp_path / "big.xlsx"
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("s")
    page.append(["a", "b", "c"])
    for i in range(30_000):
        page.append([i, f"vendor {i % 50}", i * 1.5])
    book.save(path)
    tracemalloc.start()
    with open_table(path) as table:
        count = sum(1 for _ in table.rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 3_000_000


# Whatever comes


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=200).map(lambda b: b"a,b\n" + b),
        st.binary(max_size=200).map(lambda b: b"\xff\xfe" + b),
        st.binary(max_size=200).map(lambda b: b"PK\x03\x04" + b),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.text(alphabet="a,;\"\t\r\n'|=ü\0", max_size=60).map(str.encode),
    )
)
def test_no_bytes_crash_the_reader(data):
    try:
        _, rows, _ = read(data)
    except TableError as refused:
        assert str(refused).endswith(".")
    else:
        assert all(isinstance(row.number, int) for row in rows)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_workbook_crashes_the_reader(make_package, data):
    whole = make_package(
        HEADER + "<row r='2'><c r='A2' t='s' s='0'><v>0</v></c><c r='B2' s='0'><v>39873</v></c></row>",
        strings="<si><t>x</t></si>",
        styles="<cellXfs><xf numFmtId='14'/></cellXfs>",
        compress=data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])),
    ).getvalue()
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    broken = broken[: data.draw(st.one_of(st.just(len(broken)), st.integers(0, len(broken))))]
    try:
        read(bytes(broken))
    except TableError as refused:
        assert str(refused).endswith(".")


# The real files


def test_the_real_files_arrive_whole(real_data):
    with open_table(real_data / "scms" / "scms_direct_drop_2009_2010.csv") as table:
        rows = list(table.rows())
        assert (table.facts.encoding, table.facts.line_ends, table.facts.delimiter) == ("UTF-8 with BOM", "CR", ",")
        assert len(table.columns) == 33
    assert (len(rows), rows[0].number, rows[-1].number) == (1139, 2, 1140)
    assert not [r for r in rows if r.problem]
    assert len({r.cells[0] for r in rows}) == 1139
    with open_table(real_data / "fda" / "cdmo_like_sites.csv") as table:
        assert table.count_rows() == 443
        duns = table.columns.index("DUNS_NUMBER")
        assert any(r.cells[duns].startswith("0") for r in table.rows())
