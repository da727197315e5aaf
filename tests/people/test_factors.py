"""Second factors: set up, used at the sign-in and for acts of weight, lost, reset; and attacks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.core.db import db, retrying, transaction
from app.people import service as people
from app.people.factors import service as factors
from tests.conftest import PASSWORD, SECRET, Scenario, make_court, make_scenario
from tests.flows.test_cli import tingqi
from tests.flows.test_pages import ADMIN, WANG, words
from tests.people.authenticators import (
    ORIGIN,
    USER_PRESENT,
    SoftPasskey,
    challenge,
    fields,
    is_signed_in,
    password_shown,
    prove,
    recovery_codes,
    require,
    set_up_app,
    set_up_passkey,
)

CHEN = "chen@court.example"


@pytest.fixture
def scenario(database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court at an address for which browsers make passkeys, all of it in English."""
    scenario = make_scenario(tmp_path, database, public_url=ORIGIN)
    make_court(scenario)
    with scenario.app.app_context(), transaction() as session:
        for email in (ADMIN, WANG, CHEN):
            people.find_user(session, email).language = "en"
    yield scenario
    scenario.close()


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(scenario: Scenario) -> None:
    desk, other = scenario.sign_in(), scenario.sign_in()
    app, codes = set_up_app(scenario, desk)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert is_signed_in(desk)
    assert not is_signed_in(other)  # a session without the factor ends
    assert "10 recovery codes" in words(desk.get("/me"))
    browser = password_shown(scenario, WANG, next="/cases")
    assert not is_signed_in(browser)
    page = browser.get("/sign-in/factor?next=/cases")
    assert "your password is correct" in words(page)
    scenario.wait(seconds=30)
    data = {**fields(page), "method": "app", "answer": app.at(scenario.clock.now())}
    assert browser.post("/sign-in/factor", data=data).location == "/cases"
    assert is_signed_in(browser)
    scenario.beat()
    assert scenario.letters(to=WANG, containing="authenticator app")


def test_a_code_counts_once_and_only_near_its_time(scenario: Scenario) -> None:
    app, _ = set_up_app(scenario, scenario.sign_in())
    browser, thief = (password_shown(scenario, WANG) for _ in range(2))
    used = app.at(scenario.clock.now())
    assert prove(browser, "app", used).status_code == 422  # it has set the app up
    scenario.wait(seconds=60)
    early, late = (app.at(scenario.clock.now(), counter_offset=by) for by in (2, -2))
    assert [prove(browser, "app", each).status_code for each in (early, late)] == [422, 422]
    now = app.at(scenario.clock.now())
    assert prove(browser, "app", f" {now[:3]} {now[3:]} ").status_code == 303
    assert prove(thief, "app", now).status_code == 422
    before = app.at(scenario.clock.now(), counter_offset=-1)
    assert prove(thief, "app", before).status_code == 422  # older than the last one


def test_full_width_digits_are_digits(scenario: Scenario) -> None:
    app, _ = set_up_app(scenario, scenario.sign_in())
    scenario.wait(seconds=30)
    code = app.at(scenario.clock.now()).translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    )
    assert prove(password_shown(scenario, WANG), "app", code).status_code == 303


def test_a_recovery_code_signs_in_once_in_any_case(scenario: Scenario) -> None:
    _, codes = set_up_app(scenario, scenario.sign_in())
    typed = codes[0].lower().replace("-", " ")
    browser = password_shown(scenario, WANG)
    assert prove(browser, "recovery", typed).status_code == 303
    assert prove(password_shown(scenario, WANG), "recovery", codes[0]).status_code == 422
    assert "9 recovery codes" in words(browser.get("/me"))
    for code in codes[1:7]:
        browser = password_shown(scenario, WANG)
        assert prove(browser, "recovery", code).status_code == 303
    assert "You have 3 recovery codes left." in words(browser.get("/"))
    assert "few recovery codes" in words(browser.get("/me"))
    renewed = recovery_codes(browser.post("/me/factors/codes"))
    assert len(renewed) == 10
    assert prove(password_shown(scenario, WANG), "recovery", codes[8]).status_code == 422
    assert prove(password_shown(scenario, WANG), "recovery", renewed[0]).status_code == 303
    scenario.beat()
    assert scenario.letters(to=WANG, containing="Left: 9.")


def test_a_recovery_code_is_of_no_use_to_somebody_else(scenario: Scenario) -> None:
    _, codes = set_up_app(scenario, scenario.sign_in())
    set_up_app(scenario, scenario.sign_in(ADMIN))
    assert prove(password_shown(scenario, ADMIN), "recovery", codes[0]).status_code == 422


