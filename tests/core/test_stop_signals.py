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


def test_a_signal_is_never_lost_and_never_blocks_the_wait() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WAITS],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "stopped\n"
