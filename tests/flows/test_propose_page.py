"""Proposing by page: slots typed, messages read before they go, sent once."""

import re
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.cases import service as cases
from app.cases.forms import CaseIn
from app.core.db import db, transaction
from app.core.forms import load
from app.court import service
from app.people import service as people
from app.rehearsal.browser import HtmlForm, HtmlPage
from tests.conftest import NOW, ORDINARY, PASSWORD, Scenario, at, case_with, proposal

NEW_YORK = "lee@ny.example"


class Seen(HtmlPage):
    """A page in which the lists to choose from are read too, and which buttons there are."""

    def __init__(self, html: str) -> None:
        self.buttons: list[str] = []
        self._list = ""
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up an option that is chosen, or is the first; and a button."""
        super().handle_starttag(tag, attrs)
        has = {name: value or "" for name, value in attrs}
        if tag == "button":
            self.buttons.append(has.get("value", ""))
        elif tag == "select":
            self._list = has.get("name", "")
        elif tag == "option" and self._open is not None:
            known = self._open.fields
            known[self._list] = (
                has["value"] if "selected" in has else (known.get(self._list) or has["value"])
            )

    @property
    def round(self) -> HtmlForm:
        """The form of the round, or of its preview."""
        return next(form for form in self.forms if "once" in form.fields)


def english(scenario: Scenario, *emails: str) -> None:
    """Let users read English."""
    with scenario.app.app_context(), transaction() as session:
        for email in emails or ("wang@court.example",):
            people.find_user(session, email).language = "en"


def enter(scenario: Scenario, case: dict[str, Any] = ORDINARY) -> int:
    """A case."""
    status, said = scenario.api("POST", "/cases", case)
    assert status == 201, said
    return int(said["id"])


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """The usual case, and an assistant who reads English."""
    english(scenario)
    return enter(scenario)


def see(browser: FlaskClient, path: str, status: int = 200, **given: str) -> Seen:
    """What a page shows; with fields, what it answers to them."""
    got = browser.post(path, data=given) if given else browser.get(path)
    assert got.status_code == status, got.get_data(as_text=True)
    return Seen(got.get_data(as_text=True))


def press(browser: FlaskClient, page: Seen, do: str, status: int = 200, **given: str) -> Seen:
    """Press a button of a round's form, with some fields changed."""
    return see(browser, page.round.action, status, **page.round.filled(do=do, **given))


def send(browser: FlaskClient, page: Seen, **given: str) -> str:
    """Press "Send to all"; return where it leads."""
    got = browser.post(page.round.action, data=page.round.filled(do="send", **given))
    assert got.status_code == 303, got.get_data(as_text=True)
    return str(got.location)


def slots(form: HtmlForm) -> list[tuple[str, str]]:
    """The slots in a form: what stands in their two fields."""
    rows = sorted(name for name in form.fields if name.endswith(".starts_at"))
    return [(form.fields[n], form.fields[n.replace("starts_at", "courtroom")]) for n in rows]


def wall(days: float, clock: str = "09:30") -> str:
    """A field for day and time, so many days from the tests' today."""
    return at(days, clock)[:16]


def everything(scenario: Scenario) -> dict[str, list[Any]]:
    """Every row of every table."""
    with scenario.app.app_context():
        tables = db.metadata.sorted_tables
        rows = {t.name: [tuple(r) for r in db.session.execute(sa.select(t))] for t in tables}
        db.session.rollback()
    return {
        name: sorted(map(repr, each))
        for name, each in rows.items()
        if name not in ("api_token", "draft")
    }


def answer(scenario: Scenario, to: str, *says: str) -> None:
    """Answer slot by slot on the page behind the newest link."""
    link, browser = scenario.link(to), scenario.client
    form = HtmlPage(browser.get(link).get_data(as_text=True)).form_with("slot-")
    assert form
    names = [name for name in form.choices if name.startswith("slot-")]
    got = browser.post(link, data=form.filled(**dict(zip(names, says, strict=True))))
    assert got.status_code in (200, 303), got.get_data(as_text=True)


def test_nobody_proposes_who_is_not_signed_in(scenario: Scenario) -> None:
    got = scenario.client.get("/hearings/new?case_id=1")
    assert got.location == "/sign-in?next=/hearings/new?case_id%3D1"
    assert scenario.client.post("/hearings/new?case_id=1", data={"do": "send"}).status_code == 302
    assert scenario.client.post("/hearings/1/round", data={"do": "send"}).status_code == 302


