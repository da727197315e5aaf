"""Sign-in at a real provider: linked, signed in and out, roles, only; and an admin's way in."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.db import transaction
from app.people import service as people
from app.people.single_sign_on import service
from app.people.single_sign_on.models import SignInAttempt
from tests.conftest import PASSWORD, SECRET, Scenario
from tests.flows.test_language_of_pages import read
from tests.flows.test_pages import ADMIN, WANG, words
from tests.flows.test_sessions import copy_of, is_signed_in
from tests.single_sign_on.provider import Person, TestProvider, begin, leads_to, path_of


def invited(scenario: Scenario, email: str = "new@court.example", role: str = "assistant") -> str:
    """Add a user without a password; return the path of their set-up link."""
    with scenario.app.app_context(), transaction() as session:
        court = people.find_court(session)
        user = people.add_user(
            session, court, email, role=role, name="新书记员", now=scenario.clock.now()
        )
        return people.open_password_link(user, SECRET, scenario.clock.now())


def link_own(browser: FlaskClient, person: Person) -> None:
    """Link an account from one's own page, as somebody who has just signed in."""
    answer = person.sign_in_at(begin(browser, "/me/single-sign-on", act="link"))
    linked = browser.get(path_of(answer))
    assert linked.location == "/me/single-sign-on", words(linked)


def signed_in(scenario: Scenario, person: Person) -> FlaskClient:
    """Return a browser in which somebody signed in through the provider."""
    browser = scenario.client
    answer = browser.get(path_of(person.sign_in_at(begin(browser))))
    assert answer.location == "/", words(answer)
    return browser


def changes(scenario: Scenario) -> str:
    """Return the words of the change log as an admin reads it."""
    return words(scenario.sign_in(ADMIN).get("/settings/changes?lang=en"))


@pytest.mark.database
def test_an_invited_user_links_signs_in_and_out_there_too(scenario: Scenario) -> None:
    link, person = invited(scenario), Person("new")
    browser = scenario.client
    assert "Use single sign-on" in words(browser.get(f"{link}?lang=en"))
    linked = browser.get(path_of(person.sign_in_at(begin(browser, f"{link}/oidc"))))
    assert (linked.status_code, linked.location) == (303, "/me/single-sign-on")
    page = words(browser.get("/me?lang=en"))
    assert "用户 · new@idp.example at Court account" in page
    assert scenario.client.get(link).status_code == 404  # used up
    leaving = leads_to(browser.post("/sign-out"))
    assert not is_signed_in(browser)
    query = parse_qs(urlsplit(leaving).query)
    assert query["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/sign-in"]
    assert len(query["id_token_hint"][0]) > 100
    assert person.get(leaving).status_code == 200  # the provider asks: sign out there?
    again = scenario.client
    answer = again.get(path_of(person.sign_in_at(begin(again, next="/cases"))))
    assert answer.location == "/cases"
    assert "account linked · new@court.example" in changes(scenario)


@pytest.mark.extended
def test_ones_own_page_links_after_a_fresh_sign_in_and_unlinks(scenario: Scenario) -> None:
    browser, person = scenario.sign_in(WANG), Person("wang")
    scenario.wait(minutes=11)
    stale = browser.post("/me/single-sign-on?lang=en", data={"act": "link", "password": "wrong"})
    assert stale.status_code == 422
    assert "You signed in more than ten minutes ago" in words(stale)
    address = begin(browser, "/me/single-sign-on", act="link", password=PASSWORD)
    assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
    before = copy_of(scenario, browser)
    browser.get(path_of(person.sign_in_at(address)))
    assert (is_signed_in(browser), is_signed_in(before)) == (True, False)  # a new session
    other = signed_in(scenario, person)
    done = browser.post("/me/single-sign-on", data={"act": "unlink"})
    assert done.status_code == 303
    assert (is_signed_in(browser), is_signed_in(other)) == (True, False)
    refused = other.get(path_of(person.sign_in_at(begin(other))) + "&lang=en")
    assert refused.status_code == 403
    assert "Your account is not linked yet" in words(refused)
    assert "用户 · wang@idp.example" in words(refused)
    assert "account unlinked · wang@court.example" in changes(scenario)


