"""Another court's data, and words that would pose as headers, markup or calendar lines."""

import email
import json
from email import policy
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.court import service
from app.notices.models import Notice
from app.people import service as people
from tests.conftest import CASE, PASSWORD, Scenario, at, proposal

pytestmark = pytest.mark.database

EVE = "eve@other.example"


@pytest.fixture
def asked(scenario: Scenario) -> tuple[int, int, int]:
    """A case, a hearing whose counsel were asked, and one of its slots; and another court's Eve."""
    _, case = scenario.api("POST", "/cases", CASE)
    _, made = scenario.api("POST", "/hearings", proposal(case["id"]))
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        other = people.add_court(
            session, "Other", zone="America/New_York", country="US", language="en"
        )
        people.add_user(
            session,
            other,
            EVE,
            role="admin",
            now=scenario.clock.now(),
            password=PASSWORD,
            name="Eve",
        )
        service.add_courtroom(session, other, "R1", "")
    return case["id"], made["id"], made["slots"][0]["id"]


def test_another_courts_user_reaches_nothing_by_the_api(
    scenario: Scenario, asked: tuple[int, int, int]
) -> None:
    case, hearing, slot = asked
    call = {
        "counsel_id": 1,
        "channel": "phone",
        "direction": "out",
        "outcome": "spoke",
        "at": at(-1),
    }
    for method, path, body in (
        ("GET", f"/cases/{case}", None),
        ("GET", f"/cases/{case}/contacts", None),
        ("GET", f"/hearings/{hearing}", None),
        ("GET", f"/hearings/{hearing}/contacts", None),
        ("POST", f"/hearings/{hearing}/fix", {"slot_id": slot, "reason": "x"}),
        ("POST", f"/hearings/{hearing}/move", {"starts_at": at(20), "courtroom": 3, "reason": "x"}),
        ("POST", f"/hearings/{hearing}/cancel", {"reason": "x"}),
        ("POST", f"/cases/{case}/contacts", call),
        ("POST", "/hearings", proposal(case)),
        ("POST", "/feeds", {"scope": "hearing", "hearing_id": hearing}),
        ("POST", "/feeds", {"scope": "counsel", "counsel_id": 1}),
        ("POST", "/feeds", {"scope": "judge", "judge_id": 1}),
        ("POST", "/feeds", {"scope": "judge", "name": "陈法官"}),
        ("POST", "/feeds", {"scope": "courtroom", "courtroom_id": 1}),
    ):
        status, said = scenario.api(method, path, body, email=EVE)
        assert status in (404, 422), (method, path, said)
        assert "12345" not in json.dumps(said, ensure_ascii=False)


def test_the_same_case_and_counsel_in_another_court_are_others(
    scenario: Scenario, asked: tuple[int, int, int]
) -> None:
    abroad = json.loads(json.dumps(CASE).replace('"1380', '"+861380')) | {"procedure": "summary"}
    status, own = scenario.api("POST", "/cases", abroad, email=EVE)
    assert status == 201
    assert scenario.api("POST", "/hearings", proposal(own["id"], (at(14), 1)), email=EVE)[0] == 422  # type: ignore[arg-type]
    assert (
        scenario.api("POST", "/hearings", proposal(own["id"], (at(14), "R1")), email=EVE)[0] == 201
    )


def test_another_courts_user_reaches_nothing_by_page(
    scenario: Scenario, asked: tuple[int, int, int]
) -> None:
    case, hearing, _ = asked
    browser = scenario.sign_in(EVE)
    for path in (
        f"/cases/{case}",
        f"/cases/{case}/record",
        f"/cases/{case}/counsel/1",
        f"/hearings/{hearing}",
        f"/hearings/{hearing}/round",
    ):
        assert browser.get(path).status_code == 404, path
    with scenario.app.app_context():
        notice = db.session.scalar(sa.select(Notice.id).order_by(Notice.id))
    for path in (
        f"/notices/{notice}/again",
        "/settings/users/1",
        "/me/tokens/1/revoke",
    ):
        assert browser.post(path, data={"act": "shut_out"}).status_code == 404, path
    key = scenario.link("zhao@").rpartition("/")[2]
    assert scenario.client.get(f"/feeds/{key}.ics").status_code == 404


def test_names_and_reasons_stay_words_in_mails_and_calendars(scenario: Scenario) -> None:
    case: dict[str, Any] = json.loads(json.dumps(CASE))
    case["title"] = 'T" <script>alert(1)</script> {{7*7}} %(x)s http://evil.example/r/abcdefghijklm'
    case["parties"][1]["counsel"][0]["name"] = 'Zhao "x" <a@b>; CN=1:, \u2028Bcc: z@z {{7*7}} %s'
    status, known = scenario.api("POST", "/cases", case)
    assert status == 201, known
    room = {"name": 'R;\\,"1"', "location": "L\u2028X-ATT:1"}
    assert scenario.api("POST", "/courtrooms", room)[0] == 201
    _, made = scenario.api("POST", "/hearings", proposal(known["id"], (at(14), room["name"])))
    scenario.beat()
    order = {"slot_id": made["slots"][0]["id"], "reason": "r\nBcc: x@x\n\nDear all"}
    assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    scenario.beat()
    calendars = 0
    for file in (scenario.folder / "outbox").glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        assert mail["Bcc"] is None
        assert len(mail.get_all("To") or []) == 1
        for part in mail.walk():
            if part.get_content_type() == "text/html":
                assert "<script" not in part.get_content()
            if part.get_content_type() == "text/calendar":
                calendars += 1
                raw = part.get_payload(decode=True)
                assert isinstance(raw, bytes)
                assert len(icalendar.Calendar.from_ical(raw).walk("VEVENT")) == 1
                whole = raw.decode().replace("\r\n ", "")
                assert "/r/" not in whole
                assert not any(line.startswith(("X-ATT", "Bcc")) for line in whole.splitlines())
    assert calendars >= 1
