#!/usr/bin/env python3
"""Check an exported record of contact. One file, nothing but Python: no Tingqi, no database.

    python3 verify_record.py record.json [HEAD]
    python3 verify_record.py record.json receipt.json keys.json
    python3 verify_record.py record.json days.json keys.json statements.json ...
    python3 verify_record.py statements-of-one.json statements-of-another.json

The record comes from `tingqi record export --case NUMBER --format json`. Each line holds the
SHA-256 of the one before it; this file computes every hash anew from what the lines say. Give
HEAD, the hash that the court published or that you noted before, and the check also says whether
the record leads up to it. A record is read line by line, however long it is.

Each file is known by what is in it, in any order:

- signed receipts, and the court's public keys as `/record/keys` publishes them: whether one of
  these keys signed the receipt, and whether the record still says what was signed. Keep the keys
  with your receipts: whoever rewrites a record may publish other keys;
- sealed days as `/record/days.json` publishes them; the record holds those days that seal its
  case: whether each day is as it was sealed, and seals these lines;
- statements of a witness, as `/record/witnesses.json` of another court publishes them, or
  `tingqi record statements` prints them: whether the days are those that the witness saw, and
  whether the court showed two witnesses two histories.

Of a time stamp (RFC 3161) this file checks that it is of this day, and that what it says is what
its signer signed a digest of; it has no library for the signature itself. `--tsa-ca FILE`, the
authority's certificates as PEM, lets the program `openssl` check signature and chain, if it is
installed. `--stamps FOLDER` writes the stamps into a folder, and the same commands are printed.

A record may come from a newer Tingqi than this copy. What this copy does not know is then named,
and not called broken. Exit status: 0 whole, 1 not whole, 2 the file cannot be read, 3 made by a
newer version, so that this copy cannot check all of it.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple, TextIO

START = "0" * 64
# The layout of the file, raised where an older copy could not check it; absent in older files.
FORMAT = 1
# The rule by which a line is hashed: its `v`.
SEALING = 1
NEWEST = 9999  # a greater number is no version
FIELDS_OF_RECORD = ("format", "case", "head", "whole", "lines", "days")
# What the hash of a line covers; `content` is the hash of `body`, which may have been blanked.
SEALED = (
    "v",
    "case",
    "seq",
    "at",
    "what",
    "direction",
    "about",
    "attempt",
    "counsel",
    "side",
    "channel",
    "kind",
    "detail",
    "content",
    "prev",
)
FIELDS_OF_LINE = (*SEALED, "body", "hash")
# The events that lines may tell of; others are hashed alike, and named as unknown.
EVENTS = (
    "queued",
    "started",
    "accepted",
    "refused",
    "delivered",
    "failed",
    "unknown",
    "withdrawn",
    "missed",
    "status",
    "opened",
    "fetched",
    "continued",
    "answered",
    "confirmed",
    "cannot_come",
    "asked",
    "agreed",
    "objected",
    "address_confirmed",
    "consented",
    "consent_withdrawn",
    "address_changed",
    "address_refused",
    "delegated",
    "delegation_ended",
    "delegation_refused",
    "noted",
    "registered",
    "outcome",
    "absent",
    "not_absent",
    "bench_changed",
    "renewed",
    "filed",
    "disclosed",
    "declared",
    "opinion",
    "set_aside",
    "released",
    "replied",
    "called",
    "told",
    "task",
    "skipped",
    "erased",
    "clock",
)
WHOLE, NOT_WHOLE, UNREADABLE, NEWER = 0, 1, 2, 3
# The versions of receipts, of days as the court signs them, and of witnesses' statements.
RECEIPT, DAY, STATEMENT = 1, 1, 1
# Ed25519 (RFC 8032, 5.1): the field's prime, the group's order, the curve's constant.
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
GET_NEWER = "Check it with the file that `tingqi record verifier` writes there now."


def canonical(value: object) -> str:
    """Return a value as canonical JSON (RFC 8785). Raises ValueError for a fraction.

    Records hold none; how RFC 8785 writes them is the one part of it that is left out here.
    """
    if isinstance(value, dict):
        # Keys are ordered by UTF-16 code units (RFC 8785, 3.2.3).
        names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(n)}:{canonical(value[n])}" for n in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, float):
        raise ValueError(f"the number {value} cannot be checked")
    return json.dumps(value, ensure_ascii=False)


def sha(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def fault(line: object, case: object, seq: int, last: str) -> str:
    """Return what is wrong with a line that must be number ``seq`` and follow ``last``, or ""."""
    if not isinstance(line, dict):
        return "it is no line"
    if line.get("case") != case:
        return "it is of another case"
    if type(line.get("seq")) is not int or line["seq"] != seq:
        return f"line {seq} is missing"
    if line.get("prev") != last:
        return "it does not follow the line before it"
    body = line.get("body")
    try:
        if body is not None and sha(body) != line.get("content"):
            return "its contents are not what was written"
        if sha({name: line.get(name) for name in SEALED}) != line.get("hash"):
            return "it is not what was written"
    except (ValueError, TypeError, RecursionError) as error:
        return f"it cannot be read ({error})"
    return ""


def opened_otherwise(line: dict, sealed_lists: dict) -> str:
    """Return what is wrong with a sealed list of papers that a line opens, or nothing.

    The line by which papers were filed under seal holds the digest of their list; ``sealed_lists``
    keeps it by the number of the filing.
    """
    detail, body = line.get("detail"), line.get("body")
    if not isinstance(detail, dict) or "list_sha256" not in detail:
        return ""
    number, digest = str(detail.get("filing")), detail["list_sha256"]
    if line.get("what") == "filed":
        sealed_lists[number] = digest
    elif line.get("what") == "disclosed":
        if sealed_lists.get(number) != digest:
            return "it opens another list of papers than was sealed"
        if isinstance(body, dict) and sha(body.get("list")) != digest:
            return "the papers that it opens are not those that were sealed"
    return ""


def newer_than(known: int, number: object) -> bool:
    """Return whether a version is one that this copy is too old for."""
    return type(number) is int and known < number <= NEWEST


class Reading(NamedTuple):
    """What a record was found to be; ``hashes`` has 32 bytes for each line that was read."""

    status: int
    words: str
    hashes: bytearray
    case: object = None

    def hash_of(self, number: object) -> str:
        """Return the hash of a line by its number, "" where there is none."""
        if type(number) is not int or not 0 < number <= len(self.hashes) // 32:
            return ""
        return self.hashes[32 * number - 32 : 32 * number].hex()


def check(record: dict, head: str = "") -> tuple[int, str]:
    """Return the exit status for a record, and what was found in a few sentences."""
    found = read_record(record, head)
    return found.status, found.words


def newer_format(record: dict) -> str:
    """Return what is said of a record of a later format, "" for one that this copy knows."""
    if not newer_than(FORMAT, record.get("format")):
        return ""
    return (
        f"MADE BY A NEWER VERSION: the file has format {record['format']}, and this copy "
        f"knows format {FORMAT}. Nothing was checked. {GET_NEWER}"
    )


def read_record(record: dict, head: str = "") -> Reading:
    """Check every line of a record, which may be read while this goes on; see `Document`."""
    last, seen, blanked, last_blank, erased, last_unknown = START, head == START, 0, 0, 0, 0
    sealed_lists: dict[object, object] = {}
    hashes = bytearray()
    events: set[str] = set()
    fields: set[str] = set()
    case, seq = None, 0

    def ended(status: int, words: str) -> Reading:
        return Reading(status, newer_format(record) or words, hashes, case)

    if words := newer_format(record):
        return ended(NEWER, words)
    lines = record["lines"]
    if isinstance(lines, (dict, str)):
        raise TypeError("its lines are no list")
    for seq, line in enumerate(lines, start=1):
        if seq == 1 and isinstance(line, dict):
            case = line.get("case")
        if isinstance(line, dict) and newer_than(SEALING, line.get("v")):
            return ended(
                NEWER,
                f"MADE BY A NEWER VERSION at line {seq}: it is hashed by rule {line['v']}, and "
                f"this copy knows rule {SEALING}. The {seq - 1} lines before it are whole. "
                f"{GET_NEWER}",
            )
        if why := fault(line, case, seq, last) or opened_otherwise(line, sealed_lists):
            return ended(NOT_WHOLE, f"NOT WHOLE at line {seq}: {why}")
        last = line["hash"]
        hashes += bytes.fromhex(last)
        seen = seen or last == head
        if line.get("body") is None:
            blanked, last_blank = blanked + 1, seq
        if line.get("what") == "erased":
            erased = seq
        if line.get("what") not in EVENTS:
            last_unknown = seq
            events.add(str(line.get("what")))
        fields |= line.keys() - FIELDS_OF_LINE
    if words := newer_format(record):
        return ended(NEWER, words)
    if last_unknown > last_blank > erased:
        return ended(
            NEWER,
            f"MADE BY A NEWER VERSION: the contents of line {last_blank} are gone, and this copy "
            f"does not know whether line {last_unknown} says why. {GET_NEWER}",
        )
    if last_blank > erased:
        why = f"NOT WHOLE at line {last_blank}: its contents are gone, and no line says why"
        return ended(NOT_WHOLE, why)
    if last != record["head"]:
        why = f"NOT WHOLE: the lines end at {last}, the head is {record['head']}"
        return ended(NOT_WHOLE, why)
    if head and not seen:
        return ended(NOT_WHOLE, f"NOT WHOLE: no line has the hash {head}")
    left = f", contents of {blanked} blanked" if blanked else ""
    # Entries are sealed with the installation's number of the case, not with its case number.
    words = (
        f"{record['case']} (sealed as case {case if seq else '-'}): {seq} lines, "
        f"whole{left}. Head {last}"
    )
    fields |= record.keys() - FIELDS_OF_RECORD
    return ended(*unknown(events, fields, words))


def unknown(events: set[str], fields: set[str], words: str) -> tuple[int, str]:
    """Return the exit status for a whole record, and name what this copy does not know in it.

    An event is hashed as all others are. A field that the hash leaves out was not checked.
    """
    if events:
        words += (
            f". MADE BY A NEWER VERSION: this copy does not know what {', '.join(sorted(events))} "
            "means; the hashes of those lines are right"
        )
    if fields:
        return NEWER, (
            f"{words}. MADE BY A NEWER VERSION: this copy does not know these fields, and no hash "
            f"that it knows covers them: {', '.join(sorted(fields))}. {GET_NEWER}"
        )
    return WHOLE, words


Point = tuple[int, int, int, int]


def add(one: Point, two: Point) -> Point:
    """Return the sum of two points in extended coordinates (RFC 8032, 5.1.4)."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % PRIME
    b = (one[1] + one[0]) * (two[1] + two[0]) % PRIME
    c = 2 * one[3] * two[3] * CURVE % PRIME
    d = 2 * one[2] * two[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def times(factor: int, point: Point) -> Point:
    """Return a multiple of a point."""
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def same(one: Point, two: Point) -> bool:
    """Tell whether two points are the same."""
    return (one[0] * two[2] - two[0] * one[2]) % PRIME == 0 and (
        one[1] * two[2] - two[1] * one[2]
    ) % PRIME == 0


def point_of(raw: bytes) -> Point:
    """Return the point that 32 bytes encode (RFC 8032, 5.1.3). Raises ValueError."""
    number = int.from_bytes(raw, "little")
    y, odd = number % 2**255, number >> 255
    if len(raw) != 32 or y >= PRIME:
        raise ValueError("no point of the curve")
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if (x * x - square) % PRIME or (x == 0 and odd):
        raise ValueError("no point of the curve")
    if x % 2 != odd:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature of a message is valid (RFC 8032, 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    factor = int.from_bytes(signature[32:], "little")
    if factor >= ORDER:
        return False
    try:
        key, commitment = point_of(public), point_of(signature[:32])
        base = point_of((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))
    except ValueError:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return same(times(factor, base), add(commitment, times(challenge, key)))


def bytes_of(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def id_of(public: str) -> str:
    """Return the id of a public key: 32 digits of its SHA-256."""
    return hashlib.sha256(bytes_of(public)).hexdigest()[:32]


def holds(statement: dict, public: str) -> bool:
    """Tell whether a public key signed a statement, which names the key by its id."""
    message = canonical({n: v for n, v in statement.items() if n != "signature"}).encode()
    return id_of(public) == statement["key"] and is_signed(
        bytes_of(public), message, bytes_of(statement["signature"])
    )


def signed_by(statement: dict, keys: list[str]) -> str:
    """Return the id of the key that signed a receipt or a day, "" where none of these did."""
    return str(statement["key"]) if any(holds(statement, key) for key in keys) else ""


def check_receipt(record: Reading, receipt: dict, keys: list[str]) -> tuple[int, str]:
    """Return the exit status for a receipt of a record that was read, and what was found."""
    if newer_than(RECEIPT, receipt.get("receipt")):
        return NEWER, (
            f"MADE BY A NEWER VERSION: the receipt is of version {receipt['receipt']}, and this "
            f"copy knows version {RECEIPT}. It was not checked. {GET_NEWER}"
        )
    key = signed_by(receipt, keys)
    if not key:
        return NOT_WHOLE, "NOT SIGNED: none of these keys signed this receipt"
    head = receipt["head"]
    for number, digest in ((receipt["number"], receipt["hash"]), (head["number"], head["hash"])):
        if record.hash_of(number) != digest:
            return NOT_WHOLE, (
                f"NOT WHAT WAS SIGNED: by key {key} the court signed on {receipt['signed_at']} "
                f"that line {number} has the hash {digest}; the record says otherwise."
            )
    return WHOLE, f"Receipt of line {receipt['number']} signed by key {key}, and the record says so"


class Stamps(NamedTuple):
    """How time stamps are checked: where they are written to, and the authority's certificates."""

    folder: str = ""
    authority: str = ""


def check_days(days: list, record: "Reading | None", stamps: Stamps) -> tuple[int, list[str]]:
    """Return the exit status for sealed days, and what was found: their hashes, heads and stamps.

    Days that follow each other must be chained; a record holds only those that seal its case.
    """
    before: dict = {}
    stamped: list[str] = []
    for day in days:
        name = f"day {day['number']} ({day['on']})"
        if sha_of_day(day) != day["hash"]:
            return NOT_WHOLE, [f"NOT WHOLE: {name} is not what was sealed"]
        if before and day["number"] <= before["number"]:
            return NOT_WHOLE, [f"NOT WHOLE: {name} does not follow the day before it"]
        follows = bool(before) and day["number"] == before["number"] + 1
        if (follows and day["prev"] != before["hash"]) or (
            (day["number"] == 1) != (day["prev"] == START)
        ):
            return NOT_WHOLE, [f"NOT WHOLE: {name} does not follow the day before it"]
        for case, number, digest in day["heads"] if record else ():
            if record and case == record.case and record.hash_of(number) != digest:
                return NOT_WHOLE, [
                    f"NOT WHOLE: {name} sealed line {number} with the hash {digest}; "
                    f"the record has {record.hash_of(number) or 'no such line'}"
                ]
        if stamp := day.get("stamp"):
            why, words = check_stamp(day, stamp, stamps)
            if why:
                return NOT_WHOLE, [f"NOT WHOLE: the time stamp of {name} {why}"]
            stamped.append(words)
        before = day
    found = [f"{len(days)} sealed days, each as it was sealed"]
    if days and not stamped:
        found.append("None of these days carries a time stamp from outside the court")
    elif stamped:
        found.append(f"{len(stamped)} of {len(days)} days carry a time stamp of these contents:")
        found += stamped
    return WHOLE, found


def sha_of_day(day: dict) -> str:
    """Return the hash of a sealed day, computed anew."""
    return sha(
        {
            "v": 1,
            "court": day["court"],
            "seq": day["number"],
            "on": day["on"],
            "at": day["at"],
            "heads": day["heads"],
            "prev": day["prev"],
        }
    )


class Element(NamedTuple):
    """One element of DER (X.690): its tag, its contents, and all its bytes."""

    tag: int
    body: bytes
    der: bytes

    def parts(self) -> "list[Element]":
        """Return the elements that this one consists of."""
        found, place = [], 0
        while place < len(self.body):
            found.append(element(self.body, place))
            place += len(found[-1].der)
        return found


def element(der: bytes, place: int = 0) -> Element:
    """Return the element of DER at a place. Raises ValueError."""
    if len(der) < place + 2:
        raise ValueError("it is cut off")
    tag, size, begin = der[place], der[place + 1], place + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("it has a long tag")
    if size >= 0x80:
        count = size - 0x80
        if not 0 < count <= 4:
            raise ValueError("it has a length that DER does not have")
        size, begin = int.from_bytes(der[begin : begin + count], "big"), begin + count
    if begin + size > len(der):
        raise ValueError("it is cut off")
    return Element(tag, der[begin : begin + size], der[place : begin + size])


SHA256 = bytes.fromhex("608648016503040201")
DIGESTS = {
    SHA256: hashlib.sha256,
    bytes.fromhex("608648016503040202"): hashlib.sha384,
    bytes.fromhex("608648016503040203"): hashlib.sha512,
}
TST_INFO = bytes.fromhex("2a864886f70d0109100104")
MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")


def read_stamp(response: bytes) -> tuple[bytes, str]:
    """Return the digest that a time stamp is of, and its time (RFC 3161, 2.4.2).

    The digest among the attributes that its signer signed must be that of what the stamp says; the
    signature itself is not checked. Raises ValueError.
    """
    status, token = element(response).parts()[:2]
    if int.from_bytes(status.parts()[0].body, "big") != 0:
        raise ValueError("it was not granted")
    signed_data = token.parts()[1].parts()[0].parts()
    content_type, content = signed_data[2].parts()[:2]
    if content_type.body != TST_INFO:
        raise ValueError("it is no time stamp")
    info = content.parts()[0].body
    [signer] = signed_data[-1].parts()
    digest_of = DIGESTS[signer.parts()[2].parts()[0].body]
    attributes = [each.parts() for each in signer.parts()[3].parts()]
    [signed] = [values.parts() for name, values in attributes if name.body == MESSAGE_DIGEST]
    if signed[0].body != digest_of(info).digest():
        raise ValueError("its signer signed something else")
    fields = element(info).parts()
    algorithm, digest = fields[2].parts()
    if algorithm.parts()[0].body != SHA256:
        raise ValueError("it is of another kind of digest")
    return digest.body, fields[4].body.decode("ascii")


def check_stamp(day: dict, stamp: dict, how: Stamps) -> tuple[str, str]:
    """Return what is wrong with the time stamp of a day, "" if nothing is, and what it says."""
    try:
        response = base64.b64decode(stamp["response"], validate=True)
        digest, at = read_stamp(response)
        is_ahead = at[:14] > time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 86_400))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        return f"cannot be read ({error})", ""
    if digest.hex() != day["hash"]:
        return "is of other contents", ""
    if is_ahead:
        return f"is of a time to come, {at}", ""
    words = f"  day {day['number']} ({day['on']}): {at}"
    why, checked = check_signature(response, day["hash"], how.authority)
    if why:
        return why, ""
    words += f"; its signature is {'valid' if checked else 'not checked here'}"
    if how.folder:
        name = os.path.join(how.folder, f"day-{int(day['number'])}.tsr")
        with open(name, "wb") as file:
            file.write(response)
        words += f": openssl ts -verify -in {name} -digest {day['hash']} -CAfile AUTHORITY.pem"
    return "", words


def check_signature(response: bytes, digest: str, authority: str) -> tuple[str, bool]:
    """Return what is wrong with the signature and the chain of a stamp, and whether it was checked.

    It is where the certificates of an authority are given, and the program ``openssl`` is there.
    """
    program = shutil.which("openssl") if authority else None
    if program is None:
        return "", False
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "stamp.tsr")
        with open(name, "wb") as file:
            file.write(response)
        command = [program, "ts", "-verify", "-in", name, "-digest", digest, "-CAfile", authority]
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - the user's own openssl
    if run.returncode == 0 and "Verification: OK" in run.stdout + run.stderr:
        return "", True
    errors = [line for line in run.stderr.splitlines() if "error" in line.lower()] or ["no reason"]
    return f"is not by this authority: openssl says {errors[0].strip()}", True


