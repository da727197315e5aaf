"""Invitation loaded and locked for an act of counsel, with all that an answer needs.

The hearing is locked first, then the head of its case's chain. Rows are read as plain values by
statements that are compiled once: loading them as ORM objects would cost more than all that the
database does here.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Delegate, Party, Representation
from app.core import links
from app.core.db import bulk
from app.court.models import Court, Courtroom, Judge
from app.hearings.models import (
    Answer,
    Hearing,
    HearingMember,
    HearingSitting,
    Invitation,
    Proposal,
    Slot,
    SlotSitting,
)
from app.hearings.values import (
    CaseValues,
    CounselValues,
    CourtroomValues,
    CourtValues,
    HearingValues,
    InvitationValues,
    JudgeValues,
    MemberValues,
    PartyValues,
    ProposalValues,
    SittingValues,
    SlotValues,
    UserValues,
)
from app.people.models import User
from app.record import chain
from app.record.models import ChainHead

_HEARING, _PROPOSAL, _SLOT, _INVITATION, _ANSWER, _CASE, _COURT, _HEAD = (
    bulk.table(each)
    for each in (Hearing, Proposal, Slot, Invitation, Answer, Case, Court, ChainHead)
)
_COUNSEL, _PARTY, _COURTROOM, _JUDGE, _MEMBER, _REPRESENTATION = (
    bulk.table(each) for each in (Counsel, Party, Courtroom, Judge, HearingMember, Representation)
)
_HEARING_SITTING, _SLOT_SITTING = (bulk.table(each) for each in (HearingSitting, SlotSitting))
_USER, _ASSISTANT = (bulk.table(User).alias(name) for name in ("hearing_user", "case_assistant"))


@dataclass(frozen=True)
class CounselAnswer:
    """One counsel's answer to a proposal; ``says`` is None until they have answered.

    ``required``: the date waits for them. ``acting``: they still act in the case.
    """

    invitation_id: int
    counsel_id: int
    side: str
    required: bool
    acting: bool
    says: Mapping[int, str] | None


@dataclass(frozen=True)
class LockedInvitation:
    """An invitation and all answers to its proposal, locked until the commit.

    ``head`` is the last position of the case's chain, locked too.
    """

    hearing: HearingValues
    invitation: InvitationValues
    proposal: ProposalValues
    slots: Sequence[SlotValues]
    answers: Sequence[CounselAnswer]
    head: chain.ChainPosition
    revoked: bool = False

    @property
    def id(self) -> int:
        """Id of the invitation."""
        return self.invitation.id

    @property
    def own(self) -> CounselAnswer:
        """The invited counsel's own answer."""
        return next(each for each in self.answers if each.invitation_id == self.id)

    def with_own(self, says: Mapping[int, str]) -> list[CounselAnswer]:
        """Return the answers to the proposal with the invited counsel's own replaced."""
        return [
            replace(each, says=says) if each.invitation_id == self.id else each
            for each in self.answers
        ]


def by_id(session: Session, invitation_id: int) -> LockedInvitation:
    """Return one invitation, locked. Raises NoResultFound."""
    session.flush()
    parameters = {"invitation": invitation_id}
    locked = session.connection().execute(_LOCK_BY_ID, parameters).one()
    return _load(session, _ONE_INVITATION, parameters, locked)


def by_key(session: Session, token: str, invitation_id: int) -> LockedInvitation | None:
    """Return counsel's newest invitation in the hearing of another of theirs, locked.

    None if the key does not open the case of that invitation, to its counsel.
    """
    opened = {"digest": links.digest(token), "invitation": invitation_id}
    locked = session.connection().execute(_LOCK_BY_KEY, opened).one_or_none()
    if locked is None:
        return None
    parameters = {"hearing": locked.id, "counsel": locked.counsel_id}
    return _load(session, _NEWEST_INVITATION, parameters, locked)


def by_delegate(
    session: Session, delegate: Delegate, invitation_id: int
) -> LockedInvitation | None:
    """Return counsel's newest invitation as ``by_key`` does, for a delegate of theirs.

    The delegate is locked. None if they may not act in the hearing of that invitation.
    """
    opened = {"representation": delegate.representation_id, "invitation": invitation_id}
    locked = session.connection().execute(_LOCK_BY_DELEGATE, opened).one_or_none()
    if locked is None or delegate.hearing_id not in (None, locked.id):
        return None
    parameters = {"hearing": locked.id, "counsel": locked.counsel_id}
    return _load(session, _NEWEST_INVITATION, parameters, locked)


