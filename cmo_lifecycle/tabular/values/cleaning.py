"""A cell's text made fit to keep: mojibake repaired, what is invisible or reversed taken out or refused."""

import re
import unicodedata

from cmo_lifecycle.tabular.celltext import unguard
from cmo_lifecycle.tabular.errors import CellError


def quote(text: str) -> str:
    """A cell's text as it appears in messages: short, on one line, with control characters visible."""
    text = text if len(text) <= 60 else text[:59] + "…"
    return "“" + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text) + "”"


# bytes that Windows-1252 leaves undefined are passed through by most software, as in Latin-1
_BYTE_OF = {chr(b): b for b in range(256)} | {
    bytes([b]).decode("cp1252"): b for b in range(128, 160) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = str.maketrans("", "", "\ufeff\u200b\u2060\u00ad")
_NEWLINES = re.compile(r"[ \t]*[\r\n\x0b\x0c\x85\u2028\u2029][\s\x0b\x0c\x85\u2028\u2029]*")


def repair(text: str) -> str:
    """Undo mojibake: UTF-8 that was read as Latin-1 or Windows-1252, up to twice over.

    The text comes back unchanged unless its bytes are valid UTF-8 from end to end and read as letters and
    punctuation that such lists really hold.
    """
    for _ in range(2):
        if text.isascii():
            break
        try:
            better = bytes([_BYTE_OF[c] for c in text]).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            break
        if not _plausible(better):
            break
        text = better
    return text


def _plausible(text: str) -> bool:
    foreign = [c for c in text if not c.isascii()]
    western = all(
        "\u00a0" <= c <= "\u0233" or "\u2010" <= c <= "\u203a" or c in "\u20ac\u2122\u02c6\u02dc" for c in foreign
    )
    # one stray sign of another script is more likely a coincidence of bytes than a word
    return western or (len(foreign) >= 3 and all(unicodedata.category(c)[0] in "LM" for c in foreign))


def clean(text: str) -> str:
    """One line of text: mojibake repaired, invisible characters and the guard of exported formulas removed,
    composed (NFC), line breaks turned into single spaces, ends trimmed. Raises CellError for control characters
    and for marks that reverse the reading direction.
    """
    if text.isascii() and text.isprintable():
        return unguard(text).strip() if "'" in text else text.strip()
    text = repair(unguard(text))
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    text = _NEWLINES.sub(" ", text).replace("\t", " ").strip()
    for c in text:
        if c in _BIDI:
            raise CellError(f"{quote(text)} holds marks that reverse the reading direction; type the text anew.")
        if unicodedata.category(c) in ("Cc", "Cs"):
            raise CellError(f"{quote(text)} holds control characters; type the text anew.")
    return text
