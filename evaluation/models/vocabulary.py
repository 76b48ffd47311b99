"""Choices that several nouns of the evaluation share."""

from __future__ import annotations

from django.db import models


class EnvelopeKind(models.TextChoices):
    """Which part of a proposal something belongs to: the two are opened one after the other."""

    TECHNICAL = "technical", "Technical envelope"
    COMMERCIAL = "commercial", "Commercial envelope"


class AnswerKind(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    CHOICE = "choice", "One of several"
    TABLE = "table", "Table"
    DATE = "date", "Date"
    FILE = "file", "File"


class Level(models.TextChoices):
    COMPANY = "company", "The company"
    SITE = "site", "The site"


class Scenario(models.TextChoices):
    LOW = "low", "Low demand"
    BASE = "base", "Expected demand"
    HIGH = "high", "High demand"
