"""Drafts: what a user typed for a round and did not send; kept until it is sent or thrown away."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case
from app.hearings.models import Draft
from app.people.models import User
from app.record import ledger

MOST = 20  # in a list
LONGEST = 20_000  # characters; a form that is longer is no form of ours


def find(session: Session, user_id: int, about: str) -> Draft | None:
    """Return what a user typed about ``case/3`` or ``hearing/12`` and did not send."""
    return session.scalar(sa.select(Draft).where(Draft.user_id == user_id, Draft.about == about))


def keep(
    session: Session,
    user_id: int,
    about: str,
    case_id: int,
    given: Mapping[str, Any],
    now: dt.datetime,
) -> None:
    """Keep what is typed now instead of what was kept before; too much of it is not kept."""
    fields = ledger.storable({name: value for name, value in given.items() if name != "seen"})
    if len(repr(fields)) > LONGEST:
        return
    draft = find(session, user_id, about)
    if draft is None:
        draft = Draft(user_id=user_id, about=about, case_id=case_id)
        session.add(draft)
    draft.fields, draft.changed_at = fields, now
    session.flush()


def drop(session: Session, user_id: int, about: str) -> None:
    """Forget what was kept: it was sent, or thrown away."""
    mine = sa.delete(Draft).where(Draft.user_id == user_id, Draft.about == about)
    session.execute(mine.execution_options(synchronize_session=False))


def of_user(session: Session, user: User, case_id: int | None = None) -> Sequence[Draft]:
    """Return a user's drafts in the cases of their court, or in one case, the newest first."""
    wanted = (
        sa.select(Draft)
        .join(Draft.case)
        .where(Draft.user_id == user.id, Case.court_id == user.court_id)
        .options(joinedload(Draft.case))
        .order_by(Draft.changed_at.desc())
        .limit(MOST)
    )
    if case_id is not None:
        wanted = wanted.where(Draft.case_id == case_id)
    return session.scalars(wanted).all()


def forget_case(session: Session, case_id: int) -> None:
    """Forget every draft about a case: what is personal about it is erased."""
    theirs = sa.delete(Draft).where(Draft.case_id == case_id)
    session.execute(theirs.execution_options(synchronize_session=False))
