"""Claim what is due: in one transaction, each with a line that its sending has started."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.carriers import traffic_split, weights
from app.carriers.base import OutgoingMessage
from app.cases.models import Counsel
from app.core.db import bulk
from app.core.errors import N_
from app.letters import wording_versions
from app.letters.custom_wording import CustomWording
from app.notices import entries as notices_entries
from app.notices import superseding
from app.notices.escalation import pass_on
from app.notices.kinds import CHANGING_DATE, SUPERSEDED_BY_DATE, NoticeKind
from app.notices.models import COLUMNS, Notice, NoticeRow
from app.record import ledger
from app.record.rules import Event, NoticeState
from app.sending import messages as post
from app.sending.sender import LEASE, Sender

BATCH = 512
# No person is sent more over one channel: whatever went wrong in the house, it is not their storm.
MOST_PER_PERSON, WITHIN = 20, dt.timedelta(minutes=10)
PUT_OFF = dt.timedelta(minutes=1)

_NOTICE = bulk.table(Notice)


@dataclass
class ClaimedNotice:
    """What a claim came to: messages by carrier, and how many notices were looked at."""

    messages: dict[str, list[OutgoingMessage]] = field(default_factory=dict)
    seen: int = 0


def claim(
    session: Session, sender: Sender, channel: str, now: dt.datetime, most: int = BATCH
) -> ClaimedNotice:
    """Take up to ``most`` due notices of a channel and write that their sending has started.

    The lines are committed before any carrier is called: a crash from here on leaves an attempt
    that is known to be of unknown outcome. What is stale is written down as missed instead, what
    holds no longer as withdrawn.
    """
    due = _due(session, channel, now, most)
    if not due:
        return ClaimedNotice()
    crowded = _crowded(session, due, now)
    _put_off(session, crowded, now)
    taken = sorted((n for n in due if n.id not in crowded), key=lambda n: (n.case_id, n.id))
    untrue, silenced = superseding.superseded(session, taken), _opted_out(session, taken)
    shares = _shares(session, sender, channel)
    words = wording_versions.current(session, {notice.court_id for notice in taken})
    made = ClaimedNotice(seen=len(due))
    entries: list[ledger.NewEntry] = []
    moved: dict[tuple[NoticeState, str], list[int]] = {}
    for notice in taken:
        carrier = weights.chosen(shares, random.random())
        if why := untrue.get(notice.id):
            state, message = NoticeState.WITHDRAWN, None
            entry = notices_entries.entry_of(notice, Event.WITHDRAWN, why=why)
        elif notice.counsel_id in silenced:
            state, message = NoticeState.FAILED, None
            entry = notices_entries.entry_of(
                notice, Event.FAILED, why=N_("the person asked for no more texts")
            )
        else:
            state, entry, message = _begin(
                notice, sender, carrier, now, wording_versions.of(notice, words)
            )
        entries.append(entry)
        moved.setdefault((state, carrier if message else ""), []).append(notice.id)
        if message:
            made.messages.setdefault(carrier, []).append(message)
    ledger.append(session, entries, now)
    _move(session, sender, moved, now)
    _hand_on(
        session,
        [
            n
            for (state, _), ids in moved.items()
            for n in ids
            if state in (NoticeState.FAILED, NoticeState.MISSED)
        ],
        now,
    )
    return made


def _due(session: Session, channel: str, now: dt.datetime, most: int) -> list[NoticeRow]:
    """Take what is due and held up by nothing; rows that another worker takes are passed by."""
    wanted = (
        sa.select(*COLUMNS)
        .where(_NOTICE.c.state == NoticeState.QUEUED.value, _NOTICE.c.channel == channel)
        .where(_NOTICE.c.due_at <= now, ~_held_up())
        .order_by(_NOTICE.c.due_at, _NOTICE.c.id)
        .limit(most)
        .with_for_update(of=_NOTICE, skip_locked=True)
    )
    return [NoticeRow(*row) for row in session.connection().execute(wanted)]


def _held_up() -> sa.Exists:
    """Tell whether an earlier notice to the same person, about the same, is on its way still.

    The order is kept within one channel: a text that is tried again for hours holds up no mail.
    What a new date makes untrue holds up no news of it.
    """
    first = aliased(_NOTICE, name="first")
    on_its_way = sa.or_(
        first.c.state == NoticeState.SENDING.value,
        sa.and_(
            first.c.state == NoticeState.QUEUED.value,
            sa.not_(
                sa.and_(_NOTICE.c.kind.in_(CHANGING_DATE), first.c.kind.in_(SUPERSEDED_BY_DATE))
            ),
        ),
    )
    return sa.exists().where(
        first.c.about == _NOTICE.c.about,
        _NOTICE.c.about != "",
        first.c.channel == _NOTICE.c.channel,
        # Said so that no index serves it: SQLite would read all that a person ever got for each.
        _or_none(first.c.counsel_id) == _or_none(_NOTICE.c.counsel_id),
        _or_none(first.c.user_id) == _or_none(_NOTICE.c.user_id),
        sa.or_(
            first.c.first_due_at < _NOTICE.c.first_due_at,
            sa.and_(first.c.first_due_at == _NOTICE.c.first_due_at, first.c.id < _NOTICE.c.id),
        ),
        on_its_way,
    )


def _or_none(number: sa.ColumnElement[int | None]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(number, 0)


def _crowded(session: Session, due: Sequence[NoticeRow], now: dt.datetime) -> set[int]:
    """Return what would be too much for one person within a few minutes: it waits."""
    people = {notice.counsel_id for notice in due if notice.counsel_id is not None}
    sent: dict[int, int] = {}
    if people:
        wanted = (
            sa.select(_NOTICE.c.counsel_id, sa.func.count())
            .where(
                _NOTICE.c.counsel_id.in_(people),
                _NOTICE.c.tried_at > now - WITHIN,
                _NOTICE.c.channel == due[0].channel,
            )
            .group_by(_NOTICE.c.counsel_id)
        )
        sent = {row[0]: row[1] for row in session.connection().execute(wanted)}
    crowded = set()
    for notice in due:
        if notice.counsel_id is None:
            continue
        sent[notice.counsel_id] = sent.get(notice.counsel_id, 0) + 1
        if sent[notice.counsel_id] > MOST_PER_PERSON:
            crowded.add(notice.id)
    return crowded


def _put_off(session: Session, ids: set[int], now: dt.datetime) -> None:
    if ids:
        later = sa.update(_NOTICE).where(_NOTICE.c.id.in_(ids)).values(due_at=now + PUT_OFF)
        session.connection().execute(later)


def _opted_out(session: Session, due: Sequence[NoticeRow]) -> set[int | None]:
    """Return who of them told a carrier to stop texts, which holds for what waits already too."""
    people = {n.counsel_id for n in due if n.channel == "sms" and n.counsel_id is not None}
    wanted = sa.select(Counsel.id).where(Counsel.id.in_(people), Counsel.opted_out_at.is_not(None))
    return set(session.scalars(wanted)) if people else set()


def _shares(session: Session, sender: Sender, channel: str) -> Mapping[str, int]:
    names = [carrier.name for carrier in sender.carriers(channel)]
    return traffic_split.shares(session, names) if len(names) > 1 else {names[0]: weights.WHOLE}


def _begin(
    notice: NoticeRow, sender: Sender, carrier: str, now: dt.datetime, own: CustomWording | None
) -> tuple[NoticeState, ledger.NewEntry, OutgoingMessage | None]:
    if notice.stale_at <= now:
        why, stale_at = N_("it would have arrived too late"), ledger.instant(notice.stale_at)
        return (
            NoticeState.MISSED,
            notices_entries.entry_of(notice, Event.MISSED, why=why, stale_at=stale_at),
            None,
        )
    notice = notice._replace(tries=notice.tries + 1)
    try:
        message, shown = post.message(
            notice,
            secret=sender.secret,
            public_url=sender.public_url,
            court_address=sender.court_address,
            now=now,
            own=own,
        )
    except post.ComposeFailed as fault:
        return (
            NoticeState.FAILED,
            notices_entries.entry_of(notice, Event.FAILED, why=str(fault)),
            None,
        )
    version = shown.pop("wording", None)
    begun = notices_entries.entry_of(
        notice, Event.STARTED, carrier=carrier, wording=version, personal=shown
    )
    return NoticeState.SENDING, begun, message


def _move(
    session: Session,
    sender: Sender,
    moved: Mapping[tuple[NoticeState, str], list[int]],
    now: dt.datetime,
) -> None:
    for (state, carrier), ids in moved.items():
        new: dict = {"state": state.value}
        if state is NoticeState.SENDING:
            new |= {
                "tries": _NOTICE.c.tries + 1,
                "tried_at": now,
                "lease_until": now + LEASE,
                "claimed_by": sender.name,
                "carrier": carrier,
            }
        session.connection().execute(sa.update(_NOTICE).where(_NOTICE.c.id.in_(ids)).values(new))


def _hand_on(session: Session, ids: Sequence[int], now: dt.datetime) -> None:
    """Pass on the duty of what failed or was missed, but of no reminder that others replace."""
    if not ids:
        return
    wanted = sa.select(Notice).where(Notice.id.in_(ids)).order_by(Notice.case_id, Notice.id)
    for notice in session.scalars(wanted.execution_options(populate_existing=True)).all():
        if notice.state == NoticeState.FAILED or not NoticeKind(notice.kind).traits.optional:
            pass_on(session, notice, now)
