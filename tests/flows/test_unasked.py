"""A party for whom nobody acts: said before anything is sent, and nothing is fixed at once unasked."""

from typing import Any

import pytest

from app.worker import beat
from tests.conftest import CASE, Scenario, case_with, confirmed, proposal
from tests.flows.test_listing import file_of
from tests.flows.test_listing_page import upload
from tests.flows.test_propose_page import answer, press, see
from tests.flows.test_suggestions import enter


def one_sided(number: str = CASE["number"]) -> dict[str, Any]:
    """A case whose respondent has no counsel yet."""
    case = case_with(number)
    case["parties"][1]["counsel"] = []
    return case


def with_a_second_respondent() -> dict[str, Any]:
    """A case in which one of two respondents has counsel."""
    case = case_with(CASE["number"])
    case["parties"].append({"role": "被告", "name": "乙公司", "side": "respondent", "counsel": []})
    return case


SIDE = "Nobody acts for Haitong Trading Ltd: that side is not asked."
PARTY = "Nobody acts for 乙公司: that party is not asked."


@pytest.mark.parametrize(
    ("case", "words"), [(one_sided(), SIDE), (with_a_second_respondent(), PARTY)]
)
def test_it_is_said_on_the_page_and_in_the_preview_and_the_assistant_is_preselected(
    scenario: Scenario, case: dict[str, Any], words: str
) -> None:
    number = enter(scenario, case)
    desk = scenario.sign_in()
    desk.get("/?lang=en")
    form = see(desk, f"/hearings/new?case_id={number}&lang=en")
    assert form.words.count(words) == 1
    assert form.round.fields["fix"] == "assistant"
    shown = press(desk, form, "preview")
    assert shown.words.count(words) == 2  # above, and before the messages
    assert "would be fixed at once all the same" not in shown.words
    chosen = press(desk, form, "preview", fix="auto")
    assert "would be fixed at once all the same" in chosen.words


def test_where_everybody_has_counsel_nothing_is_said_and_it_is_fixed_at_once(
    scenario: Scenario,
) -> None:
    number = enter(scenario)
    form = see(scenario.sign_in(), f"/hearings/new?case_id={number}&lang=en")
    assert "Nobody acts" not in form.words
    assert form.round.fields["fix"] == "auto"
    body = proposal(number)
    del body["fix"]
    status, made = scenario.api("POST", "/hearings", body)
    assert (status, made["fix"]) == (201, "auto")
    assert "Nobody acts" not in " ".join(made["warnings"])


def test_the_api_warns_and_fixes_nothing_at_once_unless_it_is_told_to(scenario: Scenario) -> None:
    body = proposal(enter(scenario, one_sided()))
    del body["fix"]
    status, made = scenario.api("POST", "/hearings", body)
    assert (status, made["fix"], made["warnings"]) == (201, "assistant", [SIDE])
    scenario.beat()
    answer(scenario, "li@", "yes", "yes")
    scenario.beat()
    shown = scenario.api("GET", f"/hearings/{made['id']}")[1]
    assert (shown["state"], shown["warnings"]) == ("proposed", [SIDE])
    fixed = scenario.api(
        "POST",
        f"/hearings/{made['id']}/fix",
        {"slot_id": shown["slots"][0]["id"], "reason": "依职权"},
    )
    assert fixed[1]["warnings"] == ["Nobody acts for Haitong Trading Ltd: that side is not told."]
    assert fixed[1]["state"] == "fixed"
    wanted = scenario.api(
        "POST",
        "/hearings",
        proposal(body["case_id"], ("2026-12-10T14:00:00+08:00", "第五法庭"), fix="auto"),
    )
    assert (wanted[1]["fix"], wanted[1]["warnings"]) == ("auto", [SIDE])


def test_a_further_round_asks_the_assistant_where_a_side_lost_its_counsel(
    scenario: Scenario,
) -> None:
    number = enter(scenario)
    hearing = scenario.api("POST", "/hearings", proposal(number))[1]
    scenario.beat()
    desk = scenario.sign_in()
    desk.get("/?lang=en")
    assert see(desk, f"/hearings/{hearing['id']}/round").round.fields["fix"] == "auto"
    leaves = {"name": "Zhao Lei", "phone": "13800138002", "do": "leave"}
    assert desk.post(f"/cases/{number}/counsel/2", data=leaves).status_code == 303
    form = see(desk, f"/hearings/{hearing['id']}/round")
    assert SIDE in form.words
    assert form.round.fields["fix"] == "assistant"
    one = {
        name: ""
        for name in form.round.fields
        if name.startswith("slots.") and not name.startswith("slots.0.")
    }
    shown = press(desk, form, "preview", how="order", answer_by="", reason="x", **one)
    assert "that side is not told." in shown.words


def test_a_listing_fixes_nothing_at_once_either(scenario: Scenario) -> None:
    enter(scenario, one_sided("（2026）沪0115民初31号") | {"procedure": "small_claims"})
    enter(
        scenario,
        case_with("（2026）沪0115民初32号", judge="周法官") | {"procedure": "small_claims"},
    )
    content = file_of(
        {"案号": "（2026）沪0115民初31号", "minutes": "60"},
        {"案号": "（2026）沪0115民初32号", "minutes": "60"},
    )
    desk = scenario.sign_in()
    address = upload(desk, content).location
    assert beat.search_listing(scenario.app)
    assert confirmed(desk, address, {"do": "send"}).status_code == 303
    scenario.beat()
    found = scenario.api("GET", "/hearings")[1]["hearings"]
    assert {each["number"][-4:]: each["fix"] for each in found} == {
        "初31号": "assistant",
        "初32号": "auto",
    }