def _load(
    session: Session, statement: sa.Select, parameters: dict[str, int], locked: sa.Row
) -> LockedInvitation:
    connection = session.connection()
    row = connection.execute(statement, parameters).one_or_none()
    if row is None:  # the case has no entry yet, and so no head of its chain: create it
        chain.lock_heads(session, [locked.case_id])
        row = connection.execute(statement, parameters).one()
    hearing, invitation, proposal, head = _values(row)
    if row.has_members:
        members = connection.execute(_MEMBERS, {"hearing": hearing.id})
        named = [MemberValues(JudgeValues(name), role) for name, role in members]
        hearing = replace(hearing, members=named)
    if hearing.sitting_count > 1:
        rows = connection.execute(_HEARING_SITTINGS, {"hearing": hearing.id})
        hearing = replace(hearing, sittings=[_sitting(*each[1:]) for each in rows])
    slots = _slots(connection, proposal.id)
    return LockedInvitation(
        hearing=hearing,
        invitation=invitation,
        proposal=proposal,
        slots=slots,
        answers=counsel_answers(session, proposal.id, locked.id),
        head=head,
        revoked=bool(invitation.revoked_at),
    )


def _slots(connection: sa.Connection, proposal_id: int) -> list[SlotValues]:
    """Return the slots of a proposal, earliest first."""
    parameters = {"proposal": proposal_id}
    rows = connection.execute(_SLOTS, parameters).all()
    sittings: dict[int, list[SittingValues]] = defaultdict(list)
    if any(row.sitting_count > 1 for row in rows):
        for slot_id, *cells in connection.execute(_SLOT_SITTINGS, parameters):
            sittings[slot_id].append(_sitting(*cells))
    return [
        SlotValues(
            row.id,
            row.starts_at,
            row.ends_at,
            CourtroomValues(row.name, row.location),
            sittings.get(row.id, ()),
        )
        for row in rows
    ]


def _sitting(
    starts_at: dt.datetime, ends_at: dt.datetime, name: str, location: str
) -> SittingValues:
    return SittingValues(starts_at, ends_at, CourtroomValues(name, location))


def _columns(table: sa.FromClause, values: type) -> list[sa.ColumnElement]:
    """Return the columns of a table that are fields of a type, in the order of the fields."""
    return [table.c[each.name] for each in fields(values) if each.name in table.c]


# The columns of each value, in the order in which `_values` takes them from a row.
_COLUMNS = (
    _columns(_HEARING, HearingValues),
    _columns(_CASE, CaseValues),
    _columns(_COURT, CourtValues),
    _columns(_JUDGE, JudgeValues),
    _columns(_COURTROOM, CourtroomValues),
    _columns(_USER, UserValues),
    _columns(_ASSISTANT, UserValues),
    _columns(_PROPOSAL, ProposalValues),
    _columns(_INVITATION, InvitationValues),
    _columns(_COUNSEL, CounselValues),
    _columns(_PARTY, PartyValues),
    [_HEAD.c.seq, _HEAD.c.hash, _HEAD.c.last_at],
    # Most hearings have one judge, and no further row to read.
    [sa.exists().where(_MEMBER.c.hearing_id == _HEARING.c.id).label("has_members")],
)
_MEMBERS = (
    sa.select(_JUDGE.c.name, _MEMBER.c.role)
    .join(_JUDGE, _JUDGE.c.id == _MEMBER.c.judge_id)
    .where(_MEMBER.c.hearing_id == sa.bindparam("hearing"))
    .order_by(_MEMBER.c.position, _MEMBER.c.id)
)


def _values(
    row: sa.Row,
) -> tuple[HearingValues, InvitationValues, ProposalValues, chain.ChainPosition]:
    """Return the objects that a row is made of, related to each other as the models are."""
    cells = iter(row)
    (
        hearing,
        case,
        court,
        judge,
        courtroom,
        user,
        assistant,
        proposal,
        invitation,
        counsel,
        party,
        head,
        _,
    ) = (list(islice(cells, len(columns))) for columns in _COLUMNS)
    return (
        HearingValues(
            *hearing,
            case=CaseValues(*case, court=CourtValues(*court), assistant=_user(assistant)),
            judge=JudgeValues(*judge),
            courtroom=None if courtroom[0] is None else CourtroomValues(*courtroom),
            user=_user(user),
        ),
        InvitationValues(*invitation, counsel=CounselValues(*counsel), party=PartyValues(*party)),
        ProposalValues(*proposal),
        chain.ChainPosition(*head),
    )


