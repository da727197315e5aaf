"""What waits for the newcomer: one open proposal, and what is needed to answer it."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import links
from app.core.db import retrying
from app.core.errors import Clash, Misconfigured
from app.core.forms import load
from app.core.web import now, services
from app.core.wording import side_name
from app.court.models import Courtroom, Judge
from app.demo.story import STORY, ZONE, desk, working_day
from app.feeds import service as feeds
from app.hearings import forms
from app.hearings import service as hearings
from app.hearings.models import Hearing, Proposal, ProposalState
from app.hearings.service import CourtContext

SLOTS = ((0, dt.time(9, 30)), (0, dt.time(14, 0)), (1, dt.time(10, 0)))
FIRST_DAY, ANSWER_IN = 6, 3  # working days
DAYS_TRIED = 200


@dataclass(frozen=True)
class DemoCounsel:
    """One counsel who can answer: who, for whom, and the path of the link."""

    name: str
    acts_for: str
    path: str


@dataclass(frozen=True)
class OpenProposal:
    """The open proposal: its hearing's path, case and seats."""

    path: str
    case: str
    seats: list[DemoCounsel]


def offer() -> OpenProposal:
    """Return the proposal that waits for the newcomer; a new one where none is open any more."""
    for first_day in range(FIRST_DAY, FIRST_DAY + DAYS_TRIED):
        try:
            return retrying(partial(_waiting, first_day))
        except Clash:
            continue  # those days are taken by what was fixed earlier
    raise Misconfigured("The demo's court has no free day left: start anew with --fresh.")


def _waiting(first_day: int, session: Session) -> OpenProposal:
    at = desk(session, now(), services().settings.secret_key)
    case = session.scalars(sa.select(Case).where(Case.title == STORY["newcomer"])).one()
    round_ = _open_round(session, case, at.now) or _propose(session, at, case, first_day)
    seats = [
        DemoCounsel(
            name=seat.counsel.name,
            acts_for=f"{side_name(seat.side, 'en')}, {seat.party.name}",
            path=f"/r/{links.token(at.secret, 'reply', seat.id, seat.version)}",
        )
        for seat in round_.invitations
    ]
    return OpenProposal(f"/hearings/{round_.hearing_id}", f"{case.number} {case.title}", seats)


def _open_round(session: Session, case: Case, at: dt.datetime) -> Proposal | None:
    wanted = (
        sa.select(Proposal)
        .join(Hearing)
        .where(
            Hearing.case_id == case.id,
            Proposal.state == ProposalState.OPEN,
            Proposal.answer_by > at,
        )
        .order_by(Proposal.id.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def _propose(session: Session, at: CourtContext, case: Case, first_day: int) -> Proposal:
    rooms = session.scalars(sa.select(Courtroom.name).order_by(Courtroom.id).limit(3)).all()
    slots = [
        {"starts_at": _at(at.now, first_day + day, time), "courtroom": room}
        for (day, time), room in zip(SLOTS, rooms, strict=True)
    ]
    given = {
        "case_id": case.id,
        "kind": "trial",
        "minutes": 90,
        "slots": slots,
        "answer_by": _at(at.now, ANSWER_IN, dt.time(17, 0)),
        "fix": "auto",
    }
    hearing = hearings.propose(session, at, load(forms.HearingIn, given))
    return session.scalars(sa.select(Proposal).where(Proposal.hearing_id == hearing.id)).one()


def _at(today: dt.datetime, day: int, time: dt.time) -> str:
    return dt.datetime.combine(working_day(today, day), time, tzinfo=ZoneInfo(ZONE)).isoformat()


def calendars(session: Session) -> list[tuple[str, str]]:
    """Return whose calendars can be subscribed to, and their paths: the desk's and the judges'."""
    at = desk(session, now(), services().settings.secret_key)
    if at.user is None:
        raise LookupError("the demo's assistant is gone")
    wanted = [(f"{at.user.name}, all hearings of the desk", "assistant", at.user.id)]
    judges = session.scalars(sa.select(Judge).order_by(Judge.id))
    wanted += [(f"Judge {judge.name}", "judge", judge.id) for judge in judges]
    return [
        (who, feeds.open_feed(session, at.court, scope, whose, at.user, at.now, at.secret)[1])
        for who, scope, whose in wanted
    ]
