"""One's address for service: confirmed, agreed to, withdrawn, changed with a code, and refused."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from app.addresses.models import AddressChange
from app.cases import keys
from app.cases.models import Case, Counsel, Representation, ServiceDeclaration
from app.core.db import db, transaction
from app.law import rule_set
from app.retention.erasing import erase
from tests.conftest import CASE, SECRET, Scenario, proposal
from tests.counsel.test_answers import ZHAO, browser, nonce, words

pytestmark = pytest.mark.database
VISITORS = count(1)
LI = "li@huacheng.example"
NEW_MAIL, NEW_PHONE = "zhao@newfirm.example", "+8613900139009"


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def visitor(scenario: Scenario) -> Any:
    """A browser at a network address of its own, so that no rate is shared."""
    client = browser(scenario)
    client.environ_base["REMOTE_ADDR"] = f"10.2.{next(VISITORS) // 250}.{next(VISITORS) % 250}"
    return client


def key(scenario: Scenario, name: str, case_id: int = 1) -> str:
    """Return the path of counsel's page of a case, which they may not have been sent."""
    with scenario.app.app_context(), transaction() as session:
        representation = session.scalars(
            sa.select(Representation).where(
                Representation.counsel.has(name=name), Representation.party.has(case_id=case_id)
            )
        ).one()
        keys.issue(session, [representation.id], SECRET)
        return f"/r/{keys.of_representation(SECRET, representation.id, 1).token}"


def press(scenario: Scenario, link: str, path: str = "", **typed: str) -> Any:
    """Open the page of the address, type something into one of its forms, and send it."""
    client = visitor(scenario)
    page = client.get(f"{link}/address")
    hidden = dict(re.findall(r'name="(shown|words)" value="([^"]*)"', page.text))
    form = {"nonce": nonce(page), **hidden, **typed}
    return client.post(f"{link}/address{path}", data=form, follow_redirects=True)


def entries(scenario: Scenario, *whats: str, case_id: int = 1) -> list[dict[str, Any]]:
    _, contacts = scenario.api("GET", f"/cases/{case_id}/contacts")
    assert contacts["chain"]["whole"]
    found = [entry for each in contacts["attempts"] for entry in each["lines"]]
    return [entry for entry in found if entry["what"] in whats]


def code(scenario: Scenario, to: str) -> str:
    """Return the code in the newest message to an address."""
    scenario.beat()
    found = re.search(r"\b\d{6}\b", scenario.letters(to=to)[-1].body)
    assert found
    return found.group()


def counsel(scenario: Scenario, name: str = "Zhao Lei") -> Counsel:
    with scenario.app.app_context():
        found = db.session.scalars(sa.select(Counsel).where(Counsel.name == name)).one()
        db.session.expunge_all()
        return found


def api_counsel(scenario: Scenario, case_id: int = 1) -> dict[str, Any]:
    _, made = scenario.api("GET", f"/cases/{case_id}")
    return made["parties"][1]["counsel"][0]


