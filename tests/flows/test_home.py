"""Home and the lists that its numbers lead to."""

import re

from tests.conftest import CASE, Scenario, at, case_with, proposal


def proposed(scenario: Scenario, number: str, answer_by: str, day: int) -> int:
    """A hearing that is asked about, with a last moment to answer; its number."""
    people = [
        {"name": f"{name} {day}", "email": f"{name}{day}@firm.example"} for name in ("li", "zhao")
    ]
    case = scenario.api("POST", "/cases", case_with(number, *people))[1]
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
    waits = page.split('id="waits"')[1].split("</section>")[0]
    assert [number in waits for number in ("001号", "002号", "003号")] == [True, False, True]
    assert f"/hearings/{answered}/round" in waits
    assert "<b>3</b> rounds now open" in page
    assert page.split("<title>")[1].startswith("(2) Home")
    assert re.search(r'id="as-of" data-waiting="2"', page)


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
        return re.findall(r'class="row-link" href="/hearings/\d+">[^<]*民初(\d+)号', page)

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
    numbers = re.findall(r'<a class="card" href="(/waiting[^"]+)"><b[^>]*>(\d+)</b>', home)
    assert len(numbers) == 5
    for address, number in numbers:
        page = browser.get(address.replace("&amp;", "&")).get_data(as_text=True)
        assert page.count("<li id=") == int(number), address
    assert ("/waiting?kind=due&amp;whose=all", "2") in numbers
    found = browser.get("/waiting?kind=due&q=(2026)沪0115民初002号").get_data(as_text=True)
    assert [each in found for each in ("001号", "002号")] == [False, True]
    nothing = browser.get("/waiting?kind=lapsed&lang=en").get_data(as_text=True)
    assert "Nothing waits." in nothing
    assert browser.get("/waiting?kind=nonsense&page=9").status_code == 200


def test_hearings_are_listed_by_judge_and_day_and_cases_in_an_order(scenario: Scenario) -> None:
    for n, judge in enumerate(("陈法官", "吴法官", "陈法官")):
        people = [
            {"name": f"{who} {n}", "email": f"{who}{n}@firm.example"} for who in ("li", "zhao")
        ]
        case = scenario.api(
            "POST", "/cases", case_with(f"（2026）沪0115民初00{3 - n}号", *people, judge=judge)
        )[1]
        made = scenario.api("POST", "/hearings", proposal(case["id"], (at(14 + n), "第三法庭")))[1]
        order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
        assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    browser = scenario.sign_in()

    def listed(address: str) -> list[str]:
        page = browser.get(address).get_data(as_text=True)
        return re.findall(r'class="row-link" href="[^"]+">[^<]*民初(\d+)号', page)

    assert listed("/hearings?judge=1&sort=date") == ["003", "001"]
    assert listed("/hearings?from=2026-12-08&sort=date") == ["002", "001"]
    assert listed("/hearings?from=2026-12-08&to=2026-12-08") == ["002"]
    assert listed("/hearings?whose=mine&to=2026-12-07") == ["003"]
    assert listed("/hearings?judge=x&from=never&to=") == ["001", "002", "003"]
    assert listed("/cases?sort=number") == ["001", "002", "003"]
    assert listed("/cases?sort=oldest&judge=1") == ["003", "001"]
    assert listed("/cases?judge=77") == []
