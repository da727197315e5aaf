"""Rows of a record: each message, visit, call or step, with its entries inside it."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.core import half_days
from app.core.errors import N_
from app.core.half_days import HalfDay
from app.core.wording.presented import LabelledEnum
from app.record.models import Entry
from app.record.rules import (
    WENT_OUT,
    Event,
    NoticeState,
    attempt_state,
    current_events,
    fold,
    shown_as,
)

# Entries of one visitor within this time are one visit.
ONE_VISIT = dt.timedelta(hours=1)
# What a person does on receiving a message, over their link, a mail, a text or a calendar.
RESPONSES = (Event.OPENED, Event.CONFIRMED, Event.ANSWERED)
# Kinds of entries about no message whose note is for all sides.
COMMENTED = (
    "move",
    "question",
    "question_word",
    "address",
    "filing_noted",
    "filing_removed",
    "papers",
    "outcome",
    "bench",
    "needed_people",
)
# Kinds of entries whose details every reader may know.
WITH_TERMS = ("delegate", "outcome", "absence", "member_absence", "bench", "needed_people")
# Of these, what of their words they name besides.
TERMS_IN_WORDS = ("was", "now")
_TASK = re.compile(r"k\d+")
# States of messages, worst first.
_WORST_FIRST = (
    Event.FAILED,
    Event.UNKNOWN,
    Event.MISSED,
    Event.QUEUED,
    Event.REFUSED,
    Event.STARTED,
    Event.ACCEPTED,
    Event.DELIVERED,
    Event.OPENED,
    Event.CONFIRMED,
    Event.ANSWERED,
)


class Stage(LabelledEnum):
    """A stage that a message goes through, with its label."""

    QUEUED = "queued", N_("Queued")
    SENT = "sent", N_("Sent")
    DELIVERED = "delivered", N_("Delivered")
    OPENED = "opened", N_("Opened")


class StageState(StrEnum):
    """Whether a message has reached a stage."""

    REACHED = "reached"
    FAILED = "failed"
    # It is not known yet, or it is not due yet.
    PENDING = "pending"
    NONE = "none"


@dataclass(frozen=True)
class StageResult:
    """A stage of one message: its state, when that was known, and a carrier's code of failure.

    Of several messages, ``count`` of ``total`` have reached it; ``at`` is None until all have.
    """

    stage: Stage
    state: StageState
    at: dt.datetime | None = None
    code: str = ""
    count: int = 0
    total: int = 1


@dataclass(frozen=True)
class RowStep:
    """One entry of a row, as anybody who may read the row may know it."""

    at: dt.datetime
    what: str
    # Of a visit that nobody is known to have made: "machine" or "unseen".
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """One message, visit, contact or step of a case; its entries and steps are oldest first.

    ``seq`` is the number of its first entry, ``at`` when it was first tried or done, and
    ``recorded_at`` when its first entry was written: for a message the time at which it was
    queued. Only messages have stages. Where a reader may not see the entries, there are none.
    """

    seq: int
    entries: tuple[Entry, ...]
    steps: tuple[RowStep, ...]
    at: dt.datetime
    recorded_at: dt.datetime
    about: str
    kind: str
    channel: str
    direction: str
    counsel_id: int | None
    name: str
    side: str
    address: str
    event: Event
    notice_id: int | None = None
    stages: tuple[StageResult, ...] = ()
    due_at: dt.datetime | None = None
    # The number of the entry by which a carrier had it; 0 where none has it.
    sent_seq: int = 0
    subject: str = ""
    text: str = ""
    # Whether the words are for the person alone: other sides may know that they were sent.
    private: bool = False
    # Answers by slot, when counsel could come if none suits, and what counsel, or the court in
    # answer to them, wrote for all sides.
    says: tuple[tuple[dt.datetime, str], ...] = field(default=())
    half_days: tuple[HalfDay, ...] = ()
    comment: str = ""
    # Without the reason of a request that only its author and the court may read.
    public_comment: str = ""
    # Why the words of a question stay with the court: "health", "safety" or "access"; else "".
    private_reason: str = ""
    own: bool = False
    # Who did it for the person; or, of what a delegate was sent or opened, the person whom for.
    delegate: str = ""
    principal: str = ""
    # What a delegate may do, of an entry that names one or ends it; which outcome a hearing has,
    # and the evidence of notice to somebody who was absent.
    terms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_message(self) -> bool:
        """Whether it is a message of the queue."""
        return self.notice_id is not None

    @property
    def planned(self) -> bool:
        """Whether nothing was sent: the message is queued, or was withdrawn in time."""
        return {each.what for each in self.steps} <= {Event.QUEUED, Event.WITHDRAWN}

    @property
    def agent(self) -> str:
        """Who fetched a page: "machine" where no other visitor is known."""
        agents = {each.agent for each in self.steps if each.what == Event.FETCHED}
        return agents.pop() if len(agents) == 1 else ""


@dataclass(frozen=True)
class Release:
    """Rows that were begun together: one message to all sides, or a row by itself."""

    rows: tuple[RecordRow, ...]

    @property
    def at(self) -> dt.datetime:
        """When the first of its rows was tried or done."""
        return min(row.at for row in self.rows)

    @property
    def first(self) -> RecordRow:
        """The row that stands for what all have in common."""
        return self.rows[0]

    @property
    def names(self) -> list[str]:
        """Names of the people, each once."""
        return list(dict.fromkeys(row.name for row in self.rows if row.name))

    @property
    def sides(self) -> list[str]:
        """Sides of the people, each once."""
        return list(dict.fromkeys(row.side for row in self.rows if row.side))

    @property
    def planned(self) -> bool:
        """Whether nothing of it was sent."""
        return all(row.planned for row in self.rows)

    @property
    def channels(self) -> list[str]:
        """Channels, each once."""
        return list(dict.fromkeys(row.channel for row in self.rows if row.channel))

    @property
    def event(self) -> Event:
        """The state of the person who was reached worst, over the channel that reached them best.

        Messages that were withdrawn count only where all were.
        """
        by_person: dict[object, list[Event]] = defaultdict(list)
        for row in self.rows:
            if row.event is not Event.WITHDRAWN:
                by_person[row.counsel_id or row.name].append(row.event)
        if not by_person:
            return self.first.event
        return min((max(each, key=_rank) for each in by_person.values()), key=_rank)

    @property
    def stages(self) -> tuple[StageResult, ...]:
        """The stages of all its messages together."""
        if len(self.rows) == 1:
            return self.first.stages
        return tuple(map(_together, zip(*(row.stages for row in self.rows), strict=True)))


def rows(entries: Iterable[Entry], responses: Iterable[Entry] = ()) -> list[RecordRow]:
    """Return the entries of a case as rows, newest first. Each entry is in exactly one row.

    ``responses`` are further entries that tell what people did after a message, which are in no
    row: of a page of a longer record, those that came later.
    """
    ordered = sorted(entries, key=lambda entry: entry.seq)
    groups: dict[tuple[str, object], list[Entry]] = {}
    visits: dict[str, Entry] = {}
    for entry in ordered:
        groups.setdefault(_key(entry, visits), []).append(entry)
    found = [_row(tuple(group)) for group in groups.values()]
    acts = {entry.seq: entry for entry in (*ordered, *responses) if _is_response(entry)}
    found = _with_responses(found, sorted(acts.values(), key=lambda entry: entry.seq))
    return sorted(found, key=lambda row: (row.at, row.seq), reverse=True)


def releases(rows: Iterable[RecordRow]) -> list[Release]:
    """Return rows, newest first, with those that were begun together as one release.

    Together are messages and steps of one kind about one matter that were queued in one second to
    go out at the same time.
    """
    groups: dict[tuple[object, ...], list[RecordRow]] = {}
    for row in rows:
        alone = row.direction == "in" or shown_as(row.steps[0].what).traits.by_hand
        together = (row.is_message, row.kind, row.about, *_batch(row))
        groups.setdefault((row.seq,) if alone else together, []).append(row)
    found = [Release(tuple(sorted(g, key=lambda row: row.seq))) for g in groups.values()]
    return sorted(found, key=lambda release: (release.at, release.first.seq), reverse=True)


def _rank(event: Event) -> int:
    return _WORST_FIRST.index(event) if event in _WORST_FIRST else len(_WORST_FIRST)


def _key(entry: Entry, visits: dict[str, Entry]) -> tuple[str, object]:
    """Return what entries of one row have in common; ``visits`` holds the begin of each visit."""
    if entry.notice_id is not None:
        return "notice", entry.notice_id
    if entry.kind == "visit":
        begin = visits.get(entry.attempt)
        if begin is None or entry.at - begin.at >= ONE_VISIT:
            begin = visits[entry.attempt] = entry
        return "visit", begin.seq
    if _TASK.fullmatch(entry.attempt):  # what falls to a person, and how it ended
        return "task", entry.attempt
    return "entry", entry.seq


def _is_response(entry: Entry) -> bool:
    """Tell whether an entry shows that its person read a message: not if a delegate acted."""
    by_delegate = bool((entry.detail or {}).get("delegate"))
    return entry.notice_id is None and entry.what in RESPONSES and not by_delegate


def _row(entries: tuple[Entry, ...]) -> RecordRow:
    first = entries[0]
    tried = next((each for each in entries if each.what != Event.QUEUED), first)
    body: dict[str, Any] = first.content.body if first.content else {}
    events = [shown_as(each.what) for each in entries]
    row = RecordRow(
        seq=first.seq,
        entries=entries,
        steps=tuple(RowStep(each.at, each.what, _agent(each)) for each in entries),
        at=tried.at if first.notice_id is not None else first.at,
        recorded_at=first.at,
        about=first.about,
        kind=first.kind,
        channel=first.channel,
        direction=first.direction,
        counsel_id=first.counsel_id,
        name=str(body.get("name", "")),
        side=first.side,
        address=str(body.get("address", "")),
        event=shown_as(attempt_state(events, of_notice=False)),
        says=_says(first),
        half_days=half_days.of_entry(body) if first.what == Event.ANSWERED else (),
        comment=_comment(entries, public=False),
        public_comment=_comment(entries, public=True),
        delegate=str(body.get("delegate", "")),
        principal=str(body.get("for", "")),
        terms=_terms(first, body),
        private_reason=_private_reason(first),
    )
    if first.kind == "handed_on":  # an official message, copied: with its words
        return replace(row, subject=str(body.get("subject", "")), text=str(body.get("text", "")))
    return _message(row, entries) if first.notice_id is not None else row


def _agent(entry: Entry) -> str:
    return str((entry.detail or {}).get("agent", "")) if entry.what == Event.FETCHED else ""


def _says(entry: Entry) -> tuple[tuple[dt.datetime, str], ...]:
    """Return the answers to slots; none for an entry that was tampered with."""
    try:
        return tuple(
            (dt.datetime.fromisoformat(each["starts_at"]), str(each["says"]))
            for each in (entry.detail or {}).get("says", [])
        )
    except (KeyError, TypeError, ValueError):
        return ()


def _comment(entries: Sequence[Entry], *, public: bool) -> str:
    """Return what was written for all sides; ``public`` leaves out a reason that is private."""
    first = entries[0]
    if first.what == Event.ANSWERED:
        return str((first.content.body if first.content else {}).get("comment", ""))
    if first.kind == "address" and public:  # that it changed, not to what
        return ""
    if first.kind not in COMMENTED:
        return ""
    bodies = [
        each.content.body
        for each in entries
        if each.content and not (public and (each.detail or {}).get("private"))
    ]
    return "\n".join(filter(None, dict.fromkeys(str(body.get("note", "")) for body in bodies)))


def _terms(entry: Entry, body: Mapping[str, Any]) -> dict[str, Any]:
    if entry.notice_id is not None or entry.kind not in WITH_TERMS:
        return {}
    return {**(entry.detail or {}), **{k: body[k] for k in TERMS_IN_WORDS if k in body}}


def _private_reason(entry: Entry) -> str:
    reason = (entry.detail or {}).get("private", "") if entry.kind == "question" else ""
    return reason if entry.notice_id is None and isinstance(reason, str) else ""


def _message(row: RecordRow, entries: tuple[Entry, ...]) -> RecordRow:
    """Complete the row of a message: its state, its stages, and what was sent last."""
    steps = [(shown_as(each.what), each) for each in entries]
    state = fold(current_events((event, each.attempt) for event, each in steps))
    taken = next((each for event, each in steps if event.traits.handed_over), None)
    ended = next((each for event, each in reversed(steps) if event.traits.leads_to == state), None)
    delivered = next((each for event, each in steps if event is Event.DELIVERED), None)
    sent = [each for event, each in steps if event is Event.STARTED and each.content]
    body = sent[-1].content.body if sent else {}
    return replace(
        row,
        notice_id=entries[0].notice_id,
        event=shown_as(state),
        due_at=_instant((entries[0].detail or {}).get("due_at")),
        sent_seq=taken.seq if taken and state in WENT_OUT else 0,
        subject=str(body.get("subject", "")),
        text=str(body.get("text", "")),
        private=any((each.detail or {}).get("private") for each in sent),
        stages=_stages(entries[0], state, taken, delivered, ended),
    )


def _stages(
    first: Entry,
    state: NoticeState,
    taken: Entry | None,
    delivered: Entry | None,
    ended: Entry | None,
) -> tuple[StageResult, ...]:
    """Return the stages of a message, from the entries with which it reached them."""
    is_queued = first.what == Event.QUEUED
    queued = StageResult(
        Stage.QUEUED,
        StageState.REACHED if is_queued else StageState.NONE,
        first.at if is_queued else None,
        count=1,
    )
    at, code = (ended.at, str((ended.detail or {}).get("code", ""))) if ended else (None, "")
    failure = StageState.FAILED, at, code
    if state == NoticeState.DELIVERED or (taken and state in WENT_OUT):
        handed = taken or delivered
        sent = StageResult(Stage.SENT, StageState.REACHED, handed.at if handed else at, count=1)
        arrived = (
            StageResult(Stage.DELIVERED, StageState.REACHED, delivered.at, count=1)
            if delivered
            else StageResult(Stage.DELIVERED, StageState.PENDING)
        )
    elif taken and state == NoticeState.FAILED:
        sent = StageResult(Stage.SENT, StageState.REACHED, taken.at, count=1)
        arrived = StageResult(Stage.DELIVERED, *failure)
    else:
        lost = state in (NoticeState.FAILED, NoticeState.UNKNOWN, NoticeState.MISSED)
        waits = state in (NoticeState.QUEUED, NoticeState.SENDING)
        pending = StageState.PENDING if waits else StageState.NONE
        sent = StageResult(Stage.SENT, *failure) if lost else StageResult(Stage.SENT, pending)
        arrived = StageResult(Stage.DELIVERED, StageState.NONE)
    return queued, sent, arrived, StageResult(Stage.OPENED, StageState.NONE)


def _with_responses(found: Sequence[RecordRow], acts: Sequence[Entry]) -> list[RecordRow]:
    """Return rows with each message's last stage: what its reader did before the next message.

    An act counts for the messages that went out last before it, over any channel; it does not
    show which of them the person read, only that they came to their page after it.
    """
    by_reader: dict[tuple[int | None, str], list[RecordRow]] = defaultdict(list)
    for row in found:
        if row.sent_seq and row.counsel_id is not None:
            by_reader[row.counsel_id, row.about].append(row)
    strongest: dict[int | None, Entry] = {}
    for act in acts:
        own = by_reader.get((act.counsel_id, act.about), ())
        earlier = [row for row in own if row.sent_seq < act.seq]
        newest = max(earlier, key=lambda row: row.sent_seq, default=None)
        for row in earlier:
            if newest is None or _batch(row) != _batch(newest):
                continue
            known = strongest.get(row.notice_id)
            if known is None or _precedence(act) > _precedence(known):
                strongest[row.notice_id] = act
    return [
        _responded(row, strongest[row.notice_id]) if row.notice_id in strongest else row
        for row in found
    ]


def _batch(row: RecordRow) -> tuple[object, ...]:
    """Return what messages have in common that were queued together for one time."""
    return row.recorded_at.replace(microsecond=0), row.due_at


def _precedence(entry: Entry) -> int:
    return shown_as(entry.what).traits.precedence


def _responded(row: RecordRow, act: Entry) -> RecordRow:
    opened = StageResult(Stage.OPENED, StageState.REACHED, act.at, count=1)
    return replace(row, event=shown_as(act.what), stages=(*row.stages[:-1], opened))


def _together(results: Sequence[StageResult]) -> StageResult:
    """Return one stage of several messages."""
    reached = [each for each in results if each.state is StageState.REACHED]
    stage, count, total = results[0].stage, len(reached), len(results)
    if count == total:
        times = [each.at for each in reached if each.at]
        return StageResult(stage, StageState.REACHED, max(times, default=None), "", count, total)
    failed = [each for each in results if each.state is StageState.FAILED]
    if failed:
        return StageResult(stage, StageState.FAILED, None, failed[0].code, count, total)
    pending = any(each.state is StageState.PENDING for each in results)
    state = StageState.PENDING if pending or count else StageState.NONE
    return StageResult(stage, state, None, "", count, total)


def _instant(text: object) -> dt.datetime | None:
    """Return an instant of an entry's detail; None for one that is missing or malformed."""
    try:
        return dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
