"""GC tuning: we allocate many short-lived objects and few reference cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Thresholds of the generations (see gc.set_threshold); Python's first is 700. A statement of a
# thousand rows allocates tens of thousands of objects, nearly all freed by their reference count.
THRESHOLDS = (10_000, 20, 20)


def tune() -> None:
    """Exempt the objects that exist now from collection, and collect the others less often."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing in the block, such as one that imports all modules: little of it is garbage.

    A block inside another one leaves the outer one as it is.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
