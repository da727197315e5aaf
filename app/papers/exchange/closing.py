"""Close an exchange: by the clock, or once every side is complete; open what was sealed, to all.

All that is opened is opened by one commit: by the act that completes the exchange, or by the
worker at the last close, whichever locks the case's chain first.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.cases.models import Party, Representation
from app.core.errors import N_, HearingTime, Refusal
from app.core.matters import Matter
from app.hearings import facts
from app.notices.case_lock import lock_case
from app.notices.queue import queue
from app.papers import service as papers
from app.papers.exchange import filing as exchange_filing
from app.papers.exchange import queries, rules, sealing
from app.papers.exchange.models import Exchange, ExchangeParty
from app.papers.exchange.rules import CloseCause, ExchangeState
from app.papers.exchange.service import Heads, entry_of, requests
from app.papers.models import Filing, Paper
from app.papers.rules import Disclosure
from app.record import ledger
from app.record.ledger import NewEntry
from app.record.rules import Event


def complete(
    session: Session, representation: Representation, now: dt.datetime, secret: bytes
) -> Exchange:
    """Note that a party has filed all its evidence; the last one closes the exchange.

    The same again changes nothing. Raises Refusal where no exchange is open for the party.
    """
    exchange, heads = _locked(session, representation, now, secret)
    if exchange.is_complete(representation.party_id):
        return exchange
    parties = _represented(session, representation)
    for party in parties:
        own = exchange.of_party(party.id)
        if own is None:
            own = ExchangeParty(party_id=party.id)
            exchange.parties.append(own)
        own.completed_at = now
    entry = _declared(exchange, representation, "complete", {"papers": _count(session, exchange)})
    ledger.append(session, [entry], now, heads=heads)
    if rules.all_complete(exchange.progress()):
        close(session, exchange, CloseCause.COMPLETE, now, heads)
    session.flush()
    return exchange


def take_back(
    session: Session, representation: Representation, now: dt.datetime, secret: bytes
) -> Exchange:
    """Take back that a party has filed all its evidence, while the exchange is open for it.

    Raises Refusal where it is not: all may have been opened meanwhile.
    """
    exchange, heads = _locked(session, representation, now, secret)
    if not exchange.is_complete(representation.party_id):
        return exchange
    for party in _represented(session, representation):
        if own := exchange.of_party(party.id):
            own.completed_at = None
    entry = _declared(exchange, representation, "incomplete", {})
    ledger.append(session, [entry], now, heads=heads)
    session.flush()
    return exchange


def _locked(
    session: Session, representation: Representation, now: dt.datetime, secret: bytes
) -> tuple[Exchange, Heads]:
    """Return the exchange that is open for a party, under the lock of its case."""
    case_id = representation.party.case_id
    heads = lock_case(session, case_id, secret)
    exchange = queries.current(session, case_id)
    if exchange is None:
        raise Refusal(N_("No exchange of evidence is open in this case."))
    closes_at = exchange.closes_for(representation.party_id)
    if not exchange.is_open or heads[case_id].next_at(now) >= closes_at:
        ended_at = min(closes_at, exchange.ended_at or closes_at)
        raise Refusal(
            N_("Nothing was changed: the exchange closed on %(when)s."),
            when=HearingTime(ended_at, exchange.case.court.zone),
        )
    return exchange, heads


def _represented(session: Session, representation: Representation) -> Sequence[Party]:
    """Return the parties of a case for which a counsel acts: who speaks for one speaks for all."""
    query = (
        sa.select(Party)
        .join(Representation)
        .where(
            Party.case_id == representation.party.case_id,
            Representation.counsel_id == representation.counsel_id,
            Representation.left_at.is_(None),
        )
    )
    return session.scalars(query.order_by(Party.id)).all()


def _count(session: Session, exchange: Exchange) -> int:
    query = sa.select(sa.func.count(Paper.id)).join(Filing)
    return session.scalar(query.where(Filing.exchange_id == exchange.id)) or 0


def _declared(
    exchange: Exchange, representation: Representation, state: str, detail: dict[str, int]
) -> NewEntry:
    """Return the entry that counsel called their side complete, or took that back."""
    return NewEntry(
        Event.DECLARED,
        court_id=exchange.court_id,
        case_id=exchange.case_id,
        about=str(Matter.case(exchange.case_id)),
        attempt=f"x{exchange.id}.{representation.counsel_id}",
        counsel_id=representation.counsel_id,
        side=representation.party.side,
        channel="link",
        kind=f"exchange_{state}",
        detail={"exchange": exchange.number, **detail},
        personal={"name": representation.counsel.name},
    )


def close_due(session: Session, exchange_id: int, now: dt.datetime, secret: bytes) -> int:
    """Close an exchange whose last close has passed; return 1, or 0 if somebody else did."""
    case_id = session.scalar(sa.select(Exchange.case_id).where(Exchange.id == exchange_id))
    if case_id is None:
        return 0
    heads = lock_case(session, case_id, secret)
    exchange = queries.current(session, case_id)
    if exchange is None or exchange.id != exchange_id or not exchange.is_open:
        return 0
    if now < exchange.ends_at:  # extended meanwhile
        return 0
    close(session, exchange, CloseCause.TIME, now, heads)
    return 1


def close(
    session: Session, exchange: Exchange, cause: CloseCause, now: dt.datetime, heads: Heads
) -> None:
    """Close an open exchange whose case is locked, open what was sealed, and tell all counsel.

    Late filings are listed from now on; their files wait for the court's decision.
    """
    exchange.state, exchange.ended_by = ExchangeState.CLOSED.value, cause.value
    exchange.ended_at = heads[exchange.case_id].next_at(now)
    exchange.remind_at, exchange.opinions_remind_at = None, exchange.ended_at
    query = sa.select(Filing).where(Filing.exchange_id == exchange.id).order_by(Filing.number)
    papers_loaded = selectinload(Filing.papers).selectinload(Paper.files)
    filings = session.scalars(query.options(papers_loaded)).all()
    entries = [
        entry_of(
            exchange,
            "closed",
            {"by": cause.value, "filings": [filing.number for filing in filings]},
            {},
        )
    ]
    for filing in filings:
        if filing.disclosure == Disclosure.SEALED:
            entries.append(_disclosed(filing))
            filing.disclosure = (Disclosure.LISTED if filing.late else Disclosure.OPEN).value
            filing.unseen = True
    session.flush()
    state = "opened" if exchange.is_sealed else "closed"
    count = sum(len(filing.papers) for filing in filings)
    notices = requests(session, exchange, state, now, count=count)
    queue(session, notices, now, entries, heads=heads)


def _disclosed(filing: Filing) -> NewEntry:
    """Return the entry that opens a sealed list, by which its digest can be computed anew."""
    content = exchange_filing.content_of(filing)
    return NewEntry(
        Event.DISCLOSED,
        court_id=filing.court_id,
        case_id=filing.case_id,
        about=str(Matter.case(filing.case_id)),
        attempt=f"f{filing.id}",
        counsel_id=filing.counsel_id,
        side=filing.side,
        kind="papers",
        detail={
            "exchange": filing.exchange.number if filing.exchange else 0,
            "filing": filing.number,
            "filed_at": facts.iso(filing.filed_at),
            "entry": filing.seq,
            "list_sha256": sealing.list_digest(content),
            "papers": papers.entry_details(filing),
        },
        personal={
            "name": filing.counsel.name if filing.counsel else "",
            "note": papers.described(filing),
            "list": content,
        },
    )
