"""Filings, their papers, the files of each paper, and who opened and confirmed it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case, Counsel, Delegate, Representation
from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.papers.exchange.models import Exchange, LateFiling
from app.papers.rules import Disclosure, FilingState
from app.people.models import User
from app.storage.clamd import ScanState
from app.storage.models import StoredFile
from app.storage.scanned import Scanned

# Whose steps towards those who do not open it are not planned yet.
UNPLANNED = "number IS NOT NULL AND NOT steps_planned"


# As the index on unseen filings is written: SQLite does not use it for "unseen = 1".
IS_UNSEEN = sa.text("filing.unseen")


class Filing(Base):
    """Papers that are filed together; a draft, seen by its author alone, until then.

    ``number`` counts the filings of a case, ``seq`` is the number of its entry on the record. It
    is of a representation, or of a user who files for the court.
    """

    __tablename__ = "filing"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        partial_index("ix_filing_unseen", "court_id", "filed_at", where="unseen"),
        partial_index("ix_filing_unplanned", "id", where=UNPLANNED),
        partial_index("ix_filing_kept_until", "kept_until", where="draft_key IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    representation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("representation.id"), index=True
    )
    counsel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # Who filed for counsel, if a delegate did.
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))
    side: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(10), default=FilingState.DRAFT.value)
    # Of a draft: its author has one in a case. None once it is filed.
    draft_key: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    number: Mapped[int | None] = mapped_column()
    seq: Mapped[int | None] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    filed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Of the page from which it was filed: the same form again is the same filing.
    page_nonce: Mapped[str] = mapped_column(sa.String(40), default="")
    # Whether the court has yet to note it; false for drafts and for its own.
    unseen: Mapped[bool] = mapped_column(default=False)
    # Whether the steps towards those who do not open it are planned (see reminders).
    steps_planned: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Files of the last upload that were not taken: [{"name": …, "fault": …}], shown on the draft.
    refused: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    # The exchange of evidence that it was filed into, if any; who reads it besides its own party
    # (a Disclosure); and of a sealed one the salt of the list's digest on the record.
    exchange_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exchange.id"), index=True)
    disclosure: Mapped[str] = mapped_column(
        sa.String(10), default=Disclosure.OPEN.value, server_default=Disclosure.OPEN.value
    )
    list_salt: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    # Of a draft: when its files go if it is not filed, and whether it is filed as soon as the last
    # upload is complete, since *File* was pressed before; then ``page_nonce`` is of that page, and
    # these are what was chosen on it (see papers.exchange.filing).
    kept_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    awaits_uploads: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    receipt_by_mail: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    chosen_exchange: Mapped[int | None] = mapped_column(sa.BigInteger)
    chosen_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")

    case: Mapped[Case] = relationship()
    exchange: Mapped[Exchange | None] = relationship()
    late: Mapped[LateFiling | None] = relationship()
    counsel: Mapped[Counsel | None] = relationship()
    representation: Mapped[Representation | None] = relationship()
    user: Mapped[User | None] = relationship()
    delegate: Mapped[Delegate | None] = relationship()
    papers: Mapped[list["Paper"]] = relationship(
        back_populates="filing", order_by="(Paper.position, Paper.id)", cascade="all, delete-orphan"
    )
    uploads: Mapped[list["PaperUpload"]] = relationship(
        back_populates="filing", order_by="PaperUpload.id", cascade="all, delete-orphan"
    )

    @property
    def is_draft(self) -> bool:
        """Whether it is not filed yet."""
        return self.state == FilingState.DRAFT

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(paper.size for paper in self.papers)

    @property
    def open_uploads(self) -> list["PaperUpload"]:
        """Uploads whose last byte has not come, the first one first."""
        return [each for each in self.uploads if each.finished_at is None]


class Paper(Base):
    """One paper of a filing; ``number`` counts those of its side in the case."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("filing.id"), index=True)
    position: Mapped[int] = mapped_column()
    number: Mapped[int | None] = mapped_column()
    # Empty once the case is erased.
    name: Mapped[str] = mapped_column(sa.String(200))
    proves: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[str] = mapped_column(sa.String(20))
    # Whether who files it holds the original.
    original: Mapped[bool] = mapped_column(default=False)
    # The paper of an exchange that was cancelled, which this one is filed again (see
    # papers.exchange.refiling); once.
    repeats_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("paper.id"), index=True, unique=True
    )

    repeats: Mapped["Paper | None"] = relationship(remote_side="Paper.id")
    filing: Mapped[Filing] = relationship(back_populates="papers")
    files: Mapped[list["PaperFile"]] = relationship(
        back_populates="paper",
        order_by="(PaperFile.position, PaperFile.id)",
        cascade="all, delete-orphan",
    )
    readings: Mapped[list["PaperReading"]] = relationship(
        back_populates="paper", order_by="PaperReading.id"
    )
    delegate_openings: Mapped[list["DelegateOpening"]] = relationship(
        back_populates="paper", order_by="DelegateOpening.id"
    )

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def pages(self) -> int | None:
        """Pages of all its files; None while one is not read, or has none."""
        counts = [file.pages for file in self.files]
        return None if None in counts else sum(count or 0 for count in counts)

    @property
    def is_erased(self) -> bool:
        """Whether its bytes were erased."""
        return all(file.file_id is None for file in self.files)

    @property
    def is_set_aside(self) -> bool:
        """Whether the scanner found malware in one of its files."""
        return any(file.scan_state == ScanState.FOUND for file in self.files)


