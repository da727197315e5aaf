"""Opinions on papers, the latest of each representation, and the date by which they are given."""

import datetime as dt
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Counsel, Delegate, Representation
from app.core.db import Base, Key, UTCDateTime
from app.papers.models import Paper
from app.papers.opinions.rules import OpinionInput


class OpinionDeadline(Base):
    """The date by which opinions on an exchange are given, where the court set one itself."""

    __tablename__ = "opinion_deadline"

    exchange_id: Mapped[int] = mapped_column(
        sa.ForeignKey("exchange.id"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    set_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))


class PaperOpinion(Base):
    """What counsel for a party says of a paper of another side; empty once it is withdrawn.

    ``version`` counts the changes, ``seq`` is the entry of the record that holds this one.
    """

    __tablename__ = "paper_opinion"
    __table_args__ = (sa.UniqueConstraint("paper_id", "representation_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"))
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20))
    authentic: Mapped[bool | None] = mapped_column()
    lawful: Mapped[bool | None] = mapped_column()
    relevant: Mapped[bool | None] = mapped_column()
    # "" without one, and once the case is erased.
    authentic_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    lawful_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    relevant_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    version: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    given_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"), index=True)

    paper: Mapped[Paper] = relationship()
    representation: Mapped[Representation] = relationship()
    counsel: Mapped[Counsel] = relationship()
    delegate: Mapped[Delegate | None] = relationship()

    @property
    def values(self) -> OpinionInput:
        """What it says, as it would be typed."""
        return OpinionInput(
            self.authentic,
            self.lawful,
            self.relevant,
            self.authentic_reason,
            self.lawful_reason,
            self.relevant_reason,
        )

    def set_values(self, values: OpinionInput) -> None:
        """Replace what it says."""
        for name, value in asdict(values).items():
            setattr(self, name, value)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.values.is_empty

    @property
    def objects(self) -> bool:
        """Whether it denies that the paper is authentic, lawful or relevant."""
        return self.values.objects
