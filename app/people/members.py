"""The people of a court as its admin sees them: role, access, sessions, tokens."""

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

SEEN_EVERY = dt.timedelta(minutes=5)


def of_court(session: Session, court_id: int) -> Sequence[User]:
    """Return everybody of a court, by name; who is shut out too."""
    wanted = sa.select(User).where(User.court_id == court_id).order_by(User.name, User.id)
    return session.scalars(wanted).all()


def find(session: Session, court_id: int, user_id: int) -> User:
    """Return somebody of a court. Raises NotFound, for another court's user as for none."""
    user = session.get(User, user_id)
    if user is None or user.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return user


def token_counts(session: Session, court_id: int) -> dict[int, int]:
    """Return how many tokens that still open the API each user of a court has."""
    wanted = (
        sa.select(ApiToken.user_id, sa.func.count())
        .join(User, User.id == ApiToken.user_id)
        .where(User.court_id == court_id, ApiToken.revoked_at.is_(None))
        .group_by(ApiToken.user_id)
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


def change_role(session: Session, by: ChangeAuthor, user: User, role: str) -> None:
    """Give somebody another role. Raises Invalid for none; Refusal for the last admin's."""
    if role not in ROLES:
        said = Message(N_("Choose one of: %(choices)s."), choices=list(ROLES))
        raise Invalid({"role": said})
    if role != Role.ADMIN:
        _keep_an_admin(session, user)
    change_log.note(session, by, "people", f"role/{user.email}", user.role, role)
    user.role = role


def deactivate(session: Session, by: ChangeAuthor, user: User) -> None:
    """Let somebody in no more, by page or token. Raises Refusal for oneself and the last admin."""
    if by.user and user.id == by.user.id:
        raise Refusal(N_("You cannot shut yourself out: ask another admin."))
    _keep_an_admin(session, user)
    change_log.note(session, by, "people", f"access/{user.email}", user.active, False)
    user.active = False
    user.version += 1


def reactivate(session: Session, by: ChangeAuthor, user: User) -> None:
    """Let somebody in again, with the password that they had."""
    change_log.note(session, by, "people", f"access/{user.email}", user.active, True)
    user.active = True
    user.version += 1


def sign_out(session: Session, by: ChangeAuthor, user: User) -> None:
    """End all sessions of somebody; their password and tokens stay."""
    change_log.note(session, by, "people", f"sign_out/{user.email}", "", True)
    user.version += 1


def _keep_an_admin(session: Session, user: User) -> None:
    """Refuse to lose a court's last admin. Two who do it to each other come one by one."""
    if user.role != Role.ADMIN or not user.active:
        return
    session.execute(sa.select(Court.id).where(Court.id == user.court_id).with_for_update())
    others = sa.select(sa.func.count()).where(
        User.court_id == user.court_id,
        User.role == Role.ADMIN.value,
        User.active,
        User.id != user.id,
    )
    if not session.scalar(others):
        raise Refusal(
            N_("%(name)s is the court's last admin: make another one first."), name=user.name
        )


def note_last_seen(session: Session, user_id: int, now: dt.datetime) -> None:
    """Note that somebody was here."""
    words = sa.update(User).where(User.id == user_id).values(seen_at=now)
    session.execute(words.execution_options(synchronize_session=False))


def is_news(user: User, now: dt.datetime) -> bool:
    """Tell whether it was so long ago that somebody was last seen that it is worth a note."""
    return user.seen_at is None or now - user.seen_at >= SEEN_EVERY
