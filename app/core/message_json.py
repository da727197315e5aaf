"""Pure: messages to and from JSON, to be translated when they are read."""

import datetime as dt
from typing import Any

from app.core.errors import HearingTime, Message


def message_to_json(message: Message) -> dict[str, Any]:
    """Convert a message and its values to JSON."""
    return {
        "words": message.words,
        "facts": {name: _fact_to_json(fact) for name, fact in message.facts.items()},
    }


def _fact_to_json(fact: Any) -> Any:
    if isinstance(fact, Message):
        return {"message": message_to_json(fact)}
    if isinstance(fact, HearingTime):
        ends_at = fact.ends_at.isoformat() if fact.ends_at else None
        return {"when": [fact.starts_at.isoformat(), fact.zone, ends_at]}
    if isinstance(fact, dt.date) and not isinstance(fact, dt.datetime):
        return {"day": fact.isoformat()}
    if isinstance(fact, dict):  # words that their data carries in each language
        return {"said": dict(fact)}
    return fact if isinstance(fact, int | str | list) else str(fact)


def message_from_json(stored: dict[str, Any]) -> Message:
    """Convert stored JSON to a message."""
    return Message(
        stored["words"], **{name: _fact_from_json(fact) for name, fact in stored["facts"].items()}
    )


def _fact_from_json(fact: Any) -> Any:
    if not isinstance(fact, dict):
        return fact
    if "message" in fact:
        return message_from_json(fact["message"])
    if "when" in fact:
        starts_at, zone, ends_at = fact["when"]
        ends = dt.datetime.fromisoformat(ends_at) if ends_at else None
        return HearingTime(dt.datetime.fromisoformat(starts_at), zone, ends)
    if "day" in fact:
        return dt.date.fromisoformat(fact["day"])
    return fact.get("said", fact)  # reports of older versions keep words of data as they are
