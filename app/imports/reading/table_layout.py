"""Pure: where the table of a file begins and ends: titles above it, totals and notes below."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from app.core.characters import comparison_key
from app.imports.reading import both_sides

Row = tuple[int, list[str]]
LOOKED_AT = 15  # rows in which the header is looked for
_NOTE = re.compile(
    r"合计|总计|共计|小计|总数|汇总|以上|共\s*\d+|[*※]"
    r"|(备注|注|说明|附注?|制表人?|填表人?|打印|审核人?|统计|制表日期|打印时间)\s*:"
    r"|(total|subtotal|grand total|sum|count)\b"
    r"|(notes?|remarks?|printed|prepared|page|source|legend)\b\s*[:\d]",
    re.IGNORECASE,
)
_LONG = 60  # characters of a lone cell that is no case number


def header_key(text: str) -> str:
    """Return a header as it is compared: one width and case, without spaces, marks and hyphens."""
    return "".join(
        c
        for c in comparison_key(both_sides.simplified(text))
        if not c.isspace() and c not in "_-:*.#"
    )


def known_cells(cells: Sequence[str], known: Collection[str]) -> int:
    """Return how many cells of a row are headers that are known."""
    return sum(
        1
        for cell in cells
        if cell.strip() and len(cell) < 100 and (header_key(cell) in known or _of_a_side(cell))
    )


def _of_a_side(cell: str) -> bool:
    of = both_sides.read_header(cell)
    return of is not None and bool(of.side)


def find_header(rows: Sequence[Row], known: Collection[str]) -> tuple[int, list[str], int]:
    """Return the index of the header among the first rows, its cells, and how many rows it takes.

    The header is the row with the most headers that are known, if most of its cells are such; else
    the first that has more than one cell, where rows below it have several. Rows above are titles.
    """
    best, most = None, 1
    for at, (_, cells) in enumerate(rows[:LOOKED_AT]):
        filled = sum(bool(cell.strip()) for cell in cells)
        count = known_cells(cells, known)
        if count > most and 2 * count >= filled:
            best, most = at, count
    if best is None:
        filled_of = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows[:LOOKED_AT]]
        wide = max(filled_of, default=0) > 2
        best = next((at for at, count in enumerate(filled_of) if count > 1), 0) if wide else 0
    for above in (best - 1, best):  # a side may stand in a line of its own, above
        if 0 <= above < len(rows) - 1 and (
            joined := both_sides.two_lines(rows[above][1], rows[above + 1][1])
        ):
            return above, joined, 2
    return best, list(rows[best][1]), 1


def without_notes(
    rows: Iterator[Row], headers: Sequence[str], left_out: list[tuple[int, str]]
) -> Iterator[Row]:
    """Yield the rows of a table without repeated headers, totals and notes, which are noted.

    A total has a word for it in its first cell and little beside; a note stands alone in its row,
    below all others.
    """
    titles = [header.strip() for header in headers]
    wide = sum(bool(title) for title in titles) > 2
    waiting: list[Row] = []
    for line, cells in rows:
        filled = [cell.strip() for cell in cells if cell.strip()]
        lean = wide and len(filled) <= 3 and len(filled) < len(titles)
        note = lean and _NOTE.match(unicodedata.normalize("NFKC", filled[0]))
        if note or [cell.strip() for cell in cells] == titles:
            left_out.append((line, filled[0]))
        elif wide and len(filled) == 1 and (len(filled[0]) > _LONG or filled[0][-1] in "。.!！"):
            waiting.append((line, cells))
        else:
            yield from waiting
            waiting.clear()
            yield line, cells
    left_out += [(line, next(cell for cell in cells if cell.strip())) for line, cells in waiting]
