"""Send a round once: a second press finds the first; a hearing that changed meanwhile is kept."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.errors import N_, Clash, HearingTime, Message
from app.core.normalization import name_key
from app.court import service as court_service
from app.hearings import booking, queries, service
from app.hearings.models import Hearing, HearingState
from app.hearings.proposals import DeskContext
from app.hearings.rules import Span, resource
from app.notices.kinds import ANNOUNCING_DATE, NoticeKind
from app.notices.models import Notice

REASONED = (NoticeKind.PROPOSAL, *ANNOUNCING_DATE)

CHANGED = N_(
    "This hearing was changed while you were typing, and nothing was sent. "
    "Look at what holds now, then go on."
)
ANOTHER = N_(
    "A hearing was proposed in this case while you were typing, and nothing was sent. "
    "Look at it in the case; pressing again proposes yours beside it."
)


class AlreadySent(Exception):  # noqa: N818  (it is an answer, not a fault)
    """What a form asks for was done before; ``hearing_id`` is where it can be seen."""

    def __init__(self, hearing_id: int) -> None:
        super().__init__(hearing_id)
        self.hearing_id = hearing_id


def uid_of(form: str, user_id: int) -> str:
    """Return the identifier of the hearing that one form of one user makes: always the same.

    ``form`` is a UUID that was made with the form. The unique identifier is what makes a second
    press harmless, whichever process and whichever database sees it.
    """
    return str(uuid.uuid5(uuid.UUID(form), f"hearing/{user_id}"))


def propose(
    session: Session, desk: DeskContext, given: Mapping[str, Any], form: str, stood: str = ""
) -> Hearing:
    """Propose a hearing by a form of the desk's user.

    Raises SentBefore, Clash where a hearing came to the case meanwhile, and as service.propose.
    """
    assert desk.user is not None
    uid = uid_of(form, desk.user.id)
    made = session.scalar(
        sa.select(Hearing.id).where(Hearing.uid == uid, Hearing.court_id == desk.court.id)
    )
    if made is not None:
        raise AlreadySent(made)
    if stood and newest_of(session, given["case_id"]) != stood:
        raise Clash(ANOTHER)
    return service.propose(session, desk, {**given, "uid": uid})


def version_of(session: Session, hearing: Hearing) -> str:
    """Return what a form was opened upon, "round.revision": it changes with every round or date."""
    last = queries.last_proposal(session, hearing)
    return f"{last.round if last else 0}.{hearing.revision}"


def since(session: Session, hearing: Hearing, stood: str) -> list[Message]:
    """Say what happened to a hearing since a form that stood upon ``stood`` was opened."""
    was_round, _, was_revision = stood.partition(".")
    last, zone, said = queries.last_proposal(session, hearing), hearing.case.court.zone, []
    if last and str(last.round) != was_round:
        words = N_("Round %(round)s was asked on %(when)s.")
        said.append(Message(words, round=last.round, when=HearingTime(last.created_at, zone)))
    if str(hearing.revision) == was_revision:
        return said
    if hearing.state == HearingState.CANCELLED:
        said.append(Message(N_("The hearing was cancelled.")))
    elif hearing.starts_at:
        when = HearingTime(hearing.starts_at, zone, hearing.ends_at)
        said.append(Message(N_("The date was set to %(when)s."), when=when))
    return said


def unchanged(session: Session, court_id: int, hearing_id: int, stood: str) -> None:
    """Hold a hearing for a form that stands upon it. Raises Clash where it was changed meanwhile.

    A program, and a page from before such keys, stands upon nothing.
    """
    hearing = queries.find(session, court_id, hearing_id, lock=True)
    if stood and version_of(session, hearing) != stood:
        raise Clash(CHANGED)


def newest_of(session: Session, case_id: int) -> str:
    """Return what the form of a new hearing was opened upon: the newest hearing of its case."""
    wanted = sa.select(sa.func.max(Hearing.id)).where(Hearing.case_id == case_id)
    return str(session.scalar(wanted) or 0)


def move(
    session: Session, desk: DeskContext, hearing_id: int, given: Mapping[str, Any], stood: str
) -> Hearing:
    """Ask again about a hearing or move it, if it still stands as it stood when it was looked at.

    Raises SentBefore where just this was done already, Clash where the hearing was changed to
    something else, and what service.move raises.
    """
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    if version_of(session, hearing) == stood:
        return service.move(session, desk, hearing_id, given)
    if _is_done(session, hearing, given):
        raise AlreadySent(hearing.id)
    raise Clash(CHANGED)


def _is_done(session: Session, hearing: Hearing, given: Mapping[str, Any]) -> bool:
    """Tell whether a hearing's newest round, or its date, is just what is asked for.

    Two who take the slots that are suggested ask for the same but for the reason, which counsel
    read: the second is shown what the first did, and theirs is kept.
    """
    if given["reason"] != _reason_told(session, hearing):
        return False
    asked = sorted((slot["starts_at"], name_key(str(slot["courtroom"]))) for slot in given["slots"])
    if given["answer_by"] is None:
        room = hearing.courtroom.name_key if hearing.courtroom else ""
        fixed = hearing.state == HearingState.FIXED
        return fixed and asked == [(hearing.starts_at, room)]
    last = queries.last_proposal(session, hearing)
    return (
        last is not None
        and last.answer_by == given["answer_by"]
        and asked == sorted((slot.starts_at, slot.courtroom.name_key) for slot in last.slots)
    )


def _reason_told(session: Session, hearing: Hearing) -> str:
    """Return the reason that was given to counsel with a hearing's newest round or date."""
    told = session.scalar(
        sa.select(Notice.facts)
        .where(Notice.about == f"hearing/{hearing.id}", Notice.kind.in_(REASONED))
        .order_by(Notice.id.desc())
        .limit(1)
    )
    return str((told or {}).get("reason") or "")


def clashes(
    session: Session,
    case: Case,
    slots: Sequence[Mapping[str, Any]],
    minutes: int,
    *,
    but: int | None = None,
) -> dict[str, Message]:
    """Return what is in the way of each slot, by its field: who has what then, and a way on.

    ``but`` is the hearing whose own time is no obstacle to it.
    """
    people = [resource("judge", case.judge_id)]
    people += [resource("counsel", seat.counsel_id) for seat in queries.seats(session, case)]
    found: dict[str, Message] = {}
    for n, slot in enumerate(slots):
        span = Span(slot["starts_at"], slot["starts_at"] + dt.timedelta(minutes=minutes))
        room = court_service.find_courtroom(session, case.court_id, slot["courtroom"])
        rooms = [resource("courtroom", room.id)] if room else []
        if busy := booking.taken(session, [*people, *rooms], span, but=but):
            found[f"slots.{n}.starts_at"] = booking.clash(session, case.court, busy[0]).message
    return found
