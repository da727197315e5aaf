"""Who was reached how about a hearing: each message, what became of it, and what proves it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.cases.models import Counsel, Representation
from app.cases.rules import addresses_by_channel
from app.hearings.models import Hearing, Invitation, Proposal
from app.law.verdict import Evidence, Verdict
from app.notices.keys import NoticeKey
from app.notices.kinds import ANNOUNCING_DATE, NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import (
    NOT_DELIVERED,
    PENDING,
    WENT_OUT,
    Event,
    EvidenceGrade,
    NoticeState,
    proves,
)


class ResendOption(StrEnum):
    """Whether a message can be sent again, and if not, why."""

    NO_NEED = "no_need"
    MAY = "may"
    UNDER_WAY = "under_way"
    LATE = "late"
    OVERTAKEN = "overtaken"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class MessageRow:
    """One message to a person, or one thing heard from them, and what stands behind it."""

    what: str
    kind: str
    channel: str
    address: str
    at: dt.datetime
    line: Entry | None = None
    proof: Entry | None = None
    grade: EvidenceGrade | None = None
    notice: Notice | None = None
    again: ResendOption = ResendOption.NO_NEED

    @property
    def counts(self) -> bool:
        """Whether this was contact by the court: a message that went out, a call, a word."""
        if self.notice:
            return self.notice.state in WENT_OUT
        return self.kind == "by_hand" and Event(self.what).traits.by_hand


@dataclass
class CounselReach:
    """One counsel: whether they were asked, whether they still act, and every try to reach them."""

    counsel: Counsel
    party: str
    side: str
    seat: Invitation | None = None
    acts: bool = False
    told: bool = False
    grade: EvidenceGrade = EvidenceGrade.ATTEMPTED
    proof: Entry | None = None
    evidence: list[Evidence] = field(default_factory=list)
    verdict: Verdict | None = None
    rows: list[MessageRow] = field(default_factory=list)
    earlier: list[MessageRow] = field(default_factory=list)
    planned: list[Notice] = field(default_factory=list)

    @property
    def silent(self) -> bool:
        """Whether no address is known, so that no message can reach them."""
        return not addresses_by_channel(self.counsel)


# What says that a hearing, or a proposal, is over.
ENDING = (NoticeKind.CANCELLED, NoticeKind.WITHDRAWN)


@dataclass(frozen=True)
class LatestDate:
    """What everybody should know now: its letters' kinds and the stamp in their keys."""

    kinds: tuple[str, ...]
    stamp: str

    def holds(self, notice: Notice) -> bool:
        """Tell whether a notice carries this news."""
        return notice.kind in self.kinds and NoticeKey.parse(notice.key).version == self.stamp


def news_of(hearing: Hearing, round_: Proposal | None) -> LatestDate:
    """Return what is news about a hearing: its date or end, else its newest round."""
    if hearing.state in ("fixed", "cancelled") or round_ is None:
        kinds = ANNOUNCING_DATE if hearing.state == "fixed" else ENDING
        return LatestDate(kinds, f"{hearing.id}.{hearing.revision}")
    return LatestDate((NoticeKind.PROPOSAL,), f"{hearing.id}.r{round_.round}")


def contacts(
    hearing: Hearing,
    acting: Iterable[Representation],
    notices: Sequence[Notice],
    lines: Sequence[Entry],
    now: dt.datetime,
) -> list[CounselReach]:
    """Return every counsel who was asked or acts now, with what reached them. Reads nothing.

    ``notices`` and ``lines`` are all of the hearing, oldest first.
    """
    rounds = [each for each in hearing.proposals if each.slots]
    news = news_of(hearing, rounds[-1] if rounds else None)
    begun = _begun(news, notices, lines)
    people = _people(hearing, acting)
    for contact in people.values():
        own = [each for each in notices if each.counsel_id == contact.counsel.id]
        heard = [each for each in lines if each.counsel_id == contact.counsel.id]
        contact.told = any(news.holds(each) and each.state in WENT_OUT for each in own)
        _judge(contact, _since(begun, heard), NoticeKind.PROPOSAL in news.kinds)
        _fill(contact, own, heard, begun, now)
    return list(people.values())


def _people(hearing: Hearing, acting: Iterable[Representation]) -> dict[int, CounselReach]:
    people: dict[int, CounselReach] = {}
    for round_ in hearing.proposals:
        for seat in round_.invitations:
            name = seat.party.name
            people[seat.counsel_id] = CounselReach(seat.counsel, name, seat.side, seat)
    for each in acting:
        contact = people.setdefault(
            each.counsel_id, CounselReach(each.counsel, each.party.name, each.party.side)
        )
        contact.acts = True
    return people


