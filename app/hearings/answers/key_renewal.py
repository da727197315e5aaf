"""Renewal of counsel's key: all links and codes sent earlier end, a new one is sent at once.

By a user of the court, or as counsel asks who believes that somebody else has their link. It is on
the record for all sides, without the key; whoever else has the old link learns nothing more.
"""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import Representation
from app.core.errors import N_, Clash, Refusal
from app.core.matters import Matter
from app.hearings import facts, notifications
from app.hearings.answers import counsel_keys
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.people.models import User
from app.record import chain, ledger
from app.record.chain import ChainPosition
from app.record.models import Entry
from app.record.rules import Event

MOST_IN_A_DAY = 3  # by one counsel in a case
DAY = dt.timedelta(days=1)


def renew_by_court(
    session: Session,
    representation: Representation,
    user: User | None,
    version: int,
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Revoke the keys of a representation and send the new one over all channels of its counsel.

    ``version`` is that of the key which the user meant. Counsel without any channel get no message:
    a user hands the new link on. Raises Clash if the key was renewed since, and Refusal if counsel
    acts in the case no longer.
    """
    heads = _lock(session, representation)
    if representation.key_version != version:
        raise Clash(
            N_("%(name)s was sent a new link a moment ago; nothing more was done."),
            name=representation.counsel.name,
        )
    if representation.left_at is not None:
        raise Refusal(N_("%(name)s acts no longer in this case."), name=representation.counsel.name)
    _renew(session, representation, heads, user, now, secret, on_request=False)


def renew_on_request(
    session: Session, representation: Representation, token: str, now: dt.datetime, secret: bytes
) -> None:
    """Revoke the keys of a representation, as counsel asks on the page that ``token`` opened.

    Raises Refusal if that link has ended meanwhile, if no message could carry a new one, or if
    counsel has asked too often.
    """
    heads = _lock(session, representation)
    opened = counsel_keys.resolve(session, token, now)
    if opened is None or opened.revoked:
        raise Refusal(N_("This link was replaced a moment ago."))
    if not facts.representation_recipient(representation).ways:
        raise Refusal(
            N_("The court knows no address to which a new link could go. Please call the court.")
        )
    if _requests(session, representation, now - DAY) >= MOST_IN_A_DAY:
        raise Refusal(
            N_("You have asked for %(most)s new links within a day. Please call the court."),
            most=MOST_IN_A_DAY,
        )
    _renew(session, representation, heads, None, now, secret, on_request=True)


def _lock(session: Session, representation: Representation) -> Mapping[int, ChainPosition]:
    """Lock the head of the case's chain, and read the representation as it is then."""
    heads = chain.lock_heads(session, [representation.party.case_id])
    session.refresh(representation)
    return heads


def _requests(session: Session, representation: Representation, since: dt.datetime) -> int:
    """Count the renewals that counsel asked for in the case."""
    query = sa.select(sa.func.count()).select_from(Entry)
    asked = query.where(
        Entry.case_id == representation.party.case_id,
        Entry.counsel_id == representation.counsel_id,
        Entry.what == Event.RENEWED.value,
        Entry.direction == "in",
        Entry.at > since,
    )
    return session.scalar(asked) or 0


def _renew(
    session: Session,
    representation: Representation,
    heads: Mapping[int, ChainPosition],
    user: User | None,
    now: dt.datetime,
    secret: bytes,
    *,
    on_request: bool,
) -> None:
    case, counsel = representation.party.case, representation.counsel
    counsel_keys.renew(session, representation, now)
    keys.issue(session, [representation.id], secret)
    about, version = str(Matter.case(case.id)), f"r{representation.id}.{representation.key_version}"
    entry = ledger.NewEntry(
        Event.RENEWED,
        court_id=case.court_id,
        case_id=case.id,
        direction="in" if on_request else "out",
        about=about,
        attempt=f"k{version}",
        counsel_id=counsel.id,
        side=representation.party.side,
        channel="link",
        kind="key",
        detail={"version": representation.key_version, **({"user": user.id} if user else {})},
        personal={"name": counsel.name, **({"by": user.name} if user else {})},
    )
    request = NoticeRequest(
        Subject(case.court_id, case.id, about, version),
        NoticeKind.NEW_LINK,
        facts.representation_recipient(representation),
        {
            **facts.case_facts(case),
            "on_request": on_request,
            "person": facts.representation_facts(representation),
        },
        due_at=now,
        stale_at=now + notifications.STALE_AFTER,
    )
    queue(session, [request], now, [entry], heads=heads)
