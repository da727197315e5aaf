"""The address of every page that the court's users and counsel can open in the demo's court.

The routes are the app's own: a new page without arguments is included by itself, and one with
arguments that this module does not know is an error.
"""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.cases.models import Party, Representation
from app.core import links, web
from app.core.db import db, transaction
from app.demo.story import STORY
from app.hearings.answers import counsel_keys
from app.hearings.bench import invitations as bench_invitations
from app.hearings.models import Hearing, Invitation, MemberInvitation
from app.papers.exchange.models import Exchange
from app.papers.exchange.rules import ExchangeMode
from app.papers.exchange.service import ExchangeTerms, start
from app.papers.models import Filing, Paper, PaperFile
from app.people import service as people
from app.people.models import User
from app.record.models import ChainHead, Entry
from app.storage.clamd import ScanState
from app.worker import beat
from tests.conftest import SECRET, Scenario, confirmed
from tests.papers.exchanging import evidence
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import ask

ADMIN: str = STORY["users"][2]["email"]
PASSWORD: str = STORY["password"]
# Prefixes of addresses that are no pages: for programs, files, and parts of open pages.
NO_PAGES = (
    "/api/",
    "/bootstrap/static/",
    "/calendar/cases",
    "/calendar/events",
    "/cases/known",
    "/feeds/",
    "/figures.csv",
    "/healthz",
    "/import/template",
    "/hearings/<int:hearing_id>/live",
    "/metrics",
    "/news",
    "/papers/<int:paper_id>",
    "/download/",
    "/filings/files/",
    "/cases/<int:case_id>/papers.",
    "/r/<token>/papers/receipt.json",
    "/r/<token>/receipt.json",
    "/m/<key>/receipt.json",
    "/cases/<int:case_id>/receipt.json",
    "/record/keys",
    "/record/days.json",
    "/r/<token>/papers/sheet.json",
    "/exchanges/<int:exchange_id>/sheet.json",
    "/r/<token>/papers/draft",
    "/r/<token>/papers/draft.json",
    "/r/<token>/papers/app",
    "/r/<token>/hearing.ics",
    "/m/<key>/hearing.ics",
    "/readyz",
    "/settings/subdivisions",
    "/sign-in/oidc",
    "/static/",
)
# Pages that are opened once for each state of a hearing; others look much the same in each.
IN_EACH_STATE = ("/r/<token>", "/m/<key>", "/hearings/<int:hearing_id>")
CASES = "案号,案由,承办法官,当事人,诉讼地位,代理人,邮箱\n（2026）东0901民初1号,借款,陈静文,甲公司,原告,李敏,none\n"
COLUMNS = ("number", "title", "judge", "party", "role", "counsel", "email")
LOOKS = (
    "/calendar?view=day",
    "/calendar?view=day&by=judge",
    "/calendar?room=1&state=fixed",
    "/hearings?q=318",
    "/calendar/list?public=1",
    "/cases?q=nobody",
    "/?whose=mine",
)
HEARINGS = "案号,kind,minutes\n{},mediation,90\n"


def pages(scenario: Scenario) -> list[Rule]:
    """Return the routes of pages."""
    rules = scenario.app.url_map.iter_rules()
    return [
        rule
        for rule in rules
        if "GET" in (rule.methods or ()) and not str(rule).startswith(NO_PAGES)
    ]


