"""Try the API with what schemathesis makes of its document, and compare each answer with it."""

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
from tests.conftest import CASE, Scenario, proposal

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
    """Enter what calls can be about: a case of two sides with a hearing that is asked about."""
    status, case = scenario.api("POST", "/cases", CASE, email=ADMIN)
    assert status == 201, case
    status, hearing = scenario.api("POST", "/hearings", proposal(case["id"]), email=ADMIN)
    assert status == 201, hearing
    for _ in range(2):  # so that no case revokes the token that it is made with
        made = scenario.api("POST", "/tokens", {"scopes": ["read"]}, email=ADMIN)
        assert made[0] == 201, made
    scenario.tokens[ADMIN] = scenario.api(
        "POST", "/tokens", {"scopes": [*TokenScope]}, email=ADMIN
    )[1]["token"]


def run(scenario: Scenario, examples: int, *, seed: int = 0) -> ContractRun:
    """Make so many requests of each call, half of them invalid, and check the answers."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", scenario.app)
    schema.config.generation.update(with_security_parameters=False)  # test_tokens leaves them out
    headers = {"Authorization": f"Bearer {scenario.token(ADMIN)}"}
    finding = ContractRun()
    for result in schema.get_all_operations():
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
