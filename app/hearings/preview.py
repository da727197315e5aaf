"""What would be sent: the use case is done, its letters are read, and all of it is undone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import transaction
from app.hearings.models import Hearing
from app.notices import post
from app.notices.models import Notice


@dataclass(frozen=True)
class Shown:
    """One message as one person would get it; keys are left out, for nobody has them yet."""

    name: str
    side: str
    channel: str
    address: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True)
class Sender:
    """From where the letters come."""

    secret: bytes
    public_url: str
    court_address: str


class _Undo(Exception):  # noqa: N818
    """Carries what was read out of a transaction that must leave nothing behind."""

    def __init__(self, shown: list[Shown]) -> None:
        self.shown = shown


def rehearse(work: Callable[[Session], Hearing], sender: Sender, now: dt.datetime) -> list[Shown]:
    """Return the messages that a use case would send at once; nothing of it is kept.

    Raises what the use case raises: what would be refused is refused already here.
    """
    try:
        with transaction() as session:
            last = session.scalar(sa.select(sa.func.max(Notice.id))) or 0
            hearing = work(session)
            session.flush()
            raise _Undo(_read(session, hearing, last, sender, now))
    except _Undo as done:
        return done.shown


def _read(
    session: Session, hearing: Hearing, last: int, sender: Sender, now: dt.datetime
) -> list[Shown]:
    wanted = (
        sa.select(Notice)
        .where(
            Notice.id > last, Notice.about == f"hearing/{hearing.id}",
            Notice.counsel_id.is_not(None), Notice.due_at <= now,
        )
        .order_by(Notice.id)
    )  # fmt: skip
    shown = []
    for notice in session.scalars(wanted):
        _, words = post.message(
            notice, secret=sender.secret, public_url=sender.public_url,
            court_address=sender.court_address, now=now,
        )  # fmt: skip
        shown.append(Shown(notice.name, notice.side, notice.channel, notice.address,
                           notice.language, words["subject"], words["text"]))  # fmt: skip
    return shown
