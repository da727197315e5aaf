"""Links by which counsel goes on with a draft on another device: once, within ten minutes.

A link is made by a press on one device and shown there as a QR code. Its token is derived from its
row, as the keys of counsel's pages are, and only the hash is stored. Using it gives the other
device the key of the page that it was made on, which is on the record.
"""

import datetime as dt
from enum import Enum, auto
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases import delegates, keys
from app.cases.delegates import Delegation
from app.cases.models import Delegate, Representation
from app.core import links
from app.core.matters import Matter
from app.papers.models import DeviceLink
from app.record import ledger
from app.record.rules import Event

GOOD_FOR = dt.timedelta(minutes=10)
# So long both devices follow what the other adds to the draft.
TOGETHER_FOR = dt.timedelta(hours=1)
# Rows are kept so long, so that a code that is scanned late is answered in words.
KEPT_FOR = dt.timedelta(days=1)


class DeviceLinkState(Enum):
    """What opening a link finds."""

    READY = auto()
    USED = auto()
    EXPIRED = auto()
    # A newer one was made, or the key of the page that it was made on has ended.
    ENDED = auto()


class OpenedDeviceLink(NamedTuple):
    """A link with its state at the time of opening."""

    link: DeviceLink
    state: DeviceLinkState


def token(secret: bytes, link_id: int) -> str:
    """Return the token of a link."""
    return links.token(secret, "device", link_id, 1)


def make(
    session: Session,
    representation: Representation,
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
    page_nonce: str = "",
) -> DeviceLink:
    """Return a new link to the papers of a representation; earlier unused ones of the reader end.

    ``page_nonce`` is that of the page on which it was asked for: the same again is the same link.
    """
    delegate_id = delegate.id if delegate else None
    own = sa.and_(
        DeviceLink.representation_id == representation.id,
        DeviceLink.delegate_id.is_not_distinct_from(delegate_id),
    )
    same = session.scalar(sa.select(DeviceLink).where(own, DeviceLink.page_nonce == page_nonce))
    if page_nonce and same is not None:
        return same
    unsynchronized = {"synchronize_session": False}
    session.execute(
        sa.delete(DeviceLink)
        .where(
            DeviceLink.representation_id == representation.id,
            DeviceLink.created_at <= now - KEPT_FOR,
        )
        .execution_options(**unsynchronized)
    )
    session.execute(
        sa.update(DeviceLink)
        .where(own, DeviceLink.used_at.is_(None))
        .values(replaced=True)
        .execution_options(**unsynchronized)
    )
    link = DeviceLink(
        representation=representation,
        delegate_id=delegate_id,
        key_version=representation.key_version,
        page_nonce=page_nonce,
        created_at=now,
    )
    session.add(link)
    session.flush()
    link.digest = links.digest(token(secret, link.id))
    session.flush()
    return link


def newest(
    session: Session, representation_id: int, delegate_id: int, now: dt.datetime
) -> OpenedDeviceLink | None:
    """Return the newest link of a page with its state, or None if there is none of this hour."""
    link = session.scalar(
        sa.select(DeviceLink)
        .where(
            DeviceLink.representation_id == representation_id,
            DeviceLink.delegate_id.is_not_distinct_from(delegate_id or None),
            DeviceLink.created_at > now - TOGETHER_FOR,
        )
        .order_by(DeviceLink.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return OpenedDeviceLink(link, state_of(session, link, now)) if link else None


def state_of(session: Session, link: DeviceLink, now: dt.datetime) -> DeviceLinkState:
    """Return what opening a link finds now."""
    representation = link.representation
    if link.used_at is not None:
        return DeviceLinkState.USED
    renewed = link.key_version != representation.key_version
    if link.replaced or renewed or representation.left_at is not None:
        return DeviceLinkState.ENDED
    if link.delegate_id and delegates.ended(session, [link.delegate_id], now):
        return DeviceLinkState.ENDED
    return DeviceLinkState.EXPIRED if now >= link.created_at + GOOD_FOR else DeviceLinkState.READY


def find(session: Session, typed: str, now: dt.datetime) -> OpenedDeviceLink | None:
    """Return the link of a token with its state, or None for an unknown one."""
    link = _of_token(session, typed, lock=False)
    return OpenedDeviceLink(link, state_of(session, link, now)) if link else None


def _of_token(session: Session, typed: str, *, lock: bool) -> DeviceLink | None:
    query = (
        sa.select(DeviceLink)
        .where(DeviceLink.digest == links.digest(typed))
        .options(joinedload(DeviceLink.representation).joinedload(Representation.counsel))
        .execution_options(populate_existing=True)
    )
    return session.scalar(query.with_for_update(of=DeviceLink) if lock else query)


def use(session: Session, typed: str, now: dt.datetime, secret: bytes) -> str | None:
    """Use up a link; return the token of the key that the other device goes on with.

    None where it cannot be used, or was used before. Puts on the record that another device went
    on; the row is locked, so that of two devices at once one gets the key.
    """
    link = _of_token(session, typed, lock=True)
    if link is None or state_of(session, link, now) is not DeviceLinkState.READY:
        return None
    link.used_at = now
    representation = link.representation
    delegate = session.get_one(Delegate, link.delegate_id) if link.delegate_id else None
    if delegate is None:
        keys.issue(session, [representation.id], secret)
        key = keys.of_representation(secret, representation.id, representation.key_version)
    else:
        key = keys.of_delegate(secret, delegate.id)
    ledger.append(session, [_entry(link, delegate)], now)
    return key.token


def _entry(link: DeviceLink, delegate: Delegate | None) -> ledger.NewEntry:
    """Return the entry that another device went on; it proves nothing of who was there."""
    representation = link.representation
    counsel, party = representation.counsel, representation.party
    return ledger.NewEntry(
        Event.CONTINUED,
        court_id=counsel.court_id,
        case_id=party.case_id,
        about=str(Matter.case(party.case_id)),
        attempt=f"q{link.id}",
        counsel_id=None if delegate else counsel.id,
        side=delegates.SIDE if delegate else party.side,
        channel="link",
        kind="visit",
        detail={"link": link.id, **({"delegate": delegate.id} if delegate else {})},
        personal={"name": delegate.name, "for": counsel.name}
        if delegate
        else {"name": counsel.name},
    )


def erase(session: Session, case_id: int) -> None:
    """Delete the links of a case's counsel."""
    of_case = sa.select(Representation.id).where(Representation.party.has(case_id=case_id))
    statement = sa.delete(DeviceLink).where(DeviceLink.representation_id.in_(of_case))
    session.execute(statement.execution_options(synchronize_session=False))
