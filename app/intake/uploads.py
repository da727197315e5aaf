"""Files that are imported by page: kept, their columns guessed and chosen, what is to be done."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import N_, Invalid, Message, NotFound, Refusal
from app.intake import column_maps, rules, tables
from app.intake.models import ChosenColumn, Upload, UploadPart
from app.intake.rules import FIELDS, NEEDED, Bound
from app.people.changes import By
from app.people.models import Court

LARGEST = 20 * 1024 * 1024  # bytes
SAMPLES = 3  # rows that are shown beside the columns
MOST_KEPT = 30  # files of one court whose bytes are kept


def keep(session: Session, by: By, name: str, parts: Iterable[bytes]) -> Upload:
    """Keep a file, piece by piece, as it comes. Raises Invalid where it is empty or too large."""
    assert by.user is not None
    made = Upload(
        court_id=by.court_id, user_id=by.user.id, name=PurePath(name).name[-200:] or "file",
        size=0, state="mapping", columns=[], report={}, created_at=by.now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for seq, body in enumerate(parts):
        made.size += len(body)
        if made.size > LARGEST:
            raise Invalid({"file": too_large()})
        session.add(UploadPart(upload_id=made.id, seq=seq, body=body))
        session.flush()
    if not made.size:
        raise Invalid({"file": Message(N_("Choose a file; this one is empty."))})
    _let_go(session, by.court_id)
    return made


def too_large() -> Message:
    """Return what is said of a file that is too large for the page."""
    return Message(
        N_("The file is larger than %(most)s MB: import it in parts, or by `tingqi import`."),
        most=LARGEST // 2**20,
    )


def _let_go(session: Session, court_id: int) -> None:
    """Drop the bytes of old files; what came of them stays."""
    newest = sa.select(Upload.id).where(Upload.court_id == court_id).order_by(Upload.id.desc())
    kept = list(session.scalars(newest.limit(MOST_KEPT)))
    old = sa.select(Upload.id).where(Upload.court_id == court_id, Upload.id < min(kept))
    session.execute(sa.delete(UploadPart).where(UploadPart.upload_id.in_(old)))


def find(session: Session, court_id: int, upload_id: int) -> Upload:
    """Return a court's file. Raises NotFound, for another court's as for none."""
    found = session.get(Upload, upload_id)
    if found is None or found.court_id != court_id:
        raise NotFound(N_("There is nothing at this address."))
    return found


def listed(session: Session, court_id: int) -> Sequence[Upload]:
    """Return a court's last files, the newest first."""
    wanted = sa.select(Upload).where(Upload.court_id == court_id)
    return session.scalars(wanted.order_by(Upload.id.desc()).limit(20)).all()


@contextmanager
def opened(session: Session, upload: Upload) -> Iterator[Path]:
    """Lay a file on the disk for as long as it is read, under its own name."""
    with tempfile.TemporaryDirectory(prefix="tingqi-") as folder:
        path = Path(folder) / upload.name.lstrip(".")
        wanted = sa.select(UploadPart.body).where(UploadPart.upload_id == upload.id)
        with path.open("wb") as whole:
            for body in session.scalars(wanted.order_by(UploadPart.seq)):
                whole.write(body)
        yield path


def start_of(file: Path) -> tuple[list[str], list[list[str]]]:
    """Return the headers of a file and its first rows, each as wide as the header."""
    rows = list(islice(tables.rows(file), SAMPLES + 1))
    width = len(rows[0][1])
    cells = [[*row, *[""] * width][:width] for _, row in rows]
    return cells[0], cells[1:]


def guess(session: Session, court_id: int, headers: Sequence[str]) -> list[str]:
    """Return the field of each column: as the court chose last, else as its header says."""
    keys = [rules.header_key(each)[:200] for each in headers]
    wanted = sa.select(ChosenColumn.header_key, ChosenColumn.field).where(
        ChosenColumn.court_id == court_id, ChosenColumn.header_key.in_(keys)
    )
    chosen = {row[0]: row[1] for row in session.execute(wanted)}
    by_map = _by_map(headers)
    return [chosen.get(key, by_map[n]) for n, key in enumerate(keys)]


def _by_map(headers: Sequence[str]) -> list[str]:
    found = [""] * len(headers)
    column_map = column_maps.suited(headers)
    for name, parts in rules.sources(column_map, headers).items():
        for part in parts:
            if isinstance(part, int) and not found[part]:
                found[part] = name
    return found


def choose(session: Session, upload: Upload, headers: Sequence[str], columns: list[str]) -> None:
    """Take what each column holds, remember it for the court, and let the file be checked.

    Raises Invalid where a column that is needed is nowhere, or the file is being worked at.
    """
    _not_over(upload)
    bound(headers, columns)
    upload.columns, upload.state, upload.tries, upload.report = columns, "to_check", 0, {}
    for header, name in zip(headers, columns, strict=True):
        session.merge(
            ChosenColumn(
                court_id=upload.court_id, header_key=rules.header_key(header)[:200], field=name
            )
        )


def _not_over(upload: Upload) -> None:
    if upload.state in ("entered", "undone", "to_enter", "cancelled"):
        raise Refusal(N_("This file is entered already, or about to be: upload it anew."))


def bound(headers: Sequence[str], columns: Sequence[str]) -> Bound:
    """Lay what was chosen over a file: several columns of one field are joined by spaces.

    Words, days and defaults are read as the map that suits the file says. Raises Invalid.
    """
    column_map = column_maps.suited(headers)
    known = rules.sources(column_map, headers)
    sources: dict[str, tuple[str | int, ...]] = {}
    for name in FIELDS:
        places = [n for n, each in enumerate(columns) if each == name]
        if not places:
            continue
        theirs = known.get(name, ())
        same = [part for part in theirs if isinstance(part, int)]
        joined = [part for place in places for part in (" ", place)][1:]
        sources[name] = theirs if sorted(same) == places else tuple(joined)
    missing = [name for name in NEEDED if name not in sources and not column_map.defaults.get(name)]
    if missing:
        none = Message(N_("No column holds this, and it is needed."))
        raise Invalid(dict.fromkeys(missing, none))
    return Bound(column_map, tuple(each.strip() for each in headers), sources)


def ask_to_enter(upload: Upload, *, partial: bool, remind: bool) -> None:
    """Let a file that was checked be entered. Raises Refusal where it was not, or has faults."""
    if upload.state != "checked":
        raise Refusal(N_("The file is not checked yet."))
    if upload.report.get("faults") and not partial:
        raise Refusal(N_("There are faults: mend them, or leave out the cases that have them."))
    upload.state, upload.tries = "to_enter", 0
    upload.partial, upload.remind = partial, remind


def cancel(session: Session, upload_id: int) -> None:
    """Let go of a file that was not entered, its bytes and all. Raises Refusal once it was.

    Nobody waits for a worker that holds it: it may be at it for minutes.
    """
    wanted = sa.select(Upload).where(Upload.id == upload_id).with_for_update(skip_locked=True)
    upload = session.scalar(wanted)
    if upload is None:
        raise Refusal(N_("The worker is at this file just now: press again when it is done."))
    if upload.state in ("entered", "undone"):
        raise Refusal(N_("This file is entered already: undo it instead."))
    upload.state = "cancelled"
    session.execute(sa.delete(UploadPart).where(UploadPart.upload_id == upload.id))


def is_today(at: dt.datetime, now: dt.datetime, court: Court) -> bool:
    """Tell whether a time is on the court's present day."""
    zone = ZoneInfo(court.zone)
    return at.astimezone(zone).date() == now.astimezone(zone).date()
