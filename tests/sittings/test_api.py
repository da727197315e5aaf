"""A hearing of several sittings, from the API's proposal to letters and calendars."""

from tests.conftest import Scenario, at
from tests.sittings.conftest import LI, ZHAO, answer_all, propose, sittings


def test_three_sittings_are_proposed_answered_and_fixed(court: Scenario) -> None:
    status, hearing = propose(court)
    assert status == 201, hearing
    [slot] = hearing["slots"]
    assert [each["minutes"] for each in slot["sittings"]] == [480, 480, 180]
    assert slot["ends_at"] == at(17, "16:30")
    court.beat()
    answer_all(court)
    _, fixed = court.api("GET", f"/hearings/{hearing['id']}")
    assert (fixed["state"], fixed["starts_at"], fixed["minutes"]) == ("fixed", at(14, "09:00"), 480)
    assert fixed["sittings"] == slot["sittings"]
    [mail] = court.letters(to=LI, channel="email", containing="庭期已排定")
    assert "周一 09:00–17:00（3天）" in mail.subject
    assert "2026年12月10日 周四 13:30–16:30，第五法庭，主楼五层" in mail.body
    [text] = court.letters(to="13800138002", channel="sms", containing="fixed")
    assert "Mon 7 Dec 2026, 09:00 (3 days)" in text.body
    [asked] = court.letters(to=ZHAO, channel="email", containing="Please choose")
    assert "3 days: Mon 7 Dec 2026, 09:00–17:00" in asked.body


def test_each_sitting_books_bench_courtroom_and_counsel(court: Scenario) -> None:
    propose(court)
    for day, clock, room, said in (
        (15, "10:00", "第五法庭", "陈法官"),
        (17, "15:00", "第五法庭", "陈法官"),
    ):
        status, refused = propose(
            court, {"starts_at": at(day, clock), "courtroom": room}, minutes=60
        )
        assert (status, said in refused["detail"]) == (409, True), refused
    free = {"starts_at": at(16, "10:00"), "courtroom": "第三法庭"}
    assert propose(court, free, minutes=60)[0] == 201


def test_alternative_sets_of_one_hearing_may_share_days(court: Scenario) -> None:
    other = sittings((15, "09:00", 480, "第三法庭"), (16, "09:00", 480, "第三法庭"))
    status, hearing = propose(court, sittings(), other)
    assert status == 201, hearing
    court.beat()
    answer_all(court, "no", "yes")
    _, fixed = court.api("GET", f"/hearings/{hearing['id']}")
    assert [each["starts_at"] for each in fixed["sittings"]] == [at(15, "09:00"), at(16, "09:00")]
    free = {"starts_at": at(17, "14:00"), "courtroom": "第五法庭"}
    assert propose(court, free, minutes=60)[0] == 201
