"""Run the worker: its jobs beside one another in one process, until it is told to stop."""

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from flask import Flask

from app import worker
from app.notices import dispatch
from app.web import House

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


def schedule(app: Flask, scheduler: BaseScheduler, stopping: Event) -> BaseScheduler:
    """Give a scheduler the worker's jobs: each one at a time, slept-through turns are one.

    They run beside one another: neither the heart nor what falls due waits for a long sending,
    nor texts for a slow mail server.
    """
    house: House = app.extensions["tingqi"]
    now, seconds = house.gateways.clock.now(), house.settings.beat_seconds
    jobs: list[tuple[str, Callable[..., None], list[Any], float]] = [
        ("heart", heart, [], min(seconds, HEART_SECONDS)),
        ("keep-up", keep_up, [stopping], seconds),
    ]
    jobs += [(f"send-{each}", send, [each, stopping], seconds) for each in dispatch.CHANNELS]
    jobs.append(("listing", search_listing, [stopping], seconds))
    jobs.append(("files", take_file, [], seconds))
    for name, job, given, every in jobs:
        scheduler.add_job(
            turn, "interval", args=[app, job, *given], seconds=every, max_instances=1,
            coalesce=True, misfire_grace_time=None, id=name, next_run_time=now,
        )  # fmt: skip
    return scheduler


def run(app: Flask) -> None:
    """Work until a signal says to stop; what is under way is finished, the rest given back."""
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    # Callers wake from the network for a moment each; they do not wait for the thread that writes.
    sys.setswitchinterval(SWITCH_SECONDS)
    scheduler = schedule(app, BackgroundScheduler(timezone="UTC"), stopping)
    scheduler.start()
    stopping.wait()
    scheduler.shutdown(wait=True)


class Beside:
    """A worker in threads of a process that does other things too, as the demo's does."""

    def __init__(self, app: Flask) -> None:
        """Start it."""
        self.stopping = Event()
        scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
        self.scheduler = schedule(app, scheduler, self.stopping)
        self.scheduler.start()

    def shutdown(self) -> None:
        """Finish what is under way."""
        self.stopping.set()
        self.scheduler.shutdown(wait=True)
