"""The one error of all sums."""

from __future__ import annotations


class SumError(ValueError):
    """Inputs that no sum can be made of; the message is one sentence that says what to do.

    ``field`` says which input it is about, in the words of the function that was called ("demand", "pairwise",
    "rates"); ``row`` is the position, from 0, of the line that is wrong, or None where no single one is.
    """

    def __init__(self, sentence: str, *, field: str, row: int | None = None) -> None:
        super().__init__(sentence)
        self.field = field
        self.row = row
