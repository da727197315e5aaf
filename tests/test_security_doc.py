"""The document about security: every item of ASVS 5.0, level 2, once, with tests that exist."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from app import config
from tests.conftest import make_scenario

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
# By section, the numbers of the items of level 1 and 2 in version 5.0.0.
SECTIONS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6
3.5:1-5 3.7:1-2 4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12
6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2
8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3
11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5
13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 16.3:1-4
16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
STATES = {"met", "partly", "**not met**", "operator", "n/a"}
ITEM = r"\d+\.\d+\.\d+"


def items() -> list[str]:
    """Return the numbers of all items of level 2."""
    found = []
    for section in SECTIONS.split():
        name, _, numbers = section.partition(":")
        first, _, last = numbers.partition("-")
        found += [f"{name}.{n}" for n in range(int(first), int(last or first) + 1)]
    return found


@cache
def names_in(file: Path) -> set[str]:
    """Return the names of the tests in a file."""
    return set(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.M))


def test_every_item_is_answered_once_with_a_state() -> None:
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    rows = re.findall(rf"^\| ({ITEM}(?:, {ITEM})*) \| ([^|]+) \|", text, re.M)
    answered = Counter(item for row, _ in rows for item in row.split(", "))
    assert answered == Counter(items())
    assert {state for _, state in rows} <= STATES


def test_every_test_that_is_named_exists() -> None:
    named = [
        each
        for file in (DOCS / "security.md", DOCS / "zh" / "security.md")
        for each in re.findall(r"`([\w/]+\.py)::(test_\w+)`", file.read_text(encoding="utf-8"))
    ]
    assert len(named) > 100
    missing = [f"{file}::{name}" for file, name in named if not (TESTS / file).is_file()]
    missing += [
        f"{file}::{name}"
        for file, name in named
        if (TESTS / file).is_file() and name not in names_in(TESTS / file)
    ]
    assert missing == []


def test_an_installation_names_whom_to_tell(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tingqi.db'}"
    for contact, published in (("", None), ("it@court.example", "mailto:it@court.example")):
        given = {"TINGQI_SECURITY_CONTACT": contact, "TINGQI_INSTANCE": str(tmp_path)}
        settings = config.read(given)
        scenario = make_scenario(tmp_path, url, security_contact=settings.security_contact)
        answer = scenario.client.get("/.well-known/security.txt")
        assert answer.status_code == (200 if published else 404)
        if published:
            assert f"Contact: {published}\nExpires: 2027-05-22T01:00:00Z\n" in answer.text
        scenario.close()
