"""Server time of all pages of a case with 200 questions and 20 hearings: `make bench-case`.

    python bench/large_case.py [--postgresql] [--runs 30] [--questions 200] [--quick]

The case is made by the use cases of counsel and court, so its record is what it would be. Each page
is asked for in the process itself, without a network: what counts is the time of the server. Beside
it stand the time of the processor, which a busy machine does not change, and the statements.
"""

import datetime as dt
import os
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from databases import Stage, throwaway
from measuring import machine, median, options
from serving import SECRET

from app.cases import forms as case_forms
from app.cases import keys
from app.cases import service as cases
from app.cases.models import Representation
from app.core.db import db, transaction
from app.core.forms import load
from app.court import service as court_service
from app.hearings import forms, service
from app.notices.models import Notice
from app.people import service as people
from app.people.models import User
from app.questions import service as questions
from app.questions.rules import QuestionInput, ReplyInput
from app.record.models import Entry
from app.record.rules import NoticeState

MOST = 100  # milliseconds of server time
HEARINGS, QUESTIONS, QUICK = 20, 200, 12
OPEN = 3  # questions that wait for the court
EMAIL, PASSWORD = "bench@court.example", "a password of the bench"
KEY = SECRET.encode()
SIDES = (("原告", "claimant"), ("被告", "respondent"), ("第三人", "other"))
CASE = {
    "number": "（2026）沪0115民初12345号",
    "title": "买卖合同纠纷",
    "procedure": "other",
    "judge": "陈法官",
    "parties": [
        {
            "role": role,
            "side": side,
            "name": f"{role}公司",
            "counsel": [
                {
                    "name": f"{role}律师",
                    "email": f"{side}@firm.example",
                    "language": "zh",
                    "phone": f"1380013800{n}",
                    "channels": ["sms", "email"],
                }
            ],
        }
        for n, (role, side) in enumerate(SIDES)
    ],
}


@dataclass(frozen=True)
class PageTimes:
    """Times of one page in milliseconds, by the clock and of the processor, and its statements."""

    name: str
    times: Sequence[float]
    processor: Sequence[float]
    statements: int
    size: int

    @property
    def p95(self) -> float:
        """The time within which 95 of 100 answers came."""
        return sorted(self.times)[int(len(self.times) * 0.95) - 1]

    def __str__(self) -> str:
        """Return a row of the table."""
        kept = "" if self.p95 < MOST else " **missed**"
        return (
            f"| {self.name} | {median(self.times):.0f} ms | {self.p95:.0f} ms{kept} "
            f"| {median(self.processor):.0f} ms | {self.statements} | {self.size // 1000} kB |"
        )


def main() -> None:
    """Fill a database, ask for the pages, print the table; fail if a page takes too long."""
    arguments = options(__doc__, questions=QUESTIONS)
    with throwaway(arguments.postgresql) as stage:
        paths, entries = filled(arguments.questions if not arguments.quick else QUICK)
        results = measured(stage, paths, arguments)
        load_1, *_ = os.getloadavg()
        print(f"{machine()}; {stage.database}, {entries:,} entries, load {load_1:.1f}\n")
    print(
        "| page | median | p95 | of the processor | statements | bytes |\n|---|---|---|---|---|---|"
    )
    print("\n".join(map(str, results)))
    sys.exit(0 if all(each.p95 < MOST for each in results) else 1)


