"""Small pieces of English that pages are put together from."""

from __future__ import annotations

from collections.abc import Sequence


def a(noun: str) -> str:
    """Return a noun with its article: 'a site', 'an inspection', and as it is spoken 'a CMO', 'an RFP'."""
    vowels = "AEFHILMNORSX" if noun[1:2].isupper() else "aeioAEIO"
    return f"an {noun}" if noun[:1] and noun[0] in vowels else f"a {noun}"


def upper(text: str) -> str:
    """Return a text with its first letter large and all others as they are: 'CMO contact', never 'Cmo contact'."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return a text with its first letter small, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def unread(noun: str) -> str:
    """Return the refusal of a form without a version that anybody could have read."""
    return (
        f"What was sent does not say which version of this {noun} you read, so nothing was done."
        " Look at it as it stands now, and send this form again."
    )


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a sentence has them: 'Quality, Legal and Finance'."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
