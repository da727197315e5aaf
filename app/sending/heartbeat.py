"""Heartbeats of workers, and when their absence is an alarm."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.sending.models import Worker

SILENT_AFTER = dt.timedelta(seconds=60)
FORGOTTEN_AFTER = dt.timedelta(days=1)


def last_beat(session: Session) -> dt.datetime | None:
    """Return the time of the last heartbeat of any worker; None where there never was one."""
    return session.scalar(sa.select(sa.func.max(Worker.beat_at)))


def is_silent(beat: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether no worker is running: there was no heartbeat for a minute."""
    return beat is None or now - beat >= SILENT_AFTER


def alive(session: Session, now: dt.datetime) -> int:
    """Return the number of running workers, at least 1: they share the carriers' rate limits."""
    query = sa.select(sa.func.count()).select_from(Worker)
    return session.scalar(query.where(Worker.beat_at > now - SILENT_AFTER)) or 1


def beat(session: Session, name: str, now: dt.datetime) -> None:
    """Record a heartbeat of a worker."""
    row = session.get(Worker, name)
    if row is None:
        session.add(Worker(name=name, started_at=now, beat_at=now))
    else:
        row.beat_at = now


def forget(session: Session, now: dt.datetime) -> int:
    """Delete workers without a heartbeat for a day; return how many that were."""
    gone = sa.delete(Worker).where(Worker.beat_at < now - FORGOTTEN_AFTER)
    return int(getattr(session.execute(gone), "rowcount", 0))
