"""Work on arriving files that runs beside their arrival: hashing, and writing out to the disk.

Both leave Python's lock alone, so that the next bytes are received meanwhile, by another core.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

# Two for each of the threads of a page process that may receive a file.
_POOL = ThreadPoolExecutor(8, thread_name_prefix="arriving-file")
CHUNK = 1024 * 1024  # bytes that are hashed at once, and copied


class BackgroundJob:
    """One job at a time: the next one is started when the one before has ended."""

    def __init__(self) -> None:
        self._running: Future | None = None

    def start(self, job: Callable[..., object], *arguments: object) -> None:
        """Start a job once the last one has ended. Raises what that one raised."""
        self.wait()
        self._running = _POOL.submit(job, *arguments)

    def wait(self) -> None:
        """Wait until the job has ended. Raises what it raised, once."""
        running, self._running = self._running, None
        if running is not None:
            running.result()


class ArrivingDigest:
    """SHA-256 of bytes that arrive in pieces; ``size`` is how many it covers.

    A chunk of them is hashed while the next ones are awaited. At most one chunk waits, so that
    memory stays flat.
    """

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()
        self._hashing = BackgroundJob()
        self._gathered: list[bytes] = []
        self._gathered_size = 0

    def update(self, piece: bytes) -> None:
        """Add a piece. Raises OSError where an earlier ``read_up_to`` failed."""
        self.size += len(piece)
        self._gathered.append(piece)
        self._gathered_size += len(piece)
        if self._gathered_size >= CHUNK:
            self._start()

    def _start(self) -> None:
        self._hashing.start(self._add, self._gathered)
        self._gathered, self._gathered_size = [], 0

    def _add(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            self._hash.update(piece)

    def read_up_to(self, descriptor: int, end: int) -> None:
        """Add the bytes of a file that it does not cover yet, up to an offset.

        Raises OSError later on, where they cannot be read.
        """
        start, self.size = self.size, max(self.size, end)
        if start < end:
            self._start()
            self._hashing.start(self._read, descriptor, start, end)

    def _read(self, descriptor: int, start: int, end: int) -> None:
        while start < end:
            piece = os.pread(descriptor, min(CHUNK, end - start), start)
            if not piece:
                raise OSError("a staged file is shorter than it was")
            self._hash.update(piece)
            start += len(piece)

    def wait(self) -> None:
        """Wait until all that was added is hashed. Raises OSError where it could not be read."""
        self._hashing.wait()
        self._add(self._gathered)
        self._gathered, self._gathered_size = [], 0

    def hexdigest(self) -> str:
        """Return the digest of all that was added. Raises OSError as ``wait`` does."""
        self.wait()
        return self._hash.hexdigest()
