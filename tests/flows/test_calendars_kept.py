"""Calendars from stored events say at every moment what one that is rendered anew says."""

import random
import subprocess
import sys
import threading
from collections import defaultdict
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
from app.feeds import rendered_events
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


def forget(scenario: Scenario) -> None:
    """Delete the stored events, as if the worker had never rendered any."""

    def delete(session: Session) -> None:
        session.execute(sa.delete(RenderedEvent))
        session.execute(sa.update(Hearing).values(drawn_edition=0))

    change(scenario, delete)


def render(scenario: Scenario) -> None:
    """Render and store the events of all hearings that changed, as the worker does."""
    now = scenario.clock.now()
    court_address = scenario.app.extensions["tingqi"].settings.court_address
    change(scenario, lambda session: rendered_events.render_next(session, now, court_address))


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
@pytest.mark.parametrize("stored", [True, False])
def test_whatever_changes_a_calendar_changes_and_says_what_one_rendered_anew_says(
    scenario: Scenario, what: str, stored: bool
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
    if stored:
        scenario.beat()
    before = [scenario.client.get(path) for path in paths]
    CHANGES[what](scenario)
    if stored:
        scenario.beat()
    changed = [scenario.client.get(path) for path in paths]
    asked_again = [
        scenario.client.get(path, headers={"If-None-Match": page.headers["ETag"]})
        for path, page in zip(paths, before, strict=True)
    ]
    forget(scenario)
    anew = [scenario.client.get(path) for path in paths]
    assert [page.data for page in changed] == [page.data for page in anew]
    assert [page.data for page in changed] != [page.data for page in before]
    for old, new, again in zip(before, changed, asked_again, strict=True):
        if old.data != new.data:  # else 304 is allowed, and not demanded
            assert (again.status_code, again.data) == (200, new.data)
    for path, page in zip(paths, changed, strict=True):
        head = {"If-None-Match": page.headers["ETag"]}
        assert scenario.client.get(path, headers=head).status_code == 304


@pytest.mark.extended
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_life_leaves_no_stored_event_and_no_tag_behind(
    scenario: Scenario, seed: int
) -> None:
    chance = random.Random(seed)
    known: dict[str, dict[str, bytes]] = defaultdict(dict)  # by path and ETag
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
        pages = [scenario.client.get(path) for path in paths]
        for path, page in zip(paths, pages, strict=True):
            for tag, data in list(known[path].items())[-4:]:
                again = scenario.client.get(path, headers={"If-None-Match": tag})
                told = data if again.status_code == 304 else again.data
                assert told == page.data, (step, act)
            known[path][page.headers["ETag"]] = page.data
        forget(scenario)
        assert [scenario.client.get(path).data for path in paths] == [page.data for page in pages]
        render(scenario)  # what is stored now meets the next change


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


def test_one_changed_hearing_is_rendered_alone(scenario: Scenario) -> None:
    for n in range(6):
        fix(scenario, ask(scenario, enter(scenario, n), 20 + n))
    path = subscribe(scenario, "me")
    scenario.beat()
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RenderedEvent)) == 12
        statements: list[str] = []
        sa.event.listen(
            db.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
        )
    page = scenario.client.get(path)
    assert not [each for each in statements if "hearing.uid" in each]
    assert scenario.api("POST", "/hearings/3/cancel", {"reason": "撤诉"})[0] == 200
    statements.clear()
    changed = scenario.client.get(path)
    assert changed.data.count(b"STATUS:CANCELLED") == 1
    assert len([each for each in statements if "hearing.uid" in each]) == 1
    for tag, status in ((page.headers["ETag"], 200), (changed.headers["ETag"], 304)):
        answer = scenario.client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == status


def test_whether_anything_changed_is_one_query(scenario: Scenario) -> None:
    hearing = ask(scenario, enter(scenario, 1), 20)
    enter(scenario, 2, NEWCOMER)
    path = subscribe(scenario, "counsel", 1)
    head = {"If-None-Match": scenario.client.get(path).headers["ETag"]}
    with scenario.app.app_context():
        statements: list[str] = []
        sa.event.listen(
            db.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
        )

    def asked() -> tuple[int, int]:
        """Status, and how many statements read something."""
        statements.clear()
        status = scenario.client.get(path, headers=head).status_code
        return status, len([each for each in statements if "SELECT" in each])

    assert asked() == (304, 1)
    ask(scenario, 2, 25)  # of others: then the feed's own hearings are compared
    status, count = asked()
    assert (status, count > 1) == (304, True)
    head = {"If-None-Match": scenario.client.get(path).headers["ETag"]}
    assert asked() == (304, 1)
    fix(scenario, hearing)
    assert asked()[0] == 200


def test_a_tag_from_before_a_restored_backup_proves_nothing(scenario: Scenario) -> None:
    hearing = ask(scenario, enter(scenario, 1), 20)
    path = subscribe(scenario, "me")
    until, position, *digests = scenario.client.get(path).headers["ETag"].strip('"').split("-")
    ahead = "-".join([until, f"{int(position, 16) + 1000:x}", *digests])
    fix(scenario, hearing)
    page = scenario.client.get(path, headers={"If-None-Match": f'"{ahead}"'})
    assert page.status_code == 200


def test_an_etag_in_any_form_is_known_again(scenario: Scenario) -> None:
    fix(scenario, ask(scenario, enter(scenario, 1), 20))
    path = subscribe(scenario, "me")
    page = scenario.client.get(path)
    tag = page.headers["ETag"]
    for known in (tag, "W/" + tag, "*", f'"x", {tag}'):
        again = scenario.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.data) == (304, b"")
    for other in ('"x"', tag.replace("-", "_"), '"' + "f" * 400 + tag[1:], tag[:-2] + '0x"'):
        again = scenario.client.get(path, headers={"If-None-Match": other})
        assert (again.status_code, again.data) == (200, page.data)
    head = scenario.client.head(path)
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(page.data)))


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
