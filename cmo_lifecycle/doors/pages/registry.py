"""Which noun is shown by which pages, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

if TYPE_CHECKING:
    from cmo_lifecycle.doors.pages.noun import Noun

NOUNS: dict[type[models.Model], Noun] = {}


def noun_of(model: type[models.Model]) -> Noun | None:
    """Return the pages of a model; None where it has none."""
    return NOUNS.get(model)


def url_of_row(model: type[models.Model], pk: Any) -> str:
    """Return the address of a row's page; empty where the model has no pages."""
    noun = NOUNS.get(model)
    return noun.url(pk) if noun is not None else ""


def url_for(content_type_id: int, pk: Any, verb: str = "") -> str:
    """Return the address of a record's page, or of one of its steps, by content type, without fetching the record."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    noun = NOUNS.get(model) if model is not None else None
    if noun is None:
        return ""
    return noun.step_url(pk, verb) if verb else noun.url(pk)


def url_of(record: Any) -> str:
    """Return the address of a record's page."""
    noun = NOUNS.get(type(record))
    if noun is not None:
        return noun.url(record.pk)
    return record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
