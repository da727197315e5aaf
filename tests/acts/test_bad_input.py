"""Bad input to every act: a clear answer, nothing half-written, the record intact."""

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Representation
from app.core.db import transaction
from app.counsel.acts import ACTS
from app.hearings.answers import counsel_keys
from app.people import service as people
from tests.acts import table
from tests.acts.table import COUNSEL, COURT, other
from tests.conftest import DATABASES, PASSWORD, Scenario, make_court, make_scenario

BY_NAME = {each.name: each for each in COUNSEL}
OF_COURT = {each.name: each for each in COURT}
EVE = "eve@other.example"


@pytest.fixture(scope="module", params=DATABASES)
def court(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Scenario]:
    """A court for all tests of this module: each has a case of its own."""
    folder: Path = tmp_path_factory.mktemp("acts")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), folder / "tingqi.db")
        url, name = f"sqlite:///{folder / 'tingqi.db'}", ""
    else:
        maintenance: sa.Engine = request.getfixturevalue("maintenance")
        name = "acts_of_bad_input"
        with maintenance.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE empty STRATEGY file_copy")
        url = maintenance.url.set(database=name).render_as_string(hide_password=False)
    scenario = make_scenario(folder, url)
    make_court(scenario)
    with scenario.app.app_context(), transaction() as session:
        place = people.add_court(session, "Other", zone="Asia/Shanghai", country="CN")
        people.add_user(
            session, place, EVE, role="judge", now=scenario.clock.now(), password=PASSWORD
        )
    yield scenario
    scenario.close()
    if name:
        with maintenance.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def refused(response: Any, *words: str) -> None:
    """Check that a response says clearly why nothing was done."""
    assert 400 <= response.status_code < 500, (response.status_code, response.text)
    text = html.unescape(response.text)
    for word in words:
        assert word in text, (word, re.sub(r"\s+", " ", text))


def test_every_act_has_a_row() -> None:
    submitted = {each.name for each in ACTS if each.submit} | {"feeds.begin"}
    assert {each.name for each in COUNSEL} == submitted


@pytest.mark.parametrize("name", BY_NAME)
def test_no_act_is_done_with_a_wrong_key_link_or_number(court: Scenario, name: str) -> None:
    act, here, elsewhere = BY_NAME[name], table.stage(court), table.stage(court)
    side = "respondent"
    for stage in (here, elsewhere):
        act.prepare(stage, side)
    form, foreign = act.form(here, side), act.form(elsewhere, side)
    before = [here.snapshot(), elsewhere.snapshot()]
    nonces = {
        "": "none at all",
        "x" + form["nonce"]: "altered",
        foreign["nonce"]: "of another case",
        here.key(other(side), act.hearing): "of the other side",
        here.key(side, "" if act.hearing else "fixed"): "of another act",
    }
    for nonce in nonces:
        refused(act.post(here, side, {**form, "nonce": nonce}))
    refused(act.post(here, side, {name: each for name, each in form.items() if name != "nonce"}))
    if act.row:
        for number in (foreign[act.row], "0", "-1", "9" * 30, "x", "", "1 OR 1=1"):
            if number != form[act.row]:
                refused(act.post(here, side, {**form, act.row: number}))
    refused(here.browser().post("/r/" + "A" * 22 + act.path, data=form))
    refused(act.post(elsewhere, side, form))
    assert [here.snapshot(), elsewhere.snapshot()] == before
    here.verify()
    # All of this left the form good: the act is done with it.
    assert act.post(here, side, form).status_code == act.done
    here.verify()


@pytest.mark.parametrize("name", BY_NAME)
def test_no_act_is_done_by_a_revoked_key_or_counsel_who_left(court: Scenario, name: str) -> None:
    act, side = BY_NAME[name], "respondent"
    revoked, left = table.stage(court), table.stage(court)
    forms = []
    for stage in (revoked, left):
        act.prepare(stage, side)
        forms.append(act.form(stage, side))
    with court.app.app_context(), transaction() as session:
        representation = session.get_one(Representation, revoked.representation_id(side))
        counsel_keys.renew(session, representation, court.clock.now())
    leaves = {"name": left.names[side], "email": "left@firm.example", "do": "leave"}
    path = f"/cases/{left.case_id}/counsel/{left.representation_id(side)}"
    assert left.desk().post(path, data=leaves).status_code == 303
    for stage, form in zip((revoked, left), forms, strict=True):
        before = stage.snapshot()
        response = act.post(stage, side, form)
        assert response.status_code == 410
        assert stage.snapshot() == before
        stage.verify()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_second_press_changes_nothing(court: Scenario, name: str) -> None:
    act, stage, side = BY_NAME[name], table.stage(court), "claimant"
    act.prepare(stage, side)
    form = act.form(stage, side)
    assert act.post(stage, side, form).status_code == act.done
    after = stage.snapshot()
    again = act.post(stage, side, form)
    assert again.status_code in (act.done, 422, 409, 410), again.text
    if name != "known_facts":  # counts presses
        assert stage.snapshot() == after
    stage.verify()


SHORT = "\u202e abc \u2066 <b>𠮷</b> 👩‍⚖️ {{7*7}} %s & \"'"
ODD = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "bidi": SHORT,
    "nul": "a\x00b",
    "surrogate": b"a\xed\xa0\x80b",
    "no UTF-8": b"a\xff\xfeb",
    "controls": "a\x07\x1b[31mb\x7f",
    "noncharacter": "a\ufffe\uffffb",
    "long": "长" * 10_000,
}


