"""Words that a judge does not read: of questions that are not sorted yet, or are on the merits.

Every ORM query of a session that reads for a judge leaves out the contents of the entries about
such questions, whatever page, address of the API or export asks for them: there ``Entry.content``
is None. Only the verification of a chain, which shows none, hashes them. The questions themselves
are loaded, since that they were asked is shown to everybody; whoever shows their words asks
``Question.may_be_read_by``.
"""

import sqlalchemy as sa
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import ORMExecuteState, aliased, scoped_session, with_loader_criteria

from app.notices.inbound import Inbound, InboundKind
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.people.models import Role
from app.people.service import READER
from app.questions.models import Question
from app.questions.rules import QuestionOutcome, QuestionState
from app.record.models import Entry, EntryContent

# Of entries about a question, of the notices about one, and of mails in reply to these.
KINDS = (
    NoticeKind.QUESTION.value,
    NoticeKind.QUESTION_ANSWERED.value,
    "question_word",
    InboundKind.MAIL.value,
    InboundKind.AUTOMATIC.value,
)

_QUESTION = sa.literal("question", sa.String)  # the key of a question's id in a mail's detail


def install(sessions: scoped_session[FlaskSession]) -> None:
    """Let all sessions of the pages and of the API leave out what their reader may not read."""
    if not sa.event.contains(sessions, "do_orm_execute", _leave_out):
        sa.event.listen(sessions, "do_orm_execute", _leave_out)


def _leave_out(state: ORMExecuteState) -> None:
    """Add the condition to a query of a judge's session; lazy loads inherit it."""
    is_query = state.is_select and not state.is_column_load and not state.is_relationship_load
    verifies = state.execution_options.get("for_verification", False)
    if is_query and not verifies and state.session.info.get(READER) == Role.JUDGE:
        criteria = with_loader_criteria(EntryContent, ~_IS_HELD_BACK, include_aliases=True)
        state.statement = state.statement.options(criteria)


def _is_held_back() -> sa.ColumnElement[bool]:
    """Return the condition for contents of an entry about a question that is held back."""
    entry, question = aliased(Entry), aliased(Question)
    notice, mail = aliased(Notice), aliased(Inbound)
    number = sa.cast(question.id, sa.String)
    is_held_back = sa.or_(
        question.state == sa.literal_column(f"'{QuestionState.OPEN}'"),
        question.outcome == sa.literal_column(f"'{QuestionOutcome.MERITS}'"),
    )
    version = sa.literal("%/c") + sa.cast(question.case_id, sa.String) + ".q" + number + "/%"
    of_notice = sa.exists().where(notice.id == entry.notice_id, notice.key.like(version))
    # In reply to a notice about a question, whose words the mail may quote.
    of_mail = sa.exists().where(
        mail.case_id == entry.case_id,
        entry.attempt == sa.literal("m") + sa.cast(mail.id, sa.String),
        sa.cast(mail.detail.op("->>", return_type=sa.String)(_QUESTION), sa.String) == number,
    )
    is_about = sa.or_(
        sa.and_(entry.notice_id.is_(None), entry.attempt == sa.literal("q") + number),
        of_notice.correlate(entry, question),
        of_mail.correlate(entry, question),
    )
    asked = sa.exists().where(question.case_id == entry.case_id, is_held_back, is_about)
    return sa.exists().where(
        entry.id == EntryContent.line_id, entry.kind.in_(KINDS), asked.correlate(entry)
    )


_IS_HELD_BACK = _is_held_back()
