"""Queue, withdraw and readdress notices, within the caller's transaction.

One notice and thousands take the same few statements: the reminders of a hundred hearings are
queued together, and an answer must not wait for an ORM object for each row.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import delegates
from app.cases.delegates import CopyRecipient
from app.cases.models import Counsel
from app.cases.rules import addresses_of
from app.core.attempt_reference import AttemptReference
from app.core.db import bulk
from app.core.matters import Matter
from app.events import service as events
from app.events.rules import EventType
from app.notices.entries import entry_of
from app.notices.keys import NoticeKey
from app.notices.kinds import COPIED, TO_ONE_ADDRESS, NoticeKind
from app.notices.models import COLUMNS, WAITS, Notice, NoticeRow
from app.record import chain, ledger
from app.record.rules import Event, NoticeState

_NOTICE = bulk.table(Notice)


@dataclass(frozen=True)
class Recipient:
    """A person, and the ways to reach them, best first: ``[("sms", "+86…"), …]``."""

    name: str
    language: str
    ways: Sequence[tuple[str, str]]
    side: str = ""
    counsel_id: int | None = None
    user_id: int | None = None
    delegate_id: int | None = None
    member_id: int | None = None
    invitation_id: int | None = None
    representation_id: int | None = None
    link_version: int = 1

    @classmethod
    def of(cls, notice: NoticeRow) -> Self:
        """Return the person of a notice, to be reached where it goes."""
        return cls(
            name=notice.name,
            language=notice.language,
            ways=[(notice.channel, notice.address)],
            side=notice.side,
            counsel_id=notice.counsel_id,
            user_id=notice.user_id,
            delegate_id=notice.delegate_id,
            member_id=notice.member_id,
            invitation_id=notice.invitation_id,
            representation_id=notice.representation_id,
            link_version=notice.link_version,
        )

    @property
    def key(self) -> str:
        """The part of a notice's key that names the person."""
        if self.delegate_id is not None:
            return f"d{self.delegate_id}"
        if self.member_id is not None:
            return f"m{self.member_id}"
        if self.invitation_id is not None:
            return str(self.invitation_id)
        return f"c{self.counsel_id}" if self.counsel_id is not None else f"u{self.user_id}"

    def by(self, *ways: tuple[str, str]) -> Self:
        """Return the same person, to be reached by these ways only."""
        return replace(self, ways=ways)


@dataclass(frozen=True)
class Subject:
    """The subject of notices: court, case, matter, and the version of it that they tell."""

    court_id: int
    case_id: int
    about: str  # the Matter, as the column holds it: "hearing/12"
    version: str  # "12.3": two notices of one kind about two versions are two notices


@dataclass(frozen=True)
class NoticeRequest:
    """A request to notify one person of one subject, over each of their channels.

    ``variant`` tells apart several of a kind about one version (``7d``: the reminder seven days
    before); ``repeat`` and ``detail`` are those of a message that is sent again. ``confidential``:
    it is for the person alone, and no delegate of theirs gets a copy.
    """

    subject: Subject
    kind: NoticeKind
    recipient: Recipient
    facts: dict[str, Any]
    due_at: dt.datetime
    stale_at: dt.datetime
    variant: str = ""
    repeat: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    confidential: bool = False

    @property
    def ways(self) -> Sequence[tuple[str, str]]:
        """The person's ways that this kind of message takes."""
        kind, ways = self.kind.traits, self.recipient.ways
        if kind.prefers:
            ways = sorted(ways, key=lambda way: way[0] != kind.prefers)
        return ways[:1] if kind.once else ways

    @property
    def key_kind(self) -> str:
        """The kind as keys name it: ``reminder-7d``."""
        return f"{self.kind}-{self.variant}" if self.variant else self.kind

    def key(self, channel: str) -> NoticeKey:
        """Return the key of this request's notice over a channel."""
        return NoticeKey(
            self.key_kind, self.subject.version, self.recipient.key, channel, self.repeat
        )


