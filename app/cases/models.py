"""Cases, parties, counsel, representations, and counsel's busy time."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.court.models import BenchMemberRow, Court, Judge
from app.people.models import User


class Side(StrEnum):
    """The side that a party is on."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    OTHER = "other"


class Case(Base):
    """A lawsuit."""

    __tablename__ = "case_file"
    __table_args__ = (sa.UniqueConstraint("court_id", "number_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    number: Mapped[str] = mapped_column(sa.String(200))
    # What makes two numbers one (rules.number_key). A second case of one number from before keys
    # dropped invisible characters has a line break and 2 behind.
    number_key: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(500), default="")
    procedure: Mapped[str] = mapped_column(sa.String(40))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    assistant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # The day by which evidence is due, where the court has set one.
    evidence_due_on: Mapped[dt.date | None] = mapped_column()
    # The import by page that made it, which can be undone; a plain number.
    upload_id: Mapped[int | None] = mapped_column(Key, index=True)

    court: Mapped[Court] = relationship()
    judge: Mapped[Judge] = relationship()
    assistant: Mapped[User | None] = relationship()
    parties: Mapped[list["Party"]] = relationship(back_populates="case", order_by="Party.id")
    members: Mapped[list["CaseMember"]] = relationship(
        order_by="(CaseMember.position, CaseMember.id)", cascade="all, delete-orphan"
    )


class CaseMember(BenchMemberRow, Base):
    """Who sits or is needed in the hearings of a case, beside its judge, who presides."""

    __tablename__ = "case_member"
    __table_args__ = (sa.UniqueConstraint("case_id", "judge_id"),)

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id", ondelete="CASCADE"))


class Party(Base):
    """A party of a case; with contact details of their own when they act in person."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(100))
    side: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    # E.164; the extension of a land line behind it, ";ext=801" (RFC 3966).
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # The number of this party in the system that it was imported from.
    reference: Mapped[str] = mapped_column(sa.String(100), default="")

    case: Mapped[Case] = relationship(back_populates="parties")
    representations: Mapped[list["Representation"]] = relationship(
        back_populates="party", order_by="Representation.id"
    )


class Counsel(Base):
    """A lawyer who is contacted for a party, or a party who acts in person."""

    __tablename__ = "counsel"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    firm: Mapped[str] = mapped_column(sa.String(200), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(sa.String(40), default="", index=True)
    # Where paper reaches them, line by line.
    postal: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    language: Mapped[str] = mapped_column(sa.String(8))
    zone: Mapped[str] = mapped_column(sa.String(64), default="")
    channels: Mapped[list[str]] = mapped_column(Json)
    # One way to the court, for counsel from elsewhere.
    travel_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    in_person: Mapped[bool] = mapped_column(default=False)
    # Set when the person told a carrier to stop texts to this number.
    opted_out_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.Index(None, "court_id", "name"),)


class Away(Base):
    """Days on which a counsel has declared to be unavailable to this court.

    From a day until another, both included; or, with weekdays (0 is Monday), those of each week,
    without an end if none was entered. Only the days are kept, never what for.
    """

    __tablename__ = "away"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    from_on: Mapped[dt.date] = mapped_column()
    until_on: Mapped[dt.date | None] = mapped_column()
    weekdays: Mapped[list[int]] = mapped_column(Json)
    entered_at: Mapped[dt.datetime] = mapped_column("said_at", UTCDateTime)


class BusyCalendar(Base):
    """The address of a counsel's own calendar, and the outcome of reading it."""

    __tablename__ = "busy_calendar"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), unique=True)
    # A key to somebody's calendar: shown to its counsel alone.
    address: Mapped[str] = mapped_column(sa.String(2000))
    entered_at: Mapped[dt.datetime] = mapped_column("said_at", UTCDateTime)
    # None: it failed too often, and waits for its counsel to look at it.
    due_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime, index=True)
    read_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    etag: Mapped[str] = mapped_column(sa.String(200), default="")
    failures: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(sa.String(300), default="")


class BusyTime(Base):
    """A busy span in a counsel's own calendar; its subject is not stored."""

    __tablename__ = "busy_time"
    __table_args__ = (sa.Index(None, "counsel_id", "starts_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"))
    starts_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


# As the index on who joined is written: SQLite does not use it for "welcomed IS 0".
HAS_JOINED = sa.text("NOT representation.welcomed")


