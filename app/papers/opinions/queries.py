"""Read opinions: those on the papers of a case, and what counsel can give one on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Party, Representation
from app.law import OpinionRule, working_days
from app.papers import queries
from app.papers.models import Filing, Paper
from app.papers.opinions import rules
from app.papers.opinions.models import PaperOpinion
from app.papers.opinions.rules import (
    CopyState,
    DisputeState,
    GivenOpinion,
    OpinionSubject,
)
from app.papers.rules import COURT_SIDE


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
    due_at: dt.datetime | None

    def of(self, representation_id: int) -> PaperOpinion | None:
        """Return the opinion of one representation that holds, or None."""
        own = (each for each in self.opinions if each.representation_id == representation_id)
        return next(own, None)


def copy_rule(case: Case, now: dt.datetime) -> OpinionRule | None:
    """Return the rule of the case's court on opinions and copies in force, or None."""
    on = now.astimezone(ZoneInfo(case.court.zone)).date()
    return working_days.rules_of(case.court).opinion_rule_for(case.procedure, on)


def subject_of(paper: Paper) -> OpinionSubject:
    """Return what decides whether opinions on a paper can be given."""
    return OpinionSubject(paper.filing.side, due_at=due_at(paper.filing), is_erased=paper.is_erased)


def due_at(_filing: Filing) -> dt.datetime | None:
    """Return the date by which opinions on the papers of a filing are given, or None."""
    return None


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
    """Return the papers of the parties of a case with the opinions on each, by paper."""
    opinions = opinions_of(session, case.id)
    represented = [
        party
        for party in case.parties
        if any(each.left_at is None for each in party.representations)
    ]
    found = {}
    for side in sides:
        others = [each for each in represented if each.side != side.side]
        for paper in side.papers if side.side != COURT_SIDE else ():
            found[paper.id] = _item(paper, opinions.get(paper.id, []), others, now)
    return found


def _item(
    paper: Paper, opinions: Sequence[PaperOpinion], others: Sequence[Party], now: dt.datetime
) -> OpinionItem:
    stated = [GivenOpinion(each.representation.party_id, each.values) for each in opinions]
    heard = {each.party_id for each in stated}
    due = due_at(paper.filing)
    return OpinionItem(
        paper,
        opinions,
        [each for each in others if each.id not in heard],
        rules.dispute_state(stated, {each.id for each in others}),
        rules.copy_state(stated, paper.original, due, now),
        due,
    )
