"""The clause library: every topic once, with a version, and the ways to look one up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from contracts.clauses.library import change, competition, frame, liability, licences, money, oversight, quality, supply
from contracts.clauses.library.held import HOLDERS
from contracts.clauses.shapes import AGREEMENTS, GROUPS, SERVES, TERM_KINDS, TermKind, Topic

#: Rises whenever a topic is added or says something else. A code is never given to another topic, nor taken away.
LIBRARY_VERSION = 1


def _once(topics: Iterable[Topic]) -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for topic in topics:
        if found.setdefault(topic.code, topic) is not topic:
            raise ValueError(f"The code {topic.code} means two things in the library.")
    return found


_MODULES = (frame, supply, quality, money, change, oversight, liability, licences, competition)

TOPICS: dict[str, Topic] = _once(topic for module in _MODULES for topic in module.TOPICS)

#: The topic of each labelled category of public contracts.
BY_CATEGORY: dict[str, Topic] = {topic.category: topic for topic in TOPICS.values() if topic.category}


def library_digest() -> str:
    """Return what the whole library says, as a SHA-256 of its canonical JSON."""
    said = {
        "topics": [TOPICS[code].as_json() for code in sorted(TOPICS)],
        "holders": {code: list(topics) for code, topics in HOLDERS.items()},
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def topics_for(agreement: str) -> tuple[Topic, ...]:
    """Return the topics that have their place in a kind of agreement (a key of AGREEMENTS; KeyError for another)."""
    AGREEMENTS[agreement]
    return tuple(topic for topic in TOPICS.values() if agreement in topic.agreements)


def topics_serving(consequence: str) -> tuple[Topic, ...]:
    """Return the topics that serve a mechanism which a strategy may ask for, by its code; none for an unknown one."""
    return tuple(topic for topic in TOPICS.values() if consequence in topic.consequences)


__all__ = [
    "AGREEMENTS", "BY_CATEGORY", "GROUPS", "HOLDERS", "LIBRARY_VERSION", "SERVES", "TERM_KINDS", "TOPICS", "TermKind", "Topic",
    "library_digest", "topics_for", "topics_serving",
]  # fmt: skip
