"""Read exchanges: the one that papers are filed into now, those of a case, what is due."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.cases.models import Case, Party
from app.core.errors import N_, NotFound
from app.papers.exchange.models import IS_OPEN, Exchange
from app.papers.exchange.rules import ExchangeState

MOST = 50  # exchanges of a court that close soon


def _whole() -> sa.Select[Exchange]:
    parties = selectinload(Exchange.case).selectinload(Case.parties)
    return (
        sa.select(Exchange)
        .options(selectinload(Exchange.parties), parties.selectinload(Party.representations))
        .execution_options(populate_existing=True)
    )


def of_case(session: Session, case_id: int) -> Sequence[Exchange]:
    """Return the exchanges of a case, the newest first."""
    query = _whole().where(Exchange.case_id == case_id)
    return session.scalars(query.order_by(Exchange.number.desc())).all()


def current(session: Session, case_id: int) -> Exchange | None:
    """Return the exchange into which evidence is filed: the open one, else the last that closed."""
    query = (
        _whole()
        .where(Exchange.case_id == case_id, Exchange.state != ExchangeState.CANCELLED.value)
        .order_by(Exchange.number.desc())
    )
    return session.scalars(query.limit(1)).first()


def counting_open(case_id: int) -> sa.Select[int]:
    """Select how many exchanges of a case are open: one or none."""
    query = sa.select(sa.func.count()).select_from(Exchange)
    return query.where(Exchange.case_id == case_id, IS_OPEN)


def is_open(session: Session, case_id: int) -> bool:
    """Tell whether an exchange of a case is open."""
    return bool(session.scalar(counting_open(case_id)))


def find(session: Session, court_id: int, exchange_id: int) -> Exchange:
    """Return an exchange of a court. Raises NotFound."""
    query = _whole().where(Exchange.id == exchange_id, Exchange.court_id == court_id)
    exchange = session.scalars(query).first()
    if exchange is None:
        raise NotFound(N_("There is nothing at this address."))
    return exchange


def closing_soon(
    session: Session, court_id: int, until: dt.datetime, assistant_id: int | None = None
) -> Sequence[Exchange]:
    """Return open exchanges of a court that close before a moment; of one assistant's cases."""
    query = (
        _whole()
        .join(Exchange.case)
        .where(
            IS_OPEN,
            Exchange.ends_at <= until,
            Exchange.court_id == court_id,
        )
        .order_by(Exchange.ends_at, Exchange.id)
        .limit(MOST)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    return session.scalars(query).all()


def ended(session: Session, now: dt.datetime, most: int = 100) -> Sequence[int]:
    """Return ids of open exchanges whose last close has passed, the earliest first."""
    query = sa.select(Exchange.id).where(IS_OPEN, Exchange.ends_at <= now)
    return session.scalars(query.order_by(Exchange.ends_at).limit(most)).all()