def request_for(notice: NoticeRow, way: tuple[str, str], due_at: dt.datetime) -> NoticeRequest:
    """Return the request to send a notice once more to the same person, over one channel."""
    key = NoticeKey.parse(notice.key)
    kind, _, variant = key.kind.partition("-")
    recipient = Recipient.of(notice).by(way)
    subject = Subject(notice.court_id, notice.case_id, notice.about, key.version)
    return NoticeRequest(
        subject, NoticeKind(kind), recipient, notice.facts, due_at, notice.stale_at, variant
    )


def queue(
    session: Session,
    requests: Sequence[NoticeRequest],
    now: dt.datetime,
    entries: Iterable[ledger.NewEntry] = (),
    *,
    heads: Mapping[int, chain.ChainPosition] | None = None,
) -> list[int]:
    """Queue one notice per request and channel, and record it; return the ids of the new ones.

    Delegates who get copies of what counsel is sent get theirs with it. A notice whose key is in
    the queue already is not queued again: the same call twice is one notice. Of a person without
    any channel the record says that they cannot be reached. ``entries`` are written before the
    queue's own; ``heads`` are the ends of chains that the caller has locked already, by case.
    """
    session.flush()
    requests = [*requests, *copies(session, requests, now)]
    count = sum(len(each.ways) for each in requests)
    numbers = iter(bulk.ids(session, _NOTICE, count) if count else ())
    rows_of = [(each, _rows(each, numbers, now)) for each in requests]
    rows = [row for _, rows in rows_of for row in rows]
    new = [row["id"] for row in rows]
    if bulk.insert(session, _NOTICE, rows, unless="key") < len(rows):
        inserted = sa.select(_NOTICE.c.id).where(_NOTICE.c.id.in_(new))
        new = sorted(session.connection().scalars(inserted))
    known = set(new)
    recorded = list(entries)
    for request, rows in rows_of:
        queued = [_queued(request, row) for row in rows if row["id"] in known]
        recorded += queued or ([] if rows else [_unreachable(request)])
    ledger.append(session, recorded, now, heads=heads)
    for request in requests:
        if not request.ways:
            publish_unreached(session, request.subject, request.recipient.counsel_id, now)
    return new


def _rows(request: NoticeRequest, numbers: Iterator[int], now: dt.datetime) -> list[dict[str, Any]]:
    subject, recipient = request.subject, request.recipient
    return [
        {
            "id": next(numbers),
            "key": str(request.key(channel)),
            "court_id": subject.court_id,
            "case_id": subject.case_id,
            "about": subject.about,
            "counsel_id": recipient.counsel_id,
            "user_id": recipient.user_id,
            "delegate_id": recipient.delegate_id,
            "member_id": recipient.member_id,
            "invitation_id": recipient.invitation_id,
            "representation_id": recipient.representation_id,
            "link_version": recipient.link_version,
            "kind": request.kind.value,
            "channel": str(channel),
            "address": address,
            "name": recipient.name,
            "side": recipient.side,
            "language": recipient.language,
            "facts": request.facts,
            "due_at": request.due_at,
            "first_due_at": request.due_at,
            "stale_at": request.stale_at,
            "state": NoticeState.QUEUED.value,
            "tries": 0,
            "claimed_by": "",
            "carrier": "",
            "carrier_id": "",
            "created_at": now,
        }
        for channel, address in request.ways
    ]


def copies(
    session: Session, requests: Sequence[NoticeRequest], now: dt.datetime
) -> list[NoticeRequest]:
    """Return the copies of some requests for delegates of their counsel.

    They are notices of their own to somebody else: their counsel column is empty, so that nothing
    that measures or proves what counsel was sent counts them. A message that is sent again by hand
    is not copied again.
    """
    by_representation: dict[int, list[NoticeRequest]] = {}
    for each in requests:
        representation_id = each.recipient.representation_id
        is_copied = each.kind.traits.copied and not each.confidential and not each.repeat
        if is_copied and representation_id is not None and each.recipient.counsel_id is not None:
            by_representation.setdefault(representation_id, []).append(each)
    if not by_representation:
        return []
    return [
        copy_for(each, delegate)
        for delegate in delegates.copy_recipients(session, by_representation, now)
        for each in by_representation[delegate.representation_id]
        if delegate.hearing_id in (None, Matter.hearing_id(each.subject.about))
    ]


