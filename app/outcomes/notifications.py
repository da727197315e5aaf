"""Messages to counsel about an outcome: where the case goes on, and where somebody was absent.

A hearing that was simply held tells nobody to do anything: counsel read it on their page.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import wording
from app.core.matters import Matter
from app.hearings import facts, notifications
from app.hearings.bench import messages
from app.hearings.models import Hearing, HearingState
from app.hearings.notifications import STALE_AFTER
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, queue
from app.notices.rules import outside_quiet_hours_at
from app.outcomes.models import HearingOutcome
from app.outcomes.queries import Participant
from app.outcomes.rules import Outcome
from app.record.rules import NoticeState

# A wrong key is pressed easily where thirty outcomes are entered in a minute: until then a
# correction takes the place of the message.
CORRECTABLE_FOR = dt.timedelta(minutes=10)
# News of a hearing that is over for longer tells nobody to do anything.
RECENT = dt.timedelta(days=30)
_NEVER_SENT = (NoticeState.QUEUED, NoticeState.WITHDRAWN, NoticeState.MISSED)


def queue_messages(
    session: Session,
    outcome: HearingOutcome,
    people: Iterable[Participant],
    now: dt.datetime,
) -> None:
    """Queue the message about an outcome to all who act in the case, due at the same moment.

    What still waited about an earlier outcome of the hearing must be withdrawn before; where that
    went out already, the message is a correction, and is sent whatever the outcome is now.
    """
    hearing = outcome.hearing
    corrects = _was_sent(session, hearing)
    given_up = notifications.given_up_days(session, hearing)
    is_old = outcome.starts_at < now - RECENT and not given_up.sittings
    if is_old or not (corrects or given_up.sittings or calls_for_message(outcome)):
        return
    due_at = outside_quiet_hours_at(hearing.case.court, now + CORRECTABLE_FOR)
    version = f"o{outcome.number}"
    common = facts.hearing_facts(
        hearing,
        reason=outcome.reason,
        outcome=outcome_facts(session, outcome, corrects=corrects),
        given_up=list(given_up.sittings),
    )
    requests = [
        NoticeRequest(
            facts.subject(hearing, version),
            NoticeKind.HEARING_OUTCOME,
            facts.representation_recipient(each.representation),
            {
                **common,
                "person": facts.representation_facts(each.representation),
                "in_calendars": each.counsel.id in given_up.counsel_ids,
            },
            due_at=due_at,
            stale_at=due_at + STALE_AFTER,
        )
        for each in people
        if each.representation.left_at is None
    ]
    queue(session, requests, now)
    messages.give_up_days(session, hearing, given_up, now, due_at, f"{hearing.revision}.{version}")


def calls_for_message(outcome: HearingOutcome) -> bool:
    """Tell whether counsel learn something to act on: a further date, or that they were absent."""
    return Outcome(outcome.outcome).goes_on or bool(outcome.absences)


def outcome_facts(
    session: Session, outcome: HearingOutcome, *, corrects: bool = False
) -> Mapping[str, Any]:
    """Return what a letter says about an outcome; the same for all sides.

    The evidence of notice to those who were absent is on the record, which all sides read.
    """
    asked, next_at = _next_date(session, outcome)
    return {
        "name": outcome.outcome,
        "cause": outcome.cause,
        "corrects": corrects,
        "absent": [
            {"name": each.public_name, "side": each.side, "role": wording.role_names(each.role)}
            for each in outcome.absences
            if each.name
        ],
        "next_at": facts.iso(next_at),
        "next_is_asked": asked,
    }


def _was_sent(session: Session, hearing: Hearing) -> bool:
    query = sa.select(Notice.id).where(
        Notice.about == hearing.about,
        Notice.kind == NoticeKind.HEARING_OUTCOME.value,
        Notice.state.not_in([state.value for state in _NEVER_SENT]),
    )
    return session.scalar(query.limit(1)) is not None


def _next_date(session: Session, outcome: HearingOutcome) -> tuple[bool, dt.datetime | None]:
    """Return whether a later date of the case is being asked for, and the next one that is set."""
    query = sa.select(Hearing.starts_at, Hearing.state).where(
        Hearing.case_id == outcome.case_id,
        Hearing.id != outcome.hearing_id,
        Hearing.state != HearingState.CANCELLED.value,
        sa.or_(Hearing.starts_at.is_(None), Hearing.starts_at > outcome.starts_at),
    )
    rows = session.execute(query).all()
    dates = [starts_at for starts_at, _ in rows if starts_at is not None]
    return any(state == HearingState.PROPOSED for _, state in rows), min(dates, default=None)


def waiting(session: Session, hearing_ids: Collection[int]) -> dict[int, dt.datetime]:
    """Return when the messages about outcomes of some hearings go out, where one still waits."""
    about = {str(Matter.hearing(each)): each for each in hearing_ids}
    query = (
        sa.select(Notice.about, sa.func.min(Notice.due_at))
        .where(
            Notice.about.in_(about),
            Notice.kind == NoticeKind.HEARING_OUTCOME.value,
            Notice.state == NoticeState.QUEUED.value,
        )
        .group_by(Notice.about)
    )
    return {about[matter]: due_at for matter, due_at in session.execute(query)}
