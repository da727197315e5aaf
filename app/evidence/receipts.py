"""Signed receipts: proof, in the hands of the person who acted, of what the record said then.

A receipt names an entry by its place in the chain of its case and by its hash, which covers the
whole entry and all before it, and the head of the chain when the receipt was signed. Whoever later
rewrites the record, with all rights on the database and every hash computed anew, cannot take back
the receipts that were handed out: ``check`` finds that the record no longer says what was signed.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.rules import number_key
from app.core.errors import N_
from app.core.wording.presented import PresentedState
from app.evidence import signing_keys
from app.evidence.signing_keys import PublishedKey, SigningKey
from app.record import standalone_verifier
from app.record.hashing import canonical, instant, sha
from app.record.models import ChainHead, Entry
from app.record.rules import Event
from app.record.verification import CHECKED_AT_ONCE, ChainFinding, ChainRange, verify_part

VERSION = 1
LARGEST = 100_000  # bytes of a receipt that is read
_HASH, _KEY_ID = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
# What a person's device does by itself is no act of theirs.
NO_ACTS = (Event.OPENED, Event.FETCHED, Event.CONTINUED)


def case_digest(case: Case) -> str:
    """Return the digest that names a case in receipts, without its parties or its number.

    Whoever knows court and number can compute it. A court or a case that is renamed has another
    one from then on; what an entry's hash covers, the case among it, does not depend on it.
    """
    return sha([case.court.name, number_key(case.number)])


def of_counsel(counsel_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that an entry is about counsel, or whoever acts for them."""
    return Entry.counsel_id == counsel_id


def of_page(attempt: str) -> sa.ColumnElement[bool]:
    """Return the condition that an entry came from the page of a member outside the court."""
    return sa.and_(Entry.attempt == attempt, Entry.notice_id.is_(None))


def _acts(case_id: int, whose: sa.ColumnElement[bool]) -> sa.Select[Entry]:
    return sa.select(Entry).where(
        Entry.case_id == case_id,
        whose,
        Entry.direction == "in",
        Entry.what.not_in([event.value for event in NO_ACTS]),
    )


def acts(session: Session, case_id: int, whose: sa.ColumnElement[bool]) -> list[Entry]:
    """Return the entries of a person's own acts in a case, newest first."""
    query = _acts(case_id, whose).order_by(Entry.seq.desc())
    return list(session.scalars(query))


def act(session: Session, case_id: int, whose: sa.ColumnElement[bool], number: int) -> Entry | None:
    """Return the entry of one act of a person by its number in the case, None if it is none."""
    return session.scalar(_acts(case_id, whose).where(Entry.seq == number))


def issue(
    session: Session, case: Case, entry: Entry, key: SigningKey, now: dt.datetime
) -> dict[str, Any]:
    """Return the signed receipt for an entry of a case, as an object of JSON.

    ``signature`` is over the canonical JSON (RFC 8785) of all other members.
    """
    head = session.get_one(ChainHead, case.id)
    statement: dict[str, Any] = {
        "receipt": VERSION,
        "court": case.court.name,
        "case": case_digest(case),
        "number": entry.seq,
        "hash": entry.hash,
        "head": {"number": head.seq, "hash": head.hash},
        "what": entry.what,
        "when": instant(entry.at),
        "digests": digests_of(entry.detail),
        "signed_at": instant(now),
        "key": key.id,
    }
    return {**statement, "signature": key.sign(canonical(statement))}


def digests_of(detail: Mapping[str, Any]) -> list[str]:
    """Return the SHA-256 of all files that the detail of an entry names, in its order."""
    found: list[str] = []

    def collect(value: object) -> None:
        if isinstance(value, Mapping):
            for name, each in value.items():
                if name in ("sha256", "list_sha256") and isinstance(each, str):
                    found.append(each)
                else:
                    collect(each)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    collect(detail)
    return found


class ReceiptVerdict(PresentedState):
    """What a check of a receipt found."""

    HOLDS = "holds", N_("The record says what this receipt says."), "shield-check", "ok"
    CHANGED = (
        "changed",
        N_("This court signed this receipt, and its record was changed since."),
        "shield-exclamation",
        "bad",
    )
    FORGED = (
        "forged",
        N_("This receipt was not signed by this court, or it was changed since."),
        "exclamation-circle",
        "bad",
    )
    UNREADABLE = "unreadable", N_("This is no receipt."), "exclamation-circle", "bad"


