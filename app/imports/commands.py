"""The command ``tingqi import``."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.db.schema_check import checked_app
from app.core.errors import N_, Invalid
from app.core.terminal import gettext, say, translated
from app.hearings.service import CourtContext
from app.imports import pipeline, uploads
from app.imports.reading import column_maps, rules, tables
from app.imports.reading.file_types import safe_name
from app.imports.reading.rules import ColumnMapping
from app.imports.service import ImportReport
from app.people import service as people

MOST_SHOWN = 50  # of the rows that are refused
REFUSED = 1  # the exit status where a row was refused


class _Undone(Exception):  # noqa: N818
    """Rolls a transaction back."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "wish", default="", help="Column map: its name, or a TOML file.")
@click.option("--sheet", default="", help="Sheet of a workbook that has several.")
@click.option("--encoding", default="", help="Encoding of a text file, if it cannot be detected.")
@click.option("--dry-run", is_flag=True, help="Check the file only; import nothing.")
@click.option("--partial", is_flag=True, help="Import the cases without faulty rows.")
@click.option("--court", "court_name", default="", help="The court, if there are several.")
@click.option("--remind", is_flag=True, help="Send reminders for the imported hearings.")
def import_(
    file: Path,
    wish: str,
    sheet: str,
    encoding: str,
    dry_run: bool,
    partial: bool,
    court_name: str,
    remind: bool,
) -> None:
    """Import cases and hearings from CSV or XLSX: the whole file, or nothing."""
    app = checked_app()
    column_map = column_maps.find(wish) if wish else None
    with app.app_context():
        court = people.find_court(db.session(), court_name)
        reading = uploads.reading_options(court, column_map).with_choices(
            sheet=sheet, encoding=encoding
        )
        country = uploads.country(court, column_map)
        db.session().rollback()
        with of_file(file):
            table = tables.read(file, reading)
            mapping = rules.bind(
                column_map or column_maps.best_match(table.headers), table.headers, country=country
            )
            read = pipeline.read(table.rows, mapping)
        report, kept = _enter(
            read, mapping, court_name, keep=not dry_run, partial_=partial, remind=remind
        )
    _print_report(file, table, mapping, report, kept)
    raise SystemExit(REFUSED if report.refused else 0)


@contextmanager
def of_file(file: Path) -> Iterator[None]:
    """Report errors under the name of the file."""
    try:
        yield
    except Invalid as fault:
        name = safe_name(file.name)
        errors = {(name if field == "file" else field): why for field, why in fault.errors.items()}
        raise Invalid(errors) from fault


def _enter(
    read: pipeline.ImportRows,
    mapping: ColumnMapping,
    court_name: str,
    *,
    keep: bool,
    partial_: bool,
    remind: bool,
) -> tuple[ImportReport, bool]:
    """Enter the rows of a file, all or none, unless that is not asked for.

    Returns the report, and whether what it says was kept. In many transactions, a case that was
    fine when the whole file was checked may be refused as another writer was faster: the others
    are kept then.
    """
    now, reports = web.now(), list[ImportReport]()

    def context_in(session: Session) -> CourtContext:
        return CourtContext(people.find_court(session, court_name), None, now, web.secret())

    if pipeline.runs_in_batches(db.engine.dialect.name, read, mapping):
        with _progress(read.count) as step:
            if not keep or not partial_:
                checked = pipeline.check_in_batches(
                    context_in, read, mapping, remind=remind, step=step
                )
                if not keep or checked.refused:
                    return checked, False
        with _progress(read.count) as step:
            entered = pipeline.enter_in_batches(context_in, read, mapping, remind=remind, step=step)
        return entered, True

    def work(session: Session) -> None:
        context = context_in(session)
        with _progress(read.count) as step:
            report = pipeline.enter(session, context, read, mapping, remind=remind, step=step)
        reports.append(report)
        if not keep or (report.refused and not partial_):
            raise _Undone

    with suppress(_Undone):
        retrying(work)
    return reports[-1], keep and (partial_ or not reports[-1].refused)


@contextmanager
def _progress(count: int) -> Iterator[partial[None]]:
    columns = (
        TextColumn(gettext("Importing")),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("rows", total=count)
        yield partial(bar.advance, task)


def _print_report(
    file: Path, table: tables.FileTable, mapping: ColumnMapping, report: ImportReport, kept: bool
) -> None:
    words = N_("%(file)s: %(rows)s rows, read with the column map %(map)s.")
    if table.encoding not in ("", "utf-8-sig"):
        words = N_("%(file)s: %(rows)s rows, read with the column map %(map)s, in %(encoding)s.")
    elif table.sheet:
        words = N_("%(file)s: %(rows)s rows, read with the column map %(map)s, sheet %(sheet)s.")
    say(
        words,
        file=safe_name(file.name),
        rows=report.rows,
        map=mapping.column_map.name,
        encoding=table.encoding,
        sheet=table.sheet,
    )
    if unread := mapping.unread():
        say(N_("Ignored columns: %(columns)s."), columns=list(unread))
    for note in table.notes():
        click.echo(translated(note), err=True)
    words = N_(
        "Cases: %(new)s new, %(changed)s changed, %(unchanged)s unchanged. "
        "Hearings: %(hearings)s new, %(known)s known."
    )
    if not kept:
        words = N_(
            "Cases: %(new)s would be new, %(changed)s would be changed, %(unchanged)s unchanged. "
            "Hearings: %(hearings)s would be new, %(known)s known."
        )
    say(
        words,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        hearings=report.hearings,
        known=report.known_hearings,
    )
    print_refused_rows(report.refused)
    if report.refused:
        words = N_("Errors: %(errors)s. Skipped cases: %(skipped)s. Nothing is imported.")
        if kept:
            words = N_(
                "Errors: %(errors)s. Skipped cases: %(skipped)s. The other cases are imported."
            )
        say(words, errors=len(report.refused), skipped=report.left_out, err=True)
    elif not kept:
        say(N_("Nothing is imported: this was a dry run."), err=True)


def print_refused_rows(refused: Sequence[Any]) -> None:
    """Print the line, the column and the error of refused rows, at most fifty."""
    for each in refused[:MOST_SHOWN]:
        say(
            N_("line %(line)s, %(column)s: %(error)s"),
            line=each.line,
            column=each.column,
            error=each.why,
            err=True,
        )
    more = len(refused) - MOST_SHOWN
    if more > 0:
        say(N_("… and %(count)s more."), count=more, err=True)