def test_an_address_is_confirmed_and_electronic_service_agreed_and_withdrawn(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    page = words(visitor(scenario).get(zhao))
    assert "Your address for service zhao@jinmao.example · +8613800138002 · not confirmed" in page
    assert "These are right" in words(visitor(scenario).get(f"{zhao}/address"))
    done = words(press(scenario, zhao, right="1", agree="1"))
    assert "The court has what you ticked" in done
    assert "Electronic service agreed 23 Nov 2026 · cn-civil 2026-11.1" in done
    terms = rule_set("cn-civil").electronic_service[0]
    [confirmed] = entries(scenario, "address_confirmed")
    [consented] = entries(scenario, "consented")
    assert confirmed["content"]["note"] == "zhao@jinmao.example\n+8613800138002"
    assert consented["detail"] == {
        "words": terms.version,
        "sha256": terms.digest("en"),
        "language": "en",
    }
    known = api_counsel(scenario)
    assert known["address_confirmed_on"] == known["electronic_consent_on"] == "2026-11-23"
    assert known["electronic_consent_words"] == "cn-civil 2026-11.1"
    desk = scenario.sign_in()
    desk.get("/?lang=en")
    people = words(desk.get("/cases/1"))
    assert "address confirmed 23 Nov 2026 (by link)" in people
    assert "consents to electronic service 23 Nov 2026 · cn-civil 2026-11.1" in people
    record = words(visitor(scenario).get(f"{li}/record?lang=en"))
    assert "Zhao Lei" in record
    assert "zhao@jinmao.example" not in record
    follows = words(visitor(scenario).get(f"{zhao}/address/withdraw"))
    assert "What was sent before stays served." in follows
    assert "Tick that you withdraw" in words(press(scenario, zhao, "/withdraw"))
    done = words(press(scenario, zhao, "/withdraw", withdraw="1"))
    assert "Your consent to electronic service is withdrawn" in done
    assert len(entries(scenario, "consent_withdrawn")) == 1
    known = api_counsel(scenario)
    assert known["electronic_consent_on"] is None
    assert known["electronic_consent_withdrawn_at"].startswith("2026-11-23T09:00")
    assert "electronic service withdrawn 23 Nov 2026" in words(desk.get("/cases/1"))


def test_what_is_declared_twice_is_declared_once(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    page = visitor(scenario).get(f"{zhao}/address")
    hidden = dict(re.findall(r'name="(shown|words)" value="([^"]*)"', page.text))
    form = {"nonce": nonce(page), **hidden, "right": "1", "agree": "1"}

    def send(_: int) -> int:
        return visitor(scenario).post(f"{zhao}/address", data=form).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, range(50))) == {303}
    assert len(entries(scenario, "address_confirmed", "consented")) == 2
    page = visitor(scenario).get(f"{zhao}/address/withdraw")

    def withdraw(_: int) -> int:
        data = {"nonce": nonce(page), "withdraw": "1"}
        return visitor(scenario).post(f"{zhao}/address/withdraw", data=data).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(withdraw, range(50))) == {303}
    assert len(entries(scenario, "consent_withdrawn")) == 1