def copy_for(request: NoticeRequest, delegate: CopyRecipient) -> NoticeRequest:
    """Return the copy of a request to counsel for one delegate of theirs.

    It lists no slots by number: an answer by text would come from a number that is not counsel's.
    """
    facts = request.facts
    recipient = Recipient(
        name=delegate.name,
        language=delegate.language,
        ways=delegates.ways(delegate.phone, delegate.email),
        side=delegates.SIDE,
        delegate_id=delegate.id,
        invitation_id=request.recipient.invitation_id,
    )
    copied = {
        **facts,
        "court": {**facts["court"], "text_slots": False},
        "asks_address": False,
        "delegate": {"counsel": delegate.counsel, "may_answer": delegate.may_answer},
    }
    detail = {**request.detail, "delegate": delegate.id}
    return replace(request, recipient=recipient, facts=copied, detail=detail)


def copy_waiting(
    session: Session, delegate: CopyRecipient, case_id: int, now: dt.datetime
) -> list[NoticeRequest]:
    """Return copies of what waits for counsel already, such as reminders, for a new delegate."""
    waiting = sa.select(*COLUMNS).where(
        _NOTICE.c.case_id == case_id,
        _NOTICE.c.representation_id == delegate.representation_id,
        _NOTICE.c.counsel_id.is_not(None),
        _NOTICE.c.state == NoticeState.QUEUED.value,
        _NOTICE.c.kind.in_(COPIED),
        _NOTICE.c.due_at > now,
    )
    rows = [NoticeRow(*row) for row in session.connection().execute(waiting)]
    requests = {
        (row.kind, row.about, row.due_at): request_for(row, (row.channel, row.address), row.due_at)
        for row in rows
        if delegate.hearing_id in (None, Matter.hearing_id(row.about))
    }
    return [copy_for(each, delegate) for each in requests.values()]


def _queued(request: NoticeRequest, row: Mapping[str, Any]) -> ledger.NewEntry:
    principal = request.facts.get("delegate")
    counsel = {"for": principal["counsel"]} if principal and row["delegate_id"] else {}
    return ledger.NewEntry(
        Event.QUEUED,
        court_id=row["court_id"],
        case_id=row["case_id"],
        about=row["about"],
        attempt=str(AttemptReference(row["id"], 0)),
        notice_id=row["id"],
        counsel_id=row["counsel_id"],
        side=row["side"],
        channel=row["channel"],
        kind=row["kind"],
        detail={"due_at": ledger.instant(row["due_at"]), **request.detail},
        personal={"name": row["name"], "address": row["address"], **counsel},
    )


def _unreachable(request: NoticeRequest) -> ledger.NewEntry:
    return ledger.NewEntry(
        Event.FAILED,
        court_id=request.subject.court_id,
        case_id=request.subject.case_id,
        about=request.subject.about,
        counsel_id=request.recipient.counsel_id,
        side=request.recipient.side,
        kind=request.key_kind,
        detail={"why": "no address is known"},
        personal={"name": request.recipient.name},
    )


def publish_unreached(
    session: Session, subject: Subject, counsel_id: int | None, now: dt.datetime
) -> None:
    """Tell other systems that no channel is left to reach a counsel, once until they are."""
    if counsel_id is None or not events.note_unreached(session, subject.case_id, counsel_id, now):
        return
    hearing_id = Matter.hearing_id(subject.about)
    ledger.publish_event(
        session,
        EventType.COUNSEL_NOT_REACHED,
        now,
        court_id=subject.court_id,
        case_id=subject.case_id,
        ids={"counsel_id": counsel_id, **({"hearing_id": hearing_id} if hearing_id else {})},
    )


def withdraw(
    session: Session,
    about: str,
    now: dt.datetime,
    why: str,
    *,
    kinds: Iterable[NoticeKind] | None = None,
    counsel_ids: Iterable[int] | None = None,
) -> int:
    """Withdraw the notices that still wait about a matter, and record it; return their number.

    What a carrier has accepted cannot be withdrawn.
    """
    entries = withdraw_unrecorded(session, about, why, kinds=kinds, counsel_ids=counsel_ids)
    ledger.append(session, entries, now)
    return len(entries)


