"""The record sheet of an exchange of evidence: who took part, each paper, what is in dispute.

Its items are those of the evidence rules (2019), art. 56 to 60. Nothing is decided here: it prints
what was filed and said, with the entries of the record that it rests on.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Party
from app.law import OpinionRule
from app.papers import queries as papers
from app.papers import receipts
from app.papers.exchange import overview
from app.papers.exchange.models import Exchange
from app.papers.models import Filing
from app.papers.opinions import queries
from app.papers.opinions.models import PaperOpinion
from app.papers.opinions.queries import OpinionItem
from app.papers.opinions.rules import Aspect, DisputeState
from app.papers.queries import WithheldFiling
from app.papers.rules import spans
from app.record.models import ChainHead


@dataclass(frozen=True)
class SheetSide:
    """One side: its parties, the papers that all may read with opinions, and those withheld."""

    side: str
    parties: Sequence[Party]
    items: Sequence[OpinionItem]
    withheld: Sequence[WithheldFiling]
    late: Sequence[Filing | WithheldFiling]

    def numbers(self, state: DisputeState) -> str:
        """Return the numbers of its papers in a state, as people say them."""
        return spans([each.paper.number or 0 for each in self.items if each.state is state])


@dataclass(frozen=True)
class RecordSheet:
    """A record sheet as of a moment; ``entry`` and ``entry_hash`` are the end of the record."""

    exchange: Exchange
    sides: Sequence[SheetSide]
    due_at: dt.datetime | None
    rule: OpinionRule | None
    as_of: dt.datetime
    entry: int
    entry_hash: str

    @property
    def items(self) -> list[OpinionItem]:
        """All papers that can be read, side by side."""
        return [item for side in self.sides for item in side.items]

    @property
    def disputed(self) -> list[OpinionItem]:
        """The papers objected to."""
        return [each for each in self.items if each.state is DisputeState.DISPUTED]

    def count(self, state: DisputeState) -> int:
        """Return how many papers are in a state."""
        return sum(each.state is state for each in self.items)

    @property
    def late(self) -> list[Filing | WithheldFiling]:
        """All late filings."""
        return [filing for side in self.sides for filing in side.late]


def of_exchange(session: Session, exchange: Exchange, now: dt.datetime) -> RecordSheet:
    """Return the record sheet of an exchange, the same for all who read it.

    It shows what is open to all: of sealed papers that they are there, with their digests.
    """
    case = exchange.case
    filed = papers.by_side(session, case.id)  # as the court: what is open to all
    shown = overview.of(exchange, filed)
    items = queries.items(session, case, filed, now)
    head = session.execute(
        sa.select(ChainHead.seq, ChainHead.hash).where(ChainHead.case_id == case.id)
    ).one_or_none()
    return RecordSheet(
        exchange,
        [
            SheetSide(
                side.side,
                [party for party, _ in side.parties],
                [
                    items[paper.id]
                    for filing in side.filings
                    for paper in filing.papers
                    if paper.id in items
                ],
                side.withheld,
                [
                    *(each for each in side.filings if each.late),
                    *(each for each in side.withheld if each.late),
                ],
            )
            for side in shown.sides
        ],
        queries.dates(session, case).by_exchange.get(exchange.id),
        queries.copy_rule(case, now),
        now,
        head.seq if head else 0,
        head.hash if head else "",
    )


def opinion_as_json(opinion: PaperOpinion, zone: str) -> dict[str, Any]:
    """Return an opinion for programs."""
    return {
        "counsel": opinion.counsel.name,
        "counsel_id": opinion.counsel_id,
        "party": opinion.representation.party.name,
        "side": opinion.side,
        **{aspect.value: opinion.values.says(aspect) for aspect in Aspect},
        **{aspect.reason_field: opinion.values.reason_for(aspect) for aspect in Aspect},
        "version": opinion.version,
        "given_at": opinion.given_at.astimezone(ZoneInfo(zone)).isoformat(),
        "entry": opinion.seq,
    }


def as_json(sheet: RecordSheet) -> dict[str, Any]:
    """Return a record sheet for programs."""
    exchange = sheet.exchange
    court = exchange.case.court

    def moment(at: dt.datetime | None) -> str | None:
        return at.astimezone(ZoneInfo(court.zone)).isoformat() if at else None

    return {
        "court": court.name,
        "case": exchange.case.number,
        "exchange": exchange.number,
        "mode": exchange.mode,
        "state": exchange.state,
        "started_at": moment(exchange.started_at),
        "ended_at": moment(exchange.ended_at),
        "opinions_due_at": moment(sheet.due_at),
        "as_of": moment(sheet.as_of),
        "entry": sheet.entry,
        "entry_sha256": sheet.entry_hash,
        "sides": [
            {
                "side": side.side,
                "parties": [each.name for each in side.parties],
                "papers": [
                    {
                        **receipts.paper_as_json(item.paper),
                        "filed_at": moment(item.paper.filing.filed_at),
                        "state": item.state.value,
                        "copy": item.copy.value,
                        "opinions": [opinion_as_json(each, court.zone) for each in item.opinions],
                    }
                    for item in side.items
                ],
                "withheld": [
                    {
                        "number": paper.number,
                        "sha256": list(paper.digests),
                        "filed_at": moment(filing.filed_at),
                    }
                    for filing in side.withheld
                    for paper in filing.papers
                ],
                "late": [
                    {
                        "filing": filing.number,
                        "filed_at": moment(filing.filed_at),
                        "reason": filing.late.reason if filing.late else "",
                        "decision": filing.late.decision if filing.late else "",
                        "words": filing.late.words if filing.late else "",
                    }
                    for filing in side.late
                ],
            }
            for side in sheet.sides
        ],
    }
