"""Drafts: forms of a proposal that were typed and not sent; kept until sent or thrown away."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case
from app.hearings.models import Draft
from app.hearings.proposing.form_fields import ProposalFields
from app.people.models import User
from app.record import ledger

MOST = 20  # in a list
LONGEST = 20_000  # characters; a form that is longer is no form of ours


def find(session: Session, user_id: int, about: str) -> Draft | None:
    """Return a user's draft about ``case/3`` or ``hearing/12``, or None."""
    return session.scalar(sa.select(Draft).where(Draft.user_id == user_id, Draft.about == about))


def save(
    session: Session,
    user_id: int,
    about: str,
    case_id: int,
    form: ProposalFields,
    now: dt.datetime,
) -> None:
    """Save a draft in place of the one before; one that is too long is not saved."""
    fields = ledger.storable({k: value for k, value in form.as_json().items() if k != "seen"})
    if len(repr(fields)) > LONGEST:
        return
    draft = find(session, user_id, about)
    if draft is None:
        draft = Draft(user_id=user_id, about=about, case_id=case_id)
        session.add(draft)
    draft.fields, draft.changed_at = fields, now
    session.flush()


def delete(session: Session, user_id: int, about: str) -> None:
    """Delete a draft: it was sent, or thrown away."""
    mine = sa.delete(Draft).where(Draft.user_id == user_id, Draft.about == about)
    session.execute(mine.execution_options(synchronize_session=False))


def list_drafts(session: Session, user: User, case_id: int | None = None) -> Sequence[Draft]:
    """Return a user's drafts in the cases of their court, or in one case, the newest first."""
    statement = (
        sa.select(Draft)
        .join(Draft.case)
        .where(Draft.user_id == user.id, Case.court_id == user.court_id)
        .options(joinedload(Draft.case))
        .order_by(Draft.changed_at.desc())
        .limit(MOST)
    )
    if case_id is not None:
        statement = statement.where(Draft.case_id == case_id)
    return session.scalars(statement).all()


def delete_of_case(session: Session, case_id: int) -> None:
    """Delete every draft about a case, as its personal data is erased."""
    theirs = sa.delete(Draft).where(Draft.case_id == case_id)
    session.execute(theirs.execution_options(synchronize_session=False))
