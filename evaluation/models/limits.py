"""How long a text may be, said in one sentence."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models

LONG = 10_000


def text(label: str = "", **options: Any) -> models.TextField:
    """Return a field for a text of at most 10,000 characters."""
    sentence = f"Say it in at most {LONG:,} characters."
    return models.TextField(label or None, validators=[MaxLengthValidator(LONG, message=sentence)], **options)
