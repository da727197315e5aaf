"""Decide on papers that came late into an exchange: told to all counsel, and on the record."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.notices.case_lock import lock_case
from app.notices.queue import queue
from app.papers.exchange import queries, rules
from app.papers.exchange.models import LateFiling
from app.papers.exchange.rules import LateDecision
from app.papers.exchange.service import Heads, requests
from app.papers.models import Filing, Paper
from app.papers.rules import Disclosure
from app.people.models import User
from app.record.ledger import NewEntry
from app.record.rules import Event


def decide(
    session: Session,
    court_id: int,
    filing_id: int,
    decision: LateDecision,
    words: str,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Filing:
    """Admit a late filing, which opens it to all, or refuse it, with the reason.

    Once refused it can still be admitted, but never the other way round: it was read by then. The
    same again changes nothing. Raises NotFound, Refusal while the list is sealed, and Invalid where
    a refusal gives no reason.
    """
    case_id = session.scalar(
        sa.select(Filing.case_id)
        .join(LateFiling, LateFiling.filing_id == Filing.id)
        .where(Filing.id == filing_id, Filing.court_id == court_id)
    )
    if case_id is None:
        raise NotFound(N_("There is no such filing in this court."))
    heads = lock_case(session, case_id, secret)
    loaded = selectinload(Filing.papers).selectinload(Paper.files)
    query = (
        sa.select(Filing).where(Filing.id == filing_id).options(loaded, selectinload(Filing.late))
    )
    filing = session.scalars(query.execution_options(populate_existing=True)).one()
    late = filing.late
    assert late is not None
    if late.decision == decision:
        return filing
    if filing.disclosure == Disclosure.SEALED:
        raise Refusal(N_("Decide once the exchange is open to all: until then it is sealed."))
    if late.decision == LateDecision.ADMITTED:
        raise Refusal(N_("These papers were admitted, and all sides can read them."))
    _check(decision, words)
    late.decision, late.words = decision.value, words
    late.decided_at, late.user_id = heads[case_id].next_at(now), user.id
    if decision is LateDecision.ADMITTED:
        filing.disclosure = Disclosure.OPEN.value
        if filing.exchange is not None:
            filing.exchange.opinions_remind_at = late.decided_at
    session.flush()
    _tell(session, filing, late, user, now, heads)
    return filing


def _check(decision: LateDecision, words: str) -> None:
    if decision is LateDecision.REFUSED and not words:
        raise Invalid({"words": Message(N_("Say why they are not admitted."))})
    if len(words) > rules.MAX_REASON:
        raise Invalid({"words": Message(N_("At most %(most)s characters."), most=rules.MAX_REASON)})


def _tell(
    session: Session, filing: Filing, late: LateFiling, user: User, now: dt.datetime, heads: Heads
) -> None:
    """Record a decision on a late filing, and tell all counsel at one moment."""
    assert filing.exchange is not None
    exchange = queries.find(session, filing.court_id, filing.exchange.id)
    name = filing.counsel.name if filing.counsel else ""
    entry = NewEntry(
        Event.REGISTERED,
        court_id=filing.court_id,
        case_id=filing.case_id,
        about=str(Matter.case(filing.case_id)),
        attempt=f"x{exchange.id}.f{filing.id}",
        counsel_id=filing.counsel_id,
        side=filing.side,
        kind=f"exchange_{late.decision}",
        detail={
            "exchange": exchange.number,
            "filing": filing.number,
            "numbers": [paper.number for paper in filing.papers],
            "user": user.id,
        },
        personal={"name": name, "by": user.name, **({"note": late.words} if late.words else {})},
    )
    notices = requests(
        session,
        exchange,
        late.decision,
        now,
        part=f"f{filing.id}",
        by=name,
        side=filing.side,
        words=late.words,
    )
    queue(session, notices, now, [entry], heads=heads)