def withdraw_unrecorded(
    session: Session,
    about: str,
    why: str,
    *,
    kinds: Iterable[NoticeKind] | None = None,
    counsel_ids: Iterable[int] | None = None,
    invitation_ids: Iterable[int] | None = None,
    member_ids: Iterable[int] | None = None,
) -> list[ledger.NewEntry]:
    """Withdraw as `withdraw` does, but leave it to the caller to append the returned entries."""
    rows = _waiting(
        session,
        about=[about],
        kind=kinds,
        counsel_id=counsel_ids,
        invitation_id=invitation_ids,
        member_id=member_ids,
    )
    changed = [{"id": row.id, "state": NoticeState.WITHDRAWN.value} for row in rows]
    bulk.update(session, _NOTICE, changed)
    return [entry_of(row, Event.WITHDRAWN, why=why) for row in rows]


def withdraw_copies(session: Session, delegate_id: int, why: str) -> list[ledger.NewEntry]:
    """Withdraw what waits for a delegate; return its entries for the caller to append."""
    rows = _waiting(session, delegate_id=[delegate_id])
    changed = [{"id": row.id, "state": NoticeState.WITHDRAWN.value} for row in rows]
    bulk.update(session, _NOTICE, changed)
    return [entry_of(row, Event.WITHDRAWN, why=why) for row in rows]


def readdress(session: Session, counsel: Counsel) -> int:
    """Update address and language of notices that wait for a counsel; return how many changed.

    Reminders wait for weeks: they go to the address that is current when they are sent.
    """
    known = addresses_of(counsel)
    changed = [
        {"id": row.id, "address": address, "language": counsel.language}
        for row in _waiting(session, counsel_id=[counsel.id])
        if row.kind not in TO_ONE_ADDRESS
        and (address := known.get(row.channel))
        and (address, counsel.language) != (row.address, row.language)
    ]
    bulk.update(session, _NOTICE, changed)
    return len(changed)


def readdress_member(
    session: Session, member_id: int, ways: Sequence[tuple[str, str]], language: str
) -> int:
    """Update address and language of what waits for a member of a bench; return how many changed.

    What waits for a channel that they have no longer is left as it is, and fails if the address
    takes nothing.
    """
    known = dict(ways)
    changed = [
        {"id": row.id, "address": known[row.channel], "language": language}
        for row in _waiting(session, member_id=[member_id])
        if row.channel in known and (known[row.channel], language) != (row.address, row.language)
    ]
    bulk.update(session, _NOTICE, changed)
    return len(changed)


def rekey_member(session: Session, member_id: int, version: int) -> int:
    """Let what waits for a member of a bench carry a newer key; return how many notices that are.

    Reminders wait for weeks: a link that was revoked since would lead nowhere.
    """
    changed = [
        {"id": row.id, "link_version": version} for row in _waiting(session, member_id=[member_id])
    ]
    bulk.update(session, _NOTICE, changed)
    return len(changed)


def _waiting(session: Session, **limits: Iterable[Any] | None) -> list[NoticeRow]:
    """Lock the waiting notices that have one of the given values in each of the given columns.

    Skips notices that a worker is claiming at this moment. Should one come back into the queue,
    the next claim finds that it is superseded.
    """
    session.flush()
    values = {name: list(some) for name, some in limits.items() if some is not None}
    waiting = session.connection().execute(_select_waiting(tuple(values)), values)
    return [NoticeRow(*row) for row in waiting]


@lru_cache  # putting the statement together takes longer than executing it
def _select_waiting(columns: tuple[str, ...]) -> sa.Select:
    limits = (_NOTICE.c[name].in_(sa.bindparam(name, expanding=True)) for name in columns)
    return (
        sa.select(*COLUMNS)
        .where(WAITS, *limits)
        .order_by(_NOTICE.c.case_id, _NOTICE.c.id)
        .with_for_update(skip_locked=True)
    )
