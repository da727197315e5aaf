"""Enter the hearings of a file one by one; shared by both ways of entering cases."""

import datetime as dt
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import rules
from app.cases.models import Case
from app.core import normalization
from app.core.errors import N_, Invalid, Message, Refusal
from app.court import service
from app.court.bench import BenchRole
from app.court.models import Courtroom
from app.hearings import service as hearings
from app.hearings.bench import addresses
from app.hearings.bench.addresses import AddressInput
from app.hearings.models import Hearing
from app.hearings.service import CourtContext
from app.hearings.sittings.rules import SittingTime
from app.imports.entries import ImportedCase, ImportedHearing, RowRefusal
from app.imports.reading.rules import ColumnMapping
from app.outcomes import service as outcomes
from app.outcomes.rules import ImportedOutcome


class RowRefused(Exception):  # noqa: N818
    """A row, and with it its case, cannot be imported."""

    def __init__(self, refused: RowRefusal) -> None:
        self.refused = refused
        super().__init__(str(refused.why))


@dataclass
class ImportCourt:
    """The court of an import, with a cache of its judges and courtrooms."""

    session: Session
    context: CourtContext
    mapping: ColumnMapping
    remind: bool
    upload_id: int | None = None
    judges: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Load the courtrooms; judges are added as they occur, for they may be new."""
        statement = sa.select(Courtroom.name_key, Courtroom.id)
        courtrooms = self.session.execute(
            statement.where(Courtroom.court_id == self.context.court.id)
        )
        self.rooms = {room.name_key: room.id for room in courtrooms}

    @property
    def region(self) -> str:
        """The country in which telephone numbers are read."""
        return self.mapping.column_map.region or self.context.court.country

    def room(self, imported: ImportedHearing) -> int | None:
        """Return the courtroom of a row, or None. Raises RowRefused for an unknown one."""
        first = imported.sittings[0].courtroom
        return self._room(imported, first) if first else None

    def sittings(self, imported: ImportedHearing) -> list[SittingTime]:
        """Return the sittings of a row that has several. Raises RowRefused as ``room`` does."""
        if len(imported.sittings) < 2:
            return []
        return [
            SittingTime(
                each.starts_at,
                each.starts_at + dt.timedelta(minutes=each.minutes),
                self._room(imported, each.courtroom),
            )
            for each in imported.sittings
        ]

    def _room(self, imported: ImportedHearing, name: str) -> int:
        room = self.rooms.get(normalization.name_key(name))
        if room is None:
            message = N_("There is no courtroom %(name)s: add it in the settings first.")
            why = Message(message, name=name)
            raise RowRefused(RowRefusal(imported.line, self.mapping.header_of("courtroom"), why))
        return room

    def judge(self, name: str, role: BenchRole = BenchRole.JUDGE) -> int:
        """Return the id of a judge or another needed person by name; an unknown one is added."""
        key = normalization.name_key(name)
        if key not in self.judges:
            person = service.judge_named(self.session, self.context.court, name, role)
            self.judges[key] = person.id
        return self.judges[key]

    def uid(self, number: str, imported: ImportedHearing) -> str:
        """Return the identifier of a row's hearing, which stays when the hearing is moved.

        So a file that is imported again does not bring back the old date.
        """
        namespace = uuid.UUID(
            bytes=hmac.digest(self.context.secret, b"imported hearings", "sha256")[:16]
        )
        at = imported.starts_at.astimezone(dt.UTC)
        key = rules.number_key(number)
        return str(uuid.uuid5(namespace, f"{self.context.court.id}/{key}/{imported.kind}/{at}"))


def known_uids(session: Session, known: Sequence[Case]) -> set[str]:
    """Return the identifiers of all hearings of some cases."""
    statement = sa.select(Hearing.uid).where(Hearing.case_id.in_([case.id for case in known]))
    return set(session.scalars(statement)) if known else set()


def add_hearings(court: ImportCourt, case: Case, entry: ImportedCase, uids: set[str]) -> int:
    """Enter the hearings of a case; return how many are new. Raises RowRefused."""
    new = 0
    for imported in entry.imported_hearings:
        uid, room = court.uid(case.number, imported), court.room(imported)
        if uid in uids and imported.outcome is None:
            continue
        try:
            hearing, is_new = hearings.add_imported_hearing(
                court.session,
                court.context,
                case,
                kind=imported.kind,
                starts_at=imported.starts_at,
                minutes=imported.minutes,
                courtroom_id=room,
                sittings=court.sittings(imported),
                remind=court.remind,
                judge_id=court.judge(imported.judge),
                uid=uid,
                shared=court.mapping.column_map.shared_sittings,
            )
            if is_new:
                hearing.upload_id = court.upload_id
            new += is_new
        except Refusal as fault:
            column = court.mapping.header_of("hearing_at")
            raise RowRefused(RowRefusal(imported.line, column, fault.message)) from fault
        if imported.outcome is not None:
            _enter_outcome(court, hearing, imported, imported.outcome)
    return new


def _enter_outcome(
    court: ImportCourt, hearing: Hearing, imported: ImportedHearing, outcome: ImportedOutcome
) -> None:
    """Enter the outcome that a row gives of a hearing. Raises RowRefused."""
    try:
        if hearing.starts_at != imported.starts_at:
            raise Refusal(N_("This hearing was moved: enter the outcome at the date that it has."))
        outcomes.enter_imported(court.session, court.context, [(hearing, outcome)])
    except Refusal as fault:
        column = court.mapping.header_of("outcome")
        raise RowRefused(RowRefusal(imported.line, column, fault.message)) from fault
    except Invalid as fault:
        [(name, why), *_] = fault.errors.items()
        column = court.mapping.header_of(name)
        raise RowRefused(RowRefusal(imported.line, column, why)) from fault


def enter_addresses(court: ImportCourt, entry: ImportedCase) -> bool:
    """Fill in where people outside the court are reached; return whether anything was new.

    What the court knows of them already stays. Raises RowRefused.
    """
    changed = False
    for each in entry.addresses:
        judge_id = court.judge(each.name, each.role)
        known = addresses.find(court.session, court.context.court.id, judge_id)
        typed = AddressInput(known.email or each.email, known.phone or each.phone, known.language)
        if (typed.email, typed.phone) == (known.email, known.phone):
            continue
        try:
            addresses.change(court.session, court.context.court, judge_id, typed)
        except Invalid as fault:
            [(name, why), *_] = fault.errors.items()
            column = each.columns[name == "phone"]
            raise RowRefused(_refusal(court, each.line, column, why)) from fault
        except Refusal as fault:
            column = each.columns[not each.email]
            raise RowRefused(_refusal(court, each.line, column, fault.message)) from fault
        changed = True
    return changed


def _refusal(court: ImportCourt, line: int, column: str, why: Message) -> RowRefusal:
    return RowRefusal(line, court.mapping.header_of(column), why)
