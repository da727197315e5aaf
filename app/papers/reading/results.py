"""Pure: what is asked of a conversion, what it found out about a file, and its limits."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from app.core.errors import N_

MOST_PAGES = 5000
MOST_PIXELS = 120_000_000  # of one picture
# Pages that are shown as images; the rest is in the file. The first ones are made at once, the
# others in batches after the first ones of all other files.
MOST_IMAGES, FIRST_IMAGES, BATCH = 100, 4, 16
SECONDS, MEMORY = 60, 2 * 1024**3  # of a conversion: processor time, address space in bytes
LARGEST_COPY = 200 * 1024**2  # bytes


class ReadingState(StrEnum):
    """Whether a file has been read."""

    PENDING = ""
    READ = "read"
    # Sound, video and Office files: they are downloaded only.
    NONE = "none"
    UNREADABLE = "unreadable"


class ReadingNote(StrEnum):
    """What is said of a file beside its pages, with words; a file may have several."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "ReadingNote":
        """Create a note with its words; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    ACTIVE = (
        "active",
        N_("The file holds scripts, actions or other files: the reading copy leaves them out."),
    )
    LINKS = "links", N_("The file holds links to other addresses: the reading copy has none.")
    PASSWORD = "password", N_("The file can only be opened with a password.")
    PROTECTED = "protected", N_("The file is encrypted: the reading copy is not.")
    REPAIRED = "repaired", N_("The file is damaged: the reading copy may lack parts of it.")
    BROKEN = "broken", N_("The file is damaged and could not be read.")
    LARGE = "large", N_("The file has too many pages or pixels to be read here.")


@dataclass(frozen=True)
class ConversionRequest:
    """What a conversion is to do with a file.

    Either the whole (``first`` is 0): count pages, write the copy, a thumbnail and the first page
    images, the picture turned by ``turned`` degrees clockwise; or the images of the pages of a PDF
    from ``first`` to ``last``.
    """

    media_type: str
    source: str
    folder: str
    turned: int = 0
    first: int = 0
    last: int = 0
    # Of a PDF whose pages cannot be drawn: only what is written of it.
    undrawn: bool = False

    def dumped(self) -> str:
        """Return the request as one word of a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def loaded(cls, line: str) -> Self:
        """Return the request of such a word."""
        return cls(**json.loads(line))


@dataclass(frozen=True)
class PageImage:
    """The image of a page: its number, from 1, and its size in pixels."""

    number: int
    width: int
    height: int

    @property
    def file_name(self) -> str:
        """Name of its file in the folder of the conversion."""
        return f"page-{self.number}.jpg"


COPY, THUMBNAIL = "copy.pdf", "thumbnail.jpg"


@dataclass(frozen=True)
class ConversionResult:
    """Result of a conversion: pages, notes, and which files were written beside the page images."""

    pages: int | None = None
    notes: tuple[str, ...] = ()
    has_copy: bool = False
    has_thumbnail: bool = False
    images: tuple[PageImage, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether the pages could be read."""
        return self.pages is not None

    @classmethod
    def unreadable(cls, note: ReadingNote, pages: int | None = None) -> Self:
        """Return the result for a file of which nothing but perhaps its pages is known."""
        return cls(pages=pages, notes=(note.value,))

    def dumped(self) -> str:
        """Return the result as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def loaded(cls, line: str) -> Self:
        """Return the result of a line. Raises ValueError."""
        values = json.loads(line)
        if not isinstance(values, dict):
            raise ValueError(line)
        images = tuple(PageImage(**each) for each in values.pop("images", ()))
        return cls(**{**values, "notes": tuple(values.get("notes", ()))}, images=images)


def image_path(folder: Path, image: PageImage) -> Path:
    """Return where a conversion wrote the image of a page."""
    return folder / image.file_name
