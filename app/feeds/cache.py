"""The calendars that a page process keeps at hand: asked of the database is only what changed."""

import datetime as dt
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.core import ical
from app.core.ical import feed
from app.core.ical.calendar_text import CalendarText
from app.feeds import changes, event_cache, queries
from app.feeds.queries import FeedRequest

MOST_BYTES = 96 * 1024 * 1024  # of all calendars that are kept in one process
GOOD_FOR = 6 * 3600.0  # seconds; then a calendar is read anew, whatever the stamps say
COLOURS = {
    "counsel": "firebrick",
    "assistant": "firebrick",
    "hearing": "firebrick",
    "judge": "steelblue",
    "courtroom": "seagreen",
}


@dataclass(frozen=True)
class Edition:
    """A calendar as it is sent: its bytes, its tag, and when it last changed."""

    tag: str
    changed_at: dt.datetime
    body: bytes


@dataclass
class CachedCalendar:
    """One feed's calendar, and up to which position of the database it is true."""

    asked: FeedRequest
    position: str
    read_at: float
    shelf: CalendarText = field(default_factory=CalendarText)
    opening: bytes = b""
    next_fall: float | None = None
    edition: Edition | None = None
    gzipped: bytes | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        return 2 * self.shelf.size + len(self.gzipped or b"")


class CalendarCache:
    """The calendars that were asked for last, at most so many bytes of them. Safe for threads."""

    def __init__(self, court_address: str, most_bytes: int = MOST_BYTES) -> None:
        self.court_address = court_address
        self.house = event_cache.house_of(court_address)
        self._most = most_bytes
        self._kept: OrderedDict[int, CachedCalendar] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self, session: Session, asked: FeedRequest, now: dt.datetime
    ) -> tuple[Edition, CachedCalendar]:
        """Return a feed's calendar as it is now. ``asked`` holds the position it was asked at."""
        kept = self._of(asked)
        with kept.lock:
            self._bring_up(session, kept, asked, now)
            assert kept.edition is not None
            edition = kept.edition
        self._let_go()
        return edition, kept

    def gzipped(self, kept: CachedCalendar, edition: Edition) -> bytes | None:
        """Return the calendar packed; None where it has changed since it was read."""
        with kept.lock:
            if kept.edition is not edition:
                return None
            if kept.gzipped is None:
                kept.gzipped = kept.shelf.gzipped(kept.opening, ical.CLOSING)
            return kept.gzipped

    @property
    def any_kept(self) -> bool:
        """Whether there is any."""
        return bool(self._kept)

    def forget(self) -> None:
        """Let go of all of them, as a process that begins has none."""
        with self._lock:
            self._kept.clear()

    def current_tag(self, asked: FeedRequest, now: dt.datetime) -> str:
        """Return the tag of a feed's calendar if it is kept and the database stands as it did."""
        kept = self._kept.get(asked.feed_id)
        if kept is None or kept.edition is None or kept.asked != asked:
            return ""
        if time.monotonic() - kept.read_at > GOOD_FOR:
            return ""
        fallen = kept.next_fall is not None and kept.next_fall <= now.timestamp()
        return "" if fallen else kept.edition.tag

    def _of(self, asked: FeedRequest) -> CachedCalendar:
        with self._lock:
            kept = self._kept.get(asked.feed_id)
            if kept is None:
                kept = self._kept[asked.feed_id] = CachedCalendar(asked, "", 0.0)
            self._kept.move_to_end(asked.feed_id)
            return kept

    def _let_go(self) -> None:
        with self._lock:
            while len(self._kept) > 1 and sum(k.size for k in self._kept.values()) > self._most:
                self._kept.popitem(last=False)

    def _bring_up(
        self, session: Session, kept: CachedCalendar, asked: FeedRequest, now: dt.datetime
    ) -> None:
        """Make a kept calendar true as of the position at which it is asked for."""
        moment = now.timestamp()
        old = time.monotonic() - kept.read_at > GOOD_FOR
        other = asked.told_by != kept.asked.told_by
        changed: list[int] | None = None
        if kept.edition is not None and not old and not other:
            same = kept.position == asked.position
            changed = [] if same else changes.since(session, asked.court_id, kept.position)
        if changed is None:
            kept.shelf, kept.read_at = CalendarText(), time.monotonic()
            self._put(session, kept, asked, None, now)
            different = True
        else:
            different = bool(changed) and self._put(session, kept, asked, changed, now)
        if kept.next_fall is not None and kept.next_fall <= moment:
            different = kept.shelf.let_fall(moment) or different
        different = different or asked.name != kept.asked.name
        kept.asked, kept.position = asked, asked.position
        if different:
            self._put_together(kept, asked, now, fresh=changed is None)

    def _put(
        self,
        session: Session,
        kept: CachedCalendar,
        asked: FeedRequest,
        only: list[int] | None,
        now: dt.datetime,
    ) -> bool:
        """Put a feed's hearings on its shelf, all or those that changed; True if that differs."""
        wanted = queries.in_feed(
            session, asked, now - event_cache.PAST_FOR - event_cache.CANCELLED_FOR, only
        )
        found = event_cache.kept(session, wanted.editions, asked.language, self.house)
        missing = [number for number in wanted.editions if number not in found]
        for (number, _), (_, events) in event_cache.rendered(
            session, missing, [asked.language], self.court_address
        ).items():
            found[number] = events
        moment = now.timestamp()
        pieces = [
            piece
            for number, events in found.items()
            for piece in event_cache.pieces(
                number, [e for e in events if wanted.shows(number, e)], busy_only=asked.busy_only
            )
            if piece.falls_at is None or piece.falls_at > moment
        ]
        return kept.shelf.put(only if only is not None else [], pieces)

    def _put_together(
        self, kept: CachedCalendar, asked: FeedRequest, now: dt.datetime, *, fresh: bool
    ) -> None:
        spans = {
            zone: (_instant(first), _instant(last))
            for zone, (first, last) in kept.shelf.spans().items()
        }
        kept.opening = feed.opening(asked.title, spans, colour=COLOURS.get(asked.scope, ""))
        kept.next_fall, kept.gzipped = kept.shelf.next_fall, None
        newest = max((piece.changed_at for piece, _ in kept.shelf.pieces.values()), default=0.0)
        changed_at = max(asked.created_at, _instant(newest))
        if not fresh:
            changed_at = max(changed_at, now)
        kept.edition = Edition(
            kept.shelf.tag(kept.opening), changed_at, kept.shelf.body(kept.opening, ical.CLOSING)
        )


def _instant(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)
