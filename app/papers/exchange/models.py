"""Exchanges of evidence, how far each party is in one, and decisions on late filings."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case, Party
from app.core.db import Base, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.papers.exchange.rules import ExchangeMode, ExchangeState, LateDecision, PartyProgress
from app.people.models import User

OPEN = "state = 'open'"
# As queries say it: written out, so that both databases see that the partial indexes fit.
IS_OPEN: sa.ColumnElement[bool] = sa.literal_column("exchange.state = 'open'", sa.Boolean)
UNDECIDED: sa.ColumnElement[bool] = sa.literal_column("late_filing.decision = ''", sa.Boolean)


class Exchange(Base):
    """An exchange of evidence in a case; ``number`` counts those of the case, one open at a time.

    ``version`` rises with every change that all sides are told.
    """

    __tablename__ = "exchange"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        sa.Index(
            "ix_exchange_open",
            "case_id",
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
        partial_index("ix_exchange_ends", "ends_at", where=OPEN),
        partial_index("ix_exchange_remind", "remind_at", where=OPEN),
        partial_index(
            "ix_exchange_opinions_remind",
            "opinions_remind_at",
            where="opinions_remind_at IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    number: Mapped[int] = mapped_column()
    mode: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10), default=ExchangeState.OPEN.value)
    started_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # For every party that has no time of its own; and the last of all these times.
    closes_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When it closed or was cancelled, and a CloseCause.
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str] = mapped_column(sa.String(10), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # When the worker looks next who is to be reminded, of evidence (see reminders.exchanges) and of
    # opinions (see reminders.opinions); None: never.
    remind_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    opinions_remind_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    user: Mapped[User | None] = relationship()
    parties: Mapped[list["ExchangeParty"]] = relationship(
        back_populates="exchange", order_by="ExchangeParty.party_id"
    )

    @property
    def is_open(self) -> bool:
        """Whether papers are filed into it now."""
        return self.state == ExchangeState.OPEN

    @property
    def is_sealed(self) -> bool:
        """Whether what is filed into it is shown to nobody else before it closes."""
        return self.mode == ExchangeMode.SEALED

    def of_party(self, party_id: int) -> "ExchangeParty | None":
        """Return what holds for one party alone, or None."""
        return next((each for each in self.parties if each.party_id == party_id), None)

    def closes_for(self, party_id: int) -> dt.datetime:
        """Return the time from which a filing of a party is late."""
        own = self.of_party(party_id)
        return own.closes_at if own and own.closes_at else self.closes_at

    def closes_of_side(self, side: str) -> dt.datetime | None:
        """Return the close that a side has for itself, or None."""
        own = (each for each in self.parties if each.party.side == side and each.closes_at)
        return next((each.closes_at for each in own), None)

    def is_complete(self, party_id: int) -> bool:
        """Tell whether a party said that it has filed all its evidence."""
        own = self.of_party(party_id)
        return own is not None and own.completed_at is not None

    def progress(self) -> list[PartyProgress]:
        """Return how far each party of the case is."""
        return [
            PartyProgress(
                party.id,
                party.side,
                any(each.left_at is None for each in party.representations),
                self.closes_for(party.id),
                own.completed_at if (own := self.of_party(party.id)) else None,
            )
            for party in self.case.parties
        ]


class ExchangeParty(Base):
    """What holds for one party of an exchange: a close of its own, and that it is complete."""

    __tablename__ = "exchange_party"
    __table_args__ = (sa.UniqueConstraint("exchange_id", "party_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[int] = mapped_column(sa.ForeignKey("exchange.id"))
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("party.id"), index=True)
    closes_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    completed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    exchange: Mapped[Exchange] = relationship(back_populates="parties")
    party: Mapped[Party] = relationship()


class LateFiling(Base):
    """A filing that came late into an exchange: why, and what the court decided on it.

    ``decision`` is a LateDecision, ``words`` are the court's; both texts are "" once the case is
    erased.
    """

    __tablename__ = "late_filing"
    __table_args__ = (
        partial_index("ix_late_filing_pending", "court_id", "filing_id", where="decision = ''"),
    )

    filing_id: Mapped[int] = mapped_column(
        sa.ForeignKey("filing.id"), primary_key=True, autoincrement=False
    )
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    decision: Mapped[str] = mapped_column(sa.String(10), default=LateDecision.PENDING.value)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    user: Mapped[User | None] = relationship()
