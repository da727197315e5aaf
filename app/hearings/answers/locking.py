"""A seat that is about to answer: its hearing and chain locked, and all that an answer needs read.

Plain values, by statements that are put together once: here objects of the session would cost
more than all that the database does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Party, Representation
from app.core import links
from app.core.db import bulk
from app.court.models import Court, Courtroom, Judge
from app.hearings.models import Answer, Hearing, Invitation, Proposal, Slot
from app.people.models import User
from app.record import chain
from app.record.models import ChainHead

_HEARING, _ROUND, _SLOT, _SEAT, _ANSWER, _CASE, _COURT, _HEAD = (
    bulk.table(each)
    for each in (Hearing, Proposal, Slot, Invitation, Answer, Case, Court, ChainHead)
)
_COUNSEL, _PARTY, _ROOM, _JUDGE, _ACTS = (
    bulk.table(each) for each in (Counsel, Party, Courtroom, Judge, Representation)
)
_USER, _ASSISTANT = (bulk.table(User).alias(name) for name in ("hearing_user", "case_assistant"))


@dataclass(frozen=True)
class CounselAnswer:
    """One seat of a round: whether it counts, and what it said to each slot; None before."""

    seat_id: int
    counsel_id: int
    side: str
    required: bool
    acting: bool
    says: Mapping[int, str] | None


@dataclass(frozen=True)
class LockedInvitation:
    """A seat with its hearing, held until the commit, and the voices of its round.

    ``hearing``, ``seat``, ``round`` and ``slots`` have what letters and the record need under the
    names that the models give it: ``hearing.case.court.zone``. ``head`` is the last link of the
    case's chain, held too.
    """

    hearing: Any
    seat: Any
    round: Any
    slots: Sequence[Any]
    voices: Sequence[CounselAnswer]
    head: chain.ChainPosition
    revoked: bool = False

    @property
    def own(self) -> CounselAnswer:
        """The seat's own voice."""
        return next(each for each in self.voices if each.seat_id == self.seat.id)

    def with_own(self, says: Mapping[int, str]) -> list[CounselAnswer]:
        """Return the voices of the round once this seat has said something."""
        return [
            replace(each, says=says) if each.seat_id == self.seat.id else each
            for each in self.voices
        ]


def by_number(session: Session, seat_id: int) -> LockedInvitation:
    """Return one seat, held. Raises NoResultFound."""
    session.flush()
    locked = session.connection().execute(_LOCK_BY_NUMBER, {"seat": seat_id}).one()
    return _held(session, _ONE_SEAT, {"seat": seat_id}, locked)


def by_link(session: Session, token: str) -> LockedInvitation | None:
    """Return the seat that a link leads to, its counsel's newest in the hearing; None for none."""
    asked = {"digest": links.digest(token)}
    locked = session.connection().execute(_LOCK_BY_LINK, asked).one_or_none()
    if locked is None:
        return None
    wanted = {"hearing": locked.id, "counsel": locked.counsel_id}
    return _held(session, _NEWEST_SEAT, wanted, locked)


def _held(
    session: Session, statement: sa.Select, wanted: dict[str, int], locked: sa.Row
) -> LockedInvitation:
    line = session.connection()
    found = line.execute(statement, wanted).one_or_none()
    if found is None:  # no line on the record yet: the first link is made
        chain.lock_heads(session, [locked.case_id])
        found = line.execute(statement, wanted).one()
    parts = _parts(found)
    head, round_ = parts["head"], parts["round"]
    slots = [_slot(row) for row in line.execute(_SLOTS, {"round": round_.id})]
    heard = counsel_answers(session, round_.id, locked.id)
    link = chain.ChainPosition(head.seq, head.hash, head.last_at)
    revoked = bool(locked.revoked_at or parts["seat"].revoked_at)
    return LockedInvitation(parts["hearing"], parts["seat"], round_, slots, heard, link, revoked)


# What is read of each, by the names under which the models lead from one to the other.
_READ: dict[str, tuple[sa.FromClause, tuple[str, ...]]] = {
    "hearing": (
        _HEARING,
        (
            "id",
            "court_id",
            "case_id",
            "kind",
            "minutes",
            "revision",
            "corrections",
            "uid",
            "starts_at",
            "ends_at",
        ),
    ),
    "case": (_CASE, ("number", "title")),
    "court": (_COURT, ("name", "short", "zone", "phone", "text_links", "text_slots", "language")),
    "judge": (_JUDGE, ("name",)),
    "courtroom": (_ROOM, ("id", "name", "location")),
    "user": (_USER, ("id", "name")),
    "assistant": (_ASSISTANT, ("id", "name")),
    "round": (_ROUND, ("id", "round", "answer_by", "state", "fix")),
    "seat": (_SEAT, ("id", "counsel_id", "side", "version", "revoked_at", "comment", "nonce")),
    "counsel": (_COUNSEL, ("id", "name", "language", "channels", "email", "phone", "opted_out_at")),
    "party": (_PARTY, ("name",)),
    "head": (_HEAD, ("seq", "hash", "last_at")),
}


