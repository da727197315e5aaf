"""A court in which every kind of resource of the API has a row of number 1, or more."""

import io
from typing import Any

from tests.api.contract import ADMIN
from tests.conftest import CASE, Scenario, at, case_with, proposal
from tests.counsel.test_answers import browser
from tests.papers.giving import PDF
from tests.questions.test_questions import ask, key

WITNESS = {"name": "Wu Li", "role": "witness"}
OTHERS = (
    {"name": "Ma Li", "email": "ma@firm.example", "language": "en"},
    {"name": "顾宁", "email": "gu@firm.example", "language": "zh"},
)
CSV = "案号,案由,承办法官,当事人,诉讼地位,代理人,邮箱\n（2026）沪0115民初7号,借款,陈法官,甲公司,原告,李敏,li@x.example\n"


def call(scenario: Scenario, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Call the API as an admin; return the response."""
    head = {"Authorization": f"Bearer {scenario.token(ADMIN)}", **headers}
    return scenario.client.open(f"/api/v1{path}", method=method, json=body, headers=head)


def add(scenario: Scenario, path: str, body: Any, status: int = 201) -> dict[str, Any]:
    """Post a body; return the answer."""
    response = call(scenario, "POST", path, body)
    assert response.status_code == status, (path, response.text)
    return dict(response.get_json())


def fill(scenario: Scenario) -> None:
    """Enter two of everything that a program can enter, and what counsel do by their pages."""
    add(scenario, "/cases", {**CASE, "bench": [WITNESS]})
    add(scenario, "/hearings", proposal(1))
    later = [(at(24), "第三法庭"), (at(25), "第五法庭")]
    asked = add(scenario, "/hearings", proposal(1, *later))
    order = {"slot_id": asked["slots"][0]["id"], "reason": "by order"}
    add(scenario, f"/hearings/{asked['id']}/fix", order, 200)
    call(scenario, "PATCH", "/members/2", {"email": "wu@witness.example"})
    scenario.beat()
    for subject in ("Video", "Parking"):
        ask(browser(scenario), key(scenario, "李敏"), subject)
    for name in ("Gu", "Ma"):
        add(scenario, "/cases/1/needs", {"role": "party", "name": name, "step_free": True})
        add(
            scenario,
            "/cases/1/noted-filings",
            {"party_id": 1, "kind": "other", "on": "2026-11-20", "note": name},
        )
        add(scenario, "/webhooks", {"url": "https://hooks.example/a", "description": name})
    add(scenario, "/cases", case_with("（2026）沪0115民初2号", *OTHERS))
    add(scenario, "/webhooks/1/test", None, 202)
    add(scenario, "/webhooks/1/test", None, 202)
    add(scenario, "/cases/1/exchanges", {"closes_at": at(10), "mode": "at_once"})
    add(scenario, "/feeds", {"scope": "me"})
    add(scenario, "/feeds", {"scope": "hearing", "hearing_id": 1})
    for _ in range(2):
        add(scenario, "/tokens", {"scopes": ["read"]})
        add(scenario, "/listings", {"hearings": [{"case_id": 2, "minutes": 60}]})
    head = {"Authorization": f"Bearer {scenario.token(ADMIN)}"}
    for name in ("a.csv", "b.csv"):
        file = (io.BytesIO(CSV.encode()), name)
        sent = scenario.client.post("/api/v1/imports", data={"file": file}, headers=head)
        assert sent.status_code == 201, sent.text
        paper = (io.BytesIO(PDF), "order.pdf")
        form = {"file": paper, "name": name, "kind": "other"}
        given = scenario.client.post("/api/v1/cases/1/papers", data=form, headers=head)
        assert given.status_code == 201, given.text
