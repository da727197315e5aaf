"""The open proposal that a visitor of the demo can answer."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.db import retrying
from app.core.errors import N_, Clash, Message, Misconfigured
from app.core.forms import load
from app.core.web import now, services
from app.court.bench import BenchRole
from app.court.models import Courtroom, Judge
from app.demo.story import STORY, ZONE, assistant_context, working_day
from app.feeds import service as feeds
from app.hearings import forms
from app.hearings import service as hearings
from app.hearings.answers import counsel_keys
from app.hearings.models import Hearing, Proposal, ProposalState
from app.hearings.service import CourtContext

SLOTS = ((0, dt.time(9, 30)), (0, dt.time(14, 0)), (1, dt.time(10, 0)))
FIRST_DAY, ANSWER_IN = 6, 3  # working days
DAYS_TRIED = 200


@dataclass(frozen=True)
class DemoCounsel:
    """A counsel who can answer, with side, party and link path."""

    name: str
    side: str
    party: str
    path: str


@dataclass(frozen=True)
class OpenProposal:
    """The open proposal, with the path of its hearing."""

    path: str
    case: str
    counsel: list[DemoCounsel]


def find_or_create(language: str = "en") -> OpenProposal:
    """Return the open proposal whose counsel read a language, creating one if there is none."""
    for first_day in range(FIRST_DAY, FIRST_DAY + DAYS_TRIED):
        try:
            return retrying(partial(_get_or_propose, first_day, STORY["newcomer"][language]))
        except Clash:
            continue  # earlier hearings occupy those days
    raise Misconfigured(N_("The demo's court has no free day left: start again with --fresh."))


def _get_or_propose(first_day: int, title: str, session: Session) -> OpenProposal:
    context = assistant_context(session, now(), services().settings.secret_key)
    case = session.scalars(sa.select(Case).where(Case.title == title)).one()
    proposal = _open_proposal(session, case, context.now) or _propose(
        session, context, case, first_day
    )
    counsel = [
        DemoCounsel(
            name=invitation.counsel.name,
            side=invitation.side,
            party=invitation.party.name,
            path=f"/r/{counsel_keys.key_of(invitation, context.secret).token}",
        )
        for invitation in proposal.invitations
    ]
    return OpenProposal(f"/hearings/{proposal.hearing_id}", f"{case.number} {case.title}", counsel)


def _open_proposal(session: Session, case: Case, at: dt.datetime) -> Proposal | None:
    query = (
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
    return session.scalar(query)


def _propose(session: Session, context: CourtContext, case: Case, first_day: int) -> Proposal:
    rooms = session.scalars(sa.select(Courtroom.name).order_by(Courtroom.id).limit(3)).all()
    slots = [
        {"starts_at": _at(context.now, first_day + day, time), "courtroom": room}
        for (day, time), room in zip(SLOTS, rooms, strict=True)
    ]
    form = {
        "case_id": case.id,
        "kind": "trial",
        "minutes": 90,
        "slots": slots,
        "answer_by": _at(context.now, ANSWER_IN, dt.time(17, 0)),
        "fix": "auto",
    }
    hearing = hearings.propose(session, context, load(forms.HearingIn, form))
    return session.scalars(sa.select(Proposal).where(Proposal.hearing_id == hearing.id)).one()


def _at(today: dt.datetime, day: int, time: dt.time) -> str:
    return dt.datetime.combine(working_day(today, day), time, tzinfo=ZoneInfo(ZONE)).isoformat()


def calendars(session: Session) -> list[tuple[Message, str]]:
    """Return (label, path) of the calendar feeds: the assistant's and the judges'."""
    context = assistant_context(session, now(), services().settings.secret_key)
    if context.user is None:
        raise LookupError("the demo's assistant is gone")
    own = Message(N_("%(user)s: all own hearings"), user=context.user.name)
    feed_scopes = [(own, "assistant", context.user.id)]
    of_court = Judge.role == BenchRole.JUDGE.value
    judges = session.scalars(sa.select(Judge).where(of_court).order_by(Judge.id))
    feed_scopes += [
        (Message(N_("Judge %(name)s"), name=judge.name), "judge", judge.id) for judge in judges
    ]
    return [
        (
            label,
            feeds.open_feed(
                session, context.court, scope, owner_id, context.user, context.now, context.secret
            )[1],
        )
        for label, scope, owner_id in feed_scopes
    ]
