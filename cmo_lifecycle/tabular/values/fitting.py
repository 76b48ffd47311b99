"""The formats that a sample of cells allows."""

from collections.abc import Iterable

from cmo_lifecycle.tabular.errors import CellError
from cmo_lifecycle.tabular.values.dates import LOOKS_LIKE_DATE, date_or_note
from cmo_lifecycle.tabular.values.numbers import number_or_note

DATE_FORMATS = (
    "%Y-%m-%d", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%m/%d/%y", "%d/%m/%y", "%m/%d/%Y",
    "%d/%m/%Y", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y%m%d", "%d-%m-%Y", "%m-%d-%Y",
)  # fmt: skip


def fitting_date_formats(samples: Iterable[str | None]) -> list[str]:
    """The date formats under which at least one sample is a date and no sample is a broken one; remarks are passed.

    More than one answer means the samples do not decide, and the person has to.
    """
    filled = [s for s in samples if s and s.strip()]
    fitting = []
    for form in DATE_FORMATS:
        parse = date_or_note(form)
        try:
            if any(parse(sample)[0] for sample in filled) and all(parse(sample) for sample in filled):
                fitting.append(form)
        except CellError:
            continue
    if "%Y-%m-%d" in fitting:
        iso = date_or_note("%Y-%m-%d")
        if all(iso(sample)[0] or not LOOKS_LIKE_DATE.match(sample.strip()) for sample in filled):
            return ["%Y-%m-%d"]
    return fitting


def fitting_number_formats(samples: Iterable[str | None]) -> list[tuple[str, str]]:
    """The (decimal mark, thousands separator) pairs, strictest first, under which every sample is a number or a
    remark and at least one is a number. More than one answer that reads a sample differently means it is not decided.
    """
    filled = [s for s in samples if s and s.strip()]
    fitting = []
    for mark, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'")):
        parse = number_or_note(mark, thousands)
        try:
            if [s for s in filled if parse(s)[0] is not None]:
                fitting.append((mark, thousands))
        except CellError:
            continue
    return fitting
