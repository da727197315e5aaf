"""Members of a hearing replaced, added and removed: booked, told, in calendars, on the record."""

import email
import email.policy
import re
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.hearings.models import Booking
from tests.benches.test_benches import BENCH, other_case, propose
from tests.conftest import CASE, Scenario, at, case_with, confirmed, proposal

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"
QIAN = [*BENCH[:2], {"name": "钱陪审", "role": "assessor"}]
pytestmark = pytest.mark.database


def fixed(scenario: Scenario, case: dict[str, Any] = CASE, **more: Any) -> dict[str, Any]:
    """Return a hearing fixed by order at its first slot, of which all have been told."""
    status, hearing = propose(scenario, case, (at(14), "第三法庭"), **{"bench": BENCH, **more})
    assert status == 201, hearing
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "逾期未答复"}
    status, hearing = scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)
    assert status == 200, hearing
    scenario.beat()
    return hearing


def change(scenario: Scenario, hearing: dict[str, Any], bench: Any, **more: Any) -> Any:
    """Change the bench by the API; return the status and the answer."""
    return scenario.api("POST", f"/hearings/{hearing['id']}/bench", {"bench": bench, **more})


def booked(scenario: Scenario) -> list[int]:
    """Return the resources that are booked, each as often as it is."""
    with scenario.app.app_context():
        return sorted(db.session().scalars(sa.select(Booking.resource)))


def sequence(letter: Any, scenario: Scenario) -> int:
    """Return the SEQUENCE of the calendar entry of a letter."""
    text = (scenario.folder / "outbox" / letter.name).read_bytes()
    message = email.message_from_bytes(text, policy=email.policy.default)
    [part] = [p for p in message.walk() if p.get_content_type() == "text/calendar"][:1]
    found = re.search(r"SEQUENCE:(\d+)", part.get_content())
    assert found
    return int(found[1])


