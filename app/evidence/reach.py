"""Reach of a hearing's counsel: each message, its outcome, and the evidence of receipt."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.cases.models import Counsel, DeclarationKind, Representation, ServiceDeclaration
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
    """Whether a message can be sent again, and if not, why not."""

    NO_NEED = "no_need"
    MAY = "may"
    UNDER_WAY = "under_way"
    LATE = "late"
    OVERTAKEN = "overtaken"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class MessageRow:
    """One message to a person, or one contact without a message, with its evidence."""

    what: str
    kind: str
    channel: str
    address: str
    at: dt.datetime
    entry: Entry | None = None
    proof: Entry | None = None
    grade: EvidenceGrade | None = None
    notice: Notice | None = None
    again: ResendOption = ResendOption.NO_NEED

    @property
    def counts(self) -> bool:
        """Whether the court was in contact: by a message that went out, a call or in person."""
        if self.notice:
            return self.notice.state in WENT_OUT
        return self.kind in ("by_hand", "handed_on") and Event(self.what).traits.by_hand


@dataclass
class CounselReach:
    """One counsel: whether they were asked and still act, and every attempt to reach them.

    ``rows`` are about the latest news of the hearing, ``earlier`` about news before it.
    """

    counsel: Counsel
    party: str
    side: str
    invitation: Invitation | None = None
    representations: list[Representation] = field(default_factory=list)
    informed: bool = False
    going_out: bool = False
    grade: EvidenceGrade = EvidenceGrade.ATTEMPTED
    proof: Entry | None = None
    evidence: list[Evidence] = field(default_factory=list)
    verdict: Verdict | None = None
    rows: list[MessageRow] = field(default_factory=list)
    earlier: list[MessageRow] = field(default_factory=list)
    planned: list[Notice] = field(default_factory=list)

    @property
    def acts(self) -> bool:
        """Whether they act in the case now."""
        return bool(self.representations)

    @property
    def agrees_now(self) -> bool:
        """Whether they agree to electronic service and confirmed the addresses of now."""
        own = self.representations
        return any(each.consent for each in own) and any(each.confirmation for each in own)

    @property
    def silent(self) -> bool:
        """Whether no address is known."""
        return not addresses_by_channel(self.counsel)


def agreed(own: Sequence[Representation], address: str, at: dt.datetime) -> bool:
    """Tell whether electronic service to an address was agreed, and it confirmed, at a time.

    ``own`` are one counsel's representations in the case. False for "", an address that was erased.
    """
    declared = [each for representation in own for each in representation.declarations]
    held = [each for each in declared if each.held_at(at)]
    return any(each.kind == DeclarationKind.ELECTRONIC for each in held) and any(
        _confirms(each, address) for each in held
    )


def _confirms(declaration: ServiceDeclaration, address: str) -> bool:
    is_address = declaration.kind == DeclarationKind.ADDRESS
    return is_address and bool(address) and address in (declaration.email, declaration.phone)


# A notice that waits for longer is held up: a person has to look why.
SENDING_TAKES = dt.timedelta(minutes=2)
# What says that a hearing, or a proposal, is over.
ENDING = (NoticeKind.CANCELLED, NoticeKind.WITHDRAWN)


@dataclass(frozen=True)
class LatestDate:
    """The latest news of a hearing: kinds of its messages, and the version in their keys."""

    kinds: tuple[str, ...]
    version: str

    def holds(self, notice: Notice) -> bool:
        """Tell whether a notice carries this news."""
        return notice.kind in self.kinds and NoticeKey.parse(notice.key).version == self.version


def news_of(hearing: Hearing, proposal: Proposal | None) -> LatestDate:
    """Return the latest news about a hearing: its date or end, else its newest proposal."""
    if hearing.state in ("fixed", "cancelled") or proposal is None:
        kinds = ANNOUNCING_DATE if hearing.state == "fixed" else ENDING
        return LatestDate(kinds, f"{hearing.id}.{hearing.revision}")
    return LatestDate((NoticeKind.PROPOSAL,), f"{hearing.id}.r{proposal.round}")


def contacts(
    hearing: Hearing,
    acting: Iterable[Representation],
    notices: Sequence[Notice],
    entries: Sequence[Entry],
    now: dt.datetime,
) -> list[CounselReach]:
    """Return every counsel who was asked or acts now, with their attempts; runs no queries.

    ``notices`` and ``entries`` are all of the hearing, oldest first.
    """
    proposals = [each for each in hearing.proposals if each.slots]
    news = news_of(hearing, proposals[-1] if proposals else None)
    begun = _begun(news, notices, entries)
    people = _people(hearing, acting)
    for contact in people.values():
        own = [each for each in notices if each.counsel_id == contact.counsel.id]
        about_them = [each for each in entries if each.counsel_id == contact.counsel.id]
        current = [each for each in own if news.holds(each)]
        contact.informed = any(each.state in WENT_OUT for each in current)
        contact.going_out = not contact.informed and any(_going_out(each, now) for each in current)
        addresses = {each.id: each.address for each in own}
        _judge(contact, _since(begun, about_them), addresses, NoticeKind.PROPOSAL in news.kinds)
        _fill(contact, own, about_them, begun, now)
    return list(people.values())


def _going_out(notice: Notice, now: dt.datetime) -> bool:
    """Tell whether a notice is being sent, or waits for its first attempt, which is due now."""
    is_first_try = notice.state == NoticeState.SENDING or not notice.tries
    is_due = notice.due_at <= now < notice.due_at + SENDING_TAKES
    return notice.state in PENDING and is_first_try and is_due


def _people(hearing: Hearing, acting: Iterable[Representation]) -> dict[int, CounselReach]:
    people: dict[int, CounselReach] = {}
    for proposal in hearing.proposals:
        for invitation in proposal.invitations:
            people[invitation.counsel_id] = CounselReach(
                invitation.counsel, invitation.party.name, invitation.side, invitation
            )
    for representation in acting:
        party = representation.party
        contact = people.setdefault(
            representation.counsel_id,
            CounselReach(representation.counsel, party.name, party.side),
        )
        contact.representations.append(representation)
    return people


def _begun(news: LatestDate, notices: Sequence[Notice], entries: Sequence[Entry]) -> int:
    """Return the number of the first entry about the latest news."""
    ids = {notice.id for notice in notices if news.holds(notice)}
    first = next((entry.seq for entry in entries if entry.notice_id in ids), None)
    if first is not None:
        return first
    unsent = [
        entry.seq
        for entry in entries
        if entry.notice_id is None and entry.kind in news.kinds and entry.what == Event.FAILED
    ]
    return max(unsent, default=0)


def _since(begun: int, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries about the latest news: messages queued before it may go out after it."""
    older = {entry.notice_id for entry in entries if entry.notice_id and entry.seq < begun}
    return [entry for entry in entries if entry.seq >= begun and entry.notice_id not in older]


