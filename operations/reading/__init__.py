"""Words for the pages of operations: plain values in, plain text out; nothing here knows a row.

Numbers are rounded half to even (`kpi_math.quantise`) and only here, on their way to a reader. A
sentence ends in a full stop; words for a table cell or a badge do not.
"""

from operations.reading.calendar import CADENCE_WORDS, arrival_words, schedule_words, silence_sentence
from operations.reading.kpi import (
    COUNTED,
    MISSING_WORDS,
    NO_VALUE_WORDS,
    READING_TONES,
    SHARES,
    change_words,
    counted_words,
    missed_words,
    red_line_words,
    sum_words,
    target_words,
    tolerance_words,
    weighing_words,
    window_words,
)
from operations.reading.review import (
    CAUSES,
    change_sentence,
    movement_words,
    outlook_sentences,
    review_sentence,
    steps,
    waiting_words,
)
from operations.reading.versions import Difference, differences
from operations.reading.words import (
    CURRENCY_UNIT,
    counted,
    coverage_shown,
    coverage_words,
    joined,
    kpi_shown,
    points_words,
    short_number,
    shown,
    with_short,
)

__all__ = [
    "CADENCE_WORDS",
    "CAUSES",
    "COUNTED",
    "CURRENCY_UNIT",
    "MISSING_WORDS",
    "NO_VALUE_WORDS",
    "READING_TONES",
    "SHARES",
    "Difference",
    "arrival_words",
    "change_sentence",
    "change_words",
    "counted",
    "counted_words",
    "coverage_shown",
    "coverage_words",
    "differences",
    "joined",
    "kpi_shown",
    "missed_words",
    "movement_words",
    "outlook_sentences",
    "points_words",
    "red_line_words",
    "review_sentence",
    "schedule_words",
    "short_number",
    "shown",
    "silence_sentence",
    "steps",
    "sum_words",
    "target_words",
    "tolerance_words",
    "waiting_words",
    "weighing_words",
    "window_words",
    "with_short",
]
