"""Process incoming texts: opt-outs, answers by digit, and the rest for the assistant."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import IncomingText
from app.cases.models import Counsel
from app.core.channels import Channel
from app.core.errors import N_, Gone, Invalid, Refusal
from app.hearings.answers import service
from app.hearings.models import Invitation, MoveRequest, Stance
from app.hearings.rescheduling import asking
from app.inbound import text_replies
from app.inbound.parsing import digits
from app.inbound.parsing.digits import SlotChoice
from app.inbound.queries import has_hearing_ahead, newest_notices, only_court
from app.inbound.text_replies import OpenQuestion
from app.notices.inbound import Inbound, InboundKind
from app.notices.models import Notice
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event

# The opt-out keywords that carriers act on before calling us (CTIA, "Messaging Principles and Best
# Practices"); the carrier's own classification takes precedence if it is present.
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}
# Unambiguous ones. Others may be addressed to the court ("Cancel", "Yes"), and so may keywords that
# a court configured at its carrier.
CLEAR = {"STOP", "STOPALL", "UNSUBSCRIBE", "OPTOUT", "START", "UNSTOP"}
MOST_WORDS = 2000  # characters that are stored

NOT_UNDERSTOOD = N_("it was not understood")
EMPTY = N_("it has no words")
PICTURE = N_("it carries a picture or a file, which is not read here")
STOPS = N_("it stops further texts to this number; it may be meant for the court as well")
STARTS = N_("it allows texts to this number again; it may be meant for the court as well")


def take_text(session: Session, text: IncomingText, now: dt.datetime, secret: bytes) -> int:
    """Process a text; return the number of counsel with this telephone number.

    STOP opts the number out; START opts it in again if it was out, and is an ordinary text
    otherwise. Digits answer the open proposal, or the request for another date, of that number; if
    there are several, the sender is asked which one. Anything else goes to the assistant, with one
    polite reply. So does, without a reply, an ambiguous opt-out while the sender has something open
    or a hearing ahead.
    """
    if text.carrier_id and _is_duplicate(session, text):
        return 0  # the carrier retries if our response was slow
    query = sa.select(Counsel).where(Counsel.phone == text.sender, Counsel.phone != "")
    senders = session.scalars(query).all()
    keyword = digits.plain(text.words)
    stops = text.opt_out == "STOP" or (not text.opt_out and keyword in STOP)
    starts = text.opt_out == "START" or (not text.opt_out and keyword in START)
    was_stopped = any(counsel.opted_out_at for counsel in senders)
    starts = starts and was_stopped
    for counsel in senders:
        if stops:
            counsel.opted_out_at = now
        elif starts:
            counsel.opted_out_at = None
    ids = [counsel.id for counsel in senders]
    notices = newest_notices(session, ids, Channel.SMS) if ids else []
    questions = text_replies.open_questions(session, ids, now)
    choice = None if stops or starts else digits.read(text.words)
    question = _addressed(session, questions, choice, ids) if choice else None
    # Counsel invited by mail may answer by text.
    only = questions[0] if len(questions) == 1 and not notices else None
    about = question or only
    invitation = about.invitation if about else None
    _record(session, text, invitation, notices, now, stops=stops, starts=starts)
    if stops or starts:
        # A number that is opted out already hardly means that by "Cancel"; a repetition is ignored.
        is_news = keyword not in CLEAR and (
            starts or not was_stopped or (keyword in STOP and not _is_waiting(session, text.sender))
        )
        if is_news and (questions or has_hearing_ahead(session, ids, now)):
            about_only = only.invitation if only else None
            _file_for_assistant(session, text, about_only, notices, now, STOPS if stops else STARTS)
    elif (
        choice is None
        or question is None
        or not _answer(session, question, choice, text, now, secret)
    ):
        undecided = questions if question is None and choice and not choice.letter else []
        _ask_or_file(session, text, undecided, questions, notices, now)
    elif text.files:
        _file_for_assistant(session, text, invitation, notices, now, PICTURE)
    return len(senders)


def _is_duplicate(session: Session, text: IncomingText) -> bool:
    entry_query = (
        sa.select(Entry.id).where(Entry.notice_id.is_(None), Entry.attempt == text.attempt).limit(1)
    )
    inbound_query = sa.select(Inbound.id).where(Inbound.key == f"text/{text.carrier_id}").limit(1)
    return session.scalar(entry_query) is not None or session.scalar(inbound_query) is not None


def _is_waiting(session: Session, sender: str) -> bool:
    """Tell whether a text of this sender is already waiting for the assistant."""
    query = sa.select(Inbound.id).where(
        Inbound.sender == sender[:254],
        Inbound.kind == InboundKind.TEXT.value,
        Inbound.done_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def _addressed(
    session: Session, questions: list[OpenQuestion], choice: SlotChoice, counsel_ids: list[int]
) -> OpenQuestion | None:
    """Return the question that is answered: the only one, or the one with the given letter.

    A digit alone is no consent to another date where the last text that listed times by number
    was about something else: it may be the answer to that.
    """
    if choice.letter:
        reference = text_replies.letters_sent(session, counsel_ids).get(choice.letter)
        return next((each for each in questions if each.reference == reference), None)
    only = questions[0] if len(questions) == 1 else None
    if only and only.request and not text_replies.asked_last(session, only.request, counsel_ids):
        return None
    return only


def _answer(
    session: Session,
    question: OpenQuestion,
    choice: SlotChoice,
    text: IncomingText,
    now: dt.datetime,
    secret: bytes,
) -> bool:
    """Answer a question by digits; return False if it takes no such answer."""
    if question.request is not None:
        return _answer_move_request(session, question.invitation, question.request, choice, now)
    answers = digits.answers(choice, question.slot_ids)
    if answers is None:
        return False
    invitation = question.invitation
    form = service.AnswerInput(answers, invitation.comment, text.attempt)
    try:
        service.answer(session, invitation.id, form, now, secret, channel=Channel.SMS.value)
    except (Gone, Invalid):
        return False
    return True


def _answer_move_request(
    session: Session,
    invitation: Invitation,
    request: MoveRequest,
    choice: SlotChoice,
    now: dt.datetime,
) -> bool:
    """Agree to the times of these numbers, or object with 0; 1 agrees where no times were found.

    Whoever asks for another date too does not object to it: their 0 takes none of the times.
    """
    slot_ids = [slot.id for slot in request.slots]
    own = next(each for each in request.opinions if each.counsel_id == invitation.counsel_id)
    answers = digits.answers(choice, slot_ids or [0])
    if answers is None:
        return False
    stance = Stance.AGREE if choice.picks or own.asks else Stance.OBJECT
    says = answers if slot_ids else {}
    opinion = asking.Opinion(stance, says, channel=Channel.SMS.value)
    try:
        asking.give_opinion(session, invitation.id, request.number, opinion, now)
    except (Refusal, Invalid):
        return False
    return True


def _ask_or_file(
    session: Session,
    text: IncomingText,
    undecided: list[OpenQuestion],
    questions: list[OpenQuestion],
    notices: list[Notice],
    now: dt.datetime,
) -> None:
    """Ask which of ``undecided`` a digit is for, else file the text for the assistant."""
    if undecided and text_replies.ask_which(session, undecided, text.sender, now):
        return
    why = PICTURE if text.files else NOT_UNDERSTOOD if digits.plain(text.words) else EMPTY
    only = questions[0].invitation if len(questions) == 1 and not notices else None
    _file_for_assistant(session, text, only, notices, now, why)
    if notices:
        text_replies.reply_not_understood(session, notices[-1], text.sender, now)


def _file_for_assistant(
    session: Session,
    text: IncomingText,
    invitation: Invitation | None,
    notices: list[Notice],
    now: dt.datetime,
    why: str,
) -> None:
    """File a text for the assistant: about an invitation's hearing, else the latest notice's."""
    latest = max(notices, key=lambda notice: notice.id, default=None)
    inbound = Inbound(
        key=f"text/{text.carrier_id or now.isoformat()}",
        at=now,
        channel=Channel.SMS.value,
        kind=InboundKind.TEXT.value,
        sender=text.sender[:254],
        words=text.words[:MOST_WORDS],
        detail={"why": why},
    )
    if invitation is not None:
        hearing = invitation.proposal.hearing
        inbound.court_id, inbound.case_id = hearing.court_id, hearing.case_id
        inbound.counsel_id, inbound.name = invitation.counsel_id, invitation.counsel.name
        inbound.about = hearing.about
    elif latest is None:
        inbound.court_id = only_court(session)
    else:
        inbound.court_id, inbound.case_id = latest.court_id, latest.case_id
        inbound.counsel_id, inbound.about, inbound.name = (
            latest.counsel_id,
            latest.about,
            latest.name,
        )
    session.add(inbound)
    session.flush()


def _record(
    session: Session,
    text: IncomingText,
    invitation: Invitation | None,
    notices: list[Notice],
    now: dt.datetime,
    *,
    stops: bool,
    starts: bool,
) -> None:
    """Record the text in the case that it answers, else in the case of each latest notice."""
    detail = {"opt_out": stops, "opt_in": starts, "carrier_id": text.carrier_id}
    personal = {"address": text.sender, "text": text.words[:MOST_WORDS]}
    if invitation is not None:
        hearing = invitation.proposal.hearing
        entry = ledger.NewEntry(
            Event.TOLD,
            court_id=hearing.court_id,
            case_id=hearing.case_id,
            direction="in",
            about=hearing.about,
            attempt=text.attempt,
            counsel_id=invitation.counsel_id,
            side=invitation.side,
            channel=Channel.SMS.value,
            kind="text",
            detail=detail,
            personal={"name": invitation.counsel.name, **personal},
        )
        ledger.append(session, [entry], now)
        return
    for notice in notices:
        entry = ledger.NewEntry(
            Event.TOLD,
            court_id=notice.court_id,
            case_id=notice.case_id,
            direction="in",
            about=notice.about,
            attempt=text.attempt,
            counsel_id=notice.counsel_id,
            side=notice.side,
            channel=Channel.SMS.value,
            kind="text",
            detail=detail,
            personal={"name": notice.name, **personal},
        )
        ledger.append(session, [entry], now)
