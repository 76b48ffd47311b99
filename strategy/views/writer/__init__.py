"""The guided writer: one question a screen, savable at any point, with what it brings about beside each answer."""

from strategy.views.writer.page import GoOnPage, WritePage

__all__ = ["GoOnPage", "WritePage"]
