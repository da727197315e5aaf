"""The bench of a case: who sits in its hearings beside its judge, and who else is needed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.cases.forms import CaseIn
from app.cases.models import Case, CaseMember
from app.core.errors import Invalid
from app.court import bench
from app.court import service as court_service
from app.court.bench import BenchMember, BenchRole


def others(case: Case) -> list[BenchMember]:
    """Return the people of a case's hearings beside its judge."""
    return [BenchMember(each.judge.name, BenchRole(each.role)) for each in case.members]


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


def set_members(session: Session, case: Case, members: Sequence[BenchMember]) -> None:
    """Let hearings of a case that are proposed from now on have these members."""
    people = [court_service.judge_named(session, case.court, m.name, m.role) for m in members]
    wanted = {person.id: place for place, person in enumerate(people)}
    kept = {each.judge_id: each for each in case.members if each.judge_id in wanted}
    case.members = [
        kept.get(person.id) or CaseMember(judge_id=person.id, judge=person) for person in people
    ]
    for row, member in zip(case.members, members, strict=True):
        row.role, row.position = member.role.value, wanted[row.judge_id]
    session.flush()


def counsel_names(case: Case) -> list[str]:
    """Return the names of those who act in a case now."""
    return [
        each.counsel.name
        for party in case.parties
        for each in party.representations
        if each.left_at is None
    ]
