"""Workers that die by SIGKILL at a chosen step of sending; run by test_kill as its own process.

Reads a JSON object a line from stdin: the instance folder, the database's address, the step to die
at, the time, whether the carriers can be asked what became of a message, and whether it only sends
or does all that a beat does. Each is done by a child of its own, and answered by a line: how it
ended (0, or -9). A step is the moment before or after a commit, and before or after a carrier takes
a message.
"""

import datetime as dt
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app import create_app
from app.carriers.base import LookupResult, OutgoingMessage, SendOutcome
from app.carriers.outbox.carrier import Outbox
from app.carriers.registry import ExternalServices
from app.config import Settings
from app.core.db import db
from app.core.runtime.clock import SetClock
from app.sending import dispatch
from app.worker import beat


class Steps:
    """Counts steps, and dies at one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.done = last, 0

    def step(self, *_: Any) -> None:
        """One more step; the last is not survived."""
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalCarrier:
    """An outbox in which the process may die before or after each message is taken."""

    name = "outbox"

    def __init__(self, outbox: Outbox, steps: Steps, can_be_asked: bool) -> None:
        self.outbox, self.steps, self.can_be_asked = outbox, steps, can_be_asked
        self.channel = outbox.channel

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Send one by one, with a step before and after each."""
        for message in messages:
            self.steps.step()
            for sent in self.outbox.send([message]):
                self.steps.step()
                yield sent

    def find(self, message: OutgoingMessage, since: dt.datetime) -> LookupResult | None:
        """Look the message up, where this carrier can be asked."""
        return self.outbox.find(message, since) if self.can_be_asked else None

    def ask(self, carrier_id: str) -> SendOutcome | None:
        """Nothing can be asked by this carrier's own number."""
        return self.outbox.ask(carrier_id)

    def check(self) -> str:
        """Always well."""
        return ""

    def close(self) -> None:
        """Nothing to close."""


def carriers(folder: Path, clock: SetClock, steps: Steps, can_be_asked: bool) -> ExternalServices:
    """Two mortal outboxes in one folder."""
    email, sms = (
        MortalCarrier(Outbox(folder / "outbox", channel, clock), steps, can_be_asked)
        for channel in ("email", "sms")
    )
    return ExternalServices(clock=clock, email=email, sms=sms)


def live(told: dict[str, Any]) -> None:
    """Beat once, or only send what is due, up to the step that was told."""
    folder, steps = Path(told["folder"]), Steps(told["step"])
    clock = SetClock(dt.datetime.fromisoformat(told["now"]))
    settings = Settings(
        instance=folder, database_url=told["url"], secret_key=told["secret"].encode()
    )
    app = create_app(settings, carriers(folder, clock, steps, told["can_be_asked"]))
    with app.app_context():
        # The event comes just before the commit itself; the next transaction's begin, just after.
        event.listen(db.engine, "commit", steps.step)
        event.listen(db.engine, "begin", steps.step)
    if told["sends"]:
        with app.app_context():
            sender = beat.sender_of(app)
            for channel in dispatch.CHANNELS:
                beat.send(sender, channel)
    else:
        beat.beat(app)


def main() -> None:
    """Let one worker after the other live and die."""
    # What an app imports when it is made is imported once, before anybody is born.
    with tempfile.TemporaryDirectory() as folder:
        create_app(Settings(Path(folder), f"sqlite:///{folder}/none.db", b"s" * 32))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                live(json.loads(line))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
