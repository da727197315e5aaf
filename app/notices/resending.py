"""Resend a message that did not reach its person, when a user of the court asks for it."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.cases.rules import addresses_by_channel
from app.core.errors import N_, NotFound, Refusal
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import queue, request_for
from app.notices.superseding import LEFT, superseded
from app.record.rules import NOT_DELIVERED, PENDING


def find(session: Session, court_id: int, notice_id: int, *, lock: bool = False) -> Notice:
    """Return a notice of a court. Raises NotFound, also for another court's notice."""
    query = sa.select(Notice).where(Notice.id == notice_id, Notice.court_id == court_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    notice: Notice | None = session.scalar(query)
    if notice is None:
        raise NotFound(N_("There is no such message in this court."))
    return notice


def again(session: Session, notice: Notice, now: dt.datetime) -> int:
    """Queue a notice once more, to the person's address of today; return the new one's id.

    The record shows both. Raises Refusal where the notice arrived, is pending, would arrive too
    late, or is superseded.
    """
    if notice.state not in NOT_DELIVERED:
        raise Refusal(N_("This message was sent. There is nothing to send again."))
    if NoticeKind(notice.kind).traits.to_one_address:
        raise Refusal(N_("This message concerns one address only: it is not sent again."))
    if notice.stale_at <= now:
        raise Refusal(N_("This message would arrive too late. Call the person and log the call."))
    if not notice.facts:
        raise Refusal(N_("The contents of this case were erased: there is nothing to send."))
    key = NoticeKey.parse(notice.key)
    stem = str(key._replace(repeat=0))
    earlier = session.scalars(sa.select(Notice).where(Notice.key.startswith(f"{stem}/again-")))
    repeats = earlier.all()
    if any(each.state in PENDING for each in repeats):
        raise Refusal(N_("This message is being sent again already."))
    why = superseded(session, [notice.row], now).get(notice.id)
    if why == LEFT:
        raise Refusal(N_("%(name)s no longer acts in this case."), name=notice.name)
    if why:
        raise Refusal(N_("This message is out of date: a newer one about the hearing was sent."))
    request = replace(
        request_for(notice.row, (notice.channel, _address(session, notice)), now),
        repeat=len(repeats) + 1,
        detail={"again_after": notice.attempt},
    )
    [notice_id] = queue(session, [request], now)
    return notice_id


def _address(session: Session, notice: Notice) -> str:
    if notice.member_id is not None:
        raise Refusal(N_("Send them a new link instead, on the page of the hearing."))
    counsel = session.get(Counsel, notice.counsel_id) if notice.counsel_id else None
    known = dict(addresses_by_channel(counsel, every=True)) if counsel else {}
    address: str = known.get(notice.channel, "" if counsel else notice.address)
    if not address:
        raise Refusal(
            N_("No address is known for this channel. Add one, or call and log the call.")
        )
    return address
