"""Service of the court's papers: by what each counsel was served with each of them, if they were.

Counted from the record alone, by the rule of the court's set on service (``law.ServiceRule``): of
counsel who agreed to electronic service the message that the papers are there, delivered to an
address that they had confirmed; of anybody that they opened the paper or confirmed receipt. What a
delegate opened or was sent proves nothing about counsel.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Representation
from app.evidence import assessment
from app.evidence.reach import evidence_of
from app.law import ServiceRule, working_days
from app.law.verdict import Evidence, first_sufficient
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.papers import service as papers
from app.papers.models import Filing
from app.papers.rules import COURT_SIDE
from app.record.models import Entry
from app.record.rules import Event, EvidenceGrade

# What a message that papers were filed can show by itself; that a page was opened is no evidence
# that a certain paper was.
OF_MESSAGE = (Event.STARTED, Event.ACCEPTED, Event.DELIVERED)
OF_PAPER = (Event.OPENED, Event.CONFIRMED)


@dataclass(frozen=True)
class ServedCounsel:
    """Whether one counsel was served with one paper: the earliest evidence that is enough, or None.

    ``best`` is the best evidence where it is not; ``channel`` and ``address`` are of the message
    that was delivered, "" where the paper was opened or confirmed.
    """

    counsel: Counsel
    party: str
    side: str
    rule: ServiceRule
    version: str
    agrees: bool
    evidence: Evidence | None = None
    best: EvidenceGrade = EvidenceGrade.ATTEMPTED
    channel: str = ""

    @property
    def needed(self) -> EvidenceGrade:
        """The least evidence by which they will be served, as they have declared now."""
        return self.rule.shown_by_consent if self.agrees else self.rule.shown


def of_case(
    session: Session, case: Case, filings: Iterable[Filing]
) -> dict[int, list[ServedCounsel]]:
    """Return by paper who of the counsel who act now was served with the court's papers.

    The rule is the one in force on the day of filing. Without a paper where there is none, or where
    its bytes were erased: the addresses went with them.
    """
    rules, zone = working_days.rules_of(case.court), ZoneInfo(case.court.zone)
    of_court = {
        filing: rule
        for filing in filings
        if filing.side == COURT_SIDE and filing.filed_at is not None
        if (rule := rules.service_for(case.procedure, filing.filed_at.astimezone(zone).date()))
    }
    if not of_court:
        return {}
    people = _by_counsel(assessment.acting(session, case))
    notices = _notices(session, case, list(of_court))
    of_messages = _by_notice(session, [each.id for each in notices])
    of_papers = _by_attempt(session, list(of_court), people)
    served: dict[int, list[ServedCounsel]] = {}
    for filing, rule in of_court.items():
        version = papers.notice_version(filing)
        for paper in filing.papers:
            if paper.is_erased:
                continue
            served[paper.id] = [
                _served(
                    own,
                    [e for e in notices if e.counsel_id == counsel_id and f"/{version}/" in e.key],
                    of_messages,
                    [
                        each
                        for each in of_papers[papers.reading_attempt(filing.id, counsel_id)]
                        if each.detail.get("number") == paper.number
                    ],
                    rule,
                    rules.version,
                )
                for counsel_id, own in people.items()
            ]
    return served


def _by_counsel(acting: Sequence[Representation]) -> dict[int, list[Representation]]:
    people: dict[int, list[Representation]] = defaultdict(list)
    for each in acting:
        people[each.counsel_id].append(each)
    return people


def _notices(session: Session, case: Case, filings: Sequence[Filing]) -> Sequence[Notice]:
    versions = tuple(f"/{papers.notice_version(each)}/" for each in filings)
    query = sa.select(Notice).where(
        Notice.case_id == case.id,
        Notice.kind == NoticeKind.PAPERS.value,
        Notice.counsel_id.is_not(None),
    )
    found = session.scalars(query.order_by(Notice.id))
    return [each for each in found if any(version in each.key for version in versions)]


def _by_notice(session: Session, notice_ids: Sequence[int]) -> dict[int, list[Entry]]:
    query = sa.select(Entry).where(
        Entry.notice_id.in_(notice_ids), Entry.what.in_([each.value for each in OF_MESSAGE])
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in session.scalars(query.order_by(Entry.seq)) if notice_ids else ():
        found[entry.notice_id or 0].append(entry)
    return found


def _by_attempt(
    session: Session, filings: Sequence[Filing], counsel_ids: Iterable[int]
) -> dict[str, list[Entry]]:
    attempts = [
        papers.reading_attempt(filing.id, counsel_id)
        for counsel_id in counsel_ids
        for filing in filings
    ]
    query = sa.select(Entry).where(
        Entry.notice_id.is_(None),
        Entry.attempt.in_(attempts),
        Entry.case_id == filings[0].case_id,
        Entry.what.in_([each.value for each in OF_PAPER]),
    )
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in session.scalars(query.order_by(Entry.seq)) if attempts else ():
        if not (entry.detail or {}).get("delegate"):
            found[entry.attempt].append(entry)
    return found


def _served(
    own: Sequence[Representation],
    notices: Sequence[Notice],
    of_messages: Mapping[int, Sequence[Entry]],
    of_paper: Sequence[Entry],
    rule: ServiceRule,
    version: str,
) -> ServedCounsel:
    sent = [entry for notice in notices for entry in of_messages.get(notice.id, ())]
    addresses = {each.id: each.address for each in notices}
    evidence = evidence_of([*sent, *of_paper], addresses, own)
    sufficient = first_sufficient(rule, evidence)
    by_seq = {entry.seq: entry.notice_id for entry in sent}
    channels = {each.id: each.channel for each in notices}
    proof = by_seq.get(sufficient.seq) if sufficient else None
    return ServedCounsel(
        counsel=own[0].counsel,
        party=own[0].party.name,
        side=own[0].party.side,
        rule=rule,
        version=version,
        agrees=any(each.consent for each in own) and any(each.confirmation for each in own),
        evidence=sufficient,
        best=max((each.grade for each in evidence), default=EvidenceGrade.ATTEMPTED),
        channel=channels.get(proof, "") if proof is not None else "",
    )