def _parts(row: sa.Row) -> dict[str, Any]:
    """Return a row as the things that it is made of, each leading to those that belong to it."""
    found: dict[str, Any] = {}
    first = 0
    for part, (_, columns) in _READ.items():
        last = first + len(columns)
        found[part] = SimpleNamespace(**dict(zip(columns, row[first:last], strict=True)))
        first = last
    for part in ("courtroom", "user", "assistant"):
        if found[part].id is None:
            found[part] = None
    hearing, case, seat = found["hearing"], found["case"], found["seat"]
    hearing.case, hearing.judge, hearing.user = case, found["judge"], found["user"]
    hearing.courtroom, case.court, case.assistant = (
        found[part] for part in ("courtroom", "court", "assistant")
    )
    seat.counsel, seat.party = found["counsel"], found["party"]
    return found


def _slot(row: sa.Row) -> Any:
    id_, starts_at, ends_at, name, location = row
    room = SimpleNamespace(name=name, location=location)
    return SimpleNamespace(id=id_, starts_at=starts_at, ends_at=ends_at, courtroom=room)


def counsel_answers(session: Session, round_id: int, hearing_id: int) -> list[CounselAnswer]:
    """Return who is asked in a round, whether they still act in its case, and what each said."""
    found: dict[int, CounselAnswer] = {}
    said: dict[int, dict[int, str]] = {}
    asked = {"round": round_id, "hearing": hearing_id}
    for row in session.connection().execute(_VOICES, asked):
        id_, counsel_id, side, required, acting, answered_at, slot_id, word = row
        says = said.setdefault(id_, {})
        if slot_id is not None:
            says[slot_id] = word
        heard = says if answered_at else None
        found[id_] = CounselAnswer(id_, counsel_id, side, bool(required), bool(acting), heard)
    return list(found.values())


def _locking(of_seat: sa.ColumnElement[bool]) -> sa.Select:
    """Lock a seat's hearing; what others may change meanwhile is read after that, by itself."""
    return (
        sa.select(_HEARING.c.id, _HEARING.c.case_id, _SEAT.c.counsel_id, _SEAT.c.revoked_at)
        .join(_ROUND, _ROUND.c.hearing_id == _HEARING.c.id)
        .join(_SEAT, _SEAT.c.proposal_id == _ROUND.c.id)
        .where(of_seat)
        .with_for_update(of=_HEARING)
    )


def _seats() -> sa.Select:
    """Read a seat with all that belongs to it, and lock the head of its case's chain."""
    columns = [table.c[name] for table, names in _READ.values() for name in names]
    joined = (
        _SEAT.join(_ROUND, _ROUND.c.id == _SEAT.c.proposal_id)
        .join(_HEARING, _HEARING.c.id == _ROUND.c.hearing_id)
        .join(_CASE, _CASE.c.id == _HEARING.c.case_id)
        .join(_COURT, _COURT.c.id == _CASE.c.court_id)
        .join(_JUDGE, _JUDGE.c.id == _HEARING.c.judge_id)
        .join(_COUNSEL, _COUNSEL.c.id == _SEAT.c.counsel_id)
        .join(_PARTY, _PARTY.c.id == _SEAT.c.party_id)
        .join(_HEAD, _HEAD.c.case_id == _HEARING.c.case_id)
        .outerjoin(_ROOM, _ROOM.c.id == _HEARING.c.courtroom_id)
        .outerjoin(_USER, _USER.c.id == _HEARING.c.user_id)
        .outerjoin(_ASSISTANT, _ASSISTANT.c.id == _CASE.c.assistant_id)
    )
    return sa.select(*columns).select_from(joined).with_for_update(of=_HEAD)


_LOCK_BY_LINK = _locking(_SEAT.c.token_digest == sa.bindparam("digest"))
_LOCK_BY_NUMBER = _locking(_SEAT.c.id == sa.bindparam("seat"))
_ONE_SEAT = _seats().where(_SEAT.c.id == sa.bindparam("seat"))
_NEWEST_SEAT = (
    _seats()
    .where(
        _ROUND.c.hearing_id == sa.bindparam("hearing"),
        _SEAT.c.counsel_id == sa.bindparam("counsel"),
    )
    .order_by(_ROUND.c.round.desc())
    .limit(1)
)
_SLOTS = (
    sa.select(_SLOT.c.id, _SLOT.c.starts_at, _SLOT.c.ends_at, _ROOM.c.name, _ROOM.c.location)
    .join(_ROOM, _ROOM.c.id == _SLOT.c.courtroom_id)
    .where(_SLOT.c.proposal_id == sa.bindparam("round"))
    .order_by(_SLOT.c.starts_at, _SLOT.c.id)
)
_ACTING = (
    sa.select(_ACTS.c.id)
    .join(_PARTY, _PARTY.c.id == _ACTS.c.party_id)
    .join(_HEARING, _HEARING.c.case_id == _PARTY.c.case_id)
    .where(
        _HEARING.c.id == sa.bindparam("hearing"),
        _ACTS.c.counsel_id == _SEAT.c.counsel_id,
        _ACTS.c.left_at.is_(None),
    )
    .correlate(_SEAT)
    .exists()
)
_VOICES = (
    sa.select(
        _SEAT.c.id,
        _SEAT.c.counsel_id,
        _SEAT.c.side,
        _SEAT.c.required,
        _ACTING,
        _SEAT.c.answered_at,
        _ANSWER.c.slot_id,
        _ANSWER.c.says,
    )
    .outerjoin(_ANSWER, _ANSWER.c.invitation_id == _SEAT.c.id)
    .where(_SEAT.c.proposal_id == sa.bindparam("round"))
    .order_by(_SEAT.c.id, _ANSWER.c.slot_id)
)
