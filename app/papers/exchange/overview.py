"""What pages show of an exchange: each side in the same columns, as far as a reader may read it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cases.models import Party
from app.papers import queries
from app.papers.exchange.models import Exchange
from app.papers.exchange.rules import PartyProgress
from app.papers.models import Filing
from app.papers.queries import SidePapers, WithheldFiling
from app.papers.rules import COURT_SIDE


@dataclass(frozen=True)
class SideOverview:
    """One side of an exchange: its parties, how far each is, and what was filed."""

    side: str
    parties: Sequence[tuple[Party, PartyProgress]]
    filings: Sequence[Filing]
    withheld: Sequence[WithheldFiling]

    @property
    def all(self) -> list[Filing | WithheldFiling]:
        """All its filings, those that can be read first."""
        return [*self.filings, *self.withheld]

    @property
    def count(self) -> int:
        """Number of papers filed into the exchange, late ones included."""
        return sum(len(each.papers) for each in self.all)

    @property
    def last_filed_at(self) -> dt.datetime | None:
        """When the side filed last, or None."""
        times = [each.filed_at for each in self.all]
        return max((at for at in times if at), default=None)

    @property
    def is_complete(self) -> bool:
        """Whether each of its parties said that it has filed all its evidence."""
        return all(progress.completed_at for _, progress in self.parties)

    @property
    def is_represented(self) -> bool:
        """Whether somebody acts for each of its parties."""
        return all(progress.is_represented for _, progress in self.parties)

    @property
    def closes_at(self) -> dt.datetime:
        """The time from which its filings are late."""
        return max(progress.closes_at for _, progress in self.parties)


@dataclass(frozen=True)
class ExchangeOverview:
    """An exchange with all sides of its case, claimant first."""

    exchange: Exchange
    sides: Sequence[SideOverview]

    @property
    def count(self) -> int:
        """Number of papers of all sides."""
        return sum(side.count for side in self.sides)

    @property
    def undecided(self) -> list[Filing | WithheldFiling]:
        """The late filings on which the court has yet to decide, the first one first."""
        filings = [each for side in self.sides for each in side.all]
        late = [each for each in filings if each.late and not each.late.decision]
        return sorted(late, key=lambda each: each.number or 0)

    def of_party(self, party_id: int) -> PartyProgress | None:
        """Return how far one party is, or None where it is no party of the case."""
        progress = (each for side in self.sides for _, each in side.parties)
        return next((each for each in progress if each.party_id == party_id), None)


def of(exchange: Exchange, filed: Sequence[SidePapers]) -> ExchangeOverview:
    """Return an exchange with what each side filed into it, out of all that a reader may see."""
    progress = {each.party_id: each for each in exchange.progress()}
    sides: dict[str, list[tuple[Party, PartyProgress]]] = {}
    for party in exchange.case.parties:
        sides.setdefault(party.side, []).append((party, progress[party.id]))
    by_side = {each.side: each for each in filed if each.side != COURT_SIDE}
    order = ("claimant", "respondent")
    return ExchangeOverview(
        exchange,
        [
            _side(exchange, side, sides[side], by_side.get(side))
            for side in sorted(sides, key=lambda side: order.index(side) if side in order else 9)
        ],
    )


def _side(
    exchange: Exchange,
    side: str,
    parties: Sequence[tuple[Party, PartyProgress]],
    filed: SidePapers | None,
) -> SideOverview:
    filings = filed.filings if filed else ()
    withheld = filed.withheld if filed else ()
    return SideOverview(
        side,
        parties,
        [each for each in filings if each.exchange_id == exchange.id],
        [each for each in withheld if each.exchange.id == exchange.id],
    )


def read(session: Session, exchange: Exchange, party_id: int | None = None) -> ExchangeOverview:
    """Return an exchange as who acts for a party may see it; without one, the court."""
    return of(exchange, queries.by_side(session, exchange.case_id, party_id))
