"""The bench of one hearing: its rows, in order, and all its people by name."""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches
from app.cases.models import Case
from app.core import wording
from app.core.errors import N_, Invalid, Message
from app.core.normalization import name_key
from app.court import bench
from app.court import service as court_service
from app.court.bench import BenchMember
from app.court.models import Judge
from app.hearings.models import Hearing, HearingMember


def judge_ids(hearing: Hearing) -> list[int]:
    """Return the ids of all people whom a hearing needs, its judge first."""
    return [hearing.judge_id, *(each.judge_id for each in hearing.members)]


def everybody(hearing: Hearing) -> list[BenchMember]:
    """Return all people of a hearing with their roles, who presides first."""
    return bench.everybody(benches.named(hearing.members), hearing.judge.name)


def people_of(owner: Hearing | Case) -> list[BenchMember]:
    """Return all people of a hearing, or of the hearings of a case."""
    return everybody(owner) if isinstance(owner, Hearing) else of_hearings(owner)


def names_by_language(owner: Hearing | Case) -> dict[str, str]:
    """Return all people in one line, by language, as a fact of a message."""
    people = bench.as_facts(people_of(owner))
    return {language: wording.bench_line(people, language) for language in wording.LANGUAGES}


def fingerprint(owner: Hearing | Case) -> str:
    """Return a short digest of who sits and is needed, each with what they do, in any order."""
    roles = sorted((each.judge_id, each.role) for each in owner.members)
    return hashlib.sha256(repr((owner.judge_id, roles)).encode()).hexdigest()[:8]


def of_hearings(case: Case) -> list[BenchMember]:
    """Return all people of the hearings of a case with their roles, who presides first."""
    return bench.everybody(benches.named(case.members), case.judge.name)


def of_case(case: Case, judge_id: int) -> list[HearingMember]:
    """Return the rows of a new hearing of a judge that has the bench of its case."""
    return [
        HearingMember(judge_id=each.judge_id, role=each.role, position=each.position)
        for each in case.members
        if each.judge_id != judge_id
    ]


def set_bench(session: Session, hearing: Hearing, members: Sequence[BenchMember]) -> None:
    """Let a hearing have this bench, all its people named. Raises Invalid by the field "bench".

    What is booked for it, and who is told, is the caller's.
    """
    case = hearing.case
    judge = bench.judge_of(members, case.judge.name)
    if judge is None:
        raise Invalid({"bench": Message(N_("Name the judge who presides."))})
    beside = benches.checked(members, judge, benches.counsel_names(case))
    hearing.judge = court_service.judge_named(session, case.court, judge)
    hearing.members = benches.rows_of(session, case.court, beside, hearing.members, HearingMember)
    session.flush()


def known_people(session: Session, case: Case, people: Sequence[BenchMember]) -> dict[int, str]:
    """Return named people by id, whose hearing it is first, without entering anybody.

    Whoever the court does not know yet has a negative number, which nothing is booked for.
    """
    whose = bench.judge_of(people, case.judge.name) or case.judge.name
    names = [whose, *(each.name for each in bench.beside(people, whose))]
    keys = {name_key(each): each for each in names}
    own = [case.judge, *(each.judge for each in case.members)]
    ids = {each.name_key: each.id for each in own}
    if others := keys.keys() - ids:
        known = sa.select(Judge.name_key, Judge.id).where(
            Judge.court_id == case.court_id, Judge.name_key.in_(others)
        )
        ids |= {row.name_key: row.id for row in session.execute(known)}
    return {ids.get(key, -place): name for place, (key, name) in enumerate(keys.items(), 1)}


def needs(judge_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a hearing needs a person: its judge, or one of its members."""
    member = sa.select(HearingMember.hearing_id).where(HearingMember.judge_id == judge_id)
    return sa.or_(Hearing.judge_id == judge_id, Hearing.id.in_(member))
