"""Escalation: people not shown to know a date are contacted by one way after the other.

Text, e-mail, a call by a user of the court, a notice on paper: planned backward from the last
moment at which notice is in time. Within the caller's transaction.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases.models import Representation
from app.cases.rules import addresses_by_channel
from app.core.channels import Channel
from app.core.db import bulk
from app.core.errors import N_
from app.core.matters import Matter
from app.evidence import assessment
from app.evidence.reach import CounselReach
from app.hearings import facts, queries
from app.hearings.models import Hearing
from app.law import working_days
from app.law.working_days import WorkingDays
from app.notices.kinds import ANNOUNCING_DATE, NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.notices.rules import outside_quiet_hours_at
from app.record.models import ChainHead
from app.record.rules import CARRIED
from app.reminders.rules import EscalationStep, escalation_steps
from app.tasks import service
from app.tasks.models import Task
from app.tasks.service import CHANNELS, TaskKind, TaskState

KNOWN = N_("it is shown already that the person knows the date")
CHANGED = N_("the date does not hold any more")
LEFT = N_("the person acts in the case no longer")
NO_RULE = N_("no rule of the court asks for it")
LATE = N_("it would have come too late")
NO_NUMBER = N_("no telephone number is known")
NO_ADDRESS = N_("no address is known for this way")
STOPPED = N_("the person asked for no more texts")


def steps(
    hearing: Hearing, acting: Mapping[int, Representation], working: WorkingDays, now: dt.datetime
) -> list[dict[str, Any]]:
    """Return the steps for counsel who act in a hearing with a new date, as rows of tasks."""
    court = hearing.case.court
    rules = working_days.rules_of(court)
    if hearing.starts_at is None or not rules.steps:
        return []
    until = working_days.deadline(court, working, hearing.case.procedure, hearing.starts_at)
    rule = rules.default_for(hearing.case.procedure, until.astimezone(ZoneInfo(court.zone)).date())
    if rule is None:
        return []
    planned = escalation_steps(
        rules.steps,
        until,
        now=now,
        zone=ZoneInfo(court.zone),
        office=rules.office,
        is_working_day=working.has,
    )
    because = {"rule": rule.id, "version": rules.version}
    return [
        _row(hearing, counsel_id, representation.party.side, step, because, now)
        for counsel_id, representation in acting.items()
        for step in planned
    ]


def write(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Insert steps, and return the number of new ones: counsel who came back have theirs."""
    return bulk.insert(session, bulk.table(Task), rows, unless="key")


def _row(
    hearing: Hearing,
    counsel_id: int,
    side: str,
    step: EscalationStep,
    because: dict[str, str],
    now: dt.datetime,
) -> dict[str, Any]:
    return {
        "key": f"{step.way}/{hearing.id}.{hearing.revision}/{counsel_id}",
        "court_id": hearing.court_id,
        "case_id": hearing.case_id,
        "about": hearing.about,
        "counsel_id": counsel_id,
        "side": side,
        "way": step.way,
        "state": TaskState.WAITING.value,
        "opens_at": step.opens_at,
        "latest_at": step.latest_at,
        "because": {**because, "before": facts.iso(step.before)},
        "wish": "",
        "phone": "",
        "seen_seq": 0,
        "created_at": now,
    }


def take_due_steps(session: Session, hearing_id: int, now: dt.datetime) -> int:
    """Take the due steps of a hearing, or end them with a reason; return their number.

    A step is taken only for a person who is not shown to know the date. It is skipped where no
    address is known, missed where it would come too late, and withdrawn where it is needless.
    """
    hearing = queries.lock_hearing(session, hearing_id)
    due = [
        task
        for task in service.of_matter(session, Matter.hearing(hearing.id))
        if task.way not in service.BY_COUNSEL and task.opens_at <= now
    ]
    people = _people(session, hearing, now) if due else {}
    version = facts.subject(hearing).version
    for task in due:
        is_current = hearing.has_date and task.version == version
        contact = people.get(task.counsel_id)
        if contact is None or not contact.acts:
            name = contact.counsel.name if contact else ""
            service.end(session, task, TaskState.WITHDRAWN, name, LEFT, now)
        elif not is_current:
            service.end(session, task, TaskState.WITHDRAWN, contact.counsel.name, CHANGED, now)
        else:
            _assess(session, hearing, task, contact, now)
    _mark_assessed(session, hearing.case_id, due)
    return len(due)


