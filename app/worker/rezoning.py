"""Convert stored instants when time zone rules change, so that wall-clock times stay the same.

Instants are stored by the time zone rules of their day. After a country changes its rules, the
announced wall-clock time is another instant. The first process with newer rules converts all times
of a court in one transaction before any time is shown or sent: pages before a request, the worker
before a beat, a command before it runs.
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
from app.hearings.clock_change import service as clock_change
from app.hearings.clock_change.wall_clock import Shift, differ
from app.listing.models import ListedHearing, Listing, ListingState
from app.people.models import ZoneRules

CHECK_EVERY = dt.timedelta(seconds=1)
EXEMPT_ENDPOINTS = ("static", "operations.healthz", "operations.readyz")
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
    """Courts whose times must be converted, or the reason why that is impossible here."""

    courts: list[int] = field(default_factory=list)
    error: Message | None = None


def find_stale(connection: sa.Connection) -> StaleZones:
    """Compare each court's stored time zone rules with those in use."""
    courts, version = [], zones.version()
    digests: dict[str, str] = {}
    for row in connection.execute(_STATE):
        digest = digests.get(row.zone) or digests.setdefault(row.zone, _digest(row.zone))
        if not digest:
            continue  # unknown zone: nothing of that court can be shown
        if row.rules_id is None or row.by_zone != row.zone:
            courts.append(row.id)
        elif digest != row.digest and _rules_differ(connection, row.rules_id, row.zone, digest):
            if version < row.version:
                facts = {"own": version or "?", "stored": row.version, "zone": row.zone}
                return StaleZones([], Message(OLDER, court=row.name, **facts))
            courts.append(row.id)
    return StaleZones(courts)


def _digest(zone: str) -> str:
    """Return the digest of a zone's compiled rules, or "" for an unknown zone."""
    try:
        return hashlib.sha256(zones.file_of(zone)).hexdigest()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return ""


def _rules_differ(connection: sa.Connection, rules_id: int, zone: str, digest: str) -> bool:
    """Tell whether stored rules and those in use differ for any time.

    Equal rules may be compiled to different bytes.
    """
    stored_rules = connection.scalar(sa.select(ZoneRules.rules).where(ZoneRules.id == rules_id))
    return _differ(zone, bytes(stored_rules or b""), zones.file_of(zone))


@cache
def _differ(zone: str, one: bytes, other: bytes) -> bool:
    return differ(_read(zone, one), _read(zone, other), SINCE)


def _read(zone: str, rules: bytes) -> ZoneInfo:
    return ZoneInfo.from_file(io.BytesIO(rules), key=zone)


def convert_all(now: dt.datetime) -> None:
    """Convert the times of all courts whose stored rules differ from those in use.

    Raises OlderRules, changing nothing, if those in use are older.
    """
    with db.engine.connect() as connection:
        stale = find_stale(connection)
    _convert_stale(stale, now)


def _convert_stale(stale: StaleZones, now: dt.datetime) -> None:
    if stale.error:
        raise OlderRules(stale.error.words, **stale.error.facts)
    for court_id in stale.courts:
        changed = retrying(partial(_convert, court_id=court_id, now=now))
        if changed:
            log.warning("%s hearings keep their wall clock by the new rules", changed)
    if stale.courts:
        zones.reload()


def _convert(session: Session, court_id: int, now: dt.datetime) -> int:
    court = session.get_one(Court, court_id, with_for_update=True, populate_existing=True)
    return convert_court(session, court, now)


def convert_court(session: Session, court: Court, now: dt.datetime) -> int:
    """Convert a court's times to the rules in use; return the number of hearings changed.

    Also used after the court's zone was corrected: a hearing at 09:30 stays at 09:30.
    """
    query = sa.select(ZoneRules).where(ZoneRules.court_id == court.id)
    stored = session.scalar(query.order_by(ZoneRules.id.desc()).limit(1))
    rules = zones.file_of(court.zone)
    digest, version = hashlib.sha256(rules).hexdigest(), zones.version()
    if stored and (stored.zone, stored.digest) == (court.zone, digest):
        return 0
    session.add(
        ZoneRules(
            court_id=court.id,
            zone=court.zone,
            version=version,
            digest=digest,
            rules=rules,
            since=now,
        )
    )
    session.flush()
    if stored is None:
        return 0
    shift = Shift(_read(stored.zone, stored.rules), _read(court.zone, rules))
    changed = clock_change.keep_wall_clocks(session, court, shift, version, now)
    _convert_drafts(session, court, shift)
    return changed


def _convert_drafts(session: Session, court: Court, shift: Shift) -> None:
    """Convert unsent drafts of listings."""
    sent = ListingState.SENT.value
    query = sa.select(Listing).where(Listing.court_id == court.id, Listing.state != sent)
    listings = session.scalars(query.with_for_update()).all()
    rows = [{"id": row.id, "answer_by": shift.of(row.answer_by)} for row in listings]
    bulk.update(session, bulk.table(Listing), rows)
    for listing in listings:
        hearings = sa.select(ListedHearing).where(ListedHearing.listing_id == listing.id)
        slot_rows = [
            {
                "id": row.id,
                "slots": shift.shift_json(row.slots, ("at", "until")),
                "why": shift.shift_json(row.why, ()),
            }
            for row in session.scalars(hearings)
        ]
        bulk.update(session, bulk.table(ListedHearing), slot_rows)
    session.expire_all()


def install(app: Flask) -> None:
    """Check the time zone rules before each request."""
    app.before_request(_RulesCheck())


class _RulesCheck:
    """Before-request hook, which checks the database at most once per CHECK_EVERY."""

    def __init__(self) -> None:
        self._services: web.Services | None = None
        self._checked_at: dt.datetime | None = None
        self._path: tuple[str, ...] = ()

    def __call__(self) -> None:
        if request.endpoint in EXEMPT_ENDPOINTS:
            return
        now, path = web.now(), zoneinfo.TZPATH
        services = web.services()
        unchanged = services is self._services and path == self._path
        if unchanged and self._checked_at is not None and abs(now - self._checked_at) < CHECK_EVERY:
            return
        try:
            with db.engine.connect() as connection:
                stale = find_stale(connection)
        except sa.exc.SQLAlchemyError as fault:  # the page reports the error
            log.debug("the rules could not be compared: %s", fault)
            return
        _convert_stale(stale, now)
        self._services, self._checked_at, self._path = services, now, path
