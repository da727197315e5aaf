"""The worker: let overdue rounds lapse, queue what is due, own up to what was lost, send."""

import logging
import os
import secrets
import socket
from collections.abc import Callable
from functools import cache, partial

from flask import Flask

from app.core.db import is_away, release_session, schema_check, transaction
from app.core.errors import OlderRules
from app.core.runtime.logs import one_line_error
from app.core.web import Services
from app.imports import jobs as files
from app.inbound.mailbox_reader import read_mail
from app.listing import running
from app.sending import dispatch
from app.sending import heartbeat as beats
from app.sending.sender import Sender
from app.worker import rezoning
from app.worker.steps import AFTER, BEFORE, named

log = logging.getLogger("tingqi.worker")


def sender_of(app: Flask) -> Sender:
    """Return who sends for an app's house; its name tells one worker from another."""
    house: Services = app.extensions["tingqi"]
    return Sender(
        name=_name(os.getpid()),
        gateways=house.gateways,
        secret=house.settings.secret_key,
        public_url=house.settings.public_url,
        court_address=house.settings.court_address,
    )


@cache
def _name(pid: int) -> str:
    """Return this process's name: numbers of processes and names of machines come again."""
    return f"{socket.gethostname()[:60]}:{pid}:{secrets.token_hex(4)}"


def beat(app: Flask) -> int:
    """Do once all that is due now; return how many messages were tried.

    Each step stands alone: one that fails is logged and the others go on; the database is the only
    memory, so what was not done now is done by the next beat, here or in another worker.
    """
    with app.app_context():
        sender, tried = sender_of(app), 0
        if not run_step(fits, sender):
            return tried
        for step in (heartbeat, *BEFORE):
            run_step(step, sender)
        # A duty that passes from a text to mail is due at once.
        while (sent := sum(send(sender, each) for each in dispatch.CHANNELS)) > 0:
            tried += sent
        # What can wait comes after what was due.
        for step in (partial(read_replies, app), *AFTER):
            run_step(step, sender)
        return tried


def send(sender: Sender, channel: str) -> int:
    return run_step(partial(dispatch.send_due, channels=(channel,)), sender)


def take_file(app: Flask) -> int:
    """Work at the next file that is to be imported; beside the beat, for it may take minutes."""
    house: Services = app.extensions["tingqi"]
    clock, settings = house.gateways.clock, house.settings
    with app.app_context():
        return run_step(
            lambda sender: files.work_next(settings.secret_key, settings.instance, clock.now),
            sender_of(app),
        )


def run_step(step: Callable[[Sender], int], sender: Sender) -> int:
    try:
        return step(sender)
    except Exception as fault:
        if is_away(fault):
            said = one_line_error(fault)
            log.warning("the database is away or busy, %s goes on later: %s", named(step), said)
        else:
            log.exception("%s failed; it is tried again at the next beat", named(step))
    finally:
        release_session()
    return 0


def read_replies(app: Flask, sender: Sender) -> int:
    house: Services = app.extensions["tingqi"]
    return read_mail(sender.gateways, house.settings.mail_authserv, sender.secret)


def fits(sender: Sender) -> bool:
    """Tell whether the schema is this version's, and what was told is stored by the rules in use.

    A worker of another version, or with older time zone rules, waits to be replaced.
    """
    with transaction() as session:
        fitting = schema_check.fits(session)
    if not fitting:
        log.error("the database has another schema than this worker: start the new version's")
        return False
    try:
        rezoning.settle(sender.now)
    except OlderRules as older:
        log.error("%s", older)
        return False
    return True


def heartbeat(sender: Sender) -> int:
    with transaction() as session:
        beats.beat(session, sender.name, sender.now)
    return 1


def search_listing(app: Flask, ended: Callable[[], bool] = lambda: False) -> int:
    """Search the listing that waits longest, if any; return its number.

    It takes a minute, and so is no step of the beat: what is due is sent meanwhile. A worker that
    is told to end leaves the listing to another one.
    """
    with app.app_context():
        sender = sender_of(app)
        try:
            return running.search_next(sender.name, sender.gateways.clock.now, ended)
        finally:
            release_session()