def test_a_member_is_replaced_and_counsel_are_told(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    before = len(scenario.letters(to=ZHAO))
    status, changed = change(scenario, hearing, QIAN, reason="吴陪审员因病不能参加")
    assert status == 200, changed
    assert changed["bench"] == QIAN
    assert (changed["state"], changed["starts_at"]) == ("fixed", hearing["starts_at"])
    assert changed["revision"] == hearing["revision"] + 1
    scenario.beat()
    [letter] = [each for each in scenario.letters(to=ZHAO)[before:] if each.subject]
    assert letter.subject.startswith("Change of the bench")
    assert "Before: 陈法官 (presiding), 周法官, 吴陪审 (assessor)" in letter.body
    assert "Now: 陈法官 (presiding), 周法官, 钱陪审 (assessor)" in letter.body
    assert "吴陪审员因病不能参加" in letter.body
    assert sequence(letter, scenario) == changed["revision"]
    # Who left is free for another hearing; who is new is not.
    wu, qian = ([{"name": "孙法官", "role": "presiding"}, each] for each in (BENCH[2], QIAN[2]))
    status, _ = propose(scenario, other_case("7", "孙法官"), (at(14), "第五法庭"), bench=qian)
    assert status == 409
    status, _ = propose(scenario, other_case("8", "孙法官"), (at(14), "第五法庭"), bench=wu)
    assert status == 201
    page = scenario.client.get(scenario.link(ZHAO)).text
    assert "钱陪审 (assessor)" in page
    assert "吴陪审" not in page
    record = scenario.client.get(scenario.link(ZHAO).split("?")[0] + "/record").text
    assert "吴陪审员因病不能参加" in record
    desk = scenario.sign_in().get(f"/hearings/{hearing['id']}").text
    assert "合议庭：陈法官（审判长）、周法官、钱陪审（人民陪审员）" in desk
    [entry] = [each for each in scenario.record(hearing["id"]) if each["what"] == "bench_changed"]
    assert entry["kind"] == "bench"


def test_what_counsel_confirmed_and_the_reminders_stay(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    scenario.beat()
    change(scenario, hearing, QIAN)
    scenario.beat()
    scenario.wait(days=11)
    scenario.beat()
    reminders = [each for each in scenario.letters(to=ZHAO) if each.subject.startswith("Reminder")]
    assert reminders
    assert "钱陪审 (assessor)" in reminders[-1].body
    assert "吴陪审" not in reminders[-1].body


def test_an_interpreter_changes_without_a_message_unless_the_court_tells(
    scenario: Scenario,
) -> None:
    hearing = fixed(scenario, bench=[*BENCH, {"name": "郑翻译", "role": "interpreter"}])
    before = len(scenario.letters())
    other = [*BENCH, {"name": "王翻译", "role": "interpreter"}]
    status, changed = change(scenario, hearing, other)
    assert (status, changed["revision"]) == (200, hearing["revision"])
    scenario.beat()
    assert len(scenario.letters()) == before
    record = scenario.client.get(scenario.link(ZHAO).split("?")[0] + "/record").text
    assert "翻译" not in record
    status, changed = change(scenario, hearing, BENCH, tell=True)
    assert (status, changed["revision"]) == (200, hearing["revision"])
    scenario.beat()
    letter = scenario.letters(to=ZHAO, channel="email")[-1]
    assert letter.subject.startswith("Change of those who attend")
    assert "Before: 王翻译 (interpreter)" in letter.body
    assert not letter.has_calendar


def test_one_who_is_busy_is_refused_with_the_hearing_and_who_is_free(scenario: Scenario) -> None:
    assert propose(scenario, other_case("7", "孙法官"), (at(14, "10:00"), "第五法庭"))[0] == 201
    free = other_case("8", "郑法官")
    assert propose(scenario, free, (at(15, "10:00"), "第五法庭"))[0] == 201
    hearing = fixed(scenario)
    before = booked(scenario)
    taken = [BENCH[0], {"name": "孙法官", "role": "judge"}, BENCH[2]]
    status, refused = change(scenario, hearing, taken)
    assert status == 409, refused
    assert "Judge 孙法官 has （2026）沪0115民初7号 then" in refused["detail"]
    assert "Free then: " in refused["detail"]
    assert "郑法官" in refused["detail"]
    assert booked(scenario) == before
    assert scenario.api("GET", f"/hearings/{hearing['id']}")[1]["bench"] == BENCH


def test_all_open_slots_of_a_round_are_held_for_the_new_member(scenario: Scenario) -> None:
    slots = (at(14), "第三法庭"), (at(15), "第三法庭")
    status, hearing = propose(scenario, CASE, *slots, bench=BENCH)
    assert status == 201
    scenario.beat()
    assert propose(scenario, other_case("7", "孙法官"), (at(15, "10:00"), "第五法庭"))[0] == 201
    taken = [BENCH[0], {"name": "孙法官", "role": "judge"}, BENCH[2]]
    status, refused = change(scenario, hearing, taken)
    assert status == 409
    assert "孙法官 has （2026）沪0115民初7号 then" in refused["detail"]
    status, changed = change(scenario, hearing, QIAN)
    assert (status, changed["state"]) == (200, "proposed")
    scenario.beat()
    letter = scenario.letters(to=ZHAO, channel="email")[-1]
    assert "The slots that you were asked about stay as they are" in letter.body
    for day in (14, 15):
        bench = [{"name": "韩法官", "role": "presiding"}, QIAN[2]]
        room = (at(day, "10:00"), "第六法庭")
        scenario.api("POST", "/courtrooms", {"name": "第六法庭"})
        status, refused = propose(scenario, other_case(f"{day}", "韩法官"), room, bench=bench)
        assert status == 409, refused
        assert "钱陪审 (assessor) has" in refused["detail"]


@pytest.mark.parametrize(
    ("bench", "words"),
    [
        ("", "Name the judge who presides."),
        ("吴陪审（人民陪审员）", "Name the judge who presides."),
        ("陈法官（审判长）、周法官(presiding)", "Only one judge presides; 2"),
        ("陈法官、周法官、周 法官", "周 法官 is named twice."),
        ("陈法官、ＡＢＣ、abc", "abc is named twice."),
        ("陈法官、李敏（人民陪审员）、周法官", "李敏 acts for a party of this case"),
        ("陈法官、周法官（国王）", "“国王” is no role."),
        ("、".join(f"法官{n}" for n in range(31)), "at most 30"),
    ],
)
def test_what_cannot_be_a_bench_is_refused_and_nothing_changes(
    scenario: Scenario, bench: str, words: str
) -> None:
    hearing = fixed(scenario)
    before = booked(scenario)
    status, refused = change(scenario, hearing, bench)
    assert status == 422, refused
    assert words in refused["detail"]
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    page = browser.post(f"/hearings/{hearing['id']}/bench", data={"bench": bench, "reason": "病"})
    assert page.status_code == 422
    assert words in page.text.replace("&#34;", '"')
    assert ">病</textarea>" in page.text
    assert booked(scenario) == before


def test_an_even_bench_wants_a_reason(scenario: Scenario) -> None:
    hearing = fixed(scenario, {**CASE, "procedure": "ordinary"}, override_reason="报请院长同意")
    four = [*BENCH, {"name": "孙法官", "role": "judge"}]
    status, refused = change(scenario, hearing, four)
    assert status == 422, refused
    assert refused["type"].endswith("/reason-needed")
    assert "4 sit together, an even number" in refused["detail"]
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    path = f"/hearings/{hearing['id']}/bench"
    line = "陈法官（审判长）、周法官、孙法官、吴陪审(assessor)"
    page = browser.post(path, data={"bench": line})
    assert page.status_code == 422
    assert "Why it is to be so all the same" in page.text
    assert line in page.text
    done = confirmed(browser, path, {"bench": line, "override_reason": "书面报请院长同意"})
    assert done.status_code == 303
    assert len(scenario.api("GET", f"/hearings/{hearing['id']}")[1]["bench"]) == 4


def test_the_page_shows_the_messages_before_it_sends(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    browser = scenario.sign_in()
    path = f"/hearings/{hearing['id']}/bench"
    version = re.findall(r'name="stood" value="([^"]+)"', browser.get(path[:-6]).text)[0]
    typed = {"bench": "陈法官（审判长）、周法官、钱陪审（人民陪审员）", "stood": version}
    shown = browser.post(path, data=typed)
    assert shown.status_code == 200
    assert "变更后：陈法官（审判长）、周法官、钱陪审（人民陪审员）" in shown.text
    assert scenario.api("GET", path[:-6])[1]["bench"] == BENCH
    assert confirmed(browser, path, typed).status_code == 303
    assert scenario.api("GET", path[:-6])[1]["bench"] == QIAN
    # A colleague's form is from before: nothing is overwritten unseen.
    late = browser.post(path, data={**typed, "bench": "陈法官、周法官、孙陪审（人民陪审员）"})
    assert late.status_code == 409
    assert "钱陪审（人民陪审员）" in late.text
    assert "孙陪审（人民陪审员）</textarea>" in late.text


def test_the_same_again_changes_nothing(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    entries = len(scenario.record(hearing["id"]))
    status, refused = change(scenario, hearing, "周 法官、陈法官（审判长）、吴陪审（陪审员）")
    assert status == 422, refused
    assert len(scenario.record(hearing["id"])) == entries


def test_a_hearing_that_is_over_keeps_its_bench(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    scenario.wait(days=15)
    status, refused = change(scenario, hearing, QIAN)
    assert status == 422
    assert "is over" in refused["detail"]


def test_the_case_and_its_hearings_to_come_change_along(scenario: Scenario) -> None:
    case = {**CASE, "bench": BENCH}
    status, entered = scenario.api("POST", "/cases", case)
    assert status == 201
    hearings = []
    for day in (14, 16):
        more = proposal(entered["id"], (at(day), "第三法庭"))
        status, made = scenario.api("POST", "/hearings", more)
        assert status == 201, made
        hearings.append(made)
    second = [*BENCH, {"name": "郑翻译", "role": "interpreter"}]
    assert change(scenario, hearings[1], second)[0] == 200
    status, changed = change(scenario, hearings[0], QIAN, whole_case=True)
    assert status == 200, changed
    own = scenario.api("GET", f"/hearings/{hearings[1]['id']}")[1]["bench"]
    assert [each["name"] for each in own] == ["陈法官", "周法官", "钱陪审", "郑翻译"]
    status, shown = scenario.api("GET", f"/cases/{entered['id']}")
    assert [each["name"] for each in shown["bench"]] == ["周法官", "钱陪审"]
    # Where one of the hearings cannot have it, none has.
    busy = other_case("7", "孙法官")
    assert propose(scenario, busy, (at(16, "10:00"), "第五法庭"))[0] == 201
    presiding = [{"name": "孙法官", "role": "presiding"}, *QIAN[1:]]
    status, refused = change(scenario, hearings[0], presiding, whole_case=True)
    assert status == 409, refused
    assert scenario.api("GET", f"/hearings/{hearings[0]['id']}")[1]["judge"] == "陈法官"
    assert change(scenario, hearings[0], presiding)[0] == 200


def test_two_assistants_take_one_assessor_at_once(scenario: Scenario) -> None:
    first = fixed(scenario)
    bench = [{"name": "孙法官", "role": "presiding"}, BENCH[1] | {"name": "韩法官"}]
    bench.append({"name": "卫陪审", "role": "assessor"})
    status, second = propose(
        scenario, other_case("7", "孙法官"), (at(14, "10:00"), "第五法庭"), bench=bench
    )
    assert status == 201, second
    wanted = {"name": "钱陪审", "role": "assessor"}
    jobs = [(first, [*BENCH[:2], wanted]), (second, [*bench[:2], wanted])]
    answers = at_once([lambda j=job: change(scenario, *j)[0] for job in jobs])
    assert sorted(answers) == [200, 409]
    resources = booked(scenario)
    assert len(resources) == 2 * (3 + 1 + 2)


def test_the_last_answer_and_a_replacement_at_once(scenario: Scenario) -> None:
    for n, day in enumerate((14, 15, 16)):
        people = [
            {"name": f"律师{n}{k}", "email": f"c{n}{k}@firm.example", "language": "zh"}
            for k in range(2)
        ]
        case = case_with(f"（2026）沪0115民初9{n}号", *people, judge="陈法官")
        status, hearing = propose(scenario, case, (at(day), "第三法庭"), bench=BENCH)
        assert status == 201, hearing
        order = {"slot_id": hearing["slots"][0]["id"], "reason": "逾期未答复"}
        answers = at_once(
            [
                lambda h=hearing, o=order: scenario.api("POST", f"/hearings/{h['id']}/fix", o)[0],
                lambda h=hearing: change(scenario, h, QIAN)[0],
            ]
        )
        assert answers == [200, 200]
        shown = scenario.api("GET", f"/hearings/{hearing['id']}")[1]
        assert (shown["state"], shown["bench"]) == ("fixed", QIAN)
        assert shown["revision"] in (1, 2)
    scenario.beat()
    for n in range(3):
        # What counsel were sent last names those who sit.
        last = scenario.letters(to=f"c{n}0@firm.example", channel="email")[-1]
        assert "钱陪审" in last.body


def at_once(jobs: list[Any]) -> list[Any]:
    """Do some things in threads that begin together; return what each returned."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(n: int) -> None:
        gate.wait()
        results[n] = jobs[n]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(jobs))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return results


def test_the_bench_of_a_case_changes_with_or_without_its_hearings(scenario: Scenario) -> None:
    status, entered = scenario.api("POST", "/cases", {**CASE, "bench": BENCH})
    assert status == 201
    asked = proposal(entered["id"], (at(14), "第三法庭"))
    status, hearing = scenario.api("POST", "/hearings", asked)
    assert status == 201, hearing
    scenario.beat()
    browser = scenario.sign_in()
    path = f"/cases/{entered['id']}/bench"
    page = browser.get(path).text
    assert "陈法官（审判长）、周法官、吴陪审（人民陪审员）</textarea>" in page
    stood = re.findall(r'name="stood" value="([^"]+)"', page)[0]
    typed = {"bench": "陈法官（审判长）、周法官、钱陪审（人民陪审员）", "stood": stood}
    assert browser.post(path, data=typed).status_code == 303
    shown = scenario.api("GET", f"/hearings/{hearing['id']}")[1]
    assert shown["bench"] == BENCH
    late = browser.post(path, data=typed)
    assert late.status_code == 409
    assert "现在的合议庭" in late.text or "现为" in late.text
    stood = re.findall(r'name="stood" value="([^"]+)"', late.text)[0]
    typed = {
        "bench": "陈法官（审判长）、韩法官、钱陪审（人民陪审员）",
        "stood": stood,
        "whole_case": "1",
    }
    shown = browser.post(path, data=typed)
    assert shown.status_code == 200
    assert "变更后：陈法官（审判长）、韩法官、吴陪审（人民陪审员）" in shown.text
    assert confirmed(browser, path, typed).status_code == 303
    names = [each["name"] for each in scenario.api("GET", f"/hearings/{hearing['id']}")[1]["bench"]]
    assert names == ["陈法官", "韩法官", "吴陪审"]
    for bench, words in (("", "审判长"), ("陈法官、李敏、周法官", "李敏")):
        refused = browser.post(path, data={"bench": bench, "whole_case": "1"})
        assert refused.status_code == 422
        assert words in refused.text.split('id="bench-people-error"')[1].split("</span>")[0]


def test_who_is_added_to_a_hearing_of_several_days_is_booked_on_each(scenario: Scenario) -> None:
    case_id = scenario.api("POST", "/cases", {**CASE, "bench": BENCH[1:]})[1]["id"]
    days = [{"starts_at": at(day), "minutes": 360, "courtroom": "第三法庭"} for day in (14, 15, 16)]
    form = {**proposal(case_id), "minutes": None, "slots": [{"sittings": days}]}
    status, hearing = scenario.api("POST", "/hearings", form)
    assert status == 201, hearing
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "by order"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    changed = {"bench": QIAN, "reason": "吴陪审员生病"}
    status, answer = scenario.api("POST", f"/hearings/{hearing['id']}/bench", changed)
    assert status == 200, answer
    for day in (14, 15, 16):
        for name, expected in (("钱陪审", 409), ("吴陪审", 201)):
            people = [{"name": "孙法官", "role": "presiding"}, {"name": name, "role": "assessor"}]
            entered = scenario.api("POST", "/cases", other_case(f"{day}{expected}", "孙法官"))[1]
            body = proposal(entered["id"], (at(day, "10:00"), "第五法庭"), bench=people)
            status, answer = scenario.api("POST", "/hearings", {**body, "override_reason": "两人"})
            assert status == expected, answer
