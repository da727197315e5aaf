"""A no is busy time: what counsel refused once is not suggested to them again, and the page says so."""

from typing import Any

import pytest

from tests.conftest import CASE, Scenario, at, case_with, proposal
from tests.flows.test_listing import file_of, run
from tests.flows.test_propose_page import answer, press, see
from tests.flows.test_suggestions import days, enter, suggest

pytestmark = pytest.mark.database

HE = {"name": "何雨", "email": "he@hedao.example", "language": "zh", "channels": ["email"]}
LIN = {"name": "林涛", "email": "lin@lintao.example", "language": "zh", "channels": ["email"]}
SUN = {"name": "孙宁", "email": "sun@sunning.example", "language": "zh", "channels": ["email"]}


def ask(scenario: Scenario, case_id: int, *slots: tuple[str, str], minutes: int = 45) -> int:
    """An open round of slots; the first of them is on Monday, 7 December, 09:00–09:45."""
    given = slots or ((at(14, "09:00"), "第三法庭"), (at(15, "14:00"), "第五法庭"))
    status, said = scenario.api("POST", "/hearings", proposal(case_id, *given, minutes=minutes))
    assert status == 201, said
    scenario.beat()
    return int(said["id"])


def again(scenario: Scenario, hearing_id: int, *slots: tuple[str, str]) -> None:
    """A further round of a hearing."""
    body = {
        "slots": [{"starts_at": when, "courtroom": room} for when, room in slots],
        "answer_by": at(7, "17:00"),
        "reason": "没有合适的时间",
    }
    status, said = scenario.api("POST", f"/hearings/{hearing_id}/move", body)
    assert status == 200, said
    scenario.beat()


def on(
    scenario: Scenario, case_id: int, day: int = 14, minutes: int = 45, **more: Any
) -> list[str]:
    """The times of a day that are suggested for a case, by the court's clock."""
    found = suggest(
        scenario,
        case_id,
        minutes=minutes,
        limit=50,
        **{"from": at(day, "00:00"), "to": at(day, "23:00")},
        **more,
    )
    return sorted(each[11:] for each in days(found))


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """A small claim, for which a hearing may be soon."""
    return enter(scenario, {**case_with(CASE["number"], HE, LIN), "procedure": "small_claims"})


def test_a_second_round_offers_nothing_over_what_counsel_refused(
    scenario: Scenario, case_id: int
) -> None:
    hearing = ask(scenario, case_id)
    before = on(scenario, case_id, hearing_id=hearing)
    assert before[0] == "09:00"
    answer(scenario, "he@", "no", "yes")
    after = on(scenario, case_id, hearing_id=hearing)
    assert after[0] == "09:45"  # no buffer and no way belong to a no
    assert not {"09:00", "09:15", "09:30"} & set(after)


def test_a_no_counts_in_every_case_of_that_person_and_for_nobody_else(
    scenario: Scenario, case_id: int
) -> None:
    hearing = ask(scenario, case_id)
    answer(scenario, "he@", "no", "yes")
    cancelled = scenario.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})
    assert cancelled[0] == 200
    scenario.beat()
    theirs = enter(
        scenario,
        {
            **case_with("（2026）沪0115民初8号", HE, SUN, judge="周法官"),
            "procedure": "small_claims",
        },
    )
    assert on(scenario, theirs)[0] == "09:45"
    others = enter(
        scenario,
        {
            **case_with("（2026）沪0115民初9号", LIN, SUN, judge="周法官"),
            "procedure": "small_claims",
        },
    )
    assert on(scenario, others)[0] == "09:00"


def test_the_last_word_counts(scenario: Scenario, case_id: int) -> None:
    hearing = ask(scenario, case_id)
    answer(scenario, "he@", "no", "yes")
    assert on(scenario, case_id, hearing_id=hearing)[0] == "09:45"
    scenario.wait(minutes=5)
    answer(scenario, "he@", "if_needed", "yes")
    assert on(scenario, case_id, hearing_id=hearing)[0] == "09:00"
    scenario.wait(minutes=5)
    answer(scenario, "he@", "no", "yes")
    again(scenario, hearing, (at(14, "09:15"), "第三法庭"), (at(16), "第三法庭"))
    assert on(scenario, case_id, hearing_id=hearing)[0] == "09:45"
    scenario.wait(minutes=5)
    answer(scenario, "he@", "yes", "no")  # of 09:15–10:00; 09:00–09:15 is still refused
    assert on(scenario, case_id, hearing_id=hearing)[0] == "09:15"


def test_a_yes_to_another_courtroom_at_the_same_time_is_a_yes_to_the_time(
    scenario: Scenario, case_id: int
) -> None:
    hearing = ask(scenario, case_id, (at(14, "09:00"), "第三法庭"), (at(14, "09:00"), "第五法庭"))
    answer(scenario, "he@", "no", "yes")
    assert on(scenario, case_id, hearing_id=hearing)[0] == "09:00"


def test_the_page_hatches_a_no_labels_it_and_says_it_beside_a_slot(
    scenario: Scenario, case_id: int
) -> None:
    hearing = ask(scenario, case_id)
    answer(scenario, "he@", "no", "yes")
    desk = scenario.sign_in()
    desk.get("/?lang=en")
    form = see(desk, f"/hearings/{hearing}/round?lang=en")
    given = {"slots.0.starts_at": at(14, "09:15")[:16], "slots.1.starts_at": at(14, "11:00")[:16]}
    page = press(desk, form, "add-slot", **given)
    assert "何雨 : said no to Mon 7 Dec 2026, 09:00–09:45" in page.words.replace("雨:", "雨 :")
    assert "09:00–09:15 said no when asked: 何雨" in page.words
    assert "counsel said no to this time when asked" in page.words
    chinese = see(
        desk, f"/hearings/{hearing}/round?lang=zh", **form.round.filled(do="add-slot", **given)
    )
    assert "09:00–09:15 曾答复“不可以”：何雨" in chinese.words


def test_the_form_of_a_further_round_is_filled_with_times_that_nobody_refused(
    scenario: Scenario, case_id: int
) -> None:
    many = [
        (at(day, clock), "第三法庭")
        for day in (14, 15, 16)
        for clock in ("09:00", "10:00", "14:00")
    ]
    hearing = ask(scenario, case_id, *many, minutes=60)
    answer(scenario, "he@", *(["no"] * 9))
    answer(scenario, "lin@", *(["yes"] * 9))
    form = see(scenario.sign_in(), f"/hearings/{hearing}/round").round
    offered = [value for name, value in form.fields.items() if name.endswith("starts_at")]
    assert offered
    for begins in offered:  # no slot of an hour overlaps one of those
        assert not [
            when
            for when, _ in many
            if when[:10] == begins[:10]
            and abs(int(when[11:13]) * 60 - int(begins[11:13]) * 60 - int(begins[14:16])) < 60
        ]


def test_a_listing_of_many_hearings_heeds_it_too(scenario: Scenario, case_id: int) -> None:
    ask(
        scenario, case_id, (at(14, "09:00"), "第三法庭"), (at(14, "13:30"), "第五法庭"), minutes=180
    )
    answer(scenario, "he@", "no", "no")
    enter(
        scenario,
        {
            **case_with("（2026）沪0115民初8号", HE, SUN, judge="周法官"),
            "procedure": "small_claims",
        },
    )
    day = at(14)[:10]
    row = {"案号": "（2026）沪0115民初8号", "minutes": "60", "earliest": day, "latest": day}
    status, words = run(scenario, file_of(row), "--to", day, "--slots", "1")
    assert status == 1
    assert "Judge and counsel are never all free for 60 minutes" in words
