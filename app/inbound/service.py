"""Process incoming texts: opt-outs, answers by digit, and the rest for the assistant."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import IncomingText
from app.cases.models import Counsel
from app.core.channels import Channel
from app.core.errors import N_, Gone, Invalid
from app.hearings.answers import service
from app.hearings.models import Invitation
from app.inbound import text_replies
from app.inbound.parsing import digits
from app.inbound.parsing.digits import SlotChoice
from app.inbound.queries import has_hearing_ahead, newest_notices, only_court, open_invitations
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
    otherwise. Digits answer the open proposal of that number; if there are several, the sender is
    asked which one. Anything else goes to the assistant, with one polite reply. So does, without a
    reply, an ambiguous opt-out while the sender has an open proposal or a hearing ahead.
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
    invitations = open_invitations(session, ids, now)
    choice = None if stops or starts else digits.read(text.words)
    invitation = _addressed(session, invitations, choice, ids) if choice else None
    # Counsel invited by mail may answer by text.
    only = invitations[0] if len(invitations) == 1 and not notices else None
    _record(session, text, invitation or only, notices, now, stops=stops, starts=starts)
    if stops or starts:
        # A number that is opted out already hardly means that by "Cancel"; a repetition is ignored.
        is_news = keyword not in CLEAR and (
            starts or not was_stopped or (keyword in STOP and not _is_waiting(session, text.sender))
        )
        if is_news and (invitations or has_hearing_ahead(session, ids, now)):
            _file_for_assistant(session, text, only, notices, now, STOPS if stops else STARTS)
    elif (
        choice is None
        or invitation is None
        or not _answer(session, invitation, choice, text, now, secret)
    ):
        _ask_or_file(session, text, invitations, notices, choice, now)
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
    session: Session, invitations: list[Invitation], choice: SlotChoice, counsel_ids: list[int]
) -> Invitation | None:
    """Return the invitation that is answered: the only one, or the one with the given letter."""
    if choice.letter:
        invitation_id = text_replies.letters_sent(session, counsel_ids).get(choice.letter)
        return next(
            (invitation for invitation in invitations if invitation.id == invitation_id), None
        )
    return invitations[0] if len(invitations) == 1 else None


def _answer(
    session: Session,
    invitation: Invitation,
    choice: SlotChoice,
    text: IncomingText,
    now: dt.datetime,
    secret: bytes,
) -> bool:
    answers = digits.answers(choice, [slot.id for slot in invitation.proposal.slots])
    if answers is None:
        return False
    form = service.AnswerInput(answers, invitation.comment, text.attempt)
    try:
        service.answer(session, invitation.id, form, now, secret, channel=Channel.SMS.value)
    except (Gone, Invalid):
        return False
    return True


def _ask_or_file(
    session: Session,
    text: IncomingText,
    invitations: list[Invitation],
    notices: list[Notice],
    choice: SlotChoice | None,
    now: dt.datetime,
) -> None:
    if (
        choice
        and not choice.letter
        and len(invitations) > 1
        and text_replies.ask_which(session, invitations, text.sender, now)
    ):
        return
    why = PICTURE if text.files else NOT_UNDERSTOOD if digits.plain(text.words) else EMPTY
    only = invitations[0] if len(invitations) == 1 and not notices else None
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
