"""Which time zone rules the stored times of each court are by, and storing them by those in use.

An instant is stored by the rules of its day; when a country changes its clock, the wall clock that
was told is another instant. Whoever first looks at a database by newer rules stores all that was
told of a court anew, in one transaction, before any time is shown or told: pages before they
answer, the worker before it works, a command before it begins.
"""

import datetime as dt
import hashlib
import io
import logging
import zoneinfo
from dataclasses import dataclass, field
from functools import cache, partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.orm import Session

from app.core import web, zones
from app.core.db import bulk, db, retrying
from app.core.errors import N_, Message, OlderRules
from app.court.models import Court
from app.hearings import clock_change
from app.hearings.wall_clock import Shift, differ
from app.listing.models import ListedHearing, Listing, ListingState
from app.people.models import ZoneRules

GLANCE = dt.timedelta(seconds=1)
UNSETTLED = ("static", "operations.healthz", "operations.readyz")
SINCE = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
OLDER = N_(
    "The time zone rules in use here (%(own)s) are older than those by which the times of "
    "%(court)s are stored (%(stored)s, %(zone)s), and would show other times than were told. "
    "Upgrade tzdata here, or the machine's own zones, and start again."
)
log = logging.getLogger("tingqi.zones")

_newest = sa.select(sa.func.max(ZoneRules.id)).group_by(ZoneRules.court_id)
_STATE = (
    sa.select(
        Court.id,
        Court.name,
        Court.zone,
        ZoneRules.zone.label("by_zone"),
        ZoneRules.version,
        ZoneRules.digest,
        ZoneRules.id.label("rules_id"),
    )
    .outerjoin(ZoneRules, sa.and_(ZoneRules.court_id == Court.id, ZoneRules.id.in_(_newest)))
    .order_by(Court.id)
)


@dataclass(frozen=True)
class StaleZones:
    """Courts whose times are to be stored anew, and why that cannot be done here, if so."""

    courts: list[int] = field(default_factory=list)
    older: Message | None = None


def look(line: sa.Connection) -> StaleZones:
    """Compare the rules by which each court's times are stored with those in use."""
    courts, version = [], zones.version()
    digests: dict[str, str] = {}
    for row in line.execute(_STATE):
        own = digests.get(row.zone) or digests.setdefault(row.zone, _digest(row.zone))
        if not own:
            continue  # a zone that is not known here: nothing of that court can be shown
        if row.rules_id is None or row.by_zone != row.zone:
            courts.append(row.id)
        elif own != row.digest and _other(line, row.rules_id, row.zone, own):
            if version < row.version:
                facts = {"own": version or "?", "stored": row.version, "zone": row.zone}
                return StaleZones([], Message(OLDER, court=row.name, **facts))
            courts.append(row.id)
    return StaleZones(courts)


def _digest(zone: str) -> str:
    """Return the digest of a zone's rules as they are read here; "" where there is no such zone."""
    try:
        return hashlib.sha256(zones.file_of(zone)).hexdigest()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return ""


def _other(line: sa.Connection, rules_id: int, zone: str, digest: str) -> bool:
    """Tell whether the rules that are kept show any time otherwise than those in use.

    The same rules are compiled in more than one way.
    """
    kept = line.scalar(sa.select(ZoneRules.rules).where(ZoneRules.id == rules_id))
    return _differ(zone, bytes(kept or b""), zones.file_of(zone))


@cache
def _differ(zone: str, one: bytes, other: bytes) -> bool:
    return differ(_read(zone, one), _read(zone, other), SINCE)


def _read(zone: str, rules: bytes) -> ZoneInfo:
    return ZoneInfo.from_file(io.BytesIO(rules), key=zone)


def settle(now: dt.datetime) -> None:
    """Store the times of all courts by the rules in use, where they are by others.

    Raises OlderRules where those in use here are the older ones: nothing is changed then.
    """
    with db.engine.connect() as line:
        found = look(line)
    _store_anew(found, now)


def _store_anew(found: StaleZones, now: dt.datetime) -> None:
    if found.older:
        raise OlderRules(found.older.words, **found.older.facts)
    for court_id in found.courts:
        changed = retrying(partial(_settle, court_id=court_id, now=now))
        if changed:
            log.warning("%s hearings keep their wall clock by the new rules", changed)
    if found.courts:
        zones.reload()


def _settle(session: Session, court_id: int, now: dt.datetime) -> int:
    court = session.get_one(Court, court_id, with_for_update=True, populate_existing=True)
    return store_anew(session, court, now)


def store_anew(session: Session, court: Court, now: dt.datetime) -> int:
    """Store what was told of a court by its zone and the rules in use; return of how many hearings.

    Also after the court's zone was corrected: a hearing at 09:30 stays at 09:30.
    """
    wanted = sa.select(ZoneRules).where(ZoneRules.court_id == court.id)
    kept = session.scalar(wanted.order_by(ZoneRules.id.desc()).limit(1))
    read = zones.file_of(court.zone)
    digest, version = hashlib.sha256(read).hexdigest(), zones.version()
    if kept and (kept.zone, kept.digest) == (court.zone, digest):
        return 0
    session.add(
        ZoneRules(
            court_id=court.id,
            zone=court.zone,
            version=version,
            digest=digest,
            rules=read,
            since=now,
        )
    )
    session.flush()
    if kept is None:
        return 0
    shift = Shift(_read(kept.zone, kept.rules), _read(court.zone, read))
    changed = clock_change.keep_wall_clocks(session, court, shift, version, now)
    _drafts(session, court, shift)
    return changed


def _drafts(session: Session, court: Court, shift: Shift) -> None:
    """Let drafts of listings that are not sent yet keep the times that they show."""
    sent = ListingState.SENT.value
    wanted = sa.select(Listing).where(Listing.court_id == court.id, Listing.state != sent)
    listings = session.scalars(wanted.with_for_update()).all()
    rows = [{"id": each.id, "answer_by": shift.of(each.answer_by)} for each in listings]
    bulk.update(session, bulk.table(Listing), rows)
    for listing in listings:
        hearings = sa.select(ListedHearing).where(ListedHearing.listing_id == listing.id)
        told = [
            {
                "id": each.id,
                "slots": shift.told(each.slots, ("at", "until")),
                "why": shift.told(each.why, ()),
            }
            for each in session.scalars(hearings)
        ]
        bulk.update(session, bulk.table(ListedHearing), told)
    session.expire_all()


def install(app: Flask) -> None:
    """See before each request that times are stored by the rules in use."""
    app.before_request(_Gate())


class _Gate:
    """What a page process knows of its database, for a second at a time."""

    def __init__(self) -> None:
        self._services: web.Services | None = None
        self._looked_at: dt.datetime | None = None
        self._path: tuple[str, ...] = ()

    def __call__(self) -> None:
        if request.endpoint in UNSETTLED:
            return
        at, path = web.now(), zoneinfo.TZPATH
        services = web.services()
        same = services is self._services and path == self._path
        if same and self._looked_at is not None and abs(at - self._looked_at) < GLANCE:
            return
        try:
            with db.engine.connect() as line:
                found = look(line)
        except sa.exc.SQLAlchemyError as fault:  # the page says what is wrong
            log.debug("the rules could not be compared: %s", fault)
            return
        _store_anew(found, at)
        self._services, self._looked_at, self._path = services, at, path
