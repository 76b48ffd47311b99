"""Stream the cells of an Excel workbook (.xlsx, .xlsm) without ever holding a sheet in memory.

The package's declared sizes are checked before a byte is unpacked, entity declarations are refused, and rows come
out of an incremental XML parser, so that neither a bomb nor one endless row can fill the memory. Numbers keep the
text they have in the file, to the 15 digits a spreadsheet itself stands by; cells formatted as dates become ISO text.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import IO, Any
from xml.parsers import expat

from .celltext import NumberText
from .errors import TableError
from .limits import Limits

_CHUNK = 1 << 16
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([-+]?[0-9]{1,4}))?\Z")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAMAGED = "The workbook is damaged ({}); open it in your spreadsheet program and save it again."

_UNPACKING = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
)  # fmt: skip

_PLAIN, _DATE, _TIME = 0, 1, 2
# number formats every workbook knows without declaring them (ECMA-376 part 1, 18.8.30)
_BUILTIN = dict.fromkeys(
    [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58], _DATE
) | dict.fromkeys([18, 19, 20, 21, 32, 33, 45, 47, 55, 56], _TIME)
_NOT_A_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)

Cells = list[str | None]


def letters(column: int) -> str:
    """The letters a spreadsheet shows for a column, counted from 1: 28 is AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _damaged(why: str) -> TableError:
    return TableError(_DAMAGED.format(why))


