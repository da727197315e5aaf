"""Every act of counsel and of members outside the court, and acts of the court before all sides.

Those are on questions, on requests for another date, and on who sits.

A row says how the act is done rightly. Tests go through the rows with bad input, with many who act
at once, with each side in turn, and by programs that press everything: an act that has no row
fails ``test_every_act_has_a_row``.
"""

import datetime as dt
import html
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.addresses.models import AddressChange
from app.cases import keys
from app.cases.models import Case as Case
from app.cases.models import Counsel, Representation
from app.core import links
from app.core.db import Base, db, transaction
from app.counsel import page_keys
from app.counsel.page_keys import PageSubject
from app.hearings.bench import attending
from app.hearings.models import Invitation, MemberInvitation, MoveRequest
from app.papers.exchange import queries as exchanges
from app.papers.exchange.rules import ExchangeMode
from app.papers.exchange.service import ExchangeTerms, cancel, start
from app.papers.models import Paper
from app.people.models import Role, User
from app.record import ledger
from app.record.models import ChainHead, DailySeal
from tests.conftest import SECRET, Scenario, at, case_with, confirmed, proposal

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SIDES = ("claimant", "respondent", "other")
ADDRESSES = itertools.count(1)
NUMBERS = itertools.count(1)
Form = Mapping[str, str]


class Reach(StrEnum):
    """How all other sides hold an act after the commit that it is done by."""

    NOTICE = "by a notice, their pages and the record"
    RECORD = "by the record"
    NOBODY = "not"


