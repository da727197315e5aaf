"""A zip of papers as it is sent: one part after the other, so that memory stays flat."""

import csv
import datetime as dt
import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from app.papers.bundles.contents import Bundle, BundledFile, BundledPaper

log = logging.getLogger("tingqi.papers")
CHUNK = 256 * 1024  # bytes
LIST = "list.csv"
OPENS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADERS = (
    "side",
    "number",
    "paper",
    "proves",
    "filing",
    "filed_by",
    "filed_at",
    "file",
    "bytes",
    "sha256",
    "missing",
)


class _Sink(io.RawIOBase):
    """What a ZipFile writes to: it keeps no more than what was not sent yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def stream(
    bundle: Bundle, open_file: Callable[[str], BinaryIO], zone: str, now: dt.datetime
) -> Iterator[bytes]:
    """Yield the parts of a zip: the files as filed, then a list of all papers with digests.

    A file that cannot be opened is named in the list. One that breaks off while it is sent breaks
    off the whole: a zip that looks complete must be. Raises OSError then.
    """
    sink, missing = _Sink(), {}
    with zipfile.ZipFile(sink, "w") as packed:
        for paper in bundle.papers:
            at = paper.filed_at.astimezone(ZoneInfo(zone))
            for file in paper.files:
                if file.withheld is not None:
                    missing[file.digest] = str(file.withheld.value)
                    continue
                try:
                    source = open_file(file.digest)
                except OSError as fault:
                    log.warning("a file of a paper is missing in a zip: %s", fault)
                    missing[file.digest] = "lost"
                    continue
                with source, packed.open(_entry(file.path, at, file.size), "w") as target:
                    while part := source.read(CHUNK):
                        target.write(part)
                        yield sink.take()
                yield sink.take()
        listed = as_csv(bundle.papers, missing, zone).encode("utf-8-sig")
        packed.writestr(_entry(LIST, now.astimezone(ZoneInfo(zone)), len(listed)), listed)
        yield sink.take()
    yield sink.take()


def _entry(path: str, at: dt.datetime, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, (max(at.year, 1980), *at.timetuple()[1:6]))
    entry.external_attr = 0o644 << 16
    entry.file_size = size
    return entry


def as_csv(papers: Sequence[BundledPaper], missing: dict[str, str], zone: str) -> str:
    """Return the list of papers, a row for each file; what people wrote is no formula."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADERS)
    for paper in papers:
        at = paper.filed_at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        for file in paper.files:
            row = _row(paper, file, at, "sealed" if paper.is_sealed else missing.get(file.digest))
            writer.writerow([_harmless(each) for each in row])
    return written.getvalue()


def _row(paper: BundledPaper, file: BundledFile, at: str, missing: str | None) -> list[str]:
    return [
        paper.side,
        str(paper.number),
        paper.name,
        paper.proves,
        str(paper.filing),
        paper.filed_by,
        at,
        "" if missing else file.path,
        str(file.size) if file.size else "",
        file.digest,
        missing or "",
    ]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(OPENS_FORMULA) else text
