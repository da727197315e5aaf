"""Merge PDFs behind a cover sheet: run as a process of its own, with limits.

``python -m app.papers.bundles.merge PLAN`` reads a MergePlan from a file and writes its target.
What cannot be merged has a sheet in its place that says so.
"""

import resource
import sys
from pathlib import Path
from typing import Any

import pikepdf

from app.papers.bundles import sheets
from app.papers.bundles.plan import MergeItem, MergePlan
from app.papers.reading import convert

FAULTS = (
    pikepdf.PdfError,
    ValueError,
    OSError,
    AttributeError,
    TypeError,
    KeyError,
    RecursionError,
)


def main() -> None:
    """Carry out the plan that the argument names."""
    plan = MergePlan.loaded(Path(sys.argv[1]).read_text(encoding="utf-8"))
    convert.limit(largest_file=plan.largest)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, len(plan.items) + 100)), hard))
    merge(plan)


def merge(plan: MergePlan) -> None:
    """Write the cover sheet, the papers, and a bookmark for each, under its side."""
    with pikepdf.new() as document:
        fonts = _fonts(document)
        _add_sheets(document, fonts, plan.cover)
        sources: list[pikepdf.Pdf] = []  # are read when the whole is saved
        places: list[tuple[MergeItem, int]] = []
        for item in plan.items:
            places.append((item, len(document.pages)))
            if item.sheet:
                _add_sheets(document, fonts, item.sheet)
            for path in item.paths:
                _append(document, fonts, path, item, sources)
        _add_bookmarks(document, places)
        document.docinfo["/Title"] = plan.title
        document.save(plan.target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _append(
    document: pikepdf.Pdf, fonts: Any, path: str, item: MergeItem, sources: list[pikepdf.Pdf]
) -> None:
    try:
        source = pikepdf.open(path)
        sources.append(source)
        if "/AcroForm" in source.Root:  # what is filled in becomes a part of its page
            source.generate_appearance_streams()
            source.flatten_annotations()
        document.pages.extend(source.pages)
    except FAULTS:
        _add_sheets(document, fonts, item.fault)


def _add_bookmarks(document: pikepdf.Pdf, places: list[tuple[MergeItem, int]]) -> None:
    with document.open_outline() as outline:
        groups: dict[str, pikepdf.OutlineItem] = {}
        for item, page in places:
            if item.group not in groups:
                groups[item.group] = pikepdf.OutlineItem(item.group, page)
                outline.root.append(groups[item.group])
            groups[item.group].children.append(pikepdf.OutlineItem(item.title, page))


def _add_sheets(document: pikepdf.Pdf, fonts: Any, lines: list[sheets.Line]) -> None:
    for content in sheets.sheets(lines):
        document.add_blank_page(page_size=(sheets.WIDTH, sheets.HEIGHT))
        page = document.pages[-1]
        page.Contents = document.make_stream(content)
        page.Resources = pikepdf.Dictionary(Font=fonts)


def _fonts(document: pikepdf.Pdf) -> Any:
    name, dictionary = pikepdf.Name, pikepdf.Dictionary
    latin = dictionary(
        Type=name.Font, Subtype=name.Type1, BaseFont=name.Helvetica, Encoding=name.WinAnsiEncoding
    )
    descriptor = dictionary(
        Type=name.FontDescriptor,
        FontName=pikepdf.Name("/STSong-Light"),
        Flags=6,
        FontBBox=[-25, -254, 1000, 880],
        ItalicAngle=0,
        Ascent=752,
        Descent=-271,
        CapHeight=737,
        StemV=58,
    )
    descendant = dictionary(
        Type=name.Font,
        Subtype=name.CIDFontType0,
        BaseFont=pikepdf.Name("/STSong-Light"),
        CIDSystemInfo=dictionary(Registry="Adobe", Ordering="GB1", Supplement=4),
        DW=1000,
        FontDescriptor=document.make_indirect(descriptor),
    )
    chinese = dictionary(
        Type=name.Font,
        Subtype=name.Type0,
        BaseFont=pikepdf.Name("/STSong-Light-UniGB-UTF16-H"),
        Encoding=pikepdf.Name("/UniGB-UTF16-H"),
        DescendantFonts=[document.make_indirect(descendant)],
    )
    return document.make_indirect(
        dictionary(F1=document.make_indirect(latin), F2=document.make_indirect(chinese))
    )


if __name__ == "__main__":
    main()
