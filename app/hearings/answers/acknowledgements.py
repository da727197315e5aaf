"""Acknowledgements: counsel confirms that they know the date of a hearing."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.core.errors import N_, Refusal
from app.hearings import queries
from app.hearings.models import Hearing, HearingState, Invitation
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event


def acknowledge(
    session: Session,
    invitation_id: int,
    revision: int,
    now: dt.datetime,
    *,
    channel: str = "link",
    kind: str = "knows",
    address: str = "",
    delegate: Delegation | None = None,
) -> bool:
    """Record that counsel knows the date of a revision; return False if that is recorded already.

    ``address`` is the mail address that confirmed it, if any; ``delegate`` confirms it for counsel.
    Raises Refusal if the date has
    changed since: counsel knows another one.
    """
    invitation = session.get_one(Invitation, invitation_id)
    hearing = queries.lock_hearing(session, invitation.proposal.hearing_id)
    if hearing.state != HearingState.FIXED or hearing.revision != revision:
        raise Refusal(N_("The date has changed since this page was shown. Please look at it now."))
    if acknowledged_at(session, hearing, invitation.counsel_id) is not None:
        return False
    entry = ledger.NewEntry(
        Event.CONFIRMED,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        attempt=f"i{invitation.id}",
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        channel=channel,
        kind=kind,
        detail={"revision": revision},
        personal={"name": invitation.counsel.name, **({"address": address} if address else {})},
        delegate=delegate,
    )
    ledger.append(session, [entry], now)
    return True


def acknowledged_at(session: Session, hearing: Hearing, counsel_id: int) -> dt.datetime | None:
    """Return when counsel first acknowledged the present date, or None."""
    entry = first_acknowledgement(session, hearing, counsel_id)
    return entry.at if entry is not None else None


def first_acknowledgement(session: Session, hearing: Hearing, counsel_id: int) -> Entry | None:
    """Return the entry by which counsel first acknowledged the present date, or None."""
    entries = sa.select(Entry).where(
        Entry.about == hearing.about,
        Entry.counsel_id == counsel_id,
        Entry.what == Event.CONFIRMED.value,
    )
    of_revision = [
        each
        for each in session.scalars(entries)
        if (each.detail or {}).get("revision") == hearing.revision
    ]
    return min(of_revision, key=lambda each: each.seq, default=None)
