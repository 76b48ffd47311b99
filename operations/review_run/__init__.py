"""Scheduled reviews: opening and scoring what is due, one review's inputs, and what changed since."""

from operations.review_run.behind import lines_behind
from operations.review_run.later import KpiDifference, LaterData, later_data
from operations.review_run.run import end_of, run_reviews, take_and_score
from operations.review_run.scorecards import bands_of, outlook

__all__ = [
    "KpiDifference",
    "LaterData",
    "bands_of",
    "end_of",
    "later_data",
    "lines_behind",
    "outlook",
    "run_reviews",
    "take_and_score",
]
