"""Pure: days as a court signs them, what a witness checks of them, and what it signs itself."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import N_, Message
from app.evidence.signing_keys import SigningKey, is_signed, key_id
from app.record import standalone_verifier
from app.record.hashing import START, canonical, instant

VERSION = 1
_HASH, _KEY_ID = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
LONGEST_NAME = 300  # characters of a court's name in a statement


class NotFollowed(Exception):  # noqa: N818
    """What another court shows cannot be followed; ``message`` says why. Nothing was kept."""

    def __init__(self, words: str, **facts: object) -> None:
        self.message = Message(words, **facts)
        super().__init__(str(self.message))


@dataclass(frozen=True)
class SeenDay:
    """A day as another court shows it, checked: its number and hash, and what the court signed."""

    number: int
    on: str
    hash: str
    prev: str
    signed: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The id of the court's key that signed it."""
        return str(self.signed["key"])


def signed_by_court(
    court: str, court_number: int, day: Mapping[str, Any], key: SigningKey
) -> dict[str, Any]:
    """Return a published day as the court signs it: its number, date and hash."""
    statement = {
        "day": VERSION,
        "court": court,
        "court_number": court_number,
        "number": day["number"],
        "on": day["on"],
        "hash": day["hash"],
        **key.public_part,
    }
    return {**statement, "signature": key.sign(canonical(statement))}


def signed_by_witness(
    address: str, day: SeenDay, trust: str, key: SigningKey, now: dt.datetime
) -> dict[str, Any]:
    """Return the statement of a witness about a day: where and when it was seen, and the day.

    ``trust`` says why the court's key is believed to be its own; see `trust_in`.
    """
    statement = {
        "witness": VERSION,
        "court": {"address": address, "number": day.signed["court_number"]},
        "day": dict(day.signed),
        "seen_at": instant(now),
        "trust": trust,
        **key.public_part,
    }
    return {**statement, "signature": key.sign(canonical(statement))}


def is_signed_by_its_key(statement: Mapping[str, Any]) -> bool:
    """Tell whether a statement is signed by the public key that it names and holds."""
    public, signature = statement.get("public"), statement.get("signature")
    if not isinstance(public, str) or not isinstance(signature, str):
        return False
    try:
        message = canonical({n: v for n, v in statement.items() if n != "signature"})
        return key_id(public) == statement.get("key") and is_signed(public, message, signature)
    except ValueError:
        return False


def seen_day(day: object, court_number: int) -> SeenDay:
    """Return a day of ``/record/days.json``, checked by itself.

    Its hash must be that of what it says, and the court must have signed it. Raises NotFollowed.
    """
    if not isinstance(day, Mapping) or type(day.get("number")) is not int:
        raise NotFollowed(N_("it shows what is no day"))
    number = day["number"]
    try:
        computed = standalone_verifier.sha_of_day(dict(day))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise NotFollowed(N_("its day %(day)s cannot be read"), day=number) from None
    if computed != day.get("hash") or day["court"] != court_number:
        raise NotFollowed(N_("its day %(day)s is not what was sealed"), day=number)
    signed = day.get("signed")
    if not isinstance(signed, Mapping):
        raise NotFollowed(N_("its day %(day)s is not signed"), day=number)
    same = (
        signed.get("number"),
        signed.get("hash"),
        signed.get("on"),
        signed.get("court_number"),
    ) == (number, computed, day["on"], court_number)
    if not same or signed.get("day") != VERSION or not is_signed_by_its_key(signed):
        raise NotFollowed(N_("the signature of its day %(day)s is wrong"), day=number)
    if not isinstance(signed.get("court"), str) or len(signed["court"]) > LONGEST_NAME:
        raise NotFollowed(N_("its day %(day)s names no court"), day=number)
    return SeenDay(number, str(day["on"]), computed, str(day["prev"]), signed)


def check_chain(days: Sequence[SeenDay], before: SeenDay | None) -> None:
    """Check that days follow each other, and the day before. Raises NotFollowed."""
    number, last = (before.number, before.hash) if before else (0, START)
    for day in days:
        if (day.number, day.prev) != (number + 1, last):
            words = N_("its day %(day)s does not follow the day before it")
            raise NotFollowed(words, day=day.number)
        number, last = day.number, day.hash


def trust_in(key: str, expected: Sequence[str], seen_before: Sequence[str]) -> str:
    """Return why a court's key is believed: it was expected, was seen before, or nothing speaks so.

    Raises NotFollowed where keys were given and it is none of them.
    """
    if expected and key not in expected:
        words = N_("it signs with the key %(key)s, which is none of those that you gave")
        raise NotFollowed(words, key=key)
    if expected:
        return "given"
    if key in seen_before:
        return "seen before"
    return "new key" if seen_before else "first sight"


def is_statement(value: object) -> bool:
    """Tell whether a value of JSON has the members of a witness's statement."""
    if not isinstance(value, Mapping):
        return False
    court, day = value.get("court"), value.get("day")
    return (
        value.get("witness") == VERSION
        and isinstance(court, Mapping)
        and isinstance(court.get("address"), str)
        and isinstance(value.get("seen_at"), str)
        and isinstance(day, Mapping)
        and day.get("day") == VERSION
        and type(day.get("number")) is int
        and type(day.get("court_number")) is int
        and 0 < day["number"] < 2**31
        and 0 < day["court_number"] < 2**31
        and isinstance(day.get("on"), str)
        and _matches(_HASH, day.get("hash"))
        and _matches(_KEY_ID, day.get("key"))
        and _matches(_KEY_ID, value.get("key"))
    )


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
