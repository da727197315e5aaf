"""Hearings, proposals, slots, invitations, answers and bookings; requests to move a hearing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.cases.models import Case, Counsel, Delegate, Party, Representation
from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.core.half_days import DayHalf, HalfDay
from app.core.matters import Matter
from app.court.models import BenchMemberRow, Courtroom, Judge
from app.hearings.sittings.rules import Sitting, SittingTime, sitting_time
from app.people.models import User
from app.storage.models import StoredFile
from app.storage.scanned import Scanned


class HearingState(StrEnum):
    """The state of a hearing. A proposed one may still have its older date."""

    PROPOSED = "proposed"
    FIXED = "fixed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class ProposalState(StrEnum):
    """The state of a proposal."""

    OPEN = "open"
    DECIDED = "decided"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class FixPolicy(StrEnum):
    """Who fixes an agreed slot: the application at once, or the assistant."""

    AUTO = "auto"
    ASSISTANT = "assistant"


class AnswerChoice(StrEnum):
    """Counsel's answer to one slot."""

    YES = "yes"
    IF_NEEDED = "if_needed"
    NO = "no"


class MoveState(StrEnum):
    """The state of a request to move a hearing.

    Overtaken: the hearing was moved otherwise, proposed anew, or cancelled.
    """

    OPEN = "open"
    MOVED = "moved"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


class Stance(StrEnum):
    """What counsel says to a request to move a hearing."""

    AGREE = "agree"
    OBJECT = "object"


class MoveReason(StrEnum):
    """Why counsel asks for another date; named by ``wording.move_reason_name``."""

    CLASH = "clash"
    ILLNESS = "illness"
    ABSENT = "absent"
    EVIDENCE = "evidence"
    SETTLEMENT = "settlement"
    OTHER = "other"