@pytest.mark.parametrize(
    "words",
    ["(2026)沪0115民初12345号", "（2026）沪0115民初12345", "远洋", "Zhao Lei", "13800138002"],
)
def test_the_case_is_found_by_number_party_counsel_or_telephone(
    scenario: Scenario, case_id: int, words: str
) -> None:
    enter(
        scenario,
        case_with(
            "（2026）沪0115民初777号",
            {"name": "A", "email": "a@x.example"},
            {"name": "B", "email": "b@x.example"},
        )
        | {"parties": [{"name": "P", "side": "claimant", "email": "p@x.example"}]},
    )
    browser = scenario.sign_in()
    page = browser.get("/hearings/new", query_string={"find": words}).get_data(as_text=True)
    assert f"/hearings/new?case_id={case_id}" in page
    assert "777号" not in page
    assert "777号" in browser.get("/hearings/new").get_data(as_text=True)
    none = browser.get("/hearings/new?find=nobody").get_data(as_text=True)
    assert "No case was found." in none


def test_one_page_says_who_is_asked_how_and_what_is_missing(
    scenario: Scenario, case_id: int
) -> None:
    page = see(scenario.sign_in(), f"/hearings/new?case_id={case_id}")
    assert (
        "李敏 华诚律师事务所 for 远洋设备有限公司 , Claimant · 中文 text +8613800138001 "
        "e-mail li@huacheng.example address not confirmed" in page.words
    )
    assert "English e-mail zhao@jinmao.example text +8613800138002" in page.words
    assert "no consent to electronic service" in page.words
    assert "Shanghai time (Asia/Shanghai)" in page.words
    assert page.round.fields["minutes"] == "90"
    assert page.round.fields["fix"] == "auto"
    # Thursday's end: three days on. The slots lie after the 15 days in which evidence is brought.
    assert page.round.fields["answer_by"] == "2026-11-26T17:00"
    assert slots(page.round) == [
        ("2026-12-09T09:00", "第三法庭"),
        ("2026-12-10T09:00", "第三法庭"),
        ("2026-12-11T13:30", "第三法庭"),
    ]
    assert "the first day after that on which all are free" in page.words
    # Enter in a field presses the first button of a form.
    at_form = page.buttons.index("preview")
    assert not [each for each in page.buttons[:at_form] if each.startswith(("drop", "add"))]


def test_slots_that_are_suggested_are_free(scenario: Scenario, case_id: int) -> None:
    other = case_with(
        "（2026）沪0115民初2号",
        {"name": "A", "email": "a@x.example"},
        {"name": "B", "email": "b@x.example"},
        judge="别的法官",
    )
    held = proposal(
        enter(scenario, other),
        (at(16, "09:00"), "第三法庭"),
        (at(17, "09:00"), "第五法庭"),
        answer_by=at(3),
    )
    assert scenario.api("POST", "/hearings", held)[0] == 201
    mine = proposal(case_id, (at(18, "13:30"), "第五法庭"), answer_by=at(3))
    assert scenario.api("POST", "/hearings", mine)[0] == 201
    page = see(scenario.sign_in(), f"/hearings/new?case_id={case_id}")
    assert slots(page.round) == [
        (wall(16, "09:00"), "第五法庭"),  # the other courtroom is taken then
        (wall(17, "09:00"), "第三法庭"),
        (wall(18, "15:30"), "第三法庭"),  # the judge and both counsel have something else before
    ]


def test_what_holds_for_all_times_is_given_once_and_the_rest_beside_each(
    scenario: Scenario, case_id: int
) -> None:
    page = scenario.sign_in().get(f"/hearings/new?case_id={case_id}").get_data(as_text=True)
    assert page.count("evidence period (at least 15 days") == 1
    assert page.index("All these times:") < page.index("Slot 1 begins")
    assert page.count("the first day after that on which all are free") >= 1


