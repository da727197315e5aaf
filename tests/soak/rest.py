"""Let all come to rest: what is due is done, what was lost is owned up to, nothing hurries it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.core.db import db
from app.hearings.models import Hearing, Proposal
from app.notices.models import Notice
from app.sending.models import Worker
from tests.conftest import Scenario
from tests.soak.post import Post
from tests.soak.world import RATE, World, until

# Longer than any notice is tried for; a text that a carrier failed may wait half an hour more.
HORIZON = dt.timedelta(hours=6)
# So far beyond what is next: what is due soon after it is done with it.
STEP = dt.timedelta(minutes=1)


def come(scenario: Scenario, world: World, post: Post, horizon: dt.timedelta = HORIZON) -> None:
    """Wait until nothing is left to do; set the clock forward to what is next, up to a horizon.

    The clock is set only while no living worker is in the middle of a message: no machine's clock
    jumps over a lease because somebody is slow.
    """
    last = world.clock.now() + horizon
    while True:
        until("rest", lambda: _nothing_is_due(scenario, world, post))
        coming = _next(scenario, world.clock.now())
        if coming is None or coming > last:
            return
        world.clock.forward(coming + STEP, RATE)


def beating(scenario: Scenario) -> int:
    """Return how many workers have beaten."""
    with scenario.app.app_context():
        found = db.session.scalar(sa.select(sa.func.count()).select_from(Worker)) or 0
        db.session.remove()
    return found


def _nothing_is_due(scenario: Scenario, world: World, post: Post) -> bool:
    world.mend()
    if not post.empty:
        return False
    now = world.clock.now()
    living = [f"%:{pid}:%" for pid in world.workers]
    due = (
        sa.and_(Notice.state == "queued", Notice.due_at <= now, ~_held_up(now)),
        sa.and_(Notice.state == "sending", Notice.lease_until < now),
        sa.and_(
            Notice.state == "sending", sa.or_(*[Notice.claimed_by.like(pid) for pid in living])
        ),
        Notice.ask_at <= now,
    )
    waiting = (
        sa.select(Notice.id).where(sa.or_(*due)),
        sa.select(Hearing.id).where(Hearing.planned_revision < Hearing.revision),
        sa.select(Proposal.id).where(Proposal.state == "open", Proposal.answer_by <= now),
    )
    with scenario.app.app_context():
        found = any(db.session.scalar(each.limit(1)) for each in waiting)
        db.session.remove()
    return not found


def _held_up(now: dt.datetime) -> sa.Exists:
    """Tell whether something earlier to the same person, about the same, waits for its time."""
    first = aliased(Notice)
    return sa.exists().where(
        first.id < Notice.id,
        first.about == Notice.about,
        first.channel == Notice.channel,
        first.counsel_id.is_not_distinct_from(Notice.counsel_id),
        sa.or_(
            sa.and_(first.state == "queued", first.due_at > now),
            sa.and_(first.state == "sending", first.lease_until > now),
        ),
    )


def _next(scenario: Scenario, now: dt.datetime) -> dt.datetime | None:
    """Return when something is due next, or a lease of somebody who is dead ends."""
    moments = (
        sa.select(sa.func.min(Notice.due_at)).where(
            Notice.state == "queued", sa.or_(Notice.due_at > now, ~_held_up(now))
        ),
        sa.select(sa.func.min(Notice.lease_until)).where(Notice.state == "sending"),
        sa.select(sa.func.min(Notice.ask_at)),
    )
    with scenario.app.app_context():
        found = [db.session.scalar(each) for each in moments]
        db.session.remove()
    return min((each for each in found if each is not None), default=None)
