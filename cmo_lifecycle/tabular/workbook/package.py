"""The ZIP package of a workbook: refused where it could be a bomb, its parts read a piece at a time."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits

_CHUNK = 1 << 16

_DAMAGED = "The workbook is damaged ({}); open it in your spreadsheet program and save it again."

_UNPACKING = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
)  # fmt: skip


def damaged(why: str) -> TableError:
    return TableError(_DAMAGED.format(why))


class Package:
    """An opened package: its parts, none of them unpacked beyond what the limits allow."""

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self.limits = limits
        try:
            self.zip = zipfile.ZipFile(stream)
        except _UNPACKING as error:
            raise TableError("The file looks like a workbook but cannot be opened; it may be incomplete.") from error
        self._check_sizes()

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
                raise damaged("it is packed in an unusual way")
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

    def main_part(self) -> str:
        for name, attrs in self.elements("_rels/.rels"):
            if name == "Relationship" and attrs.get("Type", "").rpartition("/")[2] == "officeDocument":
                part = self.resolve("", attrs.get("Target", ""))
                if part.startswith(("word/", "ppt/")):
                    raise TableError(_other_package(set(self.zip.namelist())))
                return part
        raise TableError(_other_package(set(self.zip.namelist())))

    @staticmethod
    def resolve(folder: str, target: str) -> str:
        return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))

    def _chunks(self, part: str, most: int) -> Iterator[bytes]:
        """The unpacked bytes of a part, refused beyond `most` whatever its header declares."""
        try:
            info = self.zip.getinfo(part)
        except KeyError:
            raise damaged(f"the part “{part[:60]}” is missing") from None
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
            raise damaged("a part cannot be unpacked") from error

    def parse(self, part: str, most: int, parser: Any) -> Iterator[None]:
        """Feed a part through a parser; yields after each chunk."""

        def refuse_doctype(*_: object) -> None:
            raise damaged("it declares entities")

        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.buffer_text = True
        try:
            for chunk in self._chunks(part, most):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise damaged("a part is not well-formed XML") from error
        except (LookupError, UnicodeError) as error:
            raise damaged("a part is in an unknown encoding") from error
        finally:
            # the handlers hold the parser through their closures
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
            parser.StartDoctypeDeclHandler = None

    def elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """All start tags of a small part, as (name without prefix, attributes)."""
        found: list[tuple[str, dict[str, str]]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, attrs: found.append((name.rpartition(":")[2], attrs))
        for _ in self.parse(part, self.limits.max_part, parser):
            if len(found) > 200_000:
                raise damaged("a part has too many elements")
        return found


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
