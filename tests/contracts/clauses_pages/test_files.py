"""The text of files as people send them: what is read, and with which sentence the rest is refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cmo_lifecycle.workflow.refusals import InvalidInput, Refusal
from contracts.documents import bring_in
from contracts.extracting import DOCX, MOST_UNPACKED, text_of
from contracts.models import Agreement
from contracts.searching import search


def pdf(*pages: str, password: str = "", picture: bool = False) -> bytes:
    """Return a PDF with a line of text on each page, written by hand."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        said = b"0 0 612 792 re f" if picture else f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(said), said))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(out),
    )  # fmt: skip
    if not password:
        return out
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(out))
    writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def word(*paragraphs: str, cells: tuple[str, ...] = ()) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    if cells:
        for cell, text in zip(made.add_table(1, len(cells)).rows[0].cells, cells, strict=True):
            cell.text = text
    made.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """Return a Word file whose text unpacks to more than is taken, and packs to very little."""
    source, out = zipfile.ZipFile(io.BytesIO(word("A clause"))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for one in source.infolist():
            package.writestr(one.filename, source.read(one))
        with package.open("word/media/image1.bin", "w", force_zip64=True) as file:
            block = b"\0" * (1 << 20)
            for _ in range(MOST_UNPACKED // len(block) + 1):
                file.write(block)
    return out.getvalue()


def test_texts_are_read() -> None:
    assert text_of("a.txt", "text/plain", "\ufeffNotice – 90 days".encode()) == ("Notice – 90 days", [])
    assert text_of("a.txt", "text/plain", "§ 5 Kündigung".encode("cp1252")) == ("§ 5 Kündigung", [])
    said, _ = text_of("a.docx", DOCX, word("1. Term", "Five years", cells=("Batch", "EUR 5")))
    assert said == "1. Term\nFive years\nBatch\tEUR 5"
    said, pages = text_of("a.pdf", "application/pdf", pdf("First page", "Second page"))
    assert said.split() == ["First", "page", "Second", "page"] and said[pages[1] :].startswith("Second")
    # Locked for changes alone, as many signed copies are: without a password it opens.
    assert "First" in text_of("a.pdf", "application/pdf", pdf("First page", password=""))[0]


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        (DOCX, bomb, "unpacks to far more"),
        (DOCX, lambda: word("x" * 5000)[:1200], "cannot be read. Save it anew"),
        (DOCX, lambda: b"PK\x03\x04 no package", "cannot be read. Save it anew"),
        ("application/pdf", lambda: pdf("Secret", password="open sesame"), "locked with a password"),
        ("application/pdf", lambda: pdf("", "", picture=True), "pictures of pages, no text"),
        ("application/pdf", lambda: b"%PDF-1.4\nbroken", "cannot be read. Save it anew"),
        ("image/png", lambda: b"\x89PNG", "as TXT, DOCX or PDF"),
    ],
    ids=["bomb", "cut off", "no package", "locked", "pictures", "broken", "picture"],
)
def test_what_holds_no_text_is_refused(kind: str, content: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refusal:
        text_of("contract", kind, content())
    assert list(refusal.value.errors) == ["file"]


def test_a_file_comes_in_and_is_found(msa: Agreement, alice: Any) -> None:
    file = SimpleUploadedFile("msa.pdf", pdf("Vantara may audit Harrow", "Germany"), "application/pdf")
    made = bring_in(msa, actor=alice, file=file)
    assert made.file.name == "msa.pdf" and made.pages[0] == 0 and len(made.pages) == 2
    (found,) = search(made, "auditing").passages
    assert "audit Harrow" in made.words[found.start : found.end]
    before = msa.documents.count()
    with pytest.raises(Refusal):
        bring_in(msa, actor=alice, file=SimpleUploadedFile("msa.pdf", pdf("x", password="y"), "application/pdf"))
    with pytest.raises(InvalidInput, match="No text was found"):
        bring_in(msa, actor=alice, file=SimpleUploadedFile("a.txt", b" \n ", "text/plain"))
    # Whatever it is called: what it holds decides.
    with pytest.raises(Refusal):
        bring_in(msa, actor=alice, file=SimpleUploadedFile("msa.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "text/plain"))
    assert msa.documents.count() == before
