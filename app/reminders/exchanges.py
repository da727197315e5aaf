"""Remind who has filed nothing before an exchange of evidence closes."""

import datetime as dt
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Party, Representation
from app.core.matters import Matter
from app.hearings import facts
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.papers.exchange import queries
from app.papers.exchange.models import IS_OPEN, Exchange
from app.papers.models import Filing
from app.reminders.people import acting_for
from app.reminders.rules import Reminder
from app.reminders.service import before


def due(session: Session, now: dt.datetime) -> Sequence[int]:
    """Return ids of open exchanges of which somebody may have to be reminded by now."""
    query = sa.select(Exchange.id).where(IS_OPEN, Exchange.remind_at <= now)
    return session.scalars(query.order_by(Exchange.remind_at).limit(100)).all()


def remind(session: Session, exchange_id: int, now: dt.datetime, secret: bytes) -> int:
    """Queue the reminders of an exchange that are due, and note when the next ones are.

    They go to all who act by then for a party that has filed nothing in it and has not said that
    it is complete; one whose time was over before the close was set is not sent. Return how many
    reminders there are.
    """
    case_id = session.scalar(sa.select(Exchange.case_id).where(Exchange.id == exchange_id))
    if case_id is None:
        return 0
    heads = lock_case(session, case_id, secret)
    exchange = queries.current(session, case_id)
    if exchange is None or exchange.id != exchange_id or not exchange.is_open:
        return 0
    planned = [(party, each) for party in exchange.case.parties for each in _of(exchange, party)]
    waiting = _without_evidence(session, exchange)
    requests = [
        request
        for party, reminder in planned
        if party.id in waiting and exchange.changed_at < reminder.due_at <= now < reminder.stale_at
        for request in _requests(session, exchange, party, reminder)
    ]
    coming = [reminder.due_at for _, reminder in planned if reminder.due_at > now]
    exchange.remind_at = min(coming, default=None)
    queue(session, requests, now, heads=heads)
    return len(requests)


def _of(exchange: Exchange, party: Party) -> list[Reminder]:
    """Return the reminders of one party, earliest first."""
    return before(exchange.case.court, exchange.closes_for(party.id))


def _without_evidence(session: Session, exchange: Exchange) -> set[int]:
    """Return the parties that have filed nothing, and have not said that they are complete."""
    filed = set(
        session.scalars(
            sa.select(Representation.party_id)
            .join(Filing, Filing.representation_id == Representation.id)
            .where(Filing.exchange_id == exchange.id)
        )
    )
    parties = {party.id for party in exchange.case.parties}
    return {each for each in parties - filed if not exchange.is_complete(each)}


def _requests(
    session: Session, exchange: Exchange, party: Party, reminder: Reminder
) -> Iterator[NoticeRequest]:
    """Yield the requests of one reminder, for each counsel who acts for a party."""
    about = str(Matter.case(exchange.case_id))
    version = f"x{exchange.id}.{exchange.version}.{party.id}"
    subject = Subject(exchange.court_id, exchange.case_id, about, version)
    for representation in acting_for(session, party):
        yield NoticeRequest(
            subject,
            NoticeKind.EXCHANGE_REMINDER,
            facts.representation_recipient(representation),
            {
                **facts.case_facts(exchange.case),
                "person": facts.representation_facts(representation),
                "exchange": {
                    "state": "reminder",
                    "mode": exchange.mode,
                    "closes_at": facts.iso(exchange.closes_for(party.id)),
                    "ends_at": facts.iso(exchange.ends_at),
                },
            },
            reminder.due_at,
            reminder.stale_at,
            variant=f"{reminder.days}d",
        )
