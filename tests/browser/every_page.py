"""Every page that a person of the court or counsel can open, in the demo's court.

Routes are read off the app: a new page without arguments is looked at without being named here,
and one with arguments that are not known here is a fault.
"""

import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.cases.models import Representation
from app.core import links
from app.core.db import db, transaction
from app.demo.story import STORY
from app.hearings.models import Hearing
from app.people import service as people
from app.people.models import User
from app.record.models import ChainHead
from app.worker import beat
from tests.conftest import SECRET, Scenario

ADMIN: str = STORY["users"][2]["email"]
PASSWORD: str = STORY["password"]
# Addresses that answer programs, files, and parts of pages that are open already.
NO_PAGES = (
    "/api/",
    "/bootstrap/static/",
    "/calendar/events",
    "/calendar/told/",
    "/feeds/",
    "/healthz",
    "/hearings/<int:hearing_id>/live",
    "/metrics",
    "/news",
    "/papers/",
    "/r/<token>/hearing.ics",
    "/readyz",
    "/settings/subdivisions",
    "/static/",
)
# Of these one for each state of a hearing; what lies behind others looks much the same in each.
IN_EACH_STATE = ("/r/<token>", "/hearings/<int:hearing_id>")
CASES = "案号,案由,承办法官,当事人,诉讼地位,代理人,邮箱\n（2026）东0901民初1号,借款,陈静文,甲公司,原告,李敏,none\n"
COLUMNS = ("number", "title", "judge", "party", "role", "counsel", "email")
LOOKS = (
    "/calendar?view=day",
    "/calendar?view=day&by=judge",
    "/calendar?whose=1",
    "/hearings?q=318",
    "/calendar/list?public=1",
    "/cases?q=nobody",
    "/?whose=mine",
)
HEARINGS = "案号,kind,minutes\n{},mediation,90\n"


def pages(scenario: Scenario) -> list[Rule]:
    """The routes by which a person opens a page."""
    rules = scenario.app.url_map.iter_rules()
    return [
        rule
        for rule in rules
        if "GET" in (rule.methods or ()) and not str(rule).startswith(NO_PAGES)
    ]


def furnish(scenario: Scenario) -> None:
    """Add what the demo's story leaves out: a file with a fault, a listing, a cancelled hearing."""
    desk = signed_in(scenario)
    give(desk, "/import", CASES)
    columns = {f"column-{n}": name for n, name in enumerate(COLUMNS)}
    assert desk.post("/import/1", data={**columns, "do": "check"}).status_code == 303
    beat.process_file(scenario.app)
    with scenario.app.app_context():
        number = db.session.get_one(Hearing, 1).case.number
    give(desk, "/listings", HEARINGS.format(number), seconds="5")
    beat.search_listing(scenario.app)
    assert desk.post("/hearings/2/cancel", data={"reason": "原告撤诉"}).status_code == 303
    with scenario.app.app_context(), transaction() as session:
        people.open_password_link(session.get_one(User, 1), SECRET, scenario.clock.now())
    scenario.beat()


def signed_in(scenario: Scenario) -> FlaskClient:
    """The administrator of the demo's court, without a browser."""
    desk = scenario.client
    assert desk.post("/sign-in", data={"email": ADMIN, "password": PASSWORD}).status_code == 303
    return desk


def give(desk: FlaskClient, path: str, rows: str, **more: str) -> None:
    """Upload a file of rows."""
    sent = {"file": (io.BytesIO(rows.encode()), "十二月.csv"), **more}
    answer = desk.post(path, data=sent)
    assert answer.status_code == 303, answer.text


def paths(scenario: Scenario) -> Iterator[str]:
    """The address of every page; of hearings and counsel's pages one for each state."""
    with scenario.app.test_request_context():
        known = list(_known())
        for rule in pages(scenario):
            # Without arguments that are known here, building the address says what is missing.
            fitting = [each for each in known if set(each) == rule.arguments] or [{}]
            if str(rule) not in IN_EACH_STATE:
                fitting = fitting[::3]
            yield from (url_for(rule.endpoint, **each) for each in fitting)
    yield from LOOKS


def _known() -> Iterator[dict[str, Any]]:
    """What pages can be about."""
    session = db.session()
    seat = session.scalars(sa.select(Representation)).first()
    assert seat
    yield {"case_id": 1}
    yield {"case_id": 1, "representation_id": seat.id}
    yield {"hearing_id": 1, "counsel_id": seat.counsel_id}
    yield from ({name: 1} for name in ("room_id", "upload_id", "listing_id", "user_id"))
    yield {"kind": "proposal", "channel": "sms", "language": "zh"}
    yield {"seal": session.scalars(sa.select(ChainHead.hash)).first()}
    states: set[str] = set()
    for hearing in session.scalars(sa.select(Hearing).order_by(Hearing.id.desc())):
        if hearing.state not in states:
            yield {"hearing_id": hearing.id}
            for asked in hearing.proposals[-1].invitations:
                yield {"token": links.token(SECRET, "reply", asked.id, asked.version)}
        states.add(hearing.state)
    version = session.get_one(User, 1).version
    yield {"user_id": 1, "token": links.token(SECRET, "password", 1, version)}
    yield {"token": "x" * 22}
