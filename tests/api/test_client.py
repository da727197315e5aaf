"""A typed client is generated from the document by another project, and calls a real server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CASE, Scenario

PROGRAM = """
import sys
from court import AuthenticatedClient
from court.api.api_cases import get_cases, post_cases
from court.models import CaseIn, CaseOut, Problem

address, token, body = sys.argv[1:]
import json
client = AuthenticatedClient(base_url=address, token=token)
case = post_cases.sync(client=client, body=CaseIn.from_dict(json.loads(body)))
assert isinstance(case, CaseOut), case
again = post_cases.sync(client=client, body=CaseIn.from_dict(json.loads(body)))
assert isinstance(again, Problem) and again.status == 409, again
found = get_cases.sync(client=client, number=case.number)
print(case.id, [each.parties[0].counsel[0].name for each in found.cases], found.next_)
"""


@pytest.mark.extended
def test_a_typed_client_is_generated_and_used(
    scenario: Scenario, site: str, tmp_path: Path
) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes(scenario.client.get("/api/v1/openapi.json").data)
    config = tmp_path / "config.yaml"
    config.write_text("post_hooks: []\n", "utf-8")
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", str(document), "--output-path", str(tmp_path / "court")),
            *("--config", str(config), "--fail-on-warning"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    (tmp_path / "use.py").write_text(PROGRAM, "utf-8")
    token = scenario.token("wang@court.example")
    used = subprocess.run(
        [sys.executable, "use.py", site, token, json.dumps(CASE)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert used.stdout == "1 ['李敏'] None\n", used.stderr