@pytest.mark.extended
def test_an_account_belongs_to_one_user_and_a_user_has_one(scenario: Scenario) -> None:
    wang, admin = scenario.sign_in(WANG), scenario.sign_in(ADMIN)
    link_own(wang, Person("wang"))
    taken = admin.get(
        path_of(Person("wang").sign_in_at(begin(admin, "/me/single-sign-on", act="link")))
        + "&lang=en"
    )
    assert taken.status_code == 409
    assert "belongs to another user" in words(taken)
    second = wang.get(
        path_of(Person("wang2").sign_in_at(begin(wang, "/me/single-sign-on", act="link")))
        + "&lang=en"
    )
    assert second.status_code == 409
    assert "You have linked another account" in words(second)
    # A mail address of the court at the provider opens nothing.
    stranger = scenario.client
    answer = stranger.get(path_of(Person("admin").sign_in_at(begin(stranger))))
    assert answer.status_code == 403


@pytest.mark.extended
def test_a_deactivated_user_stays_outside_and_an_admin_unlinks(scenario: Scenario) -> None:
    wang, admin = scenario.sign_in(WANG), scenario.sign_in(ADMIN)
    person = Person("wang")
    link_own(wang, person)
    assert "single sign-on" in words(admin.get("/settings/users?lang=en"))
    user = re.search(r"/settings/users/(\d+)[^>]*>王书记员", admin.get("/settings/users").text)
    assert user
    page = f"/settings/users/{user[1]}"
    assert admin.post(page, data={"act": "shut_out"}).status_code == 303
    refused = wang.get(path_of(person.sign_in_at(begin(wang))) + "&lang=en")
    assert refused.status_code == 403
    assert "Your account here was deactivated" in words(refused)
    assert admin.post(page, data={"act": "let_in"}).status_code == 303
    browser = signed_in(scenario, person)
    assert admin.post(f"{page}/single-sign-on").status_code == 303
    assert not is_signed_in(browser)
    assert "not linked" in words(admin.get(f"{page}?lang=en"))


@pytest.mark.extended
def test_roles_come_from_a_claim_where_they_are_mapped(scenario: Scenario) -> None:
    admin, wang = scenario.sign_in(ADMIN), scenario.sign_in(WANG)
    chen, nobody = scenario.sign_in("chen@court.example"), scenario.client
    chen_there, outsider = Person("chen"), Person("outsider")
    link_own(wang, Person("wang"))
    link_own(chen, chen_there)
    link = invited(scenario)
    form = {"role_claim": "groups", "judge_value": "judges", "assistant_value": "judges"}
    assert admin.post("/settings/single-sign-on", data=form).status_code == 422
    form["assistant_value"] = "clerks"
    assert admin.post("/settings/single-sign-on", data=form).status_code == 303
    refused = nobody.get(path_of(outsider.sign_in_at(begin(nobody, f"{link}/oidc"))) + "&lang=en")
    assert refused.status_code == 403
    assert "Your account has no role here" in words(refused)
    assert scenario.client.get(link).status_code == 200  # the link is not used up by that
    form["judge_value"], form["assistant_value"] = "clerks", "judges"
    assert admin.post("/settings/single-sign-on", data=form).status_code == 303
    signed_in(scenario, Person("wang"))
    log = changes(scenario)
    assert "role · wang@court.example assistant judge" in log
    assert "Value for judges judges clerks" in log


def test_single_sign_on_only_and_an_admins_way_in(
    scenario: Scenario, provider: TestProvider
) -> None:
    admin, wang, person = scenario.sign_in(ADMIN), scenario.sign_in(WANG), Person("admin")
    locked_out = admin.post("/settings/single-sign-on?lang=en", data={"only": "1"})
    assert locked_out.status_code == 422
    assert "Sign in through Court account yourself first" in words(locked_out)
    link_own(admin, person)
    assert admin.post("/settings/single-sign-on", data={"only": "1"}).status_code == 303
    assert (is_signed_in(admin), is_signed_in(wang)) == (True, False)
    data = {"email": WANG, "password": PASSWORD}
    refused = scenario.client.post("/sign-in?lang=en", data=data)
    assert refused.status_code == 403
    assert "single sign-on only" in words(refused)
    assert 'type="password"' not in scenario.client.get("/sign-in").text
    link = invited(scenario)
    assert 'type="password"' not in scenario.client.get(link).text
    assert scenario.client.post(link, data={"password": PASSWORD}).status_code == 403
    own = admin.post("/me/single-sign-on?lang=en", data={"act": "unlink"})
    assert own.status_code == 422

    provider.fault(route="/.well-known", status=503)
    scenario.app.extensions["tingqi"].sign_on._known = None
    browser = scenario.client
    away = browser.post("/sign-in/oidc?lang=en")
    assert away.status_code == 503
    assert "Court account does not answer" in words(away)
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, ADMIN)
        way_in = service.open_way_in(session, user, scenario.clock.now())
    assert browser.get(way_in).status_code == 200
    assert not is_signed_in(browser)  # opening it does nothing
    assert browser.post(way_in).location == "/settings/single-sign-on"
    assert is_signed_in(browser)
    assert scenario.client.post(way_in).status_code == 404
    assert browser.post("/settings/single-sign-on", data={}).status_code == 303
    log = changes(scenario)
    assert "signed in with a link · admin@court.example" in log
    assert "sign-in link created · admin@court.example" in log


