"""What may happen in operations, noun by noun."""

from operations.actions import definitions, frameworks, gates, imports, reviews, transfers

__all__ = ["definitions", "frameworks", "gates", "imports", "reviews", "transfers"]
