"""Uploaded files: stored, their columns guessed and chosen, and the next step requested."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.hearings.models import Hearing, HearingState
from app.imports.models import ChosenColumn, Upload, UploadPart
from app.imports.reading import both_sides, column_maps, rules, tables
from app.imports.reading.encoding import NeedsChoice
from app.imports.reading.file_types import safe_name
from app.imports.reading.rules import FIELDS, NEEDED, OF_ITS_OWN, ColumnMap, ColumnMapping
from app.imports.reading.tables import FileTable, ReadingOptions

LARGEST = 20 * 1024 * 1024  # bytes
PAGE = 50  # cases of a file that are shown at once
SAMPLES = 3  # rows that are shown beside the columns
MOST_KEPT = 30  # files of one court whose bytes are kept


def store(session: Session, by: ChangeAuthor, name: str, parts: Iterable[bytes]) -> Upload:
    """Store a file from a stream of chunks. Raises Invalid if it is empty or too large."""
    assert by.user is not None
    upload = Upload(
        court_id=by.court_id,
        user_id=by.user.id,
        name=safe_name(name),
        size=0,
        state="mapping",
        columns=[],
        report={},
        reading={},
        created_at=by.now,
    )
    session.add(upload)
    session.flush()
    for seq, body in enumerate(parts):
        upload.size += len(body)
        if upload.size > LARGEST:
            raise Invalid({"file": too_large()})
        session.add(UploadPart(upload_id=upload.id, seq=seq, body=body))
        session.flush()
    if not upload.size:
        raise Invalid({"file": Message(N_("Choose a file that is not empty; this one is."))})
    _drop_old_parts(session, by.court_id)
    return upload


def too_large() -> Message:
    """Return the error of a file that is too large for the page."""
    return Message(
        N_("The file is larger than %(most)s MB: import it in parts, or by `tingqi import`."),
        most=LARGEST // 2**20,
    )


def _drop_old_parts(session: Session, court_id: int) -> None:
    """Delete the bytes of old files; their reports stay."""
    newest = sa.select(Upload.id).where(Upload.court_id == court_id).order_by(Upload.id.desc())
    kept = list(session.scalars(newest.limit(MOST_KEPT)))
    old = sa.select(Upload.id).where(Upload.court_id == court_id, Upload.id < min(kept))
    session.execute(sa.delete(UploadPart).where(UploadPart.upload_id.in_(old)))


def find_upload(session: Session, court_id: int, upload_id: int) -> Upload:
    """Return a court's file. Raises NotFound, also for another court's."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return upload


def lock(session: Session, court_id: int, upload_id: int) -> Upload:
    """Lock and return a court's file, read afresh. Raises NotFound.

    It does not wait for a worker that has locked the file, which may take minutes: then it raises
    Refusal.
    """
    find_upload(session, court_id, upload_id)
    query = sa.select(Upload).where(Upload.id == upload_id).with_for_update(skip_locked=True)
    upload = session.scalar(query.execution_options(populate_existing=True))
    if upload is None:
        raise Refusal(N_("The worker is at this file just now: press again when it is done."))
    return upload


def list_uploads(
    session: Session,
    court_id: int,
    *,
    limit: int = 20,
    after: int | None = None,
    state: str | None = None,
) -> Sequence[Upload]:
    """Return a court's last files, the newest first; ``after`` goes on behind that id."""
    query = sa.select(Upload).where(Upload.court_id == court_id)
    if after is not None:
        query = query.where(Upload.id < after)
    if state is not None:
        query = query.where(Upload.state == state)
    return session.scalars(query.order_by(Upload.id.desc()).limit(limit)).all()


@dataclass(frozen=True)
class EnteredCase:
    """A case that a file made, with the first of its hearings that lies ahead or is proposed."""

    case: Case
    hearing: Hearing | None


def entered_cases(
    session: Session, upload: Upload, page: int, now: dt.datetime
) -> tuple[list[EnteredCase], bool]:
    """Return one page of the cases that a file made, in its order, and whether there are more."""
    query = sa.select(Case).where(Case.upload_id == upload.id).order_by(Case.id)
    rows = session.scalars(
        query.options(joinedload(Case.judge)).offset((page - 1) * PAGE).limit(PAGE + 1)
    ).all()
    coming = sa.select(Hearing).where(
        Hearing.case_id.in_([case.id for case in rows]), _is_coming(now)
    )
    first: dict[int, Hearing] = {}
    for hearing in session.scalars(coming.order_by(Hearing.id)):
        first.setdefault(hearing.case_id, hearing)
    return [EnteredCase(case, first.get(case.id)) for case in rows[:PAGE]], len(rows) > PAGE


