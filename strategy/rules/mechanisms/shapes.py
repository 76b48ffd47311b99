"""What a mechanism says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mechanism:
    title: str
    topic: str
    must_contain: str
    fallback: str
