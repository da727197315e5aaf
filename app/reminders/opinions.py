"""Remind who has given no opinion on evidence that was exchanged before the date for opinions."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Party
from app.core.matters import Matter
from app.hearings import facts
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.papers import queries as papers
from app.papers.exchange import queries as exchanges
from app.papers.exchange.models import Exchange
from app.papers.opinions import queries, rules
from app.papers.opinions.models import OpinionDeadline
from app.reminders.people import acting_for
from app.reminders.rules import Reminder
from app.reminders.service import before


def due(session: Session, now: dt.datetime) -> Sequence[int]:
    """Return ids of exchanges on which somebody may have to be reminded to give opinions by now."""
    query = sa.select(Exchange.id).where(
        Exchange.opinions_remind_at.is_not(None), Exchange.opinions_remind_at <= now
    )
    return session.scalars(query.order_by(Exchange.opinions_remind_at).limit(100)).all()


def remind(session: Session, exchange_id: int, now: dt.datetime, secret: bytes) -> int:
    """Queue the reminders of opinions that are due, and note when the next ones are.

    They go to all who act by then for a party for which no opinion was given on a paper of another
    side; one whose time was over before the date was set is not sent. Late papers that were
    admitted may have a date of their own. Return how many reminders there are.
    """
    found = session.execute(
        sa.select(Exchange.case_id, Exchange.court_id).where(Exchange.id == exchange_id)
    ).one_or_none()
    if found is None:
        return 0
    heads = lock_case(session, found.case_id, secret)
    exchange = exchanges.find(session, found.court_id, exchange_id)
    if exchange.opinions_remind_at is None or exchange.opinions_remind_at > now:
        return 0  # by another worker meanwhile
    since = _since(session, exchange)
    dates, missing = _missing(session, exchange, now)
    planned = [(at, each) for at in sorted(dates) for each in before(exchange.case.court, at)]
    requests = [
        request
        for at, reminder in planned
        if since < reminder.due_at <= now < reminder.stale_at
        for party in exchange.case.parties
        if missing[at, party.id]
        for request in _requests(session, exchange, party, at, missing[at, party.id], reminder)
    ]
    coming = [reminder.due_at for _, reminder in planned if reminder.due_at > now]
    exchange.opinions_remind_at = min(coming, default=None)
    queue(session, requests, now, heads=heads)
    return len(requests)


def _since(session: Session, exchange: Exchange) -> dt.datetime:
    """Return when the date for opinions was set last: by the court, or by the close."""
    deadline = session.get(OpinionDeadline, exchange.id)
    known = exchange.ended_at or exchange.started_at
    return max(known, deadline.set_at) if deadline else known


def _missing(
    session: Session, exchange: Exchange, now: dt.datetime
) -> tuple[set[dt.datetime], Counter[tuple[dt.datetime, int]]]:
    """Return the dates of an exchange, and on how many papers a party gave no opinion, by date."""
    case = exchange.case
    due_dates = queries.dates(session, case)
    own = due_dates.by_exchange.get(exchange.id)
    dates = {own} if own else set()
    missing: Counter[tuple[dt.datetime, int]] = Counter()
    items = queries.items(session, case, papers.by_side(session, case.id), now)
    for item in items.values():
        if item.paper.filing.exchange_id != exchange.id:
            continue
        dates.add(item.due_at)
        subject = queries.subject_of(item.paper, due_dates)
        for party in item.missing:
            if rules.bar(subject, party.side, now) is None:
                missing[item.due_at, party.id] += 1
    return dates, missing


def _requests(
    session: Session,
    exchange: Exchange,
    party: Party,
    due_at: dt.datetime,
    count: int,
    reminder: Reminder,
) -> Iterator[NoticeRequest]:
    """Yield the requests of one reminder, for each counsel who acts for a party."""
    version = f"x{exchange.id}.o{due_at:%Y%m%d%H%M}.{party.id}"
    about = str(Matter.case(exchange.case_id))
    subject = Subject(exchange.court_id, exchange.case_id, about, version)
    for representation in acting_for(session, party):
        yield NoticeRequest(
            subject,
            NoticeKind.OPINIONS_REMINDER,
            facts.representation_recipient(representation),
            {
                **facts.case_facts(exchange.case),
                "person": facts.representation_facts(representation),
                "opinions": {"due_at": facts.iso(due_at), "missing": count},
            },
            reminder.due_at,
            reminder.stale_at,
            variant=f"{reminder.days}d",
        )
