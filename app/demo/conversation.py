"""Questions and requests for another date in the demo's story, through the real services."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Party, Representation
from app.hearings import queries
from app.hearings.models import AnswerChoice, Hearing, Invitation, MoveReason, Stance
from app.hearings.move_requests import open_request
from app.hearings.rescheduling import asking
from app.hearings.rescheduling.asking import Opinion, Plea
from app.hearings.service import CourtContext
from app.questions import service as questions
from app.questions.filings import service as filings
from app.questions.filings.forms import FilingIn
from app.questions.rules import QuestionInput, ReplyInput


def ask(session: Session, case_id: int, name: str, data: dict[str, Any], at: CourtContext) -> int:
    """Let counsel ask the court before all sides; return the id of the question."""
    representation = session.scalars(
        sa.select(Representation)
        .join(Party)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Party.case_id == case_id, Counsel.name == name)
    ).one()
    typed = QuestionInput(subject=data["subject"], words=data["words"], all_sides=True)
    return questions.ask(session, representation, typed, at.now, at.secret).id


def answer(session: Session, question_id: int, words: str, at: CourtContext) -> None:
    """Answer a question to all sides."""
    assert at.user is not None
    reply = ReplyInput(words=words)
    questions.answer(session, at.court.id, question_id, reply, at.user, at.now, at.secret)


def note_filing(session: Session, case_id: int, data: dict[str, Any], at: CourtContext) -> None:
    """Note papers that a side handed in today."""
    assert at.user is not None
    party = session.scalars(
        sa.select(Party).where(Party.case_id == case_id, Party.side == data["side"])
    ).one()
    on = at.now.astimezone(ZoneInfo(at.court.zone)).date()
    form = FilingIn(party_id=party.id, kind=data["kind"], on=on, note=data["note"])
    filings.note(session, at.court.id, case_id, form, at.user, at.now, at.secret)


def ask_to_move(
    session: Session, case_id: int, name: str, data: dict[str, Any], now: dt.datetime
) -> None:
    """Let counsel ask for another date of their hearing, at the first times that suit all."""
    hearing, invitation = _invitation(session, case_id, name)
    times = [each.starts_at for each in asking.suggested(session, hearing, now)]
    plea = Plea(MoveReason(data["reason"]), data["words"], slots=times[: data["times"]])
    asking.request_move(session, invitation.id, plea, now)


def agree_to_move(session: Session, case_id: int, name: str, now: dt.datetime) -> None:
    """Let counsel agree to all times of the request that is open in their case."""
    hearing, invitation = _invitation(session, case_id, name)
    request = open_request(session, hearing.id)
    assert request is not None
    says = {slot.id: AnswerChoice.YES.value for slot in request.slots}
    opinion = Opinion(Stance.AGREE, says)
    asking.give_opinion(session, invitation.id, request.number, opinion, now)


def _invitation(session: Session, case_id: int, name: str) -> tuple[Hearing, Invitation]:
    [hearing] = queries.hearings_of_case(session, session.get_one(Case, case_id))
    invitations = queries.latest_invitations(session, hearing).values()
    return hearing, next(each for each in invitations if each.counsel.name == name)
