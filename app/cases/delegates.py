"""Delegates of counsel: until when each may act, and who of them gets copies of notices.

A delegate's right ends by a press, by its day, with its hearing, when counsel leaves the case, when
counsel's key is renewed (whoever got hold of that key may have named the delegate with it), and
when its address turns out to be one of another side. All but the press follow from other rows, so
that they hold at once; a step of the worker puts them on the record later.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases import phones
from app.cases.models import Counsel, Delegate, Party, Representation
from app.core.channels import BY_RANK, Channel
from app.core.db import UTCDateTime, bulk
from app.core.errors import N_
from app.core.wording.presented import LabelledEnum

# The side of entries and notices of delegates: what they are sent was never sent to counsel.
SIDE = "delegate"
# A hearing that was cancelled without a date is over so long after it was last proposed: until then
# its delegate can read that it was cancelled.
AFTER_PROPOSING = dt.timedelta(days=30)


class DelegateEnd(LabelledEnum):
    """Reason for which a delegate may act no longer, with its words on pages."""

    COUNSEL = "counsel", N_("ended by counsel")
    COURT = "court", N_("ended by the court")
    DAY = "day", N_("the last day is over")
    HEARING = "hearing", N_("the hearing is over")
    LEFT = "left", N_("counsel acts in this case no longer")
    KEY = "key", N_("counsel's link was renewed")
    OTHER_SIDE = "other_side", N_("acts for another side")


class Delegation(NamedTuple):
    """Who acts for counsel, as entries of the record name them; ``counsel`` is whom for."""

    id: int
    name: str
    counsel: str


class CopyRecipient(NamedTuple):
    """A delegate who gets copies of what counsel is sent; without ``hearing_id`` of all."""

    id: int
    representation_id: int
    hearing_id: int | None
    name: str
    email: str
    phone: str
    language: str
    may_answer: bool
    counsel: str


# The hearings' table: cases know no more of it.
_HEARING = sa.table(
    "hearing",
    sa.column("id"),
    sa.column("state"),
    sa.column("ends_at", UTCDateTime()),
    sa.column("changed_at", UTCDateTime()),
)
_DELEGATE = bulk.table(Delegate)
_COPIED = sa.select(_DELEGATE.c.id).where(
    _DELEGATE.c.ended_at.is_(None),
    _DELEGATE.c.copies,
    _DELEGATE.c.representation_id.in_(sa.bindparam("representations", expanding=True)),
)


def ways(phone: str, email: str) -> list[tuple[str, str]]:
    """Return the ways to reach a delegate: the mail address and the telephone that takes texts."""
    known = {Channel.EMAIL: email, Channel.SMS: phone if phones.takes_texts(phone) else ""}
    return [(channel.value, known[channel]) for channel in BY_RANK if known.get(channel)]


def end_now(now: dt.datetime) -> sa.Case[str]:
    """Return the reason for which a delegate may act no longer as SQL, "" while they may.

    For statements that join Delegate with its Representation.
    """
    return end_at(sa.literal(now, UTCDateTime), sa.literal(now - AFTER_PROPOSING, UTCDateTime))


def end_at(now: sa.ColumnElement[Any], long_ago: sa.ColumnElement[Any]) -> sa.Case[str]:
    """Return what ``end_now`` does, with the instants as parameters; AFTER_PROPOSING apart."""
    over = sa.exists().where(
        _HEARING.c.id == Delegate.hearing_id,
        sa.or_(
            _HEARING.c.ends_at <= now,
            sa.and_(
                _HEARING.c.state == "cancelled",
                _HEARING.c.ends_at.is_(None),
                _HEARING.c.changed_at <= long_ago,
            ),
        ),
    )
    return sa.case(
        (Delegate.ended_at.is_not(None), Delegate.ended_because),
        (Delegate.ends_at <= now, DelegateEnd.DAY.value),
        (Representation.left_at.is_not(None), DelegateEnd.LEFT.value),
        (Representation.key_version != Delegate.key_version, DelegateEnd.KEY.value),
        (over, DelegateEnd.HEARING.value),
        (_known_on_another_side(), DelegateEnd.OTHER_SIDE.value),
        else_="",
    )


def _known_on_another_side() -> sa.Exists:
    """Return the condition that a delegate's address is one of counsel of another side.

    Counsel may come to a case, and addresses be changed, after the naming.
    """
    counsel, own, party = aliased(Counsel), aliased(Party), aliased(Party)
    representation = aliased(Representation)
    same_mail = sa.and_(Delegate.email != "", counsel.email == Delegate.email)
    same_number = sa.and_(Delegate.phone != "", counsel.phone == Delegate.phone)
    return (
        sa.select(representation.id)
        .join(counsel, counsel.id == representation.counsel_id)
        .join(party, party.id == representation.party_id)
        .join(own, own.case_id == party.case_id)
        .where(
            own.id == Representation.party_id,
            party.side != own.side,
            sa.or_(same_mail, same_number),
        )
        .correlate(Delegate, Representation)
        .exists()
    )


def ended(session: Session, delegate_ids: Iterable[int], now: dt.datetime) -> dict[int, str]:
    """Return which of some delegates may act no longer, with the reason of each."""
    query = (
        sa.select(Delegate.id, end_now(now).label("why"))
        .join(Representation)
        .where(Delegate.id.in_(set(delegate_ids)))
    )
    return {row.id: row.why for row in session.execute(query) if row.why}


def copy_recipients(
    session: Session, representation_ids: Iterable[int], now: dt.datetime
) -> Sequence[CopyRecipient]:
    """Return the delegates who get copies of what some counsel are sent; most have none."""
    representations = {"representations": sorted(set(representation_ids))}
    ids = session.connection().scalars(_COPIED, representations).all()
    if not ids:
        return ()
    query = (
        sa.select(
            *(getattr(Delegate, name) for name in CopyRecipient._fields[:-1]),
            Counsel.name.label("counsel"),
        )
        .join(Representation, Representation.id == Delegate.representation_id)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Delegate.id.in_(ids), end_now(now) == "")
        .order_by(Delegate.id)
    )
    return [CopyRecipient._make(row) for row in session.execute(query)]
