"""A seat that is about to answer: its hearing locked, and all that an answer needs read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from app import links
from app.cases.models import Case, Party, Representation
from app.hearings.models import Answer, Hearing, Invitation, Proposal
from app.people.models import User


@dataclass(frozen=True)
class Voice:
    """One seat of a round: whether it counts, and what it said to each slot; None before."""

    seat_id: int
    counsel_id: int
    side: str
    required: bool
    acting: bool
    says: Mapping[int, str] | None


@dataclass(frozen=True)
class Held:
    """A seat with its hearing, held until the commit, and the voices of its round."""

    hearing: Hearing
    seat: Invitation
    voices: list[Voice]
    revoked: bool = False

    @property
    def round(self) -> Proposal:
        """The round of slots that the seat is in."""
        return self.seat.proposal

    @property
    def own(self) -> Voice:
        """The seat's own voice."""
        return next(each for each in self.voices if each.seat_id == self.seat.id)

    def with_own(self, says: Mapping[int, str]) -> list[Voice]:
        """Return the voices of the round once this seat has said something."""
        return [
            replace(each, says=says) if each.seat_id == self.seat.id else each
            for each in self.voices
        ]


def by_number(session: Session, seat_id: int) -> Held:
    """Return one seat, held. Raises NoResultFound."""
    hearing = session.execute(_locking(by_link=False), {"seat": seat_id}).one()[0]
    seat = session.scalars(_seat(), {"seat": seat_id}).one()
    return Held(hearing, seat, voices(session, seat.proposal))


def by_link(session: Session, token: str) -> Held | None:
    """Return the seat that a link leads to, its counsel's newest in the hearing; None for none."""
    digest = links.digest(token)
    found = session.execute(_locking(by_link=True), {"digest": digest}).one_or_none()
    if found is None:
        return None
    hearing, counsel_id, revoked_at = found
    seat = session.scalars(_newest_seat(), {"hearing": hearing.id, "counsel": counsel_id}).one()
    revoked = bool(revoked_at or seat.revoked_at)
    return Held(hearing, seat, voices(session, seat.proposal), revoked)


# Each statement is put together once: that takes longer than to ask it.
@cache
def _locking(*, by_link: bool) -> sa.Select:
    """Lock a seat's hearing; what others may change meanwhile is read after that, by itself."""
    of_seat = (
        Invitation.token_digest == sa.bindparam("digest")
        if by_link else Invitation.id == sa.bindparam("seat")
    )  # fmt: skip
    return (
        sa.select(Hearing, Invitation.counsel_id, Invitation.revoked_at)
        .join(Proposal, Proposal.hearing_id == Hearing.id)
        .join(Invitation, Invitation.proposal_id == Proposal.id)
        .where(of_seat)
        .options(
            joinedload(Hearing.case, innerjoin=True).joinedload(Case.court, innerjoin=True),
            joinedload(Hearing.judge, innerjoin=True),
            joinedload(Hearing.user).options(lazyload(User.court)),
        )
        .with_for_update(of=Hearing)
        .execution_options(populate_existing=True)
    )


@cache
def _seat() -> sa.Select:
    return _seats().where(Invitation.id == sa.bindparam("seat"))


@cache
def _newest_seat() -> sa.Select:
    return (
        _seats()
        .where(
            Proposal.hearing_id == sa.bindparam("hearing"),
            Invitation.counsel_id == sa.bindparam("counsel"),
        )
        .order_by(Proposal.round.desc())
        .limit(1)
    )


def _seats() -> sa.Select:
    return (
        sa.select(Invitation)
        .join(Invitation.proposal)
        .options(
            contains_eager(Invitation.proposal),
            joinedload(Invitation.counsel, innerjoin=True),
            joinedload(Invitation.party, innerjoin=True),
        )
        .execution_options(populate_existing=True)
    )


def voices(session: Session, round_: Proposal) -> list[Voice]:
    """Return who is asked in a round, whether they still act in its case, and what each said."""
    found: dict[int, Voice] = {}
    said: dict[int, dict[int, str]] = {}
    for row in session.execute(_voices(), {"round": round_.id, "hearing": round_.hearing_id}):
        says = said.setdefault(row.id, {})
        if row.slot_id is not None:
            says[row.slot_id] = row.says
        heard = says if row.answered_at else None
        found[row.id] = Voice(row.id, row.counsel_id, row.side, row.required, row.acting, heard)
    return list(found.values())


@cache
def _voices() -> sa.Select:
    act = (
        sa.select(Representation.id)
        .join(Party)
        .join(Hearing, Hearing.case_id == Party.case_id)
        .where(
            Hearing.id == sa.bindparam("hearing"),
            Representation.counsel_id == Invitation.counsel_id,
            Representation.left_at.is_(None),
        )
        .correlate(Invitation)
        .exists()
    )
    return (
        sa.select(
            Invitation.id, Invitation.counsel_id, Invitation.side, Invitation.required,
            act.label("acting"), Invitation.answered_at, Answer.slot_id, Answer.says,
        )
        .outerjoin(Answer, Answer.invitation_id == Invitation.id)
        .where(Invitation.proposal_id == sa.bindparam("round"))
        .order_by(Invitation.id, Answer.slot_id)
    )  # fmt: skip
