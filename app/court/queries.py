"""Queries for courtrooms and judges."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.court.models import Courtroom, Judge


def courtrooms(session: Session, court_id: int, *, retired: bool = False) -> Sequence[Courtroom]:
    """Return a court's courtrooms in order of creation, retired ones only if ``retired``."""
    query = sa.select(Courtroom).where(Courtroom.court_id == court_id).order_by(Courtroom.id)
    if not retired:
        query = query.where(Courtroom.retired_at.is_(None))
    return session.scalars(query).all()


def judges(session: Session, court_id: int) -> Sequence[Judge]:
    """Return a court's judges, sorted by name."""
    query = sa.select(Judge).where(Judge.court_id == court_id).order_by(Judge.name)
    return session.scalars(query.limit(500)).all()
