"""A night of faults, compressed: what happens in the court, and a receiver that is to miss nothing.

python -m tests.webhooks.night [--minutes N] [--db sqlite|postgresql] [--seed N]

The receiver is the program of docs/webhooks.md. It is killed, and so are the worker, the pages and
the database; the front before it fails by chance (see FlakyFront). All run by the machine's clock.
"""

import argparse
import datetime as dt
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from flask_migrate import upgrade

from app.cases import keys
from app.core.runtime.clock import SetClock
from tests.conftest import SECRET, Scenario, case_with, make_court, make_scenario
from tests.soak.__main__ import databases_of
from tests.soak.carriers import FickleMail, FickleTwilio, Ledger
from tests.soak.databases import Database
from tests.soak.people import ClientLog, People, Unanswered
from tests.soak.world import World, until
from tests.webhooks.conftest import ADMIN, deliveries
from tests.webhooks.docs_receiver import free_port, receiver_of, running
from tests.webhooks.flaky_front import FlakyFront

CLERKS = 6  # people who act at the same time
PAUSE = 0.6  # seconds between two acts of one of them, at the most
TROUBLES = {"worker": 6, "receiver": 6, "pages": 1, "page": 2, "database": 2, "gone": 1}
EVERY = (3.0, 9.0)  # seconds between two troubles
REST = 90.0  # seconds in which all that waits is to arrive at the end


@dataclass
class Figures:
    """What a night came to."""

    cases: int = 0
    acts: int = 0
    refused: int = 0
    events: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    front: Counter[str] = field(default_factory=Counter)
    endpoints: int = 0
    sent_again: int = 0
    wrong: list[str] = field(default_factory=list)


