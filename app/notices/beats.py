"""Whether a worker is about: when one was last heard, and from when on that is too long ago."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.notices.models import Worker

SILENT_AFTER = dt.timedelta(seconds=60)


def last_beat(session: Session) -> dt.datetime | None:
    """Return when a worker was last heard; None where none ever was."""
    return session.scalar(sa.select(sa.func.max(Worker.beat_at)))


def is_silent(beat: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether nobody sends: no worker was heard, or not for a minute."""
    return beat is None or now - beat >= SILENT_AFTER
