"""What people send back by text: opt-outs obeyed, digits taken as answers, the rest filed."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.core.errors import N_, Gone, Invalid
from app.hearings.answers import service
from app.hearings.models import Invitation
from app.inbound import text_replies
from app.inbound.parsing import digits
from app.inbound.parsing.digits import SlotChoice
from app.inbound.queries import has_hearing_ahead, newest_matters, only_court, open_seats
from app.notices.inbound import Inbound, Kind
from app.notices.models import Notice
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event

# Twilio's own words, by which it stops and resumes before we hear of it (Twilio, "Opt-out
# keywords"); where it names the kind itself (OptOutType) that is taken.
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}
# Those that say nothing else. The others may be meant for the court ("Cancel", "Yes"), as may what
# a court itself had Twilio take for an opt-out.
CLEAR = {"STOP", "STOPALL", "UNSUBSCRIBE", "OPTOUT", "START", "UNSTOP"}
MOST_WORDS = 2000

NOT_UNDERSTOOD = N_("it was not understood")
EMPTY = N_("it has no words")
PICTURE = N_("it carries a picture or a file, which is not read here")
STOPS = N_("it stops further texts to this number; it may be meant for the court as well")
STARTS = N_("it allows texts to this number again; it may be meant for the court as well")


@dataclass(frozen=True)
class IncomingText:
    """One text that came in: from which number (E.164), what, and the carrier's id of it.

    ``opt_out`` is STOP, START or HELP where the carrier took it for that; ``files`` counts what
    came with it (MMS).
    """

    sender: str
    words: str
    opt_out: str
    carrier_id: str
    files: int = 0

    @property
    def attempt(self) -> str:
        """What names it on the record."""
        return f"t{self.carrier_id}"[:40]


def take_text(session: Session, text: IncomingText, now: dt.datetime, secret: bytes) -> int:
    """Take a text; return how many counsel its number belongs to.

    STOP stops further texts to the number; START allows them again where they were stopped, and is
    a text like any other where they were not. Digits answer the question that is open for that
    number, where there is one; where there are several the person is asked which. Anything else
    goes to the assistant, with one polite answer; so does an opt-out by a word of another meaning,
    without an answer, while the person has a date to answer about or to come to.
    """
    if text.carrier_id and _known(session, text):
        return 0  # the carrier tells it once more, as it does when our answer was slow
    own = sa.select(Counsel).where(Counsel.phone == text.sender, Counsel.phone != "")
    people = session.scalars(own).all()
    word = digits.plain(text.words)
    stops = text.opt_out == "STOP" or (not text.opt_out and word in STOP)
    starts = text.opt_out == "START" or (not text.opt_out and word in START)
    was_stopped = any(counsel.opted_out_at for counsel in people)
    starts = starts and was_stopped
    for counsel in people:
        if stops:
            counsel.opted_out_at = now
        elif starts:
            counsel.opted_out_at = None
    ids = [counsel.id for counsel in people]
    matters = newest_matters(session, ids, "sms") if ids else []
    seats = open_seats(session, ids, now)
    choice = None if stops or starts else digits.read(text.words)
    seat = _meant(session, seats, choice, ids) if choice else None
    only = seats[0] if len(seats) == 1 and not matters else None  # asked by mail, answers by text
    _write(session, text, seat or only, matters, now, stops=stops, starts=starts)
    if stops or starts:
        # Who is opted out already can hardly mean that by "Cancel"; said twice it is no news.
        is_news = word not in CLEAR and (
            starts or not was_stopped or (word in STOP and not _is_waiting(session, text.sender))
        )
        if is_news and (seats or has_hearing_ahead(session, ids, now)):
            _file(session, text, only, matters, now, STOPS if stops else STARTS)
    elif choice is None or seat is None or not _answer(session, seat, choice, text, now, secret):
        _ask_or_file(session, text, seats, matters, choice, now)
    elif text.files:
        _file(session, text, seat, matters, now, PICTURE)
    return len(people)


def _known(session: Session, text: IncomingText) -> bool:
    line = (
        sa.select(Entry.id).where(Entry.notice_id.is_(None), Entry.attempt == text.attempt).limit(1)
    )
    kept = sa.select(Inbound.id).where(Inbound.key == f"text/{text.carrier_id}").limit(1)
    return session.scalar(line) is not None or session.scalar(kept) is not None


def _is_waiting(session: Session, sender: str) -> bool:
    """Tell whether a text of a sender waits for the assistant already."""
    wanted = sa.select(Inbound.id).where(
        Inbound.sender == sender[:254], Inbound.kind == Kind.TEXT.value, Inbound.done_at.is_(None)
    )
    return session.scalar(wanted.limit(1)) is not None


def _meant(
    session: Session, seats: list[Invitation], choice: SlotChoice, counsel_ids: list[int]
) -> Invitation | None:
    """Return the seat that is answered: the only one, or the one whose letter was told."""
    if choice.letter:
        named = text_replies.letters_sent(session, counsel_ids).get(choice.letter)
        return next((seat for seat in seats if seat.id == named), None)
    return seats[0] if len(seats) == 1 else None


def _answer(
    session: Session,
    seat: Invitation,
    choice: SlotChoice,
    text: IncomingText,
    now: dt.datetime,
    secret: bytes,
) -> bool:
    says = digits.says(choice, [slot.id for slot in seat.proposal.slots])
    if says is None:
        return False
    given = service.AnswerInput(says, seat.comment, text.attempt)
    try:
        service.answer(session, seat.id, given, now, secret, channel="sms")
    except (Gone, Invalid):
        return False
    return True


def _ask_or_file(
    session: Session,
    text: IncomingText,
    seats: list[Invitation],
    matters: list[Notice],
    choice: SlotChoice | None,
    now: dt.datetime,
) -> None:
    if (
        choice
        and not choice.letter
        and len(seats) > 1
        and text_replies.which(session, seats, text.sender, now)
    ):
        return
    why = PICTURE if text.files else NOT_UNDERSTOOD if digits.plain(text.words) else EMPTY
    only = seats[0] if len(seats) == 1 and not matters else None
    _file(session, text, only, matters, now, why)
    if matters:
        text_replies.not_understood(session, matters[-1], text.sender, now)


def _file(
    session: Session,
    text: IncomingText,
    seat: Invitation | None,
    matters: list[Notice],
    now: dt.datetime,
    why: str,
) -> None:
    """File a text for the assistant: about a seat's hearing, else what its sender was last told."""
    last = max(matters, key=lambda notice: notice.id, default=None)
    kept = Inbound(
        key=f"text/{text.carrier_id or now.isoformat()}",
        at=now,
        channel="sms",
        kind=Kind.TEXT.value,
        sender=text.sender[:254],
        words=text.words[:MOST_WORDS],
        detail={"why": why},
    )
    if seat is not None:
        hearing = seat.proposal.hearing
        kept.court_id, kept.case_id = hearing.court_id, hearing.case_id
        kept.counsel_id, kept.name = seat.counsel_id, seat.counsel.name
        kept.about = f"hearing/{hearing.id}"
    elif last is None:
        kept.court_id = only_court(session)
    else:
        kept.court_id, kept.case_id = last.court_id, last.case_id
        kept.counsel_id, kept.about, kept.name = last.counsel_id, last.about, last.name
    session.add(kept)
    session.flush()


