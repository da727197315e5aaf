"""Run the worker: its jobs beside one another in one process, until it is told to stop."""

import datetime as dt
import logging
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from app.core.runtime import gc_tuning
from app.core.runtime.clock import Clock, SystemClock
from app.core.web import Services
from app.sending import dispatch
from app.worker import beat, steps

log = logging.getLogger("tingqi.worker")
HEART_SECONDS, SWITCH_SECONDS = 15.0, 0.0005


def turn(app: Flask, job: Callable[..., None], *given: Any) -> None:
    """Do a job, unless the database was given another version's schema meanwhile."""
    with app.app_context():
        fitting = beat.run_step(beat.fits, beat.sender_of(app))
    if fitting:
        job(app, *given)


def heart(app: Flask) -> None:
    """Say that this worker is alive, whatever else it is busy with."""
    with app.app_context():
        beat.run_step(beat.heartbeat, beat.sender_of(app))


def send(app: Flask, channel: str, stopping: Event) -> None:
    """Send what is due over one channel, until nothing is; hours, if it takes hours."""
    with app.app_context():
        beat.send(replace(beat.sender_of(app), stopping=stopping), channel)


def keep_up(app: Flask, stopping: Event) -> None:
    """Do all that is due beside sending: what is queued by it is sent by those who send."""
    with app.app_context():
        sender = replace(beat.sender_of(app), stopping=stopping)
        for step in (*steps.BEFORE, partial(beat.read_replies, app), *steps.AFTER):
            if not stopping.is_set():
                beat.run_step(step, sender)


def search_listing(app: Flask, stopping: Event) -> None:
    """Search the listing that waits longest, for a minute: what is due is sent meanwhile."""
    beat.search_listing(app, stopping.is_set)


def take_file(app: Flask) -> None:
    """Work at the next file that is to be imported, which may take minutes."""
    beat.take_file(app)


class IntervalJob(IntervalTrigger):
    """A turn every so many seconds; those that were missed are one.

    APScheduler would list each of them before it makes one of all: half a million for a clock that
    is set forward by a month, which takes a second, and for one that began in 1970 all memory.
    """

    def get_next_fire_time(
        self, previous_fire_time: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime | None:
        """Return the turn after the previous one, or an interval from now where that is over."""
        following: dt.datetime | None = super().get_next_fire_time(previous_fire_time, now)
        if following is None or following > now:
            return following
        return now + self.interval


class WorkerJobs:
    """The worker's jobs, from now until it is stopped: each one at a time, missed turns are one.

    They run beside one another: neither the heart nor what falls due waits for a long sending,
    nor texts for a slow mail server. APScheduler reckons turns by the wall clock: one that is set
    back would keep all of them waiting for as long, so then each has its turn at once; one that is
    set forward is one turn (see Every).
    """

    def __init__(self, app: Flask, wall: Clock | None = None) -> None:
        """Start them; ``wall`` is the machine's clock."""
        self.stopping = Event()
        self.wall = wall or SystemClock()
        self.scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
        house: Services = app.extensions["tingqi"]
        seconds = house.settings.beat_seconds
        jobs: list[tuple[str, Callable[..., None], list[Any], float]] = [
            ("heart", heart, [], min(seconds, HEART_SECONDS)),
            ("keep-up", keep_up, [self.stopping], seconds),
        ]
        jobs += [
            (f"send-{each}", send, [each, self.stopping], seconds) for each in dispatch.CHANNELS
        ]
        jobs.append(("listing", search_listing, [self.stopping], seconds))
        jobs.append(("files", take_file, [], seconds))
        for name, job, given, every in jobs:
            self.scheduler.add_job(
                turn,
                IntervalJob(seconds=every, timezone="UTC"),
                args=[app, job, *given],
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                id=name,
                next_run_time=self.wall.now(),
            )
        self.scheduler.start()
        args = [min(seconds, HEART_SECONDS)]
        self._minder = Thread(target=self._mind_the_clock, args=args, daemon=True)
        self._minder.start()

    def stop(self) -> None:
        """Finish what is under way, and give back the rest."""
        self.stopping.set()
        self._minder.join()
        self.scheduler.shutdown(wait=True)

    def _mind_the_clock(self, every: float) -> None:
        """See by the machine's steady time when its clock was set back."""
        before = self._ahead()
        while not self.stopping.wait(every):
            now = self._ahead()
            if now < before - every:
                log.warning("the clock was set back by %.0f seconds", before - now)
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=self.wall.now())
            before = now

    def _ahead(self) -> float:
        return self.wall.now().timestamp() - time.monotonic()


def run(app: Flask) -> None:
    """Work until a signal says to stop; what is under way is finished, the rest given back."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Callers wake from the network for a moment each; they do not wait for the thread that writes.
    sys.setswitchinterval(SWITCH_SECONDS)
    gc_tuning.tune()
    jobs = WorkerJobs(app)
    stop.wait()
    jobs.stop()