def _people(session: Session, hearing: Hearing, now: dt.datetime) -> dict[int, CounselReach]:
    entries, notices = assessment.entries(session, hearing), assessment.notices(session, hearing)
    contacts = assessment.contacts(session, hearing, notices, entries, now)
    return {contact.counsel.id: contact for contact in contacts}


def _mark_assessed(session: Session, case_id: int, tasks: Iterable[Task]) -> None:
    head = session.get(ChainHead, case_id)
    for task in tasks:
        task.seen_seq = head.seq if head else 0


def _assess(
    session: Session, hearing: Hearing, task: Task, contact: CounselReach, now: dt.datetime
) -> None:
    name = contact.counsel.name
    if contact.verdict is None:
        service.end(session, task, TaskState.WITHDRAWN, name, NO_RULE, now)
    elif contact.verdict.evidence:
        service.end(session, task, TaskState.WITHDRAWN, name, KNOWN, now)
    elif task.way in (TaskKind.TEXT, TaskKind.EMAIL) and _carried(task, contact):
        task.state, task.ended_at = TaskState.DONE.value, now
    elif task.latest_at and task.latest_at <= now:
        service.end(session, task, TaskState.MISSED, name, LATE, now)
    elif task.state == TaskState.OPEN:
        return
    elif task.way in (TaskKind.TEXT, TaskKind.EMAIL):
        _send(session, hearing, task, contact, now)
    elif task.way == TaskKind.CALL and not contact.counsel.phone:
        service.end(session, task, TaskState.SKIPPED, name, NO_NUMBER, now)
    else:
        task.phone = contact.counsel.phone if task.way == TaskKind.CALL else ""
        service.begin(session, task, name, now)


def _carried(task: Task, contact: CounselReach) -> bool:
    """Tell whether a message over the channel of a step carries the date already."""
    channel = CHANNELS[TaskKind(task.way)]
    return any(
        row.notice is not None
        and row.channel == channel
        and row.kind in ANNOUNCING_DATE
        and row.notice.state in CARRIED
        for row in contact.rows
    )


def _send(
    session: Session, hearing: Hearing, task: Task, contact: CounselReach, now: dt.datetime
) -> None:
    """Queue the date over a channel that has not carried it yet."""
    channel, counsel = CHANNELS[TaskKind(task.way)], contact.counsel
    kind = NoticeKind.MOVED if hearing.revision > 1 else NoticeKind.FIXED
    address = dict(addresses_by_channel(counsel, every=True)).get(channel)
    if not address:
        can_stop = Channel(channel).traits.can_be_stopped
        stopped = can_stop and counsel.phone and counsel.opted_out_at
        why = STOPPED if stopped else NO_ADDRESS
        service.end(session, task, TaskState.SKIPPED, counsel.name, why, now)
        return
    requests = _requests(session, hearing, kind, contact, (channel, address), task.latest_at, now)
    task.state, task.ended_at = TaskState.DONE.value, now
    if not queue(session, requests, now):  # it failed over this way before: the next step follows
        task.state = TaskState.WAITING.value
        why = N_("it was tried over this way already, and failed")
        service.end(session, task, TaskState.SKIPPED, counsel.name, why, now)


def _requests(
    session: Session,
    hearing: Hearing,
    kind: NoticeKind,
    contact: CounselReach,
    way: tuple[str, str],
    latest_at: dt.datetime | None,
    now: dt.datetime,
) -> list[NoticeRequest]:
    invitation = queries.latest_invitations(session, hearing).get(contact.counsel.id)
    stale_at = latest_at or hearing.starts_at
    if invitation is None or stale_at is None:
        return []
    return [
        NoticeRequest(
            facts.subject(hearing),
            kind,
            facts.invitation_recipient(invitation).by(way),
            facts.hearing_facts(
                hearing,
                person=facts.person_facts(invitation),
                was={},
                reason=hearing.reason,
                by_order=bool(hearing.reason),
            ),
            due_at=outside_quiet_hours_at(hearing.case.court, now),
            stale_at=stale_at,
        )
    ]
