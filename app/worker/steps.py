"""Steps of the beat except sending; each is independent and processes what is due now."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from app.api import transactions
from app.carriers import traffic_split
from app.carriers.registry import ExternalServices
from app.core.channels import Channel
from app.core.db import is_away, retrying, transaction
from app.core.matters import CASE, HEARING
from app.core.runtime.clock import SystemClock
from app.core.web import shared_counts
from app.delegates import queries as delegate_queries
from app.delegates import service as delegates
from app.feeds import rendered_events
from app.hearings import counsel_changes, queries
from app.hearings import service as hearings
from app.hearings.availability import busy_calendars
from app.hearings.bench import attending, invitations
from app.hearings.clock_change import service as clock_change
from app.listing import sending
from app.papers import drafting, uploads
from app.papers.exchange import closing
from app.papers.exchange import queries as exchange_queries
from app.people.factors import guesses, pending
from app.record import daily_seals, partitions
from app.reminders import escalation, exchanges, opinions, unopened_papers
from app.reminders import service as reminders
from app.retention import erasing
from app.sending import account_mails, carrier_checks, heartbeat, polling, receipts, recovery
from app.sending.sender import Sender
from app.storage import service as storage
from app.tasks import service
from app.webhooks import notifying
from app.webhooks import service as webhooks

log = logging.getLogger("tingqi.worker")
LOOK_AGAIN = dt.timedelta(minutes=10)  # until a step with nothing to do runs again
_next_erase: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_delegates: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_benches: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_forget: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_draft_check: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_file_check: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_delivery_check: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()
_next_partition_check: WeakKeyDictionary[ExternalServices, dt.datetime] = WeakKeyDictionary()


def _render_events(sender: Sender) -> int:
    """Render the calendar events of changed hearings into the cache."""
    with transaction() as session:
        return rendered_events.render_next(session, sender.now, sender.court_address)


def _read_calendars(sender: Sender) -> int:
    """Fetch a few of counsel's own calendars that are due, outside of any transaction."""
    with transaction() as session:
        calendars = busy_calendars.claim_due(session, sender.now)
    for calendar in calendars:
        result = busy_calendars.fetch_busy_time(sender.external.calendars, calendar, sender.now)
        with transaction() as session:
            busy_calendars.store_result(session, calendar.number, *result, sender.now)
    return len(calendars)


def _lapse(sender: Sender) -> int:
    with transaction() as session:
        overdue = queries.overdue_hearings(session, sender.now)
    return _one_by_one(partial(hearings.lapse, secret=sender.secret), overdue, sender)


def _apply_departures(sender: Sender) -> int:
    with transaction() as session:
        hearing_ids = counsel_changes.hearings_left(session)
    use_case = partial(counsel_changes.continue_without, secret=sender.secret)
    return _one_by_one(use_case, hearing_ids, sender)


def _end_delegates(sender: Sender) -> int:
    """Put on the record which delegates may act no longer; after finding none, pauses.

    Their keys were refused from that moment on: only the entry waits.
    """
    if _next_delegates.get(sender.external, sender.now) > sender.now:
        return 0
    with transaction() as session:
        delegate_ids = delegate_queries.to_end(session, sender.now)
    if not delegate_ids:
        _next_delegates[sender.external] = sender.now + LOOK_AGAIN
    return _one_by_one(delegates.end_as_due, delegate_ids, sender)


def _invite_newcomers(sender: Sender) -> int:
    with transaction() as session:
        cases = counsel_changes.cases_joined(session)
    return _one_by_one(partial(_invite_newcomer, secret=sender.secret), cases, sender)


def _invite_newcomer(session: Session, case_id: int, now: dt.datetime, secret: bytes) -> int:
    invited = counsel_changes.invite_newcomers(session, case_id, now, secret)
    for hearing_id, counsel_ids in invited:
        reminders.plan_for(session, hearing_id, counsel_ids, now)
    return len(invited)


def _follow_benches(sender: Sender) -> int:
    """Invite members outside the court who joined a hearing, and release those who left one."""
    with transaction() as session:
        changed = invitations.hearings_changed(session)
        if _next_benches.get(sender.external, sender.now) <= sender.now:
            left = invitations.hearings_left(session, sender.now)
            changed = sorted({*changed, *left})
            if not left:
                _next_benches[sender.external] = sender.now + LOOK_AGAIN
    return _one_by_one(partial(_follow_bench, secret=sender.secret), changed, sender)


