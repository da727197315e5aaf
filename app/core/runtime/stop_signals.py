"""Wait until a process is asked to stop, by SIGTERM or SIGINT."""

import os
import signal
from collections.abc import Callable

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def stop_signals() -> Callable[[], int]:
    """Take over SIGTERM and SIGINT; return a function that waits for one and returns its number.

    A signal that came before is not lost, nor one that comes while the function is called: the
    interpreter writes its number into a pipe (``signal.set_wakeup_fd``) as soon as it arrives.
    A handler that fills a queue runs between two bytecodes only, and would wait for the next signal
    where the first comes just before the thread blocks in ``get``. Call it in the main thread.
    """
    receiving, sending = os.pipe()  # open as long as the process runs
    os.set_blocking(sending, False)
    for number in STOP_SIGNALS:
        signal.signal(number, lambda _number, _frame: None)
    signal.set_wakeup_fd(sending, warn_on_full_buffer=False)

    def wait() -> int:
        while (number := os.read(receiving, 1)[0]) not in STOP_SIGNALS:
            pass
        return number

    return wait
