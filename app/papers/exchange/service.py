"""Start, change and cancel an exchange of evidence, and decide on what came late.

Each is told to all counsel and recorded in one transaction.

Every act locks the head of the case's chain first, as acts on its papers do.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Representation
from app.cases.service import find_case
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.matters import Matter
from app.hearings import facts, notifications
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.papers.exchange import queries, rules
from app.papers.exchange.models import Exchange, ExchangeParty
from app.papers.exchange.rules import ExchangeMode, ExchangeState
from app.people.models import User
from app.record.chain import ChainPosition
from app.record.ledger import NewEntry
from app.record.rules import Event

Heads = Mapping[int, ChainPosition]


@dataclass(frozen=True)
class ExchangeTerms:
    """Until when papers are filed into an exchange: all sides, or some until another time."""

    closes_at: dt.datetime
    by_side: Mapping[str, dt.datetime] = field(default_factory=dict)

    @property
    def ends_at(self) -> dt.datetime:
        """The last of all closes."""
        return max([self.closes_at, *self.by_side.values()])

    def check(self, now: dt.datetime) -> None:
        """Raise Invalid, by field, for a close that has passed."""
        passed = Message(N_("Enter a time that is still to come."))
        errors = {f"closes_{side}": passed for side, at in self.by_side.items() if at <= now}
        if self.closes_at <= now:
            errors["closes_at"] = passed
        if errors:
            raise Invalid(errors)


def start(
    session: Session,
    court_id: int,
    case_id: int,
    mode: ExchangeMode,
    terms: ExchangeTerms,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Exchange:
    """Open an exchange in a case, and tell all counsel.

    Raises NotFound, Invalid for a time that has passed, and Refusal while another one is open.
    """
    case = find_case(session, court_id, case_id)
    heads = lock_case(session, case.id, secret)
    terms.check(now)
    if queries.is_open(session, case.id):
        raise Refusal(
            N_("An exchange of evidence is open already: change its close, or cancel it first.")
        )
    started_at = heads[case.id].next_at(now)
    last = sa.select(sa.func.max(Exchange.number)).where(Exchange.case_id == case.id)
    exchange = Exchange(
        court_id=case.court_id,
        case=case,
        number=1 + (session.scalar(last) or 0),
        mode=mode.value,
        started_at=started_at,
        changed_at=started_at,
        remind_at=started_at,
        user_id=user.id,
        closes_at=terms.closes_at,
        ends_at=terms.ends_at,
    )
    session.add(exchange)
    _set_closes(exchange, terms)
    session.flush()
    tell(session, exchange, "started", now, heads, {"user": user.id}, {"by": user.name})
    return exchange


def change(
    session: Session,
    court_id: int,
    exchange_id: int,
    terms: ExchangeTerms,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Exchange:
    """Set another close of an open exchange, and tell all counsel; the same changes nothing.

    One that is sealed closes for all sides alike from then on. Raises NotFound, Invalid for a time
    that has passed, and Refusal where the exchange is over.
    """
    exchange, heads = _open(session, court_id, exchange_id, secret)
    terms.check(now)
    if exchange.is_sealed and terms.by_side:
        words = Message(N_("A sealed exchange is extended for all sides alike."))
        raise Invalid({f"closes_{side}": words for side in terms.by_side})
    before = (exchange.closes_at, *(each.closes_at for each in exchange.parties))
    _set_closes(exchange, terms)
    if before == (exchange.closes_at, *(each.closes_at for each in exchange.parties)):
        return exchange
    exchange.version += 1
    exchange.changed_at = exchange.remind_at = heads[exchange.case_id].next_at(now)
    session.flush()
    tell(session, exchange, "changed", now, heads, {"user": user.id}, {"by": user.name})
    return exchange


def cancel(
    session: Session,
    court_id: int,
    exchange_id: int,
    words: str,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Exchange:
    """Cancel an open exchange, and tell all counsel why.

    What was sealed stays so for ever: only the party that filed it reads it. What was seen when it
    was filed stays with all. Raises NotFound, Invalid, and Refusal where the exchange is over.
    """
    exchange, heads = _open(session, court_id, exchange_id, secret)
    _check_words(words, N_("Say why the exchange is cancelled."))
    exchange.state = ExchangeState.CANCELLED.value
    exchange.ended_at, exchange.remind_at = heads[exchange.case_id].next_at(now), None
    session.flush()
    personal = {"by": user.name, "note": words}
    tell(session, exchange, "cancelled", now, heads, {"user": user.id}, personal, words=words)
    return exchange


def _open(
    session: Session, court_id: int, exchange_id: int, secret: bytes
) -> tuple[Exchange, Heads]:
    """Return an open exchange under the lock of its case. Raises NotFound, or Refusal."""
    case_id = queries.find(session, court_id, exchange_id).case_id
    heads = lock_case(session, case_id, secret)
    exchange = queries.find(session, court_id, exchange_id)
    if not exchange.is_open:
        raise Refusal(N_("Nothing was changed: this exchange of evidence is over."))
    return exchange, heads


def _check_words(words: str, missing: str) -> None:
    """Raise Invalid where no reason is typed, or too long a one."""
    if not words:
        raise Invalid({"words": Message(missing)})
    if len(words) > rules.MAX_REASON:
        raise Invalid({"words": Message(N_("At most %(most)s characters."), most=rules.MAX_REASON)})


def _set_closes(exchange: Exchange, terms: ExchangeTerms) -> None:
    """Set the times of an exchange, and those of parties whose side has another one."""
    exchange.closes_at, exchange.ends_at = terms.closes_at, terms.ends_at
    for party in exchange.case.parties:
        own, at = exchange.of_party(party.id), terms.by_side.get(party.side)
        if own is None and at is not None:
            own = ExchangeParty(party_id=party.id)
            exchange.parties.append(own)
        if own is not None:
            own.closes_at = at


def tell(
    session: Session,
    exchange: Exchange,
    state: str,
    now: dt.datetime,
    heads: Heads,
    detail: Mapping[str, Any],
    personal: Mapping[str, str],
    **more: Any,
) -> None:
    """Record what became of an exchange, and tell all counsel at one moment.

    ``state`` is the last word of the entry's kind; ``more`` are further facts of the letter.
    """
    entry = entry_of(exchange, state, detail, personal)
    queue(session, requests(session, exchange, state, now, **more), now, [entry], heads=heads)


def entry_of(
    exchange: Exchange, state: str, detail: Mapping[str, Any], personal: Mapping[str, str]
) -> NewEntry:
    """Return the entry of what became of an exchange."""
    own = {str(each.party_id): facts.iso(each.closes_at) for each in exchange.parties}
    return NewEntry(
        Event.REGISTERED,
        court_id=exchange.court_id,
        case_id=exchange.case_id,
        about=str(Matter.case(exchange.case_id)),
        attempt=f"x{exchange.id}",
        kind=f"exchange_{state}",
        detail={
            "exchange": exchange.number,
            "mode": exchange.mode,
            "closes_at": facts.iso(exchange.closes_at),
            "closes_by_party": {party: at for party, at in own.items() if at},
            **detail,
        },
        personal={key: text for key, text in personal.items() if text},
    )


def requests(
    session: Session,
    exchange: Exchange,
    state: str,
    now: dt.datetime,
    *,
    part: str = "",
    **more: Any,
) -> list[NoticeRequest]:
    """Return one request for each counsel who acts in the case, all due at the same moment.

    ``part`` tells apart what became of parts of an exchange; ``more`` are facts of the letter.
    """

    def facts_for(representation: Representation) -> dict[str, Any]:
        return {
            "exchange": {
                "state": state,
                "mode": exchange.mode,
                "closes_at": facts.iso(exchange.closes_for(representation.party_id)),
                "ends_at": facts.iso(exchange.ends_at),
                **more,
            }
        }

    version = ".".join(filter(None, [f"x{exchange.id}", str(exchange.version), part, state]))
    return notifications.case_requests(
        session, exchange.case, NoticeKind.EXCHANGE, version, facts_for, now
    )
