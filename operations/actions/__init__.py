"""What may happen in operations, noun by noun."""

from operations.actions import definitions, reviews

__all__ = ["definitions", "reviews"]
