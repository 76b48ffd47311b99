"""The guided writer of strategies: one question a screen, with what it brings about beside each answer."""

from strategy.views.writer.writer import WRITER

__all__ = ["WRITER"]
