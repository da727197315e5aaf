"""The command ``tingqi import``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.db.schema_check import checked_app
from app.core.errors import Invalid
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
@click.option("--map", "wish", default="", help="A column map: its name, or a TOML file.")
@click.option("--sheet", default="", help="The sheet of a workbook that has several.")
@click.option("--encoding", default="", help="The encoding of a text, where it cannot be told.")
@click.option("--dry-run", is_flag=True, help="Say what would be entered; enter nothing.")
@click.option("--partial", is_flag=True, help="Enter the cases of which no row is refused.")
@click.option("--court", "court_name", default="", help="Needed where there are several.")
@click.option("--remind", is_flag=True, help="Send reminders for the hearings of the file.")
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
    """Enter cases and hearings from CSV or XLSX; all of the file, or nothing of it."""
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
        report = _enter(
            read, mapping, court_name, keep=not dry_run, partial_=partial, remind=remind
        )
    kept = not dry_run and (partial or not report.refused)
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
) -> ImportReport:
    """Enter the rows of a file in one transaction, which is rolled back if it must be."""
    reports: list[ImportReport] = []

    def work(session: Session) -> None:
        court = people.find_court(session, court_name)
        context = CourtContext(court, None, web.now(), web.secret())
        with _progress(read.count) as step:
            report = pipeline.enter(session, context, read, mapping, remind=remind, step=step)
        reports.append(report)
        if not keep or (report.refused and not partial_):
            raise _Undone

    with suppress(_Undone):
        retrying(work)
    return reports[-1]


@contextmanager
def _progress(count: int) -> Iterator[partial[None]]:
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("rows", total=count)
        yield partial(bar.advance, task)


def _print_report(
    file: Path, table: tables.FileTable, mapping: ColumnMapping, report: ImportReport, kept: bool
) -> None:
    would = "" if kept else "would be "
    how = f", sheet {table.sheet}" if table.sheet else ""
    if table.encoding not in ("", "utf-8-sig"):
        how = f", encoding {table.encoding}"
    click.echo(
        f"{safe_name(file.name)}: rows: {report.rows}, read by the column map "
        f"{mapping.column_map.name}{how}."
    )
    if unread := mapping.unread():
        click.echo(f"Columns that are not read: {', '.join(unread)}.")
    for note in table.notes():
        click.echo(str(note), err=True)
    click.echo(
        f"Cases: {report.new} {would}new, {report.changed} {would}changed, "
        f"{report.unchanged} unchanged. "
        f"Hearings: {report.hearings} {would}new, {report.known_hearings} known."
    )
    for each in report.refused[:MOST_SHOWN]:
        click.echo(f"line {each.line}, {each.column}: {each.why}", err=True)
    more = len(report.refused) - MOST_SHOWN
    if more > 0:
        click.echo(f"… and {more} more.", err=True)
    if report.refused:
        what = "The other cases are entered." if kept else "Nothing is entered."
        click.echo(
            f"Faults: {len(report.refused)}. Cases left out: {report.left_out}. {what}", err=True
        )
    elif not kept:
        click.echo("Nothing is entered: this was a dry run.", err=True)
