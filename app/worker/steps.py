"""The steps of the beat beside sending: each does once what is due now, and stands alone."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from app.api import transactions
from app.carriers import traffic_split
from app.carriers.registry import ExternalServices
from app.core.db import is_away, retrying, transaction
from app.feeds import event_cache
from app.hearings import clock_change, counsel_changes, queries
from app.hearings import service as hearings
from app.hearings.availability import busy_calendars
from app.listing import sending
from app.record import daily_seals, partitions
from app.reminders import escalation
from app.reminders import service as reminders
from app.retention import erasing
from app.sending import carrier_checks, heartbeat, polling, receipts, recovery
from app.sending.sender import Sender
from app.tasks import service

log = logging.getLogger("tingqi.worker")
LOOK_AGAIN = dt.timedelta(minutes=10)
_looked: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_forgot: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_made: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()


def _draw(sender: Sender) -> int:
    """Keep the events of hearings that changed as calendars write them."""
    house = event_cache.house_of(sender.court_address)
    with transaction() as session:
        changed = event_cache.not_rendered(session, house)
        if changed:
            event_cache.keep(session, changed, sender.now, sender.court_address)
    return len(changed)


def _read_calendars(sender: Sender) -> int:
    """Read counsel's own calendars that are due: a few, with no transaction open meanwhile."""
    with transaction() as session:
        found = busy_calendars.claim_due(session, sender.now)
    for calendar in found:
        told = busy_calendars.fetch_busy_time(sender.gateways.calendars, calendar, sender.now)
        with transaction() as session:
            busy_calendars.store_result(session, calendar.number, *told, sender.now)
    return len(found)


def _lapse(sender: Sender) -> int:
    with transaction() as session:
        overdue = queries.overdue_hearings(session, sender.now)
    return _one_by_one(hearings.lapse, overdue, sender)


def _let_go(sender: Sender) -> int:
    with transaction() as session:
        behind = counsel_changes.hearings_left(session)
    let_go = partial(counsel_changes.continue_without, secret=sender.secret)
    return _one_by_one(let_go, behind, sender)


def _let_in(sender: Sender) -> int:
    with transaction() as session:
        cases = counsel_changes.cases_joined(session)
    return _one_by_one(partial(_welcome, secret=sender.secret), cases, sender)


def _welcome(session: Session, case_id: int, now: dt.datetime, secret: bytes) -> int:
    told = counsel_changes.invite_newcomers(session, case_id, now, secret)
    for hearing_id, counsel_ids in told:
        reminders.plan_for(session, hearing_id, counsel_ids, now)
    return len(told)


def _send_listed(sender: Sender) -> int:
    """Propose hearings of a listing that is being sent."""
    with transaction() as session:
        waiting = sending.due(session)
    sent = _one_by_one(partial(sending.send, secret=sender.secret), waiting, sender)
    retrying(lambda session: sending.finish(session, sender.now))
    return sent


def _plan(sender: Sender) -> int:
    """Queue the reminders of new dates, a hundred hearings in a transaction, until there is none.

    Where one of them cannot be planned the others are, one by one.
    """
    planned = 0
    while not sender.stopping.is_set():
        try:
            done = retrying(partial(reminders.plan, now=sender.now))
        except Exception as fault:
            if is_away(fault):
                raise
            log.exception("some hearings cannot be planned together; each is tried alone")
            with transaction() as session:
                unplanned = reminders.unplanned(session)
            return planned + _one_by_one(reminders.plan_one, unplanned, sender)
        planned += done
        if done < reminders.AT_ONCE:
            break
    return planned


def _correct_calendars(sender: Sender) -> int:
    """Tell whose calendars are to be corrected, and the record, that dates kept their clock."""
    with transaction() as session:
        changed = clock_change.due(session)
    return _one_by_one(clock_change.tell_people, changed, sender)


def _climb(sender: Sender) -> int:
    with transaction() as session:
        hearing_ids = service.hearings_to_weigh(session, sender.now)
    return _one_by_one(escalation.take_due_steps, hearing_ids, sender)


def _seal(sender: Sender) -> int:
    with transaction() as session:
        courts = daily_seals.unsealed(session, sender.now)
    return _one_by_one(daily_seals.seal_day, courts, sender)


def _erase(sender: Sender) -> int:
    """Blank what is kept no longer; where nothing was found it looks again after a while."""
    if _looked.get(sender.gateways, sender.now) > sender.now:
        return 0
    with transaction() as session:
        cases = erasing.overdue(session, sender.now)
    if not cases:
        _looked[sender.gateways] = sender.now + LOOK_AGAIN
    return _one_by_one(erasing.by_rule, cases, sender)


def _forget(sender: Sender) -> int:
    """Drop answers that were kept for repeated requests and are too old, and workers long gone."""
    with transaction() as session:
        return transactions.delete_expired(session, sender.now) + heartbeat.forget(
            session, sender.now
        )


def _forget_unmatched(sender: Sender) -> int:
    """Blank receipts and messages that belong to nothing here and are a month old."""
    if _forgot.get(sender.gateways, sender.now) > sender.now:
        return 0
    done = retrying(lambda session: receipts.forget(session, sender.now))
    if not done:
        _forgot[sender.gateways] = sender.now + LOOK_AGAIN
    return done


def _make_months(sender: Sender) -> int:
    """Make the record's next months; who cannot, because of a long reader, tries after a while."""
    if _made.get(sender.gateways, sender.now) > sender.now:
        return 0
    _made[sender.gateways] = sender.now + LOOK_AGAIN
    with transaction() as session:
        return partitions.make_ahead(session)


def _one_by_one(
    use_case: Callable[[Session, int, dt.datetime], int], ids: Sequence[int], sender: Sender
) -> int:
    """Do a use case for each, in a transaction of its own: one that fails holds up no other."""
    done = 0
    for each in ids:
        try:
            done += retrying(partial(_do, use_case, each, sender.now))
        except Exception as fault:
            if is_away(fault):
                raise
            log.exception("%s of %s failed; it is tried again", named(use_case), each)
    return done


def named(use_case: Callable[..., int]) -> str:
    """Return what a step or use case is called in the log."""
    return str(getattr(getattr(use_case, "func", use_case), "__name__", ""))


def _do(
    use_case: Callable[[Session, int, dt.datetime], int],
    each: int,
    now: dt.datetime,
    session: Session,
) -> int:
    return int(use_case(session, each, now))


def _drift(sender: Sender) -> int:
    """Let carriers that were well for an hour come back towards the middle."""
    names = [carrier.name for carrier in sender.carriers("sms")]
    if len(names) < 2:
        return 0
    with transaction() as session:
        return traffic_split.drift(session, names, sender.now)


# What comes before sending, and what can wait until after it; in this order.
BEFORE = (
    _lapse,
    _let_go,
    _let_in,
    _send_listed,
    _correct_calendars,
    _plan,
    _climb,
    recovery.settle_lost_attempts,
    _seal,
    carrier_checks.send_tests,
)
AFTER = (
    polling.poll_unfinished,
    _draw,
    _read_calendars,
    _erase,
    _forget,
    _forget_unmatched,
    _make_months,
    _drift,
)
