"""What the court's people see of a hearing of several days, and do with it."""

import re

from app.rehearsal.browser import HtmlPage
from tests.benches.test_proposing import fields
from tests.conftest import Scenario, at
from tests.counsel.test_answers import browser
from tests.counsel.test_move_by_agreement import ask as ask_to_move
from tests.sittings.conftest import LI, answer_all, propose
from tests.sittings.test_reminders import until

ROOM = "第三法庭"


def fixed(court: Scenario) -> int:
    """Let the usual three days be proposed and agreed; return the hearing's id."""
    hearing = propose(court)[1]["id"]
    court.beat()
    answer_all(court)
    return int(hearing)


def test_each_day_is_in_calendar_lists_home_and_search(court: Scenario) -> None:
    hearing, desk = fixed(court), court.sign_in()
    desk.get("/?lang=en")
    for on, number, room in (
        ("2026-12-07", 1, ROOM),
        ("2026-12-08", 2, ROOM),
        ("2026-12-10", 3, "第五法庭"),
    ):
        for path in (f"/calendar/list?on={on}", f"/calendar?view=day&on={on}"):
            page = desk.get(path).get_data(as_text=True)
            assert f"sitting {number} of 3" in page
            assert room in page
        found = desk.get(f"/hearings?from={on}&until={on}").get_data(as_text=True)
        assert f"/hearings/{hearing}" in found
        listed = court.api("GET", f"/hearings?from={on}T00:00:00Z&to={on}T23:00:00Z")[1]
        assert [each["id"] for each in listed["hearings"]] == [hearing]
    nothing = desk.get("/calendar/list?on=2026-12-09").get_data(as_text=True)
    assert f"/hearings/{hearing}" not in nothing
    until(court, 15)
    home = court.sign_in().get("/?lang=en").get_data(as_text=True)
    assert "sitting 2 of 3" in home
    assert "sitting 3 of 3" in home


def test_the_hearings_page_lists_the_days(court: Scenario) -> None:
    hearing = fixed(court)
    page = court.sign_in().get(f"/hearings/{hearing}?lang=en").get_data(as_text=True)
    assert "Trial, 3 days" in page
    for words in ("Mon 7 Dec", "Tue 8 Dec", "Thu 10 Dec", "13:30–16:30"):
        assert words in page
    assert "2 courtrooms" in page


def test_it_is_not_dragged_in_the_calendar(court: Scenario) -> None:
    hearing, desk = fixed(court), court.sign_in()
    events = desk.get("/calendar/events?view=week&on=2026-12-07").get_json()
    own = [each for each in events if each["extendedProps"]["hearing"] == hearing]
    assert [each["startEditable"] for each in own] == [False] * 3
    panel = desk.get(f"/hearings/{hearing}/round?panel=1&starts_at=2026-12-09T09:00&lang=en")
    assert panel.status_code == 422
    assert "several sittings" in panel.get_data(as_text=True)


def test_a_slot_of_several_days_is_typed_without_scripts(court: Scenario) -> None:
    desk = court.sign_in()
    path = "/hearings/new?case_id=1"
    page = desk.get(path + "&lang=en").get_data(as_text=True)
    form = next(each for each in HtmlPage(page).forms if "once" in each.fields)
    typed = {
        name: value
        for name, value in form.filled().items()
        if not re.match(r"slots\.[1-9]|do$", name)
    }
    typed |= {"slots.0.starts_at": "2026-12-11T09:00", "slots.0.courtroom": ROOM, "kind": "trial"}
    typed["minutes"] = "60"
    more = desk.post(path, data={**typed, "do": "add-day.0"}).get_data(as_text=True)
    assert (
        'name="slots.0.sittings.1.starts_at" type="datetime-local" value="2026-12-14T09:00"' in more
    )
    typed |= {
        "slots.0.sittings.1.starts_at": "2026-12-11T09:30",
        "slots.0.sittings.1.minutes": "120",
        "slots.0.sittings.1.courtroom": "第五法庭",
    }
    refused = desk.post(path, data={**typed, "do": "preview"})
    assert refused.status_code == 422
    assert 'id="slots.0.sittings.1.starts_at-error"' in refused.get_data(as_text=True)
    typed["slots.0.sittings.1.starts_at"] = "2026-12-14T09:30"
    preview = HtmlPage(desk.post(path, data={**typed, "do": "preview"}).get_data(as_text=True))
    shown = next(each for each in preview.forms if "once" in each.fields)
    keys = {name: shown.fields[name] for name in ("once", "seen", "stood")}
    sent = desk.post(path, data={**typed, **keys, "do": "send"})
    assert sent.status_code == 303, sent.get_data(as_text=True)
    found = re.search(r"/hearings/(\d+)", sent.location)
    assert found
    [slot] = court.api("GET", found.group())[1]["slots"]
    assert [(s["starts_at"][5:16], s["minutes"], s["courtroom"]) for s in slot["sittings"]] == [
        ("12-11T09:00", 60, ROOM),
        ("12-14T09:30", 120, "第五法庭"),
    ]


