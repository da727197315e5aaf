"""Pure: move stored instants to the same wall-clock time under other zone rules."""

import datetime as dt
from collections.abc import Collection
from typing import Any, overload
from zoneinfo import ZoneInfo

UNTIL = dt.datetime(2101, 1, 1, tzinfo=dt.UTC)
DAY, QUARTER = dt.timedelta(days=1), dt.timedelta(minutes=15)


class Shift:
    """Conversion of instants from the rules of one zone to the same wall clock by another's."""

    def __init__(self, old: ZoneInfo, new: ZoneInfo) -> None:
        self.old, self.new = old, new

    @overload
    def of(self, at: dt.datetime) -> dt.datetime: ...
    @overload
    def of(self, at: None) -> None: ...

    def of(self, at: dt.datetime | None) -> dt.datetime | None:
        """Return the instant, in UTC, of the same wall clock by the new rules.

        A wall clock that comes twice by the new rules is its first occurrence, unless it came twice
        before and the second was meant; one that never comes takes the offset before the gap (both
        RFC 5545, 3.3.5), and so reads later than people were told.
        """
        if at is None:
            return None
        here = at.astimezone(self.old)
        wall = here.replace(tzinfo=self.new, fold=0)
        later = wall.replace(fold=1)
        # Of a clock that is set back the second coming has the smaller offset.
        if here.fold and (later.utcoffset() or DAY) < (wall.utcoffset() or DAY):
            wall = later
        return wall.astimezone(dt.UTC)

    def span(self, starts_at: dt.datetime, ends_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return a span with the same wall clocks; never a shorter one, where hours are skipped."""
        begins = self.of(starts_at)
        return begins, max(self.of(ends_at), begins + (ends_at - starts_at))

    def text(self, at: str) -> str:
        """Return an ISO 8601 time at the same wall clock by the new rules, in UTC."""
        return self.of(dt.datetime.fromisoformat(at)).isoformat()

    def shift_json(self, fact: Any, names: Collection[str]) -> Any:
        """Return JSON with the times under some names shifted, and the zone's name replaced.

        Times inside stored messages (see message_json) are among them.
        """
        if isinstance(fact, list):
            return [self.shift_json(each, names) for each in fact]
        if not isinstance(fact, dict):
            return fact
        return {name: self._named(name, value, names) for name, value in fact.items()}

    def _named(self, name: str, value: Any, names: Collection[str]) -> Any:
        if name in names and isinstance(value, str):
            return self.text(value)
        if name == "zone" and value == self.old.key:
            return self.new.key
        if name == "when" and isinstance(value, list):
            starts_at, zone, ends_at = value
            if zone != self.old.key:
                return value
            return [self.text(starts_at), self.new.key, ends_at and self.text(ends_at)]
        return self.shift_json(value, names)


def differ(old: ZoneInfo, new: ZoneInfo, since: dt.datetime) -> bool:
    """Tell whether two sets of rules differ at any instant from ``since`` to 2100.

    Compared once a day, and every quarter of an hour on days when a clock changes.
    """
    at, before = since.astimezone(dt.UTC), None
    while at < UNTIL:
        offset = at.astimezone(old).utcoffset()
        if offset != at.astimezone(new).utcoffset():
            return True
        if before is not None and offset != before and _differ_on(old, new, at - DAY):
            return True
        at, before = at + DAY, offset
    return False


def _differ_on(old: ZoneInfo, new: ZoneInfo, begin: dt.datetime) -> bool:
    times = (begin + n * QUARTER for n in range(DAY // QUARTER))
    return any(at.astimezone(old).utcoffset() != at.astimezone(new).utcoffset() for at in times)
