"""Preview of messages: the use case is run, its letters are composed, and it is rolled back."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.channels import Channel
from app.core.db import retrying
from app.court.models import Court
from app.letters import wording_versions
from app.letters.custom_wording import CustomWording
from app.letters.text_length import segments
from app.notices.kinds import NoticeKind
from app.notices.models import COLUMNS, Notice, NoticeRow
from app.notices.rules import outside_quiet_hours_at
from app.sending import messages as post


@dataclass(frozen=True)
class PreviewedMessage:
    """One message over one channel, with placeholders for the tokens of its links.

    ``segments`` counts a text message with its key in it; ``invite`` tells that an e-mail carries
    the date for the recipient's calendar.
    """

    kind: str
    channel: str
    address: str
    subject: str
    text: str
    segments: int
    invite: bool


@dataclass(frozen=True)
class RecipientPreview:
    """One recipient, and all messages that they would get at once."""

    name: str
    side: str
    language: str
    messages: Sequence[PreviewedMessage]


@dataclass(frozen=True)
class Preview:
    """All recipients, and when those who do not answer would be reminded.

    ``held_until`` is the end of the court's quiet hours, if the messages wait for it.
    """

    recipients: Sequence[RecipientPreview]
    nudge_at: dt.datetime | None
    held_until: dt.datetime | None = None

    @property
    def count(self) -> int:
        """The number of messages that would be sent at once."""
        return sum(len(person.messages) for person in self.recipients)

    def without_words(self, instead: str) -> "Preview":
        """Return the same messages with other words in place of what they say."""
        recipients = [
            replace(
                person,
                messages=[replace(each, subject=instead, text=instead) for each in person.messages],
            )
            for person in self.recipients
        ]
        return replace(self, recipients=recipients)


@dataclass(frozen=True)
class PreviewSender:
    """The attributes of the sender that composing a letter reads."""

    secret: bytes
    public_url: str
    court_address: str


class _Undo(Exception):  # noqa: N818
    """Carries the preview out of a transaction that must be rolled back."""

    def __init__(self, shown: Preview) -> None:
        self.shown = shown


def preview_messages(
    work: Callable[[Session], int], sender: PreviewSender, now: dt.datetime
) -> Preview:
    """Return the messages that a use case would send at once; nothing of it is stored.

    ``work`` returns the id of the case that the messages are about. Raises what the use case
    raises, so that what would be refused is refused here.
    """

    def undone(session: Session) -> Preview:
        last = newest_notice_id(session)
        case_id = work(session)
        session.flush()
        raise _Undo(_read(session, case_id, last, sender, now))

    try:
        return retrying(undone)
    except _Undo as done:
        return done.shown


def newest_notice_id(session: Session) -> int:
    """Return the id of the newest notice; those of a use case that follows have higher ones."""
    return session.scalar(sa.select(sa.func.max(Notice.id))) or 0


def queued_notices(session: Session, case_id: int, last: int) -> Sequence[NoticeRow]:
    """Return the notices about a case with an id above ``last``, in order of queueing.

    Those to counsel, and to members of the bench who are outside the court.
    """
    outside = sa.or_(Notice.counsel_id.is_not(None), Notice.member_id.is_not(None))
    statement = sa.select(*COLUMNS).where(Notice.id > last, Notice.case_id == case_id, outside)
    # Channels were queued best first, and recipients in the order of their invitations.
    return [NoticeRow(*row) for row in session.execute(statement.order_by(Notice.id))]


def _read(
    session: Session, case_id: int, last: int, sender: PreviewSender, now: dt.datetime
) -> Preview:
    notices = queued_notices(session, case_id, last)
    court = session.get_one(Case, case_id).court
    words = wording_versions.current(session, {court.id})
    at_once = [notice for notice in notices if _is_at_once(notice, court, now)]
    by_person: dict[tuple[int | None, int | None], list[NoticeRow]] = {}
    for notice in at_once:
        by_person.setdefault((notice.counsel_id, notice.member_id), []).append(notice)
    recipients = []
    for theirs in by_person.values():
        first = theirs[0]
        messages = [
            _written(notice, sender, now, wording_versions.of(notice, words)) for notice in theirs
        ]
        recipients.append(RecipientPreview(first.name, first.side, first.language, messages))
    nudges = [notice.due_at for notice in notices if notice.kind == NoticeKind.NUDGE]
    held = [notice.due_at for notice in at_once if notice.due_at > now]
    return Preview(recipients, min(nudges, default=None), min(held, default=None))


def _is_at_once(notice: NoticeRow, court: Court, now: dt.datetime) -> bool:
    """Tell whether a notice is sent now, or as soon as the court's quiet hours are over."""
    if notice.kind in (NoticeKind.NUDGE, NoticeKind.REMINDER):
        return notice.due_at <= now
    return notice.due_at <= outside_quiet_hours_at(court, now)


def _written(
    notice: NoticeRow, sender: PreviewSender, now: dt.datetime, own: CustomWording | None
) -> PreviewedMessage:
    message, shown = post.message(
        notice,
        secret=sender.secret,
        public_url=sender.public_url,
        court_address=sender.court_address,
        now=now,
        own=own,
    )
    return PreviewedMessage(
        kind=notice.kind,
        channel=notice.channel,
        address=notice.address,
        subject=shown["subject"],
        text=shown["text"],
        segments=segments(message.text) if Channel(notice.channel).traits.by_segment else 0,
        invite=message.calendar is not None,
    )