def _follow_bench(session: Session, hearing_id: int, now: dt.datetime, secret: bytes) -> int:
    joined = attending.follow_bench(session, hearing_id, now, secret)
    reminders.plan_for_members(session, hearing_id, joined, now)
    return 1


def _send_listed(sender: Sender) -> int:
    """Propose the next hearings of listings that are being sent."""
    with transaction() as session:
        due_ids = sending.due(session)
    sent = _one_by_one(partial(sending.send, secret=sender.secret), due_ids, sender)
    retrying(lambda session: sending.finish(session, sender.now))
    return sent


def _plan(sender: Sender) -> int:
    """Queue the reminders of new dates in batches until there are none left.

    If a batch fails, its hearings are planned one by one.
    """
    planned = 0
    while not sender.stopping.is_set():
        try:
            batch_size = retrying(partial(reminders.plan, now=sender.now))
        except Exception as fault:
            if is_away(fault):
                raise
            log.exception("some hearings cannot be planned together; each is tried alone")
            with transaction() as session:
                unplanned = reminders.unplanned(session)
            return planned + _one_by_one(reminders.plan_one, unplanned, sender)
        planned += batch_size
        if batch_size < reminders.AT_ONCE:
            break
    return planned


def close_exchanges(sender: Sender) -> int:
    """Close the exchanges of evidence whose time is over, and open what was sealed."""
    with transaction() as session:
        ended = exchange_queries.ended(session, sender.now)
    return _one_by_one(partial(closing.close_due, secret=sender.secret), ended, sender)


def _remind_of_exchanges(sender: Sender) -> int:
    """Remind who has filed nothing into an exchange of evidence that closes soon."""
    with transaction() as session:
        due = exchanges.due(session, sender.now)
    return _one_by_one(partial(exchanges.remind, secret=sender.secret), due, sender)


def _remind_of_opinions(sender: Sender) -> int:
    """Remind who has given no opinion on evidence that was exchanged before the date for them."""
    with transaction() as session:
        due = opinions.due(session, sender.now)
    return _one_by_one(partial(opinions.remind, secret=sender.secret), due, sender)


def _correct_calendars(sender: Sender) -> int:
    """Notify people whose calendars need correction after a change of time zone rules."""
    with transaction() as session:
        hearing_ids = clock_change.due(session)
    return _one_by_one(clock_change.tell_people, hearing_ids, sender)


def _escalate(sender: Sender) -> int:
    with transaction() as session:
        matters = service.to_assess(session, sender.now)
    hearing_ids = [matter.id for matter in matters if matter.type == HEARING]
    case_ids = [matter.id for matter in matters if matter.type == CASE]
    of_papers = partial(unopened_papers.take_due_steps, secret=sender.secret)
    taken = _one_by_one(escalation.take_due_steps, hearing_ids, sender)
    return taken + _one_by_one(of_papers, case_ids, sender)


def _plan_paper_steps(sender: Sender) -> int:
    """Plan the steps towards counsel who do not open what was filed."""
    with transaction() as session:
        filings = unopened_papers.unplanned(session)
    return _one_by_one(unopened_papers.plan, filings, sender)


def _seal(sender: Sender) -> int:
    with transaction() as session:
        courts = daily_seals.unsealed(session, sender.now)
    return _one_by_one(daily_seals.seal_day, courts, sender)


def _erase(sender: Sender) -> int:
    """Blank data past its retention period; after finding none, pauses for LOOK_AGAIN."""
    if _next_erase.get(sender.external, sender.now) > sender.now:
        return 0
    with transaction() as session:
        cases = erasing.overdue(session, sender.now)
    if not cases:
        _next_erase[sender.external] = sender.now + LOOK_AGAIN
    return _one_by_one(erasing.by_rule, cases, sender)


def _forget(sender: Sender) -> int:
    """Delete what has expired: repeats of the API, counts of limits, half sign-ins, heartbeats.

    Counts of limits go by the clock of this machine, as they came.
    """
    with transaction() as session:
        return (
            transactions.delete_expired(session, sender.now)
            + heartbeat.forget(session, sender.now)
            + shared_counts.delete_expired(session, SystemClock().now())
            + guesses.delete_old(session, sender.now)
            + pending.delete_old(session, sender.now)
        )


