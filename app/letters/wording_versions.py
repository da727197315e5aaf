"""Versions of a court's own wording: read those in force or all, add a new one."""

from collections.abc import Iterable, Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import wording
from app.core.errors import Invalid
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.letters import custom_wording
from app.letters.custom_wording import CustomWording
from app.letters.models import Wording
from app.notices.models import Notice, NoticeRow
from app.record.models import Entry
from app.record.rules import Event

Key = tuple[int, str, str, str]  # court, kind, channel, language


def current(session: Session, court_ids: Iterable[int]) -> dict[Key, CustomWording]:
    """Return the wordings of messages in force in some courts; Tingqi's own are left out."""
    newest = (
        sa.select(sa.func.max(Wording.id))
        .where(Wording.court_id.in_(set(court_ids)))
        .where(Wording.kind.not_like(f"{custom_wording.ANSWERS}%"))
        .group_by(Wording.court_id, Wording.kind, Wording.channel, Wording.language)
    )
    rows = session.scalars(sa.select(Wording).where(Wording.id.in_(newest), Wording.text != ""))
    return {
        (row.court_id, row.kind, row.channel, row.language): CustomWording(
            row.version, row.subject, row.text
        )
        for row in rows
    }


def of(notice: NoticeRow, words: dict[Key, CustomWording]) -> CustomWording | None:
    """Return the court's own wording for a notice, or None."""
    language = wording.language_of(notice.language)
    return words.get((notice.court_id, notice.kind, notice.channel, language))


def sent_with(session: Session, notice: Notice) -> CustomWording | None:
    """Return the own wording in which a notice's current try was sent."""
    begun = sa.select(Entry.detail).where(
        Entry.notice_id == notice.id,
        Entry.attempt == notice.attempt,
        Entry.what == Event.STARTED.value,
    )
    version = (session.scalar(begun.limit(1)) or {}).get("wording")
    if not version:
        return None
    language = wording.language_of(notice.language)
    known = versions(session, notice.court_id, notice.kind, notice.channel, language)
    return next(
        (CustomWording(v.version, v.subject, v.text) for v in known if v.version == version), None
    )


def versions(
    session: Session, court_id: int, kind: str, channel: str, language: str
) -> Sequence[Wording]:
    """Return all versions of a court's wording of a kind, the newest first."""
    query = sa.select(Wording).where(
        Wording.court_id == court_id,
        Wording.kind == kind,
        Wording.channel == channel,
        Wording.language == language,
    )
    return session.scalars(query.order_by(Wording.version.desc())).all()


def answers(session: Session, court_id: int) -> dict[int, dict[str, CustomWording]]:
    """Return a court's standard answers in force: by number, then by language."""
    newest = (
        sa.select(sa.func.max(Wording.id))
        .where(Wording.court_id == court_id, Wording.kind.startswith(custom_wording.ANSWERS))
        .group_by(Wording.kind, Wording.language)
    )
    found: dict[int, dict[str, CustomWording]] = {}
    rows = session.scalars(sa.select(Wording).where(Wording.id.in_(newest), Wording.text != ""))
    for row in rows:
        words = CustomWording(row.version, row.subject, row.text)
        found.setdefault(answer_number(row.kind), {})[row.language] = words
    return dict(sorted(found.items()))


def answer_number(kind: str) -> int:
    """Return the number of a standard answer from its kind: 3 from ``answer/3``."""
    return int(kind.removeprefix(custom_wording.ANSWERS))


def next_answer_number(session: Session, court_id: int) -> int:
    """Return the number of the next standard answer; numbers of removed ones are not used again."""
    kinds = sa.select(Wording.kind).where(
        Wording.court_id == court_id, Wording.kind.startswith(custom_wording.ANSWERS)
    )
    return max(map(answer_number, session.scalars(kinds.distinct())), default=0) + 1


def keep(
    session: Session, by: ChangeAuthor, key: tuple[str, str, str], subject: str, text: str
) -> Wording | None:
    """Add a version of a court's own wording; return it, or None where nothing changes.

    ``key`` is kind, channel and language. An empty text restores Tingqi's wording. Raises Invalid
    by field. Of two users who save at once each gets a version, by the unique constraint.
    """
    kind, channel, _ = key
    if text and (faults := custom_wording.faults(kind, channel, subject, text)):
        raise Invalid(faults)
    return add(session, by, key, subject, text)


def add(
    session: Session, by: ChangeAuthor, key: tuple[str, str, str], subject: str, text: str
) -> Wording | None:
    """Add a version of words that are no message or were checked, as ``keep`` does."""
    kind, channel, language = key
    known = versions(session, by.court_id, kind, channel, language)
    before = known[0] if known else None
    if (before.subject, before.text) == (subject, text) if before else not text:
        return None
    log = partial(change_log.note, session, by, "wording", "/".join(filter(None, key)))
    log(_whole(before.subject, before.text) if before else "", _whole(subject, text))
    version = Wording(
        court_id=by.court_id,
        kind=kind,
        channel=channel,
        language=language,
        version=before.version + 1 if before else 1,
        subject=subject,
        text=text,
        user_id=by.user.id if by.user else None,
        by=by.user.name if by.user else "",
        at=by.now,
    )
    session.add(version)
    session.flush()
    return version


def _whole(subject: str, text: str) -> str:
    return f"{subject}\n\n{text}".strip()
