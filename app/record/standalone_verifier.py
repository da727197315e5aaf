#!/usr/bin/env python3
"""Check an exported record of contact. One file, nothing but Python: no Tingqi, no database.

    python3 verify_record.py record.json [HEAD]

The record comes from `tingqi record export --case NUMBER --format json`. Each line holds the
SHA-256 of the one before it; this file computes every hash anew from what the lines say. Give
HEAD, the hash that the court published or that you noted before, and the check also says whether
the record leads up to it. Exit status: 0 whole, 1 not whole, 2 the file cannot be read.
"""

import hashlib
import json
import sys

START = "0" * 64
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


def check(record: dict, head: str = "") -> tuple[bool, str]:
    """Return whether a record is whole, and say it in one sentence."""
    last, seen, blanked, last_blank, erased = START, head == START, 0, 0, 0
    lines = record["lines"]
    if not isinstance(lines, list):
        raise TypeError("its lines are no list")
    case = lines[0].get("case") if lines and isinstance(lines[0], dict) else None
    for seq, line in enumerate(lines, start=1):
        if why := fault(line, case, seq, last):
            return False, f"NOT WHOLE at line {seq}: {why}"
        last = line["hash"]
        seen = seen or last == head
        if line.get("body") is None:
            blanked, last_blank = blanked + 1, seq
        if line.get("what") == "erased":
            erased = seq
    if blanked and last_blank > erased:
        return False, f"NOT WHOLE at line {last_blank}: its contents are gone, and no line says why"
    if last != record["head"]:
        return False, f"NOT WHOLE: the lines end at {last}, the head is {record['head']}"
    if head and not seen:
        return False, f"NOT WHOLE: no line has the hash {head}"
    left = f", contents of {blanked} blanked" if blanked else ""
    # Entries are sealed with the installation's number of the case, not with its case number.
    return True, (
        f"{record['case']} (sealed as case {case if lines else '-'}): {len(lines)} lines, "
        f"whole{left}. Head {last}"
    )


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
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            intact, words = check(json.load(file, object_pairs_hook=once), *arguments[1:])
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=sys.stderr)
        return 2
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"{arguments[0]} is no exported record: {error!r}", file=sys.stderr)
        return 2
    print(words)
    return 0 if intact else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
