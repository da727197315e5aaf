"""The bench of one hearing, typed on the page of a proposal."""

import html
import re
from typing import Any

from flask.testing import FlaskClient

from tests.benches.test_benches import BENCH, other_case, propose
from tests.conftest import CASE, Scenario, at


def opened(scenario: Scenario, bench: Any = ()) -> tuple[FlaskClient, str, dict[str, str]]:
    """Return a browser, the address of a case's proposal, and the form as it is shown there."""
    status, case = scenario.api("POST", "/cases", {**CASE, "bench": list(bench)})
    assert status == 201, case
    browser = scenario.sign_in()
    path = f"/hearings/new?case_id={case['id']}"
    return browser, path, fields(browser.get(path).text)


def fields(page: str) -> dict[str, str]:
    """Return the fields of the form of a proposal by name."""
    form = page.split('data-draft="')[1].split("</form>")[0]
    inputs = re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form)
    radios = re.findall(r'name="(fix)" value="([^"]+)" checked', form)
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', form)
    rooms = re.findall(r'<select[^>]*name="([^"]+)".*?<option value="([^"]*)" selected', form, re.S)
    found = [*inputs, *areas, *rooms, *radios]
    return {name: html.unescape(text) for name, text in found}


def test_the_bench_of_the_case_stands_in_the_form(scenario: Scenario) -> None:
    _, _, form = opened(scenario, BENCH[1:])
    assert form["bench"] == "陈法官（审判长）、周法官、吴陪审（人民陪审员）"


def test_another_bench_is_shown_in_the_preview_and_booked(scenario: Scenario) -> None:
    browser, path, form = opened(scenario)
    assert form["bench"] == "陈法官"
    typed = {**form, "bench": "陈法官、周法官、吴陪审(人民陪审员)", "do": "preview"}
    shown = browser.post(path, data=typed)
    assert shown.status_code == 200
    assert "<dd>陈法官（审判长）、周法官、吴陪审（人民陪审员）</dd>" in shown.text
    assert "法官：陈法官（审判长）、周法官、吴陪审（人民陪审员）" in shown.text
    sent = browser.post(path, data={**fields(shown.text), "do": "send"})
    assert sent.status_code == 303
    [hearing] = scenario.api("GET", "/hearings")[1]["hearings"]
    assert hearing["bench"] == BENCH
    # The case's own bench is what it was.
    case = scenario.api("GET", f"/cases/{hearing['case_id']}")[1]
    assert case["bench"] == []


def test_slots_are_looked_for_and_judged_with_the_people_named(scenario: Scenario) -> None:
    browser, path, form = opened(scenario)
    first = form["slots.0.starts_at"]
    busy = other_case("7", "周法官")
    taken = propose(
        scenario, busy, (f"{first}:00+08:00", "第五法庭"), answer_by=at(1), override_reason="急"
    )
    assert taken[0] == 201, taken
    typed = {**form, "bench": "陈法官、周法官、吴陪审（陪审员）"}
    shown = browser.post(path, data={**typed, "do": "suggest"}).text
    assert "周法官" in shown.split('class="slot"')[1].split("</button>")[0]
    assert first not in re.findall(r'value="take\.([0-9T:-]{16})', shown)
    refused = browser.post(path, data={**typed, "do": "preview"})
    assert refused.status_code == 409
    assert typed["bench"] in refused.text
    free = browser.post(path, data={**form, "do": "preview"})
    assert free.status_code == 200


def test_a_wrong_bench_is_told_beside_its_field(scenario: Scenario) -> None:
    browser, path, form = opened(scenario)
    for bench, words in (
        ("陈法官、周法官（国王）", "国王"),
        ("吴陪审（人民陪审员）", "审判长"),
        ("陈法官、李敏（人民陪审员）、周法官", "李敏"),
        ("陈法官、" + "长" * 201, "200"),
    ):
        page = browser.post(path, data={**form, "bench": bench, "do": "preview"})
        assert page.status_code == 422
        error = page.text.split('id="bench-error"')[1].split("</span>")[0]
        assert words in error
        assert bench in page.text
