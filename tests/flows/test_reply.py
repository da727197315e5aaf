"""Counsel's page over HTTP: what a lawyer with a link sees, and what they can do."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases import forms as case_forms
from app.cases import service as cases
from app.cases.forms import load
from app.db import transaction
from app.hearings import forms, queries, service
from app.hearings.models import Answer, Hearing, Invitation
from app.notices import record
from app.people import service as people
from tests.conftest import CASE, SECRET, House, at, case_with, proposal

LI, ZHAO = "+8613800138001", "zhao@jinmao.example"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


def desk(house: House, session: Any) -> service.Desk:
    """The assistant's desk."""
    user = people.find_user(session, "wang@court.example")
    return service.Desk(user.court, user, house.clock.now(), SECRET)


def propose(house: House, case: dict[str, Any] = CASE, *slots: tuple[str, str], **more: Any) -> int:
    """Enter a case, propose slots, send the letters; return the hearing."""
    with house.app.app_context():
        with transaction() as session:
            here = desk(house, session)
            entered = cases.enter(
                session, here.court, here.user, load(case_forms.CaseIn(), case), here.now
            )
            case_id = entered.id
        with transaction() as session:
            given = load(forms.HearingIn(), proposal(case_id, *slots, **more))
            hearing = service.propose(session, desk(house, session), given).id
    house.beat()
    return int(hearing)


def do(house: House, work: Any) -> Any:
    """One use case of the court."""
    with house.app.app_context(), transaction() as session:
        return work(session, desk(house, session))


def browser(house: House, language: str = "en") -> FlaskClient:
    """A phone's browser, in a language."""
    made = house.app.test_client()
    made.set_cookie("lang", language)
    made.environ_base["HTTP_USER_AGENT"] = PHONE
    return made


def words(page: Any) -> str:
    """What a person reads on a page."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def nonce(page: Any) -> str:
    """The nonce in the form of a page."""
    found = re.search(r'name="nonce" value="([^"]+)"', page.get_data(as_text=True))
    assert found, words(page)
    return html.unescape(found.group(1))


def slots(page: Any) -> list[str]:
    """The names of the slots' radio buttons, in order."""
    return list(dict.fromkeys(re.findall(r'name="(slot-\d+)"', page.get_data(as_text=True))))


def answer(client: FlaskClient, link: str, *says: str, **more: str) -> Any:
    """Open the page, choose, press the button once."""
    page = client.get(link)
    choices = dict(zip(slots(page), says, strict=False))
    return client.post(link, data={"nonce": nonce(page), **choices, **more})


def hearing(house: House, hearing_id: int) -> tuple[str, int, Any]:
    """State, revision and start of a hearing."""
    with house.app.app_context(), transaction() as session:
        found = session.get_one(Hearing, hearing_id)
        return found.state, found.revision, found.starts_at


def answers(house: House) -> int:
    """How many words to slots are kept."""
    with house.app.app_context(), transaction() as session:
        return session.query(Answer).count()


def lines(house: House, hearing_id: int, *whats: str) -> list[tuple[str, dict[str, Any]]]:
    """Lines of the record about a hearing, of some kinds."""
    with house.app.app_context(), transaction() as session:
        case_id = session.get_one(Hearing, hearing_id).case_id
        assert record.verify(session, case_id).whole
        found = record.lines_of(session, case_id=case_id, about=f"hearing/{hearing_id}")
        return [(line.what, line.detail) for line in found if line.what in whats]


def test_counsel_sees_who_asks_what_and_until_when(house: House) -> None:
    propose(house)
    page = browser(house).get(house.link(ZHAO))
    seen = words(page)
    assert page.status_code == 200
    for part in (
        "Zhao Lei",
        "（2026）沪0115民初12345号",
        "买卖合同纠纷",
        "Haitong Trading Ltd",
        "Respondent",
        "about 90 minutes",
        "王书记员",
        "Mon 30 Nov 2026, 17:00",
        "Mon 7 Dec 2026, 09:30–11:00",
        "第五法庭",
        "Shanghai time (Asia/Shanghai, UTC+8)",
        "2 slots have no answer yet.",
    ):
        assert part in seen
    assert page.get_data(as_text=True).count("<button") == 1


def test_the_page_speaks_counsels_language_unless_they_choose_another(house: House) -> None:
    propose(house)
    link, client = house.link(LI), house.app.test_client()
    assert 'lang="zh' in client.get(link).get_data(as_text=True)
    assert 'lang="en' in client.get(link + "?lang=en").get_data(as_text=True)


