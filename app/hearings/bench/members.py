"""The bench of one hearing: its rows, in order, and all its people by name."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches
from app.cases.models import Case
from app.core.errors import N_, Invalid, Message
from app.core.normalization import name_key
from app.court import bench
from app.court import service as court_service
from app.court.bench import BenchMember, BenchRole
from app.hearings.models import Hearing, HearingMember


def judge_ids(hearing: Hearing) -> list[int]:
    """Return the ids of all people whom a hearing needs, its judge first."""
    return [hearing.judge_id, *(each.judge_id for each in hearing.members)]


def everybody(hearing: Hearing) -> list[BenchMember]:
    """Return all people of a hearing with their roles, who presides first."""
    return bench.everybody(_others(hearing), hearing.judge.name)


def of_hearings(case: Case) -> list[BenchMember]:
    """Return all people of the hearings of a case with their roles, who presides first."""
    return bench.everybody(benches.others(case), case.judge.name)


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
    people = [court_service.judge_named(session, case.court, m.name, m.role) for m in beside]
    known = {each.judge_id: each for each in hearing.members}
    hearing.members = [
        known.get(person.id) or HearingMember(judge_id=person.id, judge=person) for person in people
    ]
    for place, (row, member) in enumerate(zip(hearing.members, beside, strict=True)):
        row.role, row.position = member.role.value, place
    session.flush()


def is_same(left: Iterable[BenchMember], right: Iterable[BenchMember]) -> bool:
    """Tell whether two benches have the same people in the same roles, in any order."""
    return {(name_key(each.name), each.role) for each in left} == {
        (name_key(each.name), each.role) for each in right
    }


def needs(judge_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a hearing needs a person: its judge, or one of its members."""
    member = sa.select(HearingMember.hearing_id).where(HearingMember.judge_id == judge_id)
    return sa.or_(Hearing.judge_id == judge_id, Hearing.id.in_(member))


def _others(hearing: Hearing) -> list[BenchMember]:
    return [BenchMember(each.judge.name, BenchRole(each.role)) for each in hearing.members]
