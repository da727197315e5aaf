"""Group entries of the record into contact attempts, each with its state and grade."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.record.ledger import instant
from app.record.models import Entry
from app.record.rules import Event, NoticeState, fold, grade


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
    best = grade((Event(entry.what), entry.detail) for entry in entries)
    body = first.content.body
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
        "address": body.get("address", ""),
        "state": state_of(events, first.notice_id is not None),
        "grade": {"level": f"E{best.value}", "name": best.name.lower()},
        "lines": [_entry(entry) for entry in entries],
    }


def state_of(events: Sequence[Event], of_a_notice: bool) -> str:
    """Return the state of an attempt.

    A notice's state is the fold of its entries; a try that was refused or failed stays so, whether
    or not another follows, unless the carrier says later that it succeeded. Of what was not sent by
    us, the strongest event counts.
    """
    if not of_a_notice:
        if events[0] is Event.FAILED:
            return NoticeState.FAILED
        strongest = max(events, key=lambda event: event.traits.precedence)
        return strongest if strongest.traits.precedence else events[-1]
    ended = [n for n, what in enumerate(events) if what.traits.ends_attempt]
    state = fold(events)
    if not ended or state is not NoticeState.QUEUED:
        return state
    if Event.ACCEPTED in events[ended[-1] :]:  # it had gone out, and nobody knew
        return NoticeState.SENT
    return events[ended[-1]]


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
        "content": entry.content.body,
        "content_hash": entry.content_hash,
        "prev": entry.prev,
        "hash": entry.hash,
    }