def cases_to_propose(session: Session, upload: Upload, now: dt.datetime) -> list[Case]:
    """Return the cases that a file made and that have no hearing ahead, in its order."""
    has_hearing = sa.exists().where(Hearing.case_id == Case.id, _is_coming(now))
    query = sa.select(Case).where(Case.upload_id == upload.id, ~has_hearing)
    return list(session.scalars(query.order_by(Case.id)))


def _is_coming(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        Hearing.state == HearingState.PROPOSED.value,
        sa.and_(Hearing.state == HearingState.FIXED.value, Hearing.starts_at > now),
    )


def country(court: Court, column_map: ColumnMap | None = None) -> str:
    """Return the country (ISO 3166) by whose conventions a file is read."""
    return (column_map.region if column_map else "") or court.country[:2]


def reading_options(court: Court, column_map: ColumnMap | None = None) -> ReadingOptions:
    """Return the options for reading a court's files, from its own column map if it has one."""
    known = column_map.known_headers() if column_map else column_maps.known_headers()
    message = column_map or ColumnMap("", {})
    return ReadingOptions(
        sheet=message.sheet,
        encoding=message.encoding,
        separator=message.separator,
        country=country(court, column_map),
        language=court.language,
        known=known,
    )


@contextmanager
def open_table(session: Session, upload: Upload) -> Iterator[FileTable]:
    """Write a file to disk while it is read, and return its table. Raises Invalid."""
    court = session.get_one(Court, upload.court_id)
    statement = sa.select(ChosenColumn.header_key).where(
        ChosenColumn.court_id == court.id, ChosenColumn.field != ""
    )
    how = reading_options(court).with_choices(**upload.reading)
    how = replace(how, known=how.known | frozenset(session.scalars(statement)))
    with tempfile.TemporaryDirectory(prefix="tingqi-") as folder:
        path = Path(folder) / "file"
        parts = sa.select(UploadPart.body).where(UploadPart.upload_id == upload.id)
        with path.open("wb") as file:
            for body in session.scalars(parts.order_by(UploadPart.seq)):
                file.write(body)
        yield tables.read(path, how)


def inspect(session: Session, upload: Upload) -> NeedsChoice | None:
    """Read the beginning of a file, and guess its columns.

    Returns the choice to be made first if it can be read in several ways. Raises Invalid.
    """
    try:
        with open_table(session, upload) as table:
            upload.columns = guess_columns(session, upload.court_id, table.headers)
            upload.reading = {
                **upload.reading,
                **({"sheet": table.sheet} if table.sheet else {"encoding": table.encoding}),
            }
    except NeedsChoice as choice:
        upload.state = "choosing"
        return choice
    upload.state = "mapping"
    return None


def set_reading(session: Session, upload: Upload, field: str, value: str) -> None:
    """Read a file by another sheet or encoding. Raises Invalid."""
    _refuse_if_entered(upload)
    if field in ("sheet", "encoding") and value:
        upload.reading = {field: value[:100]}
        inspect(session, upload)


def sample_rows(table: FileTable) -> list[list[str]]:
    """Return the first rows of a table, padded to the width of the header."""
    width = len(table.headers)
    return [[*row, *[""] * width][:width] for _, row in islice(table.rows, SAMPLES)]


def guess_columns(session: Session, court_id: int, headers: Sequence[str]) -> list[str]:
    """Return the field of each column: the court's last choice, else by its header."""
    keys = [rules.header_key(each)[:200] for each in headers]
    statement = sa.select(ChosenColumn.header_key, ChosenColumn.field).where(
        ChosenColumn.court_id == court_id, ChosenColumn.header_key.in_(keys)
    )
    chosen = {row[0]: row[1] for row in session.execute(statement)}
    by_map = _by_map(headers)
    return [chosen.get(key, by_map[n]) for n, key in enumerate(keys)]


def _by_map(headers: Sequence[str]) -> list[str]:
    fields = [""] * len(headers)
    column_map = column_maps.best_match(headers)
    wide = both_sides.parties_of(headers) if column_map.both_sides else both_sides.WideLayout({})
    for name, parts in rules.sources(column_map, headers).items():
        if wide.columns and name in OF_ITS_OWN:
            continue
        for part in parts:
            if isinstance(part, int) and not fields[part]:
                fields[part] = name
    for n, of in wide.columns.items():
        fields[n] = of.key
    return fields