@dataclass
class Stage:
    """A case of three counsel with a fixed hearing and one whose proposal waits for answers."""

    scenario: Scenario
    case_id: int
    fixed_id: int
    asked_id: int
    names: Mapping[str, str]
    links: Mapping[str, str]
    users: dict[str, FlaskClient] = field(default_factory=dict)

    def browser(self, language: str = "en") -> FlaskClient:
        """A phone at an address of its own, so that no rate limit of another request counts."""
        client = self.scenario.app.test_client()
        client.set_cookie("lang", language)
        n = next(ADDRESSES)
        client.environ_base["HTTP_USER_AGENT"] = PHONE
        client.environ_base["REMOTE_ADDR"] = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        return client

    def desk(self, name: str = "wang") -> FlaskClient:
        """A browser in which a user of the court is signed in, who reads English."""
        if name not in self.users:
            self.users[name] = self.scenario.sign_in(f"{name}@court.example")
            self.users[name].set_cookie("lang", "en")
        return self.users[name]

    def page(self, side: str, path: str = "", **query: str) -> Any:
        """A page of one side's counsel."""
        return self.browser().get(self.links[side] + path, query_string=query)

    def nonce(self, side: str, path: str = "", **query: str) -> str:
        """The nonce of a page of one side's counsel."""
        page = self.page(side, path, **query)
        found = re.search(r'(?:name="nonce" value|data-nonce)="([^"]+)"', page.text)
        assert found, page.text
        return html.unescape(found[1])

    def key(self, side: str, hearing: str = "") -> str:
        """The key of a page of one side, as if it had been shown."""
        with self.scenario.app.app_context():
            subject = PageSubject.representation(self.representation_id(side))
            if hearing:
                hearing_id = self.fixed_id if hearing == "fixed" else self.asked_id
                invitation = db.session.scalars(
                    sa.select(Invitation).where(
                        Invitation.counsel_id == self.counsel_id(side),
                        Invitation.proposal.has(hearing_id=hearing_id),
                    )
                ).one()
                subject = PageSubject.invitation(invitation.id, invitation.proposal_id)
            return page_keys.issue(SECRET, subject)

    def counsel_id(self, side: str) -> int:
        """The counsel of one side."""
        with self.scenario.app.app_context():
            return db.session.scalars(
                sa.select(Counsel.id).where(Counsel.name == self.names[side])
            ).one()

    def representation_id(self, side: str) -> int:
        """The representation of one side's counsel."""
        with self.scenario.app.app_context():
            return db.session.scalars(
                sa.select(Representation.id).where(
                    Representation.party.has(case_id=self.case_id),
                    Representation.counsel_id == self.counsel_id(side),
                )
            ).one()

    def questions(self) -> list[dict[str, Any]]:
        """The questions of the case, the newest first."""
        found: list[dict[str, Any]] = self.api("GET", f"/cases/{self.case_id}/questions")[
            "questions"
        ]
        return found

    def requests(self) -> list[dict[str, Any]]:
        """The requests for another date than the fixed one, the newest first."""
        found: list[dict[str, Any]] = self.api("GET", f"/hearings/{self.fixed_id}/move-requests")[
            "move_requests"
        ]
        return found

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers, which must not refuse."""
        status, answer = self.scenario.api(method, path, body)
        assert status in (200, 201), answer
        return answer

    def verify(self) -> None:
        """Check the record of the case."""
        with self.scenario.app.app_context():
            db.session.remove()
            finding = ledger.verify(db.session(), self.case_id)
            assert finding.intact, finding

    def snapshot(self) -> dict[str, Any]:
        """All rows of the database but for visits, which reading a page may record."""
        with self.scenario.app.app_context(), db.engine.connect() as connection:
            return dict(_tables(connection))


# What visits to a page and signing in change.
VISITS = ("record_line", "record_content", ChainHead.__tablename__, DailySeal.__tablename__)
SIGN_INS = ("user_account", "user_session", "api_token")
# What every request counts.
REQUESTS = ("rate_count",)


def _tables(connection: sa.Connection) -> Iterator[tuple[str, Any]]:
    for name, table in Base.metadata.tables.items():
        if name not in VISITS + SIGN_INS + REQUESTS:
            yield name, sorted(map(repr, connection.execute(sa.select(table)).all()))
    lines = Base.metadata.tables["record_line"]
    columns = [lines.c[name] for name in ("case_id", "what", "kind", "counsel_id", "attempt")]
    acts = sa.select(*columns, lines.c.detail).where(lines.c.kind != "visit").order_by(lines.c.id)
    yield "record_line", [repr(row) for row in connection.execute(acts)]


def stage(scenario: Scenario) -> Stage:
    """Return a new case, whose counsel, judge and days no other case has."""
    n = next(NUMBERS)
    words = ("李敏", "Zhao Lei ", "Sun Yu ")
    names = {side: f"{word}{n}" for side, word in zip(SIDES, words, strict=True)}
    counsel = [
        {
            "name": name,
            "email": f"{side}{n}@firm.example",
            "language": language,
            "channels": ["email"],
        }
        for (side, name), language in zip(names.items(), ("zh", "en", "en"), strict=True)
    ]
    body = case_with(f"（2026）沪0115民初{20000 + n}号", *counsel[:2], judge=f"法官{n}")
    third = {"role": "第三人", "name": "丙公司", "side": "other", "counsel": counsel[2:]}
    body["parties"].append(third)
    status, case = scenario.api("POST", "/cases", body)
    assert status == 201, case
    room = f"R{n // 20}"
    scenario.api("POST", "/courtrooms", {"name": room, "location": ""})  # 409 if it is there
    hearings = []
    for k in range(2):
        day = 14 + 7 * (n % 20) + k
        slots = ((at(day, "09:30"), room), (at(day, "14:00"), room))
        status, made = scenario.api("POST", "/hearings", proposal(case["id"], *slots))
        assert status == 201, made
        hearings.append(made)
    order = {"slot_id": hearings[0]["slots"][0]["id"], "reason": "by order"}
    status, fixed = scenario.api("POST", f"/hearings/{hearings[0]['id']}/fix", order)
    assert status == 200, fixed
    with scenario.app.app_context(), transaction() as session:
        acting = session.scalars(
            sa.select(Representation)
            .where(Representation.party.has(case_id=case["id"]))
            .order_by(Representation.id)
        ).all()
        keys.issue(session, [each.id for each in acting], SECRET)
        links = {
            each.party.side: f"/r/{keys.of_representation(SECRET, each.id, each.key_version).token}"
            for each in acting
        }
    return Stage(scenario, case["id"], hearings[0]["id"], hearings[1]["id"], names, links)


def other(side: str) -> str:
    """The opponent of a side."""
    return "respondent" if side == "claimant" else "claimant"


@dataclass(frozen=True)
class CounselAct:
    """An act of counsel: ``path`` is posted to from the page at ``shown``, of one hearing or none.

    ``prepare`` brings a case to where a side can do it; ``fields`` are the right ones, of which
    ``texts`` are words that others read, ``typed`` are shown again when they are wrong,
    and ``row`` names a question or a request. ``hearing`` is "fixed", "asked" or "" for an act
    about the case. ``done`` is the status of success. ``reaches`` says how the other sides hold
    it after the same commit; where it is NOBODY, ``because`` says why.
    """

    name: str
    path: str
    shown: str = ""
    hearing: str = ""
    prepare: Callable[[Stage, str], object] = lambda _stage, _side: None
    fields: Callable[[Stage, str], dict[str, str]] = lambda _stage, _side: {}
    texts: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    row: str = ""
    done: int = 303
    reaches: Reach = Reach.NOBODY
    because: str = ""

    def query(self, stage: Stage) -> dict[str, str]:
        """The query string that names the hearing of the page."""
        number = {"fixed": stage.fixed_id, "asked": stage.asked_id}.get(self.hearing)
        return {"hearing": str(number)} if number else {}

    def form(self, stage: Stage, side: str) -> dict[str, str]:
        """The right form of a page that was just opened."""
        nonce = stage.nonce(side, self.shown, **self.query(stage))
        return {**self.fields(stage, side), "nonce": nonce}

    def post(self, stage: Stage, side: str, form: Any, client: FlaskClient | None = None) -> Any:
        """Post a form by one side's link."""
        address = stage.links[side] + self.path
        return (client or stage.browser()).post(address, data=form, query_string=self.query(stage))

    def do(self, stage: Stage, side: str, **changes: str) -> Any:
        """Do the act rightly, but for some fields."""
        response = self.post(stage, side, {**self.form(stage, side), **changes})
        assert response.status_code == self.done, response.text
        return response


