"""Several workers on one PostgreSQL, killed at random: each message once, or its doubt is said."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.runtime.clock import SetClock
from app.notices.models import Notice
from app.record import ledger
from app.record.models import Entry
from tests.conftest import NOW, Scenario, make_court, make_scenario
from tests.faults.mortal import Steps, carriers
from tests.faults.test_kill import NEVER, Mortals, ask

pytestmark = [pytest.mark.database, pytest.mark.extended]

HEARINGS = 38  # of four messages each
ROUNDS = 2
EARLY, LATE = 15, 150  # steps within which a worker dies


@pytest.fixture
def workers(request: pytest.FixtureRequest) -> Iterator[list[Mortals]]:
    """As many processes in which workers live, one after the other."""
    with ExitStack() as stack:
        made = [Mortals() for _ in range(request.param)]
        for each in made:
            stack.callback(each.process.communicate)
        yield made


def live(scenario: Scenario, workers: Sequence[Mortals], steps: Sequence[int]) -> list[int]:
    """Let one worker in each process beat at the same time; return how each ended."""
    with ThreadPoolExecutor(len(workers)) as side_by_side:
        beats = [
            side_by_side.submit(each.live, scenario, step, False)
            for each, step in zip(workers, steps, strict=True)
        ]
        return [each.result() for each in beats]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("workers", [2, 4], indirect=True)
def test_workers_that_are_killed_beside_each_other_send_each_message_once(
    database: str, tmp_path: Path, workers: list[Mortals]
) -> None:
    scenario = make_scenario(
        tmp_path, database, carriers(tmp_path, SetClock(NOW), Steps(NEVER), False)
    )
    make_court(scenario)
    for n in range(HEARINGS):
        ask(scenario, n + 1)
    dice, ended = random.Random(len(workers)), []
    for _ in range(ROUNDS):
        steps = [dice.randint(EARLY, LATE) for _ in workers]
        ended += live(scenario, workers, [NEVER, *steps[1:]] if ended else steps)
        scenario.wait(minutes=4)
    scenario.beat()
    check(scenario)
    scenario.close()
    assert -9 in ended
    assert set(ended) <= {0, -9}


def check(scenario: Scenario) -> None:
    """Each message went out once, or the record says that nobody knows; every chain is whole."""
    sent = Counter(letter.reference.partition(".")[0] for letter in scenario.letters())
    with scenario.app.app_context():
        session = db.session()
        notices = session.scalars(sa.select(Notice).where(Notice.kind == "proposal")).all()
        doubted = set(session.scalars(sa.select(Entry.notice_id).where(Entry.what == "unknown")))
        assert len(notices) == 4 * HEARINGS
        for notice in notices:
            times = sent[f"n{notice.id}"]
            assert notice.state == ("unknown" if notice.id in doubted else "sent")
            assert times == 1 or (times == 0 and notice.id in doubted)
        for case_id in {notice.case_id for notice in notices}:
            assert ledger.verify(session, case_id).intact