def _write(
    session: Session,
    text: IncomingText,
    seat: Invitation | None,
    matters: list[Notice],
    now: dt.datetime,
    *,
    stops: bool,
    starts: bool,
) -> None:
    """Put the text on the record: of the case that it answers, else of each newest matter."""
    detail = {"opt_out": stops, "opt_in": starts, "carrier_id": text.carrier_id}
    personal = {"address": text.sender, "text": text.words[:MOST_WORDS]}
    if seat is not None:
        hearing = seat.proposal.hearing
        entry = ledger.NewEntry(
            Event.TOLD,
            court_id=hearing.court_id,
            case_id=hearing.case_id,
            direction="in",
            about=f"hearing/{hearing.id}",
            attempt=text.attempt,
            counsel_id=seat.counsel_id,
            side=seat.side,
            channel="sms",
            kind="text",
            detail=detail,
            personal={"name": seat.counsel.name, **personal},
        )
        ledger.append(session, [entry], now)
        return
    for notice in matters:
        entry = ledger.NewEntry(
            Event.TOLD,
            court_id=notice.court_id,
            case_id=notice.case_id,
            direction="in",
            about=notice.about,
            attempt=text.attempt,
            counsel_id=notice.counsel_id,
            side=notice.side,
            channel="sms",
            kind="text",
            detail=detail,
            personal={"name": notice.name, **personal},
        )
        ledger.append(session, [entry], now)
