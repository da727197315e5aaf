"""Paper notices: content of a sheet, pending ones, and the entry once they are posted.

Laid out for the window of a DL envelope (220 x 110 mm, ISO 269 and GB/T 1416), with A4 folded in
three; the dimensions are in static/paper.css and docs/paper.md.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import segno
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel
from app.core import links
from app.core.channels import Channel, OtherChannel
from app.core.errors import N_, NotFound, Refusal
from app.core.matters import CASE, Matter
from app.court.models import Court
from app.desk import todo
from app.desk.contacts import off_channel
from app.desk.todo import TaskItem
from app.hearings import facts, queries
from app.hearings.answers import counsel_keys
from app.hearings.models import Hearing, Invitation
from app.letters import composing
from app.letters.composing import Letter
from app.notices.kinds import NoticeKind
from app.people.models import User
from app.record import chain, ledger
from app.record.rules import ContactOutcome, Event
from app.tasks.forms import ContactIn
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MOST = 50  # sheets in one print


@dataclass(frozen=True)
class PaperNotice:
    """A paper notice, ready to print."""

    hearing: Hearing
    invitation: Invitation
    letter: Letter
    code: str
    qr: str
    task_id: int | None

    @property
    def layout(self) -> str:
        """Window of the envelope: by the Chinese standard, else by DIN 680."""
        return "cn" if self.hearing.case.court.country == "CN" else "din"

    @property
    def recipient(self) -> list[str]:
        """Lines of the address, at most six."""
        counsel = self.invitation.counsel
        names = [counsel.name, counsel.firm if counsel.firm != counsel.name else ""]
        return [line for line in (*names, *counsel.postal.split("\n")) if line][:6]


def sheet(
    hearing: Hearing,
    invitation: Invitation,
    secret: bytes,
    public_url: str,
    task_id: int | None = None,
) -> PaperNotice:
    """Compose a paper notice: letter, QR code of the link, and code to type.

    The QR code is black on white, which scanners read most reliably.
    """
    key = counsel_keys.key_of(invitation, secret)
    link, code = f"{public_url}/r/{key.token}", links.format_code(key.code)
    kind = NoticeKind.MOVED if hearing.revision > 1 else NoticeKind.FIXED
    context = facts.hearing_facts(
        hearing,
        person=facts.person_facts(invitation),
        was={},
        reason=hearing.reason,
        by_order=bool(hearing.reason),
        paper=True,
    )
    letter = composing.compose(
        kind,
        Channel.EMAIL,
        invitation.counsel.language,
        context,
        link="",
        code=code,
        base=public_url,
    )
    qr = segno.make(link, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return PaperNotice(hearing, invitation, letter, code, qr, task_id)


def find(
    session: Session, court_id: int, hearing_id: int, counsel_id: int
) -> tuple[Hearing, Invitation]:
    """Return a hearing and counsel's invitation. Raises NotFound; Refusal if there is no date."""
    hearing = queries.find_hearing(session, court_id, hearing_id)
    invitation = queries.latest_invitations(session, hearing).get(counsel_id)
    if invitation is None:
        raise NotFound(N_("This person was told nothing about this hearing."))
    if hearing.starts_at is None:
        raise Refusal(N_("There is no date yet of which a notice could tell."))
    return hearing, invitation


def waiting(session: Session, court: Court, now: dt.datetime) -> list[TaskItem]:
    """Return the open tasks to post notices, most urgent first."""
    return [
        each
        for each in todo.open_tasks(session, court, (), now)
        if each.task.way == TaskKind.PAPER and each.hearing
    ]


def sheets(
    session: Session, court_id: int, task_ids: Sequence[int], secret: bytes, public_url: str
) -> list[PaperNotice]:
    """Compose the notices of some tasks, in this order, skipping hearings without a date.

    Raises Refusal beyond MOST: large prints are easily posted twice by mistake.
    """
    if len(task_ids) > MOST:
        raise Refusal(N_("At most %(most)s notices in one print."), most=MOST)
    query = sa.select(Task).where(
        Task.id.in_(task_ids),
        Task.court_id == court_id,
        Task.way == TaskKind.PAPER.value,
        Task.about.startswith("hearing/"),
    )
    notices = []
    for task in sorted(session.scalars(query), key=lambda each: task_ids.index(each.id)):
        try:
            hearing_and_invitation = find(session, court_id, task.hearing_id, task.counsel_id)
        except Refusal:
            continue
        notices.append(sheet(*hearing_and_invitation, secret, public_url, task.id))
    return notices


def posted(
    session: Session, hearing: Hearing, counsel: Counsel, user: User, page: str, now: dt.datetime
) -> None:
    """Log that a notice was handed to the post or a messenger, once per page key."""
    contact = ContactIn(
        channel="letter",
        counsel_id=counsel.id,
        hearing_id=hearing.id,
        at=now,
        outcome="told",
        address=counsel.postal.replace("\n", ", "),
        tell_others=False,
        page=page,
    )
    off_channel.log_with(session, hearing.case, counsel, contact, user, now)


def papers_to_post(session: Session, case: Case) -> list[tuple[Task, Counsel]]:
    """Return the open tasks to post papers of the court in a case, with the person."""
    query = (
        sa.select(Task, Counsel)
        .join(Counsel, Counsel.id == Task.counsel_id)
        .where(
            Task.case_id == case.id,
            Task.about == str(Matter.case(case.id)),
            Task.way == TaskKind.PAPER.value,
            Task.state == TaskState.OPEN.value,
        )
        .order_by(Task.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def papers_posted(
    session: Session, court_id: int, task_id: int, user: User, now: dt.datetime
) -> Task:
    """Log that the papers of a task were handed to the post, which ends it; once.

    Raises NotFound.
    """
    query = sa.select(Task).where(
        Task.id == task_id, Task.court_id == court_id, Task.way == TaskKind.PAPER.value
    )
    task = session.scalar(query)
    if task is None or Matter.parse(task.about).type != CASE:
        raise NotFound(N_("There is no such task in this court."))
    heads = chain.lock_heads(session, [task.case_id])
    session.refresh(task, with_for_update=True)
    if task.state != TaskState.OPEN:
        return task
    counsel = session.get_one(Counsel, task.counsel_id)
    entry = ledger.NewEntry(
        Event.TOLD,
        court_id=task.court_id,
        case_id=task.case_id,
        about=task.about,
        attempt=f"k{task.id}",
        counsel_id=counsel.id,
        side=task.side,
        channel=OtherChannel.LETTER.value,
        kind="papers",
        detail={
            "outcome": ContactOutcome.TOLD.value,
            "filing": task.because.get("filing"),
            "user": user.id,
        },
        personal={
            "name": counsel.name,
            "address": counsel.postal.replace("\n", ", "),
            "by": user.name,
        },
    )
    ledger.append(session, [entry], now, heads=heads)
    task.tried_at = task.tried_at or now
    task.state, task.ended_at = TaskState.DONE.value, now
    return task
