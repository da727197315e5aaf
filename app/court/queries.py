"""Read a court's courtrooms and judges."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.court.models import Courtroom, Judge


def courtrooms(session: Session, court_id: int, *, retired: bool = False) -> Sequence[Courtroom]:
    """Return a court's courtrooms, in the order of their adding; with ``retired``, those too."""
    wanted = sa.select(Courtroom).where(Courtroom.court_id == court_id).order_by(Courtroom.id)
    if not retired:
        wanted = wanted.where(Courtroom.retired_at.is_(None))
    return session.scalars(wanted).all()


def judges(session: Session, court_id: int) -> Sequence[Judge]:
    """Return a court's judges, by name."""
    wanted = sa.select(Judge).where(Judge.court_id == court_id).order_by(Judge.name)
    return session.scalars(wanted.limit(500)).all()