class SittingRow:
    """Columns of a sitting of what has several; what has one has its columns itself."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    courtroom_id: Mapped[int] = mapped_column(sa.ForeignKey("courtroom.id"), index=True)

    @declared_attr
    @classmethod
    def courtroom(cls) -> Mapped[Courtroom]:
        """Where it is."""
        return relationship(lazy="joined", innerjoin=True)


class WithSittings:
    """What takes place in one sitting or several.

    Its own columns are those of the first, but for ``ends_at``: the end of the last.
    """

    # Rows are read only where there are several.
    sitting_count: Mapped[int] = mapped_column(default=1, server_default="1")
    sitting_rows: Any
    starts_at: Any
    ends_at: Any
    courtroom_id: Any

    @property
    def sittings(self) -> Sequence[Sitting]:
        """The sittings, earliest first; none without a date."""
        if self.starts_at is None:
            return []
        # A row that is not in the database yet has no default.
        if (self.sitting_count or 1) > 1:
            return cast("Sequence[Sitting]", self.sitting_rows)
        return [cast("Sitting", self)]

    def set_sittings(self, sittings: Sequence[Sitting | SittingTime]) -> None:
        """Take place at these times, earliest first; equal rows stay as they are."""
        times = [sitting_time(each) for each in sittings]
        if max(self.sitting_count or 1, len(times)) > 1:
            rows = {sitting_time(each): each for each in self.sitting_rows}
            row_type = type(self).sitting_rows.property.mapper.class_
            self.sitting_rows = [
                rows[each] if each in rows else row_type(**asdict(each))
                for each in (times if len(times) > 1 else ())
            ]
        self.starts_at, self.ends_at = times[0].starts_at, times[-1].ends_at
        self.courtroom_id, self.sitting_count = times[0].courtroom_id, len(times)


class Hearing(WithSittings, Base):
    """A hearing being arranged; its revision rises with every change of time or place."""

    __tablename__ = "hearing"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(100))
    minutes: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(sa.String(20))
    revision: Mapped[int] = mapped_column(default=0)
    # How often since this revision the clock, not the date, was changed: calendars, which keep
    # instants, are corrected under a higher number, and the date is still the one that was told.
    corrections: Mapped[int] = mapped_column(default=0, server_default="0")
    # How often since this revision another bench was to sit: calendars say who sits, and so they
    # are corrected in the same way.
    bench_changes: Mapped[int] = mapped_column(default=0, server_default="0")
    # The reminders of this revision are in the queue.
    planned_revision: Mapped[int] = mapped_column(default=0)
    uid: Mapped[str] = mapped_column(sa.String(200), unique=True)
    starts_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    courtroom_id: Mapped[int | None] = mapped_column(sa.ForeignKey("courtroom.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    # The outcome that was entered last (see outcomes.rules.Outcome); empty before that.
    outcome: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")
    # Fixed elsewhere and imported; its people are not told by us unless the court wants it.
    imported: Mapped[bool] = mapped_column(default=False)
    upload_id: Mapped[int | None] = mapped_column(Key, index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Set by the database with every change of what a calendar says about this hearing: how often
    # that was, and when, in the database's own order of time (see feeds.changes).
    edition: Mapped[int] = mapped_column(server_default="0")
    stamp: Mapped[int] = mapped_column(Key, server_default="0")
    # The edition whose events are kept as they are written in calendars.
    drawn_edition: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def sequence(self) -> int:
        """The number that calendars go by (SEQUENCE, RFC 5545, 3.8.7.4)."""
        return self.revision + self.corrections + self.bench_changes

    def revise(self) -> None:
        """Raise the revision above every SEQUENCE that was sent for the date before."""
        self.revision, self.corrections, self.bench_changes = self.sequence + 1, 0, 0

    @property
    def about(self) -> str:
        """The hearing as the matter of entries, notices and tasks: ``hearing/12``."""
        return str(Matter.hearing(self.id))

    @property
    def has_date(self) -> bool:
        """Whether the hearing has a date, also while another one is proposed."""
        alive = self.state in (HearingState.FIXED, HearingState.PROPOSED)
        return alive and self.starts_at is not None

    case: Mapped[Case] = relationship()
    judge: Mapped[Judge] = relationship()
    courtroom: Mapped[Courtroom | None] = relationship()
    user: Mapped[User | None] = relationship()
    proposals: Mapped[list["Proposal"]] = relationship(
        back_populates="hearing", order_by="Proposal.round"
    )
    bookings: Mapped[list["Booking"]] = relationship(
        back_populates="hearing", cascade="all, delete-orphan"
    )
    sitting_rows: Mapped[list["HearingSitting"]] = relationship(
        order_by="HearingSitting.starts_at", cascade="all, delete-orphan"
    )
    # Beside the judge, who presides.
    members: Mapped[list["HearingMember"]] = relationship(
        order_by="(HearingMember.position, HearingMember.id)", cascade="all, delete-orphan"
    )
    # Of those of them who are outside the court, also such as are needed no longer.
    member_invitations: Mapped[list["MemberInvitation"]] = relationship(
        back_populates="hearing", order_by="MemberInvitation.id"
    )

    __table_args__ = (
        sa.Index(None, "court_id", "starts_at"),
        sa.Index(None, "court_id", "state"),
        sa.Index(None, "court_id", "stamp"),
        sa.Index(
            "ix_hearing_undrawn",
            "id",
            sqlite_where=sa.text("drawn_edition < edition"),
            postgresql_where=sa.text("drawn_edition < edition"),
        ),
        partial_index(
            "ix_hearing_awaiting", "court_id", "ends_at", where="state = 'fixed' AND outcome = ''"
        ),
        sa.Index(
            "ix_hearing_unplanned",
            "id",
            sqlite_where=sa.text("planned_revision < revision"),
            postgresql_where=sa.text("planned_revision < revision"),
        ),
    )


class HearingMember(BenchMemberRow, Base):
    """Who sits or is needed in a hearing, beside the judge who presides."""

    __tablename__ = "hearing_member"
    __table_args__ = (
        sa.UniqueConstraint("hearing_id", "judge_id"),
        partial_index(
            "ix_hearing_member_uninvited",
            "hearing_id",
            where="NOT invited AND role NOT IN ('presiding', 'judge')",
        ),
    )

    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id", ondelete="CASCADE"))
    # Of those outside the court: asked and told what there is (see bench.invitations).
    invited: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class MemberInvitation(Base):
    """A member of a hearing who is outside the court, with the key to their page of it.

    It outlives their row as a member, so that the link of somebody who was replaced says so.
    """

    __tablename__ = "member_invitation"
    __table_args__ = (
        sa.UniqueConstraint("hearing_id", "judge_id"),
        partial_index("ix_member_invitation_current", "hearing_id", where="ended_at IS NULL"),
        partial_index(
            "ix_member_invitation_declined", "hearing_id", where="declined_at IS NOT NULL"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    # A BenchRole.
    role: Mapped[str] = mapped_column(sa.String(20))
    # Hashes only, None until the key is first sent (see cases.keys).
    key_version: Mapped[int] = mapped_column(default=1, server_default="1")
    key_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    code_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    # Since when they are needed no longer.
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # When they last answered a proposal, and from which rendered page.
    answered_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    nonce: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    # The date that they said they know, or cannot come on, by the hearing's revision. A reason is
    # for the court alone.
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    confirmed_revision: Mapped[int | None] = mapped_column()
    declined_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    declined_revision: Mapped[int | None] = mapped_column()
    declined_because: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    # When a user of the court took that off the list of what waits.
    noted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    hearing: Mapped[Hearing] = relationship(back_populates="member_invitations")
    judge: Mapped[Judge] = relationship(lazy="joined", innerjoin=True)
    answers: Mapped[list["MemberAnswer"]] = relationship(
        order_by="MemberAnswer.slot_id", cascade="all, delete-orphan"
    )

    @property
    def attempt(self) -> str:
        """The page as entries of the record name it."""
        return f"b{self.id}"


class MemberAnswer(Base):
    """Whether a member can come to one slot; ``says`` is "yes" or "no"."""

    __tablename__ = "member_answer"
    __table_args__ = (sa.UniqueConstraint("member_invitation_id", "slot_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("member_invitation.id"))
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id"), index=True)
    says: Mapped[str] = mapped_column(sa.String(10))


class RevokedMemberKey(Base):
    """The hash of a token or a short code that opens a member's page no longer."""

    __tablename__ = "revoked_member_key"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    member_invitation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member_invitation.id"), index=True
    )
    revoked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class HearingSitting(SittingRow, Base):
    """A sitting of a hearing that has several."""

    __tablename__ = "hearing_sitting"
    __table_args__ = (sa.Index(None, "starts_at"),)

    hearing_id: Mapped[int] = mapped_column(
        sa.ForeignKey("hearing.id", ondelete="CASCADE"), index=True
    )


