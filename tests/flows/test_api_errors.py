"""What the API says to input that cannot be taken: always a problem in words, never a 500."""

import json
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, at, proposal

LI = {"name": "李敏", "email": "li@huacheng.example"}


def send(
    scenario: Scenario, path: str, body: bytes | str, kind: str = "application/json", **headers: str
) -> Any:
    """Post bytes as they are."""
    head = {
        "Authorization": f"Bearer {scenario.token('wang@court.example')}",
        "Content-Type": kind,
        **headers,
    }
    return scenario.client.post(f"/api/v1{path}", data=body, headers=head)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer holds, in the shape that all have (RFC 9457)."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    said: dict[str, Any] = json.loads(answer.get_data())
    assert said["status"] == status
    assert said["title"]
    assert said["detail"]
    assert "Traceback" not in str(said)
    return said


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """A case of two sides."""
    return int(scenario.api("POST", "/cases", CASE)[1]["id"])


def test_without_a_valid_token_nothing_is_shown(scenario: Scenario) -> None:
    for header in ("", "Bearer", "Bearer wrong", "Bearer tq_é", "Basic d2FuZzp4", "wrong"):
        head = {"Authorization": header} if header else {}
        answer = scenario.client.get("/api/v1/cases", headers=head)
        assert problem(answer, 401)["type"].endswith("/problems/unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_opens_nothing(scenario: Scenario) -> None:
    from app.core.db import transaction
    from app.people import service as people
    from app.people import tokens

    assert scenario.api("GET", "/cases")[0] == 200
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        tokens.revoke(session, user, tokens.of_user(session, user)[0].id, scenario.clock.now())
    assert scenario.api("GET", "/cases")[0] == 401


def test_a_signed_in_browser_has_no_key_to_the_api(scenario: Scenario) -> None:
    assert scenario.client.get("/api/v1/cases").status_code == 401


def test_every_fault_of_the_input_is_named_at_once(scenario: Scenario) -> None:
    bad = {
        "number": "",
        "judge": 7,
        "procedure": "quick",
        "colour": "red",
        "parties": [
            {
                "name": "a\x00b",
                "side": "left",
                "counsel": [{**LI, "phone": "12"}, {"name": "x" * 300}],
            }
        ],
    }
    status, said = scenario.api("POST", "/cases", bad)
    assert (status, said["type"].rpartition("/")[2]) == (422, "invalid")
    assert {each["field"]: each["pointer"] for each in said["errors"]} == {
        "number": "/number",
        "judge": "/judge",
        "procedure": "/procedure",
        "colour": "/colour",
        "parties.0.name": "/parties/0/name",
        "parties.0.side": "/parties/0/side",
        "parties.0.counsel.1.name": "/parties/0/counsel/1/name",
    }
    assert all(each["detail"] for each in said["errors"])


def test_a_phone_that_is_no_phone_is_named(scenario: Scenario) -> None:
    party = {"name": "x", "side": "claimant", "counsel": [{**LI, "phone": "12"}]}
    status, said = scenario.api("POST", "/cases", {**CASE, "parties": [party]})
    assert (status, said["errors"][0]["field"]) == (422, "parties.0.counsel.0.phone")
    assert "12" in said["detail"]
    assert scenario.api("GET", "/cases")[1]["cases"] == []


def test_problems_are_told_in_the_readers_language(scenario: Scenario) -> None:
    english = scenario.api("GET", "/cases/77")[1]
    chinese = scenario.api("GET", "/cases/77", **{"Accept-Language": "zh-CN"})[1]
    assert "no case 77" in english["detail"]
    assert chinese["type"] == english["type"]
    assert "77" in chinese["detail"]


NO_JSON = [
    (b"", "JSON"),
    (b"{", "JSON"),
    (b"\xff\xfe{\x00}\x00", "UTF-8"),
    (b"[" * 100_000, "nested"),
    (b'{"a":' * 100_000, "nested"),
    (b'{"number": NaN}', "number"),
    (b"9" * 5000, "number"),
]


def test_what_is_no_json_is_said_to_be_none(scenario: Scenario) -> None:
    for body, words in NO_JSON:
        assert words in problem(send(scenario, "/cases", body), 400)["detail"]


def test_json_that_is_no_object_is_refused(scenario: Scenario) -> None:
    for body in (b"[]", b"7", b'"x"', b"null", b"1e999", b"{}"):
        problem(send(scenario, "/cases", body), 422)


def test_a_field_given_twice_is_refused(scenario: Scenario) -> None:
    said = problem(send(scenario, "/courtrooms", '{"name": "a", "name": "b"}'), 422)
    assert said["errors"][0]["field"] == "name"


def test_a_body_of_another_kind_is_refused(scenario: Scenario) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        problem(send(scenario, "/courtrooms", '{"name": "a"}', kind), 415)


def test_ten_megabytes_are_too_much(scenario: Scenario) -> None:
    problem(send(scenario, "/cases", b'{"title": "' + b"x" * 10_000_000 + b'"}'), 413)


def test_another_method_is_answered_with_those_that_are(scenario: Scenario) -> None:
    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    answer = scenario.client.delete("/api/v1/cases", headers=head)
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_number_that_no_row_has_is_not_found(scenario: Scenario) -> None:
    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    for row in ("0", "-1", "x", "1.5", "9" * 18, "9" * 19, str(2**63), "9" * 5000, "%00", "١"):
        for path in (f"/cases/{row}", f"/hearings/{row}", f"/hearings/{row}/contacts"):
            problem(scenario.client.get(f"/api/v1{path}", headers=head), 404)
        problem(scenario.client.delete(f"/api/v1/feeds/{row}", headers=head), 404)


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"slots": [{"starts_at": "2026-12-15T09:30:00", "courtroom": "第三法庭"}]},
        "slots.0.starts_at",
    ),
    ({"slots": [{"starts_at": at(-3), "courtroom": "第三法庭"}]}, "slots.0.starts_at"),
    ({"slots": [{"starts_at": at(14), "courtroom": "第八法庭"}]}, "slots.0.courtroom"),
    ({"slots": [{"starts_at": at(14), "courtroom": 10**30}]}, "slots.0.courtroom"),
    ({"slots": [{"starts_at": at(14), "courtroom": "\ud800"}]}, "slots.0.courtroom"),
    ({"slots": [{"starts_at": at(14), "courtroom": "a\x00"}]}, "slots.0.courtroom"),
    ({"slots": [{"starts_at": at(14), "courtroom": "第三法庭"}] * 1000}, "slots"),
    ({"slots": []}, "slots"),
    ({"minutes": -90}, "minutes"),
    ({"minutes": 10**30}, "minutes"),
    ({"minutes": True}, "minutes"),
    ({"minutes": 1.5}, "minutes"),
    ({"fix": "maybe"}, "fix"),
    ({"answer_by": at(20)}, "slots.0.starts_at"),
    ({"answer_by": "tomorrow"}, "answer_by"),
    ({"case_id": 2**70}, "case_id"),
    ({"case_id": "x"}, "case_id"),
    ({"case_id": [1]}, "case_id"),
    ({"kind": "\udfff"}, "kind"),
    ({"override_reason": {"a": 1}}, "override_reason"),
]


