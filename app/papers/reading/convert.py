"""Convert one file into a reading copy: run as a process of its own, with limits, on one file.

``python -m app.papers.reading.convert KIND SOURCE FOLDER`` writes ``copy.pdf`` and ``image.jpg``
where there are any, and prints a ConversionResult. Whoever it is run for treats a crash, a timeout
and an exhausted limit alike: the file cannot be read.
"""

import io
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.document_types import PDF
from app.papers.reading import results
from app.papers.reading.results import ConversionResult, ReadingNote

# A4 at 200 dpi.
DPI = 200
SHORT, LONG = 1654, 2339
QUALITY = 80
# Entries of a PDF that run something or carry other files (ISO 32000-1, 12.6, 7.11.4).
ACTIVE_IN_ROOT = ("/OpenAction", "/AA")
ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles")
HARMLESS_ACTIONS = ("/GoTo", "/URI", "/Named")
ATTACHED = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D")


def main() -> None:
    """Convert the file that the arguments name."""
    kind, source, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    _limit()
    result = _pdf(source, folder) if kind == PDF else _picture(source, folder)
    print(result.dumped())


def _limit() -> None:
    for name, most in (
        (resource.RLIMIT_AS, results.MEMORY),
        (resource.RLIMIT_CPU, results.SECONDS),
        (resource.RLIMIT_FSIZE, results.LARGEST_COPY),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (most, most))


def _picture(source: Path, folder: Path) -> ConversionResult:
    """Make grey A4 pages: turned as the camera says, cropped by nobody, without its metadata."""
    import img2pdf
    from PIL import Image, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = results.MOST_PIXELS
    try:
        with Image.open(source) as picture:
            if picture.width * picture.height > results.MOST_PIXELS:
                return ConversionResult(note=ReadingNote.LARGE.value)
            count = getattr(picture, "n_frames", 1) if picture.format in ("TIFF", "MPO") else 1
            count = 1 if picture.format == "MPO" else count  # a preview for some cameras' screens
            if count > results.MOST_PAGES:
                return ConversionResult(note=ReadingNote.LARGE.value)
            pages = [page for number in range(count) for page in _page(picture, number)]
    except (Image.DecompressionBombError, MemoryError):
        return ConversionResult(note=ReadingNote.LARGE.value)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return ConversionResult(note=ReadingNote.BROKEN.value)
    size = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
    layout = img2pdf.get_layout_fun(size, auto_orient=True, fit=img2pdf.FitMode.into)
    (folder / "copy.pdf").write_bytes(img2pdf.convert(pages, layout_fun=layout, nodate=True))
    (folder / "image.jpg").write_bytes(pages[0])
    return ConversionResult(pages=count, has_copy=True, has_image=True)


def _page(picture: Any, number: int) -> Iterator[bytes]:
    from PIL import Image, ImageOps

    if number:
        picture.seek(number)
    elif picture.format in ("JPEG", "MPO"):
        picture.draft("L", (LONG, LONG))  # decodes no more pixels than are needed
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "P"):  # what is transparent is paper
        upright = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    grey = upright.convert("L")
    box = (SHORT, LONG) if grey.height >= grey.width else (LONG, SHORT)
    grey.thumbnail(box, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    grey.save(written, "JPEG", quality=QUALITY, dpi=(DPI, DPI))
    yield written.getvalue()


def _pdf(source: Path, folder: Path) -> ConversionResult:
    """Count pages; if need be write a copy without encryption, actions and other files."""
    import pikepdf

    try:
        with pikepdf.open(source) as document:
            count = len(document.pages)
            if count > results.MOST_PAGES:
                return ConversionResult(pages=count, note=ReadingNote.LARGE.value)
            if not count:
                return ConversionResult(note=ReadingNote.BROKEN.value)
            is_active = _remove_active(document)
            if not is_active and not document.is_encrypted:
                return ConversionResult(pages=count)
            document.save(folder / "copy.pdf", encryption=False)
            note = ReadingNote.ACTIVE if is_active else ReadingNote.PROTECTED
            return ConversionResult(pages=count, note=note.value, has_copy=True)
    except pikepdf.PasswordError:
        return ConversionResult(note=ReadingNote.PASSWORD.value)
    except (pikepdf.PdfError, MemoryError, RecursionError, ValueError, OSError, AttributeError):
        return ConversionResult(note=ReadingNote.BROKEN.value)


def _remove_active(document: Any) -> bool:
    """Remove what runs or carries other files from a PDF; return whether there was any."""
    found = False
    root = document.Root
    for name in ACTIVE_IN_ROOT:
        if name in root and not _is_harmless(root[name]):
            del root[name]
            found = True
    names = root.get("/Names")
    for name in ACTIVE_NAMES:
        if names is not None and name in names:
            del names[name]
            found = True
    form = root.get("/AcroForm")
    if form is not None and "/XFA" in form:
        del form["/XFA"]
        found = True
    for page in document.pages:
        found = _remove_from_page(document, page) or found
    return found


def _remove_from_page(document: Any, page: Any) -> bool:
    import pikepdf

    found = "/AA" in page
    if found:
        del page["/AA"]
    annotations = page.get("/Annots")
    if annotations is None:
        return found
    kept = []
    for annotation in annotations:
        is_attached = str(annotation.get("/Subtype", "")) in ATTACHED
        acts = "/AA" in annotation or not _is_harmless(annotation.get("/A"))
        if is_attached:
            found = True
            continue
        if acts:
            found = True
            for name in ("/A", "/AA"):
                if name in annotation:
                    del annotation[name]
        kept.append(annotation)
    page["/Annots"] = document.make_indirect(pikepdf.Array(kept))
    return found


def _is_harmless(action: Any) -> bool:
    """Tell whether an action only leads to a place: in the document, or to an address."""
    import pikepdf

    if action is None or isinstance(action, pikepdf.Array):  # a destination
        return True
    if not isinstance(action, pikepdf.Dictionary):
        return False
    return str(action.get("/S", "")) in HARMLESS_ACTIONS and "/Next" not in action


if __name__ == "__main__":
    main()