def test_nothing_is_declared_without_a_tick_or_for_what_the_page_did_not_show(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    wrong = press(scenario, zhao)
    assert wrong.status_code == 422
    assert "Tick what you want to tell the court." in words(wrong)
    assert "words on electronic service changed" in words(
        press(scenario, zhao, agree="1", words="0" * 64)
    )
    assert "An address changed meanwhile" in words(press(scenario, zhao, right="1", shown="x"))
    assert entries(scenario, "address_confirmed", "consented") == []


PATHS = ("", "/withdraw", "/change", "/code", "/details")


def test_no_act_on_an_address_is_done_without_the_key_of_a_page_of_this_link(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), visitor(scenario)
    others = nonce(visitor(scenario).get(f"{key(scenario, '李敏')}/address"))
    for path in PATHS:
        for sent in ("", "guess", others):
            form = {"right": "1", "field": "email", "email": NEW_MAIL, "nonce": sent}
            form |= {"language": "zh", "postal": "x", "code": "123456"}
            refused = visitor(scenario).post(f"{zhao}/address{path}", data=form)
            assert refused.status_code == 422, path
            assert "Nothing was recorded" in words(refused)
    own = nonce(client.get(f"{zhao}/address"))
    with scenario.app.app_context(), transaction() as session:
        pair = session.scalars(
            sa.select(Representation).where(Representation.counsel.has(name="Zhao Lei"))
        ).one()
        keys.raise_version(session, pair, scenario.clock.now())
    for path in PATHS:
        form = {"right": "1", "nonce": own, "language": "zh"}
        refused = visitor(scenario).post(f"{zhao}/address{path}", data=form)
        assert refused.status_code == 410, path
    with scenario.app.app_context():
        assert db.session.scalars(sa.select(AddressChange)).all() == []
        assert db.session.scalars(sa.select(ServiceDeclaration)).all() == []
    assert counsel(scenario).email == "zhao@jinmao.example"


@pytest.mark.parametrize(
    ("field", "new", "old"),
    [("email", NEW_MAIL, "zhao@jinmao.example"), ("phone", NEW_PHONE, "+8613800138002")],
)
def test_an_address_changes_with_the_code_that_was_sent_to_it_and_the_old_one_is_told(
    scenario: Scenario, case: dict[str, Any], field: str, new: str, old: str
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    press(scenario, zhao, right="1")
    asked = press(scenario, zhao, "/change", field=field, **{field: new})
    assert f"A code was sent to {new} . It is valid until 09:15." in words(asked)
    assert getattr(counsel(scenario), field) == old
    sent = code(scenario, new)
    [message] = scenario.letters(to=new)
    assert "/r/" not in message.body
    assert CASE["number"] not in message.body
    wrong = f"{(int(sent) + 1) % 10**6:06d}"
    again = press(scenario, zhao, "/code", code=wrong)
    assert again.status_code == 422
    assert "Tries left: 4." in words(again)
    done = press(scenario, zhao, "/code", code=f"{sent[:3]} {sent[3:]}")
    assert "Confirmed 23 Nov 2026" in words(done)  # the change carries the confirmation on
    assert getattr(counsel(scenario), field) == new
    scenario.beat()
    told = scenario.letters(containing="call the court at once")
    assert {each.to for each in told} == {"Zhao Lei <zhao@jinmao.example>", "+8613800138002"}
    assert all("/r/" not in each.body for each in told)
    [changed] = entries(scenario, "address_changed")
    assert changed["detail"] == {"fields": [field]}
    assert changed["content"]["note"] == f"{old} → {new}"
    everything = str(entries(scenario, "started", "queued"))
    assert sent not in everything  # the code is not on the record
    record = words(visitor(scenario).get(f"{li}/record?lang=en"))
    assert "送达地址" in record or "Address for service" in record
    for value in (old, new):
        assert value not in record
    # Once used, it opens nothing; pressed twice, it is one change.
    assert press(scenario, zhao, "/code", code=sent).status_code == 200
    assert "No change waits for a code" in words(press(scenario, zhao, "/code", code=wrong))
    assert len(entries(scenario, "address_changed")) == 1


def test_a_code_expires_and_five_wrong_ones_end_the_change(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    sent = code(scenario, NEW_MAIL)
    scenario.wait(minutes=15)
    late = press(scenario, zhao, "/code", code=sent)
    assert "The code is no longer valid" in words(late)
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    second = code(scenario, NEW_MAIL)
    assert second != sent
    for guess in range(5):
        answer = press(scenario, zhao, "/code", code=f"{(int(second) + guess + 1) % 10**6:06d}")
        assert answer.status_code == 422
    assert "Too many wrong codes: nothing was changed." in words(answer)
    assert "No change waits for a code" in words(press(scenario, zhao, "/code", code=second))
    assert counsel(scenario).email == "zhao@jinmao.example"


def test_fifty_codes_at_once_are_five_tries_and_one_change(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    sent = code(scenario, NEW_MAIL)
    page = visitor(scenario).get(f"{zhao}/address")

    def send(guess: str) -> int:
        data = {"nonce": nonce(page), "code": guess}
        return visitor(scenario).post(f"{zhao}/address/code", data=data).status_code

    guesses = [f"{(int(sent) + n) % 10**6:06d}" for n in range(1, 51)]
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, guesses)) == {422}
    with scenario.app.app_context():
        [change] = db.session.scalars(sa.select(AddressChange)).all()
        assert (change.tries, change.state) == (5, "blocked")
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    right = code(scenario, NEW_MAIL)
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, [right] * 50)) == {303}
    assert len(entries(scenario, "address_changed")) == 1
    assert counsel(scenario).email == NEW_MAIL


