"""A workbook: its sheets, its shared texts, its formats of dates."""

import posixpath
from collections.abc import Generator
from typing import IO
from xml.parsers import expat

from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits
from cmo_lifecycle.tabular.workbook.cells import BUILTIN, PLAIN, format_kind, unescape
from cmo_lifecycle.tabular.workbook.package import Package
from cmo_lifecycle.tabular.workbook.sheet import Cells, handle_sheet


class Workbook(Package):
    """An opened package. sheets: name -> part, in the order of the tabs."""

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        super().__init__(stream, limits)
        main = self.main_part()
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
        for name, attrs in self.elements(rels_part):
            if name == "Relationship" and attrs.get("TargetMode") != "External":
                kind = attrs.get("Type", "").rpartition("/")[2]
                part = self.resolve(folder, attrs.get("Target", ""))
                by_id[attrs.get("Id", "")] = (kind, part)
                if kind == "sharedStrings":
                    self._strings_part = part
                elif kind == "styles":
                    self._styles_part = part
        for name, attrs in self.elements(main):
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

    def _load_formats(self) -> list[int]:
        if self._formats is None:
            self._formats = []
            if self._styles_part:
                codes = dict(BUILTIN)
                inside = False
                for name, attrs in self.elements(self._styles_part):
                    if name == "numFmt":
                        try:
                            codes[int(attrs.get("numFmtId", ""))] = format_kind(attrs.get("formatCode", ""))
                        except ValueError:
                            continue
                    elif name == "cellXfs":
                        inside = True
                    elif name in ("cellStyles", "dxfs"):
                        inside = False
                    elif name == "xf" and inside:
                        number = attrs.get("numFmtId", "0")
                        self._formats.append(
                            codes.get(int(number), PLAIN) if number.isascii() and number.isdigit() else PLAIN
                        )
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
                strings.append(unescape("".join(pieces)))
                pieces.clear()

        parser.StartElementHandler, parser.EndElementHandler = start, end
        for _ in self.parse(part, self.limits.max_strings, parser):
            pass

    def rows(self, sheet: str) -> Generator[tuple[int, Cells, str | None], None, None]:
        """(row number, cells up to the last one, problem) for every row the sheet stores."""
        parser = expat.ParserCreate()
        ready: list[tuple[int, Cells, str | None]] = []
        handle_sheet(parser, ready.append, self._load_strings(), self._load_formats(), self.limits, self.date1904)
        for _ in self.parse(self.sheets[sheet], self.limits.max_unpacked, parser):
            if ready:
                yield from ready
                ready.clear()
