"""Somebody else was quicker, or the session ended: what changed is shown, what was typed is kept."""

import re
from html import escape

import pytest
from flask.testing import FlaskClient

from app.rehearsal.browser import HtmlForm
from tests.conftest import PASSWORD, Scenario, at, case_with, confirmed, proposal
from tests.flows.test_propose_page import Seen, english, enter, press, see, send, slots, wall

ROUND = "/hearings/1/round"
MAIL = "li@huacheng.example"


@pytest.fixture
def asked(scenario: Scenario) -> Scenario:
    """A hearing whose counsel have been asked about two slots; two assistants read English."""
    english(scenario, "wang@court.example", "chen@court.example")
    status, said = scenario.api("POST", "/hearings", proposal(enter(scenario)))
    assert status == 201, said
    scenario.beat()
    return scenario


def form_to(page: Seen, ending: str) -> HtmlForm:
    """The form of a page that goes to an address."""
    return next(form for form in page.forms if (form.action or "").endswith(ending))


def moved(scenario: Scenario) -> None:
    """A colleague moves the hearing to one slot."""
    status, said = scenario.api(
        "POST", "/hearings/1/move", {"starts_at": at(30), "courtroom": "第三法庭", "reason": "Ill."}
    )
    assert status == 200, said


def test_a_move_shows_what_a_colleague_did_and_keeps_what_was_typed(asked: Scenario) -> None:
    browser = asked.sign_in()
    form = see(browser, ROUND)
    moved(asked)
    again = press(
        browser, form, "preview", 409, reason="More time.", **{"slots.0.starts_at": wall(21)}
    )
    assert "This hearing was changed while you were typing" in again.words
    assert "The date was set to Wed 23 Dec 2026, 09:30–11:00." in again.words
    assert again.round.fields["reason"] == "More time."
    assert slots(again.round)[0][0] == wall(21)


def test_two_who_take_what_is_suggested_are_not_taken_for_one(asked: Scenario) -> None:
    forms = {who: see(asked.sign_in(f"{who}@court.example"), ROUND) for who in ("wang", "chen")}
    wang = asked.sign_in()
    page = press(wang, forms["wang"], "preview", reason="The room is rebuilt.")
    where = send(wang, page)
    chen = asked.sign_in("chen@court.example")
    again = press(chen, forms["chen"], "preview", 409, reason="The panel sits elsewhere.")
    assert slots(again.round) == slots(forms["chen"].round)
    assert again.round.fields["reason"] == "The panel sits elsewhere."
    assert "Round 2 was asked on" in again.words
    assert send(wang, page) == where  # one's own second press is still the first


@pytest.mark.parametrize("act", ["cancel", "fix"])
def test_a_cancellation_and_an_order_do_not_overrun_a_colleague(asked: Scenario, act: str) -> None:
    browser = asked.sign_in()
    form = form_to(see(browser, "/hearings/1"), f"/{act}")
    moved(asked)
    given = form.filled(reason="Settled.", slot_id="1")
    again = see(browser, f"/hearings/1/{act}", 409, **given)
    assert asked.api("GET", "/hearings/1")[1]["state"] == "fixed"
    if act == "cancel":
        assert "The date was set to Wed 23 Dec 2026" in again.words
        assert form_to(again, "/cancel").fields["reason"] == "Settled."
        got = confirmed(browser, "/hearings/1/cancel", form_to(again, "/cancel").filled())
        assert got.status_code == 303
    else:
        assert "A date was fixed meanwhile: Wed 23 Dec 2026" in again.words


def test_two_who_propose_in_one_case_hear_of_each_other(scenario: Scenario) -> None:
    english(scenario, "wang@court.example", "chen@court.example")
    path = f"/hearings/new?case_id={enter(scenario)}"
    one, two = scenario.sign_in(), scenario.sign_in("chen@court.example")
    forms = [see(one, path), see(two, path)]
    first = send(one, press(one, forms[0], "preview"))
    free = {f"slots.{n}.starts_at": wall(30 + n) for n in range(3)}
    again = press(two, forms[1], "preview", 409, minutes="45", **free)
    assert "A hearing was proposed in this case while you were typing" in again.words
    assert again.round.fields["minutes"] == "45"
    assert first != send(two, press(two, again, "preview"))
    assert len(scenario.api("GET", "/hearings")[1]["hearings"]) == 2


def test_a_counsels_address_changed_by_two_shows_both(asked: Scenario) -> None:
    path = "/cases/1/counsel/1"
    one, two = asked.sign_in(), asked.sign_in("chen@court.example")
    forms = [next(f for f in see(each, path).forms if "phone" in f.fields) for each in (one, two)]
    assert one.post(path, data=forms[0].filled(email="li@new.example")).status_code == 303
    again = see(two, path, 409, **forms[1].filled(email="li@mine.example"))
    words = f"was “{MAIL}”, is now “li@new.example”, you typed “li@mine.example”"
    assert words in again.words
    kept = next(f for f in again.forms if "phone" in f.fields)
    assert kept.fields["email"] == "li@mine.example"
    assert two.post(path, data=kept.filled()).status_code == 303