def act(name: str) -> CounselAct:
    """An act by its name."""
    return next(each for each in COUNSEL if each.name == name)


def _slots(stage: Stage, _side: str) -> dict[str, str]:
    hearing = stage.api("GET", f"/hearings/{stage.asked_id}")
    says = {f"slot-{each['id']}": "if_needed" for each in hearing["slots"]}
    return {**says, "comment": "By train."}


def _revision(stage: Stage, _side: str) -> dict[str, str]:
    return {
        "revision": str(stage.api("GET", f"/hearings/{stage.fixed_id}")["revision"]),
        "seen": "1",
    }


def _newest_question(stage: Stage, _side: str) -> str:
    return str(stage.questions()[0]["id"]) if stage.questions() else "1"


def _request(stage: Stage, _side: str) -> str:
    return str(stage.requests()[0]["number"]) if stage.requests() else "1"


def _newest_need(stage: Stage) -> str:
    needs = stage.api("GET", f"/cases/{stage.case_id}/needs")["needs"]
    return str(needs[-1]["id"]) if needs else "1"


def _receipt_number(stage: Stage, side: str) -> str:
    """The number of the newest entry of which counsel has a signed receipt; "1" for none."""
    found = re.search(r"receipt\?number=(\d+)", stage.page(side, "/receipts").text)
    return found[1] if found else "1"


def _receipt_seen(stage: Stage, side: str) -> None:
    """Let counsel ask a question and see its receipt: then the court's key is published."""
    act("questions").do(stage, side)
    stage.page(side, "/receipt", number=_receipt_number(stage, side))


def _answered(stage: Stage, side: str) -> None:
    act("questions").do(stage, side)
    number = stage.questions()[0]["id"]
    stage.api("POST", f"/questions/{number}/answer", {"words": "Yes."})


def _move_asked(stage: Stage, side: str) -> None:
    act("move_requests").do(stage, side)


ASSISTANT = {
    "name": "Ding Ning",
    "email": "ding@firm.example",
    "phone": "",
    "until": "",
    "for": "0",
    "may": "answer",
    "copies": "1",
    "language": "en",
}


def _newest_delegate(stage: Stage, side: str) -> str:
    delegates = stage.api("GET", f"/cases/{stage.case_id}/delegates")["delegates"]
    return str(next((each["id"] for each in delegates if each["side"] == side), 1))


