"""Pure: the unique key of a notice, by which the same request twice is one notice."""

from typing import NamedTuple, Self


class NoticeKey(NamedTuple):
    """A notice's key, such as ``reminder-7d/12.3/45/sms``.

    ``kind`` is the kind of message, with what tells two of a kind apart where there are several
    for one date (``reminder-7d``). ``version`` is the state of the matter that the message is
    about (``12.3``: hearing 12, revision 3). ``recipient`` is an invitation (``45``), counsel
    (``c7``) or a user of the court (``u2``). ``repeat`` counts the times that a person of the
    court had it sent again.
    """

    kind: str
    version: str
    recipient: str
    channel: str
    repeat: int = 0

    @classmethod
    def parse(cls, key: str) -> Self:
        """Return the parts of a stored key. Raises ValueError for what is none."""
        kind, version, recipient, channel, *rest = key.split("/")
        repeat = int(rest[0].removeprefix("again-")) if rest else 0
        return cls(kind, version, recipient, channel, repeat)

    def repeats(self, other: Self) -> bool:
        """Tell whether this is the key of another notice that was sent again."""
        return self.repeat > 0 and self[:4] == other[:4]

    def __str__(self) -> str:
        stem = "/".join(self[:4])
        return f"{stem}/again-{self.repeat}" if self.repeat else stem
