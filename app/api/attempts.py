"""Group entries of the record into contact attempts, each with its state and grade."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.record.ledger import instant
from app.record.models import Entry
from app.record.rules import Event, NoticeState, fold, grade


def attempts(lines: Iterable[Entry]) -> list[dict[str, Any]]:
    """Group entries (oldest first) into attempts, in the order in which they began."""
    return [_attempt(name, group) for name, group in _grouped(lines)]


def _grouped(lines: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Group by attempt; an entry without one stands alone, queueing joins the first try."""
    groups: dict[str, list[Entry]] = {}
    for line in lines:
        groups.setdefault(line.attempt or f"l{line.seq}", []).append(line)
    for waiting in [name for name in groups if name.startswith("n") and name.endswith(".0")]:
        if tried := groups.get(first := f"{waiting[:-1]}1"):
            groups[first] = sorted([*groups.pop(waiting), *tried], key=lambda line: line.seq)
    return sorted(groups.items(), key=lambda group: group[1][0].seq)


def _attempt(name: str, lines: Sequence[Entry]) -> dict[str, Any]:
    first = lines[0]
    whats = [Event(line.what) for line in lines]
    best = grade((Event(line.what), line.detail) for line in lines)
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
        "state": state_of(whats, first.notice_id is not None),
        "grade": {"level": f"E{best.value}", "name": best.name.lower()},
        "lines": [_line(line) for line in lines],
    }


def state_of(whats: Sequence[Event], of_a_notice: bool) -> str:
    """Return the state of an attempt.

    A notice's state is the fold of its entries; a try that was refused or failed stays so, whether
    or not another follows, unless the carrier says later that it succeeded. Of what was not sent by
    us, the strongest event counts.
    """
    if not of_a_notice:
        if whats[0] is Event.FAILED:
            return NoticeState.FAILED
        strongest = max(whats, key=lambda event: event.traits.precedence)
        return strongest if strongest.traits.precedence else whats[-1]
    ended = [n for n, what in enumerate(whats) if what.traits.ends_attempt]
    state = fold(whats)
    if not ended or state is not NoticeState.QUEUED:
        return state
    if Event.ACCEPTED in whats[ended[-1] :]:  # it had gone out, and nobody knew
        return NoticeState.SENT
    return whats[ended[-1]]


def _line(line: Entry) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "at": instant(line.at),
        "what": line.what,
        "direction": line.direction,
        "about": line.about,
        "attempt": line.attempt,
        "counsel_id": line.counsel_id,
        "side": line.side,
        "channel": line.channel,
        "kind": line.kind,
        "detail": line.detail,
        "content": line.content.body,
        "content_hash": line.content_hash,
        "prev": line.prev,
        "hash": line.hash,
    }
