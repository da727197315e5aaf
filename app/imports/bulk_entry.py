"""Enter many new cases by few statements; on any conflict the batch is refused as a whole."""

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from app.cases import benches, declarations
from app.cases import service as cases
from app.cases.forms import CaseIn, CounselIn, PartyIn
from app.cases.models import Case, CaseMember, Counsel, Party, Representation
from app.core import normalization
from app.core.errors import Invalid, Refusal
from app.court.bench import BenchMember
from app.court.models import Judge
from app.hearings import booking
from app.hearings import service as hearings
from app.hearings.bench import members
from app.hearings.imported import publish_imported
from app.hearings.models import Hearing
from app.imports.entries import ImportedCase
from app.imports.hearings import ImportCourt, enter_addresses
from app.outcomes import service as outcomes


class BulkEntryRefused(Exception):  # noqa: N818
    """Some case of a batch conflicts with another; entered one by one, the error names it."""


def enter(court: ImportCourt, entries: Sequence[ImportedCase]) -> int:
    """Enter new cases; return the number of new hearings.

    The result is that of ``cases.service.enter`` and ``add_imported_hearing``. Raises
    BulkEntryRefused where a hearing has no time left, RowRefused for an unknown courtroom,
    IntegrityError where another writer was faster: the caller rolls back.
    """
    session = court.session
    _add_judges(court, entries)
    people = _People(court, entries)
    new_cases = [_case(court, people, entry.case) for entry in entries]
    session.add_all(new_cases)
    session.flush()
    imported_hearings, entered = [], []
    for case, entry in zip(new_cases, entries, strict=True):
        hearings_of_case = _hearings(court, case, entry)
        imported_hearings += [(hearing, _counsel(case)) for hearing in hearings_of_case.values()]
        with_outcome = [
            (each.key, each.outcome) for each in entry.imported_hearings if each.outcome is not None
        ]
        entered += [(hearings_of_case[key], outcome) for key, outcome in with_outcome]
    session.add_all([hearing for hearing, _ in imported_hearings])
    session.flush()
    if not booking.book_many(
        session, imported_hearings, shared=court.mapping.column_map.shared_sittings
    ):
        raise BulkEntryRefused
    entered_hearings = [hearing for hearing, _ in imported_hearings]
    publish_imported(session, entered_hearings, court.context.now)
    try:
        outcomes.enter_imported(session, court.context, entered)
    except (Refusal, Invalid) as fault:
        raise BulkEntryRefused from fault
    for entry in entries:
        enter_addresses(court, entry)
    return len(imported_hearings)


def _add_judges(court: ImportCourt, entries: Iterable[ImportedCase]) -> None:
    people = [BenchMember(entry.case.judge) for entry in entries]
    people += [BenchMember(each.judge) for entry in entries for each in entry.imported_hearings]
    people += [member for entry in entries for member in entry.case.bench]
    by_key = {normalization.name_key(each.name): each for each in reversed(people)}
    new = by_key.keys() - court.judges.keys()
    if not new:
        return
    here = Judge.court_id == court.context.court.id
    statement = sa.select(Judge.name_key, Judge.id).where(here, Judge.name_key.in_(new))
    court.judges.update({judge.name_key: judge.id for judge in court.session.execute(statement)})
    added = [
        Judge(
            court_id=court.context.court.id,
            name=each.name,
            name_key=key,
            role=each.role.of_person.value,
        )
        for key, each in reversed(by_key.items())
        if key not in court.judges
    ]
    court.session.add_all(added)
    court.session.flush()
    court.judges.update({judge.name_key: judge.id for judge in added})


class _People:
    """The counsel named by some cases: known ones, and those that are made on the way."""

    def __init__(self, court: ImportCourt, entries: Iterable[ImportedCase]) -> None:
        self.court = court
        self.by_address: dict[tuple[str, str], Counsel] = {}
        parties = [party for entry in entries for party in entry.case.parties]
        everybody: list[PartyIn | CounselIn] = [*parties]
        everybody += [each for party in parties for each in party.counsel]
        emails = {each.email for each in everybody} - {""}
        phones = {cases.stored_phone(each.phone, court.region) for each in everybody if each.phone}
        here = Counsel.court_id == court.context.court.id
        same = sa.or_(Counsel.email.in_(emails), Counsel.phone.in_(phones))
        for each in court.session.scalars(sa.select(Counsel).where(here, same)):
            self._remember(each)

    def _remember(self, counsel: Counsel) -> None:
        key = normalization.name_key(counsel.name)
        for address in (counsel.email, counsel.phone):
            if address:
                self.by_address[key, address] = counsel

    def counsel(self, form: CounselIn, *, in_person: bool) -> Counsel:
        """Find or make a counsel and fill them in, as ``service.add_representation`` does."""
        number = cases.stored_phone(form.phone, self.court.region)
        key = normalization.name_key(form.name)
        candidates = [self.by_address.get((key, address)) for address in (form.email, number)]
        # Somebody whose address has changed since is not found under the old one.
        known = next((each for each in candidates if each and _at(each, form.email, number)), None)
        counsel = known or cases.new_counsel(self.court.context.court, form, in_person=in_person)
        cases.fill_in(counsel, form, number)
        self._remember(counsel)
        return counsel


def _at(counsel: Counsel, email: str, number: str) -> bool:
    return bool((email and counsel.email == email) or (number and counsel.phone == number))


def _case(court: ImportCourt, people: _People, form: CaseIn) -> Case:
    case = cases.new_case(court.context.court, form, court.judge(form.judge), court.context.now)
    case.parties, case.upload_id = [], court.upload_id
    case.members = [
        CaseMember(judge_id=court.judge(each.name), role=each.role.value, position=place)
        for place, each in enumerate(benches.of_form(form))
    ]
    for party_form in form.parties:
        party = cases.new_party(party_form, court.region)
        case.parties.append(party)
        everybody = party_form.counsel
        if not everybody and (party.email or party.phone):
            everybody = [cases.in_person(party)]
        for each in everybody:
            counsel = people.counsel(each, in_person=not party_form.counsel)
            _represent(party, counsel, each, court.context.court.zone)
    return case


def _represent(party: Party, counsel: Counsel, form: CounselIn, zone: str) -> None:
    if not any(representation.counsel is counsel for representation in party.representations):
        representation = Representation(counsel=counsel, required=form.required)
        declarations.enter_days(representation, form, zone)
        party.representations.append(representation)


def _counsel(case: Case) -> list[int]:
    return sorted(
        {
            representation.counsel.id
            for party in case.parties
            for representation in party.representations
        }
    )


def _hearings(
    court: ImportCourt, case: Case, entry: ImportedCase
) -> dict[tuple[str, dt.datetime], Hearing]:
    """Return the hearings of a case by kind and time."""
    by_time: dict[tuple[str, dt.datetime], Hearing] = {}
    for imported in entry.imported_hearings:
        if (same := (imported.kind, imported.starts_at)) not in by_time:
            by_time[same] = hearings.new_imported_hearing(
                court.context,
                case.id,
                court.judge(imported.judge),
                kind=imported.kind,
                starts_at=imported.starts_at,
                minutes=imported.minutes,
                courtroom_id=court.room(imported),
                sittings=court.sittings(imported),
                uid=court.uid(case.number, imported),
                remind=court.remind,
            )
            by_time[same].upload_id = court.upload_id
            by_time[same].members = members.of_case(case, by_time[same].judge_id)
    return by_time