@dataclass(frozen=True)
class Checked:
    """The result of checking a receipt, and what is wrong in one sentence, "" if nothing is.

    ``complete`` tells whether the whole chain was verified, not only the entries it names.
    """

    verdict: ReceiptVerdict
    receipt: Mapping[str, Any]
    why: str = ""
    key: PublishedKey | None = None
    entry: Entry | None = None
    finding: ChainFinding | None = None
    complete: bool = True


def read(text: str) -> dict[str, Any] | None:
    """Return the receipt in a text of JSON or of base64url, None if there is none."""
    if len(text) > LARGEST:
        return None
    text = text.strip().lstrip("\ufeff")
    try:
        if not text.startswith("{"):
            text = signing_keys.bytes_of("".join(text.split())).decode()
        value = json.loads(text, object_pairs_hook=standalone_verifier.once)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and _complete(value) else None


def _complete(value: Mapping[str, Any]) -> bool:
    key, signature = value.get("key"), value.get("signature")
    return (
        value.get("receipt") == VERSION
        and isinstance(key, str)
        and _KEY_ID.fullmatch(key) is not None
        and isinstance(signature, str)
        and _names_entry(value)
        and _names_entry(value.get("head"))
    )


def _names_entry(value: object) -> bool:
    """Tell whether an object names an entry by its number and its hash."""
    if not isinstance(value, Mapping):
        return False
    number, digest = value.get("number"), value.get("hash")
    if type(number) is not int or not isinstance(digest, str):
        return False
    return 0 < number < 2**53 and _HASH.fullmatch(digest) is not None


def check(session: Session, text: str) -> Checked:
    """Check a receipt: who signed it, and whether the record still says what was signed.

    A chain of up to ``CHECKED_AT_ONCE`` entries is verified whole; of a longer one the two entries
    that the receipt names.
    """
    receipt = read(text)
    if receipt is None:
        return Checked(ReceiptVerdict.UNREADABLE, {})
    key = session.get(PublishedKey, receipt["key"])
    statement = {name: value for name, value in receipt.items() if name != "signature"}
    try:
        message = canonical(statement)
    except ValueError:  # numbers and texts that RFC 8785 cannot hold
        return Checked(ReceiptVerdict.FORGED, receipt)
    if key is None or not signing_keys.is_signed(key.public, message, receipt["signature"]):
        return Checked(ReceiptVerdict.FORGED, receipt)
    return _compared(session, receipt, key)


def _compared(session: Session, receipt: Mapping[str, Any], key: PublishedKey) -> Checked:
    """Return what the record says of a receipt whose signature is the court's."""
    entry = session.scalar(
        sa.select(Entry).where(Entry.hash == receipt["hash"], Entry.seq == receipt["number"])
    )
    if entry is None:
        why = N_("No entry of any record has the number and the hash that were signed.")
        return Checked(ReceiptVerdict.CHANGED, receipt, why, key)
    case = session.get(Case, entry.case_id)
    if case is None:
        why = N_("The entry that was signed is in no case any more.")
        return Checked(ReceiptVerdict.CHANGED, receipt, why, key, entry)
    head = receipt["head"]
    signed_head = session.scalar(
        sa.select(Entry.hash).where(Entry.case_id == case.id, Entry.seq == head["number"])
    )
    if signed_head != head["hash"]:
        why = N_("The head of the chain that was signed is not in the record any more.")
        return Checked(ReceiptVerdict.CHANGED, receipt, why, key, entry)
    last = session.get(ChainHead, case.id)
    complete = last is not None and last.seq <= CHECKED_AT_ONCE
    part = ChainRange(case.id) if complete else ChainRange(case.id, entry.seq, entry.seq)
    finding = verify_part(session, part)
    if not finding.intact:
        return Checked(ReceiptVerdict.CHANGED, receipt, "", key, entry, finding, complete)
    return Checked(ReceiptVerdict.HOLDS, receipt, "", key, entry, finding, complete)


def as_text(receipt: Mapping[str, Any]) -> str:
    """Return a receipt as it is downloaded: JSON with members in order, one line each."""
    return json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"


def as_code(receipt: Mapping[str, Any]) -> str:
    """Return a receipt as base64url, for a link or a QR code."""
    text = json.dumps(receipt, ensure_ascii=False, separators=(",", ":"))
    return signing_keys.text_of(text.encode())
