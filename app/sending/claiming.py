"""Claim due notices: in one transaction, each with an entry that its sending has started.

That entry is the intent to send. It is committed before any carrier is called, so that a crash
leaves an attempt that is known to be of unknown outcome (see recovery), and never a second message.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.carriers import traffic_split, weights
from app.carriers.base import OutgoingMessage
from app.cases import keys
from app.cases.models import Counsel
from app.core.channels import Channel
from app.core.db import bulk
from app.core.errors import N_
from app.letters import wording_versions
from app.letters.custom_wording import CustomWording
from app.notices import entries as notices_entries
from app.notices import superseding
from app.notices.escalation import pass_on
from app.notices.kinds import CHANGING_DATE, SUPERSEDED_BY_DATE, TO_ONE_ADDRESS, NoticeKind
from app.notices.models import COLUMNS, Notice, NoticeRow
from app.record import ledger
from app.record.rules import NOT_DELIVERED, Event, NoticeState, after
from app.sending import attempts, messages
from app.sending.sender import LEASE, Sender

BATCH = 512
# No person is sent more over one channel, whatever went wrong here: the rest waits.
MOST_PER_PERSON, WITHIN = 20, dt.timedelta(minutes=10)
POSTPONED = dt.timedelta(minutes=1)

_NOTICE = bulk.table(Notice)


@dataclass
class ClaimBatch:
    """Messages to send, by carrier, and the number of notices that were due."""

    messages: dict[str, list[OutgoingMessage]] = field(default_factory=dict)
    due: int = 0


@dataclass(frozen=True)
class _Claimed:
    """A due notice as it was claimed; without a message it is not sent."""

    notice: NoticeRow
    event: Event
    entry: ledger.NewEntry
    carrier: str = ""
    message: OutgoingMessage | None = None

    @property
    def state(self) -> NoticeState:
        return after(NoticeState.QUEUED, self.event)


def claim(
    session: Session, sender: Sender, channel: str, now: dt.datetime, most: int = BATCH
) -> ClaimBatch:
    """Claim up to ``most`` due notices of a channel, within the caller's transaction.

    The caller commits before it calls a carrier. What is stale is recorded as missed instead of
    being sent, what holds no longer as withdrawn.
    """
    due = _lock_due(session, channel, now, most)
    if not due:
        return ClaimBatch()
    crowded = _crowded(session, due, now)
    _postpone(session, crowded, now)
    due = [notice for notice in due if notice.id not in crowded]
    notices = sorted(_with_keys(session, due, sender.secret), key=lambda n: (n.case_id, n.id))
    superseded = superseding.superseded(session, notices, now)
    opted_out = _opted_out(session, notices)
    shares = _shares(session, sender, channel)
    wordings = wording_versions.current(session, {notice.court_id for notice in notices})
    claimed = []
    for notice in notices:
        if why := superseded.get(notice.id):
            claimed.append(_not_sent(notice, Event.WITHDRAWN, why=why))
        elif notice.counsel_id in opted_out and notice.kind not in TO_ONE_ADDRESS:
            why = N_("the person asked for no more texts")
            claimed.append(_not_sent(notice, Event.FAILED, why=why))
        else:
            carrier = weights.chosen(shares, random.random())
            own = wording_versions.of(notice, wordings)
            claimed.append(_start(notice, sender, carrier, now, own))
    ledger.append(session, [each.entry for each in claimed], now)
    _write_states(session, sender, claimed, now)
    _pass_on(session, claimed, now)
    batch = ClaimBatch(due=len(due))
    for each in claimed:
        if each.message:
            batch.messages.setdefault(each.carrier, []).append(each.message)
    return batch


def _lock_due(session: Session, channel: str, now: dt.datetime, most: int) -> list[NoticeRow]:
    """Lock what is due and held up by nothing; rows that another worker has locked are skipped."""
    query = (
        sa.select(*COLUMNS)
        .where(_NOTICE.c.state == NoticeState.QUEUED.value, _NOTICE.c.channel == channel)
        .where(_NOTICE.c.due_at <= now, ~_held_up())
        .order_by(_NOTICE.c.due_at, _NOTICE.c.id)
        .limit(most)
        .with_for_update(of=_NOTICE, skip_locked=True)
    )
    return [NoticeRow(*row) for row in session.connection().execute(query)]


def _held_up() -> sa.Exists:
    """Return the condition that an earlier notice to the same person, about the same, is pending.

    The order is kept within one channel: a text that is tried again for hours holds up no mail.
    News of a date does not wait for what it makes untrue, nor a code for a new address for what is
    tried at the old one.
    """
    earlier = aliased(_NOTICE, name="earlier")
    pending = sa.or_(
        earlier.c.state == NoticeState.SENDING.value,
        sa.and_(
            earlier.c.state == NoticeState.QUEUED.value,
            sa.not_(
                sa.and_(_NOTICE.c.kind.in_(CHANGING_DATE), earlier.c.kind.in_(SUPERSEDED_BY_DATE))
            ),
        ),
    )
    return sa.exists().where(
        earlier.c.about == _NOTICE.c.about,
        _NOTICE.c.about != "",
        _NOTICE.c.kind.not_in(TO_ONE_ADDRESS),
        earlier.c.channel == _NOTICE.c.channel,
        # Written so that no index serves it: SQLite would read all that a person ever got.
        _or_none(earlier.c.counsel_id) == _or_none(_NOTICE.c.counsel_id),
        _or_none(earlier.c.user_id) == _or_none(_NOTICE.c.user_id),
        _or_none(earlier.c.delegate_id) == _or_none(_NOTICE.c.delegate_id),
        _or_none(earlier.c.member_id) == _or_none(_NOTICE.c.member_id),
        sa.or_(
            earlier.c.first_due_at < _NOTICE.c.first_due_at,
            sa.and_(earlier.c.first_due_at == _NOTICE.c.first_due_at, earlier.c.id < _NOTICE.c.id),
        ),
        pending,
    )


def _or_none(number: sa.ColumnElement[int | None]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(number, 0)


def _crowded(session: Session, due: Sequence[NoticeRow], now: dt.datetime) -> set[int]:
    """Return the ids of notices that are too many for one person within a few minutes."""
    people = {notice.counsel_id for notice in due if notice.counsel_id is not None}
    sent: dict[int, int] = {}
    if people:
        query = (
            sa.select(_NOTICE.c.counsel_id, sa.func.count())
            .where(
                _NOTICE.c.counsel_id.in_(people),
                _NOTICE.c.tried_at > now - WITHIN,
                _NOTICE.c.channel == due[0].channel,
            )
            .group_by(_NOTICE.c.counsel_id)
        )
        sent = {row[0]: row[1] for row in session.connection().execute(query)}
    crowded = set()
    for notice in due:
        if notice.counsel_id is None:
            continue
        sent[notice.counsel_id] = sent.get(notice.counsel_id, 0) + 1
        if sent[notice.counsel_id] > MOST_PER_PERSON:
            crowded.add(notice.id)
    return crowded


def _postpone(session: Session, ids: set[int], now: dt.datetime) -> None:
    if ids:
        postponed = sa.update(_NOTICE).where(_NOTICE.c.id.in_(ids))
        session.connection().execute(postponed.values(due_at=now + POSTPONED))


def _with_keys(session: Session, notices: Sequence[NoticeRow], secret: bytes) -> list[NoticeRow]:
    """Return notices with the present version of the key that each carries; all keys are stored.

    A version that was raised since a notice was queued is stored with it: recovery composes the
    message again as it left.
    """
    ids = {each.representation_id for each in notices if each.representation_id is not None}
    versions = keys.issue(session, ids, secret) if ids else {}
    current = [
        each._replace(link_version=versions.get(each.representation_id or 0, each.link_version))
        for each in notices
    ]
    raised = [
        {"id": after.id, "link_version": after.link_version}
        for before, after in zip(notices, current, strict=True)
        if before.link_version != after.link_version
    ]
    bulk.update(session, _NOTICE, raised)
    return current


def _opted_out(session: Session, due: Sequence[NoticeRow]) -> set[int | None]:
    """Return the counsel who told a carrier to stop texts: what waits is not sent either."""
    people = {
        n.counsel_id
        for n in due
        if n.counsel_id is not None and Channel(n.channel).traits.can_be_stopped
    }
    query = sa.select(Counsel.id).where(Counsel.id.in_(people), Counsel.opted_out_at.is_not(None))
    return set(session.scalars(query)) if people else set()


def _shares(session: Session, sender: Sender, channel: str) -> Mapping[str, int]:
    names = [carrier.name for carrier in sender.carriers(channel)]
    return traffic_split.shares(session, names) if len(names) > 1 else {names[0]: weights.WHOLE}


def _start(
    notice: NoticeRow, sender: Sender, carrier: str, now: dt.datetime, own: CustomWording | None
) -> _Claimed:
    """Compose the message of the next attempt; a stale notice, or one without words, has none."""
    if notice.stale_at <= now:
        why, stale_at = N_("it would have arrived too late"), ledger.instant(notice.stale_at)
        return _not_sent(notice, Event.MISSED, why=why, stale_at=stale_at)
    notice = notice._replace(tries=notice.tries + 1)
    try:
        message, shown = messages.message(
            notice,
            secret=sender.secret,
            public_url=sender.public_url,
            court_address=sender.court_address,
            now=now,
            own=own,
        )
    except messages.ComposeFailed as fault:
        return _not_sent(notice, Event.FAILED, why=str(fault))
    version = shown.pop("wording", None)
    entry = notices_entries.entry_of(
        notice,
        Event.STARTED,
        carrier=carrier,
        wording=version,
        private=notice.facts.get("private"),
        personal=shown,
    )
    return _Claimed(notice, Event.STARTED, entry, carrier, message)


def _not_sent(notice: NoticeRow, event: Event, **detail: Any) -> _Claimed:
    return _Claimed(notice, event, notices_entries.entry_of(notice, event, **detail))


def _write_states(
    session: Session, sender: Sender, claimed: Sequence[_Claimed], now: dt.datetime
) -> None:
    ids_by_change: dict[tuple[NoticeState, str], list[int]] = {}
    for each in claimed:
        ids_by_change.setdefault((each.state, each.carrier), []).append(each.notice.id)
    for (state, carrier), ids in ids_by_change.items():
        values: dict[str, Any] = {"state": state.value}
        if state is NoticeState.SENDING:
            values |= {
                "tries": _NOTICE.c.tries + 1,
                "tried_at": now,
                "lease_until": now + LEASE,
                "claimed_by": sender.name,
                "carrier": carrier,
            }
        update = sa.update(_NOTICE).where(_NOTICE.c.id.in_(ids))
        session.connection().execute(update.values(values))


def _pass_on(session: Session, claimed: Sequence[_Claimed], now: dt.datetime) -> None:
    """Pass on the duty of what failed or was missed, but not of a missed optional message."""
    ids = [each.notice.id for each in claimed if each.state in NOT_DELIVERED]
    for notice in attempts.lock_notices(session, ids) if ids else ():
        if notice.state == NoticeState.FAILED or not NoticeKind(notice.kind).traits.optional:
            pass_on(session, notice, now)
