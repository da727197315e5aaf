"""The command that takes cases and hearings from a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from app import web
from app.db import retrying
from app.hearings.service import Desk
from app.intake import column_maps, rules, tables, whole
from app.intake.rules import Bound
from app.intake.service import Report
from app.people import service as people
from app.schema import opened

MOST_SHOWN = 50  # of the rows that are refused
REFUSED = 1  # the exit status where a row was refused


class _Undone(Exception):  # noqa: N818
    """Ends a transaction of which nothing may stay."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "wish", default="", help="A column map: its name, or a TOML file.")
@click.option("--dry-run", is_flag=True, help="Say what would be entered; enter nothing.")
@click.option("--partial", is_flag=True, help="Enter the cases of which no row is refused.")
@click.option("--court", "court_name", default="", help="Needed where there are several.")
@click.option("--remind", is_flag=True, help="Send reminders for the hearings of the file.")
def import_(
    file: Path, wish: str, dry_run: bool, partial: bool, court_name: str, remind: bool
) -> None:
    """Enter cases and hearings from CSV or XLSX; all of the file, or nothing of it."""
    app = opened()
    rows = tables.rows(file)
    _, headers = next(rows)
    bound = rules.bind(column_maps.find(wish) if wish else column_maps.suited(headers), headers)
    with app.app_context():
        report = _take(rows, bound, court_name, keep=not dry_run, partial_=partial, remind=remind)
    kept = not dry_run and (partial or not report.refused)
    _tell(file, bound, report, kept)
    raise SystemExit(REFUSED if report.refused else 0)


def _take(
    rows: Iterator[tables.Row], bound: Bound, court_name: str, *, keep: bool, partial_: bool,
    remind: bool,
) -> Report:  # fmt: skip
    """Read the whole file, then enter it in one transaction, which is undone if it must be."""
    read = whole.read(rows, bound)
    reports: list[Report] = []

    def work(session: Session) -> None:
        court = people.find_court(session, court_name)
        desk = Desk(court, None, web.now(), web.secret())
        with _progress(read.count) as step:
            report = whole.enter(session, desk, read, bound, remind=remind, step=step)
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


def _tell(file: Path, bound: Bound, report: Report, kept: bool) -> None:
    would = "" if kept else "would be "
    click.echo(f"{file.name}: rows: {report.rows}, read by the column map {bound.column_map.name}.")
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