class Proposal(Base):
    """Slots sent to all counsel with a date to answer by; ``round`` counts those of a hearing."""

    __tablename__ = "proposal"
    __table_args__ = (
        sa.UniqueConstraint("hearing_id", "round"),
        sa.Index(
            "ix_proposal_open",
            "answer_by",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_proposal_created_at", "created_at"),  # what the promise is measured over
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"))
    round: Mapped[int] = mapped_column()
    answer_by: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    fix: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(20), default="open")
    # Why a warning of the rules was overridden, and by which version of the rules it was given.
    overridden_because: Mapped[str] = mapped_column(sa.Text, default="")
    rules_version: Mapped[str] = mapped_column(sa.String(40))
    # Its slots went into counsel's calendars, out of which they must be taken when it ends.
    tentative: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    hearing: Mapped[Hearing] = relationship(back_populates="proposals")
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="proposal", order_by="(Slot.starts_at, Slot.id)"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="proposal", order_by="Invitation.id"
    )


class Slot(WithSittings, Base):
    """One possible time and courtroom, or a set of them."""

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), index=True)
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    courtroom_id: Mapped[int] = mapped_column(sa.ForeignKey("courtroom.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="slots")
    courtroom: Mapped[Courtroom] = relationship(lazy="joined", innerjoin=True)
    sitting_rows: Mapped[list["SlotSitting"]] = relationship(
        order_by="SlotSitting.starts_at", cascade="all, delete-orphan"
    )


class SlotSitting(SittingRow, Base):
    """A sitting of a slot that has several."""

    __tablename__ = "slot_sitting"
    __table_args__ = (sa.Index(None, "starts_at"),)

    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"), index=True)


class Invitation(Base):
    """One counsel's part in one proposal, reached by the key of their representation."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "counsel_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"))
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("party.id"))
    # None only where the representation was deleted before invitations named it.
    representation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("representation.id"), index=True
    )
    side: Mapped[str] = mapped_column(sa.String(20))
    required: Mapped[bool] = mapped_column(default=True)
    # The key of its own that an invitation had before keys belonged to representations.
    version: Mapped[int] = mapped_column(default=1)
    token_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    code_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    # When counsel who left the case were told so, and their calendar with them.
    left_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The rendered page that the last answer came from: pressing twice on it counts once.
    nonce: Mapped[str] = mapped_column(sa.String(64), default="")
    # Who gave the last answer for counsel, if a delegate did.
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="invitations")
    delegate: Mapped[Delegate | None] = relationship()
    counsel: Mapped[Counsel] = relationship()
    party: Mapped[Party] = relationship()
    representation: Mapped[Representation | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="invitation", order_by="Answer.slot_id"
    )
    offered: Mapped[list["OfferedHalfDay"]] = relationship(
        back_populates="invitation", order_by="(OfferedHalfDay.on, OfferedHalfDay.half)"
    )

    @property
    def half_days(self) -> tuple[HalfDay, ...]:
        """Half-days on which counsel could come, in order; only where no slot suits them."""
        return tuple(each.half_day for each in self.offered)


class Answer(Base):
    """One counsel's present answer to one slot; earlier answers are on the record."""

    __tablename__ = "answer"
    __table_args__ = (sa.UniqueConstraint("invitation_id", "slot_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id"))
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id"), index=True)
    says: Mapped[str] = mapped_column(sa.String(10))

    invitation: Mapped[Invitation] = relationship(back_populates="answers")


class OfferedHalfDay(Base):
    """A half-day on which counsel could come, given with an answer that took no slot.

    Replaced with the answer. ``half`` is a DayHalf, by the court's wall clock.
    """

    __tablename__ = "offered_half_day"
    __table_args__ = (sa.UniqueConstraint("invitation_id", "on", "half"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id"))
    on: Mapped[dt.date] = mapped_column()
    half: Mapped[str] = mapped_column(sa.String(2))

    invitation: Mapped[Invitation] = relationship(back_populates="offered")

    @property
    def half_day(self) -> HalfDay:
        """The half-day as a value."""
        return HalfDay(self.on, DayHalf(self.half))


class Booking(Base):
    """A span for which a judge, a courtroom or a counsel is booked by one hearing.

    The database refuses two of one resource that overlap. ``firm`` tells a fixed date from a hold.
    """

    __tablename__ = "booking"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="forward"),
        sa.Index(None, "resource", "starts_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"), index=True)
    # Kind and row in one number (see rules.resource), so that equality is one comparison.
    resource: Mapped[int] = mapped_column(Key)
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    firm: Mapped[bool] = mapped_column()

    hearing: Mapped[Hearing] = relationship(back_populates="bookings")


class ClockChange(Base):
    """A hearing whose instants changed to keep its wall-clock time; notification is pending."""

    __tablename__ = "clock_change"

    hearing_id: Mapped[int] = mapped_column(
        sa.ForeignKey("hearing.id", ondelete="CASCADE"), primary_key=True
    )
    # The date as it was stored before; None where only slots are asked about.
    was: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    zone: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[str] = mapped_column(sa.String(40))
    # Of whose time a part could not be taken again: resources (see rules.resource).
    clashes: Mapped[list[int]] = mapped_column(Json)


class Draft(Base):
    """A form of a proposal that a user did not send: one for each case or hearing."""

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "about", name="uq_draft_user_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    # ``case/3`` for a new hearing, ``hearing/12`` for a further round or a move.
    about: Mapped[str] = mapped_column(sa.String(40))
    fields: Mapped[dict] = mapped_column(Json)
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()


class MoveDocument(Scanned, Base):
    """A document that counsel sent with a request; its SHA-256 is on the record."""

    __tablename__ = "move_document"
    __table_args__ = (partial_index("ix_move_document_unscanned", "id", where="scan_state = ''"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(sa.String(64))
    # None once the case is erased.
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    file: Mapped[StoredFile | None] = relationship()


class MoveRequest(Base):
    """A request to move the date of a hearing; ``number`` counts those of a hearing.

    Only one is open at a time: counsel who ask too join it. Its slots are held for nobody.
    """

    __tablename__ = "move_request"
    __table_args__ = (
        sa.UniqueConstraint("hearing_id", "number"),
        sa.Index(
            "uq_move_request_open",
            "hearing_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"))
    # The court's task that is done with the decision.
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    number: Mapped[int] = mapped_column()
    # Of the hearing when it was asked: a date that was changed since is another question.
    revision: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(sa.String(10), default=MoveState.OPEN.value)
    answer_by: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Why the court leaves the date as it is.
    refused_because: Mapped[str] = mapped_column(sa.Text, default="")

    hearing: Mapped[Hearing] = relationship()
    slots: Mapped[list["MoveSlot"]] = relationship(
        back_populates="request", order_by="(MoveSlot.starts_at, MoveSlot.id)"
    )
    opinions: Mapped[list["MoveOpinion"]] = relationship(
        back_populates="request", order_by="MoveOpinion.id"
    )


class CourtMove(Base):
    """An act by which the court moved a hearing that had a date, of its own accord.

    ``round`` is that of the proposal by which it asked about several slots; 0 where it set the new
    date at once.
    """

    __tablename__ = "court_move"
    __table_args__ = (sa.Index("ix_court_move_court_id_moved_at", "court_id", "moved_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    hearing_id: Mapped[int] = mapped_column(sa.ForeignKey("hearing.id"), index=True)
    round: Mapped[int] = mapped_column()
    # A MoveCause; empty where none was chosen.
    cause: Mapped[str] = mapped_column(sa.String(20))
    moved_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    hearing: Mapped[Hearing] = relationship()


class MoveSlot(WithSittings, Base):
    """One time and courtroom, or a set, that suited everybody known when the request was made."""

    __tablename__ = "move_slot"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("move_request.id"), index=True)
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    courtroom_id: Mapped[int] = mapped_column(sa.ForeignKey("courtroom.id"))

    request: Mapped[MoveRequest] = relationship(back_populates="slots")
    courtroom: Mapped[Courtroom] = relationship(lazy="joined", innerjoin=True)
    sitting_rows: Mapped[list["MoveSlotSitting"]] = relationship(
        order_by="MoveSlotSitting.starts_at", cascade="all, delete-orphan"
    )


class MoveSlotSitting(SittingRow, Base):
    """A sitting of a slot of a request that has several."""

    __tablename__ = "move_slot_sitting"

    move_slot_id: Mapped[int] = mapped_column(
        sa.ForeignKey("move_slot.id", ondelete="CASCADE"), index=True
    )


class MoveOpinion(Base):
    """One counsel's part in a request: why they ask, or what they say to it.

    ``stance`` is empty while they have said nothing; silence is no consent. ``says`` holds the
    answer to each slot by its id. ``private``: reason and document go to the court alone.
    """

    __tablename__ = "move_opinion"
    __table_args__ = (sa.UniqueConstraint("request_id", "counsel_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("move_request.id"))
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20))
    asks: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(sa.String(20), default="")
    private: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    # Another court's hearing: {"court", "number", "at"}.
    elsewhere: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("move_document.id"))
    stance: Mapped[str] = mapped_column(sa.String(10), default="")
    says: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    given_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Who acted last for counsel, if a delegate did.
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))

    request: Mapped[MoveRequest] = relationship(back_populates="opinions")
    delegate: Mapped[Delegate | None] = relationship()
    counsel: Mapped[Counsel] = relationship(lazy="joined", innerjoin=True)
    document: Mapped[MoveDocument | None] = relationship()
