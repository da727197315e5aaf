"""The JSON API as a program sees it: every call, from a case to its calendar."""

from typing import Any

import pytest

from tests.conftest import CASE, PASSWORD, Scenario, at, case_with, proposal

SLOTS = ((at(14), "第三法庭"), (at(15, "14:00"), "第五法庭"))


def made(answer: tuple[int, Any], status: int = 201) -> Any:
    """What a call that must work came to."""
    assert answer[0] == status, answer
    return answer[1]


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case of two sides."""
    return made(scenario.api("POST", "/cases", CASE))


@pytest.fixture
def hearing(scenario: Scenario, case: dict[str, Any]) -> dict[str, Any]:
    """A hearing proposed to both sides, whose letters are out."""
    posted = made(scenario.api("POST", "/hearings", proposal(case["id"])))
    scenario.beat()
    return posted


def test_a_case_comes_back_as_it_was_entered(scenario: Scenario, case: dict[str, Any]) -> None:
    claimant, respondent = case["parties"]
    assert (case["number"], case["title"], case["judge"]) == (
        "（2026）沪0115民初12345号",
        "买卖合同纠纷",
        "陈法官",
    )
    assert (claimant["name"], claimant["side"], claimant["role"]) == (
        "远洋设备有限公司",
        "claimant",
        "原告",
    )
    counsel = respondent["counsel"][0]
    assert counsel["name"] == "Zhao Lei"
    assert counsel["phone"] == "+8613800138002"
    assert counsel["channels"] == ["email", "sms"]
    assert made(scenario.api("GET", f"/cases/{case['id']}"), 200) == case


def test_a_case_is_found_by_its_number_however_its_brackets_are_typed(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    made(scenario.api("POST", "/cases", case_with("（2026）沪0115民初2号")))
    found = made(scenario.api("GET", "/cases?number=(2026)沪0115民初 12345号"), 200)
    assert [each["id"] for each in found["cases"]] == [case["id"]]
    assert made(scenario.api("GET", "/cases?number=none"), 200) == {"cases": [], "next": None}


def test_the_same_number_again_is_a_clash_that_names_it(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    status, said = scenario.api("POST", "/cases", {**CASE, "number": "(2026)沪0115民初12345号"})
    assert status == 409
    assert "沪0115民初12345号" in said["detail"]


def test_a_long_list_is_read_page_by_page(scenario: Scenario) -> None:
    for n in range(5):
        made(scenario.api("POST", "/cases", case_with(f"（2026）沪0115民初{n}号")))
    seen, after = [], ""
    while True:
        page = made(scenario.api("GET", f"/cases?limit=2{after}"), 200)
        seen += [each["number"] for each in page["cases"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [f"（2026）沪0115民初{n}号" for n in (4, 3, 2, 1, 0)]


def test_courtrooms_are_added_once_and_listed(scenario: Scenario) -> None:
    room = made(scenario.api("POST", "/courtrooms", {"name": "第九法庭", "location": "附楼"}))
    status, said = scenario.api("POST", "/courtrooms", {"name": "第九法庭"})
    assert status == 409
    assert "第九法庭" in said["detail"]
    listed = made(scenario.api("GET", "/courtrooms"), 200)["courtrooms"]
    assert [each["name"] for each in listed] == ["第三法庭", "第五法庭", "第九法庭"]
    assert listed[-1] == room


def test_a_proposal_shows_its_slots_and_seats_in_the_courts_time(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    assert (hearing["state"], hearing["revision"], hearing["round"]) == ("proposed", 0, 1)
    assert hearing["starts_at"] is None
    assert [(s["starts_at"], s["courtroom"]) for s in hearing["slots"]] == list(SLOTS)
    assert hearing["slots"][0]["ends_at"] == at(14, "11:00")
    assert hearing["answer_by"] == at(7, "17:00")
    assert [(i["counsel"], i["side"], i["state"]) for i in hearing["invitations"]] == [
        ("李敏", "claimant", "waiting"),
        ("Zhao Lei", "respondent", "waiting"),
    ]


def test_a_proposal_is_offered_once_each_side_was_sent_to(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    assert hearing["offered"] is False
    assert made(scenario.api("GET", f"/hearings/{hearing['id']}"), 200)["offered"] is True


def test_no_answer_of_the_api_carries_counsels_key(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    keys = [scenario.link("li@huacheng.example"), scenario.link("zhao@jinmao.example")]
    for path in (
        f"/hearings/{hearing['id']}",
        "/hearings",
        f"/hearings/{hearing['id']}/contacts",
        f"/cases/{hearing['case_id']}/contacts",
        f"/cases/{hearing['case_id']}",
    ):
        shown = str(made(scenario.api("GET", path), 200))
        assert not any(key.removeprefix("/r/") in shown for key in keys), path


def test_an_order_fixes_a_slot(scenario: Scenario, hearing: dict[str, Any]) -> None:
    slot = hearing["slots"][1]
    fixed = made(
        scenario.api(
            "POST",
            f"/hearings/{hearing['id']}/fix",
            {"slot_id": slot["id"], "reason": "代理人未答复"},
        ),
        200,
    )
    assert (fixed["state"], fixed["revision"]) == ("fixed", 1)
    assert (fixed["starts_at"], fixed["courtroom"]) == (slot["starts_at"], "第五法庭")
    assert fixed["reason"] == "代理人未答复"
    assert {each["state"] for each in fixed["invitations"]} == {"closed"}
    scenario.beat()
    assert scenario.letters(to="li@huacheng.example", containing="12月8日")


def test_a_slot_of_another_round_is_not_fixed(scenario: Scenario, hearing: dict[str, Any]) -> None:
    status, said = scenario.api(
        "POST", f"/hearings/{hearing['id']}/fix", {"slot_id": 999, "reason": "x"}
    )
    assert status == 422
    assert said["errors"][0]["field"] == "slot_id"


def test_a_hearing_moves_at_once_or_by_a_new_round(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    path = f"/hearings/{hearing['id']}"
    made(
        scenario.api("POST", f"{path}/fix", {"slot_id": hearing["slots"][0]["id"], "reason": "x"}),
        200,
    )
    moved = made(
        scenario.api(
            "POST",
            f"{path}/move",
            {"starts_at": at(20), "courtroom": "第五法庭", "reason": "法官出差"},
        ),
        200,
    )
    assert (moved["starts_at"], moved["revision"], moved["state"]) == (at(20), 2, "fixed")
    again = {
        "slots": [
            {"starts_at": at(21), "courtroom": "第三法庭"},
            {"starts_at": at(22), "courtroom": "第三法庭"},
        ],
        "answer_by": at(8),
        "reason": "再次征询",
    }
    asked = made(scenario.api("POST", f"{path}/move", again), 200)
    assert (asked["state"], asked["round"], asked["starts_at"]) == ("proposed", 2, at(20))
    assert [slot["starts_at"] for slot in asked["slots"]] == [at(21), at(22)]


def test_a_cancelled_hearing_is_told_and_gives_its_time_back(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    path = f"/hearings/{hearing['id']}"
    made(
        scenario.api("POST", f"{path}/fix", {"slot_id": hearing["slots"][0]["id"], "reason": "x"}),
        200,
    )
    assert (
        made(scenario.api("POST", f"{path}/cancel", {"reason": "原告撤诉"}), 200)["state"]
        == "cancelled"
    )
    scenario.beat()
    assert scenario.letters(to="li@huacheng.example", containing="原告撤诉")
    status, said = scenario.api("POST", f"{path}/cancel", {"reason": "again"})
    assert status == 422
    assert "cancelled already" in said["detail"]
    other = made(scenario.api("POST", "/cases", case_with("（2026）沪0115民初2号")))
    made(scenario.api("POST", "/hearings", proposal(other["id"], SLOTS[0])))


def test_hearings_are_listed_by_state_case_and_time(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    other = made(scenario.api("POST", "/cases", case_with("（2026）沪0115民初2号")))
    second = made(scenario.api("POST", "/hearings", proposal(other["id"], (at(30), "第三法庭"))))
    made(
        scenario.api(
            "POST",
            f"/hearings/{second['id']}/fix",
            {"slot_id": second["slots"][0]["id"], "reason": "x"},
        ),
        200,
    )

    def listed(query: str) -> list[int]:
        return [
            each["id"] for each in made(scenario.api("GET", f"/hearings{query}"), 200)["hearings"]
        ]

    assert listed("") == [second["id"], hearing["id"]]
    assert listed("?state=fixed") == [second["id"]]
    assert listed(f"?case_id={hearing['case_id']}") == [hearing["id"]]
    # An offset's + that was not escaped reaches the house as a space.
    assert listed(f"?from={at(29)}&to={at(31)}") == [second["id"]]
    assert listed(f"?to={at(16)}".replace("+", "%2B")) == [hearing["id"]]
    assert listed(f"?from={at(40)}") == []


def test_the_record_shows_each_attempt_with_its_lines_and_grade(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    shown = made(scenario.api("GET", f"/hearings/{hearing['id']}/contacts"), 200)
    assert shown["case"]["number"] == "（2026）沪0115民初12345号"
    assert shown["chain"]["whole"] is True
    assert shown["lines"] == sum(len(each["lines"]) for each in shown["attempts"])
    first = next(
        a
        for a in shown["attempts"]
        if a["kind"] == "proposal" and a["address"] == "li@huacheng.example"
    )
    assert (first["channel"], first["state"], first["direction"]) == ("email", "sent", "out")
    assert first["person"] == {
        "name": "李敏",
        "side": "claimant",
        "counsel_id": hearing["invitations"][0]["counsel_id"],
    }
    assert first["grade"] == {"level": "E1", "name": "accepted"}
    assert [line["what"] for line in first["lines"]] == ["queued", "started", "accepted"]
    nudge = next(a for a in shown["attempts"] if a["kind"] == "nudge")
    assert (nudge["state"], nudge["grade"]["level"]) == ("queued", "E0")


def test_anybody_can_recompute_the_chain_from_the_answer(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    import hashlib

    import rfc8785

    shown = made(scenario.api("GET", f"/cases/{hearing['case_id']}/contacts"), 200)
    lines = sorted(
        (line for each in shown["attempts"] for line in each["lines"]), key=lambda line: line["seq"]
    )
    last = "0" * 64
    for n, line in enumerate(lines, 1):
        assert hashlib.sha256(rfc8785.dumps(line["content"])).hexdigest() == line["content_hash"]
        sealed = {
            "v": 1,
            "case": hearing["case_id"],
            "counsel": line["counsel_id"],
            "content": line["content_hash"],
            **{
                name: line[name]
                for name in (
                    "seq",
                    "at",
                    "what",
                    "direction",
                    "about",
                    "attempt",
                    "side",
                    "channel",
                    "kind",
                    "detail",
                    "prev",
                )
            },
        }
        assert (line["seq"], line["prev"]) == (n, last)
        last = hashlib.sha256(rfc8785.dumps(sealed)).hexdigest()
        assert last == line["hash"]
    assert (shown["chain"]["head"], shown["chain"]["lines"]) == (last, len(lines))


def test_a_call_made_by_hand_is_on_the_record(scenario: Scenario, hearing: dict[str, Any]) -> None:
    counsel = hearing["invitations"][0]["counsel_id"]
    call = {
        "channel": "phone",
        "counsel_id": counsel,
        "at": at(-1, "10:15"),
        "outcome": "no_answer",
        "note": "响铃一分钟",
        "hearing_id": hearing["id"],
    }
    logged = made(scenario.api("POST", f"/cases/{hearing['case_id']}/contacts", call))
    assert (logged["channel"], logged["address"], logged["state"]) == (
        "phone",
        "+8613800138001",
        "called",
    )
    [line] = logged["lines"]
    assert line["detail"]["outcome"] == "no_answer"
    assert line["detail"]["happened_at"] == "2026-11-22T02:15:00.000000Z"
    assert (line["content"]["note"], line["content"]["by"]) == ("响铃一分钟", "王书记员")
    for path in (f"/cases/{hearing['case_id']}/contacts", f"/hearings/{hearing['id']}/contacts"):
        assert logged in made(scenario.api("GET", path), 200)["attempts"]
    letter = {
        "channel": "letter",
        "counsel_id": counsel,
        "at": at(-2),
        "outcome": "told",
        "direction": "in",
    }
    assert (
        made(scenario.api("POST", f"/cases/{hearing['case_id']}/contacts", letter))["direction"]
        == "in"
    )


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"at": at(1)}, "at"),
    ({"at": "2026-11-22T10:15:00"}, "at"),
    ({"counsel_id": 999}, "counsel_id"),
    ({"channel": "wechat"}, "channel"),
    ({"outcome": ""}, "outcome"),
    ({"hearing_id": 999}, "hearing_id"),
    ({"note": "a\x00b"}, "note"),
]


def test_a_contact_that_cannot_have_been_is_refused_by_its_field(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    path = f"/cases/{hearing['case_id']}/contacts"
    before = made(scenario.api("GET", path), 200)["lines"]
    for wrong, field in IMPOSSIBLE:
        given = {"channel": "phone", "counsel_id": 1, "at": at(-1), "outcome": "spoke", **wrong}
        status, said = scenario.api("POST", path, given)
        assert status == 422, wrong
        assert [each["field"] for each in said["errors"]] == [field]
    assert made(scenario.api("GET", path), 200)["lines"] == before


def test_feeds_are_opened_listed_and_revoked(scenario: Scenario, hearing: dict[str, Any]) -> None:
    seat = hearing["invitations"][0]
    wanted: list[dict[str, Any]] = [
        {"scope": "me"},
        {"scope": "judge", "name": "陈法官"},
        {"scope": "judge", "judge_id": 1},
        {"scope": "courtroom", "name": "第三法庭"},
        {"scope": "counsel", "counsel_id": seat["counsel_id"]},
        {"scope": "hearing", "hearing_id": hearing["id"]},
    ]
    opened = [made(scenario.api("POST", "/feeds", each)) for each in wanted]
    assert [each["scope"] for each in opened] == [
        "me",
        "judge",
        "judge",
        "courtroom",
        "counsel",
        "hearing",
    ]
    assert opened[1]["url"] == opened[2]["url"]
    paths = [each["url"].removeprefix("http://127.0.0.1:8000") for each in opened]
    for path in paths:
        assert "BEGIN:VCALENDAR" in scenario.client.get(path).get_data(as_text=True)
    listed = made(scenario.api("GET", "/feeds"), 200)["feeds"]
    assert {each["id"] for each in listed} == {each["id"] for each in opened}
    assert scenario.api("DELETE", f"/feeds/{opened[3]['id']}") == (204, None)
    assert scenario.client.get(paths[3]).status_code in (404, 410)
    assert scenario.client.get(paths[0]).status_code == 200
    assert opened[3] not in made(scenario.api("GET", "/feeds"), 200)["feeds"]


NO_FEEDS: list[tuple[dict[str, Any], int, str | None]] = [
    ({"scope": "all"}, 422, "scope"),
    ({"scope": "judge"}, 422, "judge_id"),
    ({"scope": "courtroom", "name": "none"}, 422, "name"),
    ({"scope": "hearing", "hearing_id": 99}, 404, None),
]


def test_a_feed_of_nothing_is_refused(scenario: Scenario) -> None:
    for body, status, field in NO_FEEDS:
        got, said = scenario.api("POST", "/feeds", body)
        assert got == status
        assert field is None or said["errors"][0]["field"] == field


def test_another_courts_things_are_as_if_they_were_not(
    scenario: Scenario, hearing: dict[str, Any]
) -> None:
    from app.core.db import transaction
    from app.people import service as people

    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Another Court", zone="Europe/London", country="GB", language="en"
        )
        people.add_user(
            session,
            court,
            "else@court.example",
            role="admin",
            now=scenario.clock.now(),
            password=PASSWORD,
        )
    case, number = hearing["case_id"], hearing["id"]
    feed = made(scenario.api("POST", "/feeds", {"scope": "me"}))["id"]
    reason = {"reason": "x"}
    contact = {"channel": "phone", "counsel_id": 1, "at": at(-1), "outcome": "spoke"}
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/cases/{case}", None),
        ("GET", f"/cases/{case}/contacts", None),
        ("POST", f"/cases/{case}/contacts", contact),
        ("GET", f"/hearings/{number}", None),
        ("GET", f"/hearings/{number}/contacts", None),
        ("POST", "/hearings", proposal(case)),
        ("POST", f"/hearings/{number}/fix", {"slot_id": 1, **reason}),
        (
            "POST",
            f"/hearings/{number}/move",
            {"starts_at": at(20), "courtroom": "第三法庭", **reason},
        ),
        ("POST", f"/hearings/{number}/cancel", reason),
        ("DELETE", f"/feeds/{feed}", None),
        ("POST", "/feeds", {"scope": "hearing", "hearing_id": number}),
        ("POST", "/feeds", {"scope": "judge", "judge_id": 1}),
    ]
    for method, path, body in asked:
        status, said = scenario.api(method, path, body, email="else@court.example")
        assert (status, said["status"]) == (404, 404), path
        assert "沪0115" not in str(said)
    for path, name in (
        ("/cases", "cases"),
        ("/hearings", "hearings"),
        ("/courtrooms", "courtrooms"),
        ("/feeds", "feeds"),
    ):
        assert made(scenario.api("GET", path, email="else@court.example"), 200)[name] == []
