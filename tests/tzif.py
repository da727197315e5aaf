"""A machine's folder of time zones, with rules of our own: TZif files (RFC 9636) made here."""

import datetime as dt
import struct
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Change = tuple[dt.datetime, int]  # the moment in UTC, and minutes from UTC from then on


def compiled(minutes: int, changes: Sequence[Change] = (), footer: str | None = None) -> bytes:
    """Return a zone that is so many minutes from UTC until the first change, as version 2."""
    offsets = sorted({minutes, *(offset for _, offset in changes)})
    types = b"".join(struct.pack(">lbB", offset * 60, 0, 4 * n) for n, offset in enumerate(offsets))
    names = b"".join(f"Z{n:02}\0".encode() for n in range(len(offsets)))
    start = [(dt.datetime(1900, 1, 1, tzinfo=dt.UTC), minutes), *changes]
    times = b"".join(struct.pack(">q", int(at.timestamp())) for at, _ in start)
    index = bytes(offsets.index(offset) for _, offset in start)
    last = start[-1][1]
    said = posix(last) if footer is None else footer
    head = b"TZif2" + bytes(15)
    nothing = head + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbB", 0, 0, 0) + b"Z00\0"
    counts = struct.pack(">6l", 0, 0, 0, len(start), len(offsets), len(names))
    return nothing + head + counts + times + index + types + names + f"\n{said}\n".encode()


def posix(minutes: int) -> str:
    """The POSIX string of a zone without summer time."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes > 0 else ""
    return f"<{'+' if minutes >= 0 else '-'}{hours:02}{rest:02}>{sign}{hours}:{rest:02}"


def machine(folder: Path, version: str, **zones: bytes) -> Path:
    """A machine's folder of zones by IANA names, "/" said as "__", that says its version."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in zones.items():
        place = folder / name.replace("__", "/")
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(body)
    (folder / "tzdata.zi").write_text(f"# version {version}\n" if version else "# none\n")
    return folder


@contextmanager
def path(*folders: Path) -> Iterator[None]:
    """Let this process's machine have these folders of zones, as PYTHONTZPATH would."""
    before = zoneinfo.TZPATH
    switch(*folders)
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(to=before)
        zoneinfo.ZoneInfo.clear_cache()


def switch(*folders: Path) -> None:
    """Give the machine other folders: its zones are upgraded."""
    zoneinfo.reset_tzpath(to=list(map(str, folders)))
    zoneinfo.ZoneInfo.clear_cache()
