#!/usr/bin/env python3
"""Check an exported record of contact. One file, nothing but Python: no Tingqi, no database.

    python3 verify_record.py record.json [HEAD]

The record comes from `tingqi record export --case NUMBER --format json`. Each line holds the
SHA-256 of the one before it; this file computes every hash anew from what the lines say. Give
HEAD, the hash that the court published or that you noted before, and the check also says whether
the record leads up to it.

A record may come from a newer Tingqi than this copy. What this copy does not know is then named,
and not called broken. Exit status: 0 whole, 1 not whole, 2 the file cannot be read, 3 made by a
newer version, so that this copy cannot check all of it.
"""

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
    "renewed",
    "filed",
    "disclosed",
    "declared",
    "opinion",
    "set_aside",
    "replied",
    "called",
    "told",
    "task",
    "skipped",
    "erased",
    "clock",
)
WHOLE, NOT_WHOLE, UNREADABLE, NEWER = 0, 1, 2, 3
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
    if len(arguments) not in (1, 2):
        print("Say which file: python3 verify_record.py record.json [HEAD]", file=sys.stderr)
        return UNREADABLE
    try:
        with open(arguments[0], encoding="utf-8") as file:
            status, words = check(json.load(file, object_pairs_hook=once), *arguments[1:])
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=sys.stderr)
        return UNREADABLE
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"{arguments[0]} is no exported record: {error!r}", file=sys.stderr)
        return UNREADABLE
    print(words)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