def test_a_proposal_that_cannot_be_is_refused_by_its_field(
    scenario: Scenario, case_id: int
) -> None:
    for wrong, field in WRONG:
        status, said = scenario.api("POST", "/hearings", {**proposal(case_id), **wrong})
        assert status == 422, wrong
        assert field in [each["field"] for each in said["errors"]], wrong
    assert scenario.api("GET", "/hearings")[1]["hearings"] == []


def test_a_clash_names_what_it_is_with_and_leaves_nothing_behind(
    scenario: Scenario, case_id: int
) -> None:
    slot = (at(14), "第三法庭")
    assert scenario.api("POST", "/hearings", proposal(case_id, slot))[0] == 201
    status, said = scenario.api("POST", "/hearings", proposal(case_id, slot))
    assert (status, said["type"].rpartition("/")[2]) == (409, "clash")
    assert "沪0115民初12345号" in said["detail"]
    assert len(scenario.api("GET", "/hearings")[1]["hearings"]) == 1


def test_a_rule_that_warns_wants_a_reason(scenario: Scenario, case_id: int) -> None:
    soon = proposal(case_id, (at(2), "第三法庭"), answer_by=at(1))
    status, said = scenario.api("POST", "/hearings", soon)
    assert (status, said["type"].rpartition("/")[2]) == (422, "reason-needed")
    assert said["errors"][0]["field"] == "override_reason"
    assert scenario.api("POST", "/hearings", {**soon, "override_reason": "双方同意"})[0] == 201


QUESTIONS = [
    ("?state=late", "state"),
    ("?limit=0", "limit"),
    ("?limit=201", "limit"),
    ("?limit=x", "limit"),
    ("?after=-1", "after"),
    (f"?after={2**80}", "after"),
    ("?from=2026-12-01", "from"),
    ("?to=2026-12-01T10:00:00", "to"),
    ("?sate=fixed", "sate"),
    ("?case_id=%00", "case_id"),
]


def test_a_question_that_is_not_understood_is_not_guessed_at(scenario: Scenario) -> None:
    for query, field in QUESTIONS:
        status, said = scenario.api("GET", f"/hearings{query}")
        assert status == 422, query
        assert [each["field"] for each in said["errors"]] == [field], query


