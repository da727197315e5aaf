"""What the house says when it says no; how that is shown is decided at the edge."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo


def N_(words: str) -> str:
    """Mark words for the catalogues; they are translated where they are shown."""
    return words


@dataclass(frozen=True)
class HearingTime:
    """A time in a message: shown in a court's zone, in the reader's language."""

    starts_at: dt.datetime
    zone: str
    ends_at: dt.datetime | None = None

    def __str__(self) -> str:
        zone = ZoneInfo(self.zone)
        start = self.starts_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return start + (f"–{self.ends_at.astimezone(zone):%H:%M}" if self.ends_at else "")


class Message:
    """One sentence for a person: English words with ``%(name)s`` places, and what fills them."""

    def __init__(self, words: str, /, **facts: Any) -> None:
        self.words, self.facts = words, facts

    def __str__(self) -> str:
        facts = {name: _in_english(fact) for name, fact in self.facts.items()}
        return self.words % facts if facts else self.words

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"


def joined(messages: Sequence[Message], words: str = "%(one)s %(other)s") -> Message:
    """Return several messages as one, said one after the other; there is at least one."""
    return reduce(lambda one, other: Message(words, one=one, other=other), messages)


def _in_english(fact: Any) -> Any:
    if isinstance(fact, Mapping):
        return fact.get("en", "")
    return ", ".join(map(str, fact)) if isinstance(fact, list) else fact


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """A rule said no. ``message`` is for the person; ``code`` is for programs."""

    code = "refused"

    def __init__(self, words: str, /, **facts: Any) -> None:
        self.message = Message(words, **facts)
        super().__init__(str(self.message))


class Clash(Refusal):
    """Somebody or some room is taken; the words name by what."""

    code = "clash"


class Gone(Refusal):
    """The thing existed and is over; the words say what holds now."""

    code = "gone"


class OlderRules(Refusal):
    """The time zone rules here are older than those by which times are stored: nothing is shown."""

    code = "older-rules"


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's to see; both are said alike."""

    code = "not-found"


class RuleWarning(Refusal):
    """A rule of procedure warns; the same request with a reason is accepted."""

    code = "reason-needed"


class Invalid(Exception):  # noqa: N818
    """Input that cannot be taken, by field: ``{"slots.0.starts_at": Message(...)}``."""

    code = "invalid"

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {message}" for field, message in self.errors.items()))


class Misconfigured(Exception):  # noqa: N818
    """A setting is missing or wrong; the words name it and say what to do."""
