"""What the court does about a member outside it: a new link, a call that was made, off the list."""

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Clash, NotFound, Refusal
from app.hearings.bench import invitations, messages
from app.hearings.models import Hearing, HearingState, MemberInvitation
from app.hearings.queries import owned_by
from app.notices.queue import rekey_member
from app.people.models import User
from app.record import ledger
from app.record.rules import ContactOutcome, Event

MOST = 50  # of those who cannot come, on home


def find(
    session: Session, court_id: int, invitation_id: int, *, lock: bool = False
) -> MemberInvitation:
    """Return a member invitation of a court, with its hearing locked first. Raises NotFound."""
    query = (
        sa.select(Hearing)
        .join(MemberInvitation, MemberInvitation.hearing_id == Hearing.id)
        .where(MemberInvitation.id == invitation_id, Hearing.court_id == court_id)
    )
    if lock:
        query = query.with_for_update(of=Hearing)
    if session.scalar(query) is None:
        raise NotFound(N_("There is no such person in this court."))
    return session.get_one(MemberInvitation, invitation_id, populate_existing=True)


def note_call(
    session: Session, court_id: int, invitation_id: int, user: User, now: dt.datetime
) -> MemberInvitation:
    """Record that a user of the court told somebody by telephone what there is."""
    invitation = find(session, court_id, invitation_id, lock=True)
    detail = {"outcome": ContactOutcome.SPOKE.value, "user": user.id}
    entry = _entry(invitation, Event.CALLED, "by_hand", "phone", user, detail)
    ledger.append(session, [entry], now)
    return invitation


def send_new_link(
    session: Session,
    court_id: int,
    invitation_id: int,
    version: int,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> MemberInvitation:
    """Revoke the link of a member, and tell them with a new one what there is.

    ``version`` is that of the key which the user meant. Raises Clash if it was replaced since, and
    Refusal if no message could carry a new one.
    """
    invitation = find(session, court_id, invitation_id, lock=True)
    hearing, name = invitation.hearing, invitation.judge.name
    if invitation.key_version != version:
        words = N_("%(name)s was sent a new link a moment ago; nothing more was done.")
        raise Clash(words, name=name)
    if not invitations.is_needed(session, invitation):
        raise Refusal(N_("%(name)s is no longer needed at this hearing."), name=name)
    if not invitations.ways(invitation.judge):
        raise Refusal(N_("No address of %(name)s is known: add one first."), name=name)
    invitations.replace_key(session, invitation, now, secret)
    rekey_member(session, invitation.id, invitation.key_version)
    detail = {"version": invitation.key_version}
    ledger.append(session, [_entry(invitation, Event.RENEWED, "key", "", user, detail)], now)
    messages.tell_what_there_is(session, hearing, [invitation], now)
    return invitation


def _entry(
    invitation: MemberInvitation,
    event: Event,
    kind: str,
    channel: str,
    user: User,
    detail: Mapping[str, object],
) -> ledger.NewEntry:
    hearing = invitation.hearing
    return ledger.NewEntry(
        event,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        direction="out",
        about=hearing.about,
        attempt=invitation.attempt,
        side=messages.SIDE,
        channel=channel,
        kind=kind,
        detail={**detail, "role": invitation.role},
        personal={"name": invitation.judge.name, "by": user.name},
    )


def declined(
    session: Session, court_id: int, user: User | None, now: dt.datetime
) -> Sequence[MemberInvitation]:
    """Return who said that they cannot come on a date that holds, the soonest date first.

    Of a court, or of one user's hearings; without those that somebody took off the list.
    """
    query = (
        sa.select(MemberInvitation)
        .join(Hearing, Hearing.id == MemberInvitation.hearing_id)
        .join(Hearing.case)
        .where(
            MemberInvitation.declined_at.is_not(None),
            MemberInvitation.declined_revision == Hearing.revision,
            MemberInvitation.ended_at.is_(None),
            MemberInvitation.noted_at.is_(None),
            Hearing.court_id == court_id,
            Hearing.state.in_([HearingState.FIXED.value, HearingState.PROPOSED.value]),
            Hearing.starts_at > now,
            *owned_by(user),
        )
        .order_by(Hearing.starts_at, MemberInvitation.id)
        .limit(MOST)
    )
    return [each for each in session.scalars(query) if invitations.is_needed(session, each)]
