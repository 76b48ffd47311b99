"""The library: every question of every template, once, with a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from evaluation.library.common import COMMON
from evaluation.library.questions import Question
from evaluation.library.templates import TEMPLATES

#: Rises whenever a question is added or says something else. A code is never given to another question, nor taken away.
LIBRARY_VERSION = 1


def _once(questions: Iterable[Question]) -> dict[str, Question]:
    found: dict[str, Question] = {}
    for question in questions:
        if found.setdefault(question.code, question) != question:
            raise ValueError(f"The code {question.code} means two things in the library.")
    return found


LIBRARY: dict[str, Question] = _once(
    [*COMMON.values(), *(question for template in TEMPLATES.values() for question in template.questions)]
)


def library_digest() -> str:
    """Return what the whole library says, as a SHA-256 of its canonical JSON."""
    said = [LIBRARY[code].as_json() for code in sorted(LIBRARY)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
