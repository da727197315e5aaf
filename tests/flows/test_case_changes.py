"""Changes of a case's details are on the court's list of changes; what is personal is not."""

from tests.conftest import CASE, Scenario


def test_a_new_judge_and_procedure_are_listed_and_a_new_title_is_not(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    browser = scenario.sign_in()
    details = {"title": "李敏诉赵磊", "judge": "吴法官", "procedure": "small_claims"}
    path = f"/cases/{case['id']}/facts"
    assert browser.post(path, data=details).status_code == 303
    _, changed = scenario.api("GET", f"/cases/{case['id']}")
    assert {name: changed[name] for name in details} == details
    admin = scenario.sign_in("admin@court.example")
    page = admin.get("/settings/changes?lang=en").get_data(as_text=True)
    assert "Judge · " + CASE["number"] in page
    for words in (CASE["judge"], "吴法官", "small claims"):
        assert words in page
    assert "李敏诉赵磊" not in page
