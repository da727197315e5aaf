"""Enter the cases of a file: new ones, updates of known ones, and hearings that are fixed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.cases import benches as cases_benches
from app.cases import changes, declarations, rules
from app.cases import service as cases
from app.cases.forms import CaseIn, CounselIn, PartyIn, import_columns, stored_values
from app.cases.models import Case, Party, Representation
from app.core import normalization
from app.core.errors import Invalid, Refusal
from app.hearings import counsel_changes
from app.hearings.service import CourtContext
from app.imports import bulk_entry, unchanged
from app.imports.entries import ImportedCase, RowRefusal
from app.imports.hearings import (
    ImportCourt,
    RowRefused,
    add_hearings,
    enter_addresses,
    known_uids,
)
from app.imports.reading.rules import ColumnMapping

# What an import may update of a counsel who is known.
LEARNT = (*(name for name in import_columns(CounselIn) if name != "name"), "zone")
AT_ONCE = 400  # cases whose rows are kept in memory together
COUNTED_BEFORE = {1, 5, 25, 125}  # batches
FEW = 4  # cases of which it does not pay to look for the one that is in the way


@dataclass
class ImportReport:
    """The result of an import."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    hearings: int = 0
    known_hearings: int = 0
    # Cases that are left out because one of their rows was refused.
    left_out: int = 0
    refused: list[RowRefusal] = field(default_factory=list)

    def add(self, part: "ImportReport") -> None:
        """Add the result of a batch."""
        for name in ("new", "changed", "unchanged", "hearings", "known_hearings", "left_out"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.refused += part.refused


def enter_cases(
    session: Session,
    context: CourtContext,
    mapping: ColumnMapping,
    entries: Iterable[ImportedCase],
    report: ImportReport,
    *,
    remind: bool,
    step: Callable[[int], object],
    upload_id: int | None = None,
) -> None:
    """Enter cases, each as a whole or not at all; refusals are added to the report.

    ``step`` is called with numbers of processed rows. Hearings count as busy time; their people are
    told nothing now, and are reminded only with ``remind``. New rows get ``upload_id``.
    """
    court = ImportCourt(session, context, mapping, remind, upload_id)
    for number, batch in enumerate(_batches(entries)):
        if number in COUNTED_BEFORE:
            _analyze(session)
        enter_batch(court, batch, report)
        step(sum(len(entry.source.lines) for entry in batch))
        session.flush()
        # What was written is let go, so that a file of any length fits into memory.
        for each in list(session.identity_map.values()):
            # A case takes its members along.
            if each is not context.court and each in session:
                session.expunge(each)


def check_new(
    court: ImportCourt, batch: Sequence[ImportedCase], report: ImportReport
) -> list[ImportedCase]:
    """Judge by reading alone what a batch would do; return the cases that have to be tried.

    For files no two hearings of which exclude each other (``shared_sittings``). Cases that change
    known ones, or have outcomes or addresses, are returned: their errors show on entering.
    """
    known = unchanged.known_cases(court, batch)
    tried: list[ImportedCase] = []
    for entry in batch:
        kind = _kind(court, known, entry)
        has_outcome = any(each.outcome is not None for each in entry.imported_hearings)
        if kind is _Kind.UNCHANGED:
            _count(report, entry, False, 0)
        elif kind is _Kind.OTHER or has_outcome or entry.addresses:
            tried.append(entry)
        else:
            try:
                for imported in entry.imported_hearings:
                    court.room(imported)
                    court.sittings(imported)
            except RowRefused as fault:
                report.refused.append(fault.refused)
                report.left_out += 1
            else:
                _count(report, entry, None, len({each.key for each in entry.imported_hearings}))
    return tried


def enter_batch(court: ImportCourt, batch: Sequence[ImportedCase], report: ImportReport) -> None:
    """Enter the cases of a batch, each as a whole or not at all."""
    known = unchanged.known_cases(court, batch)
    for kind, some in groupby(batch, key=lambda each: _kind(court, known, each)):
        together = list(some)
        if kind is _Kind.NEW:
            _enter_many(court, together, report)
        elif kind is _Kind.UNCHANGED:
            for entry in together:
                _count(report, entry, False, 0)
        else:
            _update_many(court, together, report)


def _analyze(session: Session) -> None:
    """Update PostgreSQL's statistics, without which it scans whole tables for each batch."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("ANALYZE case_file, party, counsel, representation, booking"))


def _batches(entries: Iterable[ImportedCase]) -> Iterator[list[ImportedCase]]:
    batch: list[ImportedCase] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _key(entry: ImportedCase) -> str:
    return rules.number_key(entry.case.number)


class _Kind(Enum):
    """How a case of a file is entered; OTHER has errors of its own, or says something new."""

    NEW = auto()
    UNCHANGED = auto()
    OTHER = auto()


def _kind(
    court: ImportCourt, known: Mapping[str, unchanged.KnownCase], entry: ImportedCase
) -> _Kind:
    if cases.input_errors(entry.case, court.region):
        return _Kind.OTHER
    there = known.get(_key(entry))
    if there is None:
        return _Kind.NEW
    return _Kind.UNCHANGED if unchanged.is_unchanged(court, entry, there) else _Kind.OTHER


def _known_cases(
    session: Session, court_id: int, entries: Sequence[ImportedCase]
) -> dict[str, Case]:
    statement = (
        sa.select(Case)
        .where(Case.court_id == court_id, Case.number_key.in_({_key(each) for each in entries}))
        .options(
            selectinload(Case.parties)
            .selectinload(Party.representations)
            .options(
                selectinload(Representation.counsel), selectinload(Representation.declarations)
            )
        )
    )
    return {case.number_key: case for case in session.scalars(statement)}


def _enter_many(court: ImportCourt, entries: Sequence[ImportedCase], report: ImportReport) -> None:
    """Enter new cases together; on a conflict, bisect until it is found."""
    if len(entries) <= FEW:
        for entry in entries:
            _enter_one(court, entry, None, set(), report)
        return
    try:
        with court.session.begin_nested():
            new = bulk_entry.enter(court, entries)
    except (bulk_entry.BulkEntryRefused, RowRefused, sa.exc.IntegrityError):
        court.judges.clear()  # a judge added in what was rolled back is gone
        half = len(entries) // 2
        _enter_many(court, entries[:half], report)
        _enter_many(court, entries[half:], report)
        return
    report.new += len(entries)
    report.hearings += new
    report.known_hearings += sum(len(entry.imported_hearings) for entry in entries) - new


def _update_many(court: ImportCourt, entries: Sequence[ImportedCase], report: ImportReport) -> None:
    """Update known cases together; where one is refused, each by itself."""
    known = _known_cases(court.session, court.context.court.id, entries)
    uids = known_uids(court.session, list(known.values()))
    try:
        with court.session.begin_nested():
            results = [_enter(court, each, known.get(_key(each)), uids) for each in entries]
    except (RowRefused, Invalid, Refusal):
        court.judges.clear()  # a judge added in what was rolled back is gone
        for entry in entries:
            _enter_one(court, entry, known.get(_key(entry)), uids, report)
        return
    for entry, result in zip(entries, results, strict=True):
        _count(report, entry, *result)


def _enter_one(
    court: ImportCourt, entry: ImportedCase, case: Case | None, uids: set[str], report: ImportReport
) -> None:
    try:
        with court.session.begin_nested():
            result = _enter(court, entry, case, uids)
    except RowRefused as fault:
        report.refused.append(fault.refused)
    except Invalid as fault:
        for path, why in fault.errors.items():
            report.refused.append(entry.source.refusal(court.mapping, path, why))
    except Refusal as fault:
        report.refused.append(entry.source.refusal(court.mapping, "number", fault.message))
    else:
        _count(report, entry, *result)
        return
    court.judges.clear()  # a judge added in what was rolled back is gone
    report.left_out += 1


def _enter(
    court: ImportCourt, entry: ImportedCase, case: Case | None, uids: set[str]
) -> tuple[bool | None, int]:
    """Enter one case; return whether it changed, None for a new one, and how many hearings are new.

    Raises RowRefused, Invalid or Refusal.
    """
    session, context = court.session, court.context
    changed = None
    if case is None:
        case = cases.enter(
            session, context.court, None, entry.case, context.now, region=court.region
        )
        case.upload_id = court.upload_id
    else:
        changed = merge(session, context, case, entry.case, court.region)
    new = add_hearings(court, case, entry, uids)
    is_filled_in = enter_addresses(court, entry)
    return changed if changed is None else changed or is_filled_in, new


def _count(report: ImportReport, entry: ImportedCase, changed: bool | None, new: int) -> None:
    report.new += changed is None
    report.changed += changed is True
    report.unchanged += changed is False
    report.hearings += new
    report.known_hearings += len(entry.imported_hearings) - new


def merge(session: Session, context: CourtContext, case: Case, form: CaseIn, region: str) -> bool:
    """Add what is new to a known case; return whether anything was.

    Empty details are filled in; parties, counsel and addresses are added or brought up to date.
    What the court has since set by hand (details, counsel who left) stays. Raises Invalid by field.
    """
    if errors := cases.input_errors(form, region):
        raise Invalid(errors)
    changed = False
    for name, value in stored_values(form).items():
        if value and not getattr(case, name):
            setattr(case, name, value)
            changed = True
    if form.bench and not case.members:
        cases_benches.set_members(session, case, cases_benches.of_form(form))
        changed = True
    for party_form in form.parties:
        party = _find_party(case, party_form)
        if party is None:
            cases.add_party(session, context.court, case, party_form, region)
            changed = True
        else:
            changed |= _merge_party(session, context, party, party_form, region)
    return changed


def _find_party(case: Case, form: PartyIn) -> Party | None:
    if form.reference:
        for party in case.parties:
            if party.reference == form.reference:
                return party
    key = normalization.name_key(form.name)
    same = (
        p for p in case.parties if normalization.name_key(p.name) == key and p.side == form.side
    )
    return next(same, None)


def _merge_party(
    session: Session, context: CourtContext, party: Party, form: PartyIn, region: str
) -> bool:
    number = cases.stored_phone(form.phone, region)
    email, phone = form.email or party.email, number or party.phone
    changed = (email, phone) != (party.email, party.phone)
    party.email, party.phone = email, phone
    known_counsel = {
        normalization.name_key(representation.counsel.name): representation
        for representation in party.representations
    }
    everybody = form.counsel
    if not everybody and (email or phone):
        everybody = [cases.in_person(party)]
    for each in everybody:
        known = known_counsel.get(normalization.name_key(each.name))
        if known is None:
            person = not form.counsel
            cases.add_representation(session, context.court, party, each, region, in_person=person)
            changed = True
        else:
            changed |= _update(session, context, known, each, region)
    return changed


def _update(
    session: Session,
    context: CourtContext,
    representation: Representation,
    form: CounselIn,
    region: str,
) -> bool:
    known, zone = representation.counsel, context.court.zone

    def state() -> list[object]:
        values = (changes.value_of(representation, name) for name in LEARNT)
        return [tuple(value) if isinstance(value, list) else value for value in values]

    before, addresses = state(), (known.email, known.phone)
    cases.fill_in(known, form, cases.stored_phone(form.phone, region))
    declarations.enter_days(representation, form, zone)
    if state() == before:
        return False
    session.flush()
    counsel_changes.follow_addresses(session, known, addresses, context.now)
    return True
