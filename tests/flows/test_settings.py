"""Settings by page: wording with versions, carriers tried, people, courtrooms, and what changed."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.court.models import SettingChange
from app.letters import wording_versions
from app.notices.models import Notice
from app.people import service as people
from app.people.models import User
from tests.conftest import CASE, Scenario, at, proposal
from tests.flows.test_pages import ADMIN, COURT, PASSWORD, WANG, try_in, words

OWN = "{court_short}: hearing {case} on {date}. Own words. {link}"
TEXT = "/settings/wording/fixed/sms/zh"


@pytest.fixture(autouse=True)
def english(scenario: Scenario) -> None:
    """Let everybody read English."""
    with scenario.app.app_context(), transaction() as session:
        for email in (ADMIN, WANG, "chen@court.example"):
            people.find_user(session, email).language = "en"


def fix(scenario: Scenario, day: int = 14) -> Any:
    """A hearing that is fixed by order; its texts are sent."""
    made = scenario.api("POST", "/hearings", proposal(1, (at(day), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "as agreed"}
    assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    scenario.beat()
    return made


def changed(scenario: Scenario) -> list[tuple[str, str, str, str, str]]:
    """What stands on the list of changes, the oldest first."""
    with scenario.app.app_context():
        rows = db.session.scalars(sa.select(SettingChange).order_by(SettingChange.id))
        return [(row.by, row.area, row.what, row.was, row.became) for row in rows]


def test_own_words_are_looked_at_kept_sent_and_named_on_the_record(scenario: Scenario) -> None:
    desk = scenario.sign_in(ADMIN)
    assert "定于{date}" in desk.get(TEXT).text
    refused = desk.post(TEXT, data={"text": "no places", "do": "keep"})
    assert refused.status_code == 422
    assert "{case} is required" in words(refused)
    assert "no places" in refused.text
    shown = words(desk.post(TEXT, data={"text": OWN, "do": "preview"}))
    assert "not saved yet" in shown
    assert "part" in shown
    kept = desk.post(TEXT, data={"text": OWN, "do": "keep"}, follow_redirects=True)
    assert "Version 1 is used from the next message on." in words(kept)
    again = desk.post(TEXT, data={"text": OWN, "do": "keep"}, follow_redirects=True)
    assert "Nothing was changed" in words(again)
    scenario.api("POST", "/cases", CASE)
    first = fix(scenario)
    assert "Own words." in scenario.letters(to="+8613800138001", channel="sms")[-1].body
    started = [
        line
        for line in scenario.record(first["id"])
        if line["what"] == "started" and line["kind"] == "fixed"
    ]
    assert [line["detail"].get("wording") for line in started if line["channel"] == "sms"].count(1)
    back = desk.post(TEXT, data={"do": "default"}, follow_redirects=True)
    assert "The default wording is used" in words(back)
    fix(scenario, 15)
    assert "Own words." not in scenario.letters(to="+8613800138001", channel="sms")[-1].body
    assert "own wording, version 1" in words(desk.get("/cases/1/record"))
    assert [each[:3] for each in changed(scenario)] == [("管理员", "wording", "fixed/sms/zh")] * 2
    with scenario.app.app_context():  # what left with version 1 is asked after in its words
        notice = db.session.scalars(
            sa.select(Notice).where(
                Notice.kind == "fixed",
                Notice.channel == "sms",
                Notice.about == f"hearing/{first['id']}",
                Notice.language == "zh",
            )
        ).first()
        assert notice
        sent = wording_versions.sent_with(db.session(), notice)
        assert (sent.version, sent.text) == (1, OWN) if sent else False


def test_a_carrier_is_tried_by_the_beat_and_not_too_often(scenario: Scenario) -> None:
    desk = scenario.sign_in(ADMIN)
    asked = desk.post("/settings/carriers", data={"channel": "email"}, follow_redirects=True)
    assert "queued" in words(asked)
    assert scenario.letters() == []
    scenario.beat()
    assert "test message" in scenario.letters(to=ADMIN)[0].body
    page = words(desk.get("/settings/carriers"))
    assert "accepted" in page
    assert "nobody receives them. To send them, set TINGQI_SMTP_URL. Test only" in page
    assert "Running. On" in page
    assert "Replies are not read. To read them, set TINGQI_IMAP_URL. Not set up" in page
    wrong = desk.post("/settings/carriers", data={"channel": "sms", "phone": "12"})
    assert (wrong.status_code, 'value="12"' in wrong.text) == (422, True)
    for n in range(5):
        data = {"channel": "sms", "phone": f"1380013800{n}"}
        assert desk.post("/settings/carriers", data=data).status_code == 303
    refused = desk.post("/settings/carriers", data={"channel": "email"})
    assert (refused.status_code, "in an hour" in words(refused)) == (429, True)
    scenario.beat()
    assert len(scenario.letters(channel="sms")) == 5
    assert changed(scenario)[0] == ("管理员", "carriers", "test/email", "", ADMIN)


def test_people_change_role_are_signed_out_and_the_last_admin_stays(scenario: Scenario) -> None:
    desk, wang = scenario.sign_in(ADMIN), scenario.sign_in(WANG)
    assert "3" in words(desk.get("/settings/users/3"))
    refused = desk.post("/settings/users/3", data={"act": "role", "role": "judge"})
    assert (refused.status_code, "last admin" in words(refused)) == (422, True)
    assert "yourself" in words(desk.post("/settings/users/3", data={"act": "shut_out"}))
    assert desk.post("/settings/users/1", data={"act": "role", "role": "king"}).status_code == 422
    assert desk.post("/settings/users/1", data={"act": "sign_out"}).status_code == 303
    assert wang.get("/").location == "/sign-in"
    desk.post("/settings/users/1", data={"act": "role", "role": "admin"})
    assert scenario.sign_in(WANG).get("/settings").status_code == 200
    desk.post("/settings/users/3", data={"act": "role", "role": "assistant"})
    assert desk.get("/settings").status_code == 403
    scenario.token("chen@court.example")
    admin = scenario.sign_in(WANG)
    assert "tests" in words(admin.get("/settings/users/2"))
    admin.post("/settings/users/2/tokens/1/revoke")
    assert scenario.api("GET", "/cases", email="chen@court.example")[0] == 401
    page = words(admin.get("/settings/changes"))
    for said in ("role · wang@court.example", "signed out on all devices", "token revoked"):
        assert said in page
    assert scenario.sign_in("chen@court.example").get("/settings/changes").status_code == 403


def test_when_somebody_was_last_here_is_noted_by_what_they_do(scenario: Scenario) -> None:
    assert try_in(scenario.client, WANG, PASSWORD).status_code == 303
    with scenario.app.app_context():
        seen = {u.email: u.seen_at for u in db.session.scalars(sa.select(User))}
    assert (seen[WANG], seen[ADMIN]) == (scenario.clock.now(), None)


def test_a_courtroom_is_renamed_retired_and_only_deleted_while_unused(scenario: Scenario) -> None:
    desk = scenario.sign_in(ADMIN)
    one, two = "/settings/courtrooms/1", "/settings/courtrooms/2"
    taken = desk.post(one, data={"act": "rename", "name": "第五法庭"})
    assert (taken.status_code, 'value="第五法庭"' in taken.text) == (409, True)
    renamed = {"act": "rename", "name": "第一法庭", "location": "附楼"}
    assert desk.post(one, data=renamed).status_code == 303
    scenario.api("POST", "/cases", CASE)
    status, _ = scenario.api("POST", "/hearings", proposal(1, (at(14), "第一法庭")))
    assert status == 201
    refused = desk.post(one, data={"act": "delete"})
    assert (refused.status_code, "take it out of use" in words(refused)) == (422, True)
    assert desk.post(one, data={"act": "retire"}).status_code == 303
    status, said = scenario.api("POST", "/hearings", proposal(1, (at(15), "第一法庭")))
    assert (status, "out of use" in str(said)) == (422, True)
    assert "第一法庭" not in desk.get("/hearings/new?case_id=1").text.split("<select")[-1]
    assert desk.post(one, data={"act": "take_back"}).status_code == 303
    assert scenario.api("POST", "/feeds", {"scope": "courtroom", "name": "第五法庭"})[0] == 201
    assert desk.post(two, data={"act": "delete"}).status_code == 422  # its calendar is followed
    desk.post("/settings/courtrooms", data={"name": "第九法庭"})
    assert desk.post("/settings/courtrooms/3", data={"act": "delete"}).status_code == 303
    assert desk.get("/settings/courtrooms/3").status_code == 404
    assert ("管理员", "courtrooms", "name/第三法庭", "第三法庭", "第一法庭") in changed(scenario)


def test_each_setting_that_changed_is_listed_and_the_list_is_only_added_to(
    scenario: Scenario,
) -> None:
    desk = scenario.sign_in(ADMIN)
    assert desk.post("/settings", data=COURT).status_code == 303
    told = {what: (was, became) for _, _, what, was, became in changed(scenario)}
    assert told["reminder_days"] == ("7, 3, 1", "5, 1")
    assert told["postal"] == ("", "Dingxiang Road 611\n200135 Shanghai")
    assert "opens" not in told
    assert "Reminders (days before)" in words(desk.get("/settings/changes"))
    wrong = desk.post("/settings", data={**COURT, "country": "ZZ", "postal": "a\n" * 9})
    assert re.findall(r'href="#(country|postal)"', wrong.text) == ["postal", "country"]
    for sql in (
        "UPDATE setting_change SET was = ''",
        "DELETE FROM setting_change",
        "DELETE FROM wording",
    ):
        desk.post(TEXT, data={"text": OWN, "do": "keep"})
        with (
            scenario.app.app_context(),
            pytest.raises(sa.exc.DBAPIError, match="only ever added to"),
            transaction() as session,
        ):
            session.execute(sa.text(sql))
    everybody = words(scenario.sign_in(WANG).get("/court"))
    assert "Dingxiang Road 611" in everybody
