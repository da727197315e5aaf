"""Try the API with what schemathesis makes of its document, and compare each answer with it."""

import io
import itertools
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.people.rules import TokenScope
from tests.conftest import CASE, Scenario, at, proposal

# Not the check that all valid data is accepted: a schema cannot say that a courtroom exists.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
ADMIN = "admin@court.example"


@dataclass
class ContractRun:
    """What a run came to: how many cases, their statuses, and what was found wrong."""

    statuses: Counter[str] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many requests were made."""
        return sum(self.statuses.values())


def fill(scenario: Scenario) -> None:
    """Enter what calls can be about: cases with hearings that are asked about, and what is in them.

    Two of most things, so that one is left for the calls after one that ends it.
    """

    def enter(path: str, body: Any) -> Any:
        status, made = scenario.api("POST", path, body, email=ADMIN)
        assert status in (200, 201, 202), (path, made)
        return made

    def enter_file(path: str, **form: Any) -> None:
        headers = {"Authorization": f"Bearer {scenario.token(ADMIN)}"}
        answer = scenario.client.post(f"/api/v1{path}", data=form, headers=headers)
        assert answer.status_code in (201, 202), (path, answer.text)

    table = "案号,承办法官,当事人,诉讼地位\n9,陈法官,丁公司,原告"
    people = [{"name": "刘译员", "role": "interpreter"}]
    for n in (1, 2):
        case = enter("/cases", {**CASE, "number": f"{n}", "judge": f"法官{n}", "bench": people[:n]})
        slots = ((at(14 + n), "第三法庭"), (at(15 + n, "14:00"), "第五法庭"))
        hearing = enter("/hearings", proposal(case["id"], *slots, override_reason="排期紧张"))
        enter(f"/cases/{case['id']}/exchanges", {"closes_at": at(5), "mode": "sealed"})
        enter(f"/cases/{case['id']}/needs", {"role": "witness", "name": "周某", "step_free": True})
        webhook = enter("/webhooks", {"url": "https://files.example/tingqi"})
        enter(f"/webhooks/{webhook['id']}/test", {})
        enter("/feeds", {"scope": "hearing", "hearing_id": hearing["id"]})
        enter("/tokens", {"scopes": ["read"]})  # so that no case revokes the one it is made with
        paper = (io.BytesIO(b"%PDF-1.7 x"), "通知.pdf")
        enter_file(f"/cases/{case['id']}/papers", file=paper, kind="other")
        enter_file("/imports", file=(io.BytesIO(table.encode()), "cases.csv"))
    scenario.beat()
    scenario.tokens[ADMIN] = enter("/tokens", {"scopes": [*TokenScope]})["token"]


def run(
    scenario: Scenario, examples: int, *, seed: int = 0, part: int = 0, parts: int = 1
) -> ContractRun:
    """Make so many requests of each call, half of them invalid, and check the answers.

    Of ``parts`` only the calls of one, which are spread over the document.
    """
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", scenario.app)
    schema.config.generation.update(with_security_parameters=False)  # test_tokens leaves them out
    headers = {"Authorization": f"Bearer {scenario.token(ADMIN)}"}
    finding = ContractRun()
    for result in itertools.islice(schema.get_all_operations(), part, None, parts):
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, headers, examples // 2 or 1, seed, finding)
    return finding


def _try(
    operation: Any, mode: Any, headers: dict[str, str], examples: int, seed: int, found: ContractRun
) -> None:
    label = f"{operation.method.upper()} {operation.path}"
    rows = itertools.cycle((1, 1, 2, None))  # ids of what is there, besides those made up

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        if mode == GenerationMode.POSITIVE and (row := next(rows)):
            for name in case.path_parameters or {}:
                case.path_parameters[name] = row if name != "code" else "clash"
        response = case.call(headers=headers)
        found.statuses[f"{response.status_code}"] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as group:
            for each in group.exceptions:
                found.findings.setdefault(f"{label} {type(each).__name__}", f"{each}")

    with suppress(hypothesis.errors.Unsatisfiable):  # of a call in which nothing can be wrong
        attempt()