class Night:
    """One night over one database."""

    def __init__(self, scenario: Scenario, database: Database, seed: int) -> None:
        assert isinstance(scenario.clock, SetClock)
        scenario.clock.advance(dt.datetime.now(dt.UTC) - scenario.clock.now())
        self.scenario, self.database = scenario, database
        self.chance = random.Random(f"night {seed}")
        self.figures, self.client_log = Figures(), ClientLog()
        self.token, self.reader = scenario.token(ADMIN), scenario.token("wang@court.example")
        self.over, self.guard, self.numbers = threading.Event(), threading.Lock(), iter(range(9999))
        self.front = FlakyFront(seed)
        self.webhook: dict[str, Any] = {}
        self.process: subprocess.Popen[str] | None = None

    def play(self, seconds: float) -> Figures:
        """Play for so long, come to rest, and compare what was received with what there is."""
        ledger = Ledger(0, calm=True)
        with (
            self._world() as world,
            FickleMail(ledger) as mail,
            FickleTwilio(ledger, world.clock) as twilio,
            self.front,
        ):
            world.open(mail.url, twilio.url, twilio.account_sid, twilio.auth_token)
            self.world = world
            try:
                self._new_endpoint()
                clerks = [threading.Thread(target=self._work) for _ in range(CLERKS)]
                for each in clerks:
                    each.start()
                self._trouble(seconds)
                self.over.set()
                for each in clerks:
                    each.join()
                self._come_to_rest()
                self._compare()
            finally:
                self.over.set()
                self._kill_receiver()
        self.figures.front = self.front.counts
        return self.figures

    def _world(self) -> World:
        now = dt.datetime.now(dt.UTC)
        inside = {"TINGQI_HOOKS_INSIDE": "127.0.0.0/8"}
        folder, url = self.scenario.folder, self.database.url
        return World(folder, url, 2, now=now, rate=1.0, **inside)

    # --- what happens in the court ---------------------------------------------------------------

    def _work(self) -> None:
        people = People(self.world.url, self.token, self.client_log, None)
        while not self.over.is_set():
            with self.guard:
                number = next(self.numbers)
            try:
                for act in self._acts(people, number):
                    done = act()
                    with self.guard:
                        self.figures.acts += done
                        self.figures.refused += not done
                    if self.over.wait(self.chance.uniform(0, PAUSE)):
                        break
                self.figures.cases += 1
            except Unanswered:
                continue

    def _acts(self, people: People, number: int) -> Iterator[Callable[[], bool]]:
        """Yield what happens in a case, from its entry to the cancelled hearing."""
        made: dict[str, Any] = {}

        def call(name: str, path: str, body: Any) -> bool:
            status, made[name] = people.api(number, path, body)
            return status in (200, 201)

        counsel = [_counsel(number, n) for n in range(2)]
        case = case_with(f"（2026）沪0115民初{number}号", *counsel, judge=f"法官{number}")
        yield partial(call, "room", "/courtrooms", {"name": f"第{number}法庭", "location": ""})
        yield partial(call, "case", "/cases", case)
        case_id = made["case"]["id"]
        slots = [
            {"starts_at": _day(60 + number % 100 + 7 * n), "courtroom": f"第{number}法庭"}
            for n in (0, 1, 2)
        ]
        hearing = {"case_id": case_id, "minutes": 60, "slots": slots[:2], "answer_by": _day(7)}
        hearing |= {"fix": "assistant", "override_reason": "依职权"}
        yield partial(call, "hearing", "/hearings", hearing)
        if "id" not in made["hearing"]:
            return
        path = f"/hearings/{made['hearing']['id']}"
        links = [
            f"/r/{keys.of_representation(SECRET, each['representation_id'], 1).token}"
            for each in made["hearing"]["invitations"]
        ]
        chosen = made["hearing"]["slots"]
        for link in links:
            answers = {f"slot-{each['id']}": "yes" for each in chosen}
            yield partial(self._post, people, link, answers)
        question = {"subject": "开庭方式", "words": "能否线上开庭？", "all_sides": "1"}
        yield partial(self._post, people, f"{links[0]}/questions", question)
        order = {"slot_id": chosen[0]["id"], "reason": "依职权"}
        yield partial(call, "fixed", f"{path}/fix", order)
        yield partial(self._answer_questions, people, number, case_id)
        move = {**slots[2], "reason": "改期", "override_reason": "依职权"}
        yield partial(call, "moved", f"{path}/move", move)
        yield partial(call, "cancelled", f"{path}/cancel", {"reason": "撤诉"})

    def _post(self, people: People, path: str, form: dict[str, str]) -> bool:
        page = people.ask("GET /r/…", path).text
        if 'name="nonce"' not in page:
            return False
        nonce = page.split('name="nonce"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
        posted = people.ask("POST /r/…", path, data={**form, "nonce": nonce}, allow_redirects=False)
        return posted.status_code == 303

    def _answer_questions(self, people: People, number: int, case_id: int) -> bool:
        _, listed = people.api(number, f"/cases/{case_id}/questions")
        for each in listed["questions"]:
            status, _ = people.api(
                number, f"/questions/{each['id']}/answer", {"words": "可以。", "outcome": "answer"}
            )
            return status == 200
        return False

    # --- what goes wrong -------------------------------------------------------------------------

    def _trouble(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.over.wait(self.chance.uniform(*EVERY))
            what = self.chance.choices(list(TROUBLES), list(TROUBLES.values()))[0]
            self.figures.troubles[what] += 1
            getattr(self, f"_{what}")()
            self.world.mend()
            if self.process is None:
                self._start_receiver()
            if not self.front.gone and self.front.counts["410"] == self.figures.endpoints:
                self._new_endpoint()  # what an admin does who is told that it ended

    def _worker(self) -> None:
        self.world.kill_worker(self.chance.randrange(2))

    def _pages(self) -> None:
        self.world.kill_pages(0)

    def _page(self) -> None:
        self.world.kill_page(self.chance.randrange(2))

    def _receiver(self) -> None:
        self._kill_receiver()
        self.over.wait(self.chance.uniform(0, 3))

    def _gone(self) -> None:
        self.front.gone = True

    def _database(self) -> None:
        {
            "sqlite": self.database.lock,
            "postgresql": self.database.cut,
            "postgresql to restart": self.database.restart,
        }[self.database.kind](1)

    # --- the receiver ----------------------------------------------------------------------------

    def _new_endpoint(self) -> None:
        self._kill_receiver()
        self.figures.endpoints += 1
        people = People(self.world.url, self.token, self.client_log, None)
        url = self.front.url(f"{self.figures.endpoints}")
        number = -self.figures.endpoints
        status, self.webhook = people.api(number, "/webhooks", {"url": url})
        assert status == 201, self.webhook
        self._start_receiver()

    def _start_receiver(self) -> None:
        self.front.target = self.front.target or free_port()
        access = {"COURT_URL": self.world.url, "API_TOKEN": self.reader}
        access |= {"SECRET": self.webhook["secret"], "PORT": str(self.front.target)}
        code, folder = receiver_of("docs/webhooks.md"), self.scenario.folder
        self._running = running(code, folder, access, subprocess.DEVNULL)
        self.process = self._running.__enter__()

    def _kill_receiver(self) -> None:
        if self.process is not None:
            self.process = None
            self._running.__exit__(None, None, None)

    # --- what came of it -------------------------------------------------------------------------

    def _come_to_rest(self) -> None:
        """Let all arrive: what is tried again in an hour is sent again now, as an admin would."""
        self.front.calm = True
        self.world.mend()
        if self.process is None:
            self._start_receiver()
        if self.front.counts["410"] == self.figures.endpoints:
            self._new_endpoint()
        until("the deliveries", self._nothing_waits, REST)
        until("the last event", lambda: len(self._kept()) == len(self._listed()), REST)

    def _nothing_waits(self) -> bool:
        self.world.mend()
        waiting = deliveries(self.scenario, self.webhook, "?limit=200&state=waiting")
        failed = [each for each in waiting if each["calls"]]
        for each in failed:
            path = f"/webhooks/{self.webhook['id']}/deliveries/{each['number']}/again"
            self.scenario.api("POST", path, email=ADMIN)
        self.figures.sent_again += len(failed)
        time.sleep(1)
        return not waiting

    def _listed(self) -> list[dict[str, Any]]:
        """Return all events of the court, by the API."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["data"]["event"] if found else 0
            status, page = self.scenario.api("GET", f"/events?limit=200&after={after}")
            assert status == 200, page
            found += page["events"]
            if page["next"] is None:
                return found

    def _kept(self) -> list[dict[str, Any]]:
        """Return what the receiver has, in the order in which it came by it."""
        with closing(sqlite3.connect(self.scenario.folder / "events.db")) as kept:
            rows = kept.execute("SELECT id, event FROM event ORDER BY rowid").fetchall()
        return [{"id": each, **json.loads(event)} for each, event in rows]

    def _compare(self) -> None:
        listed, kept, wrong = self._listed(), self._kept(), self.figures.wrong
        self.figures.events = len(listed)
        lost = {each["id"] for each in listed} - {each["id"] for each in kept}
        wrong += [f"lost: {each}" for each in sorted(lost)]
        if kept != listed:
            wrong.append("what was received is not what GET /events says")
        for endpoint, taken in self.front.taken.items():
            wrong += _faults_of_pushes(endpoint, taken, listed)
        wrong += [
            f"{each.what} was answered {each.status} {each.about}"
            for each in self.client_log.answers
            if each.status == 500
        ]


def _faults_of_pushes(
    endpoint: str, taken: list[dict[str, Any]], listed: list[dict[str, Any]]
) -> Iterator[str]:
    """Yield what is wrong with the calls that an endpoint took: an event lost, or out of order.

    Of a case all events from the first one to the last one must be there; what is behind the last
    one was stopped by 410.
    """
    by_case: dict[int, list[int]] = {}
    for each in taken:
        numbers = by_case.setdefault(each["case_id"], [])
        if each["event"] not in numbers:  # it may come again
            numbers.append(each["event"])
    for case_id, numbers in by_case.items():
        there = [e["data"]["event"] for e in listed if e["data"]["case_id"] == case_id]
        first, last = there.index(numbers[0]), there.index(numbers[-1])
        if numbers != there[first : last + 1]:
            yield f"endpoint {endpoint}, case {case_id}: took {numbers} of {there}"


def _counsel(number: int, n: int) -> dict[str, Any]:
    return {
        "name": f"代理人{number}-{n}",
        "email": f"c{number}-{n}@firm.example",
        "language": "zh",
        "channels": ["email"],
    }


def _day(days: int) -> str:
    """Return a working hour so many days from now, or on the Monday after."""
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
    day += dt.timedelta(days=8 - day.isoweekday() if day.isoweekday() > 5 else 0)
    return f"{day.isoformat()}T10:00:00+08:00"


@contextmanager
def _installation(kind: str) -> Iterator[tuple[Scenario, Database]]:
    with databases_of(kind) as databases, tempfile.TemporaryDirectory() as folder:
        database = next(databases)
        if kind == "sqlite":
            database = Database(f"sqlite:///{folder}/tingqi.db")
        scenario = make_scenario(Path(folder), database.url)
        if kind == "sqlite":
            with scenario.app.app_context():
                upgrade()
        make_court(scenario)
        yield scenario, database
        scenario.close()


def main() -> int:
    """Play one night and print its figures; return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="tests.webhooks.night", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with _installation(given.db) as (scenario, database):
        found = Night(scenario, database, given.seed).play(60 * given.minutes)
    print(found)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