@pytest.mark.extended
def test_no_page_of_single_sign_on_has_english_left(
    scenario: Scenario, provider: TestProvider
) -> None:
    left: dict[str, list[str]] = {}
    link, person = invited(scenario), Person("admin")
    guest, admin = scenario.client, scenario.sign_in(ADMIN)
    for browser in (guest, admin):
        browser.set_cookie("lang", "zh")
    read(left, "sign-in", guest.get("/sign-in"))
    read(left, "set-up link", guest.get(link))
    read(left, "leading there", guest.post("/sign-in/oidc"))
    read(left, "not linked", guest.get(path_of(person.sign_in_at(begin(guest)))), 403)
    read(left, "over", guest.get("/sign-in/oidc/callback"), 400)
    read(left, "not linked yet", admin.get("/me/single-sign-on"))
    link_own(admin, person)
    for page in ("/me", "/me/single-sign-on", "/settings/users", "/settings/users/3"):
        read(left, page, admin.get(page))
    read(left, "checked", admin.post("/settings/single-sign-on", data={"act": "check"}))
    twice = {"judge_value": "a", "assistant_value": "a", "admin_value": "x" * 201}
    read(left, "mistakes", admin.post("/settings/single-sign-on", data=twice), 422)
    only = {"only": "1", "role_claim": "groups", "admin_value": "信息部门"}
    assert admin.post("/settings/single-sign-on", data=only).status_code == 303
    read(left, "settings", admin.get("/settings/single-sign-on"))
    read(left, "changes", admin.get("/settings/changes"))
    read(left, "unlinking", admin.post("/me/single-sign-on", data={"act": "unlink"}), 422)
    nobody = path_of(Person("nobody").sign_in_at(begin(guest, f"{link}/oidc")))
    read(left, "no role", guest.get(nobody), 403)
    read(
        left, "no password", guest.post("/sign-in", data={"email": WANG, "password": PASSWORD}), 403
    )
    provider.fault(alg="none")
    read(left, "not verified", guest.get(path_of(person.sign_in_at(begin(guest)))), 400)
    read(left, "leaving there", admin.post("/sign-out"))
    provider.fault(route="/.well-known", status=500)
    scenario.app.extensions["tingqi"].sign_on._known = None
    read(left, "away", guest.post("/sign-in/oidc"), 503)
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, ADMIN)
        way_in = service.open_way_in(session, user, scenario.clock.now())
    read(left, "a link of the command line", guest.get(way_in))
    read(left, "another link", guest.get(way_in + "x"), 404)
    assert left == {}


@pytest.mark.extended
def test_what_was_typed_before_the_sign_in_is_still_there(scenario: Scenario) -> None:
    browser, person = scenario.sign_in(WANG), Person("wang")
    link_own(browser, person)
    browser.delete_cookie("tingqi")
    away = browser.post("/me/tokens", data={"name": "排期程序", "scope": "read"})
    assert away.status_code == 401
    kept = re.search(r'action="/sign-in/oidc">.*?name="kept" value="([^"]+)"', away.text, re.DOTALL)
    assert kept
    answer = browser.get(path_of(person.sign_in_at(begin(browser, kept=kept[1]))) + "&lang=en")
    assert answer.status_code == 200
    assert "You are signed in again" in words(answer)
    assert 'value="排期程序"' in answer.text
    # What was never sealed here is not stored for anybody.
    stranger = scenario.client
    begin(stranger, kept="x" * 100_000)
    with scenario.app.app_context(), transaction() as session:
        assert {each.kept for each in session.scalars(sa.select(SignInAttempt))} == {""}
