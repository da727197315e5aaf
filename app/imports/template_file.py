"""A file to fill in: headers in the reader's language, and an example that no import enters."""

import csv
import io
from collections.abc import Mapping, Sequence

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# Each column: its header, and its cells in the two rows of the example.
Column = tuple[str, str, str]
# The case number of an example begins with what table_layout.is_example looks for.
COLUMNS: Mapping[str, Sequence[Column]] = {
    "en": (
        ("Case number", "Example: CV-2026-1", "Example: CV-2026-1"),
        ("Case title", "Ash Ltd v Birch Ltd", "Ash Ltd v Birch Ltd"),
        ("Procedure", "ordinary", "ordinary"),
        ("Judge", "Judge Zhou", "Judge Zhou"),
        ("Party", "Ash Ltd", "Birch Ltd"),
        ("Party role", "claimant", "respondent"),
        ("Counsel", "Ada Lin", "Ben Meng"),
        ("Law firm", "Lin Partners", "Meng & Co"),
        ("E-mail", "lin@example.com", "meng@example.com"),
        ("Phone", "+86 138 0013 8001", "+86 138 0013 8002"),
        ("Language", "en", "zh"),
        ("Hearing date", "2027-03-15", ""),
        ("Hearing time", "09:30", ""),
        ("Minutes", "90", ""),
        ("Courtroom", "", ""),
    ),
    "zh": (
        ("案号", "示例：（2026）沪0115民初1号", "示例：（2026）沪0115民初1号"),
        ("案由", "买卖合同纠纷", "买卖合同纠纷"),
        ("程序", "普通程序", "普通程序"),
        ("承办法官", "周法官", "周法官"),
        ("当事人", "甲公司", "乙公司"),
        ("诉讼地位", "原告", "被告"),
        ("代理人", "林一", "孟二"),
        ("律所", "华诚律师事务所", "金茂律师事务所"),
        ("邮箱", "lin@example.com", "meng@example.com"),
        ("电话", "13800138001", "13800138002"),
        ("语言", "中文", "中文"),
        ("开庭日期", "2027-03-15", ""),
        ("开庭时间", "09:30", ""),
        ("时长", "90", ""),
        ("法庭", "", ""),
    ),
}


def write(kind: str, language: str) -> bytes:
    """Return the template as a file of one of FORMATS."""
    rows = list(zip(*COLUMNS["zh" if language == "zh" else "en"], strict=True))
    return _workbook(rows) if kind == "xlsx" else _csv(rows)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV with a byte-order mark, without which Excel takes Chinese for another code."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a workbook whose cells are text, so that no number or day is rewritten."""
    from openpyxl import Workbook  # half a second that a page process does not need
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for number, header in enumerate(rows[0], start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, 2 * len(header), len(rows[1][number - 1]))
        for cell in sheet[letter]:
            cell.number_format = "@"
        # Also the cells that are not filled in yet.
        sheet.column_dimensions[letter].number_format = "@"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
