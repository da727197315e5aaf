"""The confirmation that counsel get of their answer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.hearings import facts
from app.hearings.answers.locking import LockedInvitation
from app.hearings.models import AnswerChoice
from app.hearings.notifications import STALE_AFTER
from app.notices.queue import NoticeRequest, queue
from app.record import ledger


def answered(
    session: Session,
    held: LockedInvitation,
    says: Mapping[int, str],
    stamp: str,
    now: dt.datetime,
    *,
    channel: str,
    lines: Sequence[ledger.NewEntry],
) -> None:
    """Confirm an answer to its person: a key that somebody else used is noticed so.

    What came by text is confirmed by text, whatever the person's usual way is.

    ``stamp`` is the answer's own; ``lines`` are what the record says of it before it is confirmed.
    """
    hearing, round_ = held.hearing, held.round
    told = facts.of(
        hearing,
        answers=[
            {**facts.slot_facts(s), "says": says.get(s.id, AnswerChoice.NO.value)}
            for s in held.slots
        ],
        answer_by=facts.iso(round_.answer_by),
        person=facts.person(held.seat),
    )
    matter = facts.matter(hearing, f"r{round_.round}.{stamp}")
    person = facts.counsel_of(held.seat, channel)
    person = replace(person, ways=person.ways[:1])
    telling = NoticeRequest(
        matter, "answered", person, told, due_at=now, stale_at=now + STALE_AFTER
    )
    chains = {hearing.case_id: held.head}
    queue(session, [telling], now, [(matter, line) for line in lines], held=chains)
