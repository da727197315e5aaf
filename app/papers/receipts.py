"""Receipts for papers: what was filed, by whom and when, each file with its digest.

The items are those of the evidence rules (2019), art. 19: evidence, copies, pages and time.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.matters import Matter
from app.notices.models import Notice
from app.papers import rules
from app.papers.exchange.filing import content_of
from app.papers.exchange.sealing import list_digest
from app.papers.models import Filing, Paper
from app.record.models import Entry


@dataclass(frozen=True)
class NotifiedPerson:
    """Somebody who was told of a filing: over which channel, queued when."""

    name: str
    side: str
    channel: str
    queued_at: dt.datetime


@dataclass(frozen=True)
class FilingReceipt:
    """A receipt; ``entry_hash`` is the SHA-256 of the entry of the record that holds the list."""

    filing: Filing
    number: str
    entry_hash: str
    notified: list[NotifiedPerson]

    @property
    def list_digest(self) -> str:
        """The digest by which the entry binds a list that was sealed; "" for another one."""
        return list_digest(content_of(self.filing)) if self.filing.list_salt else ""


def receipt_of(session: Session, filing: Filing) -> FilingReceipt:
    """Return the receipt of a filing."""
    assert filing.filed_at is not None
    notices = sa.select(Notice).where(
        Notice.about == str(Matter.case(filing.case_id)),
        Notice.kind == "papers",
        Notice.key.like(f"papers/c{filing.case_id}.f{filing.id}/%"),
    )
    notified = [
        NotifiedPerson(each.name, each.side, each.channel, filing.filed_at)
        for each in session.scalars(notices.order_by(Notice.id))
    ]
    entry_hash = entry_hashes(session, [filing]).get(filing.id, "")
    return FilingReceipt(filing, _number(filing), entry_hash, notified)


def _number(filing: Filing) -> str:
    assert filing.filed_at is not None
    zone = ZoneInfo(filing.case.court.zone)
    return rules.receipt_number(filing.id, filing.filed_at.astimezone(zone).year)


def entry_hashes(session: Session, filings: Sequence[Filing]) -> dict[int, str]:
    """Return the hashes of the entries by which some filings of one case are on the record."""
    by_seq = {each.seq: each.id for each in filings}
    query = sa.select(Entry.seq, Entry.hash).where(
        Entry.case_id.in_({each.case_id for each in filings}), Entry.seq.in_(by_seq)
    )
    return {by_seq[row.seq]: row.hash for row in session.execute(query)}


def heading_as_json(filing: Filing, entry_hash: str) -> dict[str, Any]:
    """Return who filed and by which entry, for programs; see ``as_json`` for the whole receipt."""
    person = filing.counsel or filing.user
    return {
        "receipt": _number(filing),
        "filed_by": person.name if person else "",
        "delegate": filing.delegate.name if filing.delegate else "",
        "side": filing.side,
        "party": filing.representation.party.name if filing.representation else "",
        "entry": filing.seq,
        "entry_sha256": entry_hash,
    }


def paper_as_json(paper: Paper) -> dict[str, Any]:
    """Return one paper with its files and their digests, for programs."""
    return {
        "number": paper.number,
        "name": paper.name,
        "kind": paper.kind,
        "proves": paper.proves,
        "original": paper.original,
        "pages": paper.pages,
        "bytes": paper.size,
        "files": [
            {"name": file.name, "type": file.media_type, "bytes": file.size, "sha256": file.digest}
            for file in paper.files
        ],
    }


def as_json(receipt: FilingReceipt) -> dict[str, Any]:
    """Return a receipt for programs; a later signature covers exactly this."""
    filing, court = receipt.filing, receipt.filing.case.court
    assert filing.filed_at is not None
    return {
        **heading_as_json(filing, receipt.entry_hash),
        "court": court.name,
        "case": filing.case.number,
        "filing": filing.number,
        "filed_at": filing.filed_at.astimezone(ZoneInfo(court.zone)).isoformat(),
        **_exchange_as_json(filing),
        "papers": [paper_as_json(paper) for paper in filing.papers],
    }


def _exchange_as_json(filing: Filing) -> dict[str, Any]:
    """Return the exchange of a filing; of a list that was sealed also what its digest covers."""
    if filing.exchange is None:
        return {}
    entered = {"exchange": filing.exchange.number, "late": filing.late is not None}
    if not filing.list_salt:
        return entered
    content = content_of(filing)
    return {**entered, "list_sha256": list_digest(content), "list": content}
