"""Run the worker: concurrent jobs in one process, until it is stopped."""

import datetime as dt
import logging
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
from app.core.runtime.stop_signals import stop_signals
from app.core.web import Services
from app.sending import dispatch
from app.webhooks import dispatch as webhooks
from app.worker import beat, steps

log = logging.getLogger("tingqi.worker")
HEARTBEAT_SECONDS = 15.0
SWITCH_SECONDS = 0.0005


def run_job(app: Flask, job: Callable[..., None], *arguments: Any) -> None:
    """Run a job, unless the database has another version's schema by now."""
    with app.app_context():
        fitting = beat.run_step(beat.fits, beat.sender_of(app))
    if fitting:
        job(app, *arguments)


def heartbeat(app: Flask) -> None:
    """Record that this worker is alive, whatever else it is doing."""
    with app.app_context():
        beat.run_step(beat.heartbeat, beat.sender_of(app))


def send(app: Flask, channel: str, stopping: Event) -> None:
    """Send all due notices of one channel, however long that takes."""
    with app.app_context():
        beat.send(replace(beat.sender_of(app), stopping=stopping), channel)


def run_steps(app: Flask, stopping: Event) -> None:
    """Run all steps except sending; the sending jobs send what these queue."""
    with app.app_context():
        sender = replace(beat.sender_of(app), stopping=stopping)
        for step in (*steps.BEFORE, partial(beat.read_replies, app), *steps.AFTER):
            if not stopping.is_set():
                beat.run_step(step, sender)


def search_listing(app: Flask, stopping: Event) -> None:
    """Search the oldest waiting listing; takes about a minute."""
    beat.search_listing(app, stopping.is_set)


def read_papers(app: Flask, stopping: Event) -> None:
    """Make reading copies of papers; each takes a second or more."""
    beat.read_papers(app, stopping.is_set)


def deliver_webhooks(app: Flask, stopping: Event) -> None:
    """Deliver all events that are due to endpoints of other systems, however long that takes."""
    with app.app_context():
        beat.run_step(webhooks.deliver_due, replace(beat.sender_of(app), stopping=stopping))


def close_exchanges(app: Flask) -> None:
    """Open sealed evidence at its moment, without waiting for the other steps."""
    with app.app_context():
        beat.run_step(steps.close_exchanges, beat.sender_of(app))


def scan_papers(app: Flask, stopping: Event) -> None:
    """Scan files of papers for malware, where a scanner is set up."""
    beat.scan_papers(app, stopping.is_set)


def check_chains(app: Flask, stopping: Event) -> None:
    """Check long chains that somebody asked to be checked; a million entries take a minute."""
    beat.check_chains(app, stopping.is_set)


def stamp_days(app: Flask) -> None:
    """Get the time stamps of sealed days; may wait for the authority."""
    beat.stamp_days(app)


def process_file(app: Flask) -> None:
    """Process the next file to be imported; may take minutes."""
    beat.process_file(app)


class IntervalJob(IntervalTrigger):
    """Interval trigger that coalesces missed runs without enumerating them.

    APScheduler lists every missed run before coalescing: half a million for a clock set forward by
    a month, which takes a second, and until memory is exhausted for one that started in 1970.
    """

    def get_next_fire_time(
        self, previous_fire_time: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime | None:
        """Return the next run time, or one interval from now if it has passed."""
        following: dt.datetime | None = super().get_next_fire_time(previous_fire_time, now)
        if following is None or following > now:
            return following
        return now + self.interval


class WorkerJobs:
    """The worker's scheduled jobs; at most one run of each at a time, missed runs coalesced.

    Jobs run concurrently: heartbeat and due steps do not wait for a long sending, nor texts for a
    slow mail server. APScheduler uses the wall clock: after it is set back, all jobs would wait as
    long, so they are rescheduled immediately; for a clock set forward see IntervalJob.
    """

    def __init__(self, app: Flask, wall: Clock | None = None) -> None:
        """Start the jobs; ``wall`` is the system clock."""
        self.stopping = Event()
        self.wall = wall or SystemClock()
        self.scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
        services: Services = app.extensions["tingqi"]
        seconds = services.settings.beat_seconds
        jobs: list[tuple[str, Callable[..., None], list[Any], float]] = [
            ("heart", heartbeat, [], min(seconds, HEARTBEAT_SECONDS)),
            ("keep-up", run_steps, [self.stopping], seconds),
        ]
        jobs += [
            (f"send-{channel}", send, [channel, self.stopping], seconds)
            for channel in dispatch.CHANNELS
        ]
        jobs.append(("listing", search_listing, [self.stopping], seconds))
        jobs.append(("files", process_file, [], seconds))
        jobs.append(("exchanges", close_exchanges, [], min(seconds, 1.0)))
        jobs.append(("papers", read_papers, [self.stopping], min(seconds, 0.5)))
        jobs.append(("webhooks", deliver_webhooks, [self.stopping], min(seconds, 0.5)))
        if services.settings.storage.clamd:
            jobs.append(("scan", scan_papers, [self.stopping], min(seconds, 0.5)))
        jobs.append(("chains", check_chains, [self.stopping], min(seconds, 2.0)))
        if services.settings.stamp_authority:
            jobs.append(("stamps", stamp_days, [], seconds))
        for name, job, arguments, interval in jobs:
            self.scheduler.add_job(
                run_job,
                IntervalJob(seconds=interval, timezone="UTC"),
                args=[app, job, *arguments],
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                id=name,
                next_run_time=self.wall.now(),
            )
        self.scheduler.start()
        clock_arguments = [min(seconds, HEARTBEAT_SECONDS)]
        self._clock_thread = Thread(target=self._watch_clock, args=clock_arguments, daemon=True)
        self._clock_thread.start()

    def stop(self) -> None:
        """Finish running jobs; unsent notices return to the queue."""
        self.stopping.set()
        self._clock_thread.join()
        self.scheduler.shutdown(wait=True)

    def _watch_clock(self, interval: float) -> None:
        """Detect by the monotonic clock that the system clock was set back; reschedule all jobs."""
        previous_offset = self._clock_offset()
        while not self.stopping.wait(interval):
            offset = self._clock_offset()
            if offset < previous_offset - interval:
                log.warning("the clock was set back by %.0f seconds", previous_offset - offset)
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=self.wall.now())
            previous_offset = offset

    def _clock_offset(self) -> float:
        return self.wall.now().timestamp() - time.monotonic()


def run(app: Flask) -> None:
    """Run the worker until SIGTERM or SIGINT; running jobs are finished."""
    wait_for_signal = stop_signals()
    # Sending threads wake up briefly for network I/O; they must not wait for the writing thread.
    sys.setswitchinterval(SWITCH_SECONDS)
    gc_tuning.tune()
    jobs = WorkerJobs(app)
    wait_for_signal()
    jobs.stop()
