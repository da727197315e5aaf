"""Future reminders queued per second, and the effect of many of them on sending due ones.

    python bench/queueing.py [--postgresql] [--runs 5] [--quick]

Tingqi plans the reminders of newly fixed hearings, each with its entry on the record; APScheduler's
job store and Procrastinate, in batches, take as many scheduled jobs.
"""

import argparse
import datetime as dt
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import filling
import peers
import sending
import sendings
import sqlalchemy as sa
from databases import database, throwaway
from measuring import Row, in_turns, median, options, table

from app.cases.models import Case, Party, Representation
from app.core.db import db, retrying, transaction
from app.core.runtime import gc_tuning
from app.court.models import Court
from app.hearings.models import Hearing
from app.notices.models import Notice
from app.record.verification import verify
from app.reminders import service as reminders

TARGET = 10_000  # reminders a second
SHARE = 0.9  # of the speed with none that waits
DUE = 500
ONE_BY_ONE = 5_000  # jobs for APScheduler, which adds them so: more would tell nothing more


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Queue many, then send a few among them; return the rows."""
    return [_queued(arguments), _among(arguments)]


def _queued(arguments: argparse.Namespace) -> Row:
    count = 6_000 if arguments.quick else 100_000
    singly = 200 if arguments.quick else ONE_BY_ONE
    ours, name = [], ""
    beside: dict[str, list[float]] = {"apscheduler": [], "procrastinate": []}
    for _ in range(arguments.runs):
        with throwaway(arguments.postgresql) as stage:
            ours.append(_planned(count))
            name = stage.database
        for peer, rates in beside.items():
            rates.append(_deferred(peer, singly if peer == "apscheduler" else count))
    rate = median(ours)
    told = ", ".join(f"{peer} {median(rates):,.0f}/s" for peer, rates in beside.items())
    ratio = in_turns(ours, beside["procrastinate"])
    return Row(
        f"{count:,} reminders queued",
        name,
        f"≥ {TARGET:,}/s",
        f"{ratio:.1f} × Procrastinate",
        f"{rate:,.0f}/s",
        told,
        "each with its line on the record",
        kept=rate >= TARGET,
    )


def _planned(count: int) -> float:
    """Let Tingqi plan that many reminders; return reminders per second, after verifying them."""
    filling.court()
    a_hearing = _each_hearing()
    _dated(-(-count // a_hearing) + reminders.AT_ONCE)
    _plan_some()  # so that the database has seen lines and heads, as in any court
    filling.look_again()
    gc_tuning.tune()  # as a worker does
    before, begun = _queued_now(), time.perf_counter()
    while _plan_some():
        pass
    seconds = time.perf_counter() - begun
    planned, session = _queued_now() - before, db.session()
    assert planned >= count, (planned, count)
    for case_id in range(1, count // a_hearing, 97):
        results = verify(session, case_id)
        assert results.intact, results
        assert results.entries == a_hearing, results
    session.rollback()
    return planned / seconds


def _plan_some() -> int:
    return retrying(lambda session: reminders.plan(session, filling.NOW))


def _queued_now() -> int:
    query = sa.select(sa.func.count()).where(Notice.state == "queued")
    count = db.session().scalar(query) or 0
    db.session().rollback()
    return count


def _each_hearing() -> int:
    """Return the number of reminders per hearing: two counsel, by text and by mail each."""
    days = db.session().scalars(sa.select(Court.reminder_days)).one()
    return len(days) * 2 * 2


def _dated(count: int) -> None:
    """Create hearings that have just been fixed, a month or more ahead."""
    numbers, begins = range(1, count + 1), filling.NOW + dt.timedelta(days=40)
    pairs = [(n, k) for n in numbers for k in (0, 1)]
    with transaction() as session:
        filling.unguarded(session)
        session.execute(
            sa.insert(Case),
            [
                {
                    "id": n,
                    "court_id": 1,
                    "number": f"（2026）沪0115民初{n}号",
                    "number_key": f"dated{n}",
                    "title": "买卖合同纠纷",
                    "procedure": "ordinary",
                    "judge_id": _lane(n),
                    "assistant_id": 1,
                    "created_at": filling.NOW,
                }
                for n in numbers
            ],
        )
        session.execute(
            sa.insert(Party),
            [
                {
                    "id": 2 * n - k,
                    "case_id": n,
                    "role": ("被告", "原告")[k],
                    "side": ("respondent", "claimant")[k],
                    "name": f"公司{2 * n - k}",
                }
                for n, k in pairs
            ],
        )
        session.execute(
            sa.insert(Representation),
            [
                {"id": 2 * n - k, "party_id": 2 * n - k, "counsel_id": 2 * _lane(n) - k}
                for n, k in pairs
            ],
        )
        session.execute(
            sa.insert(Hearing),
            [
                {
                    "id": n,
                    "court_id": 1,
                    "case_id": n,
                    "judge_id": _lane(n),
                    "kind": "trial",
                    "minutes": 90,
                    "state": "fixed",
                    "revision": 1,
                    "planned_revision": 0,
                    "uid": f"dated{n}",
                    "courtroom_id": _lane(n),
                    "user_id": 1,
                    "starts_at": begins + dt.timedelta(hours=2 * (n // filling.LANES)),
                    "ends_at": begins + dt.timedelta(hours=2 * (n // filling.LANES), minutes=90),
                    "created_at": filling.NOW,
                    "changed_at": filling.NOW,
                }
                for n in numbers
            ],
        )
        filling.count_on(session, Case, Party, Representation, Hearing)


def _lane(n: int) -> int:
    return n % filling.LANES + 1


def _deferred(peer: str, count: int) -> float:
    """Let a peer schedule that many jobs for next month; return jobs per second."""
    due_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    references = [f"{n:08d}" for n in range(count)]
    with (
        tempfile.TemporaryDirectory(prefix="tingqi-bench-") as folder,
        peers.ready(peer, Path(folder), 0.0, 1),
    ):
        begun = time.perf_counter()
        peers.queue_for(peer, references, due_at)
        return count / (time.perf_counter() - begun)


def _among(arguments: argparse.Namespace) -> Row:
    """Send a few due ones, alternately among many that are not due and among none."""
    background, runs = (
        (20_000 if arguments.quick else 1_000_000),
        arguments.runs + 1,
    )  # the first warms up
    with ExitStack() as stack:
        sizes = (0, background)
        grounds = [_ground(stack, arguments.postgresql, size, DUE * runs) for size in sizes]
        results: list[list[float]] = [[], []]
        for run in range(runs):
            for (folder, url), rates in zip(grounds, results, strict=True):
                rates.append(_sent(folder, url, run))
    alone, among = results[0][1:], results[1][1:]
    ratio = in_turns(among, alone)
    return Row(
        f"{DUE} due among {background:,} for later",
        "PostgreSQL" if arguments.postgresql else "SQLite",
        f"≥ {SHARE:.0%} of the speed among none",
        f"{ratio:.0%}",
        f"{median(among):,.0f}/s",
        f"{median(alone):,.0f}/s",
        kept=ratio >= SHARE,
    )


def _ground(stack: ExitStack, postgresql: bool, background: int, spare: int) -> tuple[Path, str]:
    """Create a database with many reminders for next week, and others that become due in turn."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tingqi-bench-")))
    url, server = database(folder, postgresql)
    if server:
        stack.callback(server.cleanup)
    sendings.fill(folder, url, 0, background + spare)
    _state(folder, url, 1, spare, "withdrawn")
    return folder, url


def _state(folder: Path, url: str, first: int, last: int, state: str) -> None:
    app = sendings.scenario(folder, url)
    with app.app_context():
        with transaction() as session:
            some = sa.update(Notice).where(Notice.id.between(first, last))
            session.execute(some.values(state=state, due_at=dt.datetime.now(dt.UTC)))
        with db.engine.connect() as connection:
            analyze = connection.execution_options(isolation_level="AUTOCOMMIT")
            analyze.execute(sa.text("ANALYZE notice"))
        db.session.remove()
        db.engine.dispose()


def _sent(folder: Path, url: str, run: int) -> float:
    """Make the next few due and let one worker send them; return messages per second."""
    first, run_folder = DUE * run + 1, folder / f"run-{run}"
    run_folder.mkdir()
    _state(folder, url, first, first + DUE - 1, "queued")
    seconds = sending.send(run_folder, url, DUE, 0.0, 1)
    sending.sent_once(run_folder, DUE)
    sendings.check(run_folder, url, DUE * (run + 1))
    return DUE / seconds


if __name__ == "__main__":
    main()
