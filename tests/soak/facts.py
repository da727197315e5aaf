"""The facts that checks read: the database, what carriers got, what clients were answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Party, Representation
from app.core.db import Base
from app.hearings.models import Answer, Booking, Hearing, Invitation, Proposal, Slot
from app.notices.models import Notice
from app.record.models import Entry, Receipt
from tests.soak.carriers import Asked
from tests.soak.people import ClientLog

Row = dict[str, Any]


@dataclass
class Facts:
    """Everything that the checks look at, as plain values."""

    seed: int
    hearings: list[Row]
    proposals: list[Row]
    slots: list[Row]
    invitations: list[Row]
    answers: list[Row]
    bookings: list[Row]
    notices: list[Row]
    lines: list[Row]
    receipts: list[Row]
    acting: dict[int, set[int]]  # counsel by case
    asked: list[Asked]
    client_log: ClientLog
    killed: set[int] = field(default_factory=set)
    troubled: bool = False
    verified: tuple[int, str] = (0, "")
    logs: dict[str, str] = field(default_factory=dict)

    def of(self, notice: Row) -> list[Row]:
        """Return the lines of a notice, oldest first."""
        return [line for line in self.lines if line["notice_id"] == notice["id"]]

    def last_round(self, hearing: Row) -> Row | None:
        """Return the newest round of a hearing."""
        rounds = [each for each in self.proposals if each["hearing_id"] == hearing["id"]]
        return max(rounds, key=lambda each: each["round"]) if rounds else None


def read(session: Session, seed: int, asked: Sequence[Asked], client_log: ClientLog) -> Facts:
    """Read everything, in one snapshot."""
    acting: dict[int, set[int]] = defaultdict(set)
    who = (
        sa.select(Party.case_id, Representation.counsel_id)
        .join(Representation)
        .where(Representation.left_at.is_(None))
    )
    for case_id, counsel_id in session.execute(who):
        acting[case_id].add(counsel_id)
    tables = (Hearing, Proposal, Slot, Invitation, Answer, Booking, Notice)
    found = [_rows(session, table) for table in tables]
    lines = sorted(_rows(session, Entry), key=lambda line: (line["case_id"], line["seq"]))
    return Facts(
        seed, *found, lines, _rows(session, Receipt), dict(acting), list(asked), client_log
    )


def _rows(session: Session, model: type[Base]) -> list[Row]:
    table = model.__table__
    return [dict(row) for row in session.execute(sa.select(table).order_by("id")).mappings()]


def logs(folder: Path) -> dict[str, str]:
    """Return what all processes said, by the name of each log."""
    return {file.name: file.read_text() for file in sorted(folder.glob("*.log"))}
