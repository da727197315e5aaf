"""The check of pinned versions, and the list of what an installation consists of."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deploy import audit

HOME = Path(__file__).parents[2]
PINS = audit.read_pins("Flask==3.1.2\nurllib3==2.5.0  # a remark\n")


def advisory(name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    """An advisory in the format of OSV."""
    affected = {
        "package": {"ecosystem": "PyPI", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": "PYSEC-0", "summary": "bad", "affected": [affected], **more}


@pytest.mark.parametrize(
    ("events", "hit"),
    [
        ([{"introduced": "0"}, {"fixed": "2.5.1"}], True),
        ([{"introduced": "0"}, {"fixed": "2.5.0"}], False),
        ([{"introduced": "2.5.0"}], True),
        ([{"introduced": "2.6"}], False),
        ([{"introduced": "0"}, {"last_affected": "2.5.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.4.9"}], False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"fixed": "2.9"}], True),
    ],
)
def test_a_pin_within_the_range_of_an_advisory_is_found(
    events: list[dict[str, str]], hit: bool
) -> None:
    assert bool(list(audit.affected(PINS, [advisory("URLLIB3", *events)]))) == hit
    withdrawn = advisory("urllib3", *events, withdrawn="2026-01-01T00:00:00Z")
    assert list(audit.affected(PINS, [withdrawn])) == []


def test_what_is_not_pinned_or_out_of_its_range_is_named() -> None:
    wrong = list(audit.outside_range(PINS, ["flask>=3,<4", "urllib3>=2.6", "rich>=14"]))
    assert [each.split()[0] for each in wrong] == ["urllib3", "rich"]


def test_the_versions_that_are_pinned_here_are_as_they_should_be(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.json", json.dumps(advisory("no-such-package", {"introduced": "0"})))
    done = subprocess.run(
        [sys.executable, "deploy/audit.py", str(archive)], cwd=HOME, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "1 advisories compared, 0 findings" in done.stdout


@pytest.mark.extended
def test_the_list_of_parts_names_every_package_with_its_version(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    command = ["cyclonedx_py", "environment", "--pyproject", "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "--of", "JSON", "-o", str(target), sys.prefix],
        cwd=HOME,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(target.read_text("utf-8"))
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["name"] == "tingqi"
    names = {each["name"].lower() for each in listed["components"]}
    assert {"flask", "sqlalchemy", "twilio"} <= names
