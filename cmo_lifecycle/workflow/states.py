from __future__ import annotations

from typing import Any, cast

from django.db import models

TONES = ("good", "watch", "bad", "none", "info")


class States(models.TextChoices):
    """States of a noun; `tones` maps a state's value to the tone of its badge (else `none`).

    Write it as ``tones = nonmember({"active": "good"})``.
    """

    @property
    def tone(self) -> str:
        tones = cast("dict[str, str]", getattr(type(self), "tones", {}))
        return tones.get(self.value, "none")


def tone_of(record: Any) -> str:
    """Return the badge tone of a record's present state."""
    return type(record).State(record.state).tone
