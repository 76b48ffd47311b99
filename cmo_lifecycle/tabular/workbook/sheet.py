"""The rows of a sheet, as its XML goes by."""

from collections.abc import Callable
from typing import Any

from cmo_lifecycle.tabular.limits import Limits
from cmo_lifecycle.tabular.workbook.cells import PLAIN, column_number, letters, moment_text, number_text, unescape
from cmo_lifecycle.tabular.workbook.package import damaged

Cells = list[str | None]


def handle_sheet(
    parser: Any,
    emit: Callable[[tuple[int, Cells, str | None]], None],
    strings: list[str],
    formats: list[int],
    limits: Limits,
    date1904: bool,
) -> None:
    """Let a parser emit (row number, cells, problem) for each row of a sheet that is fed to it."""
    most_columns, most_text = limits.max_columns, limits.max_cell
    tags = {"c": 1, "v": 2, "row": 3, "f": 4, "t": 5, "rPh": 6}
    known = dict(tags)
    columns: dict[str, int] = {}

    cells: Cells = []
    pieces: list[str] = []
    length = number = column = phonetic = 0
    in_row = in_cell = has_formula = has_value = False
    kind: str | None = None
    style = 0
    problem: str | None = None

    def text(data: str) -> None:
        nonlocal length, problem
        length += len(data)
        if length > most_text:
            problem = f"A cell holds more than {most_text:,} characters."
        else:
            pieces.append(data)

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal cells, number, column, in_row, in_cell, has_formula, has_value
        nonlocal kind, style, problem, length, phonetic
        tag = known.get(name)
        if tag is None:
            tag = tags.get(name.rpartition(":")[2], 0)
            if len(known) < 200:
                known[name] = tag
        if tag == 1:
            if not in_row or in_cell:
                raise damaged("a cell stands outside its row")
            in_cell, has_formula, has_value = True, False, False
            ref = attrs.get("r")
            if ref is None:
                column += 1
            else:
                alpha = ref.rstrip("0123456789")
                place = columns.get(alpha)
                if place is None:
                    place = columns[alpha] = column_number(alpha)
                if place <= column:
                    raise damaged("its cells are out of order")
                column = place
            kind = attrs.get("t")
            raw_style = attrs.get("s")
            if raw_style is None:
                style = PLAIN
            else:
                try:
                    style = formats[int(raw_style)]
                except (IndexError, ValueError):
                    style = PLAIN
            length = 0
            pieces.clear()
        elif tag == 2:
            if in_cell:
                has_value = True
                parser.CharacterDataHandler = text
        elif tag == 3:
            if in_row:
                raise damaged("a row stands inside a row")
            in_row, column, problem = True, 0, None
            cells = []
            ref = attrs.get("r")
            if ref is None:
                number += 1
            else:
                if not (ref.isascii() and ref.isdigit()) or len(ref) > 9 or int(ref) <= number:
                    raise damaged("its rows are out of order")
                number = int(ref)
        elif tag == 4:
            has_formula = in_cell
        elif tag == 5:
            if in_cell and not phonetic:
                has_value = True
                parser.CharacterDataHandler = text
        elif tag == 6:
            phonetic += 1

    def end(name: str) -> None:
        nonlocal in_row, in_cell, problem, phonetic
        tag = known.get(name)
        if tag is None:
            tag = tags.get(name.rpartition(":")[2], 0)
        if tag == 1:
            in_cell = False
            if has_value:
                raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
                if raw:
                    if column > most_columns:
                        problem = f"The row has cells beyond column {letters(most_columns)}."
                        return
                    gap = column - 1 - len(cells)
                    if gap:
                        cells.extend([None] * gap)
                    if kind == "s":
                        try:
                            # a negative index would count from the end
                            cells.append(strings[int(raw)] or None if raw[0] != "-" else strings[len(strings)])
                        except (IndexError, ValueError):
                            raise damaged("a cell refers to a text that is not there") from None
                    elif kind is None or kind == "n":
                        cells.append(number_text(raw) if style == PLAIN else moment_text(raw, style, date1904))
                    elif kind == "b":
                        cells.append("TRUE" if raw.strip() == "1" else "FALSE")
                    elif kind == "d":
                        cells.append(raw.removesuffix("Z").removesuffix("T00:00:00"))
                    else:
                        cells.append(unescape(raw))
            elif has_formula and problem is None:
                problem = (
                    f"Cell {letters(column)}{number} holds a formula without its result; open the file in your "
                    "spreadsheet program and save it again."
                )
        elif tag == 2 or tag == 5:
            parser.CharacterDataHandler = None
        elif tag == 3:
            in_row = False
            emit((number, cells, problem))
        elif tag == 6:
            phonetic -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