def _drafted(stage: Stage, side: str) -> None:
    """A draft of one paper, which its author alone sees."""
    form: dict[str, Any] = act("papers").form(stage, side) | {"do": "add"}
    form["file"] = (io.BytesIO(b"%PDF-1.7 a receipt"), "receipt.pdf")
    assert act("papers").post(stage, side, form).status_code == 303


def _filed(stage: Stage, side: str) -> None:
    """A paper that the opponent of a side filed."""
    _drafted(stage, other(side))
    act("papers").do(stage, other(side))


def _exchanging(stage: Stage, _side: str) -> None:
    """An exchange of evidence, sealed for ten days; of three sides none is complete."""
    _start_exchange(stage, ExchangeMode.SEALED)


def _start_exchange(stage: Stage, mode: ExchangeMode) -> int:
    """Open an exchange for ten days unless one is open, and return its id."""
    now = stage.scenario.clock.now()
    terms = ExchangeTerms(now + dt.timedelta(days=10))
    with stage.scenario.app.app_context(), transaction() as session:
        if (known := exchanges.current(session, stage.case_id)) and known.is_open:
            return known.id
        user = session.scalars(sa.select(User).where(User.role == Role.ASSISTANT.value)).first()
        assert user is not None
        return start(session, user.court_id, stage.case_id, mode, terms, user, now, SECRET).id


def _newest_paper(stage: Stage, _side: str) -> str:
    with stage.scenario.app.app_context():
        newest = sa.select(sa.func.max(Paper.id)).where(Paper.filing.has(case_id=stage.case_id))
        return str(db.session.scalar(newest) or 1)


def _exchanged(stage: Stage, side: str) -> None:
    """A paper that the opponent of a side filed into an exchange of evidence, seen at once."""
    number = _start_exchange(stage, ExchangeMode.AT_ONCE)
    _drafted(stage, other(side))
    act("papers").do(stage, other(side), exchange=str(number))


def _cancelled(stage: Stage, side: str) -> None:
    """A paper that a side filed into an exchange, which was cancelled, and another that is open."""
    scenario, number = stage.scenario, _start_exchange(stage, ExchangeMode.SEALED)
    _drafted(stage, side)
    act("papers").do(stage, side, exchange=str(number))
    with scenario.app.app_context(), transaction() as session:
        user = session.scalars(sa.select(User).where(User.role == Role.ASSISTANT.value)).first()
        assert user is not None
        cancel(session, user.court_id, number, "Too early.", user, scenario.clock.now(), SECRET)
    _start_exchange(stage, ExchangeMode.SEALED)


def _open_exchange(stage: Stage, _side: str) -> str:
    with stage.scenario.app.app_context():
        known = exchanges.current(db.session(), stage.case_id)
        return str(known.id if known else 1)


ASPECTS = ("authentic", "lawful", "relevant")


def _opinion(stage: Stage, side: str) -> dict[str, str]:
    """An opinion on the paper that was filed last."""
    number = _newest_paper(stage, side)
    says = {f"{each}-{number}": "no" for each in ASPECTS}
    return says | {f"{each}_reason-{number}": "The hall was dry." for each in ASPECTS}


def _ticks(stage: Stage, side: str) -> dict[str, str]:
    """What is ticked on the page of the address, with what that page showed."""
    page = stage.page(side, "/address").text
    return {
        **dict(re.findall(r'name="(shown|words)" value="([^"]*)"', page)),
        "right": "1",
        "agree": "1",
    }


def _code(stage: Stage, side: str) -> dict[str, str]:
    """The code of the newest change of address."""
    with stage.scenario.app.app_context():
        newest = db.session.scalar(
            sa.select(sa.func.max(AddressChange.id)).where(
                AddressChange.representation_id == stage.representation_id(side)
            )
        )
        return {"code": links.address_code(SECRET, newest or 0)}


