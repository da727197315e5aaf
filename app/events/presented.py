"""Pure: an event as other systems get it, in the API and in the body of a webhook."""

import datetime as dt
from typing import Protocol


class PublishedEvent(Protocol):
    """The columns of an event, from the session or from a row."""

    id: int
    number: int | None
    type: str
    case_id: int
    ids: dict
    at: dt.datetime
    chain_seq: int
    chain_hash: str


def message_id(event_id: int) -> str:
    """Return the id by which a receiver knows an event again, however often it comes."""
    return f"evt_{event_id}"


def presented(event: PublishedEvent) -> dict[str, object]:
    """Return an event as JSON: ids, and the end of the case's chain; no names, no words."""
    return {
        "id": message_id(event.id),
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.number,
            "case_id": event.case_id,
            **event.ids,
            "chain": {"number": event.chain_seq, "hash": event.chain_hash},
        },
    }
