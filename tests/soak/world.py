"""An installation as processes: pages and workers that are killed, stopped and restarted."""

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from app.sending.dispatch import LEASE
from tests.conftest import NOW, SECRET
from tests.soak.clock import SharedClock
from tests.soak.entry import is_child

ROOT = Path(__file__).parents[2]
RATE = 10.0  # how much faster the installation's clock runs than the machine's
BEAT = "0.5"
TEN_SECONDS = dt.timedelta(seconds=10)


def until(what: str, holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Look until something holds; raises TimeoutError, saying what was waited for."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} seconds")
        time.sleep(0.02)


class World:
    """The processes of an installation in one folder, over one database; a context manager."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        workers: int,
        *,
        now: dt.datetime = NOW,
        rate: float = RATE,
        **settings: str,
    ) -> None:
        self.folder, self.database_url, self.settings = folder, database_url, settings
        self.clock = SharedClock(folder / "clock.json")
        self.clock.set(now, rate)
        self.pages = 0
        self.workers: list[int] = [0] * workers
        self.killed: set[int] = set()
        self.environment: dict[str, str] = {}
        self.troubled = False  # the database was cut off or away, at any time
        # The port stays open while the pages are restarted: connections made meanwhile wait.
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._parent: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def open(self, smtp_url: str, twilio_url: str, account_sid: str, auth_token: str) -> None:
        """Configure the carriers, and start the processes."""
        settings = {
            "TINGQI_INSTANCE": str(self.folder),
            "TINGQI_DATABASE_URL": self.database_url,
            "TINGQI_SECRET_KEY": SECRET.decode(),
            "TINGQI_PUBLIC_URL": self.url,
            "TINGQI_SMTP_URL": smtp_url,
            "TINGQI_MAIL_FROM": "court@court.example",
            "TINGQI_TWILIO_ACCOUNT_SID": account_sid,
            "TINGQI_TWILIO_AUTH_TOKEN": auth_token,
            "TINGQI_TWILIO_FROM": "+15005550006",
            "TINGQI_TWILIO_API_URL": twilio_url,
            "TINGQI_BEAT_SECONDS": BEAT,
            "SOAK_CLOCK": str(self.clock.file),
            **self.settings,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {**kept, **settings}
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.entry"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[self._listening.fileno()],
        )
        self.mend()

    def __enter__(self) -> "World":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._parent:
            self._parent.communicate()
        self._listening.close()

    def mend(self) -> None:
        """Start whatever does not live."""
        if not self.lives(self.pages):
            bind = f"fd://{self._listening.fileno()}"
            self.pages = self._start("pages", "serve", "--bind", bind, "--workers", "2")
        for n, worker in enumerate(self.workers):
            if not self.lives(worker):
                self.workers[n] = self._start(f"worker{n}", "worker")

    def kill_worker(self, which: int) -> None:
        """Kill a worker where it stands."""
        victim = self.workers[which % len(self.workers)]
        self.killed.add(victim)
        self._kill(victim)

    def freeze_worker(self, which: int) -> None:
        """Freeze a worker for longer than its lease, as a machine that is moved is; let it go on."""
        victim = self.workers[which % len(self.workers)]
        self.killed.add(victim)  # others take it for dead
        self._signal(victim, signal.SIGSTOP)
        ends = self.clock.now() + LEASE + TEN_SECONDS
        until("the end of a lease", lambda: self.clock.now() > ends)
        self._signal(victim, signal.SIGCONT)

    def stop_worker(self, which: int) -> None:
        """Ask a worker to stop; it finishes what it is sending."""
        self._signal(self.workers[which % len(self.workers)], signal.SIGTERM)

    def kill_pages(self, _which: int) -> None:
        """Kill all processes of the pages."""
        self._kill(self.pages)

    def kill_page(self, which: int) -> None:
        """Kill one of the processes that answer; the server starts another."""
        children = Path(f"/proc/{self.pages}/task/{self.pages}/children")
        with suppress(FileNotFoundError, ProcessLookupError):
            if found := children.read_text().split():
                os.kill(int(found[which % len(found)]), signal.SIGKILL)

    def hurry(self, which: int) -> None:
        """Set the clock forward, by less than a lease."""
        self.clock.forward(self.clock.now() + (1 + which % 6) * TEN_SECONDS, RATE)

    def lives(self, pid: int) -> bool:
        """Tell whether a process that was started here still runs."""
        return self._parent is not None and is_child(pid, self._parent.pid)

    def _start(self, name: str, *arguments: str) -> int:
        assert self._parent
        assert self._parent.stdin
        assert self._parent.stdout
        request = {"arguments": arguments, "log": str(self.folder / f"{name}.log")}
        print(json.dumps(request), file=self._parent.stdin, flush=True)
        return int(self._parent.stdout.readline())

    def _kill(self, pid: int) -> None:
        self._signal(pid, signal.SIGKILL)
        until("its end", lambda: not self.lives(pid))

    def _signal(self, pid: int, number: int) -> None:
        if self.lives(pid):
            with suppress(ProcessLookupError):
                os.killpg(pid, number)