@pytest.mark.extended
@pytest.mark.parametrize("name", BY_NAME)
def test_odd_words_are_shown_as_words_or_refused_by_their_field(court: Scenario, name: str) -> None:
    act, side = BY_NAME[name], "respondent"
    for kind, odd in ODD.items():
        stage = table.stage(court)
        act.prepare(stage, side)
        form = act.form(stage, side)
        for field in [each for each in form if each != "nonce"]:
            before = stage.snapshot()
            response = act.post(stage, side, {**form, field: odd})
            assert response.status_code < 500, (kind, field)
            if response.status_code >= 400:
                if name != "address_codes":  # counts wrong codes
                    assert stage.snapshot() == before, (kind, field)
                if field in act.texts and kind == "markup":
                    assert odd in html.unescape(response.text), (kind, field)
        for reader in table.SIDES:
            for path in ("", "/questions", "/move", "/record"):
                page = stage.page(reader, path, hearing=str(stage.fixed_id))
                assert page.status_code == 200, (kind, path)
                assert "<script>alert" not in page.text, (kind, path)
                assert "<img src=x" not in page.text, (kind, path)
        stage.verify()


@pytest.mark.extended
@pytest.mark.parametrize("name", [each.name for each in COUNSEL if each.typed])
def test_what_is_too_long_is_refused_by_its_field_and_shown_again(
    court: Scenario, name: str
) -> None:
    act, stage, side = BY_NAME[name], table.stage(court), "respondent"
    act.prepare(stage, side)
    form = act.form(stage, side)
    before = stage.snapshot()
    for field in act.typed:
        response = act.post(stage, side, {**form, field: "长" * 10_000})
        assert response.status_code == 422, field
        assert re.search(r'class="[^"]*error', response.text), field
        if field in act.texts:
            assert "长" * 10_000 in html.unescape(response.text), field
    assert stage.snapshot() == before
    stage.verify()


@pytest.mark.extended
@pytest.mark.parametrize("name", BY_NAME)
def test_lists_missing_and_unknown_fields_are_answered(court: Scenario, name: str) -> None:
    act, stage, side = BY_NAME[name], table.stage(court), "respondent"
    act.prepare(stage, side)
    form = act.form(stage, side)
    for field in act.fields(stage, side):
        missing = {key: value for key, value in form.items() if key != field}
        assert act.post(stage, side, missing).status_code < 500, field
        twice = [*form.items(), (field, "other")]
        pairs: dict[str, Any] = {}
        for key, value in twice:
            pairs.setdefault(key, []).append(value)
        assert act.post(stage, side, pairs).status_code < 500, field
        listed = {("x" if key == field else key): value for key, value in form.items()}
        assert act.post(stage, side, {**listed, f"{field}[]": "1"}).status_code < 500, field
    many = {f"unknown{n}": "x" for n in range(500)}
    assert act.post(stage, side, {**form, **many}).status_code < 500
    client = stage.browser()
    for body in (b"[]", b'{"words": ["a"]}', b"\xff\xfe", b"%"):
        for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            address = stage.links[side] + act.path
            response = client.post(address, data=body, content_type=kind)
            assert 400 <= response.status_code < 500, (body, kind)
    stage.verify()


def test_every_act_of_the_court_on_what_counsel_ask_has_a_row(court: Scenario) -> None:
    rules = [
        rule
        for rule in court.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not str(rule).startswith("/r/")
    ]
    of_questions = {
        rule.endpoint
        for rule in rules
        if re.search("question|request|bench", f"{rule}{rule.endpoint}")
    }
    # A standard answer that is filled into the field is neither sent nor stored.
    assert set(OF_COURT) == of_questions - {"questions.fill"}


@pytest.mark.parametrize("name", OF_COURT)
def test_no_act_of_the_court_is_done_by_a_stranger_or_twice(court: Scenario, name: str) -> None:
    act, stage = OF_COURT[name], table.stage(court)
    act.prepare(stage)
    values, path = act.fields(stage), act.path(stage)
    court.token(EVE)
    before = stage.snapshot()
    if act.is_api:
        sent = [
            stage.browser().post(
                f"/api/v1{path}", json=values, headers={"Authorization": f"Bearer {token}"}
            )
            for token in ("", "x", court.token(EVE))
        ]
        assert [each.status_code for each in sent] == [401, 401, 404]
    else:
        # Nobody is led to the form to sign in.
        assert stage.browser().post(path, data=values).location == "/sign-in"
        strange = court.sign_in(EVE).post(path, data=values)
        assert strange.status_code == 404
        # A decision on another site is no decision.
        foreign = stage.desk(act.user).post(
            path, data=values, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert foreign.status_code == 403
    assert stage.snapshot() == before
    act.do(stage)
    after = stage.snapshot()
    again = act.post(stage, {})
    assert again.status_code in (409, 422), again.text
    assert stage.snapshot() == after
    stage.verify()


@pytest.mark.extended
@pytest.mark.parametrize("name", OF_COURT)
def test_odd_words_of_the_court_are_shown_as_words_or_refused(court: Scenario, name: str) -> None:
    act = OF_COURT[name]
    odd_values: dict[str, Any] = dict(ODD)
    if act.is_api:
        odd_values |= {"surrogate": "\ud800", "no UTF-8": ["a"], "number": 10**40, "map": {"a": 1}}
    for kind, odd in odd_values.items():
        stage = table.stage(court)
        act.prepare(stage)
        for field in [*act.fields(stage), "joined_id", "slot", "unknown"]:
            before = stage.snapshot()
            response = act.post(stage, {field: odd})
            assert response.status_code < 500, (kind, field, response.text)
            if response.status_code >= 400:
                assert stage.snapshot() == before, (kind, field)
        for reader in table.SIDES:
            for path in ("", "/questions", "/move", "/record"):
                page = stage.page(reader, path, hearing=str(stage.fixed_id))
                assert page.status_code == 200, (kind, path)
                assert "<script>alert" not in page.text, (kind, path)
        stage.verify()
