"""One beat of the worker: lapse proposals, queue notices, settle lost attempts, send, read mail."""

import logging
import os
import secrets
import socket
from collections.abc import Callable
from functools import cache, partial
from weakref import WeakKeyDictionary

from flask import Flask

from app.carriers.registry import ExternalServices
from app.core.db import db, is_away, release_session, retrying, schema_check, transaction
from app.core.errors import OlderRules
from app.core.runtime.logs import one_line_error
from app.core.web import Services
from app.imports import jobs as files
from app.inbound.mailbox_reader import read_mail
from app.listing import running
from app.papers.reading import service as reading
from app.papers.scanning import service as scanning
from app.record.chain_checks import service as chain_checks
from app.record.time_stamps.asking import Stamper
from app.record.verification import verify_part
from app.sending import dispatch
from app.sending import heartbeat as beats
from app.sending.sender import Sender
from app.storage import clamd, stores
from app.webhooks import dispatch as webhooks
from app.worker import rezoning
from app.worker.steps import AFTER, BEFORE, step_name

log = logging.getLogger("tingqi.worker")
_stampers: WeakKeyDictionary[ExternalServices, Stamper] = WeakKeyDictionary()


def sender_of(app: Flask) -> Sender:
    """Return the sender of an app; its name identifies this worker."""
    services: Services = app.extensions["tingqi"]
    return Sender(
        name=_name(os.getpid()),
        external=services.external,
        secret=services.settings.secret_key,
        public_url=services.settings.public_url,
        court_address=services.settings.court_address,
        files=services.files,
    )


@cache
def _name(pid: int) -> str:
    """Return a unique name of this process; pids and host names alone may recur."""
    return f"{socket.gethostname()[:60]}:{pid}:{secrets.token_hex(4)}"


def beat(app: Flask) -> int:
    """Run everything that is due now; return the number of attempted messages.

    Steps are independent: a failing one is logged and the others run. All state is in the database,
    so the next beat, here or in another worker, does what was left.
    """
    with app.app_context():
        sender, attempted = sender_of(app), 0
        if not run_step(fits, sender):
            return attempted
        for step in (heartbeat, *BEFORE):
            run_step(step, sender)
        # A failover from text to mail is due immediately.
        while (sent := sum(send(sender, channel) for channel in dispatch.CHANNELS)) > 0:
            attempted += sent
        # Less urgent steps come last.
        for step in (partial(read_replies, app), *AFTER, webhooks.deliver_due):
            run_step(step, sender)
        stamp_days(app)
        check_chains(app)
        return attempted


def send(sender: Sender, channel: str) -> int:
    return run_step(partial(dispatch.send_due, channels=(channel,)), sender)


def process_file(app: Flask) -> int:
    """Process the next file to be imported; not part of the beat, as it may take minutes."""
    services: Services = app.extensions["tingqi"]
    clock, settings = services.external.clock, services.settings
    with app.app_context():
        return run_step(
            lambda sender: files.work_next(settings.secret_key, settings.instance, clock.now),
            sender_of(app),
        )


