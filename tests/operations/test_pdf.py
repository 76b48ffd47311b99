"""The review as a PDF: tagged, titled, and saying what the page says."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.canonical import sha256_of
from operations import review_run
from operations.actions import reviews as actions
from operations.models import Review

PASSWORD = "correct horse battery 9"


class Pdf:
    """As much of a PDF as these tests read: its objects, its catalogue, the text of its pages."""

    def __init__(self, file: bytes) -> None:
        self.objects = {
            int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\r?\n?(.*?)\nendobj", file, re.DOTALL)
        }
        self.catalogue = next(body for body in self.objects.values() if b"/Type/Catalog" in body)

    def _stream(self, number: int) -> bytes:
        _, _, packed = self.objects[number].partition(b"stream\n")
        return zlib.decompress(packed[: packed.rindex(b"\nendstream")])

    def _reference(self, body: bytes, name: bytes) -> int:
        found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
        assert found, name
        return int(found[1])

    def _fonts(self, page: bytes) -> dict[bytes, dict[int, str]]:
        fonts = {}
        resources = self.objects[self._reference(page, b"Resources")]
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources):
            table = self._stream(self._reference(self.objects[int(number)], b"ToUnicode"))
            pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", table)
            fonts[name] = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
        return fonts

    @property
    def pages(self) -> list[bytes]:
        root = next(body for body in self.objects.values() if b"/Type/Pages" in body)
        return [self.objects[int(number)] for number in re.findall(rb"(\d+) 0 R", root.partition(b"/Kids[")[2])]

    @property
    def text(self) -> str:
        """The text of all pages with single spaces, as drawn."""
        words = []
        for page in self.pages:
            fonts, now = self._fonts(page), {}
            content = self._stream(self._reference(page, b"Contents"))
            for kind, raw in _tokens(content):
                if kind == "font":
                    now = fonts[raw]
                    words.append(" ")
                    continue
                codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                words.append("".join(now.get(code, "") for code in codes))
        return re.sub(r"\s+", " ", "".join(words).replace("\u00a0", " "))


def _tokens(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the fonts chosen and the strings drawn by a content stream, in order."""
    at = 0
    while at < len(content):
        if content[at : at + 1] == b"(":
            end, depth = at + 1, 1
            while depth:
                if content[end : end + 1] == b"\\":
                    end += 1
                elif content[end : end + 1] in b"()":
                    depth += 1 if content[end : end + 1] == b"(" else -1
                end += 1
            yield "text", _unescaped(content[at + 1 : end - 1])
            at = end
        elif (hexed := re.compile(rb"<([0-9A-Fa-f]*)>").match(content, at)) is not None:
            yield "text", bytes.fromhex(hexed[1].decode())
            at = hexed.end()
        elif (font := re.compile(rb"/(f\d+) [\d.]+ Tf").match(content, at)) is not None:
            yield "font", font[1]
            at = font.end()
        elif content[at : at + 2] == b"<<":
            # What marks the content: its own texts are not drawn.
            at = content.index(b">>", at) + 2
        else:
            at += 1


def _unescaped(text: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(
        rb"\\([0-7]{1,3}|.)",
        lambda found: bytes([int(found[1], 8)]) if found[1].isdigit() else plain.get(found[1], found[1]),
        text,
        flags=re.DOTALL,
    )


@pytest.fixture
def review(relationship: Any, line: Any) -> Review:
    """Q1 2026 of Harrow for VX-12: eight lines, two of them five days late."""
    for day in range(1, 9):
        line((1, day), (1, day + (5 if day > 6 else 0)), item=f"Vial {day} #set text(red)", order_ref=f"PO-{day}")
    review_run.run_reviews(review_run.end_of(date(2026, 4, 1)))
    return Review.objects.get(relationship=relationship, starts_on=date(2026, 1, 1))


def fetched(client: Client, review: Review) -> bytes:
    answer = client.get(f"{review.get_absolute_url()}pdf/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def squeezed(text: str) -> str:
    """Without spaces, which a PDF draws as gaps."""
    return re.sub(r"\s", "", text.replace("\u00a0", ""))


def test_it_is_tagged_and_has_title_and_language(client: Client, priya: Any, review: Review) -> None:
    client.force_login(priya)
    file = fetched(client, review)
    made = Pdf(file)
    assert file.startswith(b"%PDF-1.7")
    assert b"/Lang(en-GB)" in made.catalogue
    assert b"/MarkInfo" in made.catalogue
    assert b"/StructTreeRoot" in made.catalogue
    assert b"/DisplayDocTitle true" in made.catalogue
    assert b"pdfuaid:part>1<" in file
    assert b"Scorecard review, Q1 2026: Harrow Biologics \xc2\xb7 VX-12" in file
    headings = [body for body in made.objects.values() if b"/S/H1" in body]
    heads = [body for body in made.objects.values() if b"/S/TH" in body]
    assert len(headings) == 1
    assert len(heads) > 10


def test_it_says_what_the_page_says(client: Client, priya: Any, quinn: Any, review: Review) -> None:
    actions.sign_off(review, actor=priya, password=PASSWORD)
    client.force_login(quinn)
    review = Review.objects.get(pk=review.pk)
    text = squeezed(Pdf(fetched(client, review)).text)
    for words in (
        "Scorecard review, Q1 2026",
        "Signed by Project manager. Waits for the signature of Quality",
        "6 of 8 lines",
        "75.0 %",
        "≥ 95 %",
        "below red line",
        "Not supplied",
        "Priya Example",
        "“I have reviewed and approve this scorecard”",
        "UTC",
        "Quality: not signed yet",
        sha256_of(review),
        "Page 1 of",
        "As of",
    ):
        assert squeezed(words) in text, words


def test_what_somebody_typed_is_never_markup(client: Client, priya: Any, review: Review) -> None:
    typed = '#read("/etc/passwd") *bold* \\ $x$ = no heading #panic()'
    edits.update(review, {"comment": typed}, actor=priya, reason="For the record")
    client.force_login(priya)
    assert squeezed(typed) in squeezed(Pdf(fetched(client, review)).text)


def test_it_says_that_later_data_differ(client: Client, priya: Any, quinn: Any, sven: Any, review: Review) -> None:
    actions.sign_off(review, actor=priya, password=PASSWORD)
    actions.sign_off(Review.objects.get(pk=review.pk), actor=quinn, password=PASSWORD)
    late = review.relationship.deliveries.filter(days_late__gt=0).first()
    edits.update(late, {"delivered_on": late.scheduled_on}, actor=sven, reason="Proof of delivery found")
    client.force_login(priya)
    text = squeezed(Pdf(fetched(client, review)).text)
    assert squeezed("Later data differ: 1 delivery line (1 changed)") in text
    assert squeezed("75.0 %") in text


def test_who_may_not_see_the_review_gets_no_file(client: Client, mallory: Any, otto: Any, review: Review) -> None:
    client.force_login(mallory)
    assert client.get(f"{review.get_absolute_url()}pdf/").status_code == 404
    client.force_login(otto)
    assert client.get(f"{review.get_absolute_url()}pdf/").status_code == 403


def test_a_review_without_figures_has_a_file_too(client: Client, priya: Any, relationship: Any) -> None:
    from operations.models import KpiDefinition

    KpiDefinition.objects.update(state="retired")
    review_run.run_reviews(review_run.end_of(date(2026, 4, 1)))
    review = Review.objects.get(relationship=relationship, starts_on=date(2026, 1, 1))
    client.force_login(priya)
    assert squeezed("Nothing has been measured.") in squeezed(Pdf(fetched(client, review)).text)
