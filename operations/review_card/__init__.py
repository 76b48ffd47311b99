"""One review as people see it, gathered once: for its page, for print and for the PDF."""

from operations.review_card.gathering import PERIODS_SHOWN, card_of, tone_of
from operations.review_card.kept import Kept
from operations.review_card.lines import kpi_place, reading_of, rules_of, written
from operations.review_card.shapes import Card

__all__ = ["PERIODS_SHOWN", "Card", "Kept", "card_of", "kpi_place", "reading_of", "rules_of", "tone_of", "written"]
