"""A record as rows: every entry is in one row, and a message carries its states inside it."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.record.models import Entry, EntryContent
from app.record.rows import RecordRow, Release, Stage, StageState, releases, rows
from app.record.rules import Event

BEGIN = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


def entry(seq: int, what: str, seconds: float = 0, **more: Any) -> Entry:
    """An entry of the record, so many seconds after the first."""
    body = more.pop("body", {"name": f"counsel {more.get('counsel_id', 1)}"})
    values = {
        "id": seq,
        "case_id": 1,
        "direction": "out",
        "about": "hearing/1",
        "attempt": "",
        "notice_id": None,
        "counsel_id": 1,
        "side": "claimant",
        "channel": "email",
        "kind": "fixed",
        "detail": {},
        **more,
    }
    content = EntryContent(line_id=seq, body=body)
    at = BEGIN + dt.timedelta(seconds=seconds)
    return Entry(seq=seq, what=what, at=at, content=content, **values)


def message(first: int, notice: int, *events: str, **more: Any) -> list[Entry]:
    """The entries of one message, a second apart."""
    return [
        entry(
            first + n, what, first + n, notice_id=notice, attempt=f"n{notice}.{min(n, 1)}", **more
        )
        for n, what in enumerate(events)
    ]


def times(row: RecordRow | Release) -> dict[Stage, tuple[StageState, float | None]]:
    """When each stage was reached, in seconds after the first entry."""
    return {
        each.stage: (each.state, each.at and (each.at - BEGIN).total_seconds())
        for each in row.stages
    }


_ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(list(Event)),
        st.one_of(st.none(), st.integers(1, 6)),
        st.sampled_from(["fixed", "proposal", "visit", "by_hand", "call", "answered"]),
        st.sampled_from(["", "i1", "i2", "k1", "k2", "n1.1"]),
        st.integers(1, 3),
        st.sampled_from([0, 0, 0, 1, 600, 4000]),
        st.sampled_from(["in", "out"]),
    ),
    max_size=50,
)


@given(_ENTRIES)
def test_every_entry_is_in_one_row_and_the_newest_row_is_first(drawn: Sequence[Any]) -> None:
    entries, seconds = [], 0
    for seq, (what, notice, kind, attempt, counsel, gap, direction) in enumerate(drawn, 1):
        seconds += gap
        facts = {"kind": kind, "attempt": attempt, "direction": direction}
        entries.append(entry(seq, what, seconds, notice_id=notice, counsel_id=counsel, **facts))
    found = rows(entries)
    shown = Counter(each.seq for row in found for each in row.entries)
    assert shown == Counter(each.seq for each in entries)
    assert [row.at for row in found] == sorted((row.at for row in found), reverse=True)
    for row in found:
        seqs = [each.seq for each in row.entries]
        assert seqs == sorted(seqs)
        assert len({each.notice_id for each in row.entries}) == 1
        assert row.is_message == bool(row.stages)
    together = releases(found)
    assert Counter(id(row) for each in together for row in each.rows) == Counter(map(id, found))
    assert [each.at for each in together] == sorted((e.at for e in together), reverse=True)
    for release in together:
        assert len({(row.kind, row.about, row.is_message) for row in release.rows}) == 1
        for stage in release.stages:
            assert 0 <= stage.count <= stage.total == len(release.rows)


@given(_ENTRIES, st.randoms())
def test_rows_do_not_depend_on_the_order_in_which_entries_come(drawn: Any, random: Any) -> None:
    entries = [
        entry(seq, what, seq, notice_id=notice, kind=kind, attempt=attempt, counsel_id=counsel)
        for seq, (what, notice, kind, attempt, counsel, *_) in enumerate(drawn, 1)
    ]
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert rows(shuffled) == rows(entries)


def test_a_message_has_its_states_inside_it() -> None:
    [row] = rows(message(1, 7, "queued", "started", "accepted", "delivered"))
    assert row.event is Event.DELIVERED
    assert times(row) == {
        Stage.QUEUED: (StageState.REACHED, 1),
        Stage.SENT: (StageState.REACHED, 3),
        Stage.DELIVERED: (StageState.REACHED, 4),
        Stage.OPENED: (StageState.NONE, None),
    }


def test_a_message_that_failed_says_at_which_stage_and_by_which_code() -> None:
    at_once = message(1, 7, "queued", "started", "failed")
    later = message(11, 8, "queued", "started", "accepted", "failed", detail={"code": "30006"})
    by_notice = {row.notice_id: row for row in rows([*at_once, *later])}
    assert times(by_notice[7])[Stage.SENT] == (StageState.FAILED, 3)
    assert times(by_notice[8])[Stage.SENT] == (StageState.REACHED, 13)
    assert times(by_notice[8])[Stage.DELIVERED] == (StageState.FAILED, 14)
    assert by_notice[8].stages[2].code == "30006"
    assert {row.event for row in by_notice.values()} == {Event.FAILED}


def test_what_waits_is_neither_sent_nor_lost() -> None:
    [row] = rows(message(1, 7, "queued", detail={"due_at": "2026-12-14T01:00:00.000000Z"}))
    assert times(row)[Stage.SENT] == (StageState.PENDING, None)
    assert row.due_at == dt.datetime(2026, 12, 14, 1, tzinfo=dt.UTC)
    assert row.planned


def test_an_act_counts_for_the_messages_that_went_out_last_before_it() -> None:
    asked = message(1, 1, "queued", "started", "accepted", kind="proposal")
    fixed = message(11, 2, "queued", "started", "accepted", kind="fixed")
    mine = entry(20, "opened", 20, kind="visit", attempt="i1", channel="link", direction="in")
    known = entry(21, "confirmed", 21, kind="knows", attempt="i1", direction="in")
    another = entry(22, "opened", 22, kind="visit", attempt="i2", counsel_id=2, direction="in")
    found = {row.kind: row for row in rows([*asked, *fixed, mine, known, another])}
    assert found["proposal"].event is Event.ACCEPTED
    assert found["fixed"].event is Event.CONFIRMED
    assert times(found["fixed"])[Stage.OPENED] == (StageState.REACHED, 21)


def test_a_message_that_did_not_arrive_is_not_said_to_be_opened() -> None:
    lost = message(1, 1, "queued", "started", "failed")
    visit = entry(20, "opened", 20, kind="visit", attempt="i1", direction="in")
    found = {row.kind: row for row in rows([*lost, visit])}
    assert found["fixed"].event is Event.FAILED
    assert times(found["fixed"])[Stage.OPENED] == (StageState.NONE, None)


def test_a_release_to_all_is_one_row_and_says_how_many_it_reached() -> None:
    events = ("queued", "started", "accepted", "delivered")
    entries = [
        entry(
            n * 4 + step,
            what,
            step * 0.1,
            notice_id=n,
            counsel_id=n % 2,
            channel="sms" if n < 2 else "email",
        )
        for n in range(4)
        for step, what in enumerate(events[: 4 if n < 3 else 3])
    ]
    [release] = releases(rows(entries))
    assert len(release.rows) == 4
    assert release.names == ["counsel 0", "counsel 1"]
    assert release.event is Event.DELIVERED
    assert [(each.count, each.total) for each in release.stages] == [(4, 4), (4, 4), (3, 4), (0, 4)]


def test_reminders_for_other_days_are_other_releases() -> None:
    entries = [
        *message(1, 1, "queued", kind="reminder", detail={"due_at": "2026-12-14T01:00:00Z"}),
        *message(1, 2, "queued", kind="reminder", detail={"due_at": "2026-12-16T01:00:00Z"}),
    ]
    entries[1].seq = 2
    assert len(releases(rows(entries))) == 2


def test_visits_within_an_hour_are_one_and_calls_stand_alone() -> None:
    visits = [
        entry(n + 1, what, n * 1500, kind="visit", attempt="i1", direction="in")
        for n, what in enumerate(("fetched", "opened", "fetched"))
    ]
    later = entry(4, "fetched", 3600, kind="visit", attempt="i1", direction="in")
    calls = [
        entry(n, "called", 4000, kind="by_hand", attempt=f"p{n}", counsel_id=n) for n in (5, 6)
    ]
    found = releases(rows([*visits, later, *calls]))
    assert [[each.seq for each in row.entries] for r in found for row in r.rows] == [
        [6],
        [5],
        [4],
        [1, 2, 3],
    ]
    assert found[-1].event is Event.OPENED


def test_a_task_and_its_end_are_one_row() -> None:
    steps = [entry(1, "task", 0, attempt="k9", kind="call"), entry(2, "missed", 9, attempt="k9")]
    [row] = rows(steps)
    assert row.event is Event.MISSED


def test_contents_that_were_blanked_or_tampered_with_are_no_error() -> None:
    blank = entry(1, "answered", 0, body={}, detail={"says": [{"starts_at": "?"}]}, direction="in")
    strange = entry(2, "nonsense", 1, body={"name": 7}, detail={"due_at": "tomorrow"}, notice_id=3)
    found = rows([blank, strange])
    assert [row.says for row in found] == [(), ()]
    assert len(releases(found)) == 2