def _user(cells: list[Any]) -> UserValues | None:
    """Return a user of an outer join, or None."""
    return None if cells[0] is None else UserValues(*cells)


def counsel_answers(session: Session, proposal_id: int, hearing_id: int) -> list[CounselAnswer]:
    """Return the answers of all counsel invited to a proposal, in the order of invitations."""
    answers: dict[int, CounselAnswer] = {}
    choices: dict[int, dict[int, str]] = {}
    parameters = {"proposal": proposal_id, "hearing": hearing_id}
    for row in session.connection().execute(_ANSWERS, parameters):
        id_, counsel_id, side, required, acting, answered_at, slot_id, choice = row
        says = choices.setdefault(id_, {})
        if slot_id is not None:
            says[slot_id] = choice
        answers[id_] = CounselAnswer(
            id_, counsel_id, side, bool(required), bool(acting), says if answered_at else None
        )
    return list(answers.values())


def _lock_hearing(condition: sa.ColumnElement[bool]) -> sa.Select:
    """Lock the hearing of an invitation; all that others may change is read after that."""
    return (
        sa.select(_HEARING.c.id, _HEARING.c.case_id, _INVITATION.c.counsel_id)
        .join(_PROPOSAL, _PROPOSAL.c.hearing_id == _HEARING.c.id)
        .join(_INVITATION, _INVITATION.c.proposal_id == _PROPOSAL.c.id)
        .where(condition)
        .with_for_update(of=_HEARING)
    )


def _invitations() -> sa.Select:
    """Select invitations with all that belongs to them, locking the head of the case's chain."""
    columns = [column for columns in _COLUMNS for column in columns]
    joined = (
        _INVITATION.join(_PROPOSAL, _PROPOSAL.c.id == _INVITATION.c.proposal_id)
        .join(_HEARING, _HEARING.c.id == _PROPOSAL.c.hearing_id)
        .join(_CASE, _CASE.c.id == _HEARING.c.case_id)
        .join(_COURT, _COURT.c.id == _CASE.c.court_id)
        .join(_JUDGE, _JUDGE.c.id == _HEARING.c.judge_id)
        .join(_COUNSEL, _COUNSEL.c.id == _INVITATION.c.counsel_id)
        .join(_PARTY, _PARTY.c.id == _INVITATION.c.party_id)
        .join(_HEAD, _HEAD.c.case_id == _HEARING.c.case_id)
        .outerjoin(_COURTROOM, _COURTROOM.c.id == _HEARING.c.courtroom_id)
        .outerjoin(_USER, _USER.c.id == _HEARING.c.user_id)
        .outerjoin(_ASSISTANT, _ASSISTANT.c.id == _CASE.c.assistant_id)
    )
    return sa.select(*columns).select_from(joined).with_for_update(of=_HEAD)


