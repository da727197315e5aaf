"""Whether a worker is about: when one was last heard, and from when on that is too long ago."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.sending.models import Worker

SILENT_AFTER = dt.timedelta(seconds=60)
FORGOTTEN_AFTER = dt.timedelta(days=1)


def last_beat(session: Session) -> dt.datetime | None:
    """Return when a worker was last heard; None where none ever was."""
    return session.scalar(sa.select(sa.func.max(Worker.beat_at)))


def is_silent(beat: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether nobody sends: no worker was heard, or not for a minute."""
    return beat is None or now - beat >= SILENT_AFTER


def alive(session: Session, now: dt.datetime) -> int:
    """Return how many workers were heard within a minute: they share the carriers' pace."""
    wanted = sa.select(sa.func.count()).select_from(Worker)
    return session.scalar(wanted.where(Worker.beat_at > now - SILENT_AFTER)) or 1


def beat(session: Session, name: str, now: dt.datetime) -> None:
    """Write that a worker is alive."""
    row = session.get(Worker, name)
    if row is None:
        session.add(Worker(name=name, started_at=now, beat_at=now))
    else:
        row.beat_at = now


def forget(session: Session, now: dt.datetime) -> int:
    """Forget workers that were not heard for a day: every start has a name of its own."""
    gone = sa.delete(Worker).where(Worker.beat_at < now - FORGOTTEN_AFTER)
    return int(getattr(session.execute(gone), "rowcount", 0))
