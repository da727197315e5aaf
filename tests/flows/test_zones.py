"""Which time zone rules hold: the newer of the machine's and the pinned ones, for everything."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa
import tzdata

from app.core.db import transaction
from app.court.models import Court
from tests.conftest import CASE, Scenario, at, make_court, make_scenario, proposal
from tests.flows.test_cli import tingqi
from tests.replied import invited
from tests.tzif import compiled, machine, path

LI = "li@huacheng.example"
OLDER, NEWER = "2019c", "2999a"


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A machine in whose zones Shanghai is nine hours ahead, of the version that a test names."""
    made = machine(tmp_path / "zones", request.param, Asia__Shanghai=compiled(9 * 60))
    with path(made):
        yield made


@pytest.fixture
def shown(folder: Path, database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court that was started on such a machine."""
    made = make_scenario(tmp_path, database)
    make_court(made)
    yield made
    made.close()


def fix(scenario: Scenario, starts_at: str) -> int:
    """Fix a hearing and let everybody be told."""
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, (starts_at, "第三法庭")))
    assert status == 201, hearing
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.beat()
    return int(hearing["id"])


def calendar(scenario: Scenario) -> str:
    """The newest invite that was mailed, as it is written."""
    newest = max((scenario.folder / "outbox").glob("*.eml"))
    parts = message_from_bytes(newest.read_bytes()).walk()
    body = next(each for each in parts if each.get_content_type() == "text/calendar")
    return str(body.get_payload(decode=True).decode())


@pytest.mark.parametrize(
    ("folder", "clock", "offset"),
    [(OLDER, "09:30", "+0800"), ("", "09:30", "+0800"), (NEWER, "10:30", "+0900")],
    indirect=["folder"],
)
def test_letters_and_invites_go_by_the_newer_rules(
    shown: Scenario, clock: str, offset: str
) -> None:
    hearing = fix(shown, at(14))
    letter = shown.letters(to=LI, channel="email", containing="排定")[-1]
    assert clock in letter.body
    invite = invited(shown, LI)
    assert f"{invite.event.decoded('DTSTART'):%H:%M}" == clock
    assert set(re.findall(r"TZOFFSETTO:(\S+)", calendar(shown))) == {offset}
    assert shown.api("GET", f"/hearings/{hearing}")[1]["starts_at"].endswith(
        f"T{clock}:00{offset[:3]}:{offset[3:]}"
    )


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (
            OLDER,
            "rules of {pinned}, from the tzdata package; those of this machine in {folder} "
            "(2019c) are not newer and are not used",
        ),
        (
            "",
            "rules of {pinned}, from the tzdata package; those of this machine in {folder} are "
            "of no known version and are not used",
        ),
        (NEWER, "rules of 2999a, from {folder}"),
    ],
)
def test_doctor_says_which_rules_hold(
    environment: dict[str, str], tmp_path: Path, version: str, said: str
) -> None:
    folder = machine(tmp_path / "zones", version, Asia__Shanghai=compiled(9 * 60))
    done = tingqi({**environment, "PYTHONTZPATH": str(folder)}, "doctor")
    [line] = [line for line in done.stdout.splitlines() if "time zones" in line]
    expected = said.format(pinned=tzdata.IANA_VERSION, folder=folder)
    assert line.split(maxsplit=1) == ["ok", f"time zones: {expected}"]


def test_the_mark_of_bsd_is_read_and_the_newest_of_several_folders_taken(
    environment: dict[str, str], tmp_path: Path
) -> None:
    old = machine(tmp_path / "old", OLDER)
    new = machine(tmp_path / "new", "", Asia__Shanghai=compiled(480))
    (new / "+VERSION").write_text("2999b\n")
    done = tingqi({**environment, "PYTHONTZPATH": f"{old}:{new}"}, "doctor")
    assert f"rules of 2999b, from {new}" in done.stdout


@pytest.mark.parametrize("folder", [NEWER], indirect=True)
def test_a_zone_that_only_the_machine_knows_can_be_a_courts(folder: Path, shown: Scenario) -> None:
    (folder / "Asia" / "Dongwan").write_bytes(compiled(7 * 60))
    with shown.app.app_context(), transaction() as session:
        session.scalars(sa.select(Court)).one().zone = "Asia/Dongwan"
    fix(shown, at(14, zone="+07:00"))
    assert f"{invited(shown, LI).event.decoded('DTSTART'):%H:%M}" == "09:30"
    assert "Asia/Dongwan" in calendar(shown)
    letters = shown.letters(to="zhao@jinmao.example", channel="email")
    assert "Dongwan time (Asia/Dongwan, UTC+7)" in letters[-1].body