def _begun(news: LatestDate, notices: Sequence[Notice], lines: Sequence[Entry]) -> int:
    """Return from which line on the record is about the present news."""
    ids = {notice.id for notice in notices if news.holds(notice)}
    first = next((line.seq for line in lines if line.notice_id in ids), None)
    if first is not None:
        return first
    unsent = [
        line.seq
        for line in lines
        if line.notice_id is None and line.kind in news.kinds and line.what == Event.FAILED
    ]
    return max(unsent, default=0)


def _since(begun: int, lines: Sequence[Entry]) -> list[Entry]:
    """Return what came of the news: a message queued before it may go out after, and tells less."""
    older = {line.notice_id for line in lines if line.notice_id and line.seq < begun}
    return [line for line in lines if line.seq >= begun and line.notice_id not in older]


def _judge(contact: CounselReach, lines: Sequence[Entry], asked: bool) -> None:
    """Find the best that is shown; an answer to a question does not confirm a date told since."""
    for line in lines:
        if line.what == Event.ANSWERED and not asked:
            continue
        shown = proves(Event(line.what), line.detail)
        if shown > EvidenceGrade.ATTEMPTED:
            contact.evidence.append(Evidence(shown, line.at, line.seq))
        if shown > contact.grade:
            contact.grade, contact.proof = shown, line


def _fill(
    contact: CounselReach,
    notices: Sequence[Notice],
    lines: Sequence[Entry],
    begun: int,
    now: dt.datetime,
) -> None:
    told: dict[int, list[Entry]] = defaultdict(list)
    first: dict[int, int] = {}
    for line in lines:
        if line.notice_id is not None:
            told[line.notice_id].append(line)
            first.setdefault(line.notice_id, line.seq)
        elif Event(line.what).traits.stands_alone:
            rows = contact.rows if line.seq >= begun else contact.earlier
            rows.append(_apart(line))
    for notice in notices:
        if notice.state == NoticeState.QUEUED and notice.due_at > now and not notice.tries:
            contact.planned.append(notice)
            continue
        fresh = first.get(notice.id, begun) >= begun and notice.state != NoticeState.WITHDRAWN
        row = _message(notice, told[notice.id], _again(contact.counsel, notice, notices, now))
        (contact.rows if fresh else contact.earlier).append(row)
    for rows in (contact.rows, contact.earlier):
        rows.sort(key=lambda row: row.at, reverse=True)


def _apart(line: Entry) -> MessageRow:
    body = line.content.body if line.content else {}
    shown = proves(Event(line.what), line.detail)
    return MessageRow(
        line.what,
        line.kind,
        line.channel,
        str(body.get("address", "")),
        line.at,
        line,
        proof=line if shown else None,
        grade=shown or None,
    )


def _message(notice: Notice, lines: Sequence[Entry], again: ResendOption) -> MessageRow:
    grade, proof = EvidenceGrade.ATTEMPTED, None
    for line in lines:
        shown = proves(Event(line.what), line.detail)
        if shown > grade:
            grade, proof = shown, line
    last = lines[-1] if lines else None
    at = last.at if last else notice.created_at
    tried = (
        notice.state not in (NoticeState.QUEUED, NoticeState.WITHDRAWN, NoticeState.MISSED)
        or notice.tries > 0
    )
    return MessageRow(
        notice.state,
        notice.kind,
        notice.channel,
        notice.address,
        at,
        last,
        proof,
        grade if tried else None,
        notice,
        again,
    )


def _again(
    counsel: Counsel, notice: Notice, own: Sequence[Notice], now: dt.datetime
) -> ResendOption:
    """Say beforehand what notices.again would: a button is shown only where it will work."""
    if notice.state not in NOT_DELIVERED:
        return ResendOption.NO_NEED
    key = NoticeKey.parse(notice.key)
    repeats = [e for e in own if e.id > notice.id and NoticeKey.parse(e.key).repeats(key)]
    if any(each.state in PENDING for each in repeats):
        return ResendOption.UNDER_WAY
    if repeats:
        return ResendOption.NO_NEED
    news = NoticeKind(notice.kind).traits.superseded_by
    later = [e for e in own if e.id > notice.id and e.kind in news]
    if any(NoticeKey.parse(e.key).version != key.version for e in later):
        return ResendOption.OVERTAKEN
    if notice.stale_at <= now:
        return ResendOption.LATE
    known = dict(addresses_by_channel(counsel, every=True))
    return ResendOption.MAY if known.get(notice.channel) else ResendOption.NO_ADDRESS
