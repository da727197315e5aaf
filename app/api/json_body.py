"""Pure: parse a JSON body strictly; whatever two parsers could read differently is refused."""

import json
from typing import Any

from app.core.errors import N_, Invalid, Message


class UnreadableJson(Exception):  # noqa: N818
    """The body is no JSON; ``message`` says why and where."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


def parse_json(raw: bytes) -> Any:
    """Parse a JSON text (RFC 8259, in UTF-8).

    Raises UnreadableJson where it is no JSON, NaN and endless nesting included; Invalid where a key
    is repeated, since parsers differ on which one counts.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        message = Message(N_("The body is not UTF-8, from byte %(at)s on."), at=fault.start)
        raise UnreadableJson(message) from fault
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except RecursionError as fault:
        raise UnreadableJson(Message(N_("The body is nested too deeply."))) from fault
    except json.JSONDecodeError as fault:
        message = Message(
            N_("The body is not JSON: line %(line)s, column %(column)s."),
            line=fault.lineno,
            column=fault.colno,
        )
        raise UnreadableJson(message) from fault
    except ValueError as fault:  # a number of thousands of digits
        raise UnreadableJson(Message(N_("The body has a number that is out of range."))) from fault


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = [name for name, _ in pairs if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
        raise Invalid({name: Message(N_("This field is given twice.")) for name in twice})
    return found


def _refuse_constant(_: str) -> Any:
    raise ValueError