def furnish(scenario: Scenario) -> None:
    """Add what the demo's story lacks: an upload with errors, a listing, a cancelled hearing."""
    client = signed_in(scenario)
    standard = {"subject_en": "Video", "text_en": "Video is possible in {case}."}
    assert client.post("/settings/answers/new", data=standard).status_code == 303
    webhook = {"url": "https://localhost/tingqi"}  # which is never called: it is not public
    assert client.post("/settings/webhooks", data=webhook).status_code == 303
    assert client.post("/settings/webhooks/1", data={"act": "test"}).status_code == 303
    upload(client, "/import", CASES)
    columns = {f"column-{n}": name for n, name in enumerate(COLUMNS)}
    assert client.post("/import/1", data={**columns, "do": "check"}).status_code == 303
    beat.process_file(scenario.app)
    with scenario.app.app_context():
        first, second = of_story()
        number = db.session.get_one(Hearing, first).case.number
    upload(client, "/listings", HEARINGS.format(number), seconds="5")
    beat.search_listing(scenario.app)
    assert (
        confirmed(client, f"/hearings/{second}/cancel", {"reason": "原告撤诉"}).status_code == 303
    )
    with scenario.app.app_context(), transaction() as session:
        people.open_password_link(session.get_one(User, 1), SECRET, scenario.clock.now())
    scenario.beat()
    with scenario.app.app_context():
        invitation = db.session.scalars(
            sa.select(Invitation).order_by(Invitation.id.desc())
        ).first()
        assert invitation
        link = f"/r/{counsel_keys.key_of(invitation, SECRET).token}"
    assert ask(scenario.app.test_client(), link).status_code == 303
    now = scenario.clock.now()
    with scenario.app.app_context(), transaction() as session:
        case_id = session.get_one(Invitation, invitation.id).party.case_id
        terms, user = ExchangeTerms(now + dt.timedelta(days=10)), session.get_one(User, 1)
        mode, court_id = ExchangeMode.AT_ONCE, user.court_id
        exchange = start(session, court_id, case_id, mode, terms, user, now, SECRET).id
    paper = [("file", "合同.pdf", PDF)]
    filed = draft(scenario.app.test_client(), link, paper, do="file", exchange=str(exchange))
    assert filed.status_code == 303
    draft(scenario.app.test_client(), link, [("photo", "IMG_1.jpg", b"\xff\xd8\xff")])
    _seal(scenario)


def _seal(scenario: Scenario) -> None:
    """Open a sealed exchange in a case without one, file into it, and set a file aside."""
    now = scenario.clock.now()
    with scenario.app.app_context(), transaction() as session:
        with_exchange = sa.select(Exchange.case_id)
        query = sa.select(Invitation).join(Party).where(Party.case_id.not_in(with_exchange))
        invitation = session.scalars(query.order_by(Invitation.id)).first()
        assert invitation
        terms, user = ExchangeTerms(now + dt.timedelta(days=10)), session.get_one(User, 1)
        case_id, court_id = invitation.party.case_id, user.court_id
        start(session, court_id, case_id, ExchangeMode.SEALED, terms, user, now, SECRET)
        link = f"/r/{counsel_keys.key_of(invitation, SECRET).token}"
        opened = sa.select(PaperFile).join(Paper).join(Filing)
        file = session.scalars(opened.where(Filing.exchange_id.is_not(None))).first()
        assert file
        file.scan_state, file.scan_finding = ScanState.FOUND.value, "Tests.Eicar"
    filed = evidence(scenario.app.test_client(), link, "付款凭证")
    assert filed.status_code == 303


def of_story() -> tuple[int, int]:
    """Return the ids of the story's first two hearings, behind those of the past months."""
    past = sa.select(Hearing.case_id).where(Hearing.outcome != "")
    query = sa.select(Hearing.id).where(Hearing.case_id.not_in(past)).order_by(Hearing.id)
    first, second, *_ = db.session.scalars(query)
    return first, second


def signed_in(scenario: Scenario) -> FlaskClient:
    """Return a client in which the administrator of the demo's court is signed in."""
    client = scenario.client
    assert client.post("/sign-in", data={"email": ADMIN, "password": PASSWORD}).status_code == 303
    return client


def upload(client: FlaskClient, path: str, rows: str, **fields: str) -> None:
    """Upload a CSV file with a form's other fields."""
    response = client.post(path, data={"file": (io.BytesIO(rows.encode()), "十二月.csv"), **fields})
    assert response.status_code == 303, response.text


def paths(scenario: Scenario) -> Iterator[str]:
    """Yield the address of every page, for some of them once for each state of a hearing."""
    with scenario.app.test_request_context():
        known = list(_known())
        for rule in pages(scenario):
            # With no known arguments, url_for raises BuildError, which names the missing ones.
            fitting = [each for each in known if set(each) == rule.arguments] or [{}]
            if str(rule) not in IN_EACH_STATE:
                fitting = fitting[::3]
            yield from (url_for(rule.endpoint, **each) for each in fitting)
    with scenario.app.test_request_context():
        yield from _of_exchanges()
        yield from _of_receipts()
    yield from LOOKS


