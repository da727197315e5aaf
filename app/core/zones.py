"""The time zone rules in use: the newer of the machine's own and the pinned tzdata package's.

zoneinfo reads the machine's first, however old they are. Chosen once, at the start, for everything
that asks zoneinfo; who needs a zone's file itself asks here, and so reads the same.
"""

import re
import zoneinfo
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import icalendar
import tzdata

# "2026f"; after "2026z" comes "2026za". Distributions and working copies put more behind it.
_VERSION = re.compile(r"\d{4}[a-z]{1,2}(?![a-z])")
# Where a folder of zones says its version, and in which of its lines: the whole source in one
# file, as zic and Debian install it, and the mark that BSD and macOS put beside it.
_MARKS = (("tzdata.zi", re.compile(r"#\s*version\s+(\S+)")), ("+VERSION", re.compile(r"(\S+)")))


@dataclass(frozen=True)
class ZoneRulesSource:
    """A set of time zone rules: IANA's version, "" if unknown, and its folder.

    The folder is "" for the tzdata package.
    """

    version: str
    folder: str = ""


@dataclass(frozen=True)
class ZoneRulesChoice:
    """The rules in use, and those of this machine that are not used."""

    used: ZoneRulesSource
    unused: tuple[ZoneRulesSource, ...] = ()


_last: tuple[tuple[str, ...], ZoneRulesChoice] | None = None


def choose() -> ZoneRulesChoice:
    """Let zoneinfo read the newest rules there are; return which.

    The machine's folders are those of zoneinfo.TZPATH, which PYTHONTZPATH can name. Of two equally
    new the package is taken, and before a folder that says no version. Asked again, the choice
    stays, unless the path was changed by somebody else.
    """
    global _last
    if _last and _last[0] == zoneinfo.TZPATH:
        return _last[1]
    pinned = ZoneRulesSource(tzdata.IANA_VERSION)
    machine = [
        ZoneRulesSource(version_of(Path(each)), each)
        for each in zoneinfo.TZPATH
        if Path(each).is_dir()
    ]
    used = max([pinned, *machine], key=lambda rules: rules.version)
    zoneinfo.reset_tzpath(to=[used.folder] if used.folder else [])
    reload()
    choice = ZoneRulesChoice(used, tuple(each for each in machine if each != used))
    _last = (zoneinfo.TZPATH, choice)
    return choice


def reload() -> None:
    """Clear the caches of zones, that of icalendar included."""
    zoneinfo.ZoneInfo.clear_cache()
    icalendar.use_zoneinfo()


def version() -> str:
    """Return the version of the rules in use, uncached: a machine's can change at any time."""
    used = choose().used
    return version_of(Path(used.folder)) if used.folder else used.version


def version_of(folder: Path) -> str:
    """Return the version named in a folder of compiled zones, or ""."""
    for name, pattern in _MARKS:
        try:
            with (folder / name).open(encoding="ascii", errors="replace") as file:
                match = pattern.match(file.readline(200))
        except OSError:
            continue
        if match and (version := _VERSION.match(match[1])):
            return version.group()
    return ""


def file_of(zone: str) -> bytes:
    """Return a zone's compiled rules (TZif, RFC 9636), the file that zoneinfo reads.

    Raises ZoneInfoNotFoundError, and ValueError for a path out of the zones.
    """
    zoneinfo.ZoneInfo(zone)
    for folder in zoneinfo.TZPATH:
        place = Path(folder, zone)
        if place.is_file():
            return place.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
