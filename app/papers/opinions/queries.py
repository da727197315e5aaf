"""Read opinions: those on the papers of a case, and what counsel can give one on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Party, Representation
from app.law import OpinionRule, working_days
from app.law.day_counting import working_days_after
from app.law.working_days import WorkingDays
from app.papers import queries
from app.papers.exchange import queries as exchange_queries
from app.papers.exchange.models import Exchange, LateFiling
from app.papers.exchange.rules import ExchangeState, LateDecision
from app.papers.models import Filing, Paper
from app.papers.opinions import rules
from app.papers.opinions.models import OpinionDeadline, PaperOpinion
from app.papers.opinions.rules import (
    CopyState,
    DisputeState,
    GivenOpinion,
    OpinionSubject,
)
from app.papers.rules import Disclosure

USUAL_DAYS = 3  # for opinions, where the court's rules say nothing


@dataclass(frozen=True)
class OpinionItem:
    """A paper with the opinions on it, the latest of each representation, and what follows.

    ``missing`` are the parties of other sides, with counsel, for which no opinion was given.
    """

    paper: Paper
    opinions: Sequence[PaperOpinion]
    missing: Sequence[Party]
    state: DisputeState
    copy: CopyState
    due_at: dt.datetime

    def is_over(self, now: dt.datetime) -> bool:
        """Tell whether the time for opinions has passed."""
        return now >= self.due_at

    def of(self, representation_id: int) -> PaperOpinion | None:
        """Return the opinion of one representation that holds, or None."""
        own = (each for each in self.opinions if each.representation_id == representation_id)
        return next(own, None)


def copy_rule(case: Case, now: dt.datetime) -> OpinionRule | None:
    """Return the rule of the case's court on opinions and copies in force, or None."""
    on = now.astimezone(ZoneInfo(case.court.zone)).date()
    return working_days.rules_of(case.court).opinion_rule_for(case.procedure, on)


@dataclass(frozen=True)
class OpinionDates:
    """By when opinions on the evidence exchanged in a case are given, by exchange.

    A late filing that the court lets in has as many working days from then on, if they end later.
    """

    by_exchange: Mapping[int, dt.datetime]
    by_filing: Mapping[int, dt.datetime]

    def of(self, filing: Filing) -> dt.datetime | None:
        """Return the date for a filing; None for one in no exchange that holds."""
        if filing.exchange_id is None:
            return None
        return self.by_filing.get(filing.id) or self.by_exchange.get(filing.exchange_id)


def dates(session: Session, case: Case) -> OpinionDates:
    """Return the dates of a case: those that the court set, else by the days of its rules."""
    exchanges = [
        each for each in exchange_queries.of_case(session, case.id) if not is_cancelled(each)
    ]
    if not exchanges:
        return OpinionDates({}, {})
    chosen = _chosen_dates(session, exchanges)
    working = working_days.working_days(session, case.court)
    by_exchange = {
        each.id: chosen.get(each.id) or due_after(case, working, each.ended_at or each.ends_at)
        for each in exchanges
    }
    query = (
        sa.select(Filing.id, Filing.exchange_id, LateFiling.decided_at)
        .join(LateFiling, LateFiling.filing_id == Filing.id)
        .where(Filing.case_id == case.id, LateFiling.decision == LateDecision.ADMITTED.value)
    )
    by_filing = {
        row.id: max(by_exchange[row.exchange_id], due_after(case, working, row.decided_at))
        for row in session.execute(query)
        if row.exchange_id in by_exchange
    }
    return OpinionDates(by_exchange, by_filing)


def is_cancelled(exchange: Exchange) -> bool:
    """Tell whether an exchange was cancelled: no opinions are given on what it holds."""
    return exchange.state == ExchangeState.CANCELLED


def _chosen_dates(session: Session, exchanges: Sequence[Exchange]) -> dict[int, dt.datetime]:
    ids = [each.id for each in exchanges]
    query = sa.select(OpinionDeadline).where(OpinionDeadline.exchange_id.in_(ids))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {each.exchange_id: each.due_at for each in found}


def due_after(case: Case, working: WorkingDays, at: dt.datetime) -> dt.datetime:
    """Return the end of the days that the court's rules give for opinions after a moment."""
    zone = ZoneInfo(case.court.zone)
    on = at.astimezone(zone).date()
    rules_in_force = working_days.rules_of(case.court)
    rule = rules_in_force.opinion_rule_for(case.procedure, on)
    last = working_days_after(on, rule.days if rule else USUAL_DAYS, working.has)
    due = dt.datetime.combine(last, rules_in_force.office.closes, tzinfo=zone)
    return due.astimezone(dt.UTC)


def subject_of(paper: Paper, due: OpinionDates) -> OpinionSubject:
    """Return what decides whether opinions on a paper can be given."""
    return OpinionSubject(
        paper.filing.side,
        due_at=due.of(paper.filing),
        is_withheld=paper.filing.disclosure != Disclosure.OPEN or paper.is_set_aside,
        is_erased=paper.is_erased,
    )


def opinions_of(session: Session, case_id: int) -> dict[int, list[PaperOpinion]]:
    """Return the opinions that hold in a case, by paper, in the order of their parties."""
    query = (
        sa.select(PaperOpinion)
        .where(PaperOpinion.case_id == case_id)
        .join(Representation, Representation.id == PaperOpinion.representation_id)
        .options(
            joinedload(PaperOpinion.counsel),
            joinedload(PaperOpinion.delegate),
            joinedload(PaperOpinion.representation).joinedload(Representation.party),
        )
        .order_by(Representation.party_id, Representation.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[PaperOpinion]] = defaultdict(list)
    for opinion in session.scalars(query):
        if not opinion.is_withdrawn:
            found[opinion.paper_id].append(opinion)
    return found


def items(
    session: Session, case: Case, sides: Sequence[queries.SidePapers], now: dt.datetime
) -> dict[int, OpinionItem]:
    """Return the evidence that is open to all, with the opinions on each paper, by paper."""
    opinions, due = opinions_of(session, case.id), dates(session, case)
    represented = [
        party
        for party in case.parties
        if any(each.left_at is None for each in party.representations)
    ]
    found = {}
    for side in sides:
        others = [each for each in represented if each.side != side.side]
        for filing in side.filings:
            due_at = due.of(filing)
            if due_at is None or filing.disclosure != Disclosure.OPEN:
                continue
            for paper in filing.papers:
                found[paper.id] = _item(paper, opinions.get(paper.id, []), others, due_at, now)
    return found


def _item(
    paper: Paper,
    opinions: Sequence[PaperOpinion],
    others: Sequence[Party],
    due_at: dt.datetime,
    now: dt.datetime,
) -> OpinionItem:
    stated = [GivenOpinion(each.representation.party_id, each.values) for each in opinions]
    heard = {each.party_id for each in stated}
    return OpinionItem(
        paper,
        opinions,
        [each for each in others if each.id not in heard],
        rules.dispute_state(stated, {each.id for each in others}),
        rules.copy_state(stated, paper.original, due_at, now),
        due_at,
    )
