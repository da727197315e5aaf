"""Pure: the reference of one try to send a notice, which the carrier is given as ours."""

import re
from typing import NamedTuple, Self

_REFERENCE = re.compile(r"n(\d+)\.(\d+)")


class AttemptReference(NamedTuple):
    """Which attempt to send which notice, written ``n123.1``: the first try of notice 123."""

    notice_id: int
    tries: int

    @classmethod
    def parse(cls, reference: str) -> Self:
        """Return the attempt of a reference. Raises ValueError where it names none."""
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(f"no attempt to send a notice: {reference!r}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"n{self.notice_id}.{self.tries}"