def choose_columns(
    session: Session, upload: Upload, headers: Sequence[str], columns: list[str]
) -> None:
    """Store the chosen fields, also as defaults of the court, and request the check.

    Raises Invalid if a required column is missing, Refusal if the file is being worked on.
    """
    _refuse_if_entered(upload)
    map_columns(headers, columns)  # refuses what cannot be read so
    upload.columns, upload.state, upload.tries, upload.report = columns, "to_check", 0, {}
    for header, name in zip(headers, columns, strict=True):
        session.merge(
            ChosenColumn(
                court_id=upload.court_id, header_key=rules.header_key(header)[:200], field=name
            )
        )


def _refuse_if_entered(upload: Upload) -> None:
    if upload.state in ("entered", "undone", "to_enter", "cancelled"):
        raise Refusal(N_("This file is entered already, or about to be: upload it anew."))


def map_columns(headers: Sequence[str], columns: Sequence[str], country: str = "") -> ColumnMapping:
    """Build the mapping of chosen columns; several columns of one field are joined by spaces.

    Words, dates and defaults are read as the column map that suits the file says. Raises Invalid.
    """
    column_map = column_maps.best_match(headers)
    known = rules.sources(column_map, headers)
    sources: dict[str, rules.Parts] = {}
    for name in FIELDS:
        places = [n for n, each in enumerate(columns) if each == name]
        if not places:
            continue
        theirs = known.get(name, ())
        same = [part for part in theirs if isinstance(part, int)]
        joined = [part for place in places for part in (" ", place)][1:]
        sources[name] = theirs if sorted(same) == places else tuple(joined)
    parties = rules.party_sources(_of_sides(headers, columns))
    faults = {}
    if parties:
        message = N_("Other columns say of which side they are: say it of this one too.")
        faults = {name: Message(message) for name in sources if name in OF_ITS_OWN}
        if any("party" not in each for each in parties):
            faults["party"] = Message(N_("No column holds the party of one of the sides."))
    there = {*sources, *(["party"] if parties else [])}
    missing = [name for name in NEEDED if name not in there and not column_map.defaults.get(name)]
    none = Message(N_("No column holds this, and it is needed."))
    faults |= dict.fromkeys(missing, none)
    if faults:
        raise Invalid(faults)
    clean = tuple(" ".join(each.split()) for each in headers)
    return ColumnMapping(column_map, clean, sources, parties, column_map.region or country)


def _of_sides(headers: Sequence[str], columns: Sequence[str]) -> dict[int, both_sides.PartyColumn]:
    """Return the side chosen for each column, with the file's own word for it as role."""
    chosen = {n: of for n, each in enumerate(columns) if (of := both_sides.parse_key(each))}
    roles = {
        (of.side, of.number): word.role
        for n, of in chosen.items()
        if of.field == "party" and (word := both_sides.read_header(headers[n]))
    }
    return {n: replace(of, role=roles.get((of.side, of.number), "")) for n, of in chosen.items()}


def ask_to_enter(upload: Upload, *, partial: bool, remind: bool) -> None:
    """Request that a checked file be entered. Raises Refusal if it is unchecked or has errors.

    ``remind`` counts only where the file has coming hearings, whose reminders were shown.
    """
    if upload.state != "checked":
        raise Refusal(N_("The file is not checked yet."))
    if upload.report.get("faults") and not partial:
        raise Refusal(
            N_("The file has errors: correct them, or leave out the cases that have them.")
        )
    upload.state, upload.tries = "to_enter", 0
    upload.partial, upload.remind = partial, remind and bool(upload.report.get("reminders"))


def cancel(session: Session, court_id: int, upload_id: int) -> None:
    """Cancel an import and delete the file's bytes. Raises NotFound; Refusal once it is entered."""
    upload = lock(session, court_id, upload_id)
    if upload.state in ("entered", "undone"):
        raise Refusal(N_("This file is entered already: undo it instead."))
    upload.state = "cancelled"
    session.execute(sa.delete(UploadPart).where(UploadPart.upload_id == upload.id))


def is_today(at: dt.datetime, now: dt.datetime, court: Court) -> bool:
    """Tell whether an instant is on the court's present day."""
    zone = ZoneInfo(court.zone)
    return at.astimezone(zone).date() == now.astimezone(zone).date()