def test_a_code_is_sent_again_after_a_minute_and_three_times_in_all(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    page = press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    assert "Nothing came? From 09:01:00 on it can be sent again." in words(page)
    assert "Send the code again" not in words(page)
    scenario.beat()
    for sendings in (1, 2, 3):
        press(scenario, zhao, "/change", field="email", email=NEW_MAIL)  # too soon: a double press
        scenario.beat()
        assert len(scenario.letters(to=NEW_MAIL)) == sendings
        scenario.wait(minutes=1)
        if sendings < 3:
            assert "Send the code again" in words(visitor(scenario).get(f"{zhao}/address"))
            press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
            scenario.beat()
    assert "The code was sent 3 times" in words(visitor(scenario).get(f"{zhao}/address"))
    refused = press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    assert refused.status_code == 422
    assert "The code was sent 3 times. Check the address" in words(refused)
    scenario.beat()
    codes = {re.search(r"\b\d{6}\b", each.body)[0] for each in scenario.letters(to=NEW_MAIL)}  # type: ignore[index]
    [same] = codes
    press(scenario, zhao, "/code", code=same)
    assert counsel(scenario).email == NEW_MAIL


def test_three_changes_a_day_are_the_most(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao = key(scenario, "Zhao Lei")
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)  # the same one: no second code
    press(scenario, zhao, "/change", field="phone", phone=NEW_PHONE)
    scenario.beat()
    assert scenario.letters(to=NEW_MAIL) == []  # ended before it was sent
    assert len(scenario.letters(to=NEW_PHONE)) == 1
    press(scenario, zhao, "/details", postal="1 Bund", language="en", zone="")
    for path, typed in (
        ("/change", {"field": "email", "email": "other@firm.example"}),
        ("/details", {"postal": "2 Bund", "language": "en", "zone": ""}),
    ):
        most = press(scenario, zhao, path, **typed)
        assert most.status_code == 422
        assert "3 changes in a day can be made here" in words(most)
    scenario.wait(days=1)
    assert press(scenario, zhao, "/details", postal="2 Bund", language="en").status_code == 200
    assert counsel(scenario).postal == "2 Bund"


@pytest.mark.parametrize(
    ("field", "value"), [("email", "LI@huacheng.example"), ("phone", "138 0013 8001")]
)
def test_an_address_of_the_other_side_is_refused_and_shown_to_the_court(
    scenario: Scenario, case: dict[str, Any], field: str, value: str
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    refused = press(scenario, zhao, "/change", field=field, **{field: value})
    assert refused.status_code == 422
    assert "The court cannot take this address by link. It was told" in words(refused)
    scenario.beat()
    assert scenario.letters() == []
    [entry] = entries(scenario, "address_refused")
    assert entry["detail"] == {"fields": [field]}
    desk = scenario.sign_in()
    home = words(desk.get("/?lang=en"))
    assert "Zhao Lei entered an address that is not theirs alone" in home
    record = visitor(scenario).get(f"{li}/record?lang=en").text
    assert "Zhao Lei" in record
    assert "13800138001" not in record.replace("+8613800138001</bdi> (you)", "")
    desk.post("/addresses/1/seen")
    assert "not theirs alone" not in words(desk.get("/"))
    assert counsel(scenario).email == "zhao@jinmao.example"


def test_post_language_and_zone_change_at_once_in_all_cases_of_the_person(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    scenario.api("POST", "/cases", {**CASE, "number": "（2026）沪0115民初2号"})
    zhao, second = key(scenario, "Zhao Lei"), key(scenario, "Zhao Lei", 2)
    press(scenario, zhao, right="1", agree="1")
    press(scenario, second, right="1", agree="1")
    typed = {"postal": "12 Bund\nShanghai", "language": "zh", "zone": "Asia/Urumqi"}
    assert press(scenario, zhao, "/details", **typed).status_code == 200
    person = counsel(scenario)
    assert (person.postal, person.language, person.zone) == (
        "12 Bund\nShanghai",
        "zh",
        "Asia/Urumqi",
    )
    for case_id in (1, 2):
        [entry] = entries(scenario, "address_changed", case_id=case_id)
        assert entry["detail"] == {"fields": ["postal", "language", "zone"]}
        assert "– → 12 Bund, Shanghai" in entry["content"]["note"]
        assert api_counsel(scenario, case_id)["address_confirmed_on"] == "2026-11-23"


def test_a_confirmation_is_of_one_case_and_of_the_addresses_that_were_confirmed(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    scenario.api("POST", "/cases", {**CASE, "number": "（2026）沪0115民初2号"})
    zhao, second = key(scenario, "Zhao Lei"), key(scenario, "Zhao Lei", 2)
    press(scenario, zhao, right="1")
    assert api_counsel(scenario, 2)["address_confirmed_on"] is None
    press(scenario, second, right="1")
    press(scenario, zhao, "/change", field="phone", phone=NEW_PHONE)
    press(scenario, zhao, "/code", code=code(scenario, NEW_PHONE))
    assert api_counsel(scenario)["address_confirmed_on"] == "2026-11-23"
    assert api_counsel(scenario, 2)["phone"] == NEW_PHONE
    assert api_counsel(scenario, 2)["address_confirmed_on"] is None
    assert "Changed since it was confirmed" in words(visitor(scenario).get(f"{second}/address"))
    assert len(entries(scenario, "address_changed", case_id=2)) == 1


ODD = {
    "markup": "<script>alert(1)</script>",
    "long": "x" * 10_000,
    "bidi": "\u202egro.live\u202c",
    "astral": "𝔷𝔥𝔞𝔬\U0001f600",
    "broken": "\ud800\x00",
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_is_refused_beside_its_field_and_shown_again_as_text(
    scenario: Scenario, case: dict[str, Any], odd: str
) -> None:
    zhao, text = key(scenario, "Zhao Lei"), ODD[odd].encode("utf-8", "replace").decode()
    for field in ("email", "phone"):
        refused = press(scenario, zhao, "/change", field=field, **{field: text})
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
        assert "<script>alert" not in refused.text
    refused = press(scenario, zhao, "/details", postal="ok", language="zh", zone=text)
    if refused.status_code != 200:  # nothing visible was typed
        assert 'id="zone-error"' in refused.text
        assert ">ok</textarea>" in refused.text
    refused = press(
        scenario, zhao, "/details", postal=(text * 400)[:10_000], language=text, zone=""
    )
    assert refused.status_code == 422
    assert 'id="language-error"' in refused.text
    assert press(scenario, zhao, "/code", code=text).status_code == 422
    assert press(scenario, zhao, "/change", field=text, email="x").status_code == 422
    assert "<script>alert" not in visitor(scenario).get(f"{zhao}/address").text


def test_the_first_mail_of_a_case_invites_to_it_and_no_other(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    line = "On the same page you can confirm the address that the court has for you"
    for n in (1, 2):
        made = scenario.api("POST", "/hearings", proposal(1))[1]
        scenario.beat()
        assert len(scenario.letters(to=ZHAO, containing=line)) == 1, n
        assert all("送达地址" not in each.body for each in scenario.letters(channel="sms"))
        scenario.api("POST", f"/hearings/{made['id']}/cancel", {"reason": "撤诉"})
        scenario.beat()


def test_who_confirmed_on_paper_is_not_invited_to_it(scenario: Scenario) -> None:
    body = {**CASE, "parties": [dict(each) for each in CASE["parties"]]}
    on_paper = {"address_confirmed_on": "2026-11-01", "electronic_consent_on": "2026-11-02"}
    body["parties"][1]["counsel"] = [{**CASE["parties"][1]["counsel"][0], **on_paper}]
    scenario.api("POST", "/cases", body)
    scenario.api("POST", "/hearings", proposal(1))
    scenario.beat()
    assert not scenario.letters(to=ZHAO, containing="confirm the address")
    assert api_counsel(scenario)["electronic_consent_on"] == "2026-11-02"
    assert api_counsel(scenario)["electronic_consent_words"] == ""


def test_erasing_a_case_blanks_the_addresses_and_keeps_what_was_declared(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    press(scenario, zhao, right="1", agree="1")
    press(scenario, zhao, "/change", field="email", email=NEW_MAIL)
    press(scenario, zhao, "/code", code=code(scenario, NEW_MAIL))
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        erase(session, session.get_one(Case, 1), by="admin", why="test", now=scenario.clock.now())
    with scenario.app.app_context():
        assert {each.value for each in db.session.scalars(sa.select(AddressChange))} == {""}
        declared = db.session.scalars(sa.select(ServiceDeclaration)).all()
        assert {(each.email, each.phone) for each in declared} == {("", "")}
        assert {each.words_digest != "" for each in declared} == {True, False}
    assert len(entries(scenario, "address_confirmed", "consented", "address_changed")) == 3
    status, answer = scenario.api("GET", "/cases/1/contacts")
    assert status == 200
    assert NEW_MAIL not in str(answer)
