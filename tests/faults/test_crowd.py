"""Fifty at once, over real HTTP against the real server: one booking per judge, room and counsel."""

import datetime as dt
import json
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.runtime.clock import SystemClock
from app.hearings.answers import counsel_keys
from app.hearings.models import Booking, Hearing, Invitation
from tests.conftest import SECRET, Scenario, case_with, proposal

pytestmark = [pytest.mark.database, pytest.mark.extended]

ROOT = Path(__file__).parents[2]
CROWD = 50


@dataclass
class Site:
    """The pages as they are served to the world, over the house's database."""

    scenario: Scenario
    url: str

    def ask(
        self, path: str, form: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, str]:
        """GET a page, or POST a form or JSON; return status and body."""
        data = urllib.parse.urlencode(form).encode() if form is not None else body
        request = urllib.request.Request(f"{self.url}{path}", data=data)
        request.add_header("Authorization", f"Bearer {self.scenario.token('wang@court.example')}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()


@pytest.fixture
def site(scenario: Scenario, environment: dict[str, str]) -> Iterator[Site]:
    """The production server with two processes of four threads on a free port."""
    # Server and house share the machine's clock here: two processes cannot share one that is set.
    scenario.clock.set(SystemClock().now())
    # The port listens before the server is there: whoever connects early waits, nobody is refused.
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    port, bind = listening.getsockname()[1], f"fd://{listening.fileno()}"
    url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    settings = {
        "TINGQI_INSTANCE": str(scenario.folder),
        "TINGQI_DATABASE_URL": url,
        "TINGQI_SECRET_KEY": SECRET.decode(),
        "TINGQI_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--bind", bind, "--workers", "2"],
        cwd=ROOT,
        env={**environment, **settings, "PYTHONWARNINGS": "default"},
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=[listening.fileno()],
    )
    listening.close()
    assert server.stderr
    said: list[str] = []
    drain = threading.Thread(target=lambda: said.extend(server.stderr or []), daemon=True)
    drain.start()
    yield Site(scenario, f"http://127.0.0.1:{port}")
    server.terminate()
    server.wait(120)
    drain.join(60)
    server.stderr.close()
    assert "Traceback" not in "".join(said), "".join(said)


def at(days: int, clock: str = "09:30") -> str:
    """An instant so many days from today, at a wall-clock time in Shanghai."""
    today = SystemClock().now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    return f"{today + dt.timedelta(days=days)}T{clock}:00+08:00"


def at_once(work: list[Callable[[], Any]]) -> list[Any]:
    """Do things at the same moment, each in a thread of its own; return what each returned."""
    gate, results = threading.Barrier(len(work)), [None] * len(work)

    def one(n: int) -> None:
        gate.wait(60)
        results[n] = work[n]()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def counsel(n: int) -> dict[str, Any]:
    """The n-th of a crowd."""
    return {
        "name": f"代理人{n}",
        "email": f"c{n}@firm.example",
        "language": "zh",
        "channels": ["email"],
    }


def overlapping(scenario: Scenario) -> list[tuple[int, int]]:
    """Bookings of one resource that overlap; there must be none."""
    with scenario.app.app_context():
        db.session.remove()
        rows = db.session.scalars(sa.select(Booking).order_by(Booking.resource)).all()
        by_resource: dict[int, list[Booking]] = {}
        for row in rows:
            by_resource.setdefault(row.resource, []).append(row)
        return [
            (a.id, b.id)
            for group in by_resource.values()
            for a, b in combinations(group, 2)
            if a.starts_at < b.ends_at and b.starts_at < a.ends_at
        ]


def answer_all(site: Site, hearing_id: int, says: str) -> list[int]:
    """Let every counsel of a hearing open their page and answer, all at once."""
    with site.scenario.app.app_context():
        db.session.remove()
        seats = db.session.scalars(sa.select(Invitation).order_by(Invitation.id)).all()
        paths = [f"/r/{counsel_keys.key_of(seat, SECRET).token}" for seat in seats]
    forms = []
    for path in paths:
        status, page = site.ask(path)
        assert status == 200
        slots = sorted(set(re.findall(r'name="(slot-\d+)"', page)))
        nonce = re.search(r'name="nonce"[^>]*value="([^"]+)"', page)
        assert slots, nonce
        assert nonce
        forms.append({**dict.fromkeys(slots, says), "comment": "", "nonce": nonce.group(1)})
    return [
        status
        for status, _ in at_once(
            [lambda p=p, f=f: site.ask(p, f) for p, f in zip(paths, forms, strict=True)]
        )
    ]


@pytest.mark.parametrize("slots", ["identical", "overlapping"])
def test_fifty_counsel_answering_at_once_fix_one_hearing_once(site: Site, slots: str) -> None:
    scenario = site.scenario
    second = at(14) if slots == "identical" else at(14, "10:00")
    _, case = scenario.api(
        "POST", "/cases", case_with("（2026）沪0115民初50号", *[counsel(n) for n in range(CROWD)])
    )
    status, made = scenario.api(
        "POST",
        "/hearings",
        proposal(case["id"], (at(14), "第三法庭"), (second, "第五法庭"), answer_by=at(7)),
    )
    assert status == 201, made
    statuses = answer_all(site, made["id"], "yes")
    assert Counter(statuses) == {200: CROWD}
    with scenario.app.app_context():
        hearing = db.session.get_one(Hearing, made["id"])
        assert (hearing.state, hearing.revision) == ("fixed", 1)
        firm = db.session.scalars(sa.select(Booking).where(Booking.hearing_id == hearing.id)).all()
        assert len(firm) == 1 + 1 + CROWD
        assert all(booking.firm for booking in firm)
        assert {booking.starts_at for booking in firm} == {hearing.starts_at}
    assert overlapping(scenario) == []
    scenario.wait(minutes=1)
    scenario.beat()
    fixed = Counter(
        parseaddr(letter.to)[1]
        for letter in scenario.letters(channel="email")
        if letter.has_calendar
    )
    assert fixed == {f"c{n}@firm.example": 1 for n in range(CROWD)}


@pytest.mark.parametrize("minutes", [[0], [0, 30, 60]], ids=["identical", "overlapping"])
def test_fifty_proposals_for_one_judge_and_room_at_once_hold_it_once(
    site: Site, minutes: list[int]
) -> None:
    scenario = site.scenario
    bodies = []
    for n in range(CROWD):
        status, case = scenario.api(
            "POST",
            "/cases",
            case_with(f"（2026）沪0115民初{n}号", counsel(2 * n), counsel(2 * n + 1)),
        )
        assert status == 201, case
        start = f"{9 + minutes[n % len(minutes)] // 60:02}:{minutes[n % len(minutes)] % 60:02}"
        bodies.append(proposal(case["id"], (at(14, start), "第三法庭"), answer_by=at(7)))
    scenario.token("wang@court.example")
    said = at_once(
        [lambda b=b: site.ask("/api/v1/hearings", body=json.dumps(b).encode()) for b in bodies]
    )
    assert Counter(status for status, _ in said) == {201: 1, 409: CROWD - 1}
    details = [json.loads(words)["detail"] for status, words in said if status == 409]
    assert all("陈法官" in detail and "民初" in detail for detail in details), details
    assert overlapping(scenario) == []
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Hearing)) == 1
