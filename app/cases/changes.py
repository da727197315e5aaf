"""Change a case that is entered: its details, a party's counsel, a counsel's addresses."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches, declarations, service
from app.cases.forms import CaseDetails, CounselIn, described, stored_values
from app.cases.models import BusyCalendar, Case, Counsel, Party, Representation
from app.core import wording
from app.core.errors import N_, Clash, Invalid, NotFound
from app.court import bench, change_log
from app.court import service as court_service
from app.court.change_log import ChangeAuthor
from app.court.models import Court


def change_details(session: Session, by: ChangeAuthor, case: Case, form: CaseDetails) -> None:
    """Change a case's details and log the changes; existing hearings keep their bench."""
    counsel = benches.counsel_names(case) if form.bench else ()
    members = benches.checked(form.bench, form.judge, counsel)
    judge = court_service.judge_named(session, case.court, form.judge)
    before = _logged_values(case)
    for name, value in stored_values(form).items():
        setattr(case, name, value)
    case.judge = judge
    benches.set_members(session, case, members)
    after = _logged_values(case)
    for name, info in described(CaseDetails).items():
        if info.is_logged:
            what = f"{name}/{case.number}"
            change_log.note(session, by, "cases", what, before[name], after[name])


def _logged_values(case: Case) -> dict[str, object]:
    """Return the details of a case; of its bench those who sit, as others may be witnesses."""
    sitting = [each for each in benches.named(case.members) if each.role.sits]
    return {
        **stored_values_of(case),
        "judge": case.judge.name,
        "bench": wording.bench_line(bench.as_facts(sitting), "en"),
    }


def stored_values_of(case: Case) -> dict[str, object]:
    """Return the stored details of a case, by column."""
    return {
        name: getattr(case, name) for name, info in described(CaseDetails).items() if info.is_stored
    }


def add_counsel(
    session: Session, court: Court, case: Case, party_id: int, form: CounselIn
) -> Representation:
    """Let a further counsel act for a party. Raises Invalid by field, NotFound, Clash."""
    party = session.get(Party, party_id)
    if party is None or party.case_id != case.id:
        raise NotFound(N_("There is no such party in this case."))
    if errors := service.counsel_errors(form, court.country):
        raise Invalid(errors)
    benches.refuse_member(case, form.name)
    representation = service.add_representation(session, court, party, form, court.country)
    if representation.left_at is None and representation.required != form.required:
        representation.required = form.required
    if representation.left_at is not None:
        representation.left_at, representation.welcomed = None, False
    return representation


def change_counsel(
    session: Session,
    court: Court,
    representation: Representation,
    form: CounselIn,
    now: dt.datetime,
) -> Counsel:
    """Change a counsel, in all their cases. Raises Invalid by field, Clash.

    What they declared about service changes in this case only.
    """
    counsel = representation.counsel
    if errors := service.counsel_errors(form, court.country, stored=counsel.phone):
        raise Invalid(errors)
    if form.name != counsel.name:
        benches.refuse_member(representation.party.case, form.name)
    phone = service.stored_phone(form.phone, court.country, counsel.phone)
    days = declarations.days_of(representation)
    set_addresses(session, counsel, form.name, form.email, phone)
    for name, value in stored_values(form).items():
        setattr(counsel, name, value)
    counsel.travel_minutes = form.travel_minutes or 0
    counsel.language = form.language or court.language
    chosen = list(dict.fromkeys(form.channels))
    counsel.channels = chosen or service.default_channels(phone, counsel.email)
    representation.required = form.required
    declarations.correct_days(representation, form, court.zone, days, now)
    return counsel


def value_of(representation: Representation, field: str) -> Any:
    """Return the value of a field of ``CounselIn``, of the counsel or of their representation."""
    counsel = representation.counsel
    return getattr(counsel if hasattr(counsel, field) else representation, field)


def set_addresses(session: Session, counsel: Counsel, name: str, email: str, phone: str) -> None:
    """Set the mail address and number of a counsel called ``name`` from now on.

    Raises Clash where another counsel of the court is known by the same.
    """
    court = session.get_one(Court, counsel.court_id)
    other = service.find_counsel(session, court, name, email, phone)
    if other is not None and other.id != counsel.id:
        raise Clash(N_("%(name)s is known already with this address."), name=name)
    if phone != counsel.phone:
        counsel.opted_out_at = None  # the opt-out was of the old number
    if email != counsel.email:  # by which their calendar tells what they declined
        session.execute(
            sa.update(BusyCalendar)
            .where(BusyCalendar.counsel_id == counsel.id)
            .values(etag="")
            .execution_options(synchronize_session=False)
        )
    counsel.email, counsel.phone = email, phone


def leave(representation: Representation, now: dt.datetime) -> None:
    """End a representation; its entries stay on the record."""
    representation.left_at = representation.left_at or now
