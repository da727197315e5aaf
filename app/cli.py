"""The command line; usage errors are one sentence and exit status 2."""

import os
import sys
from typing import Any

import click

from app import __version__, create_app
from app.core import terminal, wording
from app.core.errors import N_, Invalid, Misconfigured, Refusal, message_of
from app.core.runtime.logs import one_line_error
from app.core.terminal import gettext, translated
from app.core.terminal.click_help import localized, usage_error
from app.core.terminal.deferred import DeferredCommand, DeferringGroup

USAGE_ERROR = 2  # exit status
# Fields that usage errors name.
FIELDS = (
    N_("country"),
    N_("court"),
    N_("email"),
    N_("encoding"),
    N_("file"),
    N_("language"),
    N_("name"),
    N_("password"),
    N_("phone"),
    N_("role"),
    N_("sheet"),
    N_("zone"),
)
# Every command whose module is imported when it is run.
COMMANDS = (
    DeferredCommand(
        "court", "app.people.commands:court", N_("Courts."), ("app.retention.commands:keep",)
    ),
    DeferredCommand("user", "app.people.commands:user", N_("Users of a court.")),
    DeferredCommand(
        "token", "app.people.commands:token", N_("Tokens with which programs use the API.")
    ),
    DeferredCommand(
        "record",
        "app.record.commands:record",
        N_("The record of contact."),
        (
            "app.retention.commands:erase",
            "app.evidence.witnesses.commands:witness",
            "app.evidence.witnesses.commands:statements",
            "app.evidence.witnesses.commands:compare",
        ),
    ),
    DeferredCommand(
        "import",
        "app.imports.commands:import_",
        N_("Import cases and hearings from CSV or XLSX: the whole file, or nothing."),
    ),
    DeferredCommand(
        "list-hearings",
        "app.listing.commands:list_hearings",
        N_("Find slots for all hearings of a file at once, as a draft to be sent on the page."),
    ),
    DeferredCommand(
        "backup",
        "app.operations.backup:backup",
        N_("Copy the embedded database to FILE while in use; with PostgreSQL print the command."),
    ),
    DeferredCommand(
        "restore",
        "app.operations.backup:restore",
        N_("Replace the embedded database by a backup; stop pages and worker first."),
    ),
    DeferredCommand("db", "flask_migrate.cli:db", N_("Perform database migrations.")),
    DeferredCommand("serve", "app.operations.commands:serve", N_("Serve the pages and the API.")),
    DeferredCommand(
        "worker",
        "app.operations.commands:worker",
        N_("Send due messages every few seconds until stopped."),
    ),
    DeferredCommand(
        "doctor",
        "app.operations.commands:doctor",
        N_("Check each setting and each external service, and say what to do."),
    ),
)


@click.group(
    cls=DeferringGroup, create_app=create_app, context_settings={"auto_envvar_prefix": None}
)
@click.version_option(__version__, prog_name="tingqi")
def cli() -> None:
    """Settle a court hearing's date with every lawyer by link, on the record."""


for command in COMMANDS:
    cli.add_command(command)


@cli.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=lambda: os.environ.get("PORT", 8000),
    help="Port on this machine; without it PORT, else 8000.",
)
@click.option("--fresh", is_flag=True, help="Start again; the demo's data is deleted.")
def demo(port: int, fresh: bool) -> None:
    """Run a small example court: pages, worker and local outbox in one process."""
    from app.demo import run

    run(port, fresh)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rehearse(as_json: bool) -> None:
    """Test this installation: import to cancellation, on a temporary database."""
    from app.rehearsal import run

    raise SystemExit(run(as_json))


def _field_errors(fault: Invalid) -> str:
    """Return the errors of all fields on one line, without full stops within it."""
    colon = wording.colon(terminal.language())
    texts = [
        # Other fields are called as in files and documents.
        (gettext(field) if field in FIELDS else field) + colon + translated(message)
        for field, message in fault.errors.items()
    ]
    separator = wording.semicolon(terminal.language())
    return separator.join([*(text.rstrip(".。") for text in texts[:-1]), *texts[-1:]])


def _usage_errors() -> tuple[type[Exception], ...]:
    """Return what is printed as one sentence; called, and SQLAlchemy imported, for errors only."""
    from sqlalchemy import exc

    ours = (Misconfigured, Refusal, Invalid)
    return (click.ClickException, *ours, OSError, exc.DatabaseError, exc.ArgumentError)


def sentence(fault: BaseException) -> str:
    """Return the sentence for a usage error, in the language of the command."""
    colon = wording.colon(terminal.language())
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        return usage_error(fault)
    if isinstance(fault, click.UsageError):
        return (fault.ctx.command_path + colon if fault.ctx else "") + usage_error(fault)
    if isinstance(fault, click.ClickException):
        return fault.format_message()
    if isinstance(fault, Invalid):
        return _field_errors(fault)
    from sqlalchemy import exc

    if isinstance(fault, exc.DBAPIError):
        return gettext("The database cannot be used: %(error)s", error=one_line_error(fault))
    if isinstance(fault, exc.ArgumentError):
        return gettext("TINGQI_DATABASE_URL is not the URL of a database.")
    if isinstance(fault, OSError):
        subject = fault.filename or gettext("The operating system reports")
        return f"{subject}{colon}{translated(terminal.system_error(fault))}"
    return translated(message_of(fault)) if isinstance(fault, Exception) else str(fault)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 success, 1 problem found, 2 usage error."""
    os.umask(0o077)  # instance/ contains personal data and keys
    terminal.tolerate_other_characters()
    with terminal.speaking(terminal.language_of_commands()):
        _run(arguments)


def _run(arguments: list[str] | None) -> None:
    try:
        status: Any = localized(cli).main(arguments, prog_name="tingqi", standalone_mode=False)
    except BrokenPipeError:
        # The reader is gone; flushing the buffer at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(130) from None
    except _usage_errors() as fault:
        click.echo(sentence(fault), err=True)
        raise SystemExit(USAGE_ERROR) from None
    raise SystemExit(status if isinstance(status, int) else 0)
