"""Run the worker: its jobs beside one another in one process, until it is told to stop."""

import logging
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from typing import Any

from flask import Flask

from app import worker
from app.notices import dispatch
from app.web import House

log = logging.getLogger("tingqi.worker")
HEART_SECONDS, SWITCH_SECONDS = 15.0, 0.0005


def turn(app: Flask, job: Callable[..., None], *given: Any) -> None:
    """Do a job, unless the database was given another version's schema meanwhile."""
    with app.app_context():
        fitting = worker.carefully(worker.fits, worker.sender_of(app))
    if fitting:
        job(app, *given)


def heart(app: Flask) -> None:
    """Say that this worker is alive, whatever else it is busy with."""
    with app.app_context():
        worker.carefully(worker.heartbeat, worker.sender_of(app))


def send(app: Flask, channel: str, stopping: Event) -> None:
    """Send what is due over one channel, until nothing is; hours, if it takes hours."""
    with app.app_context():
        worker.send(replace(worker.sender_of(app), stopping=stopping), channel)


def keep_up(app: Flask, stopping: Event) -> None:
    """Do all that is due beside sending: what is queued by it is sent by those who send."""
    with app.app_context():
        sender = replace(worker.sender_of(app), stopping=stopping)
        for step in (*worker.BEFORE, partial(worker.read_replies, app), *worker.AFTER):
            if not stopping.is_set():
                worker.carefully(step, sender)


def search_listing(app: Flask, stopping: Event) -> None:
    """Search the listing that waits longest, for a minute: what is due is sent meanwhile."""
    worker.search_listing(app, stopping.is_set)


def take_file(app: Flask) -> None:
    """Work at the next file that is to be imported, which may take minutes."""
    worker.take_file(app)


class Jobs:
    """The worker's jobs, each in a thread of its own, from now until it is stopped.

    They run beside one another: neither the heart nor what falls due waits for a long sending,
    nor texts for a slow mail server. Turns are counted by the machine's steady time, so that a
    clock that is set back holds nobody up.
    """

    def __init__(self, app: Flask) -> None:
        """Start them."""
        self.stopping = Event()
        house: House = app.extensions["tingqi"]
        seconds = house.settings.beat_seconds
        jobs: list[tuple[str, Callable[..., None], list[Any], float]] = [
            ("heart", heart, [], min(seconds, HEART_SECONDS)),
            ("keep-up", keep_up, [self.stopping], seconds),
        ]
        jobs += [(f"send-{each}", send, [each, self.stopping], seconds)
                 for each in dispatch.CHANNELS]  # fmt: skip
        jobs.append(("listing", search_listing, [self.stopping], seconds))
        jobs.append(("files", take_file, [], seconds))
        self._threads = [
            Thread(target=self._take_turns, args=[every, app, job, *given], name=name, daemon=True)
            for name, job, given, every in jobs
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way, and give back the rest."""
        self.stopping.set()
        for thread in self._threads:
            thread.join()

    def _take_turns(self, every: float, app: Flask, *job: Any) -> None:
        while not self.stopping.is_set():
            begun = time.monotonic()
            try:
                turn(app, *job)
            except Exception:
                log.exception("a turn failed; the next one is taken as ever")
            self.stopping.wait(max(0.0, begun + every - time.monotonic()))


def run(app: Flask) -> None:
    """Work until a signal says to stop; what is under way is finished, the rest given back."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Callers wake from the network for a moment each; they do not wait for the thread that writes.
    sys.setswitchinterval(SWITCH_SECONDS)
    jobs = Jobs(app)
    stop.wait()
    jobs.stop()
