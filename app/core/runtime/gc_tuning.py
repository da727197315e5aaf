"""GC tuning: we allocate many short-lived objects and few reference cycles."""

import gc

# Thresholds of the generations (see gc.set_threshold); Python's first is 700. A statement of a
# thousand rows allocates tens of thousands of objects, nearly all freed by their reference count.
THRESHOLDS = (10_000, 20, 20)


def tune() -> None:
    """Exempt the objects that exist now from collection, and collect the others less often."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
