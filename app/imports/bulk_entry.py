"""Enter many new cases as rows, by few statements; on any conflict the batch is refused as a whole.

The session's objects of a case and its hearing cost a millisecond; rows of a file are a hundred
thousand. Objects are loaded only of what is rare: hearings with an outcome, declared days.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.cases import benches, declarations
from app.cases import service as cases
from app.cases.forms import CaseIn, CounselIn, PartyIn
from app.cases.models import Case, CaseMember, Counsel, Party, Representation
from app.core import normalization
from app.core.db import Base, bulk
from app.core.errors import Invalid, Refusal
from app.court.bench import BenchMember
from app.court.models import Judge
from app.hearings import booking
from app.hearings.imported import imported_values, publish_imported_rows
from app.hearings.models import Hearing, HearingMember, HearingSitting
from app.hearings.rules import Span
from app.imports.entries import ImportedCase, ImportedHearing
from app.imports.hearings import ImportCourt, enter_addresses
from app.outcomes import service as outcomes
from app.outcomes.rules import ImportedOutcome


def _defaults(model: type[Base]) -> dict[str, Any]:
    """Return what a new row of a model has where nothing else is said, by column."""
    columns = bulk.table(model).c
    return {
        each.name: each.default.arg
        for each in columns
        if isinstance(each.default, sa.ColumnDefault) and each.default.is_scalar
    }


NEW_COUNSEL = dict.fromkeys(bulk.table(Counsel).c.keys()) | _defaults(Counsel)
NEW_HEARING = _defaults(Hearing)


class BulkEntryRefused(Exception):  # noqa: N818
    """Some case of a batch conflicts with another; entered one by one, the error names it."""


def enter(court: ImportCourt, entries: Sequence[ImportedCase]) -> int:
    """Enter new cases; return the number of new hearings.

    The result is that of ``cases.service.enter`` and ``add_imported_hearing``. Raises
    BulkEntryRefused where a hearing has no time left, RowRefused for an unknown courtroom,
    IntegrityError where another writer was faster: the caller rolls back.
    """
    _add_judges(court, entries)
    rows = _Rows(court, entries)
    rows.insert()
    if not booking.book_many(
        court.session, rows.bookings, shared=court.mapping.column_map.shared_sittings
    ):
        raise BulkEntryRefused
    publish_imported_rows(court.session, court.context, rows.hearings)
    if rows.outcomes:
        try:
            outcomes.enter_imported(court.session, court.context, rows.with_outcome())
        except (Refusal, Invalid) as fault:
            raise BulkEntryRefused from fault
    for entry in entries:
        enter_addresses(court, entry)
    return len(rows.hearings)


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
        self.new: list[Counsel] = []  # not in the session: they are entered as rows
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
        """Find or make a counsel and fill them in, as ``service.add_representation`` does.

        Of who acts in person the telephone number is the party's, as it is stored.
        """
        number = form.phone if in_person else cases.stored_phone(form.phone, self.court.region)
        key = normalization.name_key(form.name)
        candidates = [self.by_address.get((key, address)) for address in (form.email, number)]
        # Somebody whose address has changed since is not found under the old one.
        known = next((each for each in candidates if each and _at(each, form.email, number)), None)
        counsel = known or cases.new_counsel(self.court.context.court, form, in_person=in_person)
        if known is None:
            self.new.append(counsel)
        cases.fill_in(counsel, form, number)
        self._remember(counsel)
        return counsel


def _at(counsel: Counsel, email: str, number: str) -> bool:
    return bool((email and counsel.email == email) or (number and counsel.phone == number))


class _Rows:
    """The rows of some new cases, numbered before they are inserted."""

    def __init__(self, court: ImportCourt, entries: Sequence[ImportedCase]) -> None:
        self.court, self.session = court, court.session
        self.people = _People(court, entries)
        self.cases: list[dict[str, Any]] = []
        self.case_members: dict[int, list[dict[str, Any]]] = {}
        self.parties: list[dict[str, Any]] = []
        # With their forms, as what counsel declared is entered for those who did.
        self.representations: list[tuple[dict[str, Any], Counsel, CounselIn]] = []
        self.hearings: list[dict[str, Any]] = []
        self.members: list[dict[str, Any]] = []
        self.sittings: list[dict[str, Any]] = []
        self.outcomes: list[tuple[int, ImportedOutcome]] = []
        self.bookings: list[tuple[int, booking.TimeByResource]] = []
        hearings = sum(len(entry.imported_hearings) for entry in entries)
        parties = sum(len(entry.case.parties) for entry in entries)
        self._case_ids = iter(self._ids(Case, len(entries)))
        self._party_ids = iter(self._ids(Party, parties))
        self._hearing_ids = iter(self._ids(Hearing, hearings))
        on_case: list[tuple[dict[str, Any], ImportedCase, list[Counsel]]] = []
        for entry in entries:
            row = self._case(entry.case)
            on_case.append((row, entry, self._parties(row["id"], entry.case)))
        for counsel, number in zip(
            self.people.new, self._ids(Counsel, len(self.people.new)), strict=True
        ):
            counsel.id = number
        for row, entry, counsel_of_case in on_case:
            ids = sorted({each.id for each in counsel_of_case})
            self._hearings(row, entry, ids)

    def _ids(self, model: type[Base], count: int) -> list[int]:
        return bulk.ids(self.session, bulk.table(model), count) if count else []

    def _case(self, form: CaseIn) -> dict[str, Any]:
        court = self.court
        values = cases.case_values(
            court.context.court, form, court.judge(form.judge), court.context.now
        )
        row = {"id": next(self._case_ids), **values, "upload_id": court.upload_id}
        self.cases.append(row)
        self.case_members[row["id"]] = [
            {
                "case_id": row["id"],
                "judge_id": court.judge(each.name),
                "role": each.role.value,
                "position": place,
            }
            for place, each in enumerate(benches.of_form(form))
        ]
        return row

    def _parties(self, case_id: int, form: CaseIn) -> list[Counsel]:
        """Add the parties of a case and who acts for them; return these."""
        acting: list[Counsel] = []
        for party_form in form.parties:
            party = {
                "id": next(self._party_ids),
                "case_id": case_id,
                **cases.party_values(party_form, self.court.region),
            }
            self.parties.append(party)
            everybody = party_form.counsel
            if not everybody and (party["email"] or party["phone"]):
                everybody = [cases.own_counsel(party["name"], party["email"], party["phone"])]
            of_party: list[Counsel] = []
            for each in everybody:
                counsel = self.people.counsel(each, in_person=not party_form.counsel)
                if not any(known is counsel for known in of_party):
                    of_party.append(counsel)
                    self.representations.append(
                        ({"party_id": party["id"], "required": each.required}, counsel, each)
                    )
            acting += of_party
        return acting

    def _hearings(self, case: dict[str, Any], entry: ImportedCase, counsel: list[int]) -> None:
        by_time: dict[tuple[str, dt.datetime], int] = {}
        bench = self.case_members[case["id"]]
        for imported in entry.imported_hearings:
            if imported.key not in by_time:
                by_time[imported.key] = self._hearing(case, imported, bench, counsel)
            if imported.outcome is not None:
                self.outcomes.append((by_time[imported.key], imported.outcome))

    def _hearing(
        self,
        case: dict[str, Any],
        imported: ImportedHearing,
        bench: Sequence[dict[str, Any]],
        counsel: list[int],
    ) -> int:
        court, hearing_id = self.court, next(self._hearing_ids)
        judge_id, room = court.judge(imported.judge), court.room(imported)
        row = {
            "id": hearing_id,
            "case_id": case["id"],
            **NEW_HEARING,
            **imported_values(
                court.context,
                judge_id,
                kind=imported.kind,
                starts_at=imported.starts_at,
                minutes=imported.minutes,
                courtroom_id=room,
                uid=court.uid(case["number"], imported),
                remind=court.remind,
            ),
            "upload_id": court.upload_id,
        }
        times = court.sittings(imported)
        spans: list[tuple[Span, int | None]] = [(Span(row["starts_at"], row["ends_at"]), room)]
        if times:
            spans = [(Span(each.starts_at, each.ends_at), each.courtroom_id) for each in times]
            row |= {"ends_at": times[-1].ends_at, "sitting_count": len(times)}
            self.sittings += [
                {
                    "hearing_id": hearing_id,
                    "starts_at": each.starts_at,
                    "ends_at": each.ends_at,
                    "courtroom_id": each.courtroom_id,
                }
                for each in times
            ]
        beside = [each for each in bench if each["judge_id"] != judge_id]
        self.members += [
            {
                "hearing_id": hearing_id,
                "judge_id": each["judge_id"],
                "role": each["role"],
                "position": each["position"],
                "invited": False,
            }
            for each in beside
        ]
        judges = [judge_id, *(each["judge_id"] for each in beside)]
        self.bookings.append((hearing_id, booking.fixed_time(judges, counsel, spans)))
        self.hearings.append(row)
        return hearing_id

    def insert(self) -> None:
        """Insert all rows, each table in one statement."""
        self.session.flush()  # of counsel who were known: their new addresses
        added = [_values(counsel) for counsel in self.people.new]
        ids = self._ids(Representation, len(self.representations))
        acting = [
            {"id": n, **row, "counsel_id": counsel.id, "welcomed": False}
            for n, (row, counsel, _) in zip(ids, self.representations, strict=True)
        ]
        for model, rows in (
            (Case, self.cases),
            (CaseMember, [each for some in self.case_members.values() for each in some]),
            (Party, self.parties),
            (Counsel, added),
            (Representation, acting),
            (Hearing, self.hearings),
            (HearingMember, self.members),
            (HearingSitting, self.sittings),
        ):
            bulk.insert(self.session, bulk.table(model), rows)
        for n, (_, _, form) in zip(ids, self.representations, strict=True):
            if form.address_confirmed_on or form.electronic_consent_on:
                representation = self.session.get_one(Representation, n)
                declarations.enter_days(representation, form, self.court.context.court.zone)
        self.session.flush()

    def with_outcome(self) -> list[tuple[Hearing, ImportedOutcome]]:
        """Return the hearings whose outcome the file gives."""
        return [(self.session.get_one(Hearing, n), outcome) for n, outcome in self.outcomes]


def _values(counsel: Counsel) -> dict[str, Any]:
    """Return the values of a counsel who is not in the session, by column."""
    values = vars(counsel)
    return {name: values.get(name, default) for name, default in NEW_COUNSEL.items()}
