"""Enter what a file tells: new cases, what is new of known ones, hearings fixed already."""

import datetime as dt
import hmac
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.cases import rules
from app.cases import service as cases
from app.cases.models import Case, Counsel, Courtroom, Judge, Party, Representation
from app.errors import N_, Invalid, Message, Refusal
from app.hearings import service as hearings
from app.hearings.service import Desk
from app.intake.entries import Entry, Refused, Sitting
from app.intake.rules import Bound
from app.notices import again

LEARNT = ("email", "phone", "firm", "language", "zone", "address_confirmed_on",
          "electronic_consent_on")  # fmt: skip
AT_ONCE = 200  # cases whose rows are kept in memory together


@dataclass
class Report:
    """What came of a file."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    hearings: int = 0
    known_hearings: int = 0
    # Cases that are left out because one of their rows was refused.
    left_out: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass
class Court:
    """What is known of the court while its file is taken, so that it is asked for once."""

    judges: dict[str, Judge]
    rooms: dict[str, int]


def take(
    session: Session, desk: Desk, bound: Bound, entries: Iterable[Entry], report: Report, *,
    remind: bool, step: Callable[[int], object],
) -> None:  # fmt: skip
    """Enter cases one by one, each whole or not at all; what is refused stands in the report.

    ``step`` is told how many rows were dealt with. Hearings count as busy time; their people are
    told nothing now, and are reminded only with ``remind``.
    """
    rooms = session.execute(
        sa.select(Courtroom.name_key, Courtroom.id).where(Courtroom.court_id == desk.court.id)
    )
    court = Court({}, {room.name_key: room.id for room in rooms})
    for batch in _batches(entries):
        known = _known(session, desk.court.id, batch)
        for entry in batch:
            _take_one(session, desk, bound, entry, known, court, report, remind)
            step(len(entry.lines))
        session.flush()
        # What was written is let go, so that a file of any length fits into memory.
        for each in list(session.identity_map.values()):
            if each is not desk.court:
                session.expunge(each)
        court.judges.clear()


def _batches(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _known(session: Session, court_id: int, entries: Sequence[Entry]) -> dict[str, Case]:
    keys = {rules.number_key(entry.given["number"]) for entry in entries}
    wanted = (
        sa.select(Case)
        .where(Case.court_id == court_id, Case.number_key.in_(keys))
        .options(
            selectinload(Case.parties)
            .selectinload(Party.seats)
            .selectinload(Representation.counsel)
        )
    )
    return {case.number_key: case for case in session.scalars(wanted)}


def _take_one(
    session: Session, desk: Desk, bound: Bound, entry: Entry, known: dict[str, Case],
    court: Court, report: Report, remind: bool,
) -> None:  # fmt: skip
    region = bound.column_map.region or desk.court.country
    try:
        with session.begin_nested():
            case = known.get(rules.number_key(entry.given["number"]))
            if case is None:
                made = cases.enter(session, desk.court, None, entry.given, desk.now, region=region)
                changed, case = None, made
            else:
                changed = merge(session, desk, case, entry.given, region)
            new = _sit(session, desk, bound, entry, case, court, remind)
    except _Row as fault:
        report.refused.append(fault.refused)
    except Invalid as fault:
        report.refused += [entry.refused(bound, path, why) for path, why in fault.errors.items()]
    except Refusal as fault:
        report.refused.append(entry.refused(bound, "number", fault.message))
    else:
        report.new += changed is None
        report.changed += changed is True
        report.unchanged += changed is False
        report.hearings += new
        report.known_hearings += len(entry.sittings) - new
        return
    court.judges.clear()  # one who was made in what is undone is not there
    report.left_out += 1


class _Row(Exception):  # noqa: N818
    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        super().__init__(str(refused.why))


def _sit(
    session: Session, desk: Desk, bound: Bound, entry: Entry, case: Case, court: Court,
    remind: bool,
) -> int:  # fmt: skip
    """Enter the hearings of a case; return how many are new."""
    new = 0
    for sitting in entry.sittings:
        room = _room(bound, sitting, court)
        try:
            new += hearings.fixed_elsewhere(
                session, desk, case, kind=sitting.kind, starts_at=sitting.starts_at,
                minutes=sitting.minutes, courtroom_id=room, remind=remind,
                judge=_judge(session, desk, court, sitting.judge), uid=_uid(desk, case, sitting),
                shared=bound.column_map.shared_sittings,
            )[1]  # fmt: skip
        except Refusal as fault:
            column = bound.header_of("hearing_at")
            raise _Row(Refused(sitting.line, column, fault.message)) from fault
    return new


def _room(bound: Bound, sitting: Sitting, court: Court) -> int | None:
    if not sitting.courtroom:
        return None
    room = court.rooms.get(rules.name_key(sitting.courtroom))
    if room is None:
        said = N_("There is no courtroom %(name)s: add it in the settings first.")
        why = Message(said, name=sitting.courtroom)
        raise _Row(Refused(sitting.line, bound.header_of("courtroom"), why))
    return room


def _judge(session: Session, desk: Desk, court: Court, name: str) -> Judge:
    key = rules.name_key(name)
    if key not in court.judges:
        court.judges[key] = cases.judge_named(session, desk.court, name)
    return court.judges[key]


def _uid(desk: Desk, case: Case, sitting: Sitting) -> str:
    """Return the identifier that a row's hearing has for ever, wherever it is moved to since.

    So a file that is imported again does not bring back the old date of a hearing that was moved.
    """
    house = uuid.UUID(bytes=hmac.digest(desk.secret, b"imported hearings", "sha256")[:16])
    at = sitting.starts_at.astimezone(dt.UTC)
    return str(uuid.uuid5(house, f"{desk.court.id}/{case.number_key}/{sitting.kind}/{at}"))


def merge(session: Session, desk: Desk, case: Case, given: dict[str, Any], region: str) -> bool:
    """Add what is new to a known case; return whether anything was.

    Parties, counsel and addresses are added or brought up to date; what the court has since set
    by hand (title, procedure, judge, counsel who left) stays. Raises Invalid by field.
    """
    if errors := cases.input_errors(given, region):
        raise Invalid(errors)
    changed = bool(given["title"] and not case.title)
    case.title = case.title or given["title"]
    for told in given["parties"]:
        party = _party(case, told)
        if party is None:
            cases.add_party(session, desk.court, case, told, region)
            changed = True
        else:
            changed |= _merge_party(session, desk, party, told, region)
    return changed


def _party(case: Case, told: dict[str, Any]) -> Party | None:
    if told["reference"]:
        for party in case.parties:
            if party.reference == told["reference"]:
                return party
    key = rules.name_key(told["name"])
    same = (p for p in case.parties if rules.name_key(p.name) == key and p.side == told["side"])
    return next(same, None)


def _merge_party(
    session: Session, desk: Desk, party: Party, told: dict[str, Any], region: str
) -> bool:
    number = rules.phone(told["phone"], region) if told["phone"] else ""
    addresses = {"email": told["email"] or party.email, "phone": number or party.phone}
    changed = addresses != {"email": party.email, "phone": party.phone}
    party.email, party.phone = addresses["email"], addresses["phone"]
    seats = {rules.name_key(seat.counsel.name): seat.counsel for seat in party.seats}
    everybody = told["counsel"]
    if not everybody and any(addresses.values()):
        everybody = [cases.in_person(party)]
    for counsel in everybody:
        known = seats.get(rules.name_key(counsel["name"]))
        if known is None:
            person = not told["counsel"]
            cases.seat(session, desk.court, party, counsel, region, in_person=person)
            changed = True
        else:
            changed |= _learn(session, known, counsel, region)
    return changed


def _learn(session: Session, known: Counsel, told: dict[str, Any], region: str) -> bool:
    def state() -> tuple[Any, ...]:
        return *(getattr(known, name) for name in LEARNT), *known.channels

    before = state()
    cases.learn(known, told, rules.phone(told["phone"], region) if told["phone"] else "")
    if state() == before:
        return False
    again.readdress(session, known)
    return True
