"""What a confirmed address and consent change in the verdict on a default judgment, and withdrawal."""

import re
from typing import Any

import pytest

from app.carriers.twilio.standin import TwilioStandIn
from tests.addresses.test_addresses import NEW_PHONE, api_counsel, code, key, press, visitor
from tests.conftest import CASE, Scenario, at
from tests.counsel.test_answers import words
from tests.flows.test_receipts import notices, tell, twilio, wired

__all__ = ["twilio", "wired"]

pytestmark = pytest.mark.database


def fix(scenario: Scenario, days: int = 21) -> dict[str, Any]:
    """Fix a hearing by order; its news are sent."""
    body = {"case_id": 1, "kind": "trial", "minutes": 90, "answer_by": at(2), "fix": "assistant"}
    body["slots"] = [{"starts_at": at(days), "courtroom": "第三法庭"}]
    made = scenario.api("POST", "/hearings", body)[1]
    scenario.beat()
    order = {"slot_id": made["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    scenario.beat()
    return made


def deliver(scenario: Scenario, twilio: TwilioStandIn) -> None:
    """Report every text to Zhao Lei as delivered."""
    for text in notices(scenario, channel="sms", state="sent", name="Zhao Lei"):
        assert tell(scenario, twilio, text, "delivered") == 204


def shown(scenario: Scenario, hearing: dict[str, Any]) -> str:
    """Return the evidence of a hearing on its page."""
    page = words(scenario.sign_in().get(f"/hearings/{hearing['id']}?lang=en"))
    return page[page.index("Evidence and law") : page.index("Contact timeline")]


def test_a_delivered_text_is_enough_once_address_and_electronic_service_are_agreed(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    assert wired.api("POST", "/cases", CASE)[0] == 201
    before = fix(wired)
    deliver(wired, twilio)
    evidence = shown(wired, before)
    assert "Enough for default judgment against 0 of 2" in evidence
    assert evidence.count("needs E3 Opened") == 2
    zhao = key(wired, "Zhao Lei")
    wired.wait(minutes=1)
    press(wired, zhao, right="1", agree="1")
    # What was sent before counts as before; what is sent from now on needs less.
    evidence = shown(wired, before)
    assert "Enough for default judgment against 0 of 2" in evidence
    assert "needs E2 Delivered" in evidence
    wired.wait(minutes=1)
    after = fix(wired, 22)
    assert "Enough for default judgment against 0 of 2" in shown(wired, after)
    deliver(wired, twilio)
    evidence = shown(wired, after)
    assert "Enough for default judgment against 1 of 2" in evidence
    assert "sent to a confirmed address, electronic service agreed" in evidence
    assert "address confirmed 23 Nov 2026 (by link)" in evidence
    certificate = words(wired.sign_in().get("/cases/1/certificate?lang=en"))
    assert "Address confirmed: zhao@jinmao.example, +8613800138002" in certificate
    assert "Electronic service agreed cn-civil 2026-11.1 · SHA-256" in certificate
    # Withdrawn: what went out stays served, what goes out from now on needs more again.
    wired.wait(minutes=1)
    press(wired, zhao, "/withdraw", withdraw="1")
    assert "Enough for default judgment against 1 of 2" in shown(wired, after)
    wired.wait(minutes=1)
    last = fix(wired, 23)
    deliver(wired, twilio)
    evidence = shown(wired, last)
    assert "Enough for default judgment against 0 of 2" in evidence
    assert evidence.count("needs E3 Opened") == 2
    assert "electronic service withdrawn 23 Nov 2026" in evidence
    certificate = words(wired.sign_in().get("/cases/1/certificate?lang=en"))
    assert re.search(r"by link Mon 23 Nov 2026, 09:01 Mon 23 Nov 2026, 09:03", certificate)


def test_a_text_to_a_number_that_was_not_confirmed_is_not_enough(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    assert wired.api("POST", "/cases", CASE)[0] == 201
    zhao = key(wired, "Zhao Lei")
    press(wired, zhao, right="1", agree="1")
    page = wired.sign_in().get("/cases/1/counsel/2")
    form = dict(re.findall(r'<input [^>]*?name="([a-z_]+)"[^>]*?value="([^"]*)"', page.text))
    form |= {"phone": NEW_PHONE, "language": "en", "channels": "email,sms", "required": "1"}
    form["stood"] = ""
    saved = wired.sign_in().post("/cases/1/counsel/2", data=form)
    assert saved.status_code == 303, words(saved)
    assert api_counsel(wired)["phone"] == NEW_PHONE
    assert api_counsel(wired)["address_confirmed_on"] is None
    hearing = fix(wired)
    deliver(wired, twilio)
    evidence = shown(wired, hearing)
    assert "Enough for default judgment against 0 of 2" in evidence
    assert "address changed since it was confirmed" in evidence
    press(wired, zhao, right="1")
    wired.wait(minutes=1)
    again = fix(wired, 22)
    deliver(wired, twilio)
    assert "Enough for default judgment against 1 of 2" in shown(wired, again)


def test_a_change_by_link_carries_the_confirmation_on(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    assert wired.api("POST", "/cases", CASE)[0] == 201
    zhao = key(wired, "Zhao Lei")
    press(wired, zhao, right="1", agree="1")
    before = fix(wired)
    press(wired, zhao, "/change", field="email", email="zhao@newfirm.example")
    press(wired, zhao, "/code", code=code(wired, "zhao@newfirm.example"))
    deliver(wired, twilio)  # to the number, which was confirmed all along
    assert "Enough for default judgment against 1 of 2" in shown(wired, before)
    wired.wait(minutes=1)
    after = fix(wired, 22)
    deliver(wired, twilio)
    assert "Enough for default judgment against 1 of 2" in shown(wired, after)
    assert "Confirmed 23 Nov 2026" in words(visitor(wired).get(f"{zhao}/address"))
