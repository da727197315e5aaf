"""Steps towards counsel who do not open papers: a reminder, a call by the court, the post.

They are rows of the same table as the steps before a hearing (see ``escalation``), of a case: the
key names filing and counsel. Planned once for each filing, when all may read it; a step is taken
only while a paper of it is not opened, and ends by itself when it is. For the court's own papers
nobody is called or sent paper who is served already. Within the caller's transaction.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Party, Representation
from app.core.db import bulk
from app.core.errors import N_
from app.core.matters import Matter
from app.evidence import paper_service
from app.hearings import facts, notifications, queries
from app.law import PaperStepRule, working_days
from app.law.day_counting import working_days_after
from app.law.working_days import WorkingDays
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import queue
from app.papers import service as papers
from app.papers.models import UNPLANNED, Filing, Paper
from app.papers.rules import COURT_SIDE, Disclosure
from app.record.models import ChainHead
from app.reminders import escalation
from app.tasks import service
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

AT_ONCE = 100  # filings that are looked for at once
OPENED = N_("the person has opened the papers")
SERVED = N_("the record shows that the papers are served")
# Of a task about a filing: call/c12.f7/45.
KEY = re.compile(r"(?:reminder|call|paper)/c\d+\.f(\d+)/\d+\Z")


def unplanned(session: Session) -> Sequence[int]:
    """Return ids of filings that all may read and whose steps are not planned yet."""
    query = sa.select(Filing.id).where(
        sa.literal_column(UNPLANNED), Filing.disclosure == Disclosure.OPEN.value
    )
    return session.scalars(query.order_by(Filing.id).limit(AT_ONCE)).all()


def plan(session: Session, filing_id: int, now: dt.datetime) -> int:
    """Plan the steps of a filing for all counsel of other sides who act; return their number.

    Skips a filing that another worker is planning.
    """
    query = sa.select(Filing).where(Filing.id == filing_id, ~Filing.steps_planned)
    filing = session.scalar(query.with_for_update(skip_locked=True))
    if filing is None:
        return 0
    filing.steps_planned = True
    court = filing.case.court
    rules = working_days.rules_of(court)
    of = "court" if filing.side == COURT_SIDE else "counsel"
    steps = [each for each in rules.paper_steps if of in each.of]
    acting = [
        each
        for each in queries.acting_representations(session, filing.case)
        if each.party.side != filing.side and each.counsel_id != filing.counsel_id
    ]
    if not steps or not acting:
        return 0
    working = working_days.working_days(session, court)
    opens = [_opens_at(step, working, filing, now) for step in steps]
    rows = [
        _row(filing, each, steps, opens, place, now, rules.version)
        for each in acting
        for place in range(len(steps))
    ]
    return bulk.insert(session, bulk.table(Task), rows, unless="key")


def _opens_at(
    step: PaperStepRule, working: WorkingDays, filing: Filing, now: dt.datetime
) -> dt.datetime:
    court = filing.case.court
    zone = ZoneInfo(court.zone)
    day = working_days_after(now.astimezone(zone).date(), step.after_days, working.has)
    office = working_days.rules_of(court).office
    return dt.datetime.combine(day, office.opens, tzinfo=zone).astimezone(dt.UTC)


def _row(
    filing: Filing,
    representation: Representation,
    steps: Sequence[PaperStepRule],
    opens: Sequence[dt.datetime],
    place: int,
    now: dt.datetime,
    version: str,
) -> dict[str, Any]:
    following = opens[place + 1] if place + 1 < len(opens) else None
    return {
        "key": f"{steps[place].way}/{papers.notice_version(filing)}/{representation.counsel_id}",
        "court_id": filing.court_id,
        "case_id": filing.case_id,
        "about": str(Matter.case(filing.case_id)),
        "counsel_id": representation.counsel_id,
        "side": representation.party.side,
        "way": steps[place].way,
        "state": TaskState.WAITING.value,
        "opens_at": opens[place],
        "because": {
            "version": version,
            "filing": filing.number,
            "of": filing.side,
            "filed_at": facts.iso(filing.filed_at),
            **({"before": facts.iso(following)} if following else {}),
        },
        "wish": "",
        "phone": "",
        "seen_seq": 0,
        "created_at": now,
    }


def take_due_steps(session: Session, case_id: int, now: dt.datetime, secret: bytes) -> int:
    """Take the due steps about the papers of a case, or end them; return their number."""
    heads = lock_case(session, case_id, secret)
    due = [
        (task, int(found[1]))
        for task in service.of_matter(session, Matter.case(case_id))
        if task.opens_at <= now and (found := KEY.match(task.key))
    ]
    filings = _filings(session, {filing_id for _, filing_id in due})
    acting = _acting(session, case_id)
    for task, filing_id in due:
        representation = acting.get(task.counsel_id)
        if representation is None:
            service.end(session, task, TaskState.WITHDRAWN, "", escalation.LEFT, now)
        else:
            _assess(session, filings[filing_id], task, representation, now)
    head = session.get(ChainHead, case_id)
    for task, _ in due:
        task.seen_seq = head.seq if head else heads[case_id].seq
    return len(due)


def _filings(session: Session, filing_ids: set[int]) -> dict[int, Filing]:
    papers_of = selectinload(Filing.papers)
    query = (
        sa.select(Filing)
        .where(Filing.id.in_(filing_ids))
        .options(papers_of.selectinload(Paper.files), papers_of.selectinload(Paper.readings))
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in session.scalars(query)}


def _acting(session: Session, case_id: int) -> dict[int, Representation]:
    query = (
        sa.select(Representation)
        .join(Party)
        .where(Party.case_id == case_id, Representation.left_at.is_(None))
        .options(joinedload(Representation.counsel), joinedload(Representation.party))
        .order_by(Representation.id.desc())
    )
    return {each.counsel_id: each for each in session.scalars(query)}


def _unopened(filing: Filing, counsel_id: int) -> list[Paper]:
    """Return the papers of a filing that a counsel can open, and neither opened nor confirmed."""
    return [
        paper
        for paper in filing.papers
        if not paper.is_erased
        and not paper.is_set_aside
        and not any(
            each.counsel_id == counsel_id and (each.opened_at or each.confirmed_at)
            for each in paper.readings
        )
    ]


def _assess(
    session: Session,
    filing: Filing,
    task: Task,
    representation: Representation,
    now: dt.datetime,
) -> None:
    counsel = representation.counsel
    left = _unopened(filing, counsel.id)
    if not left:
        service.end(session, task, TaskState.WITHDRAWN, counsel.name, OPENED, now)
    elif task.way == TaskKind.REMINDER:
        _remind(session, filing, left, task, counsel.id, now)
    elif _is_served(session, filing, left, counsel.id):
        service.end(session, task, TaskState.WITHDRAWN, counsel.name, SERVED, now)
    elif task.state == TaskState.OPEN:
        return
    elif task.way == TaskKind.CALL and not counsel.phone:
        service.end(session, task, TaskState.SKIPPED, counsel.name, escalation.NO_NUMBER, now)
    else:
        task.phone = counsel.phone if task.way == TaskKind.CALL else ""
        service.begin(session, task, counsel.name, now)


def _is_served(
    session: Session, filing: Filing, unopened: Sequence[Paper], counsel_id: int
) -> bool:
    """Tell whether a counsel is served with papers of the court that they have not opened."""
    served = paper_service.of_case(session, filing.case, [filing])
    return all(
        any(each.counsel.id == counsel_id and each.evidence for each in served.get(paper.id, ()))
        for paper in unopened
    )


def _remind(
    session: Session,
    filing: Filing,
    unopened: Sequence[Paper],
    task: Task,
    counsel_id: int,
    now: dt.datetime,
) -> None:
    """Queue one message about the papers of a filing that somebody has not opened."""
    person = filing.counsel or filing.user
    names = [f"{paper.number}. {paper.name}" for paper in unopened]
    papers_filed = {
        "by": person.name if person else "",
        "side": filing.side,
        "count": len(names),
        "names": names[: papers.MOST_NAMES],
        "more": max(0, len(names) - papers.MOST_NAMES),
        "filed_at": facts.iso(filing.filed_at),
    }
    requests = notifications.case_requests(
        session,
        filing.case,
        NoticeKind.PAPERS_UNOPENED,
        papers.notice_version(filing),
        lambda _: {"papers_filed": papers_filed},
        now,
        only=counsel_id,
    )
    queue(session, requests, now)
    task.state, task.ended_at = TaskState.DONE.value, now