class PaperFile(Scanned, Base):
    """A file of a paper as it was sent: a document, or one of several photographs."""

    __tablename__ = "paper_file"
    __table_args__ = (
        partial_index("ix_paper_file_pending", "id", where="reading_state = ''"),
        partial_index("ix_paper_file_images_due", "id", where="images_due"),
        partial_index("ix_paper_file_unscanned", "id", where="scan_state = ''"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"), index=True)
    position: Mapped[int] = mapped_column()
    # None once the case is erased; the digest stays, as on the record.
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    digest: Mapped[str] = mapped_column(sa.String(64))
    # A ReadingState; then pages, ReadingNotes (with spaces between), a copy as PDF and a small
    # image of the first page, where there are any (see papers.reading).
    reading_state: Mapped[str] = mapped_column(sa.String(10), default="", server_default="")
    reading_note: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    # Whether images of more pages are to be made; no worker reads the file before ``read_after``.
    images_due: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    read_after: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    pages: Mapped[int | None] = mapped_column()
    copy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    image_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    # By how many degrees who gave it in turned it to the right, and by how many of them since its
    # copy and image were made.
    turned: Mapped[int] = mapped_column(default=0, server_default="0")
    turned_since: Mapped[int] = mapped_column(default=0, server_default="0")
    # The PaperUpload by which it came, 0 for a form; that row is deleted a day later.
    upload_id: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")

    @property
    def file_ids(self) -> list[int]:
        """The stored files that it needs."""
        own = (self.file_id, self.copy_id, self.image_id)
        return [each for each in own if each is not None] + [each.image_id for each in self.images]

    paper: Mapped[Paper] = relationship(back_populates="files")
    file: Mapped[StoredFile | None] = relationship(foreign_keys=[file_id])
    copy: Mapped[StoredFile | None] = relationship(foreign_keys=[copy_id])
    image: Mapped[StoredFile | None] = relationship(foreign_keys=[image_id])
    release: Mapped["FileRelease | None"] = relationship(
        back_populates="file", cascade="all, delete-orphan"
    )
    images: Mapped[list["PaperPage"]] = relationship(
        back_populates="file", order_by="PaperPage.number", cascade="all, delete-orphan"
    )


class FileRelease(Base):
    """A file that the court released although the scanner had found something: by whom, and why."""

    __tablename__ = "file_release"

    file_id: Mapped[int] = mapped_column(
        sa.ForeignKey("paper_file.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    released_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # "" once the case is erased.
    reason: Mapped[str] = mapped_column(sa.Text)

    file: Mapped[PaperFile] = relationship(back_populates="release")
    user: Mapped[User] = relationship()


class PaperPage(Base):
    """The image of one page of a file; ``number`` counts from 1."""

    __tablename__ = "paper_page"
    __table_args__ = (sa.UniqueConstraint("file_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("paper_file.id"))
    number: Mapped[int] = mapped_column()
    image_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()

    file: Mapped[PaperFile] = relationship(back_populates="images")
    image: Mapped[StoredFile] = relationship()


class PaperReading(Base):
    """What one counsel did with a paper of others: opened it, confirmed having received it."""

    __tablename__ = "paper_reading"
    __table_args__ = (sa.UniqueConstraint("paper_id", "counsel_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"))
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    opened_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Who confirmed it for counsel, if a delegate did.
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))

    paper: Mapped[Paper] = relationship(back_populates="readings")
    counsel: Mapped[Counsel] = relationship()
    confirmed_by: Mapped[Delegate | None] = relationship()


class DelegateOpening(Base):
    """A paper that a delegate opened for counsel; that counsel opened it does not follow."""

    __tablename__ = "delegate_opening"
    __table_args__ = (sa.UniqueConstraint("paper_id", "delegate_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"))
    delegate_id: Mapped[int] = mapped_column(sa.ForeignKey("delegate.id"), index=True)
    opened_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    paper: Mapped[Paper] = relationship(back_populates="delegate_openings")
    delegate: Mapped[Delegate] = relationship()


class DeviceLink(Base):
    """A link that opens counsel's papers on another device, once, within minutes.

    Its token is derived from its id (see papers.device_links); only the hash is stored.
    ``key_version`` is that of counsel's key when it was made: renewing the key ends it.
    """

    __tablename__ = "device_link"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    # Whose page it was made on, if not counsel's own.
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))
    key_version: Mapped[int] = mapped_column()
    digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    # Of the page on which it was asked for: the same form again is the same link.
    page_nonce: Mapped[str] = mapped_column(sa.String(40), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # Whether the same page made a newer one before this was used.
    replaced: Mapped[bool] = mapped_column(default=False)

    representation: Mapped[Representation] = relationship()
    delegate: Mapped[Delegate | None] = relationship()


class PaperUpload(Base):
    """A file of a draft that comes in parts (tus 1.0); its bytes lie in a staged file until then.

    ``key`` is the part of its address that nobody guesses, ``stamp`` names the staged file. It is
    kept for a day, so that who missed the last answer learns that all bytes came.
    """

    __tablename__ = "paper_upload"
    __table_args__ = (sa.Index("ix_paper_upload_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("filing.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(32))
    stamp: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(200))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    # When the file was last changed, in milliseconds since 1970, as the browser says: chosen again,
    # it is known by name, size and this.
    modified: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    # Photographs that were chosen together share a group and are pages of one paper; ``paper_id``
    # is the paper to which pages are added, and the paper that was made once it is finished.
    group: Mapped[str] = mapped_column("group_key", sa.String(40), default="")
    paper_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    # The name of the paper that it becomes.
    paper_name: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    filing: Mapped[Filing] = relationship(back_populates="uploads")
