#!/usr/bin/env python3
"""Check an exported record of contact. One file, nothing but Python: no Tingqi, no database.

    python3 verify_record.py record.json [HEAD]
    python3 verify_record.py record.json receipt.json keys.json

The record comes from `tingqi record export --case NUMBER --format json`. Each line holds the
SHA-256 of the one before it; this file computes every hash anew from what the lines say. Give
HEAD, the hash that the court published or that you noted before, and the check also says whether
the record leads up to it.

With a signed receipt, and the court's public keys as `/record/keys` publishes them, the check says
whether one of these keys signed the receipt, and whether the record still says what was signed.
Keep the keys with your receipts: whoever rewrites a record may publish other keys.

A record may come from a newer Tingqi than this copy. What this copy does not know is then named,
and not called broken. Exit status: 0 whole, 1 not whole, 2 the file cannot be read, 3 made by a
newer version, so that this copy cannot check all of it.
"""

import base64
import hashlib
import json
import sys

START = "0" * 64
# The layout of the file, raised where an older copy could not check it; absent in older files.
FORMAT = 1
# The rule by which a line is hashed: its `v`.
SEALING = 1
NEWEST = 9999  # a greater number is no version
FIELDS_OF_RECORD = ("format", "case", "head", "whole", "lines")
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
# The version of receipts that this copy knows.
RECEIPT = 1
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


def check(record: dict, head: str = "") -> tuple[int, str]:
    """Return the exit status for a record, and what was found in a few sentences."""
    if newer_than(FORMAT, record.get("format")):
        return NEWER, (
            f"MADE BY A NEWER VERSION: the file has format {record['format']}, and this copy "
            f"knows format {FORMAT}. Nothing was checked. {GET_NEWER}"
        )
    last, seen, blanked, last_blank, erased, last_unknown = START, head == START, 0, 0, 0, 0
    sealed_lists: dict[object, object] = {}
    lines = record["lines"]
    if not isinstance(lines, list):
        raise TypeError("its lines are no list")
    case = lines[0].get("case") if lines and isinstance(lines[0], dict) else None
    for seq, line in enumerate(lines, start=1):
        if isinstance(line, dict) and newer_than(SEALING, line.get("v")):
            return NEWER, (
                f"MADE BY A NEWER VERSION at line {seq}: it is hashed by rule {line['v']}, and "
                f"this copy knows rule {SEALING}. The {seq - 1} lines before it are whole. "
                f"{GET_NEWER}"
            )
        if why := fault(line, case, seq, last) or opened_otherwise(line, sealed_lists):
            return NOT_WHOLE, f"NOT WHOLE at line {seq}: {why}"
        last = line["hash"]
        seen = seen or last == head
        if line.get("body") is None:
            blanked, last_blank = blanked + 1, seq
        if line.get("what") == "erased":
            erased = seq
        if line.get("what") not in EVENTS:
            last_unknown = seq
    if last_unknown > last_blank > erased:
        return NEWER, (
            f"MADE BY A NEWER VERSION: the contents of line {last_blank} are gone, and this copy "
            f"does not know whether line {last_unknown} says why. {GET_NEWER}"
        )
    if last_blank > erased:
        return NOT_WHOLE, (
            f"NOT WHOLE at line {last_blank}: its contents are gone, and no line says why"
        )
    if last != record["head"]:
        return NOT_WHOLE, f"NOT WHOLE: the lines end at {last}, the head is {record['head']}"
    if head and not seen:
        return NOT_WHOLE, f"NOT WHOLE: no line has the hash {head}"
    left = f", contents of {blanked} blanked" if blanked else ""
    # Entries are sealed with the installation's number of the case, not with its case number.
    words = (
        f"{record['case']} (sealed as case {case if lines else '-'}): {len(lines)} lines, "
        f"whole{left}. Head {last}"
    )
    return unknown(record, lines, words)


def unknown(record: dict, lines: list, words: str) -> tuple[int, str]:
    """Return the exit status for a whole record, and name what this copy does not know in it.

    An event is hashed as all others are. A field that the hash leaves out was not checked.
    """
    events = sorted({str(line.get("what")) for line in lines} - set(EVENTS))
    fields = {name for line in lines for name in line} - set(FIELDS_OF_LINE)
    fields |= {name for name in record if name not in FIELDS_OF_RECORD}
    if events:
        words += (
            f". MADE BY A NEWER VERSION: this copy does not know what {', '.join(events)} means; "
            "the hashes of those lines are right"
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


def signed_by(receipt: dict, keys: dict) -> str:
    """Return the id of the key that signed a receipt, "" where none of these keys did."""
    message = canonical({n: v for n, v in receipt.items() if n != "signature"}).encode()
    for key in keys["keys"]:
        public = bytes_of(key["public"])
        if hashlib.sha256(public).hexdigest()[:32] != receipt["key"]:
            continue
        if is_signed(public, message, bytes_of(receipt["signature"])):
            return str(receipt["key"])
    return ""


def check_receipt(record: dict, receipt: dict, keys: dict) -> tuple[int, str]:
    """Return the exit status for a record and a receipt, and what was found in a few sentences."""
    if newer_than(RECEIPT, receipt.get("receipt")):
        return NEWER, (
            f"MADE BY A NEWER VERSION: the receipt is of version {receipt['receipt']}, and this "
            f"copy knows version {RECEIPT}. Nothing was checked. {GET_NEWER}"
        )
    key = signed_by(receipt, keys)
    if not key:
        return NOT_WHOLE, "NOT SIGNED: none of these keys signed this receipt"
    status, words = check(record)
    lines, head = record["lines"], receipt["head"]
    for number, digest in ((receipt["number"], receipt["hash"]), (head["number"], head["hash"])):
        if not 0 < number <= len(lines) or lines[number - 1].get("hash") != digest:
            return NOT_WHOLE, (
                f"NOT WHAT WAS SIGNED: by key {key} the court signed on {receipt['signed_at']} "
                f"that line {number} has the hash {digest}; the record says otherwise. {words}"
            )
    signed = f"Receipt of line {receipt['number']} signed by key {key}, and the record says so"
    return status, f"{signed}. {words}"


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON. Raises ValueError where it names a key twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def main(arguments: list[str]) -> int:
    """Check the file that is named, and print what was found."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal may lack the signs of a name.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if len(arguments) not in (1, 2, 3):
        print(
            "Say which file: python3 verify_record.py record.json [HEAD], or with a receipt: "
            "python3 verify_record.py record.json receipt.json keys.json",
            file=sys.stderr,
        )
        return UNREADABLE
    names, with_receipt = arguments[:1], len(arguments) == 3
    if with_receipt:
        names = arguments
    files: list[dict] = []
    try:
        for name in names:
            with open(name, encoding="utf-8") as file:
                files.append(json.load(file, object_pairs_hook=once))
        status, words = check_receipt(*files) if with_receipt else check(files[0], *arguments[1:])
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return UNREADABLE
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if len(files) == len(names) > 1:  # each is JSON
            print(f"This is no record with a receipt and keys: {error!r}", file=sys.stderr)
        else:
            print(
                f"{names[max(0, len(files) - 1)]} is no exported record: {error!r}", file=sys.stderr
            )
        return UNREADABLE
    print(words)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