def test_sets_of_free_days_are_suggested(court: Scenario) -> None:
    taken = {"starts_at": at(15, "09:00"), "courtroom": ROOM}
    assert propose(court, taken, minutes=480)[0] == 201
    query = f"case_id=1&minutes=420&days=3&limit=2&from={at(14)[:10]}T00:00:00Z"
    status, found = court.api("GET", f"/suggestions?{query}")
    assert status == 200, found
    for slot in found["suggestions"]:
        days = [each["starts_at"][:10] for each in slot["sittings"]]
        assert len(set(days)) == 3
        assert at(15)[:10] not in days
        assert len({each["starts_at"][11:] for each in slot["sittings"]}) == 1
        assert len({each["courtroom"] for each in slot["sittings"]}) == 1
    first = found["suggestions"][0]
    keys = ("starts_at", "minutes", "courtroom")
    body = {"sittings": [{key: each[key] for key in keys} for each in first["sittings"]]}
    assert propose(court, body)[0] == 201
    assert court.api("GET", "/suggestions?case_id=1&days=21")[0] == 422


def test_an_outcome_is_entered_with_the_last_day_and_frees_days_ahead(court: Scenario) -> None:
    hearing = fixed(court)
    until(court, 14.5)
    desk = court.sign_in()
    assert "2026-12-07" not in desk.get("/?lang=en").get_data(as_text=True)
    status, ended = court.api(
        "POST", f"/hearings/{hearing}/outcome", {"outcome": "adjourned", "reason": "证人患病"}
    )
    assert status == 200, ended
    assert [each["starts_at"] for each in ended["sittings"]] == [at(14, "09:00")]
    free = {"starts_at": at(17, "13:30"), "courtroom": "第五法庭"}
    assert (
        propose(court, free, minutes=60, answer_by=at(16, "08:00"), override_reason="x")[0] == 201
    )
    before = len(court.letters(to=LI, containing="提醒"))
    until(court, 16)
    assert len(court.letters(to=LI, containing="提醒")) == before


def test_its_outcome_waits_on_the_day_of_the_last_sitting(court: Scenario) -> None:
    fixed(court)
    until(court, 18)
    desk = court.sign_in()
    day = desk.get("/outcomes/2026-12-10?lang=en").get_data(as_text=True)
    assert "12345" in day
    assert "12345" not in desk.get("/outcomes/2026-12-07?lang=en").get_data(as_text=True)


def test_sides_agree_on_another_set_of_days(court: Scenario) -> None:
    hearing = fixed(court)
    page = ask_to_move(browser(court), court.link(LI))
    assert page.status_code in (200, 303), page.get_data(as_text=True)
    _, asked = court.api("GET", f"/hearings/{hearing}/move-requests")
    [request] = asked["move_requests"]
    slot = request["slots"][0]
    assert len(slot["sittings"]) == 3
    decision = {"decision": "move", "slot": slot["id"], "reason": "法官同意"}
    status, moved = court.api("POST", f"/hearings/{hearing}/move-requests/1", decision)
    assert status == 200, moved
    assert moved["sittings"] == slot["sittings"]


def _slots(form: dict[str, str]) -> dict[int, list[str]]:
    """Return the starts of each slot of a form, by the slot's number."""
    slots: dict[int, list[str]] = {}
    for name, value in form.items():
        if match := re.fullmatch(r"slots\.(\d+)\.(sittings\.\d+\.)?starts_at", name):
            slots.setdefault(int(match[1]), []).append(value)
    return slots


def test_suggested_slots_of_one_day_make_way_for_those_of_several(court: Scenario) -> None:
    desk, path = court.sign_in(), "/hearings/new?case_id=1"
    form = fields(desk.get(path).text)
    assert [len(slot) for slot in _slots(form).values()] == [1, 1, 1]
    typed = "2026-12-11T09:10"
    asked = {**form, "days": "3", "minutes": "60", "slots.1.starts_at": typed, "do": "suggest"}
    three = fields(desk.post(path, data=asked).text)
    slots = list(_slots(three).values())
    assert [typed] in slots  # what somebody typed is theirs
    assert sorted(map(len, slots)) == [1, 3, 3, 3]
    # More of them are on other days than those that are there.
    more = fields(desk.post(path, data={**three, "do": "suggest"}).text)
    days = [start[:10] for slot in _slots(more).values() for start in slot]
    assert len(days) > 10
    assert len(days) == len(set(days))
    back = fields(desk.post(path, data={**more, "days": "1", "do": "suggest"}).text)
    assert [len(slot) for slot in _slots(back).values()] == [1, 1, 1, 1]