COUNSEL = (
    CounselAct("opened", "/opened", hearing="fixed", done=204, because="a visit, on the record"),
    CounselAct(
        "answers",
        "",
        "",
        "asked",
        fields=_slots,
        texts=("comment",),
        typed=("comment",),
        reaches=Reach.RECORD,
    ),
    CounselAct("acknowledgements", "/knows", "", "fixed", fields=_revision, reaches=Reach.RECORD),
    CounselAct(
        "questions",
        "/questions",
        "/questions",
        fields=lambda _stage, _side: {
            "subject": "Witness",
            "words": "May she speak by video?",
            "all_sides": "1",
        },
        texts=("subject", "words"),
        typed=("subject", "words"),
        reaches=Reach.NOTICE,
    ),
    CounselAct(
        "added_words",
        "/questions/word",
        "/questions",
        prepare=lambda stage, side: act("questions").do(stage, other(side)),
        fields=lambda stage, side: {
            "question": _newest_question(stage, side),
            "words": "We agree.",
        },
        texts=("words",),
        typed=("words",),
        row="question",
        reaches=Reach.NOTICE,
    ),
    CounselAct(
        "known_facts",
        "/questions/known",
        "/questions",
        fields=lambda _stage, _side: {"fact": "date"},
        because="a page was read",
    ),
    CounselAct(
        "question_ratings",
        "/questions/rating",
        "/questions",
        prepare=_answered,
        fields=lambda stage, side: {
            "question": _newest_question(stage, side),
            "choice": "not_answered",
        },
        row="question",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "move_requests",
        "/move",
        "/move",
        "fixed",
        fields=lambda _stage, _side: {"kind": "absent", "reason": "My witness is abroad."},
        texts=("reason",),
        typed=("reason",),
        reaches=Reach.NOTICE,
    ),
    CounselAct(
        "move_opinions",
        "/move/opinion",
        "/move",
        "fixed",
        prepare=lambda stage, side: _move_asked(stage, other(side)),
        fields=lambda stage, side: {
            "request": _request(stage, side),
            "stance": "object",
            "words": "We waited since May.",
        },
        texts=("words",),
        typed=("words",),
        row="request",
        reaches=Reach.NOTICE,
    ),
    CounselAct(
        "days_away",
        "/away",
        "/away",
        fields=lambda _stage, _side: {"away-from": "2027-03-01", "away-until": "2027-03-05"},
        typed=("away-from", "away-until"),
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "own_calendar",
        "/away/calendar",
        "/away",
        fields=lambda _stage, _side: {"address": "https://calendar.example/mine.ics"},
        typed=("address",),
        because="when counsel is busy is their own",
    ),
    CounselAct(
        "callbacks",
        "/call-me",
        "/call-me",
        fields=lambda _stage, _side: {
            "phone": "13800138009",
            "wish": "after three",
            "topic": "the summons",
        },
        typed=("phone", "wish", "topic"),
        reaches=Reach.RECORD,
    ),
    CounselAct("address", "/address", "/address", fields=_ticks, reaches=Reach.RECORD),
    CounselAct(
        "consent_withdrawal",
        "/address/withdraw",
        "/address/withdraw",
        prepare=lambda stage, side: act("address").do(stage, side),
        fields=lambda _stage, _side: {"withdraw": "1"},
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "address_changes",
        "/address/change",
        "/address",
        fields=lambda stage, side: {
            "field": "email",
            "email": f"{side}{stage.case_id}@new.example",
        },
        typed=("email",),
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "address_codes",
        "/address/code",
        "/address",
        prepare=lambda stage, side: act("address_changes").do(stage, side),
        fields=_code,
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "address_details",
        "/address/details",
        "/address",
        fields=lambda _stage, _side: {"postal": "1 Bund", "language": "en", "zone": "Asia/Urumqi"},
        typed=("postal", "zone"),
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "delegates",
        "/delegate",
        "/delegate",
        fields=lambda _stage, _side: dict(ASSISTANT),
        texts=("name",),
        typed=("name", "email", "phone", "until"),
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "delegate_ends",
        "/delegate/end",
        "/delegate",
        prepare=lambda stage, side: act("delegates").do(stage, side),
        fields=lambda stage, side: {"delegate": _newest_delegate(stage, side)},
        row="delegate",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "papers",
        "/papers",
        "/papers",
        prepare=_drafted,
        fields=lambda _stage, _side: {"do": "file"},
        reaches=Reach.RECORD,  # by a notice too: tests/papers reads it
    ),
    CounselAct("device_links", "/papers/phone", "/papers", because="a code for one's own phone"),
    CounselAct(
        "paper",
        "/papers/item",
        "/papers",
        prepare=_filed,
        fields=lambda stage, side: {"paper": _newest_paper(stage, side)},
        row="paper",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "papers_received",
        "/papers/received",
        "/papers",
        prepare=_filed,
        fields=lambda stage, side: {"paper": _newest_paper(stage, side), "sure": "1"},
        row="paper",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "papers_again",
        "/papers/again",
        "/papers",
        prepare=_cancelled,
        fields=lambda stage, side: {"exchange": _open_exchange(stage, side), "sure": "1"},
        row="exchange",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "exchange_completion",
        "/papers/complete",
        "/papers",
        prepare=_exchanging,
        fields=lambda _stage, _side: {"complete": "1", "sure": "1"},
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "opinions",
        "/papers/opinions",
        "/papers/opinions",
        prepare=_exchanged,
        fields=_opinion,
        texts=(),
        reaches=Reach.RECORD,  # by a notice too: tests/papers/test_opinions.py reads it
    ),
    CounselAct(
        "opinions_same",
        "/papers/opinions/same",
        "/papers/opinions",
        prepare=_exchanged,
        fields=lambda stage, side: {
            "paper": _newest_paper(stage, side),
            **{f"{each}-all": "no" for each in ASPECTS},
            **{f"{each}_reason-all": "The hall was dry." for each in ASPECTS},
            "sure": "1",
        },
        texts=("relevant_reason-all",),
        typed=("relevant_reason-all",),
        row="paper",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "opinions_withdrawn",
        "/papers/opinions/withdrawn",
        "/papers/opinions",
        prepare=lambda stage, side: (_exchanged(stage, side), act("opinions").do(stage, side)),
        fields=lambda stage, side: {"paper": _newest_paper(stage, side), "sure": "1"},
        row="paper",
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "needs",
        "/needs",
        "/needs",
        fields=lambda _stage, _side: {
            "role": "witness",
            "name": "Gu Wei",
            "interpreter": "Uyghur",
            "other": "a break every hour",
        },
        typed=("name", "interpreter", "other"),
        because="health data, for the court alone",
    ),
    CounselAct(
        "withdrawn_needs",
        "/needs/withdrawn",
        "/needs",
        prepare=lambda stage, side: act("needs").do(stage, side),
        fields=lambda stage, _side: {"need": _newest_need(stage), "sure": "1"},
        because="health data, for the court alone",
    ),
    CounselAct(
        "new_link",
        "/link",
        "/link",
        fields=lambda _stage, _side: {"sure": "1"},
        reaches=Reach.RECORD,
    ),
    CounselAct(
        "signed_receipt",
        "/receipt",
        "/link",
        prepare=lambda stage, side: _receipt_seen(stage, side),
        fields=lambda stage, side: {"number": _receipt_number(stage, side), "sure": "1"},
        because="a receipt of one's own, to oneself",
    ),
    CounselAct("feeds.begin", "/feed", "/feed", because="a calendar of one's own"),
)


