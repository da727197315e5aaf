"""ETags of calendars: enough to answer 304 from one query, and exact when that does not suffice.

Most requests that a court's calendars get ask only whether anything changed, and nothing did. So a
tag carries the position that the database's changes to hearings had when the calendar was read:
as long as none was stamped since, the calendar is the same, however many hearings it has. Where
others of the court changed, the feed's own hearings are compared.

Triggers stamp a hearing with every change of what a calendar says about it, so that no path
through the code can forget to. On SQLite, with one writer at a time, stamps are numbers that rise
as commits do. On PostgreSQL a stamp is the number of the writer's transaction, and the position is
the oldest one that still ran: all older ones were seen, in whatever order they ended. Numbers ahead
of the database's own are of before it was restored from a backup, and prove nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

_TAG = re.compile(r"([0-9a-f]{1,12})-([0-9a-f]{1,15})-([0-9a-f]{12})-([0-9a-f]{20})")


@dataclass(frozen=True)
class CalendarTag:
    """The ETag of one calendar.

    ``until`` is the time (seconds since 1970) at which the next past or cancelled hearing leaves
    it, 0 if there is none: from then on a tag proves nothing by its position.
    """

    until: int
    position: int
    settings: str  # digest of the feed's name and language, and of how events are written
    hearings: str  # digest of the hearings and their editions

    def __str__(self) -> str:
        """Return the tag as it stands between the quotation marks of an ETag."""
        return f"{self.until:x}-{self.position:x}-{self.settings}-{self.hearings}"

    def is_same_calendar(self, other: "CalendarTag") -> bool:
        """Tell whether two tags are of the same contents, whenever they were read."""
        return replace(self, position=other.position) == other


def parse(tags: Iterable[str]) -> CalendarTag | None:
    """Return the first of some ETags that is one of a calendar; None if there is none."""
    for tag in tags:
        if found := _TAG.fullmatch(tag):
            until, position, settings, hearings = found.groups()
            return CalendarTag(int(until, 16), int(position, 16), settings, hearings)
    return None


def settings_digest(*settings: object) -> str:
    """Return the digest of all that decides a calendar's contents beside the hearings."""
    return _digest(settings, 12)


def hearings_digest(editions: Mapping[int, int]) -> str:
    """Return the digest of hearings, by number, and their editions."""
    return _digest(sorted(editions.items()), 20)


def _digest(facts: object, length: int) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:length]
