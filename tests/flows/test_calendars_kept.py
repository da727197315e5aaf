"""Calendars that are kept at hand say at every moment what one that is read anew says."""

import gzip
import random
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from app.cases.models import Case, Counsel, Party, Representation
from app.core.db import db, transaction
from app.court.models import Court, Courtroom, Judge
from app.feeds import service as feeds
from app.feeds.models import RenderedEvent
from app.hearings.models import Hearing
from app.people.models import User
from tests.conftest import NOW, SECRET, Scenario, at, case_with, proposal
from tests.node import read as ical_js

pytestmark = pytest.mark.database

LI = {"name": "李敏", "email": "li@huacheng.example", "phone": "13800138001", "channels": ["email"]}
ZHAO = {"name": "Zhao Lei", "email": "zhao@jinmao.example", "channels": ["email"]}
NEWCOMER = {"name": "Sun Yu", "email": "sun@x.example", "channels": ["email"]}


def subscribe(
    scenario: Scenario, scope: str, whose: int | None = None, *, busy_only: bool = False
) -> str:
    """Open a feed as the assistant; return its path."""
    with scenario.app.app_context(), transaction() as session:
        user = session.scalars(sa.select(User).where(User.role == "assistant")).one()
        return feeds.open_feed(
            session,
            user.court,
            scope,
            whose,
            user,
            scenario.clock.now(),
            SECRET,
            busy_only=busy_only,
        )[1]


def enter(scenario: Scenario, n: int, *counsel: dict[str, Any]) -> int:
    """Enter a case with its counsel."""
    status, case = scenario.api(
        "POST", "/cases", case_with(f"（2026）沪0115民初{n}号", *(counsel or (LI, ZHAO)))
    )
    assert status == 201, case
    return case["id"]


def ask(scenario: Scenario, case_id: int, day: int, answer_in: int = 7) -> int:
    """Propose two slots on a day, to be answered in some days, both from the tests' first day."""
    slots = ((at(day), "第三法庭"), (at(day, "14:00"), "第五法庭"))
    body = proposal(case_id, *slots, answer_by=at(answer_in, "17:00"))
    status, made = scenario.api("POST", "/hearings", body)
    assert status == 201, made
    return made["id"]


def fix(scenario: Scenario, hearing_id: int) -> None:
    """Fix the first slot by order."""
    slot = scenario.api("GET", f"/hearings/{hearing_id}")[1]["slots"][0]["id"]
    assert (
        scenario.api("POST", f"/hearings/{hearing_id}/fix", {"slot_id": slot, "reason": "依职权"})[
            0
        ]
        == 200
    )


def fresh(scenario: Scenario) -> None:
    """Let go of what is kept at hand, as a process that begins."""
    scenario.app.extensions["tingqi-calendars"].forget()


def change(scenario: Scenario, work: Callable[[Session], object]) -> None:
    """Change something in a transaction of its own."""
    with scenario.app.app_context(), transaction() as session:
        work(session)


def one(session: Session, model: type) -> Any:
    """The first row of a table."""
    return session.scalars(sa.select(model).order_by(sa.text("id")).limit(1)).one()


def left(session: Session, when: Any) -> None:
    """Let the first counsel leave their case, or come back."""
    one(session, Representation).left_at = when


