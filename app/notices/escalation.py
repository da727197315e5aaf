"""Escalation of a notice that did not reach its person: to the next channel and the assistant."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel
from app.cases.rules import addresses_by_channel
from app.core.channels import Channel
from app.court.models import Court
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import (
    NoticeRequest,
    Recipient,
    Subject,
    publish_unreached,
    queue,
    request_for,
)
from app.notices.rules import outside_quiet_hours_at
from app.notices.superseding import superseded
from app.record.rules import CARRIED, NoticeState

# Quiet hours are waited out, but not until it would be too late.
LAST_CALL = dt.timedelta(hours=1)


def pass_on(session: Session, notice: Notice, now: dt.datetime) -> None:
    """Queue a notice that failed, is unknown or was missed over the next channel.

    The assistant is notified. Nothing is queued for the person where another channel carries the
    same message already; where no channel is left, the assistant is asked to call. Notices to
    users of the court, superseded ones, those of a blanked case and those that concern one address
    only are not passed on.
    """
    if NoticeKind(notice.kind).traits.to_one_address:
        return
    if (notice.counsel_id is None and notice.member_id is None) or not notice.facts:
        return
    if superseded(session, [notice.row], now):
        return
    key = NoticeKey.parse(notice.key)._replace(repeat=0)
    siblings = session.scalars(
        sa.select(Notice).where(
            Notice.key.in_([str(key._replace(channel=each)) for each in Channel])
        )
    ).all()
    carrying = next((n for n in siblings if n.state in CARRIED and n is not notice), None)
    next_channel = carrying.channel if carrying else ""
    requests = []
    if notice.state == NoticeState.MISSED:
        next_channel = ""
    elif carrying is None:
        tried = {each.channel for each in siblings}
        untried = [way for way in _ways(session, notice) if way[0] not in tried]
        if untried:
            court = session.get_one(Court, notice.court_id)
            due_at = min(outside_quiet_hours_at(court, now), max(now, notice.stale_at - LAST_CALL))
            requests.append(request_for(notice.row, untried[0], due_at))
            next_channel = untried[0][0]
    queue(session, [*requests, *_to_assistant(session, notice, next_channel, now)], now)
    if not next_channel:
        subject = Subject(notice.court_id, notice.case_id, notice.about, key.version)
        publish_unreached(session, subject, notice.counsel_id, now)


def _ways(session: Session, notice: Notice) -> Sequence[tuple[str, str]]:
    """Return all ways to reach the person of a notice.

    None for a member of a bench: they get each message over all ways that are known.
    """
    if notice.counsel_id is None:
        return ()
    return addresses_by_channel(session.get_one(Counsel, notice.counsel_id), every=True)


def _to_assistant(
    session: Session, notice: Notice, next_channel: str, now: dt.datetime
) -> list[NoticeRequest]:
    case = session.get_one(Case, notice.case_id)
    user = case.assistant
    if user is None or not user.active:
        return []
    facts = {
        **notice.facts,
        "detail": f"{notice.name}: {notice.channel} {notice.state}",
        "about_person": {"name": notice.name, "side": notice.side},
        "failed": {"kind": notice.kind, "channel": notice.channel, "state": notice.state},
        "next_channel": next_channel,
        "person": {"name": user.name, "party": "", "side": "", "is_court": True},
    }
    recipient = Recipient(
        name=user.name,
        language=user.language or case.court.language,
        ways=[(Channel.EMAIL, user.email)],
        user_id=user.id,
        side="court",
    )
    subject = Subject(notice.court_id, notice.case_id, notice.about, f"n{notice.id}")
    stale_at = now + dt.timedelta(days=3)
    return [NoticeRequest(subject, NoticeKind.NOT_REACHED, recipient, facts, now, stale_at)]
