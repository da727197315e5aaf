"""Say something again to somebody whom it did not reach; a person decides this, never the beat."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.cases.rules import text_number, ways_of
from app.core.errors import N_, NotFound, Refusal
from app.notices import entries
from app.notices.models import Notice
from app.notices.superseding import LEFT, superseded
from app.record import ledger
from app.record.rules import Event, NoticeState

# What a person can be sure did not, or may not have, come through.
OPEN_TO_DOUBT = {NoticeState.FAILED.value, NoticeState.UNKNOWN.value, NoticeState.MISSED.value}
ON_ITS_WAY = {NoticeState.QUEUED.value, NoticeState.SENDING.value}


def find(session: Session, court_id: int, notice_id: int) -> Notice:
    """Return a notice of a court, locked. Raises NotFound, for another court's as for none."""
    wanted = sa.select(Notice).where(Notice.id == notice_id, Notice.court_id == court_id)
    notice = session.scalar(wanted.with_for_update())
    if notice is None:
        raise NotFound(N_("There is no such message in this court."))
    return notice


def again(session: Session, notice: Notice, now: dt.datetime) -> Notice:
    """Queue a notice once more, to the person's address of today; the record shows both.

    Raises Refusal where it arrived, is on its way, would be too late, or holds no longer.
    """
    if notice.state not in OPEN_TO_DOUBT:
        raise Refusal(N_("This message went out; there is nothing to send again."))
    if notice.stale_at <= now:
        raise Refusal(N_("This message would arrive too late. Ring the person and log the call."))
    if not notice.facts:
        raise Refusal(N_("The contents of this case were blanked: there is nothing to send."))
    stem = notice.key.split("/again-")[0]
    before = session.scalars(sa.select(Notice).where(Notice.key.startswith(f"{stem}/again-"))).all()
    if any(each.state in ON_ITS_WAY for each in before):
        raise Refusal(N_("This message is being sent again already."))
    why = superseded(session, [notice]).get(notice.id)
    if why == LEFT:
        raise Refusal(N_("%(name)s acts in this case no longer."), name=notice.name)
    if why:
        raise Refusal(N_("This message holds no longer: newer news about the hearing went out."))
    made = _copy(notice, f"{stem}/again-{len(before) + 1}", _address(session, notice), now)
    session.add(made)
    session.flush()
    line = entries.entry_of(
        made, Event.QUEUED, due_at=ledger.instant(now), again_after=notice.attempt
    )
    ledger.append(session, [line], now)
    return made


def _address(session: Session, notice: Notice) -> str:
    counsel = session.get(Counsel, notice.counsel_id) if notice.counsel_id else None
    known = dict(ways_of(counsel, every=True)) if counsel else {}
    address: str = known.get(notice.channel, "" if counsel else notice.address)
    if not address:
        raise Refusal(N_("No address is known for this way. Give one, or ring and log the call."))
    return address


def _copy(notice: Notice, key: str, address: str, now: dt.datetime) -> Notice:
    return Notice(
        key=key,
        court_id=notice.court_id,
        case_id=notice.case_id,
        about=notice.about,
        counsel_id=notice.counsel_id,
        user_id=notice.user_id,
        invitation_id=notice.invitation_id,
        link_version=notice.link_version,
        kind=notice.kind,
        channel=notice.channel,
        address=address,
        name=notice.name,
        side=notice.side,
        language=notice.language,
        facts=notice.facts,
        due_at=now,
        first_due_at=now,
        stale_at=notice.stale_at,
        state=NoticeState.QUEUED.value,
        tries=0,
        created_at=now,
    )


def readdress(session: Session, counsel: Counsel) -> int:
    """Send what still waits for a counsel to their addresses of today; return how many changed.

    Reminders wait for weeks: they go to where the person is then, not to where they were.
    """
    known = {"email": counsel.email, "sms": text_number(counsel)}
    wanted = (
        sa.select(Notice)
        .where(Notice.counsel_id == counsel.id, Notice.state == NoticeState.QUEUED.value)
        .order_by(Notice.case_id, Notice.id)
        .with_for_update(skip_locked=True)
    )
    changed = 0
    for notice in session.scalars(wanted):
        address = known.get(notice.channel)
        if address and address != notice.address:
            notice.address = address
            changed += 1
    return changed
