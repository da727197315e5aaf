"""Acts of members outside the court: done by their own key alone, once, and told to no party."""

import html
import re
from typing import Any

import pytest

from tests.acts import table
from tests.acts.table import MEMBER, SIDES
from tests.acts.test_symmetry import notices, read, record
from tests.conftest import Scenario
from tests.faults.test_races import all_at_once

BY_NAME = {each.name: each for each in MEMBER}
SAID = ("answer", "come", "cannot_come")


def refused(response: Any) -> None:
    """Check that a response says that nothing was done."""
    assert 400 <= response.status_code < 500, (response.status_code, response.text)


def test_every_act_of_a_member_has_a_row(scenario: Scenario) -> None:
    rules = {
        str(rule).removeprefix("/m/<key>")
        for rule in scenario.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and str(rule).startswith("/m/")
    }
    assert {each.path for each in MEMBER} == rules


@pytest.mark.parametrize("name", BY_NAME)
def test_no_act_is_done_with_a_wrong_key_or_link_and_no_party_learns_of_it(
    scenario: Scenario, name: str
) -> None:
    act, here = BY_NAME[name], table.stage_with_member(scenario)
    elsewhere = table.stage_with_member(scenario)
    form, foreign = act.form(here), act.form(elsewhere)
    of_other_hearing = "asked" if act.hearing == "fixed" else "fixed"
    before = [here.snapshot(), elsewhere.snapshot()]
    wrong = (
        "",
        "x" + form["nonce"],
        foreign["nonce"],
        act.nonce(here, of_other_hearing),
        here.key("claimant", act.hearing),
    )
    for nonce in wrong:
        refused(act.post(here, {**form, "nonce": nonce}))
    refused(act.post(elsewhere, form))
    for link in ("/m/" + "A" * 22, here.links["claimant"].replace("/r/", "/m/")):
        refused(here.browser().post(link + act.path, data=form))
    # Nor does a member's key open a page of counsel.
    refused(here.browser().get(here.links[act.hearing].replace("/m/", "/r/")))
    for was, now in zip(before, (here.snapshot(), elsewhere.snapshot()), strict=True):
        assert [name for name in was if was[name] != now[name]] == []
    told = {side: notices(here, side) for side in SIDES}
    records = record(here, "claimant")
    assert act.post(here, form).status_code == act.done
    done = here.snapshot()
    again = act.post(here, form)
    assert again.status_code in (act.done, 409, 410, 422)
    assert here.snapshot() == done
    for side in SIDES:
        assert notices(here, side) == told[side]
        assert record(here, side) == records
        assert "hospital" not in read(here, side)
    here.verify()


@pytest.mark.parametrize("name", SAID)
def test_who_is_replaced_does_nothing_more(scenario: Scenario, name: str) -> None:
    act, stage = BY_NAME[name], table.stage_with_member(scenario)
    form = act.form(stage)
    hearing_id = stage.fixed_id if act.hearing == "fixed" else stage.asked_id
    hearing = stage.api("GET", f"/hearings/{hearing_id}")
    sitting = [each for each in hearing["bench"] if each["role"] != "assessor"]
    body = {"bench": [*sitting, {"name": f"孙陪审{stage.case_id}", "role": "assessor"}]}
    stage.api("POST", f"/hearings/{hearing_id}/bench", body)
    before = stage.snapshot()
    assert act.post(stage, form).status_code == 410
    assert stage.snapshot() == before
    stage.verify()


@pytest.mark.parametrize("name", SAID)
def test_wrong_fields_are_named_and_nothing_is_written(scenario: Scenario, name: str) -> None:
    act, stage = BY_NAME[name], table.stage_with_member(scenario)
    form = act.form(stage)
    before = stage.snapshot()
    for field in act.fields(stage):
        if field in ("sure", "revision"):
            continue
        for value in ("", "长" * 10_000, "1 OR 1=1" if field not in act.typed else " "):
            response = act.post(stage, {**form, field: value})
            assert response.status_code in (409, 422), (field, value[:9])
            if field in act.typed and value.strip():
                assert value in html.unescape(response.text)
                assert re.search(r'class="[^"]*error', response.text)
    for revision in ("", "0", "-1", "9" * 30, "x"):
        if "revision" in form:
            refused(act.post(stage, {**form, "revision": revision}))
    listed = {field: [value, "x"] for field, value in form.items()}
    assert act.post(stage, listed).status_code < 500
    many = {f"unknown{n}": "x" for n in range(100)}
    assert act.post(stage, {**form, "nonce": "", **many}).status_code < 500
    stage.verify()
    assert {name: rows for name, rows in stage.snapshot().items() if name == "booking"} == {
        "booking": before["booking"]
    }


@pytest.mark.database
@pytest.mark.extended
def test_a_crowd_of_presses_is_one_truth(scenario: Scenario) -> None:
    """A member says yes, no and answers while the court replaces and moves."""
    stage = table.stage_with_member(scenario)
    scenario.token("wang@court.example")
    forms = {name: BY_NAME[name].form(stage) for name in SAID}

    def press(name: str) -> Any:
        return lambda: BY_NAME[name].post(stage, forms[name]).status_code

    def replace_assessor() -> int:
        bench = [*(each for each in stage.api("GET", f"/hearings/{stage.fixed_id}")["bench"])][:2]
        body = {"bench": [*bench, {"name": f"孙陪审{stage.case_id}", "role": "assessor"}]}
        return int(scenario.api("POST", f"/hearings/{stage.fixed_id}/bench", body)[0])

    doings = [press("come"), press("cannot_come"), press("answer"), replace_assessor]
    came = all_at_once(*[doings[n % len(doings)] for n in range(24)])
    assert set(came) <= {200, 303, 409, 410, 422}, came
    hearing = stage.api("GET", f"/hearings/{stage.fixed_id}")
    assert [each["role"] for each in hearing["bench"]] == ["presiding", "judge", "assessor"]
    stage.verify()