def test_a_cases_title_changed_by_two_shows_both(asked: Scenario) -> None:
    path = "/cases/1/facts"
    one, two = asked.sign_in(), asked.sign_in("chen@court.example")
    forms = [next(f for f in see(each, path).forms if "title" in f.fields) for each in (one, two)]
    assert one.post(path, data=forms[0].filled(title="A")).status_code == 303
    again = see(two, path, 409, **forms[1].filled(title="B"))
    assert "was “买卖合同纠纷”, is now “A”, you typed “B”" in again.words


def signed_out(browser: FlaskClient, path: str, form: HtmlForm, **given: str) -> Seen:
    """The sign-in that a press leads to once the session is over."""
    browser.delete_cookie("tingqi")
    got = browser.post(path, data=form.filled(**given))
    assert got.status_code == 401
    return Seen(got.get_data(as_text=True))


def let_in(browser: FlaskClient, page: Seen, email: str = "wang@court.example") -> Seen:
    """What is shown after signing in with what was kept."""
    form = next(form for form in page.forms if "kept" in form.fields)
    got = browser.post(
        "/sign-in", data=form.filled(email=email, password=PASSWORD), follow_redirects=True
    )
    assert got.status_code == 200
    return Seen(got.get_data(as_text=True))


def test_a_session_that_ended_while_writing_loses_nothing_and_does_nothing(asked: Scenario) -> None:
    browser = asked.sign_in()
    form = form_to(see(browser, "/hearings/1"), "/cancel")
    page = signed_out(browser, "/hearings/1/cancel", form, reason="Settled <b>𠮷")
    assert "You were signed out while you were typing." in page.words
    wrong = see(
        browser, "/sign-in", 422, **page.forms[0].filled(email="wang@court.example", password="no")
    )
    after = let_in(browser, wrong)
    assert asked.api("GET", "/hearings/1")[1]["state"] == "proposed"
    go_on = form_to(after, "/hearings/1/cancel")
    shown = see(browser, go_on.action, **go_on.filled())
    assert form_to(shown, "/cancel").fields["reason"] == "Settled <b>𠮷"
    assert "Nothing was done: look, then press." in shown.words
    assert asked.api("GET", "/hearings/1")[1]["state"] == "proposed"


def test_a_proposal_is_shown_again_after_signing_in_and_not_sent(scenario: Scenario) -> None:
    english(scenario)
    path = f"/hearings/new?case_id={enter(scenario)}"
    browser = scenario.sign_in()
    page = press(browser, see(browser, path), "preview", minutes="45")
    after = let_in(browser, signed_out(browser, path, page.round, do="send"))
    go_on = form_to(after, path)
    shown = see(browser, path, **go_on.filled())
    assert shown.round.fields["minutes"] == "45"
    assert scenario.api("GET", "/hearings")[1]["hearings"] == []


def test_somebody_else_who_signs_in_there_sees_nothing_of_it(asked: Scenario) -> None:
    browser = asked.sign_in()
    form = form_to(see(browser, "/hearings/1"), "/cancel")
    page = signed_out(browser, "/hearings/1/cancel", form, reason="Secret reason")
    after = let_in(browser, page, "chen@court.example")
    assert "Secret reason" not in after.words
    assert not re.search("Secret", str([form.fields for form in after.forms]))


def test_what_was_kept_too_long_or_bent_is_not_believed(asked: Scenario) -> None:
    browser = asked.sign_in()
    form = form_to(see(browser, "/hearings/1"), "/cancel")
    page = signed_out(browser, "/hearings/1/cancel", form, reason="Old reason")
    sealed = next(form for form in page.forms if "kept" in form.fields)
    asked.wait(hours=13)
    for kept in (sealed.fields["kept"], sealed.fields["kept"][:-3] + "abc", "x"):
        got = browser.post(
            "/sign-in", data=sealed.filled(email="wang@court.example", password=PASSWORD, kept=kept)
        )
        assert (got.status_code, got.location) == (303, "/")


def test_a_hearings_page_is_asked_only_for_what_is_new(asked: Scenario) -> None:
    browser = asked.sign_in()
    first = browser.get("/hearings/1/live")
    assert "0 of 2 have answered" in first.get_data(as_text=True)
    assert "<html" not in first.get_data(as_text=True)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert browser.get("/hearings/1/live", headers=tag).status_code == 304
    moved(asked)
    assert browser.get("/hearings/1/live", headers=tag).status_code == 200
    assert asked.client.get("/hearings/1/live").status_code == 302


HARD = ("<script>alert(1)</script>", "شركة النور للتجارة", "𠮷野家𡈽", "x" * 200)


@pytest.mark.parametrize("name", HARD)
def test_hard_names_are_shown_as_they_are_and_never_run(scenario: Scenario, name: str) -> None:
    english(scenario)
    hard = case_with(
        "1", {"name": name, "email": "a@x.example"}, {"name": "Bob", "email": "b@x.example"}
    )
    hard["parties"][0]["name"] = name
    number, browser = enter(scenario, hard | {"title": name}), scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={number}")
    page = press(browser, form, "preview")
    where = send(browser, page)
    scenario.beat()
    shown = browser.get(where).get_data(as_text=True)
    counsel = scenario.client.get(scenario.link("a@x.example")).get_data(as_text=True)
    for words, html in (
        (form.words, ""),
        (page.words, ""),
        (Seen(shown).words, shown),
        (Seen(counsel).words, counsel),
    ):
        assert name in words
        assert "<script>alert" not in html
        assert not html or f"<bdi>{escape(name)}</bdi>" in html
