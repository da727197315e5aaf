"""Pure: find the table within a file: titles above it, totals and notes below."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from app.core.characters import comparison_key, half_width
from app.imports.reading import both_sides

Row = tuple[int, list[str]]
SEARCHED_ROWS = 15  # rows searched for the header
_NOTE = re.compile(
    r"合计|总计|共计|小计|总数|汇总|以上|共\s*\d+|[*※]"
    r"|(备注|注|说明|附注?|制表人?|填表人?|打印|审核人?|统计|制表日期|打印时间)\s*:"
    r"|(total|subtotal|grand total|sum|count)\b"
    r"|(notes?|remarks?|printed|prepared|page|source|legend)\b\s*[:\d]",
    re.IGNORECASE,
)
# How the examples of the template begin.
_EXAMPLE = re.compile(r"(示例|example)\s*:", re.IGNORECASE)
_LONG = 60  # characters; a longer single cell is no case number


@lru_cache(maxsize=2000)
def header_key(text: str) -> str:
    """Normalize a header for comparison: width, case, no spaces and punctuation."""
    return "".join(
        c
        for c in comparison_key(both_sides.simplified(text))
        if not c.isspace() and c not in "_-:*.#"
    )


def known_cells(cells: Sequence[str], known: Collection[str]) -> int:
    """Count the cells of a row that are known headers."""
    return sum(
        1
        for cell in cells
        if cell.strip() and len(cell) < 100 and (header_key(cell) in known or _names_a_side(cell))
    )


def _names_a_side(cell: str) -> bool:
    column = both_sides.read_header(cell)
    return column is not None and bool(column.side)


def find_header(rows: Sequence[Row], known: Collection[str]) -> tuple[int, list[str], int]:
    """Return the index of the header row, its cells, and the number of rows it spans.

    The header is the row with the most known headers, if they are most of its cells; else the first
    row with more than one cell, if later rows have several. Rows above it are titles.
    """
    best, most_known = None, 1
    for at, (_, cells) in enumerate(rows[:SEARCHED_ROWS]):
        filled = sum(bool(cell.strip()) for cell in cells)
        count = known_cells(cells, known)
        if count > most_known and 2 * count >= filled:
            best, most_known = at, count
    if best is None:
        filled_counts = [
            sum(bool(cell.strip()) for cell in cells) for _, cells in rows[:SEARCHED_ROWS]
        ]
        has_several_columns = max(filled_counts, default=0) > 2
        best = (
            next((at for at, count in enumerate(filled_counts) if count > 1), 0)
            if has_several_columns
            else 0
        )
    for above in (best - 1, best):  # sides may have a row of their own above
        if 0 <= above < len(rows) - 1 and (
            joined := both_sides.join_header_rows(rows[above][1], rows[above + 1][1])
        ):
            return above, joined, 2
    return best, list(rows[best][1]), 1


def is_example(text: str) -> bool:
    """Tell whether the first cell of a row says that it is an example of the template."""
    return bool(_EXAMPLE.match(half_width(text[:20]).lstrip()))


def without_notes(
    rows: Iterator[Row], headers: Sequence[str], left_out: list[tuple[int, str]]
) -> Iterator[Row]:
    """Yield rows without repeated headers, totals, notes and examples; these go to ``left_out``.

    A total begins with a word such as 合计 and has few cells; a note is the only cell of its row,
    below all data.
    """
    titles = [header.strip() for header in headers]
    has_several_columns = sum(bool(title) for title in titles) > 2
    pending: list[Row] = []
    for line, cells in rows:
        filled_cells = [cell.strip() for cell in cells if cell.strip()]
        is_sparse = (
            has_several_columns and len(filled_cells) <= 3 and len(filled_cells) < len(titles)
        )
        is_note = is_sparse and _NOTE.match(half_width(filled_cells[0]))
        is_example_row = bool(filled_cells) and is_example(filled_cells[0])
        if is_note or is_example_row or [cell.strip() for cell in cells] == titles:
            left_out.append((line, filled_cells[0]))
        elif (
            has_several_columns
            and len(filled_cells) == 1
            and (len(filled_cells[0]) > _LONG or filled_cells[0][-1] in "。.!！")
        ):
            pending.append((line, cells))
        else:
            yield from pending
            pending.clear()
            yield line, cells
    left_out += [(line, next(cell for cell in cells if cell.strip())) for line, cells in pending]