def test_the_preview_shows_each_message_in_its_language_and_leaves_nothing(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    before = everything(scenario)
    page = press(browser, form, "preview")
    assert everything(scenario) == before
    assert "Send to all sends messages: 4 in all, to 李敏, Zhao Lei." in page.words
    chinese, english_ = page.words.index("李敏 Claimant · 中文"), page.words.index("Zhao Lei Resp")
    text, mail = page.words.index("【浦东法院】"), page.words.index("请选定庭期：")
    assert chinese < text < mail < english_
    assert "text +8613800138001 2 segments 【浦东法院】请于11月26日17:00前选定" in page.words
    assert "Please choose a date: （2026）沪0115民初12345号, answer by" in page.words[english_:]
    assert "Wed 9 Dec 2026, 09:00–10:30, 第三法庭, 主楼三层" in page.words
    assert "is reminded on Wed 25 Nov 2026, 17:00" in page.words
    assert not re.search(r"/r/[\w-]{22}", page.words)
    assert scenario.beat() == 0
    assert scenario.letters() == []


def test_what_was_previewed_is_what_is_sent(scenario: Scenario, case_id: int) -> None:
    browser = scenario.sign_in()
    page = press(browser, see(browser, f"/hearings/new?case_id={case_id}"), "preview")
    where = send(browser, page)
    shown = see(browser, where).words
    assert "All sides are asked. Messages on their way: 4, to 李敏, Zhao Lei." in shown
    assert "They can answer until Thu 26 Nov 2026, 17:00." in shown
    scenario.beat()
    letters = scenario.letters()
    assert len(letters) == 4
    for letter in letters:
        told = re.sub(r"/r/[\w-]{22}(\?hearing=\d+)?", "/r/…", letter.body)
        assert " ".join(told.split()) in page.words
    status, said = scenario.api("GET", where)
    assert status == 200
    assert [slot["starts_at"][:16] for slot in said["slots"]] == [s for s, _ in slots(page.round)]


def test_change_something_leads_back_with_all_that_was_typed(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    typed = {
        "kind": "mediation",
        "minutes": "45",
        "slots.1.starts_at": wall(20, "10:15"),
        "slots.1.courtroom": "第五法庭",
        "answer_by": wall(3, "12:00"),
        "fix": "assistant",
        "override_reason": "Both sides\nwant it.",
    }
    page = press(browser, form, "preview", **typed)
    back = press(browser, page, "change")
    fields = form.round.filled(**typed)
    kept = {name: value.replace("\r", "") for name, value in back.round.fields.items()}
    assert kept == {name: value for name, value in fields.items() if name != "do"}


def test_rows_are_added_and_dropped_and_nothing_typed_is_lost(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    more = press(browser, form, "add-slot", minutes="abc", **{"slots.2.courtroom": "第五法庭"})
    assert slots(more.round)[2:] == [(wall(18, "13:30"), "第五法庭"), ("", "第五法庭")]
    assert more.round.fields["minutes"] == "abc"
    fewer = press(browser, more, "drop-slot.0")
    assert [begins for begins, _ in slots(fewer.round)] == [
        wall(17, "09:00"),
        wall(18, "13:30"),
        "",
    ]
    for _ in range(20):
        more = press(browser, more, "add-slot")
    assert len(slots(more.round)) == 10
    assert "add-slot" not in more.buttons
    assert "At most 10 slots can be asked about at once." in more.words
    full = press(browser, fewer, "suggest")
    assert len({begins for begins, _ in slots(full.round)}) == 5
    # A line without a time is left out, and no complaint is made of it.
    page = press(browser, fewer, "preview", minutes="60")
    assert "Slots Thu 10 Dec 2026, 09:00–10:00, 第三法庭 Fri 11 Dec 2026, 13:30–14:30" in page.words


def test_a_clash_is_named_beside_its_slot(scenario: Scenario, case_id: int) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    other = case_with(
        "（2026）沪0115民初2号",
        {"name": "A", "email": "a@x.example"},
        {"name": "B", "email": "b@x.example"},
        judge="别的法官",
    )
    held = proposal(enter(scenario, other), (at(17, "09:00"), "第三法庭"), answer_by=at(3))
    assert scenario.api("POST", "/hearings", held)[0] == 201
    before = everything(scenario)
    for do in ("preview", "send"):
        page = press(browser, form, do, 409)
        words = (
            "Courtroom 第三法庭 is taken by （2026）沪0115民初2号 then, "
            "Thu 10 Dec 2026, 09:00–10:30 (held). Free then: 第五法庭."
        )
        assert f"Slot 2 begins {words}" in page.words
        assert 'id="slots.1.starts_at-error"' in browser.post(
            form.round.action, data=form.round.filled(do=do)
        ).get_data(as_text=True)
        assert slots(page.round) == slots(form.round)
    assert everything(scenario) == before
    assert press(browser, page, "preview", **{"slots.1.courtroom": "第五法庭"})


def test_a_rule_that_warns_is_shown_with_the_messages_and_wants_a_reason(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    near = {"slots.0.starts_at": wall(1), "answer_by": wall(0, "17:00")}
    form = see(browser, f"/hearings/new?case_id={case_id}")
    page = press(browser, form, "preview", **near)
    assert "A rule warns. 1 of the slots come before Thu 26 Nov 2026" in page.words
    assert "art. 139" in page.words
    assert "Send to all sends messages: 4 in all, to 李敏, Zhao Lei." in page.words
    before = everything(scenario)
    again = press(browser, page, "send", 422)
    assert "Enter a reason, or change the slots." in again.words
    assert everything(scenario) == before
    where = send(browser, again, override_reason="Both sides asked for it.")
    with scenario.app.app_context():
        kept = db.session.scalar(sa.text("SELECT overridden_because FROM proposal"))
    assert kept == "Both sides asked for it."
    assert (
        "Why they were proposed all the same: Both sides asked for it." in see(browser, where).words
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"slots.0.starts_at": wall(-1)}, "Slot 1 begins Choose a time that is not past."),
        (
            {"slots.0.starts_at": "2199-12-01T09:30"},
            "Slot 1 begins Choose a time within the next three years.",
        ),
        (
            {"slots.0.starts_at": "9999-12-31T23:59"},
            "Slot 1 begins Check the year: enter one from 2000 to 2200.",
        ),
        (
            {"slots.0.starts_at": "0001-01-01T00:00"},
            "Slot 1 begins Check the year: enter one from 2000 to 2200.",
        ),
        ({"slots.0.starts_at": "2026-11-30T09:30\0"}, "Slot 1 begins Enter the day and the time."),
        ({"slots.0.starts_at": "2026-11-30"}, "Slot 1 begins Enter the day and the time."),
        ({"slots.1.courtroom": "第三\0法庭"}, "Courtroom Choose a courtroom."),
        ({"slots.1.courtroom": "Room of another court"}, "there is none called Room of another"),
        (
            {"slots.1.starts_at": wall(16, "09:00")},
            "Slot 2 begins Remove this slot: it is entered twice.",
        ),
        ({"slots.1.starts_at": wall(2)}, "Slot 2 begins Choose a slot after the date to"),
        ({"kind": "tri\0al"}, "Kind Remove the control characters."),
        ({"kind": ""}, "Kind Choose the kind of the hearing."),
        ({"kind": "x" * 101}, "Kind Shorten this to 100 characters or fewer."),
        ({"minutes": "4"}, "Minutes Enter 5 to 600 minutes."),
        ({"minutes": "9O"}, "Minutes Enter whole minutes, such as 90."),
        ({"minutes": ""}, "Minutes Enter whole minutes, such as 90."),
        ({"answer_by": ""}, "Enter the date to answer by."),
        ({"answer_by": wall(-1)}, "Answer by: Choose a time that is not past."),
        ({"fix": "nobody"}, "Choose one of: auto, assistant."),
        ({"override_reason": "a\0b"}, "Remove the control characters."),
        ({f"slots.{n}.starts_at": "" for n in range(3)}, "Add at least one slot"),
        (
            {f"slots.{n}.starts_at": wall(20 + n) for n in range(11)},
            "Remove slots until there are 10 or fewer; there are 11.",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_written(
    scenario: Scenario, case_id: int, given: dict[str, str], words: str
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    if len(given) > 10:
        given = given | {f"slots.{n}.courtroom": "第五法庭" for n in range(11)}
    before = everything(scenario)
    page = press(browser, form, "preview", 422, **given)
    assert words in page.words.replace("\0", "")
    assert "Nothing that you typed is lost." in page.words
    press(browser, form, "send", 422, **given)
    assert everything(scenario) == before


def new_york(scenario: Scenario) -> int:
    """A court in New York with a case; return the case."""
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session,
            "Supreme Court",
            short="NY",
            zone="America/New_York",
            country="US",
            language="en",
        )
        people.add_user(
            session, court, NEW_YORK, name="Lee", role="assistant", now=NOW, password=PASSWORD
        )
        service.add_courtroom(session, court, "Part 3")
        two = case_with(
            "1/2026",
            {"name": "Ann", "email": "ann@x.example"},
            {"name": "Bob", "email": "bob@x.example"},
            judge="Roe",
        )
        return cases.enter(session, court, None, load(CaseIn, two), NOW).id


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (
            "2027-03-14T02:30",
            "Slot 1 begins Choose another time: on that night the clocks go forward and "
            "2027-03-14 02:30 never comes in America/New_York.",
        ),
        (
            "2027-11-07T01:30",
            "Slot 1 begins Choose another time: on that night 2027-11-07 01:30 comes twice in "
            "America/New_York.",
        ),
    ],
)
def test_a_time_that_never_comes_or_comes_twice_is_refused_in_words(
    scenario: Scenario, clock: str, words: str
) -> None:
    number, browser = new_york(scenario), scenario.sign_in(NEW_YORK)
    form = see(browser, f"/hearings/new?case_id={number}")
    assert "New York time (America/New_York)" in form.words
    page = press(browser, form, "preview", 422, **{"slots.0.starts_at": clock})
    assert words in page.words
    assert slots(page.round)[0][0] == clock
    with_summer = press(browser, form, "preview", **{"slots.0.starts_at": "2027-06-01T09:30"})
    assert "Tue 1 Jun 2027, 09:30–11:00" in with_summer.words


def test_another_courts_case_hearing_and_courtroom_are_as_if_they_were_not(
    scenario: Scenario, case_id: int
) -> None:
    number, browser = new_york(scenario), scenario.sign_in()
    theirs = see(browser, f"/hearings/new?case_id={number}", 404)
    assert f"There is no case {number} in this court." in theirs.words
    for what in (number, "99999999999999999999", "x", "-1", "\0"):
        for path in ("/hearings/new", f"/hearings/new?case_id={case_id}"):
            see(browser, path, 404, case_id=str(what), do="send")
    form = see(browser, f"/hearings/new?case_id={case_id}")
    page = press(browser, form, "preview", 422, **{"slots.0.courtroom": "Part 3"})
    assert "there is none called Part 3." in page.words
    body = proposal(case_id, override_reason="双方同意")
    assert scenario.api("POST", "/hearings", body)[0] == 201
    assert scenario.sign_in(NEW_YORK).get("/hearings/1/round").status_code == 404
    for missing in (7, 2**62, 10**30):
        see(browser, f"/hearings/{missing}/round", 404)


def test_times_at_which_the_court_does_not_sit_are_named_and_may_be_sent(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    odd = {
        "slots.0.starts_at": wall(19, "10:00"),
        "slots.1.starts_at": wall(21, "11:15"),
        "slots.2.starts_at": wall(22, "16:30"),
    }
    page = press(browser, form, "preview", **odd)
    for words in (
        "Sat 12 Dec 2026, 10:00: the court does not sit on this day",
        "Mon 14 Dec 2026, 11:15: it goes over lunch",
        "Tue 15 Dec 2026, 16:30: it ends after closing time, 17:00",
    ):
        assert words in page.words
    assert "working days after the first on which all are free it" not in page.words
    assert re.fullmatch(r"/hearings/\d+", send(browser, page))


def test_what_is_asked_for_in_a_case_already_is_named(scenario: Scenario, case_id: int) -> None:
    body = proposal(case_id, override_reason="双方同意")
    assert scenario.api("POST", "/hearings", body)[0] == 201
    browser = scenario.sign_in()
    page = see(browser, f"/hearings/new?case_id={case_id}")
    assert "This case already has, and keeps: Trial" in page.words


def test_sending_twice_makes_one_hearing(scenario: Scenario, case_id: int) -> None:
    browser = scenario.sign_in()
    page = press(browser, see(browser, f"/hearings/new?case_id={case_id}"), "preview")
    first = send(browser, page)
    before = everything(scenario)
    assert send(browser, page) == first  # pressed twice, or back and once more
    assert "This was sent before; nothing was sent a second time." in see(browser, first).words
    # Back to the form, something changed, and on: the first is shown, for it was sent.
    got = browser.post(
        page.round.action, data=page.round.filled(do="preview", **{"slots.0.starts_at": wall(30)})
    )
    assert (got.status_code, got.location) == (303, first)
    assert everything(scenario) == before
    # A new form is another hearing.
    again = press(browser, see(browser, f"/hearings/new?case_id={case_id}"), "preview")
    assert send(browser, again) != first


def test_two_presses_at_the_same_moment_make_one_hearing(scenario: Scenario, case_id: int) -> None:
    browsers = [scenario.sign_in() for _ in range(4)]
    page = press(browsers[0], see(browsers[0], f"/hearings/new?case_id={case_id}"), "preview")
    led: list[str] = []
    presses = [threading.Thread(target=lambda b=b: led.append(send(b, page))) for b in browsers]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert len(led) == 4
    assert len(set(led)) == 1
    scenario.beat()
    assert len(scenario.letters()) == 4


def test_a_form_without_its_key_is_previewed_and_never_sent(
    scenario: Scenario, case_id: int
) -> None:
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    before = everything(scenario)
    for key in ("", "x", "\0", "{" + form.round.fields["once"] + "}"):
        page = press(browser, form, "send", once=key)
        assert "Nothing is sent yet." in page.words
    assert everything(scenario) == before


def test_whom_no_message_reaches_is_said_at_once_and_again_after_sending(
    scenario: Scenario,
) -> None:
    english(scenario)
    only = case_with(
        "（2026）沪0115民初9号",
        {"name": "Eve", "email": "eve@x.example"},
        {"name": "Mute Max", "phone": "13900139000", "channels": ["sms"]},
    )
    number = enter(scenario, only)
    with scenario.app.app_context(), transaction() as session:
        session.execute(
            sa.text("UPDATE counsel SET opted_out_at = :at WHERE name = 'Mute Max'").bindparams(
                sa.bindparam("at", NOW, type_=sa.DateTime())
            )
        )
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={number}")
    assert "No message can reach Mute Max." in form.words
    assert "wants no texts" in form.words
    page = press(browser, form, "preview")
    assert "sends messages: 1 in all, to Eve." in page.words
    shown = see(browser, send(browser, page)).words
    assert "No message can reach Mute Max: call them, and log the call." in shown


def test_a_case_without_counsel_and_a_court_without_courtrooms_say_so(scenario: Scenario) -> None:
    english(scenario)
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "New Court", short="N", zone="Asia/Shanghai", country="CN", language="en"
        )
        people.add_user(
            session, court, "new@n.example", name="N", role="admin", now=NOW, password=PASSWORD
        )
        bare = {"number": "1", "judge": "J", "parties": [{"name": "P", "side": "claimant"}]}
        number = cases.enter(session, court, None, load(CaseIn, bare), NOW).id
    page = see(scenario.sign_in("new@n.example"), f"/hearings/new?case_id={number}")
    assert "The court has no courtroom yet" in page.words
    assert "Nobody can be asked" in page.words
    refused = press(
        scenario.sign_in("new@n.example"), page, "preview", 422, **{"slots.0.starts_at": wall(9)}
    )
    assert "Choose a courtroom." in refused.words


def test_the_page_is_in_chinese_for_a_chinese_court(scenario: Scenario) -> None:
    number = enter(scenario)
    browser = scenario.sign_in()
    got = browser.get(f"/hearings/new?case_id={number}").get_data(as_text=True)
    assert '<html lang="zh-Hans"' in got
    assert "上海时间（Asia/Shanghai）" in got
    page = press(browser, Seen(got), "preview")
    assert "2026年12月9日 周三 09:00–10:30，第三法庭" in page.words


def test_a_round_is_over_when_its_time_is_over(scenario: Scenario, case_id: int) -> None:
    """The clock moves on between the preview and the sending: it is judged anew."""
    browser = scenario.sign_in()
    page = press(browser, see(browser, f"/hearings/new?case_id={case_id}"), "preview")
    scenario.wait(days=4)
    late = press(scenario.sign_in(), page, "send", 422)
    assert "Answer by: Choose a time that is not past." in late.words
