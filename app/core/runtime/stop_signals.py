"""Wait until a process is asked to stop, by SIGTERM or SIGINT."""

import signal
from collections.abc import Callable
from queue import SimpleQueue


def stop_signals() -> Callable[[], int]:
    """Take over SIGTERM and SIGINT; return a function that waits for one and returns its number.

    A signal that came before is not lost. The handler puts into a SimpleQueue, whose ``put`` is
    reentrant: ``Event.set`` is not, and in a handler that interrupts ``Event.wait`` in the same
    thread it waits for a lock that this thread holds, forever.
    """
    received: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: received.put(number))
    return received.get
