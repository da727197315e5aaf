"""Refusals and their messages, translated and given an HTTP status by the web layer and the API."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo


def N_(words: str) -> str:
    """Mark a string for translation; it is translated when it is shown."""
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


@dataclass(frozen=True)
class DayName:
    """A day in a message: shown with its weekday, without its year, in the reader's language."""

    on: dt.date

    def __str__(self) -> str:
        return self.on.isoformat()


class Message:
    """A translatable message: English text with ``%(name)s`` placeholders, and their values."""

    def __init__(self, words: str, /, **facts: Any) -> None:
        self.words, self.facts = words, facts

    def __str__(self) -> str:
        facts = {name: _in_english(fact) for name, fact in self.facts.items()}
        return self.words % facts if facts else self.words

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.words, self.facts) == (other.words, other.facts)

    def __hash__(self) -> int:
        return hash(self.words)


def joined(messages: Sequence[Message], words: str = "%(one)s %(other)s") -> Message:
    """Join one or more messages into one, in order."""
    return reduce(lambda one, other: Message(words, one=one, other=other), messages)


def _in_english(fact: Any) -> Any:
    if isinstance(fact, Mapping):
        return fact.get("en", "")
    return ", ".join(map(str, fact)) if isinstance(fact, list) else fact


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """A request refused by a rule. ``message`` is for people, ``code`` for programs."""

    code = "refused"

    def __init__(self, words: str, /, **facts: Any) -> None:
        self.message = Message(words, **facts)
        super().__init__(str(self.message))


class Clash(Refusal):
    """A person or courtroom is already booked; the message names the hearing in the way."""

    code = "clash"


class Gone(Refusal):
    """The object existed and is closed; the message gives the current state."""

    code = "gone"


class Unavailable(Refusal):
    """Something that is needed cannot be used for now; the same request may work later."""

    code = "unavailable"


class OlderRules(Refusal):
    """The time zone rules here are older than those of the stored times; no page is served."""

    code = "older-rules"


class NotFound(Refusal):
    """The object does not exist, or the user may not see it; the message is the same."""

    code = "not-found"


class RuleWarning(Refusal):
    """A rule of procedure warns; the same request with a reason is accepted."""

    code = "reason-needed"


class Invalid(Exception):  # noqa: N818
    """Invalid input, by field: ``{"slots.0.starts_at": Message(...)}``."""

    code = "invalid"

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {message}" for field, message in self.errors.items()))


def message_of(fault: Exception) -> Message:
    """Return the message of an exception, translatable where it was raised with a Message."""
    own = getattr(fault, "message", None) or (fault.args[0] if fault.args else None)
    return own if isinstance(own, Message) else Message("%(text)s", text=str(fault))


class Misconfigured(Exception):  # noqa: N818
    """A setting is missing or invalid; the message names it and says what to do."""

    def __init__(self, words: str | Message, /, **facts: Any) -> None:
        self.message = words if isinstance(words, Message) else Message(words, **facts)
        super().__init__(str(self.message))