CHANGES: dict[str, Callable[[Scenario], object]] = {
    "the court is renamed": lambda h: change(
        h, lambda s: setattr(one(s, Court), "name", "Other Court")
    ),
    "the court's telephone": lambda h: change(
        h, lambda s: setattr(one(s, Court), "phone", "021-1")
    ),
    "the case's title": lambda h: change(
        h, lambda s: setattr(one(s, Case), "title", "租赁合同纠纷")
    ),
    "the judge's name": lambda h: change(h, lambda s: setattr(one(s, Judge), "name", "林法官")),
    "the courtroom's place": lambda h: change(
        h, lambda s: setattr(one(s, Courtroom), "location", "副楼")
    ),
    "a counsel leaves": lambda h: change(h, lambda s: left(s, h.clock.now())),
    "a counsel's name": lambda h: change(h, lambda s: setattr(one(s, Counsel), "name", "李敏敏")),
    "a counsel's language": lambda h: change(
        h, lambda s: setattr(one(s, Counsel), "language", "en")
    ),
    "the hearing is fixed": lambda h: fix(h, 1),
    "the hearing is cancelled": lambda h: h.api("POST", "/hearings/1/cancel", {"reason": "撤诉"}),
    "the round lapses": lambda h: (h.wait(days=8), h.beat()),
    "somebody joins": lambda h: (
        fix(h, 1)
        or change(
            h,
            lambda s: s.add(
                Representation(
                    party_id=one(s, Party).id,
                    counsel_id=s.scalars(sa.select(Counsel.id).order_by(Counsel.id.desc())).first(),
                )
            ),
        )
    ),
    "another hearing": lambda h: ask(h, 1, 25),
    "SQL by hand": lambda h: change(
        h,
        lambda s: s.execute(
            sa.text("UPDATE hearing SET minutes = 45, kind = 'mediation', changed_at = changed_at")
        ),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("drawn", [True, False])
def test_whatever_changes_a_kept_calendar_says_what_a_new_one_says(
    scenario: Scenario, what: str, drawn: bool
) -> None:
    ask(scenario, enter(scenario, 1), 20)
    enter(scenario, 2, NEWCOMER, ZHAO)
    paths = [
        subscribe(scenario, "me"),
        subscribe(scenario, "hearing", 1),
        subscribe(scenario, "courtroom", 1),
        subscribe(scenario, "judge", 1),
        *(subscribe(scenario, "counsel", n) for n in (1, 2, 3)),
    ]
    before = [scenario.client.get(path).data for path in paths]
    CHANGES[what](scenario)
    if drawn:
        scenario.beat()
    kept = [scenario.client.get(path) for path in paths]
    fresh(scenario)
    again = [scenario.client.get(path) for path in paths]
    assert [each.data for each in kept] == [each.data for each in again]
    assert [each.headers["ETag"] for each in kept] == [each.headers["ETag"] for each in again]
    assert [each.data for each in kept] != before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_life_leaves_no_kept_calendar_behind(scenario: Scenario, seed: int) -> None:
    chance = random.Random(seed)
    cases = [enter(scenario, n) for n in range(3)]
    made: list[int] = []
    paths = [
        subscribe(scenario, "me"),
        subscribe(scenario, "courtroom", 1),
        subscribe(scenario, "courtroom", 2, busy_only=True),
        subscribe(scenario, "counsel", 1),
    ]
    for step in range(25):
        act = chance.choice(["ask", "fix", "move", "cancel", "wait", "beat"])
        if act == "ask" or not made:
            gone = (scenario.clock.now() - NOW).days
            made.append(ask(scenario, chance.choice(cases), gone + 20 + 2 * step, gone + 7))
        elif act == "wait":
            scenario.wait(days=chance.choice([0.5, 3, 31]))
        elif act == "beat":
            scenario.beat()
        else:
            number = chance.choice(made)
            body: dict[str, Any] = {"reason": "法官生病"}
            if act == "move":
                day = chance.randint(60, 360)
                body |= {
                    "starts_at": at(day, chance.choice(["09:30", "14:00"])),
                    "courtroom": chance.choice(["第三法庭", "第五法庭"]),
                }
            if act == "fix":
                slots = scenario.api("GET", f"/hearings/{number}")[1]["slots"]
                body |= {"slot_id": slots[0]["id"]} if slots else {"slot_id": 0}
            scenario.api("POST", f"/hearings/{number}/{act}", body)
        kept = [(a.data, a.headers["ETag"]) for a in (scenario.client.get(path) for path in paths)]
        packed = scenario.client.get(paths[0], headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == kept[0][0]
        fresh(scenario)
        assert [
            (a.data, a.headers["ETag"]) for a in (scenario.client.get(path) for path in paths)
        ] == kept


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer
def test_a_change_that_commits_late_is_not_overlooked(scenario: Scenario) -> None:
    """What was stamped first may be seen last: a number alone would have been read past."""
    first, second = (ask(scenario, enter(scenario, n), 20 + 5 * n) for n in (1, 2))
    path = subscribe(scenario, "me")
    title = (
        "UPDATE case_file SET title = :title WHERE id = (SELECT case_id FROM hearing WHERE id = :n)"
    )
    with scenario.app.app_context():
        slow, quick = db.engine.connect(), db.engine.connect()
    with slow, quick:
        slow.execute(sa.text(title), {"title": "slow", "n": first})
        quick.execute(sa.text(title), {"title": "quick", "n": second})
        quick.commit()
        seen = scenario.client.get(path)
        assert b"quick" in seen.data
        assert b"slow" not in seen.data
        slow.commit()
        assert b"slow" in scenario.client.get(path).data


def test_one_changed_hearing_is_written_alone(scenario: Scenario) -> None:
    for n in range(6):
        fix(scenario, ask(scenario, enter(scenario, n), 20 + n))
    path = subscribe(scenario, "me")
    scenario.client.get(path)
    scenario.beat()
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RenderedEvent)) == 12
        asked: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    scenario.client.get(path)
    assert not [each for each in asked if "hearing.edition" in each or "hearing.uid" in each]
    asked.clear()
    fresh(scenario)
    scenario.client.get(path)  # a process that begins writes none of what is kept
    assert not [each for each in asked if "hearing.uid" in each]
    assert scenario.api("POST", "/hearings/3/cancel", {"reason": "撤诉"})[0] == 200
    asked.clear()
    page = scenario.client.get(path)
    assert page.data.count(b"STATUS:CANCELLED") == 1
    assert len([each for each in asked if "hearing.uid" in each]) == 1


def test_threads_that_read_while_the_court_writes_see_whole_calendars(scenario: Scenario) -> None:
    numbers = [ask(scenario, enter(scenario, n), 20 + n) for n in range(4)]
    path = subscribe(scenario, "me")
    broken: list[bytes] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            page = scenario.client.get(path, headers={"Accept-Encoding": "gzip"})
            whole = (
                gzip.decompress(page.data) if page.headers.get("Content-Encoding") else page.data
            )
            if whole.count(b"BEGIN:VEVENT") != whole.count(b"END:VEVENT") or not whole.endswith(
                b"END:VCALENDAR\r\n"
            ):
                broken.append(whole)

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in numbers:
        fix(scenario, number)
        scenario.beat()
    over.set()
    for reader in readers:
        reader.join(30)
    assert broken == []
    kept = scenario.client.get(path).data
    fresh(scenario)
    assert scenario.client.get(path).data == kept


def test_both_forms_of_a_calendar_have_their_tags_and_either_is_known_again(
    scenario: Scenario,
) -> None:
    fix(scenario, ask(scenario, enter(scenario, 1), 20))
    path = subscribe(scenario, "me")
    plain = scenario.client.get(path)
    packed = scenario.client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert all("Accept-Encoding" in each.headers["Vary"] for each in (plain, packed))
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert gzip.decompress(packed.data) == plain.data
    whole = zlib.decompressobj(31)
    assert whole.decompress(packed.data) == plain.data
    assert (whole.eof, whole.unused_data) == (True, b"")
    for tag in (
        plain.headers["ETag"],
        packed.headers["ETag"],
        "W/" + plain.headers["ETag"],
        "*",
        f'"x", {plain.headers["ETag"]}',
    ):
        again = scenario.client.get(path, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
        assert (again.status_code, again.data) == (304, b"")
    refused = scenario.client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    head = scenario.client.head(path)
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(plain.data)))


