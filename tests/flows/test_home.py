"""Home and the lists that its numbers lead to."""

import re

from tests.conftest import CASE, House, at, case_with, proposal


def proposed(house: House, number: str, answer_by: str, day: int) -> int:
    """A hearing that is asked about, with a last moment to answer; its number."""
    people = [
        {"name": f"{name} {day}", "email": f"{name}{day}@firm.example"} for name in ("li", "zhao")
    ]
    case = house.api("POST", "/cases", case_with(number, *people))[1]
    asked = proposal(case["id"], (at(day), "第三法庭"), answer_by=answer_by)
    status, made = house.api("POST", "/hearings", asked)
    assert status == 201, made
    return int(made["id"])


def test_only_rounds_that_want_somebody_stand_on_home_and_all_are_counted(house: House) -> None:
    proposed(house, "（2026）沪0115民初001号", at(0.5, "18:00"), 14)
    proposed(house, "（2026）沪0115民初002号", at(7, "17:00"), 15)
    answered = proposed(house, "（2026）沪0115民初003号", at(7, "17:00"), 16)
    house.beat()
    for who in ("li16", "zhao16"):
        browser, link = house.client, house.link(f"{who}@firm.example")
        page = browser.get(link).get_data(as_text=True)
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"[^>]*type="hidden"', page))
        fields |= dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
        slot = re.search(r'name="(slot[^"]*)"', page)
        assert slot
        browser.post(link, data={**fields, slot.group(1): "no", "none": "1"})
    page = house.sign_in().get("/?lang=en").get_data(as_text=True)
    waits = page.split('id="waits"')[1].split("</section>")[0]
    assert [number in waits for number in ("001号", "002号", "003号")] == [True, False, True]
    assert f"/hearings/{answered}/round" in waits
    assert "<b>3</b> rounds now open" in page
    assert page.split("<title>")[1].startswith("(2) Home")
    assert re.search(r'id="as-of" data-waiting="2"', page)


def test_news_are_the_part_of_home_that_changes(house: House) -> None:
    browser = house.sign_in()
    proposed(house, "（2026）沪0115民初001号", at(0.5, "18:00"), 14)
    news = browser.get("/news?whose=mine&lang=en").get_data(as_text=True)
    assert "<html" not in news
    assert "001号" in news
    assert house.client.get("/news").status_code == 302


def test_a_list_is_ordered_by_deadline_and_kept_as_an_address(house: House) -> None:
    proposed(house, "（2026）沪0115民初001号", at(7, "17:00"), 15)
    proposed(house, "（2026）沪0115民初002号", at(0.5, "18:00"), 16)
    proposed(house, "（2026）沪0115民初003号", at(3, "17:00"), 17)
    assert house.api("POST", "/cases", CASE)[0] == 201
    browser = house.sign_in()

    def listed(query: str) -> list[str]:
        page = browser.get(f"/hearings?{query}").get_data(as_text=True)
        return re.findall(r'class="row-link" href="/hearings/\d+">[^<]*民初(\d+)号', page)

    assert listed("") == ["003", "002", "001"]
    assert listed("sort=deadline") == ["002", "003", "001"]
    assert listed("sort=deadline&state=proposed&due=1") == ["002"]
    assert listed("sort=date") == ["003", "002", "001"]  # none has a date yet
    assert listed("sort=nonsense&q=(2026)沪0115民初003号") == ["003"]