@dataclass(frozen=True)
class CourtAct:
    """An act of the court on what counsel ask: a form at ``path``, or JSON below the API.

    ``confirmed`` acts show the messages that they send first. ``user`` may do it.
    """

    name: str
    path: Callable[[Stage], str]
    prepare: Callable[[Stage], object]
    fields: Callable[[Stage], dict[str, Any]]
    texts: tuple[str, ...] = ()
    user: str = "wang"
    confirmed: bool = False

    @property
    def is_api(self) -> bool:
        """Whether it is a call of the API."""
        return self.name.startswith("api-")

    def do(self, stage: Stage) -> None:
        """Do the act rightly."""
        response = self.post(stage, {})
        assert response.status_code == (200 if self.is_api else 303), response.text

    def post(self, stage: Stage, changes: Mapping[str, Any]) -> Any:
        """Do the act with some fields changed; ``None`` leaves one out."""
        values = {**self.fields(stage), **changes}
        values = {name: value for name, value in values.items() if value is not None}
        if self.is_api:
            token = stage.scenario.token(f"{self.user}@court.example")
            return stage.browser().post(
                f"/api/v1{self.path(stage)}",
                json=values,
                headers={"Authorization": f"Bearer {token}"},
            )
        desk, path = stage.desk(self.user), self.path(stage)
        return confirmed(desk, path, values) if self.confirmed else desk.post(path, data=values)


def _question_path(end: str) -> Callable[[Stage], str]:
    return lambda stage: f"/questions/{stage.questions()[0]['id']}/{end}"


