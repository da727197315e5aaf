"""The bench of a case: who sits in its hearings beside its judge, and who else is needed."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from app.cases.forms import CaseIn
from app.cases.models import Case, CaseMember
from app.core.errors import N_, Invalid, Message
from app.court import bench
from app.court import service as court_service
from app.court.bench import BenchMember, BenchRole
from app.court.models import BenchMemberRow, Court

Row = TypeVar("Row", bound=BenchMemberRow)


def named(rows: Iterable[BenchMemberRow]) -> list[BenchMember]:
    """Return the people of rows by name."""
    return [BenchMember(each.judge.name, BenchRole(each.role)) for each in rows]


def judge_ids(case: Case) -> list[int]:
    """Return the ids of all people whom a hearing of a case needs, its judge first."""
    return [case.judge_id, *(each.judge_id for each in case.members)]


def checked(
    members: Sequence[BenchMember], judge: str, counsel: Sequence[str]
) -> list[BenchMember]:
    """Return who sits or is needed beside a judge. Raises Invalid by the field "bench".

    ``counsel`` are the names of those who act in the case: none of them decides it (Civil Procedure
    Law of the PRC (2023), art. 47).
    """
    if fault := bench.fault_of(members, judge) or bench.counsel_fault(members, counsel):
        raise Invalid({"bench": fault})
    return bench.beside(members, judge)


def of_form(form: CaseIn) -> list[BenchMember]:
    """Return who sits or is needed beside the judge in a case that is entered.

    Raises Invalid by the field "bench".
    """
    if not form.bench:
        return []
    counsel = [each.name for party in form.parties for each in party.counsel]
    return checked(form.bench, form.judge, counsel)


def rows_of(
    session: Session,
    court: Court,
    members: Sequence[BenchMember],
    known: Iterable[Row],
    new_row: Callable[..., Row],
) -> list[Row]:
    """Return the rows of people in their order; those that are known are kept and brought up to it.

    ``new_row`` makes a row from ``judge_id`` and ``judge``.
    """
    by_person = {each.judge_id: each for each in known}
    rows = []
    for place, member in enumerate(members):
        person = court_service.judge_named(session, court, member.name, member.role)
        row = by_person.get(person.id) or new_row(judge_id=person.id, judge=person)
        row.role, row.position = member.role.value, place
        rows.append(row)
    return rows


def set_members(session: Session, case: Case, members: Sequence[BenchMember]) -> None:
    """Let hearings of a case that are proposed from now on have these members."""
    case.members = rows_of(session, case.court, members, case.members, CaseMember)
    session.flush()


def set_bench(session: Session, case: Case, people: Sequence[BenchMember]) -> None:
    """Let a case have this bench, all its people named. Raises Invalid by the field "bench"."""
    judge = bench.judge_of(people, case.judge.name)
    if judge is None:
        raise Invalid({"bench": Message(N_("Name the judge who presides."))})
    beside = checked(people, judge, counsel_names(case))
    case.judge = court_service.judge_named(session, case.court, judge)
    set_members(session, case, beside)


def refuse_member(case: Case, name: str) -> None:
    """Refuse somebody as counsel who sits in the hearings of a case. Raises Invalid by "name"."""
    sitting = [BenchMember(case.judge.name, BenchRole.PRESIDING), *named(case.members)]
    if bench.counsel_fault(sitting, [name]):
        words = N_("%(name)s sits in this case and cannot act in it: change the bench first.")
        raise Invalid({"name": Message(words, name=name)})


def counsel_names(case: Case) -> list[str]:
    """Return the names of those who act in a case now."""
    return [
        each.counsel.name
        for party in case.parties
        for each in party.representations
        if each.left_at is None
    ]
