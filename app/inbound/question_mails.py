"""Mails in reply to a message about questions: hints to the court, and no questions or answers.

The other sides would not read such a mail, so its sender is asked, once for each question, to ask
by link.
"""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import Representation
from app.core.channels import Channel
from app.hearings import facts
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Subject, queue
from app.notices.rules import outside_quiet_hours_at
from app.questions.queries import question_of

GOOD_FOR = dt.timedelta(days=3)  # of a reply that could not be sent
ABOUT_QUESTIONS = (
    NoticeKind.QUESTION,
    NoticeKind.QUESTION_ANSWERED,
    NoticeKind.FILING,
    NoticeKind.ASK_BY_LINK,
)


def hint(notice: Notice | None) -> dict[str, Any]:
    """Return what is stored with a mail that answers a notice about questions; else nothing.

    ``question`` is the id of the question, 0 where the notice is about none.
    """
    if notice is None or notice.kind not in ABOUT_QUESTIONS:
        return {}
    return {"question": question_of(NoticeKey.parse(notice.key).version) or 0}


def ask_by_link(session: Session, notice: Notice, now: dt.datetime, secret: bytes) -> None:
    """Ask the person of a notice to ask by link; a second time nothing is sent.

    Nothing is sent to who acts in the case no longer.
    """
    representation = session.get(Representation, notice.representation_id or 0)
    if representation is None or representation.left_at is not None:
        return
    case = representation.party.case
    keys.issue(session, [representation.id], secret)
    due_at = outside_quiet_hours_at(case.court, now)
    version = NoticeKey.parse(notice.key).version
    request = NoticeRequest(
        Subject(notice.court_id, notice.case_id, notice.about, version),
        NoticeKind.ASK_BY_LINK,
        facts.representation_recipient(representation).by((Channel.EMAIL, notice.address)),
        {**facts.case_facts(case), "person": facts.representation_facts(representation)},
        due_at=due_at,
        stale_at=due_at + GOOD_FOR,
    )
    queue(session, [request], now)
