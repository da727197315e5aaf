"""Evidence that members outside the court knew the date of a hearing."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.evidence.reach import best_of
from app.hearings.models import Hearing, MemberInvitation
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import EvidenceGrade

OF_DATE = (NoticeKind.MEMBER_FIXED.value, NoticeKind.MEMBER_MOVED.value)


@dataclass(frozen=True)
class MemberReach:
    """How well it is shown that a member knew the date, and the entry that proves it."""

    grade: EvidenceGrade
    proof: Entry | None


def of_hearing(
    session: Session, hearing: Hearing, entries: Sequence[Entry]
) -> dict[int, MemberReach]:
    """Return the evidence about each member of a hearing, by the id of the person.

    ``entries`` are those about the hearing that count, oldest first. Only what came with the news
    of the present date, or after it, proves that the date is known.
    """
    query = (
        sa.select(Notice.id, Notice.member_id, Notice.kind, Notice.key)
        .where(Notice.about == hearing.about, Notice.member_id.is_not(None))
        .order_by(Notice.id)
    )
    sent: dict[int, list[tuple[int, bool]]] = {}
    for notice_id, member_id, kind, key in session.execute(query):
        is_news = kind in OF_DATE and _is_of_revision(hearing, key)
        sent.setdefault(member_id or 0, []).append((notice_id, is_news))
    invitations = sa.select(MemberInvitation).where(MemberInvitation.hearing_id == hearing.id)
    found = {}
    for invitation in session.scalars(invitations):
        own = sent.get(invitation.id, [])
        first = next((n for n, (_, is_news) in enumerate(own) if is_news), len(own))
        current = {notice_id for notice_id, _ in own[first:]}
        begun = next((each.seq for each in entries if each.notice_id in current), None)
        relevant = [
            each
            for each in entries
            if each.notice_id in current
            or (begun is not None and each.attempt == invitation.attempt and each.seq > begun)
        ]
        found[invitation.judge_id] = MemberReach(*best_of(relevant))
    return found


def _is_of_revision(hearing: Hearing, key: str) -> bool:
    """Tell whether a notice is about the present date; a version may name who joined later."""
    version, current = NoticeKey.parse(key).version, f"{hearing.id}.{hearing.revision}"
    return version == current or version.startswith(f"{current}.")