def check_statement(statement: dict, keys: list[str]) -> str:
    """Return what is wrong with a statement of a witness, "" if nothing is.

    It holds what the court signed, and is signed by the witness. The keys are those of the court,
    if they are known; else the court's key is the one that the statement names.
    """
    day = statement["day"]
    if newer_than(STATEMENT, statement.get("witness")) or newer_than(DAY, day.get("day")):
        return "is of a newer version"
    if not holds(statement, statement["public"]):
        return "is not signed by its witness"
    if not holds(day, day["public"]):
        return "holds a day that the court did not sign"
    if keys and not signed_by(day, keys):
        return "holds a day signed by none of these keys"
    return ""


def head_of(statement: dict) -> str:
    """Return the head that a witness saw, in words."""
    day = statement["day"]
    return (
        f"{day['hash']}, signed by the court with key {day['key']}, seen by witness "
        f"{statement['key']} on {statement['seen_at']} at {statement['court']['address']}"
    )


def check_statements(statements: list, days: list, keys: list[str]) -> tuple[int, list[str]]:
    """Return the exit status for statements of witnesses, compared with days and one another."""
    sealed = {(day["court"], day["number"]): day["hash"] for day in days}
    seen: dict = {}
    found: list[str] = []
    compared = 0
    for statement in statements:
        day = statement["day"]
        name = f"day {day['number']} ({day['on']}) of {day['court']}"
        if why := check_statement(statement, keys):
            found.append(f"NOT SIGNED: the statement of {name} {why}")
            continue
        other = seen.setdefault((day["court"], day["court_number"], day["number"]), statement)
        if other["day"]["hash"] != day["hash"]:
            found.append(
                f"TWO HISTORIES of {name}, both signed by the court:\n"
                f"  {head_of(other)}\n  {head_of(statement)}"
            )
        own = sealed.get((day["court_number"], day["number"]))
        compared += own is not None
        if own not in (None, day["hash"]):
            found.append(
                f"NOT WHAT WAS SEEN: {name} has the hash\n  {own} here, and\n  {head_of(statement)}"
            )
    if found:
        return NOT_WHOLE, found
    words = f"{len(statements)} statements of witnesses, signed by witness and court"
    if days:
        words += f"; {compared} are about these days, and say the same"
    witnesses = sorted({statement["key"] for statement in statements})
    return WHOLE, [f"{words}. Keys of the witnesses: {', '.join(witnesses)}"]


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON. Raises ValueError where it names a key twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


