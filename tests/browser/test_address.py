"""One's address for service on a phone: confirmed, changed with a code, the court's verdict with it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from app.addresses.models import AddressChange
from app.carriers.twilio.standin import TwilioStandIn
from app.cases.models import ServiceDeclaration
from app.core.db import db
from tests.addresses.test_addresses import NEW_PHONE, code, counsel, key
from tests.addresses.test_consent_and_verdict import deliver, fix
from tests.browser.conftest import Site, served
from tests.conftest import CASE
from tests.flows.test_receipts import twilio, wired

__all__ = ["twilio", "wired"]

WORDS = {
    "en": {
        "title": "Your address for service",
        "right": "These are right",
        "agree": "I agree to electronic service",
        "send": "Send to the court",
        "phone": "Change the telephone number",
        "code": "Send a code there",
        "change": "Change the address",
        "not_yet": "needs E3 Opened",
        "enough": "Enough for default judgment against 1 of 2",
        "withdraw": "Withdraw …",
        "withdrawn": "Your consent to electronic service is withdrawn",
    },
    "zh": {
        "title": "您的送达地址",
        "right": "以上地址无误",
        "agree": "我同意电子送达",
        "send": "发送给法院",
        "phone": "变更电话号码",
        "code": "发送验证码",
        "change": "变更地址",
        "not_yet": "至少须达到“E3",
        "enough": "2人中1人足以支持缺席判决",
        "withdraw": "撤回……",
        "withdrawn": "您已撤回对电子送达的同意",
    },
}


@pytest.fixture
def database(empty_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database; PostgreSQL is for the flows."""
    (tmp_path / "tingqi.db").write_bytes(empty_sqlite.read_bytes())
    return f"sqlite:///{tmp_path / 'tingqi.db'}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page of the size of a phone; what the security policy forbids fails."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.set_default_timeout(10_000)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if "Security" in said.text else 0)
    yield page
    context.close()
    assert not faults, faults


def evidence(site: Site, page: Page, hearing: int, language: str) -> str:
    """Return what the assistant reads below evidence and law."""
    page.goto(f"{site.url}/hearings/{hearing}?lang={language}")
    page.locator("#evidence").evaluate("fold => fold.open = true")
    return page.locator("#evidence").inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_address_is_confirmed_and_changed_on_a_phone_and_the_verdict_follows(
    wired: "Site", twilio: TwilioStandIn, phone: Page, page: Page, language: str
) -> None:
    scenario, say = wired, WORDS[language]
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    before = fix(scenario)
    deliver(scenario, twilio)
    zhao = key(scenario, "Zhao Lei")
    with served(scenario) as site:
        site.sign_in(page)
        assert say["not_yet"] in evidence(site, page, before["id"], language)
        scenario.wait(minutes=1)
        phone.goto(f"{site.url}{zhao}?lang={language}")
        phone.get_by_text(say["title"]).click()
        phone.get_by_text(say["right"]).click()
        phone.get_by_text(say["agree"]).click()
        phone.get_by_role("button", name=say["send"]).click()
        expect(phone.get_by_role("status")).to_be_visible()
        scenario.wait(minutes=1)
        after = fix(scenario, 22)
        deliver(scenario, twilio)
        assert say["enough"] in evidence(site, page, after["id"], language)
        phone.get_by_text(say["phone"]).click()
        phone.locator("#phone").fill("139 0013 9009")
        phone.get_by_role("button", name=say["code"]).click()
        expect(phone.locator("#code")).to_be_visible()
        assert counsel(scenario).phone == "+8613800138002"
        scenario.beat()
        [sent] = [text for text in twilio.received() if text.to == NEW_PHONE]
        phone.locator("#code").fill(re.findall(r"\d{6}", sent.text)[0])
        phone.get_by_role("button", name=say["change"]).click()
        expect(phone.locator("dl.facts")).to_contain_text(NEW_PHONE)
        scenario.beat()
        assert any(
            "call the court at once" in text.text.lower()
            for text in twilio.received()
            if text.to == "+8613800138002"
        )
        assert scenario.letters(to="zhao@jinmao.example", containing="call the court at once")
        phone.get_by_text(say["withdraw"]).click()
        phone.locator("#withdraw").check()
        phone.locator("form .btn.go").click()
        expect(phone.get_by_role("status")).to_contain_text(say["withdrawn"])
        width = phone.evaluate("document.documentElement.scrollWidth")
        assert width <= 390


def test_a_script_that_opens_all_pages_and_presses_everything_changes_nothing(
    site: Site, phone: Page
) -> None:
    scenario = site.scenario
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    zhao = key(scenario, "Zhao Lei")
    for path in ("/address", "/address/withdraw"):
        phone.goto(f"{site.url}{zhao}{path}")
        for n in range(phone.locator("main button").count()):
            phone.goto(f"{site.url}{zhao}{path}")
            with phone.expect_navigation():
                phone.locator("main button").nth(n).evaluate("button => button.click()")
    scenario.beat()
    assert scenario.letters() == []
    with scenario.app.app_context():
        assert db.session.scalars(sa.select(ServiceDeclaration)).all() == []
        assert db.session.scalars(sa.select(AddressChange)).all() == []
    phone.goto(f"{site.url}{zhao}/address")
    phone.get_by_text("Change the e-mail address").click()
    phone.locator("#email").fill("zhao@newfirm.example")
    phone.get_by_role("button", name="Send a code there").first.click()
    sent = code(scenario, "zhao@newfirm.example")
    for n in range(phone.locator("main button").count()):
        phone.goto(f"{site.url}{zhao}/address")
        if n >= phone.locator("main button").count():
            break
        with phone.expect_navigation():
            phone.locator("main button").nth(n).evaluate("button => button.click()")
    assert counsel(scenario).email == "zhao@jinmao.example"
    assert sent not in phone.content()