class Workbook:
    """An opened package. sheets: name -> part, in the order of the tabs."""

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self.limits = limits
        try:
            self.zip = zipfile.ZipFile(stream)
        except _UNPACKING as error:
            raise TableError("The file looks like a workbook but cannot be opened; it may be incomplete.") from error
        self._check_sizes()
        main = self._main_part()
        folder = posixpath.dirname(main)
        self.sheets: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.date1904 = False
        self._strings: list[str] | None = None
        self._strings_part: str | None = None
        self._styles_part: str | None = None
        self._formats: list[int] | None = None
        rels_part = posixpath.join(folder, "_rels", posixpath.basename(main) + ".rels")
        by_id: dict[str, tuple[str, str]] = {}
        for name, attrs in self._elements(rels_part):
            if name == "Relationship" and attrs.get("TargetMode") != "External":
                kind = attrs.get("Type", "").rpartition("/")[2]
                part = self._resolve(folder, attrs.get("Target", ""))
                by_id[attrs.get("Id", "")] = (kind, part)
                if kind == "sharedStrings":
                    self._strings_part = part
                elif kind == "styles":
                    self._styles_part = part
        for name, attrs in self._elements(main):
            if name == "workbookPr":
                self.date1904 = attrs.get("date1904") in ("1", "true", "on")
            elif name == "sheet":
                ref = next((v for k, v in attrs.items() if k.rpartition(":")[2] == "id"), "")
                kind, part = by_id.get(ref, ("", ""))
                title = attrs.get("name", "")
                if kind == "worksheet":
                    self.sheets[title] = part
                    if attrs.get("state", "visible") != "visible":
                        self.hidden.add(title)
        if not self.sheets:
            raise TableError("The workbook has no sheet with cells.")

    def choose(self, sheet: str | None) -> str:
        """The sheet of that name, or the first visible one. Raises TableError naming the sheets there are."""
        if sheet is None:
            return next((s for s in self.sheets if s not in self.hidden), next(iter(self.sheets)))
        if sheet in self.sheets:
            return sheet
        names = ", ".join(f"“{s}”" for s in list(self.sheets)[:8])
        raise TableError(f"The workbook has no sheet “{sheet[:60]}”; it has {names}.")

    # the package

    def _check_sizes(self) -> None:
        infos = self.zip.infolist()
        names = {info.filename for info in infos}
        if not names & {"[Content_Types].xml"} or "xl/workbook.bin" in names or "mimetype" in names:
            raise TableError(_other_package(names))
        if len(infos) > self.limits.max_parts:
            raise TableError("The workbook holds too many files; save the one sheet as CSV and upload that.")
        unpacked = packed = 0
        for info in infos:
            if info.flag_bits & 0x1:
                raise TableError("The workbook is protected by a password; remove the password and save it again.")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _damaged("it is packed in an unusual way")
            unpacked += info.file_size
            packed += info.compress_size
        if unpacked > self.limits.max_unpacked:
            raise TableError(
                f"The workbook would unpack to {unpacked >> 20} MiB; at most {self.limits.max_unpacked >> 20} MiB "
                "can be read, so save the one sheet as CSV and upload that."
            )
        if unpacked > self.limits.ratio_from and unpacked > self.limits.max_ratio * max(packed, 1):
            raise TableError(
                f"The workbook is packed {unpacked // max(packed, 1)} times smaller than its content, which no "
                "ordinary table is; save the one sheet as CSV and upload that."
            )

    def _main_part(self) -> str:
        for name, attrs in self._elements("_rels/.rels"):
            if name == "Relationship" and attrs.get("Type", "").rpartition("/")[2] == "officeDocument":
                part = self._resolve("", attrs.get("Target", ""))
                if part.startswith(("word/", "ppt/")):
                    raise TableError(_other_package(set(self.zip.namelist())))
                return part
        raise TableError(_other_package(set(self.zip.namelist())))

    @staticmethod
    def _resolve(folder: str, target: str) -> str:
        return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))

    def _chunks(self, part: str, most: int) -> Iterator[bytes]:
        """The unpacked bytes of a part, refused beyond `most` whatever its header declares."""
        try:
            info = self.zip.getinfo(part)
        except KeyError:
            raise _damaged(f"the part “{part[:60]}” is missing") from None
        if info.file_size > most:
            raise TableError("The workbook has an oversized part; save the one sheet as CSV and upload that.")
        total = 0
        try:
            with self.zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    if total > most:
                        raise TableError("The workbook unpacks to more than it declares.")
                    yield chunk
        except TableError:
            raise
        except _UNPACKING as error:
            raise _damaged("a part cannot be unpacked") from error

    def _parse(self, part: str, most: int, parser: Any) -> Iterator[None]:
        """Feed a part through a parser; yields after each chunk."""

        def refuse_doctype(*_: object) -> None:
            raise _damaged("it declares entities")

        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.buffer_text = True
        try:
            for chunk in self._chunks(part, most):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise _damaged("a part is not well-formed XML") from error
        except (LookupError, UnicodeError) as error:
            raise _damaged("a part is in an unknown encoding") from error
        finally:
            # the handlers hold the parser through their closures
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
            parser.StartDoctypeDeclHandler = None

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """All start tags of a small part, as (name without prefix, attributes)."""
        found: list[tuple[str, dict[str, str]]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, attrs: found.append((name.rpartition(":")[2], attrs))
        for _ in self._parse(part, self.limits.max_part, parser):
            if len(found) > 200_000:
                raise _damaged("a part has too many elements")
        return found

    def _load_formats(self) -> list[int]:
        if self._formats is None:
            self._formats = []
            if self._styles_part:
                codes = dict(_BUILTIN)
                inside = False
                for name, attrs in self._elements(self._styles_part):
                    if name == "numFmt":
                        try:
                            codes[int(attrs.get("numFmtId", ""))] = _format_kind(attrs.get("formatCode", ""))
                        except ValueError:
                            continue
                    elif name == "cellXfs":
                        inside = True
                    elif name in ("cellStyles", "dxfs"):
                        inside = False
                    elif name == "xf" and inside:
                        number = attrs.get("numFmtId", "0")
                        self._formats.append(codes.get(int(number), _PLAIN) if number.isdigit() else _PLAIN)
        return self._formats

    def _load_strings(self) -> list[str]:
        if self._strings is None:
            strings: list[str] = []
            if self._strings_part:
                self._read_strings(self._strings_part, strings)
            self._strings = strings
        return self._strings

    def _read_strings(self, part: str, strings: list[str]) -> None:
        parser = expat.ParserCreate()
        pieces: list[str] = []
        phonetic = 0

        def start(name: str, attrs: dict[str, str]) -> None:
            nonlocal phonetic
            name = name.rpartition(":")[2]
            if name == "t":
                if not phonetic:
                    parser.CharacterDataHandler = pieces.append
            elif name == "rPh":
                phonetic += 1

        def end(name: str) -> None:
            nonlocal phonetic
            name = name.rpartition(":")[2]
            if name == "t":
                parser.CharacterDataHandler = None
            elif name == "rPh":
                phonetic -= 1
            elif name == "si":
                strings.append(_unescape("".join(pieces)))
                pieces.clear()

        parser.StartElementHandler, parser.EndElementHandler = start, end
        for _ in self._parse(part, self.limits.max_strings, parser):
            pass

    # the sheet

    def rows(self, sheet: str) -> Generator[tuple[int, Cells, str | None], None, None]:
        """(row number, cells up to the last one, problem) for every row the sheet stores."""
        parser = expat.ParserCreate()
        ready: list[tuple[int, Cells, str | None]] = []
        self._handle_sheet(parser, ready.append)
        for _ in self._parse(self.sheets[sheet], self.limits.max_unpacked, parser):
            if ready:
                yield from ready
                ready.clear()

    def _handle_sheet(self, parser: Any, emit: Callable[[tuple[int, Cells, str | None]], None]) -> None:
        strings, formats = self._load_strings(), self._load_formats()
        most_columns, most_text = self.limits.max_columns, self.limits.max_cell
        tags = {"c": 1, "v": 2, "row": 3, "f": 4, "t": 5, "rPh": 6}
        known = dict(tags)
        columns: dict[str, int] = {}
        date1904 = self.date1904

        cells: Cells = []
        pieces: list[str] = []
        length = number = column = phonetic = 0
        in_row = in_cell = has_formula = has_value = False
        kind: str | None = None
        style = 0
        problem: str | None = None

        def text(data: str) -> None:
            nonlocal length, problem
            length += len(data)
            if length > most_text:
                problem = f"A cell holds more than {most_text:,} characters."
            else:
                pieces.append(data)

        def start(name: str, attrs: dict[str, str]) -> None:
            nonlocal cells, number, column, in_row, in_cell, has_formula, has_value
            nonlocal kind, style, problem, length, phonetic
            tag = known.get(name)
            if tag is None:
                tag = tags.get(name.rpartition(":")[2], 0)
                if len(known) < 200:
                    known[name] = tag
            if tag == 1:
                if not in_row or in_cell:
                    raise _damaged("a cell stands outside its row")
                in_cell, has_formula, has_value = True, False, False
                ref = attrs.get("r")
                if ref is None:
                    column += 1
                else:
                    alpha = ref.rstrip("0123456789")
                    place = columns.get(alpha)
                    if place is None:
                        place = columns[alpha] = _column_number(alpha)
                    if place <= column:
                        raise _damaged("its cells are out of order")
                    column = place
                kind = attrs.get("t")
                raw_style = attrs.get("s")
                if raw_style is None:
                    style = _PLAIN
                else:
                    try:
                        style = formats[int(raw_style)]
                    except (IndexError, ValueError):
                        style = _PLAIN
                length = 0
                pieces.clear()
            elif tag == 2:
                if in_cell:
                    has_value = True
                    parser.CharacterDataHandler = text
            elif tag == 3:
                if in_row:
                    raise _damaged("a row stands inside a row")
                in_row, column, problem = True, 0, None
                cells = []
                ref = attrs.get("r")
                if ref is None:
                    number += 1
                else:
                    if not (ref.isascii() and ref.isdigit()) or len(ref) > 9 or int(ref) <= number:
                        raise _damaged("its rows are out of order")
                    number = int(ref)
            elif tag == 4:
                has_formula = in_cell
            elif tag == 5:
                if in_cell and not phonetic:
                    has_value = True
                    parser.CharacterDataHandler = text
            elif tag == 6:
                phonetic += 1

        def end(name: str) -> None:
            nonlocal in_row, in_cell, problem, phonetic
            tag = known.get(name)
            if tag is None:
                tag = tags.get(name.rpartition(":")[2], 0)
            if tag == 1:
                in_cell = False
                if has_value:
                    raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
                    if raw:
                        if column > most_columns:
                            problem = f"The row has cells beyond column {letters(most_columns)}."
                            return
                        gap = column - 1 - len(cells)
                        if gap:
                            cells.extend([None] * gap)
                        if kind == "s":
                            try:
                                # a negative index would count from the end
                                cells.append(strings[int(raw)] or None if raw[0] != "-" else strings[len(strings)])
                            except (IndexError, ValueError):
                                raise _damaged("a cell refers to a text that is not there") from None
                        elif kind is None or kind == "n":
                            cells.append(_number(raw) if style == _PLAIN else _moment(raw, style, date1904))
                        elif kind == "b":
                            cells.append("TRUE" if raw.strip() == "1" else "FALSE")
                        elif kind == "d":
                            cells.append(raw.removesuffix("Z").removesuffix("T00:00:00"))
                        else:
                            cells.append(_unescape(raw))
                elif has_formula and problem is None:
                    problem = (
                        f"Cell {letters(column)}{number} holds a formula without its result; open the file in your "
                        "spreadsheet program and save it again."
                    )
            elif tag == 2 or tag == 5:
                parser.CharacterDataHandler = None
            elif tag == 3:
                in_row = False
                emit((number, cells, problem))
            elif tag == 6:
                phonetic -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end


def _other_package(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "The file is a binary workbook (.xlsb); save it as “Excel workbook (.xlsx)” or CSV."
    if "mimetype" in names and "content.xml" in names:
        return "The file is an OpenDocument file (such as .ods); save it as “Excel workbook (.xlsx)” or CSV."
    if any(n.startswith("word/") for n in names):
        return "The file is a Word document, not a table; save the table as CSV or XLSX and upload that."
    if any(n.startswith("ppt/") for n in names):
        return "The file is a presentation, not a table; save the table as CSV or XLSX and upload that."
    return "The file is a ZIP archive; unpack it and upload the table inside."


def _column_number(alpha: str) -> int:
    number = 0
    if not 1 <= len(alpha) <= 3:
        raise _damaged("a cell has no proper address")
    for letter in alpha:
        if not "A" <= letter <= "Z":
            raise _damaged("a cell has no proper address")
        number = number * 26 + ord(letter) - 64
    return number


def _unescape(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if not 0xD800 <= int(m[1], 16) <= 0xDFFF else m[0], text)


def _format_kind(code: str) -> int:
    bare = _NOT_A_CODE.sub("", code).split(";")[0].lower()
    if "general" in bare or "[" in bare:
        # "[h]:mm" is a duration: its number of days says more than a wrong date
        return _PLAIN
    if "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare):
        return _DATE
    return _TIME if "h" in bare or "s" in bare else _PLAIN


def _number(raw: str) -> str:
    if raw.isdigit() and raw.isascii():
        return NumberText(raw)
    raw = raw.strip()
    match = _NUMBER.match(raw)
    if not match:
        # not a number at all: the parsers will say so of this very text
        return raw
    if match[3] is None and ((match[1] is None and match[2] is None) or len(raw) <= 16):
        return NumberText(raw)
    exact = Decimal(raw)
    if len(exact.as_tuple().digits) > 15:
        # spreadsheets store the nearest binary fraction in 17 digits and show 15: 0.30000000000000004 is 0.3
        exact = Decimal(format(float(raw), ".15g"))
    if not -30 < exact.adjusted() < 30:
        return NumberText(raw)
    plain = format(exact, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return NumberText(plain)


def _moment(raw: str, style: int, date1904: bool) -> str:
    """ISO text of a serial day number: a date, a date with time, or a time of day."""
    try:
        days = float(raw)
    except ValueError:
        return raw
    if not 0 <= days < 2_958_466:
        return _number(raw)
    whole = int(days)
    seconds = round((days - whole) * 86400)
    if whole == 0 and (style == _TIME or not date1904):
        seconds = min(seconds, 86399)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if date1904:
        origin = datetime(1904, 1, 1)
    elif whole < 60:
        origin = datetime(1899, 12, 31)
    elif whole == 60:
        # the day 29 February 1900 exists in spreadsheets only
        return _number(raw)
    else:
        origin = datetime(1899, 12, 30)
    moment = origin + timedelta(days=whole, seconds=seconds)
    if moment.time() == moment.time().min:
        return moment.date().isoformat()
    return moment.isoformat()
