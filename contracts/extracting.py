"""The words of a file: plain text, DOCX, or PDF that holds text."""

from __future__ import annotations

import io
import zipfile

import docx
import pypdf
from docx.table import Table
from docx.text.paragraph import Paragraph

from cmo_lifecycle.workflow.refusals import InvalidInput

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: What a package may unpack to, in bytes: more is an attack or no contract.
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PAGES = 2000


def text_of(name: str, kind: str, content: bytes) -> tuple[str, list[int]]:
    """Return the text of a file of a sniffed type, and at which character each page begins where it has pages.

    InvalidInput at `file` for what holds no text that can be read.
    """
    try:
        if kind == "application/pdf":
            return _pdf(content)
        if kind == DOCX:
            return _docx(content), []
        if kind == "text/plain":
            return _plain(content), []
    except InvalidInput:
        raise
    except Exception as error:
        # The libraries raise whatever a broken file makes them stumble over.
        raise InvalidInput({"file": [f"{name} cannot be read. Save it anew, or paste its text."]}) from error
    raise InvalidInput({"file": ["Bring in the text as TXT, DOCX or PDF; keep other files as attachments."]})


def _plain(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(one.file_size for one in package.infolist()) > MOST_UNPACKED:
            raise InvalidInput({"file": ["The file unpacks to far more than a contract holds. Save it anew."]})
    lines = []
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines.extend("\t".join(cell.text for cell in row.cells) for row in block.rows)
    return "\n".join(lines)


def _pdf(content: bytes) -> tuple[str, list[int]]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InvalidInput({"file": ["The PDF is locked with a password. Save it without one."]})
    if len(reader.pages) > MOST_PAGES:
        raise InvalidInput({"file": [f"A PDF of at most {MOST_PAGES:,} pages is taken."]})
    text, starts = "", []
    for page in reader.pages:
        starts.append(len(text))
        text += page.extract_text().strip("\n") + "\n\n"
    if not text.strip():
        raise InvalidInput({"file": ["This PDF holds pictures of pages, no text. Bring in one with text."]})
    return text, starts
