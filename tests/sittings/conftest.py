"""What tests of sittings start from."""

from typing import Any

import pytest

from app.rehearsal.browser import HtmlPage
from tests.conftest import CASE, Scenario, at, proposal

THREE_DAYS = (
    (14, "09:00", 480, "第三法庭"),
    (15, "09:00", 480, "第三法庭"),
    (17, "13:30", 180, "第五法庭"),
)
LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"


def sittings(*days: tuple[float, str, int, str]) -> dict[str, Any]:
    """Return a slot of sittings: days after NOW, wall-clock time, minutes, courtroom."""
    return {
        "sittings": [
            {"starts_at": at(day, clock), "minutes": minutes, "courtroom": room}
            for day, clock, minutes, room in days or THREE_DAYS
        ]
    }


def propose(scenario: Scenario, *slots: dict[str, Any], **more: Any) -> Any:
    """Propose slots of sittings; return the status and the answer."""
    body = {**proposal(1), "slots": list(slots or [sittings()]), **more}
    del body["minutes"]
    return scenario.api("POST", "/hearings", {**body, **more})


def answer_all(scenario: Scenario, *says: str) -> None:
    """Let both counsel answer every slot on their pages."""
    for who in (LI, ZHAO):
        link, browser = scenario.link(who), scenario.client
        form = HtmlPage(browser.get(link).get_data(as_text=True)).form_with("slot-")
        assert form
        names = [name for name in form.choices if name.startswith("slot-")]
        choices = dict(zip(names, says or ["yes"] * len(names), strict=True))
        response = browser.post(link, data=form.filled(**choices))
        assert response.status_code in (200, 302, 303), response.get_data(as_text=True)
    scenario.beat()


@pytest.fixture
def court(scenario: Scenario) -> Scenario:
    """A court with a case of two counsel."""
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    return scenario
