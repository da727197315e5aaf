"""Settings of how much may be given in: bytes of a file, papers and bytes of one filing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import N_, Misconfigured
from app.core.settings import number, read_group, setting

PREFIX = "TINGQI_PAPERS_"
MEGABYTE = 1024 * 1024
# A form a little too large is still read, so that its other files are kept.
OVER = 100 * MEGABYTE
MOST_FILES = 500  # of one filing: photographs are pages
NAMES = frozenset({f"{PREFIX}FILE_MB", f"{PREFIX}FILING_MB", f"{PREFIX}ITEMS"})


def _whole(least: int, most: int) -> Any:
    """Return a parser of whole numbers within bounds."""
    parse_number = number(least, most)

    def parse(name: str, text: str) -> int:
        value = parse_number(name, text)
        if value != int(value):
            raise Misconfigured(N_("%(name)s must be a whole number."), name=name)
        return int(value)

    return parse


@dataclass(frozen=True)
class PaperLimits:
    """Limits of papers: megabytes (1024² bytes) of a file and of a filing, papers of a filing."""

    file_mb: int = setting(_whole(1, 2048), default=50)
    filing_mb: int = setting(_whole(1, 102_400), default=1024)
    items: int = setting(_whole(1, MOST_FILES), default=200)

    @property
    def file(self) -> int:
        """Bytes of one file."""
        return self.file_mb * MEGABYTE

    @property
    def filing(self) -> int:
        """Bytes of all files of one filing."""
        return self.filing_mb * MEGABYTE

    @property
    def form(self) -> int:
        """Bytes of a form with files."""
        return self.filing + OVER

    @property
    def files(self) -> int:
        """Files of one filing."""
        return MOST_FILES

    @property
    def file_text(self) -> str:
        """The size of a file as people are told it."""
        return _text(self.file_mb)

    @property
    def filing_text(self) -> str:
        """The size of a filing as people are told it."""
        return _text(self.filing_mb)


def _text(megabytes: int) -> str:
    """Return "50 MB", or "1 GB" where it comes out even."""
    return f"{megabytes // 1024} GB" if megabytes % 1024 == 0 else f"{megabytes} MB"


def read(values: Mapping[str, Any]) -> PaperLimits:
    """Return the limits of the environment.

    Raises Misconfigured where one is no number, or where a file may be larger than a filing.
    """
    limits = read_group(PaperLimits, PREFIX, values, N_("papers")) or PaperLimits()
    if limits.file_mb > limits.filing_mb:
        raise Misconfigured(
            N_("%(one)s must not be more than %(other)s: a file is a part of a filing."),
            one=f"{PREFIX}FILE_MB",
            other=f"{PREFIX}FILING_MB",
        )
    return limits
