"""Run a conversion in a process of its own; whatever becomes of it is a result."""

import logging
import signal
import subprocess
import sys

from app.papers.reading.results import (
    SECONDS,
    ConversionRequest,
    ConversionResult,
    ReadingNote,
)

log = logging.getLogger("tingqi.papers")
WAIT = 2 * SECONDS  # on a busy machine processor time passes slowly
# Statuses of a process that used up its processor time, or its disk space.
EXHAUSTED = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ)


def convert(request: ConversionRequest) -> ConversionResult:
    """Convert a file; what was written is in the folder of the request."""
    words = [sys.executable, "-m", "app.papers.reading.convert", request.dumped()]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, on names that we made)
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT
        )
        if done.returncode == 0:
            return ConversionResult.loaded(done.stdout)
        log.warning("a converter ended with %s: %s", done.returncode, done.stderr[-500:])
        if done.returncode in EXHAUSTED:
            return ConversionResult.unreadable(ReadingNote.LARGE)
    except subprocess.TimeoutExpired:
        log.warning("a converter was stopped after %s s", WAIT)
        return ConversionResult.unreadable(ReadingNote.LARGE)
    except (ValueError, TypeError):
        log.warning("a converter printed no result")
    return ConversionResult.unreadable(ReadingNote.BROKEN)
