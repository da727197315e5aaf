"""How a notice moves, when it is tried again, what is evidence, and how the chain holds."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules import number_key
from app.core import links
from app.core.normalization import name_key
from app.notices.rules import next_try, outside_quiet_hours
from app.record.rules import Event, EvidenceGrade, NoticeState, after, fold, grade
from app.reminders.rules import reminders

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_receipt_may_overtake_our_own_note() -> None:
    assert (
        fold([Event.QUEUED, Event.STARTED, Event.DELIVERED, Event.ACCEPTED])
        is NoticeState.DELIVERED
    )


def test_late_good_news_beats_early_bad_news_and_late_bad_news_moves_nothing() -> None:
    assert (
        fold([Event.STARTED, Event.ACCEPTED, Event.FAILED, Event.DELIVERED])
        is NoticeState.DELIVERED
    )
    assert (
        fold([Event.STARTED, Event.ACCEPTED, Event.DELIVERED, Event.FAILED])
        is NoticeState.DELIVERED
    )


def test_a_worker_that_died_in_mid_sentence_leaves_doubt_until_the_carrier_is_asked() -> None:
    assert fold([Event.STARTED, Event.UNKNOWN]) is NoticeState.UNKNOWN
    assert fold([Event.STARTED, Event.UNKNOWN, Event.ACCEPTED]) is NoticeState.SENT
    assert fold([Event.STARTED, Event.UNKNOWN, Event.REFUSED]) is NoticeState.QUEUED


@given(st.lists(st.sampled_from(list(Event)), max_size=12))
def test_what_was_delivered_stays_delivered_whatever_comes_after(whats: list[Event]) -> None:
    state = NoticeState.DELIVERED
    for what in whats:
        state = after(state, what)
    assert state is NoticeState.DELIVERED


@given(st.lists(st.sampled_from(list(Event)), max_size=12))
def test_what_was_withdrawn_is_never_sent(whats: list[Event]) -> None:
    assert fold([Event.WITHDRAWN, *whats]) is NoticeState.WITHDRAWN


def of(*whats: Event) -> EvidenceGrade:
    return grade((what, {}) for what in whats)


def test_a_machines_visit_proves_nothing_and_an_answer_proves_most() -> None:
    assert of() is EvidenceGrade.ATTEMPTED
    assert of(Event.ACCEPTED, Event.FETCHED) is EvidenceGrade.ACCEPTED
    assert of(Event.ACCEPTED, Event.DELIVERED, Event.OPENED) is EvidenceGrade.OPENED
    assert of(Event.ANSWERED) is of(Event.CONFIRMED) is EvidenceGrade.CONFIRMED


@pytest.mark.parametrize(
    ("outcome", "numbered", "user", "proven"),
    [
        ("spoke", True, 7, EvidenceGrade.CONFIRMED),
        ("spoke", False, 7, EvidenceGrade.ATTEMPTED),
        ("spoke", True, None, EvidenceGrade.ATTEMPTED),
        ("left_word", True, 7, EvidenceGrade.ATTEMPTED),
        ("no_answer", True, 7, EvidenceGrade.ATTEMPTED),
        ("wrong_number", True, 7, EvidenceGrade.ATTEMPTED),
    ],
)
def test_a_call_proves_only_that_the_person_answered_a_number_that_is_written_down(
    outcome: str, numbered: bool, user: int | None, proven: EvidenceGrade
) -> None:
    said = {"outcome": outcome, "numbered": numbered, "user": user}
    assert grade([(Event.CALLED, said)]) is proven


@given(st.integers(1, 30), st.floats(0, 0.999))
def test_pauses_grow_within_bounds_and_a_carriers_own_word_is_the_least(
    tries: int, jitter: float
) -> None:
    pause = next_try(tries, jitter)
    assert dt.timedelta(seconds=11) < pause <= dt.timedelta(hours=3)
    assert next_try(tries, jitter, 20_000) >= dt.timedelta(seconds=20_000)


@pytest.mark.parametrize(
    ("clock", "heard"),
    [
        ("08:00", "08:00"),
        ("20:59", "20:59"),
        ("21:00", "08:00"),
        ("03:00", "08:00"),
        ("07:59", "08:00"),
    ],
)
def test_nothing_is_sent_in_quiet_hours(clock: str, heard: str) -> None:
    local = dt.datetime.combine(dt.date(2026, 12, 1), dt.time.fromisoformat(clock), SHANGHAI)
    moved = outside_quiet_hours(local, "21:00", "08:00")
    assert moved.strftime("%H:%M") == heard
    assert moved >= local
    assert moved - local <= dt.timedelta(hours=11)


def test_reminders_go_seven_three_and_one_days_before_by_the_courts_clock() -> None:
    starts_at = dt.datetime(2026, 12, 15, 9, 30, tzinfo=SHANGHAI).astimezone(dt.UTC)
    due = reminders(
        starts_at, [1, 7, 3], zone=SHANGHAI, at="09:00", quiet_from="21:00", quiet_until="08:00"
    )
    assert [(r.days, r.due_at.astimezone(SHANGHAI).strftime("%d %H:%M")) for r in due] == [
        (7, "08 09:00"),
        (3, "12 09:00"),
        (1, "14 09:00"),
    ]
    assert [r.stale_at for r in due] == [
        due[1].due_at,
        due[2].due_at,
        starts_at - dt.timedelta(hours=2),
    ]


def test_a_reminder_keeps_its_wall_clock_over_a_change_of_clocks() -> None:
    zone = ZoneInfo("Europe/London")
    starts_at = dt.datetime(2027, 3, 29, 10, 0, tzinfo=zone)  # the clocks went forward on the 28th
    due = reminders(
        starts_at, [7, 1], zone=zone, at="09:00", quiet_from="21:00", quiet_until="08:00"
    )
    assert [r.due_at.strftime("%H:%M") for r in due] == ["09:00", "08:00"]


def test_one_case_number_however_its_brackets_are_typed() -> None:
    assert number_key("（2026）沪0115民初12345号") == number_key("(2026) 沪0115民初12345号 ")
    assert name_key("Name, Judge.") == name_key("NAME,  Judge")


secrets = st.binary(min_size=32, max_size=64)


@given(secrets, st.integers(1, 2**62), st.integers(1, 1000))
def test_a_link_is_rebuilt_for_a_reminder_and_a_new_version_revokes_it(
    secret: bytes, of: int, version: int
) -> None:
    token = links.token(secret, "reply", of, version)
    assert len(token) == links.TOKEN_LENGTH
    assert token == links.token(secret, "reply", of, version)
    others = {
        links.token(secret, "reply", of, version + 1),
        links.token(secret, "feed", of, version),
        links.token(secret, "reply", of + 1, version),
    }
    assert token not in others


@given(secrets, st.integers(1, 2**62))
def test_a_code_is_understood_as_it_is_spoken(secret: bytes, of: int) -> None:
    code = links.code(secret, of, 1)
    assert len(code) == links.CODE_LENGTH
    assert links.parse_code(links.format_code(code)) == code
    assert links.parse_code(f"  {code.lower().replace('0', 'o').replace('1', 'l')} ") == code
