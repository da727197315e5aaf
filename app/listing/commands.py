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
from app.core.terminal import gettext, say, translated, write_data
from app.hearings.service import CourtContext
from app.imports.commands import of_file, print_refused_rows
from app.imports.reading.file_types import safe_name
from app.listing import files, queries, running, service
from app.listing.drafting import SECONDS, SLOTS, WEEKS, ListingRequest
from app.listing.models import Listing
from app.listing.solver import search
from app.listing.solver.problem import Progress as SearchProgress
from app.listing.solver.problem import SearchLimits, SearchResult
from app.people import service as people

INCOMPLETE = 1  # exit status if a row was refused or a hearing has no slot
DAY = click.DateTime(["%Y-%m-%d"])


class _DryRun(Exception):  # noqa: N818
    """Raised to roll back the transaction of a dry run."""


@click.command("list-hearings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first", type=DAY, help="First day; by default as early as possible.")
@click.option("--to", "last", type=DAY, help="Last day; by default see --weeks.")
@click.option(
    "--weeks",
    type=click.IntRange(1, 26),
    default=WEEKS,
    show_default=True,
    help="Weeks to search, without --to.",
)
@click.option("--rooms", default="", help="Courtrooms, separated by commas; by default all.")
@click.option(
    "--slots",
    type=click.IntRange(1, 10),
    default=SLOTS,
    show_default=True,
    help="Alternative slots of each hearing, if available.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    default=SECONDS,
    show_default=True,
    help="Longest time of the search.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Number of threads.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=1,
    show_default=True,
    help="Seed of the random number generator.",
)
@click.option("--court", "court_name", default="", help="The court, if there are several.")
@click.option("--sheet", default="", help="Sheet of a workbook that has several.")
@click.option("--encoding", default="", help="Encoding of a text file, if it cannot be detected.")
@click.option("--partial", is_flag=True, help="Skip faulty rows.")
@click.option("--dry-run", is_flag=True, help="Check the file only; neither search nor store.")
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
    """Find slots for all hearings of a file at once, as a draft to be sent on the page."""
    search.require_solver()
    app = checked_app()
    listing_request = _request(seconds=seconds, **days)
    worker, name = f"command:{uuid.uuid4()}", safe_name(file.name)
    with app.app_context():
        court = people.find_court(db.session(), court_name)
        with of_file(file):
            listing_file = files.read(file, court, sheet=sheet, encoding=encoding)
        db.session().rollback()
        for note in listing_file.notes:
            click.echo(translated(note), err=True)
        listing_id, refused = _draft(
            name,
            listing_file,
            listing_request,
            court_name,
            worker,
            partial=partial,
            keep=not dry_run,
        )
        _print_refused(refused, partial=partial)
        if not listing_id:
            count = len(listing_file.rows)
            say(
                N_("%(file)s: hearings: %(count)s. Nothing is stored."),
                file=name,
                count=count,
                err=True,
            )
            raise SystemExit(INCOMPLETE if refused else 0)
        limits = SearchLimits(seconds, workers, seed)
        with _sigint_flag() as stop_requested, _bar(limits, stop_requested) as watch:
            result = running.run(listing_id, worker, limits, web.now, watch)
        _print_result(listing_id, result, as_json=as_json)
        unplaced = result is None or result.progress.placed < len(listing_file.rows)
    raise SystemExit(INCOMPLETE if refused or unplaced else 0)


def _request(
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
    listing_file: files.ListingFile,
    listing_request: ListingRequest,
    court_name: str,
    worker: str,
    *,
    partial: bool,
    keep: bool,
) -> tuple[int, list[Any]]:
    """Create and claim the draft in one transaction; the id is 0 if nothing was stored."""
    refused_rows: list[Any] = []

    def work(session: Session) -> int:
        context = CourtContext(
            people.find_court(session, court_name), None, web.now(), web.secret()
        )
        listing, refused = files.draft(
            session, context, listing_file, name, listing_request, partial=partial
        )
        refused_rows[:] = refused
        if not keep:
            raise _DryRun
        return service.claim(session, worker, context.now, listing.id) if listing else 0

    try:
        return retrying(work), refused_rows
    except _DryRun:
        return 0, refused_rows


@contextmanager
def _sigint_flag() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a flag that ends the search; a second one ends the command.

    A KeyboardInterrupt raised during the solver's import may be swallowed or converted there.
    """
    interrupted, previous_handler = Event(), signal.getsignal(signal.SIGINT)

    def handle(*_: object) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, previous_handler)

    signal.signal(signal.SIGINT, handle)
    try:
        yield interrupted.is_set
    finally:
        signal.signal(signal.SIGINT, previous_handler)


@contextmanager
def _bar(limits: SearchLimits, stop_requested: Callable[[], bool]) -> Iterator[search.Watch]:
    """Show the progress of a search: the best listing so far, and the bound."""
    columns = (
        TextColumn(gettext("Searching")),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task, is_first = bar.add_task("", total=limits.seconds), True

        def watch(far: SearchProgress) -> bool:
            nonlocal is_first
            if is_first:
                start = N_("First result: %(progress)s. Ctrl-C keeps the best so far.")
                console.print(gettext(start, progress=_progress_text(far)))
                is_first = False
            bar.update(task, completed=bar.tasks[0].elapsed, description=_progress_text(far))
            return stop_requested()

        yield watch


def _progress_text(progress: SearchProgress) -> str:
    words = N_("placed %(placed)s of %(most)s, cost %(cost)s")
    if progress.bound is not None:
        words = N_("placed %(placed)s of %(most)s, cost %(cost)s, lower bound %(bound)s")
    if progress.bound is not None and progress.gap is not None:
        words = N_(
            "placed %(placed)s of %(most)s, cost %(cost)s, lower bound %(bound)s (gap %(gap)s)"
        )
    return gettext(
        words,
        placed=progress.placed,
        most=progress.most,
        cost=progress.cost,
        bound=progress.bound,
        gap="" if progress.gap is None else f"{progress.gap:.1%}",
    )


def _print_refused(refused: list[Any], *, partial: bool) -> None:
    print_refused_rows(refused)
    if refused:
        words = N_("Errors: %(errors)s. Nothing is listed; --partial skips these rows.")
        if partial:
            words = N_("Errors: %(errors)s. These rows are skipped.")
        say(words, errors=len(refused), err=True)


def _print_result(listing_id: int, result: SearchResult | None, *, as_json: bool) -> None:
    if result is None:
        raise Invalid({"listing": Message(N_("The draft was deleted during the search."))})
    listing = db.session().get_one(Listing, listing_id)
    rows = queries.draft_rows(db.session(), listing)
    if as_json:
        write_data(json.dumps(queries.as_json(listing, rows, result), ensure_ascii=False) + "\n")
        return
    for each in rows:
        for slot in each.slots:
            begins, ends = slot.local
            click.echo(
                f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M}  {slot.courtroom}  "
                f"{each.judge}  {each.number}"
            )
    for each in rows:
        if not each.slots:
            say(
                N_("line %(line)s, %(column)s: %(error)s"),
                line=each.line,
                column=each.number,
                error=each.why,
                err=True,
            )
    summary = N_("Hearings: %(count)s; %(progress)s.")
    say(summary, count=len(rows), progress=_progress_text(result.progress), err=True)
    say(
        N_("Draft %(number)s: check and send it on the page %(url)s"),
        number=listing_id,
        url=f"{web.services().settings.public_url}/listings/{listing_id}",
        err=True,
    )
