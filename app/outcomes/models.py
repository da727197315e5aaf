"""Outcomes of hearings, and who was absent."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Counsel, Party
from app.core.db import Base, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.court.bench import BenchRole
from app.court.models import Judge
from app.hearings.models import Hearing
from app.people.models import User
from app.record.rules import EvidenceGrade


class HearingOutcome(Base):
    """One entry of a hearing's outcome; a change is a further one with the next number.

    ``hearing.outcome`` holds the outcome of the current one, the only one without ``replaced_at``.
    """

    __tablename__ = "hearing_outcome"
    __table_args__ = (
        sa.UniqueConstraint("hearing_id", "number"),
        partial_index(
            "ix_hearing_outcome_current", "court_id", "starts_at", where="replaced_at IS NULL"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"))
    number: Mapped[int] = mapped_column()
    outcome: Mapped[str] = mapped_column(sa.String(20))
    # An OutcomeCause; empty where the hearing was held.
    cause: Mapped[str] = mapped_column(sa.String(20))
    # In the court's words; empty once the case is erased.
    reason: Mapped[str] = mapped_column(sa.Text)
    # The date that it is the outcome of.
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    entered_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # None where it was imported.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    replaced_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    hearing: Mapped[Hearing] = relationship()
    user: Mapped[User | None] = relationship()
    absences: Mapped[list["Absence"]] = relationship(
        back_populates="outcome", order_by="Absence.id"
    )

    @property
    def absent_ids(self) -> frozenset[int]:
        """Ids of the counsel who were absent."""
        return frozenset(each.counsel_id for each in self.absences if each.counsel_id is not None)

    @property
    def absent_member_ids(self) -> frozenset[int]:
        """Ids of the members outside the court who were absent."""
        return frozenset(each.judge_id for each in self.absences if each.judge_id is not None)


class Absence(Base):
    """A person who did not come, with the evidence that they knew the date when it began.

    That is a counsel, with party and side, or a member outside the court, with a ``BenchRole``.
    """

    __tablename__ = "absence"
    __table_args__ = (
        sa.UniqueConstraint("outcome_id", "counsel_id"),
        sa.UniqueConstraint("outcome_id", "judge_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    outcome_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing_outcome.id"))
    counsel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(sa.ForeignKey("party.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20))
    judge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")
    # An EvidenceGrade, and the entry of the record that proves it.
    grade: Mapped[int] = mapped_column()
    proof_seq: Mapped[int | None] = mapped_column()
    # Whether it is enough for a default judgment; None where no rule of procedure says.
    sufficient: Mapped[bool | None] = mapped_column()

    outcome: Mapped[HearingOutcome] = relationship(back_populates="absences")
    counsel: Mapped[Counsel | None] = relationship()
    party: Mapped[Party | None] = relationship()
    member: Mapped[Judge | None] = relationship()

    @property
    def person(self) -> tuple[int | None, int | None]:
        """Who it is, as two rows of the same person have it."""
        return self.counsel_id, self.judge_id

    @property
    def name(self) -> str:
        """Name of the person; "" where nothing is known of them."""
        person = self.counsel or self.member
        return person.name if person else ""

    @property
    def public_name(self) -> str:
        """Their name as the parties may read it; "" of who is needed, but does not sit."""
        return "" if self.role and not BenchRole(self.role).sits else self.name

    @property
    def evidence(self) -> EvidenceGrade:
        """The grade of notice."""
        return EvidenceGrade(self.grade)
