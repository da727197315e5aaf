"""What Twilio's codes and statuses mean for us: a table, and two ways to read it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.carriers.base import SendOutcome, SendStatus

_FAILED = ("failed", "undelivered", "canceled")
_WHAT = {"sent": "accepted", "delivered": "delivered", "read": "read"} | dict.fromkeys(
    _FAILED, "failed"
)


@dataclass(frozen=True)
class CodeMeaning:
    """What a code means; `again_after` is in seconds, `at_most` counts all tries."""

    said: SendStatus
    advice: str = ""
    again_after: int | None = None
    at_most: int | None = None
    words: str = ""


def verdict(code: str) -> CodeMeaning:
    """Return what an error code means; an unknown one is judged by its family (2xxxx, 3xxxx)."""
    codes, families = _table()
    if code in codes:
        return codes[code]
    if not code:
        return families["none"]
    return families.get(code[0] if len(code) == 5 else "other", families["other"])


def known(code: str) -> bool:
    """Tell whether the table has this very code."""
    return code in _table()[0]


def receipt(status: str, error_code: str = "") -> tuple[str, str]:
    """Return what a status callback says and the advice that goes with it.

    What: "accepted" (sent), "delivered", "read", "failed", or "" for a status in between or unknown
    to us. Source: Twilio's message statuses.
    """
    what = _WHAT.get(status, "")
    return what, verdict(error_code).advice if what == "failed" else ""


def outcome(code: str, *, status: str = "", detail: str = "", carrier_id: str = "") -> SendOutcome:
    """Return the outcome that an error code stands for."""
    meant = verdict(code)
    return SendOutcome(
        meant.said,
        "twilio",
        carrier_id,
        status=status,
        code=code,
        detail=detail or meant.words,
        advice=meant.advice,
        retry_after=meant.again_after,
        at_most=meant.at_most,
    )


def failed(status: str) -> bool:
    """Whether a message of this status will not arrive."""
    return status in _FAILED


@cache
def _table() -> tuple[dict[str, CodeMeaning], dict[str, CodeMeaning]]:
    read = tomllib.loads(files(__package__).joinpath("codes.toml").read_text("utf-8"))
    return _verdicts(read["code"]), _verdicts(read["family"])


def _verdicts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, CodeMeaning]:
    return {
        code: CodeMeaning(
            SendStatus(row["said"]),
            row.get("advice", ""),
            row.get("again_after"),
            row.get("at_most"),
            row["words"],
        )
        for code, row in rows.items()
    }
