"""User management by an admin: role, access, sessions, tokens."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.people.models import ApiToken, Role, User
from app.people.rules import ROLES


def of_court(session: Session, court_id: int) -> Sequence[User]:
    """Return all users of a court, sorted by name, deactivated ones included."""
    query = sa.select(User).where(User.court_id == court_id).order_by(User.name, User.id)
    return session.scalars(query).all()


def find(session: Session, court_id: int, user_id: int) -> User:
    """Return a user of this court. Raises NotFound, also for a user of another court."""
    user = session.get(User, user_id)
    if user is None or user.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return user


def token_counts(session: Session, court_id: int) -> dict[int, int]:
    """Return the number of unrevoked API tokens, keyed by user id."""
    query = (
        sa.select(ApiToken.user_id, sa.func.count())
        .join(User, User.id == ApiToken.user_id)
        .where(User.court_id == court_id, ApiToken.revoked_at.is_(None))
        .group_by(ApiToken.user_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def change_role(session: Session, by: ChangeAuthor, user: User, role: str) -> None:
    """Change a user's role. Raises Invalid for an unknown role, Refusal for the last admin."""
    if role not in ROLES:
        message = Message(N_("Choose one of: %(choices)s."), choices=list(ROLES))
        raise Invalid({"role": message})
    if role != Role.ADMIN:
        _refuse_last_admin(session, user)
    change_log.note(session, by, "people", f"role/{user.email}", user.role, role)
    user.role = role


def deactivate(session: Session, by: ChangeAuthor, user: User) -> None:
    """Deactivate a user, sessions and tokens too. Raises Refusal for oneself and the last admin."""
    if by.user and user.id == by.user.id:
        raise Refusal(N_("You cannot deactivate yourself. Ask another admin."))
    _refuse_last_admin(session, user)
    change_log.note(session, by, "people", f"access/{user.email}", user.active, False)
    user.active = False
    user.version += 1


def reactivate(session: Session, by: ChangeAuthor, user: User) -> None:
    """Reactivate a user with their previous password."""
    change_log.note(session, by, "people", f"access/{user.email}", user.active, True)
    user.active = True
    user.version += 1


def sign_out(session: Session, by: ChangeAuthor, user: User) -> None:
    """End all sessions of a user; password and tokens stay valid."""
    change_log.note(session, by, "people", f"sign_out/{user.email}", "", True)
    user.version += 1


def _refuse_last_admin(session: Session, user: User) -> None:
    """Raise Refusal for the last active admin."""
    if is_last_admin(session, user):
        raise Refusal(
            N_("%(name)s is the court's last admin. Make somebody else an admin first."),
            name=user.name,
        )


def is_last_admin(session: Session, user: User) -> bool:
    """Tell whether the court has no other active admin; locks it, so that two admins queue up."""
    if user.role != Role.ADMIN or not user.active:
        return False
    session.execute(sa.select(Court.id).where(Court.id == user.court_id).with_for_update())
    other_admins = sa.select(sa.func.count()).where(
        User.court_id == user.court_id,
        User.role == Role.ADMIN.value,
        User.active,
        User.id != user.id,
    )
    return not session.scalar(other_admins)


def note_last_seen(session: Session, user_id: int, now: dt.datetime) -> None:
    """Store the time of a user's last visit."""
    statement = sa.update(User).where(User.id == user_id).values(seen_at=now)
    session.execute(statement.execution_options(synchronize_session=False))
