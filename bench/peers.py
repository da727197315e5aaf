"""Other queues, each configured as documented, with the same task and no record."""

import contextlib
import datetime as dt
import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from databases import database

PEERS = ("huey", "celery", "procrastinate", "apscheduler")
SURVIVES = {
    "huey": "no: a task is forgotten once taken",
    "celery": "yes (acks_late), after an hour",
    "procrastinate": "yes, when told to look for stalled jobs",
    "apscheduler": "no: a job is deleted before it has run",
}
NEEDS_REDIS = ("huey", "celery")
_TOO_LONG = 900  # seconds


def missing(name: str) -> str:
    """Return the reason why a peer cannot run here, if any."""
    if importlib.util.find_spec(name) is None:
        return "not installed: pip install -e '.[bench]'"
    if name in NEEDS_REDIS and not shutil.which("redis-server"):
        return "there is no redis-server here: apt-get install redis-server"
    return ""


def run(name: str, folder: Path, messages: int, seconds: float, at_once: int) -> float:
    """Enqueue all, start the worker, and return the seconds from the first message to the last."""
    with ready(name, folder, seconds, at_once) as environment:
        _queue(name, [f"{n:08d}" for n in range(messages)])
        command = _worker(name, at_once)
        with (folder / "worker.log").open("w") as log:
            worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            return _timed(folder, messages * 9)
        finally:
            worker.terminate()
            worker.wait(30)


@contextlib.contextmanager
def ready(name: str, folder: Path, seconds: float, at_once: int) -> Iterator[dict[str, str]]:
    """Start a peer's services; its settings are in the environment, here and in its worker."""
    with contextlib.ExitStack() as stack:
        told = {
            "BENCH_FOLDER": str(folder),
            "BENCH_SECONDS": str(seconds),
            "BENCH_AT_ONCE": str(at_once),
        }
        if name in NEEDS_REDIS:
            told["BENCH_REDIS"] = stack.enter_context(_redis(folder))
        else:
            url, server = database(folder, name == "procrastinate")
            told["BENCH_DATABASE"] = url
            if server:
                stack.callback(server.cleanup)
        os.environ.update(told)
        sys.modules.pop("peer_tasks", None)
        bench_folder = Path(__file__).parent
        if name == "procrastinate":
            _tasks().procrastinate.perform_import_paths()
            _synchronous(lambda app: app.schema_manager.apply_schema())
        yield {**os.environ, "PYTHONPATH": f"{bench_folder}:{bench_folder.parent}"}


def _tasks() -> Any:
    return importlib.import_module("peer_tasks")


def _synchronous(work: Any) -> None:
    import procrastinate

    url = os.environ["BENCH_DATABASE"].replace("postgresql+psycopg://", "postgresql://")
    connector = procrastinate.SyncPsycopgConnector(conninfo=url)
    with _tasks().procrastinate.replace_connector(connector) as app, app.open():
        work(app)


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Run Redis with an append-only file, for durability."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--appendonly",
        "yes",
        "--save",
        "",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(30)


def _queue(name: str, references: list[str]) -> None:
    tasks = _tasks()
    if name == "celery":
        task = tasks.celery.tasks["send"]
        with tasks.celery.producer_pool.acquire(block=True) as producer:
            for reference in references:
                task.apply_async((reference,), producer=producer)
    elif name == "huey":
        task = tasks.huey._registry.string_to_task("peer_tasks.send")
        for reference in references:
            tasks.huey.enqueue(task((reference,)))
    else:
        queue_for(name, references, dt.datetime.now(dt.UTC))


def queue_for(name: str, references: list[str], due_at: dt.datetime) -> None:
    """Enqueue scheduled jobs: APScheduler one by one, Procrastinate in batches of a thousand."""
    if name == "apscheduler":
        _tasks().queue_apscheduler(references, due_at)
        return

    def defer(app: Any) -> None:
        for first in range(0, len(references), 1000):
            some = [{"reference": each} for each in references[first : first + 1000]]
            app.configure_task("send", schedule_at=due_at).batch_defer(*some)

    _synchronous(defer)


def _worker(name: str, at_once: int) -> list[str]:
    python = [sys.executable, "-m"]
    if name == "celery":
        return [
            *python,
            "celery",
            "-A",
            "peer_tasks:celery",
            "worker",
            "--pool=threads",
            f"--concurrency={at_once}",
            "--loglevel=ERROR",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    if name == "huey":
        return [
            *python,
            "huey.bin.huey_consumer",
            "peer_tasks.huey",
            "-k",
            "thread",
            "-w",
            str(at_once),
            "-q",
            "-n",
        ]
    return [*python, "peer_tasks", name]


def _timed(folder: Path, size: int) -> float:
    begun, until = 0.0, time.time() + _TOO_LONG
    while time.time() < until:
        seen = sum(file.stat().st_size for file in folder.glob("sent-*"))
        begun = begun or (time.time() if seen else 0.0)
        if seen >= size:
            return time.time() - begun
        time.sleep(0.005)
    raise TimeoutError(f"not done in {_TOO_LONG} seconds: see {folder}/worker.log")