# Hashes of tokens are unique: each of these is one row at the most.
_OPENED_BY_KEY = (
    sa.select(_REPRESENTATION.c.id)
    .join(_PARTY, _PARTY.c.id == _REPRESENTATION.c.party_id)
    .where(
        _REPRESENTATION.c.key_digest == sa.bindparam("digest"),
        _REPRESENTATION.c.counsel_id == _INVITATION.c.counsel_id,
        _PARTY.c.case_id == _HEARING.c.case_id,
    )
    .correlate(_INVITATION, _HEARING)
    .exists()
)
_SENT = _INVITATION.alias("sent")
_OPENED_BY_EARLIER_KEY = (
    sa.select(_SENT.c.id)
    .join(_REPRESENTATION, _REPRESENTATION.c.id == _SENT.c.representation_id)
    .join(_PARTY, _PARTY.c.id == _REPRESENTATION.c.party_id)
    .where(
        _SENT.c.token_digest == sa.bindparam("digest"),
        _SENT.c.revoked_at.is_(None),
        _SENT.c.counsel_id == _INVITATION.c.counsel_id,
        _PARTY.c.case_id == _HEARING.c.case_id,
    )
    .correlate(_INVITATION, _HEARING)
    .exists()
)
_LOCK_BY_KEY = _lock_hearing(
    sa.and_(
        _INVITATION.c.id == sa.bindparam("invitation"),
        sa.or_(_OPENED_BY_KEY, _OPENED_BY_EARLIER_KEY),
    )
)
_OPENED_BY_DELEGATE = (
    sa.select(_REPRESENTATION.c.id)
    .join(_PARTY, _PARTY.c.id == _REPRESENTATION.c.party_id)
    .where(
        _REPRESENTATION.c.id == sa.bindparam("representation"),
        _REPRESENTATION.c.counsel_id == _INVITATION.c.counsel_id,
        _PARTY.c.case_id == _HEARING.c.case_id,
    )
    .correlate(_INVITATION, _HEARING)
    .exists()
)
_LOCK_BY_DELEGATE = _lock_hearing(
    sa.and_(_INVITATION.c.id == sa.bindparam("invitation"), _OPENED_BY_DELEGATE)
)
_LOCK_BY_ID = _lock_hearing(_INVITATION.c.id == sa.bindparam("invitation"))
_ONE_INVITATION = _invitations().where(_INVITATION.c.id == sa.bindparam("invitation"))
_NEWEST_INVITATION = (
    _invitations()
    .where(
        _PROPOSAL.c.hearing_id == sa.bindparam("hearing"),
        _INVITATION.c.counsel_id == sa.bindparam("counsel"),
    )
    .order_by(_PROPOSAL.c.round.desc())
    .limit(1)
)
_SLOTS = (
    sa.select(
        *(_SLOT.c.id, _SLOT.c.starts_at, _SLOT.c.ends_at, _SLOT.c.sitting_count),
        *(_COURTROOM.c.name, _COURTROOM.c.location),
    )
    .join(_COURTROOM, _COURTROOM.c.id == _SLOT.c.courtroom_id)
    .where(_SLOT.c.proposal_id == sa.bindparam("proposal"))
    .order_by(_SLOT.c.starts_at, _SLOT.c.id)
)
_HEARING_SITTINGS, _SLOT_SITTINGS = (
    sa.select(
        *(owner, table.c.starts_at, table.c.ends_at, _COURTROOM.c.name, _COURTROOM.c.location)
    )
    .join(_COURTROOM, _COURTROOM.c.id == table.c.courtroom_id)
    .order_by(table.c.starts_at)
    for table, owner in (
        (_HEARING_SITTING, _HEARING_SITTING.c.hearing_id),
        (_SLOT_SITTING, _SLOT_SITTING.c.slot_id),
    )
)
_HEARING_SITTINGS = _HEARING_SITTINGS.where(
    _HEARING_SITTING.c.hearing_id == sa.bindparam("hearing")
)
_SLOT_SITTINGS = _SLOT_SITTINGS.join(_SLOT, _SLOT.c.id == _SLOT_SITTING.c.slot_id).where(
    _SLOT.c.proposal_id == sa.bindparam("proposal")
)
_ACTING = (
    sa.select(_REPRESENTATION.c.id)
    .join(_PARTY, _PARTY.c.id == _REPRESENTATION.c.party_id)
    .join(_HEARING, _HEARING.c.case_id == _PARTY.c.case_id)
    .where(
        _HEARING.c.id == sa.bindparam("hearing"),
        _REPRESENTATION.c.counsel_id == _INVITATION.c.counsel_id,
        _REPRESENTATION.c.left_at.is_(None),
    )
    .correlate(_INVITATION)
    .exists()
)
_ANSWERS = (
    sa.select(
        _INVITATION.c.id,
        _INVITATION.c.counsel_id,
        _INVITATION.c.side,
        _INVITATION.c.required,
        _ACTING,
        _INVITATION.c.answered_at,
        _ANSWER.c.slot_id,
        _ANSWER.c.says,
    )
    .outerjoin(_ANSWER, _ANSWER.c.invitation_id == _INVITATION.c.id)
    .where(_INVITATION.c.proposal_id == sa.bindparam("proposal"))
    .order_by(_INVITATION.c.id, _ANSWER.c.slot_id)
)