def test_passkeys_have_names_sign_in_and_are_removed(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    passkey, second = set_up_passkey(desk, "office"), set_up_passkey(desk, "phone <b>")
    page = words(desk.get("/me/factors"))
    assert ("office" in page, "phone <b>" in page) == (True, True)
    for each in (passkey, second):
        browser = password_shown(scenario, WANG)
        assert prove(browser, "passkey", each.used(challenge(browser))).status_code == 303
        assert is_signed_in(browser)
    ids = re.findall(r'name="which" value="(\d+)"', desk.get("/me/factors").text)
    assert desk.post("/me/factors/remove", data={"which": ids[0]}).status_code == 303
    browser = password_shown(scenario, WANG)
    assert prove(browser, "passkey", passkey.used(challenge(browser))).status_code == 422


def test_an_assertion_counts_once_for_its_browser_origin_host_and_user(scenario: Scenario) -> None:
    passkey = set_up_passkey(scenario.sign_in())
    other_users = set_up_passkey(scenario.sign_in(ADMIN))
    browser, thief = (password_shown(scenario, WANG) for _ in range(2))
    options = challenge(browser)
    attempts = {
        "other origin": passkey.used(options, origin="https://court.example.evil.example"),
        "plain http": passkey.used(challenge(browser), origin="http://court.example"),
        "other host": passkey.used(challenge(browser), rp_id="evil.example"),
        "another user": other_users.used(challenge(browser)),
        "no JSON": "{",
        "a list": "[]",
        "too long": "x" * 30_000,
    }
    for what, answer in attempts.items():
        if what != "other origin":
            challenge(browser)
        assert prove(browser, "passkey", answer).status_code == 422, what
    for_browser = passkey.used(challenge(browser))
    assert prove(thief, "passkey", for_browser).status_code == 422  # which has no challenge
    challenge(thief)
    assert prove(thief, "passkey", for_browser).status_code == 422  # and then another one
    assert prove(browser, "passkey", for_browser).status_code == 303
    again = password_shown(scenario, WANG)
    challenge(again)
    assert prove(again, "passkey", for_browser).status_code == 422
    assert not is_signed_in(again)


def test_a_challenge_is_void_after_a_wrong_answer_and_after_five_minutes(
    scenario: Scenario,
) -> None:
    passkey = set_up_passkey(scenario.sign_in())
    browser = password_shown(scenario, WANG)
    answer = passkey.used(challenge(browser))
    assert prove(browser, "passkey", "{}").status_code == 422
    assert prove(browser, "passkey", answer).status_code == 422
    answer = passkey.used(challenge(browser))
    scenario.wait(minutes=5)
    assert prove(browser, "passkey", answer).status_code == 422
    assert prove(browser, "passkey", passkey.used(challenge(browser))).status_code == 303


def test_of_two_copies_of_a_passkey_the_one_that_signed_less_is_refused(
    scenario: Scenario,
) -> None:
    passkey = set_up_passkey(scenario.sign_in())
    for _ in range(2):
        browser = password_shown(scenario, WANG)
        assert prove(browser, "passkey", passkey.used(challenge(browser))).status_code == 303
    passkey.sign_count = 0  # as a copy of before has it
    browser = password_shown(scenario, WANG)
    assert prove(browser, "passkey", passkey.used(challenge(browser))).status_code == 422


def test_a_passkey_that_does_not_verify_its_user_is_not_accepted(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    careless = SoftPasskey()
    careless.flags = USER_PRESENT
    data = {"answer": careless.made(challenge(desk, "create")), "name": ""}
    assert desk.post("/me/factors/passkeys", data=data).status_code == 422
    passkey = set_up_passkey(desk)
    passkey.flags = USER_PRESENT
    browser = password_shown(scenario, WANG)
    assert prove(browser, "passkey", passkey.used(challenge(browser))).status_code == 422


def test_a_new_passkey_needs_its_own_challenge_and_is_nobody_elses(scenario: Scenario) -> None:
    desk, admin = scenario.sign_in(), scenario.sign_in(ADMIN)
    passkey = SoftPasskey()
    made = passkey.made(challenge(desk, "create"))
    for browser, answer in ((admin, made), (desk, made)):
        challenge(browser, "create" if browser is admin else "get")
        data = {"answer": answer, "name": "stolen"}
        assert browser.post("/me/factors/passkeys", data=data).status_code == 422
    passkey = set_up_passkey(desk)
    copied = SoftPasskey()
    options = challenge(admin, "create")
    made = copied.made(options)
    copied.credential_id, copied.private_key = passkey.credential_id, passkey.private_key
    assert admin.post("/me/factors/passkeys", data={"answer": made}).status_code == 200


def test_guesses_make_who_guesses_wait_and_neither_strangers_nor_known_devices(
    scenario: Scenario,
) -> None:
    owner = scenario.sign_in()
    app, codes = set_up_app(scenario, owner)
    known = password_shown(scenario, WANG)
    scenario.wait(seconds=30)
    assert prove(known, "app", app.at(scenario.clock.now())).status_code == 303
    guesser = password_shown(scenario, WANG)
    answers = [prove(guesser, "app", "000000") for _ in range(7)]
    assert "Too many wrong codes. Wait 1 min" in words(answers[-1])
    scenario.wait(seconds=29)
    right = app.at(scenario.clock.now(), counter_offset=1)
    assert prove(guesser, "app", right).status_code == 422  # even the right one
    known.post("/sign-out")
    known.post("/sign-in", data={"email": WANG, "password": PASSWORD})
    assert prove(known, "app", right).status_code == 303
    assert prove(guesser, "recovery", codes[3]).status_code == 303  # it cannot be guessed
    scenario.beat()
    assert len(scenario.letters(to=WANG, containing="wrong codes, five times")) == 1


def test_the_wait_doubles_with_each_wrong_code(scenario: Scenario) -> None:
    set_up_app(scenario, scenario.sign_in())
    browser = password_shown(scenario, WANG)
    tried = 0
    for minute in range(9):
        refused = prove(browser, "app", "000000")
        tried += "This code is wrong" in words(refused)
        scenario.wait(minutes=1)
        if minute < 4:
            assert tried == minute + 1
    assert tried < 9


def test_strangers_do_not_lock_an_account_on_a_known_device(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    browser.post("/sign-out")
    for _ in range(10):
        scenario.client.post("/sign-in", data={"email": WANG, "password": "wrong password"})
    locked = scenario.client.post("/sign-in", data={"email": WANG, "password": PASSWORD})
    assert locked.status_code == 429
    browser.environ_base["REMOTE_ADDR"] = "10.9.8.7"
    answer = browser.post("/sign-in", data={"email": WANG, "password": PASSWORD})
    assert answer.status_code == 303


def test_the_key_in_the_cookie_is_a_new_one_after_each_step(scenario: Scenario) -> None:
    app, _ = set_up_app(scenario, scenario.sign_in())
    browser = password_shown(scenario, WANG)
    with browser.session_transaction() as cookie:
        half = dict(cookie)
    assert "session_key" not in half
    scenario.wait(seconds=30)
    prove(browser, "app", app.at(scenario.clock.now()))
    with browser.session_transaction() as cookie:
        assert "pending_key" not in cookie
        full = dict(cookie)
    planted = scenario.client  # with the cookie of before the factor, as who planted it has
    with planted.session_transaction() as cookie:
        cookie.update(half)
    assert not is_signed_in(planted)
    assert planted.get("/sign-in/factor").status_code == 302
    mixed = scenario.client
    with mixed.session_transaction() as cookie:
        cookie.update({**half, "session_key": half["pending_key"], "_user_id": full["_user_id"]})
    assert not is_signed_in(mixed)


def test_half_a_sign_in_lasts_ten_minutes_and_until_the_password_changes(
    scenario: Scenario,
) -> None:
    app, codes = set_up_app(scenario, scenario.sign_in())
    late, changed = (password_shown(scenario, WANG) for _ in range(2))
    with scenario.app.app_context(), transaction() as session:
        people.set_password(people.find_user(session, WANG), PASSWORD)
    assert prove(changed, "recovery", codes[0]).location == "/sign-in"
    late = password_shown(scenario, WANG)
    scenario.wait(minutes=10)
    assert prove(late, "app", app.at(scenario.clock.now())).location == "/sign-in"
    assert not is_signed_in(late)
    scenario.beat()


def test_who_is_half_signed_in_reaches_no_page_but_those_of_the_factor(scenario: Scenario) -> None:
    set_up_app(scenario, scenario.sign_in())
    browser = password_shown(scenario, WANG)
    own = ("factor_sign_in.", "factors.challenge", "people.sign_out", "static", "bootstrap.static")
    for rule in scenario.app.url_map.iter_rules():
        if rule.endpoint.startswith(own):
            continue
        path = re.sub(r"<(?:[^:>]+:)?[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            nobody = scenario.client.open(path, method=method)
            half = browser.open(path, method=method)
            assert (half.status_code, half.location) == (nobody.status_code, nobody.location), path
    assert browser.get("/sign-in/factor").status_code == 200
    assert prove(browser, "password", PASSWORD).status_code == 422
    assert browser.post("/me/factors/challenge", data={"purpose": "create"}).status_code == 403
    assert browser.get("/me/factors/app").status_code == 303  # the password alone adds no factor


def test_a_role_that_needs_a_factor_sets_one_up_before_anything_else(scenario: Scenario) -> None:
    before = scenario.sign_in()
    token = scenario.token(WANG)
    require(scenario, WANG, "assistant")
    assert before.get("/me").status_code == 302
    assert scenario.api("GET", "/cases")[0] == 200, token  # programs go on
    browser = password_shown(scenario, WANG, next="/cases")
    assert "your court requires a second factor" in words(browser.get("/sign-in/factor"))
    assert browser.get("/cases").status_code == 302
    assert prove(browser, "password", PASSWORD).status_code == 422
    _, codes = set_up_app(scenario, browser)
    assert len(codes) == 10
    assert is_signed_in(browser)
    other = password_shown(scenario, CHEN)
    assert is_signed_in(other)  # of another role
    refused = browser.post("/me/factors/remove", data={"which": "app", "sure": "1"})
    assert "requires a second factor" in words(refused)
    assert is_signed_in(browser)


def test_who_must_set_one_up_can_do_so_by_a_passkey_and_loses_nothing_typed(
    scenario: Scenario,
) -> None:
    require(scenario, WANG, "assistant")
    require(scenario, WANG, "judge")
    browser = scenario.client
    browser.post("/sign-in", data={"email": WANG, "password": PASSWORD})
    passkey = set_up_passkey(browser)
    assert is_signed_in(browser)
    scenario.wait(days=31)
    typed = browser.post("/me", data={"language": "zh"})
    data = {"email": WANG, "password": PASSWORD, "kept": fields(typed)["kept"]}
    page = browser.post("/sign-in", data=data)
    assert "What you typed is kept" in words(page)
    answer = passkey.used(challenge(browser))
    shown = browser.post(
        "/sign-in/factor", data={**fields(page), "method": "passkey", "answer": answer}
    )
    assert "You are signed in again" in words(shown)
    assert 'value="zh"' in shown.text


def test_the_last_factor_goes_only_after_a_tick_and_with_its_codes(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    set_up_app(scenario, desk)
    refused = desk.post("/me/factors/remove", data={"which": "app"})
    assert "Tick the box" in words(refused)
    assert desk.post("/me/factors/remove", data={"which": "app", "sure": "1"}).status_code == 303
    assert is_signed_in(password_shown(scenario, WANG))
    assert desk.post("/me/factors/codes").status_code == 422
    assert desk.post("/me/factors/remove", data={"which": "7"}).status_code == 404
    scenario.beat()
    assert scenario.letters(to=WANG, containing="was removed from your account")


def test_an_admin_resets_the_factors_of_another_user_who_is_told(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    set_up_app(scenario, desk)
    admin = scenario.sign_in(ADMIN)
    path = re.findall(
        r'href="(/settings/users/\d+)"[^>]*>王书记员', admin.get("/settings/users").text
    )[0]
    assert "Second factors authenticator app" in words(admin.get(path))
    assert admin.post(path, data={"act": "reset_factors"}).status_code == 303
    assert not is_signed_in(desk)
    assert is_signed_in(password_shown(scenario, WANG))
    assert "second factors reset · wang@court.example" in words(admin.get("/settings/changes"))
    scenario.beat()
    assert scenario.letters(to=WANG, containing="管理员 removed all second factors")
    again = admin.post(path, data={"act": "reset_factors"})
    assert "has no second factor" in words(again)


def test_an_admin_who_lost_everything_is_helped_by_a_command(
    scenario: Scenario, environment: dict[str, str]
) -> None:
    set_up_app(scenario, scenario.sign_in(ADMIN))
    with scenario.app.app_context():
        user = people.find_user(db.session(), ADMIN)
        by = factors.ChangeAuthor(user.court_id, user, scenario.clock.now())
        with pytest.raises(factors.Refusal, match="your own"):
            retrying(lambda s: factors.reset(s, by, s.get_one(type(user), user.id)))
        url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    installed = {"TINGQI_DATABASE_URL": url, "TINGQI_SECRET_KEY": SECRET.decode()}
    done = tingqi({**environment, **installed}, "user", "reset-factors", ADMIN)
    assert done.returncode == 0, done.stderr
    assert is_signed_in(password_shown(scenario, ADMIN))
    scenario.beat()
    assert scenario.letters(to=ADMIN, containing="An administrator of this installation")


def test_acts_of_weight_need_a_fresh_proof_and_return_with_all_that_was_typed(
    scenario: Scenario,
) -> None:
    admin = scenario.sign_in(ADMIN)
    app, _ = set_up_app(scenario, admin)
    scenario.wait(minutes=11)
    data = {"email": "new@court.example", "name": "新人", "role": "judge"}
    asked = admin.post("/settings/users", data=data)
    assert asked.status_code == 401
    assert "Confirm that it is you" in words(asked)
    assert "new@court.example" not in words(admin.get("/settings/users"))
    wrong = admin.post("/confirm", data={**fields(asked), "method": "password", "answer": PASSWORD})
    assert wrong.status_code == 422  # who has a factor confirms by it
    data = {**fields(wrong), "method": "app", "answer": app.at(scenario.clock.now())}
    shown = admin.post("/confirm", data=data)
    assert "Confirmed" in words(shown)
    assert "new@court.example" in words(shown)
    kept = fields(shown)
    assert "new@court.example" in words(admin.post("/settings/users", data=kept))
    scenario.wait(minutes=9)
    assert admin.post("/me/tokens", data={"name": "x", "scope": "read"}).status_code == 200
    scenario.wait(minutes=2)
    assert admin.post("/me/tokens", data={"name": "x", "scope": "read"}).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/cases/1/papers.zip", "/cases/1/papers.pdf"],
)
def test_an_export_asks_who_has_no_factor_for_the_password(scenario: Scenario, path: str) -> None:
    browser = scenario.sign_in()
    scenario.wait(minutes=11)
    asked = browser.get(path)
    assert asked.location == f"/confirm?next={path}"
    page = browser.get(asked.location)
    data = {**fields(page), "method": "password"}
    assert browser.post("/confirm", data={**data, "answer": "wrong password"}).status_code == 422
    assert browser.post("/confirm", data={**data, "answer": PASSWORD}).location == path
    assert browser.get(path).status_code == 404  # there is no case 1


GUARDED = [
    "/settings/users/1",
    "/exchanges/1/close",
    "/filings/1/late",
    "/filings/files/1/release",
    "/me/factors/remove",
    "/me/factors/codes",
    "/me/factors/app",
    "/me/factors/passkeys",
]


@pytest.mark.parametrize("path", GUARDED)
def test_these_acts_need_a_fresh_proof(scenario: Scenario, path: str) -> None:
    admin = scenario.sign_in(ADMIN)
    scenario.wait(minutes=11)
    assert admin.post(path, data={"act": "role", "words_1": "x"}).status_code == 401


def test_roles_that_need_a_factor_are_chosen_by_an_admin_who_has_one(scenario: Scenario) -> None:
    admin = scenario.sign_in(ADMIN)
    form = settings_form(admin)
    refused = admin.post("/settings", data={**form, "factor_admin": "1"})
    assert refused.status_code == 422
    assert "Set up a second factor of your own first" in words(refused)
    assert admin.post("/settings", data={**form, "factor_judge": "1"}).status_code == 303
    assert "Second factor required of judges" in words(admin.get("/settings/changes"))
    set_up_app(scenario, admin)
    form = {**form, "factor_judge": "1", "factor_admin": "1"}
    assert admin.post("/settings", data=form).status_code == 303
    assert is_signed_in(admin)
    scenario.wait(minutes=11)
    assert admin.post("/settings", data=form).status_code == 303  # nothing of the sign-in changes
    del form["factor_admin"]
    assert admin.post("/settings", data=form).status_code == 401


def settings_form(admin: FlaskClient) -> dict[str, str]:
    """Return the court's settings as their form holds them."""
    page = admin.get("/settings").text
    values = dict(re.findall(r'name="(\w+)" type="\w+" value="([^"]*)"', page))
    return {**values, "language": "zh", "country": "CN"}


def test_a_database_alone_holds_no_secret_and_another_key_opens_none(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    app, codes = set_up_app(scenario, desk)
    with scenario.app.app_context():
        stored = db.session.scalars(db.select(factors.AuthenticatorApp)).one()
        kept = db.session.scalars(db.select(factors.RecoveryCode.digest)).all()
        assert app.secret not in stored.sealed
        assert not {code.replace("-", "") for code in codes} & set(kept)
        assert factors.unreadable_apps(db.session(), b"another secret key, long enough") == 1
        assert factors.unreadable_apps(db.session(), scenario.app.secret_key) == 0