def _judge(
    contact: CounselReach, entries: Sequence[Entry], addresses: Mapping[int, str], asked: bool
) -> None:
    """Set the best grade; an answer to a proposal does not confirm a date announced since.

    ``addresses`` are those of notices, by id.
    """
    relevant = [each for each in entries if asked or each.what != Event.ANSWERED]
    contact.evidence += evidence_of(relevant, addresses, contact.representations)
    contact.grade, contact.proof = best_of(relevant)


def evidence_of(
    entries: Sequence[Entry], addresses: Mapping[int, str], own: Sequence[Representation]
) -> list[Evidence]:
    """Return the entries about one counsel that prove something, as evidence.

    ``addresses`` are those of notices, by id; ``own`` are the counsel's representations.
    """
    sent_at = {each.attempt: each.at for each in entries if each.what == Event.STARTED}
    found = []
    for entry in entries:
        grade = proves(Event(entry.what), entry.detail)
        if grade > EvidenceGrade.ATTEMPTED:
            address = addresses.get(entry.notice_id or 0, "")
            by_consent = agreed(own, address, sent_at.get(entry.attempt, entry.at))
            found.append(Evidence(grade, entry.at, entry.seq, by_consent))
    return found


def _fill(
    contact: CounselReach,
    notices: Sequence[Notice],
    entries: Sequence[Entry],
    begun: int,
    now: dt.datetime,
) -> None:
    """Fill a contact's rows from their notices and entries, newest first."""
    by_notice: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.notice_id is not None:
            by_notice[entry.notice_id].append(entry)
        elif Event(entry.what).traits.listed_alone:
            rows = contact.rows if entry.seq >= begun else contact.earlier
            rows.append(_row_without_message(entry, entries))
    for notice in notices:
        if notice.state == NoticeState.QUEUED and notice.due_at > now and not notice.tries:
            contact.planned.append(notice)
            continue
        own = by_notice[notice.id]
        first = own[0].seq if own else begun
        current = first >= begun and notice.state != NoticeState.WITHDRAWN
        row = _message(notice, own, _again(contact.counsel, notice, notices, now))
        (contact.rows if current else contact.earlier).append(row)
    for rows in (contact.rows, contact.earlier):
        rows.sort(key=lambda row: row.at, reverse=True)


def _row_without_message(entry: Entry, entries: Sequence[Entry]) -> MessageRow:
    """Return the row of an entry without a notice; ``entries`` are all about the same person.

    A message that was handed on proves nothing itself: what the person did on their page since
    shows that they have it, unless a delegate did it for them.
    """
    body = entry.content.body if entry.content else {}
    if entry.kind == "handed_on":
        later = [
            each
            for each in entries
            if each.seq > entry.seq and each.direction == "in" and not each.detail.get("delegate")
        ]
        best, proof = best_of(later)
        address = str(body.get("address", ""))
        return MessageRow(
            entry.what, entry.kind, entry.channel, address, entry.at, entry, proof, best
        )
    grade = proves(Event(entry.what), entry.detail)
    return MessageRow(
        entry.what,
        entry.kind,
        entry.channel,
        str(body.get("address", "")),
        entry.at,
        entry,
        proof=entry if grade else None,
        grade=grade or None,
    )


def best_of(entries: Sequence[Entry]) -> tuple[EvidenceGrade, Entry | None]:
    """Return the best grade that entries prove, with the first that proves it."""
    best, proof = EvidenceGrade.ATTEMPTED, None
    for entry in entries:
        grade = proves(Event(entry.what), entry.detail)
        if grade > best:
            best, proof = grade, entry
    return best, proof


def _message(notice: Notice, entries: Sequence[Entry], again: ResendOption) -> MessageRow:
    best, proof = best_of(entries)
    last = entries[-1] if entries else None
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
        best if tried else None,
        notice,
        again,
    )


def _again(
    counsel: Counsel, notice: Notice, own: Sequence[Notice], now: dt.datetime
) -> ResendOption:
    """Return the resends that would be allowed: a button is shown only where it will work."""
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
