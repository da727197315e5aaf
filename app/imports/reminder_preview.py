"""The reminders that the hearings of a file would have: how many, to whom, and in which words.

They are counted while a file is checked, when its hearings exist for a moment.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel, Party, Representation
from app.cases.rules import addresses_by_channel
from app.core import wording
from app.core.channels import Channel
from app.hearings import facts
from app.hearings.models import Hearing
from app.letters import composing, wording_versions
from app.letters.text_length import segments
from app.notices.kinds import NoticeKind
from app.sending.messages import HIDDEN

MOST_NAMED = 20


@dataclass(frozen=True)
class _Reminded:
    """A counsel who would be reminded of a hearing, as far as their address depends on it."""

    hearing_id: int
    side: str
    party: str
    counsel_id: int
    name: str
    language: str
    email: str
    phone: str
    channels: Sequence[str]
    opted_out_at: dt.datetime | None


def of_upload(session: Session, upload_id: int, now: dt.datetime) -> dict[str, Any]:
    """Return, as JSON, what reminders of a file's coming hearings would be; {} if there are none.

    An example is given for each language of counsel.
    """
    query = (
        sa.select(
            *(Hearing.id, Party.side, Party.name, Counsel.id, Counsel.name, Counsel.language),
            *(Counsel.email, Counsel.phone, Counsel.channels, Counsel.opted_out_at),
        )
        .select_from(Hearing)
        .join(Party, Party.case_id == Hearing.case_id)
        .join(Representation, Representation.party_id == Party.id)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Hearing.upload_id == upload_id, Hearing.starts_at > now)
        .where(Representation.left_at.is_(None))
        .order_by(Hearing.id, Representation.id)
    )
    counts: Counter[str] = Counter()
    hearings, people, unreachable = set(), set(), {}
    by_language: dict[str, _Reminded] = {}
    for row in session.execute(query):
        reminded = _Reminded(*list[Any](row))
        hearings.add(reminded.hearing_id)
        people.add(reminded.counsel_id)
        ways = addresses_by_channel(reminded)
        counts.update(channel for channel, _ in ways)
        if ways:
            by_language.setdefault(wording.language_of(reminded.language), reminded)
        else:
            unreachable[reminded.name] = True
    if not hearings:
        return {}
    return {
        "hearings": len(hearings),
        "people": len(people),
        "counts": dict(counts),
        "unreachable": list(unreachable)[:MOST_NAMED],
        "recipients": [_example(session, each) for each in by_language.values()],
    }


def _example(session: Session, counsel: _Reminded) -> dict[str, Any]:
    """Return one counsel with the reminder that they would get, the key of the link left out."""
    hearing = session.get_one(Hearing, counsel.hearing_id)
    words = wording_versions.current(session, {hearing.court_id})
    person = {
        "name": counsel.name,
        "party": counsel.party,
        "side": counsel.side,
        "is_court": False,
    }
    reminder_facts = facts.hearing_facts(hearing, person=person)
    language = wording.language_of(counsel.language)
    messages = []
    for channel, address in addresses_by_channel(counsel):
        letter = composing.compose(
            NoticeKind.REMINDER,
            channel,
            language,
            reminder_facts,
            link=f"https://{HIDDEN}",
            own=words.get((hearing.court_id, NoticeKind.REMINDER.value, channel, language)),
        )
        by_segment = Channel(channel).traits.by_segment
        messages.append(
            {
                "channel": channel,
                "address": address,
                "subject": letter.subject,
                "text": letter.text,
                "segments": segments(letter.text) if by_segment else 0,
                "invite": False,
            }
        )
    return {
        "name": counsel.name,
        "side": counsel.side,
        "language": language,
        "messages": messages,
    }