def test_counsel_elsewhere_also_sees_their_own_clock(house: House) -> None:
    case = case_with(
        "（2026）沪0115民初2号", {**CASE["parties"][0]["counsel"][0], "zone": "Europe/Berlin"}
    )
    propose(house, case)
    seen = words(browser(house).get(house.link(LI)))
    assert "Berlin time (Europe/Berlin, UTC+1)" in seen
    assert "Mon 7 Dec 2026, 02:30–04:00" in seen


def test_counsel_is_told_of_another_hearing_that_day(house: House) -> None:
    first = propose(house, CASE, (at(14, "14:00"), "第三法庭"))
    answer(browser(house), house.link(LI), "yes")
    answer(browser(house), house.link(ZHAO), "yes")
    assert hearing(house, first)[0] == "fixed"
    propose(house, {**CASE, "number": "（2026）沪0115民初3号"}, (at(14), "第五法庭"))
    house.wait(minutes=1)
    assert "You have another hearing that day at 14:00" in words(browser(house).get(house.link(LI)))


def test_both_answer_by_link_and_the_date_is_fixed(house: House) -> None:
    made = propose(house)
    first = answer(browser(house), house.link(LI), "if_needed", "yes", comment="请带原件")
    assert first.status_code == 303
    assert hearing(house, made)[0] == "proposed"
    client, link = browser(house), house.link(ZHAO)
    assert answer(client, link, "if_needed", "yes").status_code == 303
    seen = words(client.get(link))
    assert hearing(house, made)[:2] == ("fixed", 1)
    assert "The hearing date is fixed" in seen
    assert "Tue 8 Dec 2026, 14:00–15:30" in seen
    assert "第五法庭" in seen


