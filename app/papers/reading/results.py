"""Pure: what a conversion found out about a file, and the limits of conversions."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from app.core.errors import N_

MOST_PAGES = 5000
MOST_PIXELS = 120_000_000  # of one picture
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
    """What is said of a file beside its pages, with words."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "ReadingNote":
        """Create a note with its words; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    NOTHING = "", ""
    ACTIVE = (
        "active",
        N_("The file holds scripts, actions or other files: the reading copy leaves them out."),
    )
    PASSWORD = "password", N_("The file can only be opened with a password.")
    PROTECTED = "protected", N_("The file is encrypted: the reading copy is not.")
    BROKEN = "broken", N_("The file is damaged and could not be read.")
    LARGE = "large", N_("The file has too many pages or pixels to be read here.")


@dataclass(frozen=True)
class ConversionResult:
    """Result of a conversion: pages, and whether a copy and a page image were written."""

    pages: int | None = None
    note: str = ""
    has_copy: bool = False
    has_image: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether the pages could be read."""
        return self.pages is not None

    def dumped(self) -> str:
        """Return the result as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def loaded(cls, line: str) -> Self:
        """Return the result of a line. Raises ValueError."""
        values = json.loads(line)
        if not isinstance(values, dict):
            raise ValueError(line)
        return cls(**values)
