"""The collector of garbage, told how this house makes it: many small things at once, few rings."""

import gc

# So many new things before the young are looked through, where Python would do so after 700: a
# statement of a thousand rows makes tens of thousands, nearly all of which go by themselves.
YOUNG, OLDER, OLDEST = 10_000, 20, 20


def tune() -> None:
    """Let what is there now live as long as the process, and look through the rest less often."""
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
