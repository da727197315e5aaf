"""The same task for other queues; each queue is created when accessed by name.

As a program: QUEUE runs that queue's worker, if it has no command of its own.
"""

import asyncio
import datetime as dt
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sendings

FOLDER, SECONDS = Path(os.environ["BENCH_FOLDER"]), float(os.environ["BENCH_SECONDS"])
REDIS, DATABASE = os.environ.get("BENCH_REDIS", ""), os.environ.get("BENCH_DATABASE", "")
AT_ONCE = int(os.environ["BENCH_AT_ONCE"])
_file = os.open(FOLDER / f"sent-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def send(reference: str) -> None:
    """Send one message: the task of every contender."""
    sendings.call(_file, reference, SECONDS)


def __getattr__(name: str) -> Any:
    factory = {"celery": _celery, "huey": _huey, "procrastinate": _procrastinate}.get(name)
    if factory is None:
        raise AttributeError(name)
    globals()[name] = factory()
    return globals()[name]


def _celery() -> Any:
    from celery import Celery

    # Acknowledged after the call: only so does a killed worker lose nothing.
    app = Celery("bench", broker=REDIS)
    app.conf.update(
        task_acks_late=True,
        task_ignore_result=True,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
    )
    app.task(name="send")(send)
    return app


def _huey() -> Any:
    from huey import RedisHuey

    app = RedisHuey("bench", url=REDIS, results=False)
    app.task(name="send")(send)
    return app


def _procrastinate() -> Any:
    import procrastinate

    url = DATABASE.replace("postgresql+psycopg://", "postgresql://")
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    app.task(name="send")(send)
    return app


def work_procrastinate() -> None:
    """Work until the queue is empty."""

    async def work() -> None:
        # Tasks that are no coroutines run in threads: else there were six of them here.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(AT_ONCE))
        app = _procrastinate()
        async with app.open_async():
            await app.run_worker_async(concurrency=AT_ONCE, wait=False)

    asyncio.run(work())


def scheduler() -> Any:
    """APScheduler with a job store in the same kind of database."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    return BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(DATABASE)},
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(AT_ONCE)},
        job_defaults={"misfire_grace_time": None},
    )


def work_apscheduler() -> None:
    """Work until stopped."""
    running = scheduler()
    running.start()
    while True:
        time.sleep(1)


def queue_apscheduler(references: list[str], due_at: dt.datetime) -> None:
    """Add a job for each message."""
    filling = scheduler()
    filling.start(paused=True)
    for reference in references:
        filling.add_job(send, "date", run_date=due_at, args=[reference])
    # Left as it is: one that is shut down begins with what is due.


if __name__ == "__main__":
    import peer_tasks  # jobs are stored under the module's own name

    getattr(peer_tasks, f"work_{sys.argv[1]}")()