def _request_path(end: str = "") -> Callable[[Stage], str]:
    def path(stage: Stage) -> str:
        with stage.scenario.app.app_context():
            request = db.session.scalars(
                sa.select(MoveRequest).where(MoveRequest.hearing_id == stage.fixed_id)
            ).one()
            return f"/requests/{request.task_id}{end}"

    return path


def _asked(stage: Stage) -> None:
    act("questions").do(stage, "respondent")


def _asked_in_private(stage: Stage) -> None:
    act("questions").do(
        stage, "respondent", words=SECRET_WORDS, all_sides="", in_private="1", private="health"
    )


def _all_agree(stage: Stage) -> None:
    """A request with times, to which all other sides agree."""
    ask_with_times(stage, "respondent")
    for side in ("claimant", "other"):
        act("move_opinions").do(stage, side, stance="all", words="")


def ask_with_times(stage: Stage, side: str) -> Any:
    """Ask for another date, with all the times that the page offers ticked."""
    moving = act("move_requests")
    page = stage.page(side, "/move", **moving.query(stage))
    ticked = re.findall(r'name="slot" value="([^"]+)" checked', page.text)
    return moving.post(stage, side, {**moving.form(stage, side), "slot": ticked})


def _agreed_slot(stage: Stage) -> dict[str, Any]:
    [request, *_] = stage.requests()
    return {"slot": request["agreed_slot"] or request["slots"][0]["id"]}


SECRET_WORDS = "An operation of the client"


def _bench_path(stage: Stage) -> str:
    return f"/hearings/{stage.fixed_id}/bench"


def _bench_line(stage: Stage) -> str:
    """Three who sit, two of whom are new; people of no other case."""
    n, judge = stage.case_id, stage.api("GET", f"/cases/{stage.case_id}")["judge"]
    return f"{judge}（审判长）、周法官{n}、吴陪审{n}（人民陪审员）"


COURT = (
    CourtAct(
        "questions.answer",
        _question_path("answer"),
        _asked,
        lambda _stage: {"words": "Yes, by video.", "outcome": "answer"},
        texts=("words",),
        confirmed=True,
    ),
    CourtAct(
        "questions.disclose",
        _question_path("disclose"),
        _asked_in_private,
        lambda _stage: {},
        user="chen",
        confirmed=True,
    ),
    CourtAct(
        "move_requests.decline",
        _request_path(),
        lambda stage: ask_with_times(stage, "respondent"),
        lambda _stage: {"why": "The witness can come."},
        texts=("why",),
        confirmed=True,
    ),
    CourtAct("move_requests.move", _request_path("/move"), _all_agree, _agreed_slot),
    CourtAct(
        "api-questions.answer",
        _question_path("answer"),
        _asked,
        lambda _stage: {"words": "Yes, by video.", "outcome": "answer"},
        texts=("words",),
    ),
    CourtAct(
        "api-hearings.MoveRequestResource",
        lambda stage: f"/hearings/{stage.fixed_id}/move-requests/1",
        lambda stage: ask_with_times(stage, "respondent"),
        lambda _stage: {"decision": "refuse", "reason": "The witness can come."},
        texts=("reason",),
    ),
    CourtAct(
        "hearing.bench",
        _bench_path,
        lambda _stage: None,
        lambda stage: {"bench": _bench_line(stage), "reason": "The assessor is ill."},
        texts=("reason",),
        confirmed=True,
    ),
    CourtAct(
        "case_bench.change",
        lambda stage: f"/cases/{stage.case_id}/bench",
        lambda _stage: None,
        lambda stage: {
            "bench": _bench_line(stage),
            "reason": "The assessor is ill.",
            "whole_case": "1",
        },
        texts=("reason",),
        confirmed=True,
    ),
    CourtAct(
        "api-questions.disclose",
        _question_path("disclose"),
        _asked_in_private,
        lambda _stage: {},
        user="chen",
    ),
    CourtAct(
        "api-cases.change_bench",
        lambda stage: f"/cases/{stage.case_id}/bench",
        lambda _stage: None,
        lambda stage: {
            "bench": _bench_line(stage),
            "reason": "The assessor is ill.",
            "whole_case": True,
        },
        texts=("reason",),
    ),
    CourtAct(
        "api-hearings.change_bench",
        _bench_path,
        lambda _stage: None,
        lambda stage: {"bench": _bench_line(stage), "reason": "The assessor is ill."},
        texts=("reason",),
    ),
)


