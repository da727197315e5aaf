"""How members outside the court decide with counsel on a slot."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.core.wording.public_names import public_title
from app.hearings.bench.rules import MemberAvailability, agreement
from app.hearings.rules import agreed_slot

SLOTS = [(n, dt.datetime(2026, 12, 7 + n, 1, tzinfo=dt.UTC)) for n in range(4)]
COUNSEL = st.lists(
    st.none()
    | st.fixed_dictionaries({n: st.sampled_from(["yes", "if_needed", "no"]) for n, _ in SLOTS}),
    min_size=1,
    max_size=3,
)
SAYS = st.none() | st.fixed_dictionaries({n: st.sampled_from(["yes", "no"]) for n, _ in SLOTS})
MEMBERS = st.lists(
    st.builds(MemberAvailability, st.just("吴"), st.booleans(), st.booleans(), SAYS), max_size=4
)


@given(COUNSEL, MEMBERS, st.booleans())
def test_nobody_needed_is_absent_from_an_agreed_slot(
    counsel: list, members: list[MemberAvailability], over: bool
) -> None:
    found = agreement(SLOTS, counsel, members, over=over)
    if found.slot_id is not None:
        assert not any(each.cannot_come(found.slot_id) for each in members)
        assert all(each and each[found.slot_id] != "no" for each in counsel)
        assert found.counsel_slot_id is not None


@given(COUNSEL, MEMBERS)
def test_only_who_sits_is_waited_for_and_only_until_the_time_is_over(
    counsel: list, members: list[MemberAvailability]
) -> None:
    found = agreement(SLOTS, counsel, members)
    silent = [e.name for e in members if e.sits and e.can_be_asked and e.says is None]
    assert list(found.waits_for) == (silent if found.slot_id is not None else [])
    assert found.is_settled == (found.slot_id is not None and not found.waits_for)
    ended = agreement(SLOTS, counsel, members, over=True)
    assert ended.waits_for == ()
    assert ended.slot_id == found.slot_id


@given(COUNSEL)
def test_without_members_counsel_decide_as_before(counsel: list) -> None:
    found = agreement(SLOTS, counsel, [])
    assert found.slot_id == found.counsel_slot_id == agreed_slot(SLOTS, counsel)
    assert (found.absent, found.waits_for) == ((), ())


@given(COUNSEL, MEMBERS)
def test_who_stands_against_counsels_slot_is_named(
    counsel: list, members: list[MemberAvailability]
) -> None:
    found = agreement(SLOTS, counsel, members)
    if found.counsel_slot_id is None:
        assert found.absent == ()
    else:
        assert (found.slot_id == found.counsel_slot_id) == (not found.absent)


NAMES = ["王小明", "远洋设备有限公司"]


def test_a_title_without_parties_is_the_cause_or_nothing() -> None:
    for title, shown in (
        ("买卖合同纠纷", "买卖合同纠纷"),
        ("王小明与远洋设备有限公司买卖合同纠纷", "买卖合同纠纷"),
        ("王小明诉李四离婚纠纷", ""),
        ("远洋与海通买卖合同纠纷", ""),
        ("Ash Ltd v Birch Ltd", ""),
        ("", ""),
    ):
        assert public_title(title, NAMES, "short") == shown
        assert public_title(title, NAMES, "number") == shown
        assert public_title(title, NAMES, "full") == title
