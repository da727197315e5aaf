"""Home and the lists that its numbers lead to."""

import re

from app.core.db import transaction
from app.people import service as people
from tests.conftest import CASE, NOW, PASSWORD, Scenario, at, case_with, proposal


def proposed(scenario: Scenario, number: str, answer_by: str, day: int) -> int:
    """A hearing that is asked about, with a last moment to answer; its number."""
    counsel = [
        {"name": f"{name} {day}", "email": f"{name}{day}@firm.example"} for name in ("li", "zhao")
    ]
    case = scenario.api("POST", "/cases", case_with(number, *counsel))[1]
    asked = proposal(case["id"], (at(day), "第三法庭"), answer_by=answer_by)
    status, made = scenario.api("POST", "/hearings", asked)
    assert status == 201, made
    return int(made["id"])


def test_only_rounds_that_want_somebody_stand_on_home_and_all_are_counted(
    scenario: Scenario,
) -> None:
    proposed(scenario, "（2026）沪0115民初001号", at(0.5, "18:00"), 14)
    proposed(scenario, "（2026）沪0115民初002号", at(7, "17:00"), 15)
    answered = proposed(scenario, "（2026）沪0115民初003号", at(7, "17:00"), 16)
    scenario.beat()
    for who in ("li16", "zhao16"):
        browser, link = scenario.client, scenario.link(f"{who}@firm.example")
        page = browser.get(link).get_data(as_text=True)
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"[^>]*type="hidden"', page))
        fields |= dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
        slot = re.search(r'name="(slot[^"]*)"', page)
        assert slot
        browser.post(link, data={**fields, slot.group(1): "no", "none": "1"})
    page = scenario.sign_in().get("/?lang=en").get_data(as_text=True)
    waits = page.split('id="waits"')[1].split('id="week"')[0]
    assert [number in waits for number in ("001号", "002号", "003号")] == [True, False, True]
    assert f"/hearings/{answered}/round" in waits
    assert "<b>3</b> proposals open" in page
    assert page.split("<title>")[1].startswith("(2) Home")
    assert re.search(r'id="as-of" hidden data-waiting="2"', page)


