"""Who was not reached: no way worked, nothing is under way, and nobody has rung them since."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Counsel
from app.core.matters import Matter
from app.court.models import Court
from app.hearings.models import Hearing, Invitation, Proposal
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import WENT_OUT, ContactOutcome, Event, NoticeState

LOOK_BACK = dt.timedelta(days=30)
BAD = (NoticeState.FAILED.value, NoticeState.UNKNOWN.value, NoticeState.MISSED.value)
MOST = 500
# Outcomes of a contact by hand that tell the person what the message would have.
TOLD = {outcome for outcome in ContactOutcome if outcome.told}


@dataclass(frozen=True)
class Unreached:
    """One person whom one message did not reach: all its tries, the newest first."""

    hearing: Hearing
    name: str
    side: str
    kind: str
    state: str
    counsel_id: int | None
    notices: Sequence[Notice]
    since: dt.datetime
    phone: str = ""

    @property
    def tries(self) -> list[tuple[str, str]]:
        """What came of the newest try over each way, as (channel, state)."""
        newest: dict[str, str] = {}
        for notice in self.notices:
            newest.setdefault(notice.channel, notice.state)
        return list(newest.items())


def people(
    session: Session, court: Court, owned: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> list[Unreached]:
    """Return who was not reached in hearings that lie ahead, the longest waiting first."""
    bad = _bad(session, court, now)
    silent = _without_address(session, court, now)
    about = {notice.about for notice in bad} | {line.about for line in silent}
    hearings = _hearings(session, about, owned, now)
    found = [
        each
        for matter, notices in _by_matter(session, bad).items()
        if (each := _unreached(hearings.get(matter[0]), notices))
    ]
    found += [_silent(hearings[line.about], line) for line in silent if line.about in hearings]
    calm = _reached_since(session, found)
    newest: dict[tuple[int, int | None], Unreached] = {}
    for each in sorted(found, key=lambda each: each.since):
        who = (each.hearing.id, each.counsel_id)
        if who not in calm or calm[who] < each.since:
            newest[who] = each
    phones = _phones(session, newest.values())
    left = [replace(each, phone=phones.get(each.counsel_id, "")) for each in newest.values()]
    return sorted(left, key=lambda each: (each.state == NoticeState.MISSED.value, each.since))


def _phones(session: Session, found: Iterable[Unreached]) -> dict[int | None, str]:
    ids = {each.counsel_id for each in found}
    wanted = sa.select(Counsel.id, Counsel.phone).where(Counsel.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(wanted)} if ids else {}


def _bad(session: Session, court: Court, now: dt.datetime) -> Sequence[Notice]:
    wanted = (
        sa.select(Notice)
        .where(
            Notice.court_id == court.id,
            Notice.counsel_id.is_not(None),
            Notice.state.in_(BAD),
            Notice.created_at > now - LOOK_BACK,
        )
        .order_by(Notice.id.desc())
        .limit(MOST)
    )
    return session.scalars(wanted).all()


def _without_address(session: Session, court: Court, now: dt.datetime) -> Sequence[Entry]:
    wanted = (
        sa.select(Entry)
        .where(
            Entry.court_id == court.id,
            Entry.what == Event.FAILED.value,
            Entry.notice_id.is_(None),
            Entry.counsel_id.is_not(None),
            Entry.at > now - LOOK_BACK,
            Entry.kind != NoticeKind.NUDGE,
        )
        .order_by(Entry.id.desc())
        .limit(MOST)
    )
    newest: dict[tuple[str, int | None], Entry] = {}
    for line in session.scalars(wanted):
        newest.setdefault((line.about, line.counsel_id), line)
    return list(newest.values())


def _hearings(
    session: Session, about: set[str], owned: Sequence[sa.ColumnElement[bool]], now: dt.datetime
) -> dict[str, Hearing]:
    ids = [hearing_id for each in about if (hearing_id := Matter.hearing_id(each))]
    if not ids:
        return {}
    wanted = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.id.in_(ids), *owned)
        .where(sa.or_(Hearing.starts_at.is_(None), Hearing.starts_at > now))
        .options(joinedload(Hearing.case).joinedload(Case.judge))
    )
    return {hearing.about: hearing for hearing in session.scalars(wanted)}


def _by_matter(
    session: Session, bad: Sequence[Notice]
) -> dict[tuple[str, str, int | None], list[Notice]]:
    """Return, by hearing, matter and counsel, all notices of what somewhere went wrong."""
    matters = {_matter(notice) for notice in bad}
    if not matters:
        return {}
    wanted = (
        sa.select(Notice)
        .where(Notice.about.in_({matter[0] for matter in matters}))
        .where(Notice.counsel_id.in_({matter[2] for matter in matters}))
        .order_by(Notice.id.desc())
    )
    groups: dict[tuple[str, str, int | None], list[Notice]] = defaultdict(list)
    for notice in session.scalars(wanted):
        if _matter(notice) in matters:
            groups[_matter(notice)].append(notice)
    return groups


def _matter(notice: Notice) -> tuple[str, str, int | None]:
    key = NoticeKey.parse(notice.key)
    return notice.about, f"{key.kind}/{key.version}", notice.counsel_id


def _unreached(hearing: Hearing | None, notices: list[Notice]) -> Unreached | None:
    if hearing is None or any(notice.state not in BAD for notice in notices):
        return None
    first = min(notices, key=lambda notice: BAD.index(notice.state))
    return Unreached(
        hearing,
        first.name,
        first.side,
        first.kind,
        first.state,
        first.counsel_id,
        notices,
        max(notice.created_at for notice in notices),
    )


def _silent(hearing: Hearing, line: Entry) -> Unreached:
    name = line.content.body.get("name", "") if line.content else ""
    return Unreached(
        hearing, name, line.side, line.kind, "no_address", line.counsel_id, (), line.at
    )


def _reached_since(
    session: Session, found: Sequence[Unreached]
) -> dict[tuple[int, int | None], dt.datetime]:
    """Return when each was last heard from, rung or told by another message about the hearing."""
    if not found:
        return {}
    about = {each.hearing.about for each in found}
    cases = {each.hearing.case_id for each in found}
    counsel = {each.counsel_id for each in found}
    last: dict[tuple[int, int | None], dt.datetime] = {}

    def heard(hearing_id: int, counsel_id: int | None, at: dt.datetime) -> None:
        key = (hearing_id, counsel_id)
        last[key] = max(at, last.get(key, at))

    answered = (
        sa.select(Proposal.hearing_id, Invitation.counsel_id, Invitation.answered_at)
        .join(Proposal)
        .where(Proposal.hearing_id.in_({each.hearing.id for each in found}))
        .where(Invitation.answered_at.is_not(None))
    )
    for told in session.execute(answered).all():
        if told[2]:
            heard(told[0], told[1], told[2])
    rung = sa.select(Entry).where(
        Entry.case_id.in_(cases), Entry.counsel_id.in_(counsel), Entry.kind == "by_hand"
    )
    for line in session.scalars(rung):
        if (line.detail or {}).get("outcome") in TOLD:
            for each in found:
                if each.hearing.case_id == line.case_id and line.about in ("", _about(each)):
                    heard(each.hearing.id, line.counsel_id, line.at)
    arrived = sa.select(Notice.about, Notice.counsel_id, Notice.created_at).where(
        Notice.about.in_(about),
        Notice.counsel_id.in_(counsel),
        Notice.state.in_(WENT_OUT),
    )
    for came in session.execute(arrived).all():
        heard(Matter.parse(came[0]).id, came[1], came[2])
    return last


def _about(each: Unreached) -> str:
    return each.hearing.about
