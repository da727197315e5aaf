"""Questions to the court, and the words that other sides add to an open one."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case, Counsel, Delegate, Representation
from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.people.models import Role, User
from app.questions.rules import QuestionOutcome, QuestionState

# Questions whose words a judge may not read; as literals, for a partial index is used by these.
HELD_BACK = f"state = '{QuestionState.OPEN}' OR outcome = '{QuestionOutcome.MERITS}'"


class Question(Base):
    """A question of one counsel in a case, and the court's answer."""

    __tablename__ = "question"
    __table_args__ = (
        sa.Index(None, "court_id", "asked_at"),  # what the promise is measured over
        partial_index("ix_question_open", "court_id", "asked_at", where="state = 'open'"),
        partial_index("ix_question_held_back", "case_id", where=HELD_BACK),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20))
    # Empty once the case is erased; the digest of both stays, as on the record.
    subject: Mapped[str] = mapped_column(sa.String(100))
    words: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    # Of all digests of its words, added words and answer; empty for questions before 0038.
    salt: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    # A PrivateReason, or "" where all sides read it.
    private: Mapped[str] = mapped_column(sa.String(10), default="")
    disclosed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(sa.String(10))
    asked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # A QuestionOutcome, or "" while it is open.
    outcome: Mapped[str] = mapped_column(sa.String(10), default="")
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    # The answer by language where each side is sent it in its own: a standard answer unchanged.
    answers: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    # The standard answer that it was written with, and its versions by language.
    standard_answer_id: Mapped[int | None] = mapped_column()
    standard_versions: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    answered_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # The answered question that this one asks on; each is asked on once.
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True)
    # The earlier question of the case whose answer answers this one too.
    joined_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True)
    # Whether it answers the question, as the asker says; None until then.
    helpful: Mapped[bool | None] = mapped_column()
    # Who asked for counsel, if a delegate did.
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))

    delegate: Mapped[Delegate | None] = relationship()
    case: Mapped[Case] = relationship()
    counsel: Mapped[Counsel] = relationship()
    representation: Mapped[Representation] = relationship()
    user: Mapped[User | None] = relationship()
    added: Mapped[list["AddedWord"]] = relationship(
        back_populates="question", order_by="AddedWord.id"
    )

    @property
    def is_private(self) -> bool:
        """Whether other sides see only that it was asked, and of which kind."""
        return bool(self.private) and self.disclosed_at is None

    @property
    def can_be_joined(self) -> bool:
        """Whether its answer, which all sides were sent, can answer a later question too."""
        answers = (QuestionOutcome.ANSWER, QuestionOutcome.JOINED)
        return self.outcome in answers and not self.is_private

    def may_be_read_by(self, user: User) -> bool:
        """Tell whether a user of the court may read its words (see is_held_back)."""
        return user.role != Role.JUDGE or not self.is_held_back

    @property
    def is_held_back(self) -> bool:
        """Whether a judge may not read its words: it may be on the merits, or is."""
        return self.state == QuestionState.OPEN or self.outcome == QuestionOutcome.MERITS

    def answer_in(self, language: str) -> str:
        """Return the answer as who reads a language was sent it."""
        return self.answers.get(language, self.answer)


class AddedWord(Base):
    """A word that counsel of another side added to a question while it was open."""

    __tablename__ = "question_word"
    __table_args__ = (sa.UniqueConstraint("question_id", "counsel_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    added_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))

    delegate: Mapped[Delegate | None] = relationship()
    question: Mapped[Question] = relationship(back_populates="added")
    counsel: Mapped[Counsel] = relationship()