def filled(count: int) -> tuple[dict[str, str], int]:
    """Make the case; return the addresses of its pages by name, and how many entries it has."""
    now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    days = max(count, 7 * HEARINGS)  # each hearing has a week of its own
    begin = now - dt.timedelta(days=days + 30)
    with transaction() as session:
        court = people.add_court(
            session,
            "上海市浦东新区人民法院",
            short="浦东法院",
            zone="Asia/Shanghai",
            country="CN",
            language="zh",
        )
        user = people.add_user(session, court, EMAIL, role="assistant", name="王书记员", now=begin)
        people.set_password(user, PASSWORD)
        court_service.add_courtroom(session, court, "第三法庭", "主楼三层")
        case = cases.enter(session, court, user, load(case_forms.CaseIn, CASE), begin)
        case_id, user_id = case.id, user.id
    hearing_ids = [
        _hearing(case_id, user_id, begin + dt.timedelta(days=n * (days + 30) // HEARINGS))
        for n in range(HEARINGS)
    ]
    with transaction() as session:
        ids = session.scalars(sa.select(Representation.id).order_by(Representation.id)).all()
        keys.issue(session, ids, KEY)
    for n in range(count):
        _question(ids[n % 3], user_id, begin + dt.timedelta(days=n), n, n < count - OPEN)
    with transaction() as session:  # as if all had been sent; the last ones wait
        sent = sa.update(Notice).where(Notice.created_at < now - dt.timedelta(days=1))
        session.execute(sent.values(state=NoticeState.DELIVERED.value))
    token = keys.of_representation(KEY, ids[0], 1).token
    entries = db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0
    db.session.rollback()
    last = max(1, -(-entries // 50))
    return {
        "counsel's page": f"/r/{token}",
        "counsel's page, an earlier hearing": f"/r/{token}?hearing={hearing_ids[0]}",
        "its questions": f"/r/{token}/questions",
        "another date": f"/r/{token}/move?hearing={hearing_ids[-1]}",
        "its record of contact": f"/r/{token}/record",
        "the last page of it": f"/r/{token}/record?page={last}",
        "the hearing's page": f"/hearings/{hearing_ids[-1]}",
        "the case's page": f"/cases/{case_id}",
        "the case's record": f"/cases/{case_id}/record",
        "the court's questions": "/questions",
        "the proposal page": f"/hearings/new?case_id={case_id}",
        "home": "/",
        "what waits": "/waiting",
        "the calendar": "/calendar",
        "hearings": "/hearings",
    }, entries


def _context(session: object, user_id: int, now: dt.datetime) -> service.CourtContext:
    user = db.session.get_one(User, user_id)
    return service.CourtContext(user.court, user, now, KEY)


def _hearing(case_id: int, user_id: int, now: dt.datetime) -> int:
    """Propose two slots three weeks ahead, and fix one by order."""
    day = (now + dt.timedelta(days=21)).date()
    day += dt.timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0)
    slots = [
        {"starts_at": f"{day}T{clock}:00+08:00", "courtroom": "第三法庭"}
        for clock in ("09:30", "14:00")
    ]
    body = {
        "case_id": case_id,
        "kind": "trial",
        "minutes": 90,
        "slots": slots,
        "answer_by": (now + dt.timedelta(days=7)).isoformat(),
        "fix": "auto",
        "override_reason": "bench",
    }
    with transaction() as session:
        context = _context(session, user_id, now)
        hearing = service.propose(session, context, load(forms.HearingIn, body))
        hearing_id, slot_id = hearing.id, hearing.proposals[-1].slots[0].id
    with transaction() as session:
        context = _context(session, user_id, now + dt.timedelta(days=1))
        service.fix(session, context, hearing_id, slot_id, "bench")
    return hearing_id


def _question(
    representation_id: int, user_id: int, now: dt.datetime, n: int, answered: bool
) -> None:
    """Ask before all sides, and answer a day later."""
    typed = QuestionInput(
        f"第{n + 1}个问题", f"证人能否通过视频作证？这是第{n + 1}次询问。" * 4, True
    )
    with transaction() as session:
        asker = session.get_one(Representation, representation_id)
        question = questions.ask(session, asker, typed, now, KEY)
        question_id, court_id = question.id, question.court_id
    if answered:
        with transaction() as session:
            reply, at = (
                ReplyInput("可以，请在开庭三日前提出申请。" * 4),
                now + dt.timedelta(hours=3),
            )
            user = session.get_one(User, user_id)
            questions.answer(session, court_id, question_id, reply, user, at, KEY)


def measured(stage: Stage, paths: dict[str, str], arguments: Namespace) -> list[PageTimes]:
    """Ask for each page in turn, in a thread that has no session of its own to begin with."""
    results: list[PageTimes] = []
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def ask_all() -> None:
        browser = stage.app.test_client()
        browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        for name, path in paths.items():
            times, processor, count, size = [], [], 0, 0
            for run in range(max(arguments.runs, 30) + 3):
                statements.clear()
                began, spent = time.perf_counter(), time.process_time()
                page = browser.get(path)
                took, used = time.perf_counter() - began, time.process_time() - spent
                if page.status_code != 200:
                    raise SystemExit(f"{path} answered {page.status_code}")
                if run > 2:  # the first ones compile templates and statements
                    times.append(took * 1000)
                    processor.append(used * 1000)
                count, size = len(statements), len(page.data)
            results.append(PageTimes(name, times, processor, count, size))

    thread = threading.Thread(target=ask_all)
    thread.start()
    thread.join()
    if len(results) < len(paths):
        raise SystemExit("a page failed")
    return results


if __name__ == "__main__":
    main()
