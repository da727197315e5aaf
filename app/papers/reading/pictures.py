"""Pictures as grey A4 pages: turned as the camera says, cropped by nobody, without metadata."""

from pathlib import Path
from typing import Any

import img2pdf
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from app.papers.reading import results
from app.papers.reading.results import (
    ConversionRequest,
    ConversionResult,
    PageImage,
    ReadingNote,
    image_path,
)

# A4 at 200 dpi, in pixels.
DPI = 200
SHORT, LONG = 1654, 2339
QUALITY, THUMBNAIL_QUALITY = 80, 70
THUMBNAIL = (320, 452)
# Modes whose values Pillow would cut off at 255.
DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")


def read(request: ConversionRequest) -> ConversionResult:
    """Write the copy, a thumbnail and an image of each page of a picture."""
    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = results.MOST_PIXELS
    folder = Path(request.folder)
    try:
        with Image.open(request.source) as picture:
            count = _count(picture)
            if not count:
                return ConversionResult.unreadable(ReadingNote.LARGE)
            images = [_page(picture, at, request.turned, folder) for at in range(count)]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return ConversionResult.unreadable(ReadingNote.LARGE)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError):
        return ConversionResult.unreadable(ReadingNote.BROKEN)
    paths = [str(image_path(folder, image)) for image in images]
    size = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
    layout = img2pdf.get_layout_fun(size, auto_orient=True, fit=img2pdf.FitMode.into)
    with (folder / results.COPY).open("wb") as copy:
        img2pdf.convert(paths, layout_fun=layout, nodate=True, outputstream=copy)
    shown = tuple(images[: results.MOST_IMAGES])
    return ConversionResult(len(images), (), has_copy=True, has_thumbnail=True, images=shown)


def _count(picture: Any) -> int:
    """Return how many pages a picture has; 0 for too many, or too many pixels.

    Only those of a TIFF are pages: other formats keep previews and animations in theirs.
    """
    if picture.width * picture.height > results.MOST_PIXELS:
        return 0
    count = int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
    return count if count <= results.MOST_PAGES else 0


def _page(picture: Any, at: int, turned: int, folder: Path) -> PageImage:
    if at:
        picture.seek(at)
        if picture.width * picture.height > results.MOST_PIXELS:
            raise Image.DecompressionBombError
    elif picture.format in ("JPEG", "MPO"):
        picture.draft("L", (LONG, LONG))  # decodes no more pixels than are needed
    grey = _grey(ImageOps.exif_transpose(picture))
    if turned % 360:
        grey = grey.rotate(-turned, expand=True)
    box = (SHORT, LONG) if grey.height >= grey.width else (LONG, SHORT)
    grey.thumbnail(box, Image.Resampling.LANCZOS)
    grey.info = {}  # comments and XMP would be written into the copy
    image = PageImage(at + 1, grey.width, grey.height)
    grey.save(image_path(folder, image), "JPEG", quality=QUALITY, dpi=(DPI, DPI))
    if not at:
        save_thumbnail(grey, folder)
    return image


def save_thumbnail(page: Image.Image, folder: Path) -> None:
    """Write the small image of a first page."""
    page.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS)
    page.save(folder / results.THUMBNAIL, "JPEG", quality=THUMBNAIL_QUALITY)


def _grey(picture: Any) -> Any:
    """Return a picture in grey: what is transparent is paper, deep shades become 256."""
    if picture.mode in DEEP:
        low, high = picture.getextrema()
        if picture.mode != "F" and low >= 0 and high <= 65535:
            low, high = 0, 65535
        wide = picture.convert("F")
        scale = 255 / (high - low) if high > low else 0
        return wide.point(lambda value: value * scale + (-low * scale)).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("L")
