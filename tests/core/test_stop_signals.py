"""A process that is asked to stop at any moment stops."""

import os
import subprocess
import sys

WAITS = """
import os, signal, threading
from app.core.runtime.stop_signals import stop_signals

for _ in range(300):
    wait = stop_signals()
    parent = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT))
    parent.start()  # the signal comes before, while or after the main thread begins to wait
    assert wait() == signal.SIGINT
    parent.join()
print("stopped")
"""


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout


def test_a_signal_is_never_lost_and_never_blocks_the_wait() -> None:
    assert run(WAITS) == "stopped\n"


ARRIVES = """
import ctypes, operator, os, signal
from functools import partial
from app.core.runtime.stop_signals import stop_signals

kill = partial(ctypes.CDLL(None).kill, os.getpid(), int(signal.SIGINT))
_, number = map(operator.call, (kill, stop_signals()))  # no bytecode is run between the two calls
assert number == signal.SIGINT
print("stopped")
"""


def test_a_signal_that_comes_as_the_wait_begins_is_not_lost() -> None:
    assert run(ARRIVES) == "stopped\n"
