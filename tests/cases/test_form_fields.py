"""What a form of a round holds, and what is made of it: rows, times, a date at once or a round."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as sample
from hypothesis import strategies as st

from app.core.errors import Invalid, Message
from app.hearings.proposing import form_fields
from app.hearings.proposing.form_fields import ProposalFields, SlotFields

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def form(*slots: str, **more: str) -> ProposalFields:
    """A form with slots in one courtroom."""
    usual = {
        "kind": "trial",
        "minutes": "90",
        "answer_by": "2026-11-26T17:00",
        "fix": "auto",
        "reason": "Because.",
    }
    return ProposalFields(**(usual | more), slots=[SlotFields(at, "Part 3") for at in slots])


def faults(given: ProposalFields, zone: ZoneInfo = SHANGHAI) -> dict[str, str]:
    """What is wrong with a form of a new hearing, by field."""
    with pytest.raises(Invalid) as refused:
        form_fields.load_hearing(given, 1, zone)
    return {field: str(words) for field, words in refused.value.errors.items()}


def test_rows_come_in_the_order_of_their_numbers_whatever_is_missing_between() -> None:
    fields = [
        ("slots.10.starts_at", "c"),
        ("slots.2.courtroom", "b"),
        ("slots.0.starts_at", "a"),
        ("minutes", "60"),
        ("slots.1000.starts_at", "x"),
        ("slots.x.starts_at", "x"),
        ("nobody", "x"),
    ]
    made = form_fields.parse(fields)
    assert made.slots == [SlotFields("a", ""), SlotFields("", "b"), SlotFields("c", "")]
    assert (made.minutes, made.kind, hasattr(made, "nobody")) == ("60", "", False)


words = st.text(max_size=12)
rows = st.lists(st.fixed_dictionaries({"starts_at": words, "courtroom": words}), max_size=12)


@sample(st.fixed_dictionaries(dict.fromkeys(form_fields.NAMES, words)), rows)
def test_a_form_that_is_shown_again_holds_what_was_typed(
    plain: dict[str, str], slots: list[dict[str, str]]
) -> None:
    given = ProposalFields(**plain, slots=[SlotFields(**slot) for slot in slots])
    flat = [(f"slots.{n}.{name}", slot[name]) for n, slot in enumerate(slots) for name in slot]
    assert form_fields.parse([*plain.items(), *flat]) == given


def pressed(given: ProposalFields, action: str) -> ProposalFields:
    """Return a form after a button was pressed, where every day is a working day."""
    return form_fields.apply_action(given, action, lambda _: True)


def test_a_new_row_is_in_the_courtroom_of_the_row_above_and_there_are_ten_at_most() -> None:
    made = pressed(form("2026-12-01T09:30"), "add-slot")
    assert made.slots[1] == SlotFields("", "Part 3")
    for _ in range(20):
        made = pressed(made, "add-slot")
    assert len(made.slots) == 10


@pytest.mark.parametrize("press", ["drop-slot.7", "drop-slot.", "drop-slot.-1", "change", "", "x"])
def test_a_button_that_means_no_row_changes_nothing(press: str) -> None:
    given = form("2026-12-01T09:30", "2026-12-02T09:30")
    assert pressed(form("2026-12-01T09:30", "2026-12-02T09:30"), press) == given


def test_times_are_read_by_the_clock_on_the_courts_wall() -> None:
    done = form_fields.load_hearing(form("2026-12-15T09:30", "2027-06-15 09:30:59.5"), 1, NEW_YORK)
    assert [slot.starts_at.astimezone(dt.UTC).isoformat() for slot in done.slots] == [
        "2026-12-15T14:30:00+00:00",
        "2027-06-15T13:30:00+00:00",
    ]
    assert form_fields.wall_clock(done.slots[0].starts_at, NEW_YORK) == "2026-12-15T09:30"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-12-15",
        "2026-12-15T",
        "09:30",
        "2026-12-15T25:00",
        "2026-02-30T09:30",
        "2026-12-15T09:30\0",
        "2026-12-15T09:30+08:00",
        "2026-12-15T09:30Z",
        "2026-W51-2T09:30",
        "20261215T0930",
        "2026-12-15T09:30 and more",
    ],
)
def test_what_is_no_day_with_a_time_of_day_is_refused(text: str) -> None:
    said: dict[str, Message] = {}
    assert form_fields.instant(text, SHANGHAI, "at", said) == ""
    assert str(said["at"]) == "Enter the day and the time."


@sample(st.text(max_size=30))
def test_whatever_is_typed_as_a_time_is_answered_in_words(text: str) -> None:
    said: dict[str, Message] = {}
    at = form_fields.instant(text, NEW_YORK, "at", said)
    assert isinstance(at, dt.datetime) != bool(said)


def test_the_hour_that_never_comes_and_the_one_that_comes_twice_are_named() -> None:
    said = faults(form("2027-03-14T02:30", "2027-11-07T01:30", "2027-11-07T03:00"), NEW_YORK)
    assert "2027-03-14 02:30 never comes" in said["slots.0.starts_at"]
    assert "2027-11-07 01:30 comes twice" in said["slots.1.starts_at"]
    assert "slots.2.starts_at" not in said


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = faults(form("soon", kind="", minutes="1.5", answer_by="never", fix="x"))
    assert set(said) == {"slots.0.starts_at", "kind", "minutes", "answer_by", "fix"}


def test_too_few_and_too_many_slots_are_counted_for_the_person() -> None:
    assert faults(form()) == {"slots": "Add at least one slot: day, time and courtroom."}
    many = form(*[f"2026-12-{day:02}T09:30" for day in range(1, 12)])
    assert faults(many)["slots"] == "Remove slots until there are 10 or fewer; there are 11."


def test_one_slot_alone_is_a_move_at_once_unless_it_is_said_otherwise() -> None:
    one, two = ("2026-12-01T09:30",), ("2026-12-01T09:30", "2026-12-02T09:30")
    assert form_fields.load_move(form(*one, answer_by=""), SHANGHAI).answer_by is None
    assert form_fields.load_move(form(*one), SHANGHAI).answer_by is not None
    # Said by the form itself, a date to answer by that stands there does not count.
    assert form_fields.load_move(form(*one, how="order"), SHANGHAI).answer_by is None
    with pytest.raises(Invalid, match="keep one slot"):
        form_fields.load_move(form(*two, how="order"), SHANGHAI)
    for given in (form(*two, answer_by=""), form(*one, answer_by="", how="ask")):
        with pytest.raises(Invalid, match="Enter the date by which counsel can answer"):
            form_fields.load_move(given, SHANGHAI)


def test_a_move_needs_its_reason() -> None:
    with pytest.raises(Invalid) as refused:
        form_fields.load_move(form("2026-12-01T09:30", reason="  "), SHANGHAI)
    assert set(refused.value.errors) == {"reason"}
