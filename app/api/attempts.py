"""Group entries of the record into contact attempts, each with its state and grade."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.record.ledger import instant
from app.record.models import Entry
from app.record.rules import Event, attempt_state, grade


def attempts(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Group entries (oldest first) into attempts, in the order in which they began."""
    return [_attempt(name, group) for name, group in _grouped(entries)]


def _grouped(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Group by attempt; an entry without one stands alone, queueing joins the first try."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.attempt or f"l{entry.seq}", []).append(entry)
    for waiting in [name for name in groups if name.startswith("n") and name.endswith(".0")]:
        if tried := groups.get(first := f"{waiting[:-1]}1"):
            groups[first] = sorted([*groups.pop(waiting), *tried], key=lambda entry: entry.seq)
    return sorted(groups.items(), key=lambda group: group[1][0].seq)


def _attempt(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    first = entries[0]
    events = [Event(entry.what) for entry in entries]
    best = grade(zip(events, (entry.detail for entry in entries), strict=True))
    body = first.content.body if first.content else {}
    return {
        "attempt": name,
        "kind": first.kind,
        "channel": first.channel,
        "direction": first.direction,
        "person": {
            "name": body.get("name", ""),
            "side": first.side,
            "counsel_id": first.counsel_id,
        },
        "delegate": body.get("delegate", ""),
        "address": body.get("address", ""),
        "state": attempt_state(events, first.notice_id is not None),
        "grade": {"level": f"E{best.value}", "name": best.name.lower()},
        "lines": [_entry(entry) for entry in entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": instant(entry.at),
        "what": entry.what,
        "direction": entry.direction,
        "about": entry.about,
        "attempt": entry.attempt,
        "counsel_id": entry.counsel_id,
        "side": entry.side,
        "channel": entry.channel,
        "kind": entry.kind,
        "detail": entry.detail,
        "content": entry.content.body if entry.content else {},
        "content_hash": entry.content_hash,
        "prev": entry.prev,
        "hash": entry.hash,
    }