def _forget_unmatched(sender: Sender) -> int:
    """Blank unmatched receipts and messages that are a month old."""
    if _next_forget.get(sender.external, sender.now) > sender.now:
        return 0
    count = retrying(lambda session: receipts.forget(session, sender.now))
    if not count:
        _next_forget[sender.external] = sender.now + LOOK_AGAIN
    return count


def _delete_drafts(sender: Sender) -> int:
    """Delete drafts of papers and uploads that nobody ended for a day; then pauses."""
    if _next_draft_check.get(sender.external, sender.now) > sender.now:
        return 0
    _next_draft_check[sender.external] = sender.now + LOOK_AGAIN
    with transaction() as session:
        draft_ids = drafting.expired(session, sender.now)
    deleted = _one_by_one(drafting.delete_expired, draft_ids, sender)
    return deleted + retrying(lambda session: uploads.delete_expired(session, sender.now))


def _delete_files(sender: Sender) -> int:
    """Delete the bytes of released files, and what crashes left a day ago."""
    if _next_file_check.get(sender.external, sender.now) <= sender.now:
        _next_file_check[sender.external] = sender.now + LOOK_AGAIN
        for leftover in storage.leftovers(sender.files, sender.now):
            retrying(partial(storage.settle_leftover, leftover=leftover, now=sender.now))
            leftover.path.unlink(missing_ok=True)
    with transaction() as session:
        released = storage.released(session)
    return sum(
        retrying(partial(storage.delete_released, file_id=each, store=sender.files))
        for each in released
    )


def _delete_old_deliveries(sender: Sender) -> int:
    """Delete deliveries of webhooks that ended a month ago; after finding none, pauses."""
    if _next_delivery_check.get(sender.external, sender.now) > sender.now:
        return 0
    count = retrying(lambda session: webhooks.delete_old(session, sender.now))
    if not count:
        _next_delivery_check[sender.external] = sender.now + LOOK_AGAIN
    return count


def _create_partitions(sender: Sender) -> int:
    """Create the record's next monthly partitions; if a long reader blocks it, retries later."""
    if _next_partition_check.get(sender.external, sender.now) > sender.now:
        return 0
    _next_partition_check[sender.external] = sender.now + LOOK_AGAIN
    with transaction() as session:
        return partitions.make_ahead(session)


def _one_by_one(
    use_case: Callable[[Session, int, dt.datetime], int], ids: Sequence[int], sender: Sender
) -> int:
    """Run a use case for each id in its own transaction; a failing one does not stop the others."""
    total = 0
    for row_id in ids:
        try:
            total += retrying(partial(_run_use_case, use_case, row_id, sender.now))
        except Exception as fault:
            if is_away(fault):
                raise
            log.exception("%s of %s failed; it is tried again", step_name(use_case), row_id)
    return total


def step_name(use_case: Callable[..., int]) -> str:
    """Return the name of a step or use case, for the log."""
    return str(getattr(getattr(use_case, "func", use_case), "__name__", ""))


def _run_use_case(
    use_case: Callable[[Session, int, dt.datetime], int],
    row_id: int,
    now: dt.datetime,
    session: Session,
) -> int:
    return int(use_case(session, row_id, now))


def _rebalance_traffic(sender: Sender) -> int:
    """Shift traffic back towards an equal split after an hour without failures."""
    names = [carrier.name for carrier in sender.carriers(Channel.SMS)]
    if len(names) < 2:
        return 0
    with transaction() as session:
        return traffic_split.drift(session, names, sender.now)


# Steps before sending, and less urgent ones after it, in order.
BEFORE = (
    close_exchanges,
    _lapse,
    _apply_departures,
    _end_delegates,
    _invite_newcomers,
    _send_listed,
    _follow_benches,
    _correct_calendars,
    _plan,
    _remind_of_exchanges,
    _remind_of_opinions,
    _plan_paper_steps,
    _escalate,
    recovery.settle_lost_attempts,
    _seal,
    carrier_checks.send_tests,
    notifying.notify_admins,
    account_mails.send_waiting,
)
AFTER = (
    polling.poll_unfinished,
    _render_events,
    _read_calendars,
    _erase,
    _forget,
    _forget_unmatched,
    _delete_drafts,
    _delete_files,
    _create_partitions,
    _rebalance_traffic,
    _delete_old_deliveries,
)
