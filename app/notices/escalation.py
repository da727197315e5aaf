"""When a notice cannot reach its person: the next channel takes over, and the assistant is told."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel
from app.cases.rules import ways_of
from app.court.models import Court
from app.notices.models import Notice
from app.notices.service import Matter, Recipient, outside_quiet_hours_at, queue
from app.notices.superseding import superseded
from app.record.rules import NoticeState

CARRIES = {
    NoticeState.QUEUED.value,
    NoticeState.SENDING.value,
    NoticeState.SENT.value,
    NoticeState.DELIVERED.value,
}

# Quiet hours are waited out, but not until it would be too late.
LAST_CALL = dt.timedelta(hours=1)


def pass_on(session: Session, notice: Notice, now: dt.datetime) -> None:
    """Move the duty of a notice that failed, is unknown or was missed; tell the assistant.

    Where another channel already carries the same message nothing more is queued; where none is
    left, the assistant is asked to call. A letter to the court's own people passes to nobody, what
    holds no longer to no other channel, and of a case that was blanked nothing is left to say.
    """
    if notice.counsel_id is None or not notice.facts or superseded(session, [notice]):
        return
    counsel = session.get_one(Counsel, notice.counsel_id)
    kind, stamp, seat, _ = notice.key.split("/", 3)
    same = session.scalars(
        sa.select(Notice).where(
            Notice.key.in_([f"{kind}/{stamp}/{seat}/{channel}" for channel in ("email", "sms")])
        )
    ).all()
    tried = {each.channel for each in same}
    carrying = next((each for each in same if each.state in CARRIES and each is not notice), None)
    if notice.state == NoticeState.MISSED:
        next_way = None
    elif carrying is None:
        spare = [way for way in ways_of(counsel, every=True) if way[0] not in tried]
        next_way = spare[0] if spare else None
    else:
        next_way = (carrying.channel, carrying.address)
    if next_way and not carrying:
        person = Recipient(
            name=notice.name,
            language=notice.language,
            ways=[next_way],
            side=notice.side,
            counsel_id=notice.counsel_id,
            invitation_id=notice.invitation_id,
            link_version=notice.link_version,
        )
        matter = Matter(notice.court_id, notice.case_id, notice.about, stamp)
        court = session.get_one(Court, notice.court_id)
        queue(
            session,
            matter,
            kind,
            person,
            notice.facts,
            due_at=min(outside_quiet_hours_at(court, now), max(now, notice.stale_at - LAST_CALL)),
            stale_at=notice.stale_at,
            now=now,
        )
    _tell(session, notice, next_way[0] if next_way else "", now)


def _tell(session: Session, notice: Notice, next_channel: str, now: dt.datetime) -> None:
    case = session.get_one(Case, notice.case_id)
    user = case.assistant
    if user is None or not user.active:
        return
    facts = {
        **notice.facts,
        "detail": f"{notice.name}: {notice.channel} {notice.state}",
        "about_person": {"name": notice.name, "side": notice.side},
        "failed": {"kind": notice.kind, "channel": notice.channel, "state": notice.state},
        "next_channel": next_channel,
        "person": {"name": user.name, "party": "", "side": "", "is_court": True},
    }
    person = Recipient(
        name=user.name,
        language=user.language or case.court.language,
        ways=[("email", user.email)],
        user_id=user.id,
        side="court",
    )
    matter = Matter(notice.court_id, notice.case_id, notice.about, f"n{notice.id}")
    queue(
        session,
        matter,
        "not_reached",
        person,
        facts,
        due_at=now,
        stale_at=now + dt.timedelta(days=3),
        now=now,
    )
