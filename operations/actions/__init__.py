"""What may happen in operations, noun by noun."""

from operations.actions import definitions, imports, reviews

__all__ = ["definitions", "imports", "reviews"]
