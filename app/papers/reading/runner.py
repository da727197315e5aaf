"""Run a conversion in a process of its own; whatever becomes of it is a result."""

import logging
import subprocess
import sys
from pathlib import Path

from app.papers.reading.results import SECONDS, ConversionResult, ReadingNote

log = logging.getLogger("tingqi.papers")
WAIT = 2 * SECONDS  # on a busy machine processor time passes slowly


def convert(media_type: str, source: Path, folder: Path) -> ConversionResult:
    """Convert a file; ``folder`` then holds ``copy.pdf`` and ``image.jpg`` where there are any."""
    module = "app.papers.reading.convert"
    words = [sys.executable, "-m", module, media_type, str(source), str(folder)]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, on names that we made)
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT
        )
        if done.returncode == 0:
            return ConversionResult.loaded(done.stdout)
        log.warning("a converter ended with %s: %s", done.returncode, done.stderr[-500:])
    except subprocess.TimeoutExpired:
        log.warning("a converter was stopped after %s s", WAIT)
        return ConversionResult(note=ReadingNote.LARGE.value)
    except ValueError:
        log.warning("a converter printed no result")
    return ConversionResult(note=ReadingNote.BROKEN.value)