def _of_receipts() -> Iterator[str]:
    """Yield the signed receipts of what a counsel and a member outside the court said."""
    said = sa.select(Entry).where(Entry.what.in_(["answered", "confirmed"])).order_by(Entry.id)
    by_counsel = db.session.scalars(said.where(Entry.counsel_id.is_not(None))).first()
    assert by_counsel
    own = (
        sa.select(Invitation)
        .join(Party)
        .where(Party.case_id == by_counsel.case_id, Invitation.counsel_id == by_counsel.counsel_id)
    )
    invitation = db.session.scalars(own).first()
    assert invitation
    key = counsel_keys.key_of(invitation, SECRET).token
    yield f"/r/{key}/receipt?number={by_counsel.seq}"
    if by_member := db.session.scalars(said.where(Entry.attempt.startswith("b"))).first():
        needed = db.session.get_one(MemberInvitation, int(by_member.attempt[1:]))
        member_key = bench_invitations.key_of(needed, SECRET).token
        yield f"/m/{member_key}/receipt?number={by_member.seq}"


def _of_exchanges() -> Iterator[str]:
    """Yield the pages of each exchange, of its court and one counsel, and of what is set aside."""
    session = db.session()
    for case_id in session.scalars(sa.select(Exchange.case_id).distinct()):
        yield from (f"/cases/{case_id}/{each}" for each in ("exchange", "papers"))
        invitations = sa.select(Invitation).join(Party).where(Party.case_id == case_id)
        for invitation in session.scalars(invitations.order_by(Invitation.id).limit(2)):
            link = f"/r/{counsel_keys.key_of(invitation, SECRET).token}/papers"
            yield from (link, f"{link}/opinions", f"{link}/sheet")
    found = sa.select(PaperFile).where(PaperFile.scan_state == ScanState.FOUND.value)
    for file in session.scalars(found):
        yield from (f"/filings/files/{file.id}/release", f"/filings/papers/{file.paper_id}")


def _known() -> Iterator[dict[str, Any]]:
    """Yield the arguments of routes, by what pages can be about."""
    session = db.session()
    seat = session.scalars(sa.select(Representation)).first()
    assert seat
    yield {"case_id": 1}
    yield {"case_id": 1, "representation_id": seat.id}
    own = sa.select(Hearing).where(Hearing.case_id == seat.party.case_id).order_by(Hearing.id)
    hearing = session.scalars(own).first()
    assert hearing
    yield {"hearing_id": hearing.id, "counsel_id": seat.counsel_id}
    yield {"on": web.now().date().isoformat()}
    yield from (
        {name: 1}
        for name in (
            "room_id",
            "upload_id",
            "listing_id",
            "user_id",
            "question_id",
            "filing_id",
            "paper_id",
            "judge_id",
            "endpoint_id",
        )
    )
    yield {"exchange_id": 1}
    yield {"number": 1}
    yield {"listing_id": 1, "listed_id": 1}
    yield {"kind": "proposal", "channel": "sms", "language": "zh"}
    yield {"seal": session.scalars(sa.select(ChainHead.hash)).first()}
    states: set[str] = set()
    for hearing in session.scalars(sa.select(Hearing).order_by(Hearing.id.desc())):
        if (state := f"{hearing.state}/{hearing.outcome}") not in states:
            yield {"hearing_id": hearing.id}
            for asked in hearing.proposals[-1].invitations if hearing.proposals else ():
                yield {"token": counsel_keys.key_of(asked, SECRET).token}
        states.add(state)
    for needed in session.scalars(sa.select(MemberInvitation).order_by(MemberInvitation.id)):
        yield {"key": bench_invitations.key_of(needed, SECRET).token}
    version = session.get_one(User, 1).version
    yield {"user_id": 1, "token": links.token(SECRET, "password", 1, version)}
    yield {"token": "x" * 22}
    yield {"key": "x" * 22}
