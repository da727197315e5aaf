"""Commands about retention: erase a case's contents, and set how long a court keeps them."""

import getpass

import click
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.db.schema_check import checked_app
from app.core.errors import N_, Refusal
from app.core.terminal import gettext, say
from app.people import service as people
from app.record.commands import cases_of
from app.retention import erasing

YEARS = 366 * 100


@click.command("erase")
@click.option("--case", "number", required=True, help="Case number.")
@click.option("--why", required=True, help="Reason; it is kept in the record.")
@click.option("--by", default="", help="Who decided it; by default the system user.")
@click.option("--names", is_flag=True, help="Erase names of parties and counsel and the title too.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
def erase(number: str, why: str, by: str, names: bool, yes: bool) -> None:
    """Erase addresses and contents of a case for ever; entries, times and outcomes are kept."""
    if not why.strip():
        raise click.UsageError(gettext("Give a reason: --why must not be empty."))
    by = by.strip() or getpass.getuser()
    with checked_app().app_context():
        cases = cases_of(db.session(), number)
        if len(cases) > 1:
            raise Refusal(N_("Several courts here have a case of that number."))
        case_id, case_number = cases[0]
        if not yes:
            words = N_("Erase addresses and contents of %(case)s for ever?")
            if names:
                words = N_("Erase names, addresses and contents of %(case)s for ever?")
            click.confirm(gettext(words, case=case_number), abort=True, err=True)
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
    words = N_("%(case)s: contents of %(count)s lines are erased, by %(user)s.")
    say(words, case=case_number, count=count, user=by)


@click.command("keep")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, YEARS), help="Days after the last hearing.")
@click.option("--for-ever", is_flag=True, help="Erase nothing automatically.")
@click.option(
    "--names/--keep-names",
    default=None,
    help="Whether to erase names of parties and counsel too; by default unchanged.",
)
def keep(name: str, days: int | None, for_ever: bool, names: bool | None) -> None:
    """Set how long a court keeps addresses and contents after a case's last hearing."""
    if (days is None) != for_ever:
        raise click.UsageError(gettext("Give either --days N or --for-ever."))

    def write(session: Session) -> tuple[str, bool]:
        court = people.find_court(session, name)
        court.keep_days = days
        if names is not None:
            court.erase_names = names
        return court.name, court.erase_names

    with checked_app().app_context():
        court_name, with_names = retrying(write)
    words = {
        (True, True): N_(
            "%(court)s keeps names, addresses and contents for %(days)s days after a case's last "
            "hearing."
        ),
        (True, False): N_(
            "%(court)s keeps addresses and contents for %(days)s days after a case's last hearing."
        ),
        (False, True): N_("%(court)s keeps names, addresses and contents for ever."),
        (False, False): N_("%(court)s keeps addresses and contents for ever."),
    }[days is not None, with_names]
    say(words, court=court_name, days=days)
