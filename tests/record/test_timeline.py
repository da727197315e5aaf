"""The picture of both sides, and what is named where they were treated unalike."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.notices.kinds import PERSONAL
from app.record.timeline import WIDTH, Contact, Touchpoint, differences, draw

BEGIN = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
SIDES = ["claimant", "respondent"]


def touch(
    minutes: float,
    side: str,
    channel: str = "sms",
    kind: str = "fixed",
    did: Touchpoint = Touchpoint.TO,
) -> Contact:
    """One contact, so many minutes after the first."""
    return Contact(BEGIN + dt.timedelta(minutes=minutes), side, channel, kind, did, "accepted")


def named(*touches: Contact) -> list[tuple[str, str]]:
    """What differs, and about which matter."""
    return [(each.what, each.kind) for each in differences(touches, SIDES, PERSONAL)]


def test_sides_told_alike_differ_in_nothing() -> None:
    assert named(touch(0, "claimant"), touch(0.9, "respondent")) == []


def test_number_channel_and_time_are_named() -> None:
    assert named(touch(0, "claimant"), touch(1.1, "respondent")) == [("time", "fixed")]
    assert named(touch(0, "claimant"), touch(0, "respondent", "email")) == [("channel", "")]
    twice = (touch(0, "claimant"), touch(5, "claimant"), touch(0, "respondent"))
    assert named(*twice) == [("number", "")]
    [number] = differences(twice, SIDES)
    assert number.each == {"claimant": 2, "respondent": 1}


def test_one_side_that_was_told_nothing_is_named() -> None:
    found = differences([touch(0, "claimant")], SIDES)
    assert [each.what for each in found] == ["number", "channel", "never"]
    assert found[2].each == {"claimant": BEGIN, "respondent": None}


def test_what_follows_ones_own_doing_is_counted_and_sets_nobody_back() -> None:
    both = (touch(0, "claimant"), touch(0, "respondent"))
    receipt = touch(60, "claimant", kind="answered")
    asked_again = touch(120, "respondent", kind="nudge")
    assert named(*both, receipt, asked_again) == []
    assert named(*both, receipt) == [("number", "")]


def test_what_came_from_them_or_did_not_arrive_is_no_contact_by_the_court() -> None:
    heard = [
        touch(3, "claimant", "link", "visit", Touchpoint.FROM),
        touch(4, "claimant", did=Touchpoint.VAIN),
    ]
    assert named(touch(0, "claimant"), touch(0, "respondent"), *heard) == []


def test_a_single_side_has_nobody_to_differ_from() -> None:
    assert differences([touch(0, "claimant")], ["claimant"]) == []


@given(
    st.lists(
        st.tuples(
            st.floats(0, 100_000),
            st.sampled_from([*SIDES, "third"]),
            st.sampled_from(["sms", "email", "phone", "link", "chat"]),
            st.sampled_from(list(Touchpoint)),
        ),
        max_size=60,
    )
)
def test_every_contact_is_drawn_once_inside_its_lane(
    drawn: list[tuple[float, str, str, Touchpoint]],
) -> None:
    touches = [touch(at, side, channel, did=did) for at, side, channel, did in drawn]
    picture = draw(touches, SIDES)
    assert [lane.side for lane in picture.lanes][:2] == SIDES
    for lane in picture.lanes:
        own = [each for each in touches if each.side == lane.side]
        assert sum(mark.count for mark in lane.marks) == len(own)
        for mark in lane.marks:
            assert picture.left <= mark.x <= WIDTH
            assert (mark.y > lane.y) == (mark.did is Touchpoint.FROM)
            assert abs(mark.y - lane.y) <= 38


def test_ten_thousand_contacts_are_a_picture_of_some_hundred_marks() -> None:
    picture = draw([touch(n / 10, SIDES[n % 2]) for n in range(10_000)], SIDES)
    assert sum(len(lane.marks) for lane in picture.lanes) < 200
    assert sum(mark.count for lane in picture.lanes for mark in lane.marks) == 10_000