def test_after_answering_the_page_says_what_was_recorded_and_what_comes_next(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    answer(client, link, "yes", "no", comment="In person, please")
    seen = words(client.get(link))
    for part in (
        "Your answer is recorded",
        "In person, please",
        "You can change your answer until Mon 30 Nov 2026, 17:00",
        "1 of 2 counsel have answered.",
        "it is fixed and you are told at once",
    ):
        assert part in seen
    house.beat()
    assert len(house.letters(to=ZHAO)) == 2  # the question, and "you answered …"


def test_an_answer_can_be_changed_until_it_is_decided(house: House) -> None:
    made = propose(house)
    client, link = browser(house), house.link(ZHAO)
    answer(client, link, "yes", "no")
    answer(client, link, "no", "yes")
    assert [detail["changed"] for _, detail in lines(house, made, "answered")] == [False, True]
    answer(browser(house), house.link(LI), "yes", "yes")
    assert "Tue 8 Dec 2026, 14:00" in words(client.get(link))


def test_what_the_page_already_held_is_no_new_answer(house: House) -> None:
    made = propose(house)
    client, link = browser(house), house.link(ZHAO)
    answer(client, link, "yes", "no", comment="In person")
    house.beat()
    sent = len(house.letters(to=ZHAO))
    again = answer(client, link, "yes", "no", comment="In person")
    assert again.status_code == 303
    house.beat()
    assert len(lines(house, made, "answered")) == 1
    assert len(house.letters(to=ZHAO)) == sent


def test_pressing_twice_counts_once(house: House) -> None:
    made = propose(house)
    client, link = browser(house), house.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    assert [client.post(link, data=data).status_code for _ in range(3)] == [303] * 3
    assert len(lines(house, made, "answered")) == 1
    house.beat()
    assert len(house.letters(to=ZHAO, containing="answer")) == 2


def test_the_press_that_fixes_the_date_may_come_twice(house: House) -> None:
    propose(house)
    answer(browser(house), house.link(LI), "yes", "yes")
    client, link = browser(house), house.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    assert [client.post(link, data=data).status_code for _ in range(2)] == [303, 303]


def test_none_of_these_is_no_to_all(house: House) -> None:
    made = propose(house)
    assert answer(browser(house), house.link(ZHAO), none="1", comment="On leave").status_code == 303
    [(_, detail)] = lines(house, made, "answered")
    assert [each["says"] for each in detail["says"]] == ["no", "no"]


def test_none_beside_a_yes_is_asked_back(house: House) -> None:
    propose(house)
    refused = answer(browser(house), house.link(ZHAO), "yes", "no", none="1")
    assert refused.status_code == 422
    assert "You said that none suits, and also that some do." in words(refused)
    assert answers(house) == 0


def test_what_is_missing_is_named_and_nothing_typed_is_lost(house: House) -> None:
    propose(house)
    refused = answer(browser(house), house.link(ZHAO), "if_needed", comment='<b>"quoted"</b> 评论')
    seen, raw = words(refused), refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "1 slot has no answer yet. Still open: slot 2." in seen
    assert re.search(r'value="if_needed" checked', raw)
    assert "&lt;b&gt;&#34;quoted&#34;&lt;/b&gt; 评论" in raw
    assert answers(house) == 0


@pytest.mark.parametrize("comment", ["a\x00b", "x" * 2001, "bell \x07"])
def test_a_comment_that_cannot_be_kept_is_refused_in_words(house: House, comment: str) -> None:
    propose(house)
    refused = answer(browser(house), house.link(ZHAO), "yes", "yes", comment=comment)
    assert refused.status_code == 422
    assert "control characters" in words(refused) or "too long" in words(refused)
    assert answers(house) == 0


def test_a_slot_of_another_proposal_changes_nothing(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    page = client.get(link)
    for strange in ("slot-999", "slot-999999999999999999"):
        data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes"), strange: "yes"}
        refused = client.post(link, data=data)
        assert refused.status_code == 422
        assert "Nothing was recorded" in words(refused)
    assert answers(house) == 0


def test_a_word_that_is_none_changes_nothing(house: House) -> None:
    propose(house)
    assert answer(browser(house), house.link(ZHAO), "yes", "perhaps").status_code == 422
    assert answers(house) == 0


def test_an_answer_needs_the_nonce_of_this_very_page(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    page, other = client.get(link), browser(house).get(house.link(LI))
    choices = dict.fromkeys(slots(page), "yes")
    for key in ("", "nonsense", nonce(other), "x" + nonce(page)):
        refused = client.post(link, data={"nonce": key, **choices})
        assert refused.status_code == 422
        assert "no longer current" in words(refused)
        assert refused.get_data(as_text=True).count(" checked") == 2
    assert answers(house) == 0


def test_answering_after_the_fixing_is_refused_kindly(house: House) -> None:
    made = propose(house)
    late = browser(house)
    link = house.link(ZHAO)
    page = late.get(link)
    do(
        house,
        lambda session, here: service.fix(
            session,
            here,
            made,
            queries.last_proposal(session, queries.hold(session, made)).slots[0].id,
            "按时审结",
        ),
    )
    refused = late.post(link, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "no")})
    assert refused.status_code == 410
    assert "your answer changes nothing now" in words(refused)
    assert "Mon 7 Dec 2026, 09:30–11:00" in words(refused)
    assert "按时审结" in words(refused)
    assert answers(house) == 0


def test_after_the_date_to_answer_by_the_page_says_so_and_how_to_go_on(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    page = client.get(link)
    house.wait(days=8)
    for _ in range(2):  # before and after the worker has seen it
        refused = client.post(
            link, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
        )
        assert refused.status_code == 410
        seen = client.get(link)
        assert seen.status_code == 410
        assert "The time to answer is over" in words(seen)
        assert "ring the court" in words(seen)
        house.beat()
    assert answers(house) == 0


def test_an_old_link_leads_to_the_new_round(house: House) -> None:
    made = propose(house)
    client, old = browser(house), house.link(ZHAO)
    page = client.get(old)
    again = {
        "slots": [{"starts_at": at(20), "courtroom": "第三法庭"}],
        "answer_by": at(9),
        "fix": "auto",
    }
    do(
        house,
        lambda session, here: service.open_round(
            session, here, queries.find(session, here.court.id, made), load(forms.RoundIn(), again)
        ),
    )
    house.wait(minutes=1)
    house.beat()
    assert house.link(ZHAO) != old
    stale = client.post(old, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")})
    assert stale.status_code == 422
    assert "Sun 13 Dec 2026, 09:30" in words(stale)
    assert answer(client, old, "yes").status_code == 303
    assert answer(browser(house), house.link(LI), "yes").status_code == 303
    assert hearing(house, made)[0] == "fixed"


def test_a_moved_and_then_cancelled_hearing_is_shown_as_it_is(house: House) -> None:
    made = propose(house)
    for whom in (LI, ZHAO):
        answer(browser(house), house.link(whom), "yes", "yes")
    moved = {"starts_at": at(21, "10:00"), "reason": "Judge is ill"}
    do(house, lambda session, here: service.move(session, here, made, load(forms.MoveIn(), moved)))
    client, link = browser(house), house.link(ZHAO)
    seen = words(client.get(link))
    for part in (
        "The hearing has a new date",
        "Mon 14 Dec 2026, 10:00–11:30",
        "no longer on Mon 7 Dec 2026, 09:30",
        "Judge is ill",
    ):
        assert part in seen
    do(house, lambda session, here: service.cancel(session, here, made, "Settled out of court"))
    page = client.get(link)
    assert page.status_code == 200
    assert "The hearing is cancelled" in words(page)
    assert "Settled out of court" in words(page)
    assert b"STATUS:CANCELLED" in client.get(link + "/hearing.ics").data


def test_a_question_that_was_cancelled_needs_no_answer(house: House) -> None:
    made = propose(house)
    do(house, lambda session, here: service.cancel(session, here, made, "Settled"))
    client, link = browser(house), house.link(ZHAO)
    assert "You need not answer, and no date was fixed." in words(client.get(link))
    assert client.get(link + "/hearing.ics").status_code == 404


@pytest.mark.parametrize("token", ["A" * 22, "x", "..%2f..", "%00" * 22, "é" * 22, "a" * 3000])
def test_an_unknown_link_is_told_plainly(house: House, token: str) -> None:
    propose(house)
    for path in ("", "/record", "/hearing.ics", "/feed"):
        page = house.client.get(f"/r/{token}{path}")
        assert page.status_code == 404
        assert "Pudong" not in words(page)
    assert house.client.post(f"/r/{token}", data={"none": "1"}).status_code == 404


def test_an_altered_link_opens_nothing(house: House) -> None:
    propose(house)
    link = house.link(ZHAO)
    altered = link[:-1] + ("B" if link[-1] != "B" else "C")
    assert house.client.get(altered).status_code == 404
    assert "opens nothing" in words(browser(house).get(altered))


def test_a_revoked_link_says_how_things_stand_and_no_more(house: House) -> None:
    made = propose(house)
    client, link = browser(house), house.link(ZHAO)
    page = client.get(link)

    def revoke(session: Any, here: service.Desk) -> None:
        seat = queries.by_token(session, link[3:])
        session.get_one(Invitation, seat.id).revoked_at = here.now

    do(house, revoke)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    for refused in (client.get(link), client.post(link, data=data), client.get(link + "/record")):
        assert refused.status_code == 410
        assert "No date is fixed yet." in words(refused)
        assert "Zhao Lei" not in words(refused)
    assert answers(house) == 0
    assert hearing(house, made)[0] == "proposed"


BOTS = [
    "Slackbot-LinkExpanding 1.0",
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1",
    "curl/8.5.0",
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (Windows NT 10.0) HeadlessChrome/130.0",
]


def test_machines_decide_nothing_and_are_written_down_as_machines(house: House) -> None:
    made = propose(house)
    link = house.link(ZHAO)
    for agent in BOTS:
        for method in ("GET", "HEAD"):
            page = house.client.open(link, method=method, headers={"User-Agent": agent})
            assert page.status_code == 200
    house.client.get(link, headers={"User-Agent": PHONE, "Sec-Purpose": "prefetch;prerender"})
    found = lines(house, made, "fetched", "opened", "answered")
    assert [what for what, _ in found] == ["fetched"]
    assert found[0][1]["agent"] == "machine"
    assert answers(house) == 0
    assert hearing(house, made)[0] == "proposed"


def test_a_visit_is_one_line_in_ten_minutes_for_each_kind_of_visitor(house: House) -> None:
    made = propose(house)
    client, link = browser(house), house.link(ZHAO)
    for minutes in (0, 5, 6):
        house.wait(minutes=minutes)
        client.get(link)
        client.head(link)
    agents = [detail["agent"] for _, detail in lines(house, made, "fetched")]
    assert sorted(agents) == ["machine", "machine", "unseen", "unseen"]


def test_only_the_pages_script_can_say_that_a_person_opened_it(house: House) -> None:
    made = propose(house)
    client, link = browser(house), house.link(ZHAO)
    key = nonce(client.get(link))
    assert client.post(link + "/opened").status_code == 422
    assert client.post(link + "/opened", data={"nonce": "guess"}).status_code == 422
    assert not lines(house, made, "opened")
    assert client.post(link + "/opened", data={"nonce": key}).status_code == 204
    assert client.post(link + "/opened", data={"nonce": key}).status_code == 204
    assert len(lines(house, made, "opened")) == 1
    assert answers(house) == 0


def test_another_site_cannot_make_a_browser_answer(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    refused = client.post(link, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert answers(house) == 0


def test_the_record_shows_all_sides_with_the_others_addresses_masked(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    answer(browser(house), house.link(LI), "yes", "no", comment="上午更好")
    seen = words(client.get(link + "/record"))
    for part in (
        "李敏",
        "Zhao Lei (you)",
        "上午更好",
        "zhao@jinmao.example",
        "l•••@huacheng.example",
        "•••01",
        "answered",
        "accepted",
    ):
        assert part in seen
    assert "li@huacheng.example" not in seen
    assert "13800138001" not in seen


def test_the_record_tells_machines_from_persons_and_plans_from_messages(house: House) -> None:
    propose(house)
    client, link = browser(house), house.link(ZHAO)
    house.client.get(link, headers={"User-Agent": "WhatsApp/2.23.20.0"})
    key = nonce(client.get(link))
    for whom in (LI, ZHAO):
        answer(browser(house), house.link(whom), "yes", "yes")
    client.post(link + "/opened", data={"nonce": key})
    house.beat()
    seen = words(client.get(link + "/record"))
    happened, _, planned = seen.partition("Planned and not sent (")
    for part in ("fetched by a machine", "fetched, no person seen", "opened", "answered"):
        assert part in happened
    assert "reminder" not in happened
    assert "reminder" in planned


def test_a_move_with_slots_says_why_and_which_date_stands_meanwhile(house: House) -> None:
    made = propose(house)
    for whom in (LI, ZHAO):
        answer(browser(house), house.link(whom), "yes", "yes")
    asked = {
        "slots": [{"starts_at": at(n, "10:00"), "courtroom": "第三法庭"} for n in (21, 22)],
        "answer_by": at(6),
        "reason": "Judge is ill",
    }
    do(house, lambda session, here: service.move(session, here, made, load(forms.MoveIn(), asked)))
    seen = words(browser(house).get(house.link(ZHAO)))
    for part in (
        "Until one is agreed, this one stands: Mon 7 Dec 2026, 09:30–11:00",
        "The court gives this reason: Judge is ill",
        "2 slots have no answer yet.",
    ):
        assert part in seen


def test_slots_on_both_sides_of_a_switch_of_clocks_each_say_their_offset(house: House) -> None:
    do(house, lambda session, here: setattr(here.court, "zone", "Europe/Berlin"))
    winter, summer = (at(n, "15:30") for n in (124, 126))  # 27 and 29 March 2027
    propose(house, CASE, (winter, "第三法庭"), (summer, "第五法庭"))
    seen = words(browser(house).get(house.link(ZHAO)))
    assert "All times are Berlin time (Europe/Berlin)." in seen
    for part in ("Sat 27 Mar 2027, 08:30–10:00", "UTC+1", "Mon 29 Mar 2027, 09:30–11:00", "UTC+2"):
        assert part in seen


def test_the_calendar_file_has_the_date_and_no_link(house: House) -> None:
    propose(house)
    for whom in (LI, ZHAO):
        answer(browser(house), house.link(whom), "yes", "yes")
    file = browser(house).get(house.link(ZHAO) + "/hearing.ics")
    assert file.content_type.startswith("text/calendar")
    assert b"DTSTART;TZID=Asia/Shanghai:20261207T093000" in file.data
    assert b"METHOD:PUBLISH" in file.data
    assert b"/r/" not in file.data


def test_a_short_code_leads_to_the_page(house: House) -> None:
    propose(house)
    with house.app.app_context(), transaction() as session:
        from app import links

        seat = queries.by_token(session, house.link(ZHAO)[3:])
        code = links.code(SECRET, seat.id, seat.version)
    client = browser(house)
    assert "Type the code" in words(client.get("/r"))
    led = client.post("/r", data={"code": f" {code[:5].lower()}-{code[5:]} "})
    assert (led.status_code, led.location) == (303, house.link(ZHAO))


def test_wrong_codes_are_told_kindly_and_soon_slowed_down(house: House) -> None:
    client = browser(house)
    wrong = client.post("/r", data={"code": "K7QM2-XHPRT"})
    assert wrong.status_code == 422
    assert "No page has this code." in words(wrong)
    assert "K7QM2-XHPRT" in wrong.get_data(as_text=True)
    codes = [client.post("/r", data={"code": "\x00é" * n}).status_code for n in range(12)]
    assert codes[-1] == 429
