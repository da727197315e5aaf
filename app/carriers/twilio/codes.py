"""Twilio's error codes and message statuses, and what follows from each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.carriers.base import DeliveryState, SendOutcome, SendStatus

_FAILED = ("failed", "undelivered", "canceled")
# Source: Twilio, "Message status values". Those in between change nothing.
_STATES = {
    "sent": DeliveryState.ACCEPTED,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
} | dict.fromkeys(_FAILED, DeliveryState.FAILED)


@dataclass(frozen=True)
class CodeMeaning:
    """What follows from an error code; `again_after` is in seconds, `at_most` counts all tries."""

    outcome: SendStatus
    advice: str = ""
    again_after: int | None = None
    at_most: int | None = None
    words: str = ""
    opted_out: bool = False


def verdict(code: str) -> CodeMeaning:
    """Return the meaning of an error code; of an unknown one that of its family (2xxxx, 3xxxx)."""
    codes, families = _table()
    if code in codes:
        return codes[code]
    if not code:
        return families["none"]
    return families.get(code[0] if len(code) == 5 else "other", families["other"])


def known(code: str) -> bool:
    """Return whether the table has this code itself."""
    return code in _table()[0]


def state_of(status: str) -> DeliveryState:
    """Return the meaning of a message status; PENDING for one in between or unknown here."""
    return _STATES.get(status, DeliveryState.PENDING)


def outcome(code: str, *, status: str = "", detail: str = "", carrier_id: str = "") -> SendOutcome:
    """Return the outcome of a request that was answered with an error code."""
    meaning = verdict(code)
    return SendOutcome(
        meaning.outcome,
        "twilio",
        carrier_id,
        status=status,
        code=code,
        detail=detail or meaning.words,
        advice=meaning.advice,
        retry_after=meaning.again_after,
        at_most=meaning.at_most,
        opted_out=meaning.opted_out,
    )


def failed(status: str) -> bool:
    """Return whether a message of this status will not arrive."""
    return status in _FAILED


@cache
def _table() -> tuple[dict[str, CodeMeaning], dict[str, CodeMeaning]]:
    read = tomllib.loads(files(__package__).joinpath("codes.toml").read_text("utf-8"))
    return _verdicts(read["code"]), _verdicts(read["family"])


def _verdicts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, CodeMeaning]:
    return {
        code: CodeMeaning(
            SendStatus(row["outcome"]),
            row.get("advice", ""),
            row.get("again_after"),
            row.get("at_most"),
            row["words"],
            row.get("opted_out", False),
        )
        for code, row in rows.items()
    }
