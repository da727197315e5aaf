"""The command that lists many hearings at once."""

import datetime as dt
import json
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.db.schema_check import checked_app
from app.core.errors import N_, Invalid, Message
from app.hearings.service import DeskContext
from app.imports.commands import of_file
from app.imports.reading.file_types import safe_name
from app.listing import queries, running, service, taking
from app.listing.drafting import SECONDS, SLOTS, WEEKS, ListingRequest
from app.listing.models import Listing
from app.listing.solver import search
from app.listing.solver.problem import Progress as Far
from app.listing.solver.problem import SearchLimits, SearchResult
from app.people import service as people

MOST_SHOWN = 50
SOMETHING_LEFT = 1  # the exit status where a row was refused, or a hearing has no place
DAY = click.DateTime(["%Y-%m-%d"])


class _Undone(Exception):  # noqa: N818
    """Ends a transaction of which nothing may stay."""


@click.command("list-hearings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first", type=DAY, help="The first day; else as early as can be.")
@click.option("--to", "last", type=DAY, help="The last day; else --weeks.")
@click.option("--weeks", type=click.IntRange(1, 26), default=WEEKS, show_default=True)
@click.option("--rooms", default="", help="Courtrooms, parted by commas; all where none is named.")
@click.option(
    "--slots",
    type=click.IntRange(1, 10),
    default=SLOTS,
    show_default=True,
    help="Alternatives of each hearing, where there is room for them.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    default=SECONDS,
    show_default=True,
    help="How long to search at most.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Threads that search.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--court", "court_name", default="", help="Needed where there are several.")
@click.option("--sheet", default="", help="The sheet of a workbook that has several.")
@click.option("--encoding", default="", help="The encoding of a text, where it cannot be told.")
@click.option("--partial", is_flag=True, help="Leave out the rows that are refused.")
@click.option("--dry-run", is_flag=True, help="Check the file; search and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_hearings(
    file: Path,
    court_name: str,
    seconds: int,
    workers: int,
    seed: int,
    partial: bool,
    dry_run: bool,
    as_json: bool,
    sheet: str,
    encoding: str,
    **days: Any,
) -> None:
    """Find slots for all hearings of a file at once, as a draft that is then sent by page."""
    search.need()
    app = checked_app()
    asked = _asked(seconds=seconds, **days)
    worker, name = f"command:{uuid.uuid4()}", safe_name(file.name)
    with app.app_context():
        court = people.find_court(db.session(), court_name)
        with of_file(file):
            taken = taking.read(file, court, sheet=sheet, encoding=encoding)
        db.session().rollback()
        for note in taken.notes:
            click.echo(str(note), err=True)
        listing_id, refused = _draft(
            name, taken, asked, court_name, worker, partial=partial, keep=not dry_run
        )
        _tell_refused(refused, partial=partial)
        if not listing_id:
            click.echo(f"{name}: hearings: {len(taken.rows)}. Nothing is kept.", err=True)
            raise SystemExit(SOMETHING_LEFT if refused else 0)
        limits = SearchLimits(seconds, workers, seed)
        with _heard() as enough, _bar(limits, enough) as watch:
            outcome = running.run(listing_id, worker, limits, web.now, watch)
        _tell(listing_id, outcome, as_json=as_json)
        left = outcome is None or outcome.progress.placed < len(taken.rows)
    raise SystemExit(SOMETHING_LEFT if refused or left else 0)


def _asked(
    first: dt.datetime | None,
    last: dt.datetime | None,
    weeks: int,
    rooms: str,
    slots: int,
    seconds: int,
) -> ListingRequest:
    names = [name.strip() for name in rooms.replace("，", ",").split(",") if name.strip()]
    begin, end = (each.date() if each else None for each in (first, last))
    return ListingRequest(begin, end, names, slots, seconds, weeks=weeks)


def _draft(
    name: str,
    taken: taking.ListingFile,
    asked: ListingRequest,
    court_name: str,
    worker: str,
    *,
    partial: bool,
    keep: bool,
) -> tuple[int, list[Any]]:
    """Make the draft and claim it, in one transaction; return 0 for it where nothing is kept."""
    told: list[Any] = []

    def work(session: Session) -> int:
        desk = DeskContext(people.find_court(session, court_name), None, web.now(), web.secret())
        listing, refused = taking.draft(session, desk, taken, name, asked, partial=partial)
        told[:] = refused
        if not keep:
            raise _Undone
        return service.claim(session, worker, desk.now, listing.id) if listing else 0

    try:
        return retrying(work), told
    except _Undone:
        return 0, told


@contextmanager
def _heard() -> Iterator[Callable[[], bool]]:
    """Take note of Ctrl-C, which ends the search; a second one ends the command.

    As an exception it may fall into the solver's import, which loses it or makes another of it.
    """
    said, before = Event(), signal.getsignal(signal.SIGINT)

    def hear(*_: object) -> None:
        said.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hear)
    try:
        yield said.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(limits: SearchLimits, enough: Callable[[], bool]) -> Iterator[search.Watch]:
    """Show how far a search is: the best so far, and what it must cost at least."""
    columns = (
        TextColumn("Searching"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not sys.stderr.isatty()) as bar:
        task, first = bar.add_task("", total=limits.seconds), True

        def watch(far: Far) -> bool:
            nonlocal first
            if first:
                screen.print(f"To begin with: {_so_far(far)}. Ctrl-C keeps the best so far.")
                first = False
            bar.update(task, completed=bar.tasks[0].elapsed, description=_so_far(far))
            return enough()

        yield watch


def _so_far(far: Far) -> str:
    least = "" if far.bound is None else f", at least {far.bound}"
    gap = "" if far.gap is None else f" ({far.gap:.1%} apart)"
    return f"placed {far.placed} of {far.most}, cost {far.cost}{least}{gap}"


def _tell_refused(refused: list[Any], *, partial: bool) -> None:
    for each in refused[:MOST_SHOWN]:
        click.echo(f"line {each.line}, {each.column}: {each.why}", err=True)
    if len(refused) > MOST_SHOWN:
        click.echo(f"… and {len(refused) - MOST_SHOWN} more.", err=True)
    if refused:
        what = "They are left out." if partial else "Nothing is listed; --partial leaves them out."
        click.echo(f"Faults: {len(refused)}. {what}", err=True)


def _tell(listing_id: int, outcome: SearchResult | None, *, as_json: bool) -> None:
    if outcome is None:
        raise Invalid({"listing": Message(N_("The draft was deleted while it was searched."))})
    listing = db.session().get_one(Listing, listing_id)
    shown = queries.shown(db.session(), listing)
    if as_json:
        click.echo(json.dumps(queries.as_json(listing, shown, outcome), ensure_ascii=False))
        return
    for each in shown:
        for slot in each.slots:
            begins, ends = slot.local
            click.echo(
                f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M}  {slot.courtroom}  "
                f"{each.judge}  {each.number}"
            )
    for each in shown:
        if not each.slots:
            click.echo(f"line {each.line}, {each.number}: {each.why}", err=True)
    far = outcome.progress
    click.echo(f"Hearings: {len(shown)}, {_so_far(far)}.", err=True)
    click.echo(
        f"Draft {listing_id}: look at it and send it on the page "
        f"{web.services().settings.public_url}/listings/{listing_id}",
        err=True,
    )
