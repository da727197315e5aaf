"""A clock shared by the driven processes: it runs fast, and can be set forward."""

import datetime as dt
import json
import os
import time
from pathlib import Path


class SharedClock:
    """A clock in a file: every process that reads it sees one time, which runs ``rate`` times fast.

    Leases, pauses and receipts are minutes long; so a lease of three minutes ends in seconds. It
    hangs on the machine's monotonic clock, which all processes of a machine share.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> dt.datetime:
        """Return the installation's present moment, aware, in UTC."""
        state = json.loads(self.file.read_text())
        gone = dt.timedelta(seconds=(time.monotonic() - state["since"]) * state["rate"])
        return dt.datetime.fromisoformat(state["at"]) + gone

    def set(self, at: dt.datetime, rate: float) -> None:
        """Let it be ``at`` now, and run on at a rate."""
        state = {"since": time.monotonic(), "at": at.isoformat(), "rate": rate}
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(state))
        os.replace(new, self.file)  # whoever reads sees the old time or the new one

    def forward(self, to: dt.datetime, rate: float) -> None:
        """Set the clock forward to a moment; never back."""
        self.set(max(to, self.now()), rate)