class Document:
    """A file of JSON with an object; of a record its lines are read one by one.

    ``members`` has what was read so far. Of a record, ``lines`` among them can be iterated once;
    what follows them in the file is there afterwards. Raises ValueError.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text, self._place, self._is_read = "", 0, False
        self._decoder = json.JSONDecoder(object_pairs_hook=once)
        self.members: dict = {}
        if self._peek() != "{":
            raise ValueError("it is no object")
        self._place += 1
        self._read_members(first=True)

    def _more(self) -> bool:
        """Read on, twice as much as waits; tell whether there was more."""
        piece = self._file.read(max(65536, len(self._text) - self._place))
        self._text, self._place = self._text[self._place :] + piece, 0
        self._is_read = not piece
        return bool(piece)

    def _peek(self) -> str:
        """Return the next character that is no space, "" at the end."""
        while True:
            while self._place < len(self._text) and self._text[self._place] in " \t\r\n":
                self._place += 1
            if self._place < len(self._text) or not self._more():
                return self._text[self._place : self._place + 1]

    def _take(self, characters: str) -> str:
        """Return the next character, which must be one of these."""
        found = self._peek()
        if not found or found not in characters:
            raise ValueError(f"{found or 'its end'} where one of {characters} is expected")
        self._place += 1
        return found

    def _value(self) -> object:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self._place = end
            return value

    def _read_members(self, first: bool = False) -> None:
        """Read members of the object, up to the lines or to the end."""
        if first and self._peek() == "}":
            self._place += 1
            return self._end()
        while True:
            name = self._value()
            if not isinstance(name, str) or name in self.members:
                raise ValueError("a key is there twice" if isinstance(name, str) else "no key")
            self._take(":")
            if name == "lines" and self._peek() == "[":
                self._place += 1
                self.members[name] = self._lines()
                return None
            self.members[name] = self._value()
            if self._take(",}") == "}":
                return self._end()

    def _end(self) -> None:
        if self._peek():
            raise ValueError("something follows its end")

    def _lines(self) -> "Iterator[object]":
        if self._peek() == "]":
            self._place += 1
        else:
            while True:
                yield self._value()
                if self._take(",]") == "]":
                    break
        if self._take(",}") == "}":
            self._end()
        else:
            self._read_members()


class Files(NamedTuple):
    """The files that were named, by what they are."""

    records: list[dict]
    receipts: list[dict]
    keys: list[str]
    days: list[dict]
    statements: list[dict]

    def sort_in(self, members: dict) -> None:
        """Add one file. Raises ValueError where nothing that is known is in it."""
        if "lines" in members or "format" in members:
            self.records.append(members)
        elif "receipt" in members:
            self.receipts.append(members)
        elif "keys" in members:
            self.keys.extend(key["public"] for key in members["keys"])
        elif "days" in members:
            self.days.extend(members["days"])
        elif "statements" in members:
            self.statements.extend(members["statements"])
        elif "witness" in members:
            self.statements.append(members)
        else:
            raise ValueError("nothing in it is known")


def check_all(files: Files, head: str, stamps: Stamps) -> tuple[int, list[str]]:
    """Return the exit status for all files together, and what was found, a line each."""
    if len(files.records) > 1:
        raise ValueError("check one record at a time")
    found: list[tuple[int, list[str]]] = []
    record, days = None, list(files.days)
    if files.records:
        record = read_record(files.records[0], head)
        found.append((record.status, [record.words]))
        own = files.records[0].get("days")
        if record.status == WHOLE and own:
            found.append(check_days(own, record, stamps))
            days += own
    for receipt in files.receipts:
        if record is None or not files.keys:
            raise ValueError("a receipt is checked with the record and the court's keys")
        status, words = check_receipt(record, receipt, files.keys)
        found.insert(0, (status, [words]))
    if files.days and (record is None or record.status != NEWER):
        found.append(check_days(files.days, record, stamps))
    if files.statements:
        found.append(check_statements(files.statements, days, files.keys))
    if not found:
        raise ValueError("there is nothing to check")
    statuses = [status for status, _ in found]
    worst = NOT_WHOLE if NOT_WHOLE in statuses else max(statuses)
    return worst, [line for _, lines in found for line in lines]


class Arguments(NamedTuple):
    """What a command line says: names of files, a head, and how time stamps are checked."""

    names: list[str]
    head: str
    stamps: Stamps


def arguments_of(arguments: list[str]) -> Arguments:
    """Return what a command line says."""
    names = list(arguments)
    stamps = Stamps(option(names, "--stamps"), option(names, "--tsa-ca"))
    heads = [name for name in names[1:] if len(name) == 64 and not os.path.exists(name)]
    rest = [name for name in names if name not in heads]
    return Arguments(rest, "".join(heads[:1]), stamps)


def option(words: list[str], name: str) -> str:
    """Take an option and its value out of a command line; "" where it is not there."""
    if name not in words:
        return ""
    place = words.index(name)
    value = words[place + 1] if place + 1 < len(words) else "."
    del words[place : place + 2]
    return value


def main(arguments: list[str]) -> int:
    """Check the files that are named, and print what was found."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal may lack the signs of a name.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    names, head, stamps = arguments_of(arguments)
    if not names:
        print(
            "Say which file: python3 verify_record.py record.json [HEAD], or with a receipt: "
            "python3 verify_record.py record.json receipt.json keys.json",
            file=sys.stderr,
        )
        return UNREADABLE
    files, name = Files([], [], [], [], []), names[0]
    try:
        with ExitStack() as opened:  # a record is read while it is checked
            if stamps.authority:
                opened.enter_context(open(stamps.authority, "rb"))  # says so where it is not there
            for name in names:
                file = opened.enter_context(open(name, encoding="utf-8"))
                files.sort_in(Document(file).members)
            status, found = check_all(files, head, stamps)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return UNREADABLE
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if len(names) > 1:
            print(f"These files cannot be checked together: {error!r} ({name})", file=sys.stderr)
        else:
            print(f"{name} is no exported record: {error!r}", file=sys.stderr)
        return UNREADABLE
    print("\n".join(found))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