@dataclass(frozen=True)
class MemberAct:
    """An act of somebody outside the court who is needed: ``path`` is below their link.

    ``hearing`` is "fixed" or "asked"; ``fields`` are the right ones, of which ``typed`` are shown
    again when they are wrong. No party is told of any of them.
    """

    name: str
    path: str
    hearing: str
    fields: Callable[[Stage], dict[str, str]] = lambda _stage: {}
    typed: tuple[str, ...] = ()
    done: int = 303

    def form(self, stage: Stage) -> dict[str, str]:
        """The right form of a page that was just opened."""
        return {**self.fields(stage), "nonce": self.nonce(stage)}

    def nonce(self, stage: Stage, hearing: str = "") -> str:
        """The key of a page of the person, by default of the hearing that this is about."""
        page = stage.browser().get(stage.links[hearing or self.hearing])
        found = re.search(r'(?:name="nonce" value|data-nonce)="([^"]+)"', page.text)
        assert found, page.text
        return html.unescape(found[1])

    def post(self, stage: Stage, form: Any) -> Any:
        """Post a form by the person's link."""
        return stage.browser().post(stage.links[self.hearing] + self.path, data=form)


def _member_slots(stage: Stage) -> dict[str, str]:
    hearing = stage.api("GET", f"/hearings/{stage.asked_id}")
    return {f"slot-{each['id']}": "yes" for each in hearing["slots"]}


def _member_date(says: str, **more: str) -> Callable[[Stage], dict[str, str]]:
    """What is said to the date that the page shows, by its revision."""

    def fields(stage: Stage) -> dict[str, str]:
        page = stage.browser().get(stage.links["fixed"]).text
        shown = re.search(r'name="revision" value="(\d+)"', page)
        return {"says": says, "revision": shown[1] if shown else "", **more}

    return fields


def _member_receipt(stage: Stage) -> dict[str, str]:
    """The newest receipt of a member who answers first; its page has published the court's key."""
    answer, browser = next(each for each in MEMBER if each.name == "answer"), stage.browser()
    assert answer.post(stage, answer.form(stage)).status_code == answer.done
    page = browser.get(stage.links["asked"] + "/receipts").text
    found = re.search(r"receipt\?number=(\d+)", page)
    assert found, page
    assert browser.get(f"{stage.links['asked']}/receipt?number={found[1]}").status_code == 200
    return {"number": found[1], "sure": "1"}


MEMBER = (
    MemberAct("opened", "/opened", "fixed", done=204),
    MemberAct("answer", "", "asked", _member_slots),
    MemberAct("come", "/date", "fixed", _member_date("come", sure="1")),
    MemberAct(
        "cannot_come", "/date", "fixed", _member_date("cannot", reason="In hospital."), ("reason",)
    ),
    MemberAct("signed_receipt", "/receipt", "asked", _member_receipt),
)


def stage_with_member(scenario: Scenario) -> Stage:
    """A case before a bench of three, whose assessor has a link to the page of each hearing."""
    made = stage(scenario)
    line = _bench_line(made)
    for hearing_id in (made.fixed_id, made.asked_id):
        made.api("POST", f"/hearings/{hearing_id}/bench", {"bench": line})
    name = f"吴陪审{made.case_id}"
    [member] = [each for each in made.api("GET", "/members")["members"] if each["name"] == name]
    body = {"email": f"member{made.case_id}@assessors.example", "language": "en"}
    made.api("PATCH", f"/members/{member['id']}", body)
    links = {}
    with scenario.app.app_context(), transaction() as session:
        for kind, hearing_id in (("fixed", made.fixed_id), ("asked", made.asked_id)):
            attending.follow_bench(session, hearing_id, scenario.clock.now(), SECRET)
            invitation = session.scalars(
                sa.select(MemberInvitation).where(MemberInvitation.hearing_id == hearing_id)
            ).one()
            key = keys.of_member(SECRET, invitation.id, invitation.key_version)
            links[kind] = f"/m/{key.token}"
    return replace(made, links={**made.links, **links})
