"""kill -9 of the worker at every step of sending: nothing lost, nothing twice, doubt is said."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import service as cases
from app.cases.forms import CaseIn
from app.core.db import db, transaction
from app.core.forms import load
from app.core.runtime.clock import SetClock
from app.hearings import service as hearings
from app.hearings.forms import HearingIn
from app.notices.models import Notice
from app.people import service as people
from app.record import ledger
from tests.conftest import (
    CASE,
    NOW,
    SECRET,
    Scenario,
    case_with,
    make_court,
    make_scenario,
    proposal,
)
from tests.faults.mortal import Steps, carriers

pytestmark = [pytest.mark.database, pytest.mark.extended]

ROOT = Path(__file__).parents[2]
NEVER = 1_000_000


def ask(scenario: Scenario, n: int) -> int:
    """Propose the n-th hearing, to people of its own: four notices are due. Return the case."""
    shutil.rmtree(scenario.folder / "outbox", ignore_errors=True)
    people_of_it = [
        {
            **party["counsel"][0],
            "email": f"{n}.{party['counsel'][0]['email']}",
            "phone": f"1380013{n:03}{k}",
        }
        for k, party in enumerate(CASE["parties"])
    ]
    answer_by = (scenario.clock.now() + dt.timedelta(days=7)).isoformat()
    slot = (scenario.clock.now() + dt.timedelta(days=14, hours=n)).isoformat()
    given = {
        **proposal(1, (slot, "第三法庭")),
        "answer_by": answer_by,
        "override_reason": "a test",
        "minutes": 30,
    }
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        desk = hearings.CourtContext(user.court, user, scenario.clock.now(), SECRET)
        body = case_with(f"（2026）沪0115民初{n}号", *people_of_it, judge=f"法官{n}")
        case = cases.enter(session, user.court, user, load(CaseIn, body), desk.now)
        hearings.propose(session, desk, replace(load(HearingIn, given), case_id=case.id))
        return case.id


class Mortals:
    """A process that lets workers live up to a step."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.faults.mortal"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def live(
        self, scenario: Scenario, step: int, can_be_asked: bool, *, sends: bool = False
    ) -> int:
        """Let a worker beat, or only send, up to a step; return how it ended."""
        told: dict[str, Any] = {
            "folder": str(scenario.folder),
            "step": step,
            "now": scenario.clock.now().isoformat(),
            "url": scenario.app.config["SQLALCHEMY_DATABASE_URI"],
            "secret": SECRET.decode(),
            "can_be_asked": can_be_asked,
            "sends": sends,
        }
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(told), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


@pytest.fixture
def mortals() -> Iterator[Mortals]:
    """Workers to be killed."""
    made = Mortals()
    yield made
    made.process.communicate()


@pytest.mark.parametrize("can_be_asked", [True, False], ids=["asked", "not asked"])
def test_a_worker_killed_at_any_step_loses_nothing_and_doubles_nothing_unsaid(
    database: str, tmp_path: Path, mortals: Mortals, can_be_asked: bool
) -> None:
    scenario = make_scenario(
        tmp_path, database, carriers(tmp_path, SetClock(NOW), Steps(NEVER), can_be_asked)
    )
    make_court(scenario)
    died = 0
    for step in range(1, 200):
        case_id = ask(scenario, step)
        ended = mortals.live(scenario, step, can_be_asked, sends=True)
        assert ended in (0, -9)
        for _ in range(3):
            scenario.wait(minutes=4)
            scenario.beat()
        check(scenario, case_id, can_be_asked)
        if ended == 0:
            break
        died += 1
    scenario.close()
    assert died >= 14  # four messages, each before and after, and three commits at the least


def check(scenario: Scenario, case_id: int, can_be_asked: bool) -> None:
    """Each notice went out once, or says that nobody knows; the chain is whole."""
    sent = Counter(letter.reference.partition(".")[0] for letter in scenario.letters())
    with scenario.app.app_context():
        db.session.remove()
        notices = db.session.scalars(
            sa.select(Notice).where(Notice.kind == "proposal", Notice.case_id == case_id)
        ).all()
        assert len(notices) == 4
        doubted = {
            line.notice_id
            for line in ledger.entries_of(db.session, case_id=case_id)
            if line.what == "unknown"
        }
        for notice in notices:
            times = sent[f"n{notice.id}"]
            assert times <= 1
            if can_be_asked:
                assert (times, notice.state) == (1, "sent")
            else:
                assert notice.state == ("unknown" if notice.id in doubted else "sent")
                assert times == 1 or notice.id in doubted
        assert ledger.verify(db.session, case_id).intact
