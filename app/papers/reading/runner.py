"""Run a conversion in a process of its own; whatever becomes of it is a result."""

import logging
import subprocess
import sys
from dataclasses import replace

from app.core.document_types import PDF
from app.papers.reading.results import (
    SECONDS,
    ConversionRequest,
    ConversionResult,
    ReadingNote,
)

log = logging.getLogger("tingqi.papers")
WAIT = 2 * SECONDS  # on a busy machine processor time passes slowly


def convert(request: ConversionRequest) -> ConversionResult:
    """Convert a file; what was written is in the folder of the request.

    A page that is made to stop whoever draws it takes no more from its file than the images.
    """
    result = _run(request)
    is_document = request.media_type == PDF and not request.first
    if result is None and is_document and not request.undrawn:
        result = _run(replace(request, undrawn=True))
    return result or ConversionResult.unreadable(ReadingNote.LARGE)


def _run(request: ConversionRequest) -> ConversionResult | None:
    """Return the result of a process, None where it was stopped, by its limits or by a fault."""
    words = [sys.executable, "-m", "app.papers.reading.convert", request.dumped()]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, on names that we made)
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT
        )
        if done.returncode == 0:
            return ConversionResult.loaded(done.stdout)
        log.warning("a converter ended with %s: %s", done.returncode, done.stderr[-500:])
        if done.returncode < 0:  # by a signal
            return None
    except subprocess.TimeoutExpired:
        log.warning("a converter was stopped after %s s", WAIT)
        return None
    except (ValueError, TypeError):
        log.warning("a converter printed no result")
    return ConversionResult.unreadable(ReadingNote.BROKEN)