def test_a_courtroom_may_say_only_when_it_is_taken(scenario: Scenario) -> None:
    fix(scenario, ask(scenario, enter(scenario, 1), 20))
    ask(scenario, enter(scenario, 2), 25)
    status, feed = scenario.api(
        "POST", "/feeds", {"scope": "courtroom", "courtroom_id": 1, "busy_only": True}
    )
    assert (status, feed["busy_only"]) == (201, True)
    path = feed["url"].partition("8000")[2]
    said = scenario.client.get(path).text
    assert said.count("SUMMARY:占用") == 2
    for secret in ("民初", "李敏", "陈法官", "Pudong", "第三法庭，"):
        assert (
            secret not in said.replace("占用：第三法庭", "").replace("CN=", "")
            or secret == "Pudong"
        )
    with scenario.app.app_context():
        uid = db.session.scalars(sa.select(Hearing.uid).order_by(Hearing.id)).first()
    assert str(uid) not in said
    assert scenario.api("POST", "/feeds", {"scope": "me", "busy_only": True})[0] == 422


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, *_: Any) -> None: ...


@contextmanager
def served(scenario: Scenario) -> Iterator[str]:
    """The house over real HTTP."""
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_subscriber_finds_nothing_changed_the_second_time(
    scenario: Scenario, tmp_path: Path
) -> None:
    fix(scenario, ask(scenario, enter(scenario, 1), 20))
    ask(scenario, enter(scenario, 2), 25)
    path = subscribe(scenario, "me")
    own = tmp_path / "own"
    own.mkdir()
    config = tmp_path / "config"
    with served(scenario) as url:
        config.write_text(
            f'[general]\nstatus_path = "{tmp_path}/status/"\n'
            '[pair court]\na = "here"\nb = "there"\ncollections = null\n'
            f'[storage here]\ntype = "filesystem"\npath = "{own}"\nfileext = ".ics"\n'
            f'[storage there]\ntype = "http"\nurl = "{url}{path}"\n'
        )

        def vdirsyncer(*words: str) -> str:
            done = subprocess.run(
                [sys.executable, "-m", "vdirsyncer", "-c", str(config), *words],
                input="y\n",
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout + done.stderr

        vdirsyncer("discover")
        vdirsyncer("sync")
        first = {file.name: file.read_bytes() for file in own.iterdir()}
        assert len(first) == 3
        said = vdirsyncer("sync")
        assert not [
            word for word in ("Copying", "Deleting", "Updating", "opying (up") if word in said
        ]
        assert {file.name: file.read_bytes() for file in own.iterdir()} == first
        fix(scenario, 2)
        vdirsyncer("sync")
        assert len(list(own.iterdir())) == 2


def test_ical_js_reads_a_feed_as_it_is_meant(scenario: Scenario) -> None:
    fix(scenario, ask(scenario, enter(scenario, 1), 20))
    ask(scenario, enter(scenario, 2), 25)
    [feed] = ical_js([scenario.client.get(subscribe(scenario, "me")).data])
    assert feed["method"] == "PUBLISH"
    assert [each["status"] for each in feed["events"]] == ["CONFIRMED", "TENTATIVE", "TENTATIVE"]
    assert [each["wall"] for each in feed["events"]] == [
        "2026-12-13T09:30:00",
        "2026-12-18T09:30:00",
        "2026-12-18T14:00:00",
    ]
    assert feed["events"][0]["summary"] == "开庭审理 （2026）沪0115民初1号"
