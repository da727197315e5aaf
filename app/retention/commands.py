"""Commands about retention: erase a case's contents, and set how long a court keeps them."""

import getpass

import click
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.db.schema_check import checked_app
from app.core.errors import N_, Refusal
from app.people import service as people
from app.record.commands import cases_of
from app.retention import erasing

YEARS = 366 * 100


@click.command("erase")
@click.option("--case", "number", required=True, help="A case number.")
@click.option("--why", required=True, help="The reason; it stays in the record.")
@click.option("--by", default="", help="Who decided it; unless said, the account that runs this.")
@click.option(
    "--names", is_flag=True, help="Erase the names of parties and counsel and the title as well."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(number: str, why: str, by: str, names: bool, yes: bool) -> None:
    """Blank addresses and contents of a case for ever; lines, times and outcomes stay."""
    if not why.strip():
        raise click.UsageError("Say why: --why must hold a reason.")
    by = by.strip() or getpass.getuser()
    with checked_app().app_context():
        cases = cases_of(db.session(), number)
        if len(cases) > 1:
            raise Refusal(N_("Several courts here have a case of that number."))
        case_id, case_number = cases[0]
        if not yes:
            scope = "names, addresses and contents" if names else "addresses and contents"
            click.confirm(f"Blank {scope} of {case_number} for ever?", abort=True, err=True)
        count = retrying(
            lambda session: erasing.erase(
                session,
                session.get_one(Case, case_id),
                by=by[:200],
                why=why.strip()[:1000],
                now=web.now(),
                names=names,
            )
        )
    click.echo(f"{case_number}: contents of {count} lines are blanked, by {by}.")


@click.command("keep")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, YEARS), help="After the last hearing.")
@click.option("--for-ever", is_flag=True, help="Blank nothing of itself.")
@click.option(
    "--names/--keep-names",
    default=None,
    help="Whether names of parties and counsel go too; else as before.",
)
def keep(name: str, days: int | None, for_ever: bool, names: bool | None) -> None:
    """Set how long a court keeps addresses and contents of a case that is over."""
    if (days is None) != for_ever:
        raise click.UsageError("Say either --days N or --for-ever.")

    def write(session: Session) -> str:
        court = people.find_court(session, name)
        court.keep_days = days
        if names is not None:
            court.erase_names = names
        kept = "names, addresses and contents" if court.erase_names else "addresses and contents"
        return f"{court.name} keeps {kept}"

    with checked_app().app_context():
        sentence = retrying(write)
    until = f"for {days} days after a case's last hearing" if days else "for ever"
    click.echo(f"{sentence} {until}.")
