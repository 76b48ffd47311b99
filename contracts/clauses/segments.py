"""A contract's text cut into paragraphs and sentences that keep their places.

Places are character offsets into the text as it came in: `text[one.start:one.end]` is the sentence, whatever line
ends, page breaks or redactions stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: A sentence longer than this is cut at its semicolons, as lists of a contract are.
LONG_SENTENCE = 700

#: Blank lines, a line that ends a sentence, or the wide gap that a page's layout leaves behind.
_PARAGRAPH_END = re.compile(
    r"(?<![ \t\f\r])[ \t\f\r]*+(?:\n[ \t\f\r\xa0]*+){2,}|(?<=[.;:])[ \t\r]*\n|(?<=\S)[ \t]{3,}+(?=[A-Z0-9(“\"·])"
)
_SENTENCE_END = re.compile(r"[.!?][”’\"')\]]*\s+(?=[“‘\"'(\[]*[A-Z0-9(])")
_SEMICOLON = re.compile(r";\s+")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Corp|No|Nos|Nr|Mr|Mrs|Ms|Dr|St|vs|cf|Art|Sec|e\.g|i\.e|S\.p|S\.A|L\.P|N\.V|B\.V|a\.m|p\.m|approx)"
    r"|\b[A-Z]|\b(?:[A-Z]\.)+[A-Z]|^\(?[0-9]{1,3}(?:\.[0-9]{1,3})*|(?:^|ARTICLE\s|Article\s|SECTION\s|Section\s)(?:[IVX]{1,5}|[0-9.]{1,6}))$"
)
_CLOSED_BY_NAME = re.compile(r"\s+(?:This|The|Each|Any|All|In|If|Neither|Either|Subject|Upon|During|No|For)\b")
_NUMBER = r"(?:(?:ARTICLE|Article|SECTION|Section|EXHIBIT|Exhibit|SCHEDULE|Schedule|ANNEX|Annex)\s+[0-9A-Z]{1,5}|[0-9]{1,2}(?:\.[0-9]{1,3}){0,4}|[IVX]{1,5})"
_NUMBERED = re.compile(rf"{_NUMBER}[.):]?(?:\s+|$)")
_CAPITALS = re.compile(r"(?:[A-Z][A-Z&,;’'/()-]*[ \t]+){1,9}(?:[A-Z][A-Z&,’'/()-]*[A-Z)])?[.:]?")
_MODAL = re.compile(r"\b(?:shall|will|may|must|agrees?|is|are|has|have|means)\b")
_SMALL = frozenset(
    ["of", "and", "or", "the", "a", "an", "to", "for", "in", "on", "by", "with", "from", "at", "as", "non"]
)
_WORD = re.compile(r"[^\W\d_]+")
#: What stands at the top or foot of every page, or begins a recital, and is no heading.
_NO_HEADING = re.compile(
    r"\bPage\s+[0-9]|\bSource:|EXECUTION COPY|CONFIDENTIAL(?!ITY)|REDACTED|OMITTED|WHEREAS|THEREFORE|WITNESS"
    r"|(?:\bINC|\bInc|\bLLC|\bLTD|\bLtd|\bAG|\bGmbH|\bS\.A|\bCO|\bN\.V)[.,]*\s*$"
)
MOST_HEADING = 100


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or one member of a list.

    `paragraph` counts paragraphs from 0. `headings` are the section's and the clause's, as far as they are known;
    `is_heading` says that it is itself nothing else.
    """

    start: int
    end: int
    paragraph: int
    headings: tuple[str, ...]
    is_heading: bool = False


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the paragraphs, in order, without the blanks around them."""
    start = 0
    for gap in _PARAGRAPH_END.finditer(text):
        yield from _trimmed(text, start, gap.start())
        start = gap.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the places of the sentences of one paragraph."""
    begin = start
    for found in _SENTENCE_END.finditer(text, start, end):
        if text[found.start()] == "." and _ABBREVIATED.search(text[max(begin, found.start() - 16) : found.start()]):
            # A firm's name may end a sentence too: then a word follows that begins one.
            short = found.start() - begin < 12
            if short or not _CLOSED_BY_NAME.match(text, found.start() + 1):
                continue
        yield from _members(text, begin, found.end())
        begin = found.end()
    yield from _members(text, begin, end)


def _members(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start > LONG_SENTENCE:
        for found in _SEMICOLON.finditer(text, start, end):
            if found.end() - start > 200:
                yield from _trimmed(text, start, found.end())
                start = found.end()
    yield from _trimmed(text, start, end)


def _heading_of(text: str, start: int, end: int) -> tuple[str, int, bool]:
    """Return the heading that begins here, its level and whether nothing follows it; an empty one where none does."""
    numbered = _NUMBERED.match(text, start, end)
    at = numbered.end() if numbered else start
    level = 1
    if numbered and "." in numbered[0].strip().rstrip("."):
        level = 2
    if end - start <= MOST_HEADING:
        body = text[at:end]
        words = _WORD.findall(body)
        if words and len(words) <= 12 and not _MODAL.search(body):
            big = all(word[0].isupper() or word.lower() in _SMALL for word in words)
            if big and (numbered or body.isupper() or not body.endswith((";", ","))):
                return body.strip(" .:\n\t"), level if numbered or body.isupper() else 2, True
    capitals = _CAPITALS.match(text, at, end)
    if capitals and sum(map(str.isalpha, capitals[0])) >= 4:
        # "FORCE MAJEURE The occurrence": the last capital letter belongs to the sentence.
        words = capitals[0].split()
        if numbered or len(words) >= 2:
            body = text[at : min(end, at + 400)]
            if not body.isupper() and len(capitals[0]) <= MOST_HEADING:
                return capitals[0].strip(" .:\n\t"), level, False
    return "", 0, False


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text in order; they do not overlap, and nothing but blanks stands between them."""
    found: list[Sentence] = []
    section = clause = ""
    for paragraph, (start, end) in enumerate(paragraphs(text)):
        for begin, stop in _cuts(text, start, end):
            heading, level, alone = _heading_of(text, begin, stop)
            if _NO_HEADING.search(heading):
                heading = ""
            if heading and level == 1:
                section, clause = heading, ""
            elif heading:
                clause = heading
            headings = tuple(one for one in (section, clause) if one)
            found.append(Sentence(begin, stop, paragraph, headings, alone))
    return found