class Representation(Base):
    """One counsel acts for one party of a case, until they leave it."""

    __tablename__ = "representation"
    __table_args__ = (
        sa.UniqueConstraint("party_id", "counsel_id"),
        sa.Index(
            "ix_representation_joined",
            "id",
            sqlite_where=sa.text("NOT welcomed"),
            postgresql_where=sa.text("NOT welcomed"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("party.id"))
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    # A hearing is agreed without those whose answer is not required.
    required: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Asked and told what the others were before they joined (see hearings.counsel_changes).
    welcomed: Mapped[bool] = mapped_column(default=False, server_default=sa.true())
    # The key to counsel's page of the case (see keys): hashes only, None until it is first sent.
    key_version: Mapped[int] = mapped_column(default=1, server_default="1")
    key_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, unique=True)
    code_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, unique=True)

    party: Mapped[Party] = relationship(back_populates="representations")
    counsel: Mapped[Counsel] = relationship()
    declarations: Mapped[list["ServiceDeclaration"]] = relationship(
        order_by="ServiceDeclaration.id"
    )

    def declared(self, kind: "DeclarationKind") -> "ServiceDeclaration | None":
        """Return the declaration of a kind that was not withdrawn or replaced, or None."""
        of_kind = (each for each in reversed(self.declarations) if each.kind == kind)
        return next((each for each in of_kind if each.ended_at is None), None)

    @property
    def confirmation(self) -> "ServiceDeclaration | None":
        """The confirmation of counsel's addresses as they are now, or None.

        One of other addresses holds for what was sent to those, and for nothing that is sent now.
        """
        confirmed = self.declared(DeclarationKind.ADDRESS)
        return confirmed if confirmed and confirmed.is_of(self.counsel) else None

    @property
    def consent(self) -> "ServiceDeclaration | None":
        """The consent to electronic service that is in force, or None."""
        return self.declared(DeclarationKind.ELECTRONIC)

    @property
    def withdrawn_consent(self) -> "ServiceDeclaration | None":
        """The last consent to electronic service if it was withdrawn, or None."""
        consents = [each for each in self.declarations if each.kind == DeclarationKind.ELECTRONIC]
        return consents[-1] if consents and consents[-1].ended_at is not None else None

    @property
    def address_confirmed_on(self) -> dt.date | None:
        """The day on which the present addresses were confirmed, by the court's date."""
        return self.confirmation.declared_on if self.confirmation else None

    @property
    def electronic_consent_on(self) -> dt.date | None:
        """The day on which the consent that is in force was given, by the court's date."""
        return self.consent.declared_on if self.consent else None


class DeclarationKind(StrEnum):
    """What counsel declares in a case about service on them."""

    ADDRESS = "address"
    ELECTRONIC = "electronic"


class ServiceDeclaration(Base):
    """A declaration of counsel in one case: their addresses are right, or electronic service is.

    It belongs to the representation and not to the person: it is made in one lawsuit, within the
    authority that one party gave (Civil Procedure Law of the PRC (2023), art. 90; SPC Online
    Litigation Rules (2021), art. 29).
    """

    __tablename__ = "service_declaration"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    # In force from the first moment up to the second; None: it still is.
    declared_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # By the court's date; all that is known where somebody of the court entered it.
    declared_on: Mapped[dt.date] = mapped_column()
    by_link: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Of a confirmation: the addresses that were confirmed, "" once the case is erased.
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Of a consent by link: the words that were shown, by version and SHA-256.
    words_version: Mapped[str] = mapped_column(sa.String(60), default="")
    words_digest: Mapped[str] = mapped_column(sa.String(64), default="")

    def is_of(self, counsel: Counsel) -> bool:
        """Tell whether the confirmed addresses are those of a counsel now."""
        return (self.email, self.phone) == (counsel.email, counsel.phone)

    def held_at(self, at: dt.datetime) -> bool:
        """Tell whether it was in force at a moment."""
        return self.declared_at <= at and (self.ended_at is None or at < self.ended_at)


class RevokedKey(Base):
    """The hash of a token or a short code that opens counsel's page no longer."""

    __tablename__ = "revoked_key"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    revoked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class Delegate(Base):
    """Somebody who may act for counsel in a case, with a key of their own (see delegates).

    ``ends_at`` is the end of their last day, None where counsel named none. A row that was refused
    (``DelegateEnd.OTHER_SIDE``) never had a key: it is kept for the court to see.
    """

    __tablename__ = "delegate"
    __table_args__ = (
        partial_index("ix_delegate_active", "representation_id", where="ended_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    # The only hearing of which they see anything, a plain number; None: the whole case.
    hearing_id: Mapped[int | None] = mapped_column(Key)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))
    phone: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str] = mapped_column(sa.String(8))
    may_answer: Mapped[bool] = mapped_column()
    # Whether they get copies of what counsel is sent.
    copies: Mapped[bool] = mapped_column()
    # The version of counsel's key at the naming: renewing it ends what it was used for.
    key_version: Mapped[int] = mapped_column()
    key_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, unique=True)
    code_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, unique=True)
    named_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # A DelegateEnd, or "" while they may act.
    ended_because: Mapped[str] = mapped_column(sa.String(20), default="")
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    representation: Mapped[Representation] = relationship()
    ended_by: Mapped[User | None] = relationship()