def test_a_problems_type_leads_to_what_it_means(scenario: Scenario) -> None:
    kind = scenario.api("GET", "/cases/77")[1]["type"].removeprefix("http://127.0.0.1:8000")
    assert "Not found" in scenario.client.get(kind).get_data(as_text=True)
    problem(scenario.client.get("/api/v1/problems/none"), 404)


def test_while_the_database_is_away_the_api_says_so(scenario: Scenario) -> None:
    import sqlalchemy as sa

    from app.core.db import db

    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    away = sa.create_engine(
        "postgresql+psycopg://127.0.0.1:1/none", connect_args={"connect_timeout": 1}
    )
    with scenario.app.app_context():
        there, db.engines[None] = db.engine, away
    try:
        answer = scenario.client.get("/api/v1/cases", headers=head)
        problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    finally:
        with scenario.app.app_context():
            db.engines[None] = there
    assert scenario.api("GET", "/cases")[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({f"unknown-{n}": n for n in range(50_000)}),
        json.dumps({"x" * 100_000: 1, **CASE}),
        json.dumps({**CASE, "parties": [{f"k{n}{m}": 1 for m in range(200)} for n in range(200)]}),
        json.dumps({**CASE, "procedure": "p" * 100_000}),
        "{" + ",".join(f'"{n % 20_000}":1' for n in range(40_000)) + "}",
    ],
)
def test_however_much_is_wrong_the_answer_stays_short(scenario: Scenario, body: str) -> None:
    said = problem(answer := send(scenario, "/cases", body), 422)
    assert len(answer.get_data()) < 40_000
    assert len(said["errors"]) <= 101
    if len(said["errors"]) == 101:
        assert said["errors"][-1]["detail"].startswith("… and ")


JUNK = ("\0", "\x1f", "\x7f", "\x85", "x", "\u200bx")


@pytest.mark.parametrize("junk", JUNK)
def test_what_stands_behind_a_value_is_refused(scenario: Scenario, case_id: int, junk: str) -> None:
    good = proposal(case_id)
    slot = good["slots"][0]
    for field, body in (
        ("answer_by", {**good, "answer_by": good["answer_by"] + junk}),
        ("slots.0.starts_at", {**good, "slots": [{**slot, "starts_at": slot["starts_at"] + junk}]}),
        ("minutes", {**good, "minutes": f"90{junk}"}),
        ("case_id", {**good, "case_id": f"{case_id}{junk}"}),
        ("fix", {**good, "fix": f"auto{junk}"}),
    ):
        said = problem(send(scenario, "/hearings", json.dumps(body)), 422)
        assert [each["field"] for each in said["errors"]] == [field], said
    for query in (f"limit=5{junk}", f"after=1{junk}"):
        with_junk = {**dict([query.split("=")])}
        head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
        answer = scenario.client.get("/api/v1/cases", query_string=with_junk, headers=head)
        problem(answer, 422)


@pytest.mark.parametrize(
    "written", ["2026-12-15x09:30:00+08:00", "2026-12-15T09:30+08:00\n", "1_0"]
)
def test_only_one_spelling_of_a_time_is_a_time(
    scenario: Scenario, case_id: int, written: str
) -> None:
    body = {**proposal(case_id), "answer_by": written}
    assert (
        problem(send(scenario, "/hearings", json.dumps(body)), 422)["errors"][0]["field"]
        == "answer_by"
    )


@pytest.mark.parametrize("minutes", ["1_0", "90.5", 90.5, True, "9e1", ""])
def test_a_number_is_in_plain_digits(scenario: Scenario, case_id: int, minutes: Any) -> None:
    said = problem(
        send(scenario, "/hearings", json.dumps({**proposal(case_id), "minutes": minutes})), 422
    )
    assert [each["field"] for each in said["errors"]] == ["minutes"]


@pytest.mark.parametrize(
    "path",
    [
        "number",
        "title",
        "judge",
        "parties.0.name",
        "parties.0.email",
        "parties.0.counsel.0.phone",
        "parties.0.counsel.0.email",
    ],
)
@pytest.mark.parametrize("junk", ["\0", "\x7f", "\x9f"])
def test_no_text_holds_a_control_character(scenario: Scenario, path: str, junk: str) -> None:
    body = json.loads(json.dumps(CASE))
    inner: Any = body
    *names, last = [int(each) if each.isdigit() else each for each in path.split(".")]
    for each in names:
        inner = inner[each]
    inner[last] = f"a{junk}b@court.example"
    assert problem(send(scenario, "/cases", json.dumps(body)), 422)["errors"][0]["field"] == path