def read_papers(app: Flask, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Make the reading copies that are waited for; return how many.

    Not part of the beat, as each takes a second or more.
    """
    count = 0
    with app.app_context():
        while not is_stopping() and run_step(read_paper, sender_of(app)):
            count += 1
    return count


def read_paper(sender: Sender) -> int:
    """Read the next file that waits, or make its next images; return 1, or 0 for none."""
    if not stores.has_room(sender.files):  # copies can wait, the database cannot
        return 0
    task = retrying(lambda session: reading.claim_next(session, sender.now))
    if task is None:
        return 0
    with reading.ReadingCopy(sender.files, task, sender.now) as made:
        return retrying(lambda session: reading.keep(session, made, sender.now))


def scan_papers(app: Flask, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Scan the files of papers that were not scanned; return how many were.

    Nothing is scanned where no scanner is set up; while it is away, all wait.
    """
    services: Services = app.extensions["tingqi"]
    place, count = services.settings.storage.clamd, 0
    with app.app_context():
        step = partial(_scan_paper, place)
        while place and not is_stopping() and run_step(step, sender_of(app)):
            count += 1
    return count


def _scan_paper(place: str, sender: Sender) -> int:
    task = retrying(lambda session: scanning.claim_next(session, sender.now))
    if task is None:
        return 0
    try:
        with sender.files.open(task.digest) as stream:
            result = clamd.scan(place, stream)
    except clamd.ScannerAway as fault:
        log.warning("the scanner cannot be reached, papers wait for it: %s", fault)
        retrying(lambda session: scanning.give_back(session, task))
        return 0
    except clamd.ScanFailed as fault:
        log.warning("the scanner gave no result for %s: %s", task.digest, fault)
        return 1  # the others do not wait for it
    keep = partial(scanning.keep, task=task, result=result, now=sender.now, secret=sender.secret)
    return retrying(keep)


def run_step(step: Callable[[Sender], int], sender: Sender) -> int:
    try:
        return step(sender)
    except Exception as fault:
        if is_away(fault):
            reason = one_line_error(fault)
            log.warning(
                "the database is away or busy, %s goes on later: %s", step_name(step), reason
            )
        else:
            log.exception("%s failed; it is tried again at the next beat", step_name(step))
    finally:
        release_session()
    return 0


def check_chains(app: Flask, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Check the long chains that somebody asked to be checked; return how many were ended.

    Not part of the steps, as a million entries take a minute. Entries are read in ranges, with no
    transaction open that writes.
    """
    count = 0
    with app.app_context():
        while not is_stopping() and run_step(partial(_check_chain, is_stopping), sender_of(app)):
            count += 1
    return count


def _check_chain(is_stopping: Callable[[], bool], sender: Sender) -> int:
    part = retrying(lambda session: chain_checks.claim_next(session, sender.now))
    found = int(part is not None)
    while part is not None:
        if is_stopping():
            retrying(partial(chain_checks.give_back, part=part))
            break
        finding = verify_part(db.session(), part)
        release_session()
        keep = partial(chain_checks.note, part=part, finding=finding, now=sender.now)
        part = retrying(keep)
    return found


def stamp_days(app: Flask) -> int:
    """Get the time stamps of sealed days, where an authority is set up; return how many.

    Not part of the steps, as the authority may take ten seconds to answer.
    """
    services: Services = app.extensions["tingqi"]
    authority = services.settings.stamp_authority
    if authority is None:
        return 0
    stamper = _stampers.setdefault(services.external, Stamper(authority))
    with app.app_context():
        return run_step(lambda sender: stamper.stamp_due(lambda: sender.now), sender_of(app))


def read_replies(app: Flask, sender: Sender) -> int:
    services: Services = app.extensions["tingqi"]
    return read_mail(sender.external, services.settings.carriers.mailbox.authserv, sender.secret)


def fits(sender: Sender) -> bool:
    """Tell whether schema and time zone rules are those of this version.

    A worker of another version, or with older time zone rules, does nothing until replaced.
    """
    with transaction() as session:
        schema_fits = schema_check.fits(session)
    if not schema_fits:
        log.error("the database has another schema than this worker: start the new version's")
        return False
    try:
        rezoning.convert_all(sender.now)
    except OlderRules as older:
        log.error("%s", older)
        return False
    return True


def heartbeat(sender: Sender) -> int:
    with transaction() as session:
        beats.beat(session, sender.name, sender.now)
    return 1


def search_listing(app: Flask, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Search the oldest waiting listing; return its id, or 0.

    Not part of the beat, as it takes a minute. A worker that is stopping leaves the listing to
    another one.
    """
    with app.app_context():
        sender = sender_of(app)
        try:
            return running.search_next(sender.name, sender.external.clock.now, is_stopping)
        finally:
            release_session()
