"""PDFs: their pages counted and shown, and a copy without encryption, actions and other files."""

from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from app.papers.reading import pictures, results
from app.papers.reading.results import (
    ConversionRequest,
    ConversionResult,
    PageImage,
    ReadingNote,
    image_path,
)

# Of page images: A4 at 150 dpi, in pixels; the file itself is there for more.
LONG, QUALITY = 1754, 75
POINTS = 72  # to an inch

# Names under which a document lists scripts and other files, and a form a second one (ISO 32000-2,
# 7.7.4, 12.7.8); keys that hold an action, and those that hold actions by event (12.6.2, 12.6.3).
LISTS = ("/JavaScript", "/EmbeddedFiles", "/XFA")
ACTION_KEYS = ("/A", "/OpenAction", "/Next", "/PA")
EVENTS = "/AA"
INSIDE = ("/GoTo", "/Named")
ATTACHED = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D")
DEEPEST = 40  # direct objects within each other

FAULTS = (
    pikepdf.PdfError,
    MemoryError,
    RecursionError,
    ValueError,
    OSError,
    AttributeError,
    TypeError,
    KeyError,
)


def read(request: ConversionRequest) -> ConversionResult:
    """Count pages, write a copy if need be, a thumbnail and the images of the first pages."""
    folder = Path(request.folder)
    try:
        with pikepdf.open(request.source) as document:
            count = len(document.pages)
            if count > results.MOST_PAGES:
                return ConversionResult.unreadable(ReadingNote.LARGE, count)
            if not count:
                return ConversionResult.unreadable(ReadingNote.BROKEN)
            notes = _clean(document)
            if document.get_warnings():  # read all the same, as far as the bytes go
                notes.append(ReadingNote.REPAIRED)
            if notes:
                document.save(folder / results.COPY, encryption=False)
    except pikepdf.PasswordError:
        return ConversionResult.unreadable(ReadingNote.PASSWORD)
    except FAULTS:
        return ConversionResult.unreadable(ReadingNote.BROKEN)
    shown = str(folder / results.COPY) if notes else request.source
    drawn = 0 if request.undrawn else min(count, results.FIRST_IMAGES)
    images = _images(shown, folder, 1, drawn)
    return ConversionResult(
        count,
        tuple(each.value for each in notes),
        has_copy=bool(notes),
        has_thumbnail=bool(images),
        images=tuple(images),
    )


def pages(request: ConversionRequest) -> ConversionResult:
    """Write the images of some pages of a PDF."""
    images = _images(request.source, Path(request.folder), request.first, request.last)
    return ConversionResult(images=tuple(images))


def _images(source: str, folder: Path, first: int, last: int) -> list[PageImage]:
    """Write images of pages until one cannot be drawn."""
    images: list[PageImage] = []
    if last < first:
        return images
    try:
        document = pypdfium2.PdfDocument(source)
        document.init_forms()  # what is filled in is part of a page
        for number in range(first, min(last, len(document)) + 1):
            images.append(_image(document, number, folder))
    except (pypdfium2.PdfiumError, MemoryError, ValueError, OSError):
        pass
    return images


def _image(document: Any, number: int, folder: Path) -> PageImage:
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(LONG / max(width, height, 1), 4 * LONG / POINTS)
    drawn = page.render(scale=scale).to_pil().convert("RGB")
    image = PageImage(number, drawn.width, drawn.height)
    drawn.save(image_path(folder, image), "JPEG", quality=QUALITY)
    if number == 1:
        pictures.save_thumbnail(drawn, folder)
    page.close()
    return image


def _clean(document: pikepdf.Pdf) -> list[ReadingNote]:
    """Remove from a PDF what runs, leads elsewhere or carries files; return what there was."""
    found: set[ReadingNote] = set()
    if document.is_encrypted:
        found.add(ReadingNote.PROTECTED)
    for each in document.objects:
        _clean_object(each, found, DEEPEST)
    if "/Collection" in document.Root:  # a portfolio, which shows its files instead of its pages
        del document.Root["/Collection"]
        found.add(ReadingNote.ACTIVE)
    for page in document.pages:
        _drop_attached(document, page.obj, found)
    return sorted(found)


def _clean_object(value: Any, found: set[ReadingNote], depth: int) -> None:
    """Clean an object and the direct ones in it; the others have their own turn."""
    if isinstance(value, pikepdf.Array):
        within = list(value)
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        _clean_dictionary(value, found)
        within = list(value.values())
    else:
        return
    for each in within:
        if isinstance(each, pikepdf.Array | pikepdf.Dictionary) and not each.is_indirect:
            if not depth:
                raise ValueError("nested too deeply")
            _clean_object(each, found, depth - 1)


def _clean_dictionary(value: Any, found: set[ReadingNote]) -> None:
    """Clean a dictionary by what its entries hold: fonts and pictures may have any name."""
    for key in LISTS:
        if key in value:
            del value[key]
            found.add(ReadingNote.ACTIVE)
    events = value.get(EVENTS)
    if isinstance(events, pikepdf.Dictionary) and any(map(_fault_of_action, events.values())):
        del value[EVENTS]
        found.add(ReadingNote.ACTIVE)
    for key in ACTION_KEYS:
        if key in value and (note := _fault_of_action(value[key])) is not None:
            del value[key]
            found.add(note)
    # A file specification with its file (7.11.4), and lists of such (14.13).
    if "/EF" in value and ("/F" in value or "/UF" in value):
        del value["/EF"]
        found.add(ReadingNote.ACTIVE)
    if _names_files(value.get("/AF")):
        del value["/AF"]
        found.add(ReadingNote.ACTIVE)


def _fault_of_action(action: Any) -> ReadingNote | None:
    """Return what an action is that a copy has not; None if it leads to a place in the document.

    An array is a destination, or several actions.
    """
    if isinstance(action, pikepdf.Array):
        return next(filter(None, map(_fault_of_action, action)), None)
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return None
    kind = str(action["/S"])
    if kind == "/URI":
        return ReadingNote.LINKS
    return None if kind in INSIDE else ReadingNote.ACTIVE


def _names_files(value: Any) -> bool:
    listed = list(value) if isinstance(value, pikepdf.Array) else [value]
    return any(
        isinstance(each, pikepdf.Dictionary) and ("/F" in each or "/UF" in each) for each in listed
    )


def _drop_attached(document: pikepdf.Pdf, page: Any, found: set[ReadingNote]) -> None:
    """Drop a page's annotations that carry a file, sound or film."""
    annotations = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = [
        each
        for each in annotations
        if not (isinstance(each, pikepdf.Dictionary) and str(each.get("/Subtype", "")) in ATTACHED)
    ]
    if len(kept) < len(annotations):
        page["/Annots"] = document.make_indirect(pikepdf.Array(kept))
        found.add(ReadingNote.ACTIVE)
