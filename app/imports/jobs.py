"""Work on uploaded files in the worker: validate or enter one, with visible progress."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.core.db import retrying, transaction
from app.core.errors import Invalid, Refusal
from app.core.message_json import message_to_json
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.hearings.service import CourtContext
from app.imports import pipeline, reminder_preview, uploads
from app.imports.models import Upload
from app.imports.service import ImportReport
from app.people.models import User

log = logging.getLogger("tingqi.intake")
WAITING = ("to_check", "to_enter")
MOST_TRIES = 3
MOST_SHOWN = 200  # faults
MOST_CELLS = 40  # of a row beside its fault


class _Undone(Exception):  # noqa: N818
    """Rolls an inner transaction back."""


def work_next(secret: bytes, folder: Path, now: Callable[[], dt.datetime]) -> int:
    """Work on the next waiting file; return the number of files worked on, 0 or 1.

    ``folder`` takes the progress, which a database with one writer cannot show meanwhile. A file
    that another worker has locked is skipped.
    """
    with transaction() as session:
        statement = sa.select(Upload).where(Upload.state.in_(WAITING)).order_by(Upload.id).limit(1)
        upload = session.scalar(statement.with_for_update(skip_locked=True))
        if upload is None:
            return 0
        number, upload.tries = upload.id, upload.tries + 1
        spent = upload.tries > MOST_TRIES
    failure: dict[str, Any] = {}
    if not spent:
        try:
            with progress(folder, number) as tell:
                retrying(partial(_do, number, secret, now(), tell))
            return 1
        except Invalid as fault:
            failure = {"said": [message_to_json(each) for each in fault.errors.values()]}
        except Refusal as fault:
            failure = {"said": [message_to_json(fault.message)]}
        except sa.exc.OperationalError:
            raise
        except Exception:
            log.exception("file %s could not be worked at; it is tried again", number)
            return 1
    with transaction() as session:
        upload = session.get_one(Upload, number)
        upload.state, upload.report, upload.ended_at = "failed", failure, now()
    return 1


class progress:  # noqa: N801 - used as a context, as open is
    """Count of processed rows, in a small file that exists while the work lasts."""

    def __init__(self, folder: Path, number: int) -> None:
        self.path, self.done = _progress_file(folder, number), 0

    def __enter__(self) -> Callable[[int], None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("0")
        return self._add

    def _add(self, rows: int) -> None:
        self.done += rows
        self.path.write_text(str(self.done))

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)


def _progress_file(folder: Path, number: int) -> Path:
    return folder / "imports" / f"{number}.rows"


def rows_done(folder: Path, number: int) -> int | None:
    """Return the number of processed rows; None if nobody works on the file on this machine."""
    try:
        return int(_progress_file(folder, number).read_text() or 0)
    except (OSError, ValueError):
        return None


def _do(
    number: int, secret: bytes, now: dt.datetime, tell: Callable[[int], None], session: Session
) -> None:
    statement = sa.select(Upload).where(Upload.id == number, Upload.state.in_(WAITING))
    upload = session.scalar(statement.with_for_update(skip_locked=True))
    if upload is None:
        return
    court, user = session.get_one(Court, upload.court_id), session.get_one(User, upload.user_id)
    enters, remind, part = upload.state == "to_enter", upload.remind, upload.partial
    columns = list(upload.columns)
    with uploads.open_table(session, upload) as table:
        rows = list(table.rows)
    mapping = uploads.map_columns(table.headers, columns, uploads.country(court))
    read = pipeline.read(rows, mapping)
    before = session.scalar(sa.select(sa.func.max(Counsel.id))) or 0
    context, stays = CourtContext(court, None, now, secret), False
    with suppress(_Undone), session.begin_nested():
        report = pipeline.enter(
            session,
            context,
            read,
            mapping,
            remind=remind,
            step=tell,
            upload_id=number,
        )
        reminders = {} if enters else reminder_preview.of_upload(session, number, now)
        stays = enters and (part or not report.refused)
        if not stays:
            raise _Undone
    # The rows of the file were let go of on the way, and this one with them.
    upload = session.get_one(Upload, number, populate_existing=True)
    upload.report = report_json(report, table.headers, dict(rows))
    if reminders:
        upload.report["reminders"] = reminders
    upload.report["notes"] = [message_to_json(note) for note in table.notes()]
    upload.state = "entered" if stays else "checked"
    if stays:
        upload.ended_at, upload.counsel_before = now, before
        by = ChangeAuthor(upload.court_id, session.merge(user), now)
        change_log.note(session, by, "import", f"entered/{upload.name}", "", report.new or True)


def report_json(
    report: ImportReport, headers: Sequence[str], cells: Mapping[int, list[str]]
) -> dict[str, Any]:
    """Return a report as it is stored: counts, and errors with their rows.

    The headers are stored with them, for the file is deleted once it is entered.
    """
    names = ("rows", "new", "changed", "unchanged", "hearings", "known_hearings", "left_out")
    return {
        **{name: getattr(report, name) for name in names},
        "faults": len(report.refused),
        "headers": [header[:200] for header in headers[:MOST_CELLS]] if report.refused else [],
        "refused": [
            {
                "line": each.line,
                "column": each.column,
                "why": message_to_json(each.why),
                "cells": [cell[:200] for cell in cells.get(each.line, [])[:MOST_CELLS]],
            }
            for each in report.refused[:MOST_SHOWN]
        ],
    }