def test_news_are_the_part_of_home_that_changes(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    proposed(scenario, "（2026）沪0115民初001号", at(0.5, "18:00"), 14)
    news = browser.get("/news?whose=mine&lang=en").get_data(as_text=True)
    assert "<html" not in news
    assert "001号" in news
    assert scenario.client.get("/news").status_code == 302


def test_a_list_is_ordered_by_deadline_and_kept_as_an_address(scenario: Scenario) -> None:
    proposed(scenario, "（2026）沪0115民初001号", at(7, "17:00"), 15)
    proposed(scenario, "（2026）沪0115民初002号", at(0.5, "18:00"), 16)
    proposed(scenario, "（2026）沪0115民初003号", at(3, "17:00"), 17)
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    browser = scenario.sign_in()

    def listed(query: str) -> list[str]:
        page = browser.get(f"/hearings?{query}").get_data(as_text=True)
        return re.findall(r'class="row-link" data-row href="/hearings/\d+">[^<]*民初(\d+)号', page)

    assert listed("") == ["003", "002", "001"]
    assert listed("sort=deadline") == ["002", "003", "001"]
    assert listed("sort=deadline&state=proposed&due=1") == ["002"]
    assert listed("sort=date") == ["003", "002", "001"]  # none has a date yet
    assert listed("sort=nonsense&q=(2026)沪0115民初003号") == ["003"]


def test_each_number_of_home_leads_to_a_list_of_just_those_things(scenario: Scenario) -> None:
    proposed(scenario, "（2026）沪0115民初001号", at(0.5, "18:00"), 14)
    proposed(scenario, "（2026）沪0115民初002号", at(0.6, "18:00"), 15)
    scenario.beat()
    browser = scenario.sign_in()
    home = browser.get("/?lang=en&whose=all").get_data(as_text=True)
    assert '<a href="/waiting?kind=due&amp;whose=all"><b>2</b> answers due within 24 hours' in home
    tasks = browser.get("/waiting?lang=en&whose=all").get_data(as_text=True)
    numbers = re.findall(r'<a href="(/waiting\?kind[^"]+)"[^>]*>[^<]+<b>(\d+)</b>', tasks)
    assert len(numbers) == 7
    for address, number in numbers:
        page = browser.get(address.replace("&amp;", "&")).get_data(as_text=True)
        assert page.count('<li class="task" id=') == int(number), address
    assert ("/waiting?kind=due&amp;whose=all", "2") in numbers
    found = browser.get("/waiting?kind=due&q=(2026)沪0115民初002号").get_data(as_text=True)
    assert [each in found for each in ("001号", "002号")] == [False, True]
    nothing = browser.get("/waiting?kind=lapsed&lang=en").get_data(as_text=True)
    assert "Nothing to do." in nothing
    assert browser.get("/waiting?kind=nonsense&page=9").status_code == 200


def test_hearings_are_listed_by_judge_and_day_and_cases_in_an_order(scenario: Scenario) -> None:
    for n, judge in enumerate(("陈法官", "吴法官", "陈法官")):
        counsel = [
            {"name": f"{who} {n}", "email": f"{who}{n}@firm.example"} for who in ("li", "zhao")
        ]
        case = scenario.api(
            "POST", "/cases", case_with(f"（2026）沪0115民初00{3 - n}号", *counsel, judge=judge)
        )[1]
        made = scenario.api("POST", "/hearings", proposal(case["id"], (at(14 + n), "第三法庭")))[1]
        order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
        assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    browser = scenario.sign_in()

    def listed(address: str) -> list[str]:
        page = browser.get(address).get_data(as_text=True)
        return re.findall(r'class="row-link" data-row href="[^"]+">[^<]*民初(\d+)号', page)

    assert listed("/hearings?judge=1&sort=date") == ["003", "001"]
    assert listed("/hearings?from=2026-12-08&sort=date") == ["002", "001"]
    assert listed("/hearings?from=2026-12-08&to=2026-12-08") == ["002"]
    assert listed("/hearings?whose=mine&to=2026-12-07") == ["003"]
    assert listed("/hearings?judge=x&from=never&to=") == ["001", "002", "003"]
    assert listed("/cases?sort=number") == ["001", "002", "003"]
    assert listed("/cases?sort=oldest&judge=1") == ["003", "001"]
    assert listed("/cases?judge=77") == []


def test_one_match_of_a_search_is_the_case_and_a_number_means_its_own(scenario: Scenario) -> None:
    for n, number in enumerate(("620", "62", "1620", "77")):
        counsel = [
            {"name": f"{who} {n}", "email": f"{who}{n}@firm.example"} for who in ("li", "zhao")
        ]
        scenario.api("POST", "/cases", case_with(f"（2026）沪0115民初{number}号", *counsel))
    browser = scenario.sign_in()

    def found(words: str, **more: str) -> str | None:
        query = {"find": words, **more}
        return browser.get("/hearings/new", query_string=query).location

    assert found("620") == "/hearings/new?case_id=1"
    assert found("６２") == "/hearings/new?case_id=2"
    assert found("77") == "/hearings/new?case_id=4"
    assert found("1620") == "/hearings/new?case_id=3"
    assert found("0115") is None
    assert found("nobody") is None
    assert found("") is None
    several = browser.get("/hearings/new?find=li").get_data(as_text=True)
    assert several.count("data-row href") == 4
    assert re.search(r"data-row href=[^>]+ autofocus>（2026）沪0115民初77号", several)
    drawn = found("620", starts_at="2026-12-14T09:30", courtroom="第三法庭")
    assert drawn
    assert drawn.startswith("/hearings/new?case_id=1&starts_at=2026-12-14T09:30")


def test_known_people_complete_a_new_case_within_the_court_alone(scenario: Scenario) -> None:
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    browser = scenario.sign_in()

    def known(of: str, words: str) -> str:
        return browser.get("/cases/known", query_string={"of": of, "q": words}).text

    li = known("counsel", "李")
    assert 'data-value="李敏" data-firm="华诚律师事务所"' in li
    assert 'data-phone="+8613800138001"' in li
    assert 'data-language="zh"' in li
    assert "李敏" in known("counsel", "华诚")
    assert 'data-value="华诚律师事务所"' in known("firm", "华诚")
    assert known("firm", "李敏").strip() == ""
    for nothing in ("", " ", "%", "_", "nobody", "\0"):
        assert "<li" not in known("counsel", nothing), nothing
    assert scenario.client.get("/cases/known?of=counsel&q=李").status_code == 302
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session, "Other", short="O", zone="Asia/Shanghai", country="CN", language="en"
        )
        people.add_user(
            session,
            court,
            "x@other.example",
            name="X",
            role="assistant",
            now=NOW,
            password=PASSWORD,
        )
    theirs = scenario.sign_in("x@other.example")
    assert "<li" not in theirs.get("/cases/known?of=counsel&q=李").text


def test_a_new_case_is_saved_and_its_proposal_opened_by_one_button(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    typed = {
        "number": "（2026）沪0115民初8号",
        "judge": "陈法官",
        "procedure": "ordinary",
        "parties.0.name": "甲公司",
        "parties.0.side": "claimant",
        "parties.0.counsel.0.name": "李敏",
        "parties.0.counsel.0.email": "li@huacheng.example",
        "parties.1.name": "乙公司",
        "parties.1.side": "respondent",
        "parties.1.counsel.0.name": "赵磊",
        "parties.1.counsel.0.phone": "13800138002",
    }
    typed |= {f"parties.{n}.counsel.0.required": "1" for n in (0, 1)}
    got = browser.post("/cases/new", data={**typed, "do": "propose"})
    assert (got.status_code, got.location) == (303, "/hearings/new?case_id=1")
    status, case = scenario.api("GET", "/cases/1")
    assert status == 200
    assert [party["role"] for party in case["parties"]] == ["claimant", "respondent"]
    wrong = browser.post("/cases/new?lang=en", data={**typed, "number": "", "do": "propose"})
    assert wrong.status_code == 422
    assert "<title>Error: Add a case" in wrong.text
    assert '<a href="#number">Enter the case number.</a>' in wrong.text
    nobody = {"number": "9", "judge": "陈法官", "procedure": "other", "do": "save"}
    none = browser.post("/cases/new?lang=en", data=nobody)
    assert '<a href="#parties">Add at least one party.</a>' in none.text
    other = {**typed, "number": "（2026）沪0115民初9号", "parties.1.counsel.0.phone": "12"}
    row = browser.post("/cases/new?lang=en", data={**other, "do": "save"})
    assert "Party 2, Counsel 1, Telephone: Check “12”" in row.text
