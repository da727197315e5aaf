"""The command line; usage errors are one sentence and exit status 2."""

import logging
import os
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate.cli import db as database_commands

from app import __version__, config, create_app
from app.core import terminal, wording
from app.core.db.schema_check import checked_app, close_connections
from app.core.errors import N_, Invalid, Misconfigured, Refusal, message_of
from app.core.runtime import gc_tuning
from app.core.runtime.logs import configure_logging, one_line_error
from app.core.terminal import gettext, layout, say, translated
from app.core.terminal.click_help import localized, usage_error
from app.imports.commands import import_
from app.listing.commands import list_hearings
from app.operations.backup import backup, restore
from app.people.commands import court, token, user
from app.record.commands import record
from app.retention.commands import erase, keep
from app.storage import staged_uploads

USAGE_ERROR = 2  # exit status
PASSED_WIDTH = 8  # columns
SILENCE = 30  # seconds for which a client may send and take nothing
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
log = logging.getLogger("tingqi")


class TingqiGroup(FlaskGroup):
    """Flask's command group with our own commands only."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command; unlike Flask, without creating the app to look it up."""
        return click.Group.get_command(self, ctx, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands; `--help` works without any configuration."""
        return click.Group.list_commands(self, ctx)


@click.group(
    cls=TingqiGroup,
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
    context_settings={"auto_envvar_prefix": None},
)
@click.version_option(__version__, prog_name="tingqi")
def cli() -> None:
    """Settle a court hearing's date with every lawyer by link, on the record."""


# Drop Flask's options that choose an app.
cli.params = [param for param in cli.params if param.name == "version"]
record.add_command(erase)
court.add_command(keep)
COMMANDS = (court, user, token, record, import_, list_hearings, backup, restore, database_commands)
for command in COMMANDS:
    cli.add_command(command)


@cli.command(with_appcontext=False)
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Number of processes.",
)
def serve(bind: str, workers: int) -> None:
    """Serve the pages and the API."""
    app = checked_app()
    close_connections(app)
    _check_address(bind)
    _start_log(app)
    address = bind if "://" in bind else f"http://{bind}"
    say(N_("Serving on %(address)s. Press Ctrl-C to stop."), address=address, err=True)
    _serve(bind, workers, click.get_current_context().find_root().obj.create_app)


def _serve(bind: str, workers: int, new_app: Callable[[], Flask]) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.http.unreader import SocketUnreader

    # Of each body the server keeps some copies of what it received at once; by default 1 MB.
    SocketUnreader.max_body_chunk = staged_uploads.PIECE

    class GunicornApp(BaseApplication):
        """Gunicorn application; each process creates its own app."""

        def load_config(self) -> None:
            """Configure gunicorn; no access log, since paths contain keys."""
            for name, value in {
                "bind": bind,
                "workers": workers,
                "worker_class": "gthread",
                "threads": 4,
                "timeout": 60,
                "graceful_timeout": 30,
                "accesslog": None,
                "loglevel": "warning",
                "proc_name": "tingqi",
                "control_socket_disable": True,
                "when_ready": _limit_silence,
                "worker_exit": _close_sockets,
            }.items():
                if name in self.cfg.settings:  # an older gunicorn has no control socket to disable
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            """Return the app."""
            app = new_app()
            gc_tuning.tune()
            return app

    GunicornApp().run()


def _limit_silence(server: Any) -> None:
    """End connections on which a client neither sends nor takes anything for SILENCE seconds.

    A thread waits for the rest of a request, of which a client that stalls would hold one for ever.
    gunicorn has no such setting for threads: its ``timeout`` ends processes that hang. Connections
    inherit these options of the socket that accepts them, before a process does.
    """
    limit = struct.pack("ll", SILENCE, 0)  # a timeval
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, limit)


def _close_sockets(_server: Any, process: Any) -> None:
    for listener in process.sockets:
        listener.close()


def _check_address(bind: str) -> None:
    """Raise BadParameter if the address cannot be bound, instead of gunicorn's traceback."""
    from gunicorn.util import parse_address

    try:
        address = parse_address(bind)
    except RuntimeError:
        address = None
    if not bind.strip() or not address:
        raise click.BadParameter(
            gettext("%(bind)s is not an address with a port.", bind=repr(bind)), param_hint="--bind"
        )
    if not isinstance(address, tuple):
        return
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        socket.create_server(address, family=family).close()
    except (OSError, OverflowError) as fault:
        reason = (
            terminal.system_error(fault) if isinstance(fault, OSError) else str(fault).rstrip(".")
        )
        raise click.BadParameter(
            gettext("%(bind)s cannot be used: %(error)s.", bind=bind, error=reason),
            param_hint="--bind",
        ) from fault


@cli.command(with_appcontext=False)
@click.option("--once", is_flag=True, help="Send what is due now, then exit.")
def worker(once: bool) -> None:
    """Send due messages every few seconds until stopped."""
    from app.worker import beat as beats
    from app.worker import jobs

    app = checked_app()
    _start_log(app)
    if once:
        say(N_("Messages tried: %(count)s."), count=beats.beat(app), err=True)
        beats.scan_papers(app)
        beats.read_papers(app)
        while beats.process_file(app):
            pass
        return
    say(N_("The worker is running. Press Ctrl-C to stop."), err=True)
    jobs.run(app)


def _start_log(app: Flask) -> None:
    """Configure logging, and warn of unknown settings, which may be misspelled."""
    configure_logging()
    for name in app.extensions["tingqi"].settings.unknown:
        log.warning("%s is set in the environment, but is not a setting of Tingqi", name)


@cli.command(with_appcontext=False)
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


@cli.command(with_appcontext=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rehearse(as_json: bool) -> None:
    """Test this installation: import to cancellation, on a temporary database."""
    from app.rehearsal import run

    raise SystemExit(run(as_json))


@cli.command(with_appcontext=False)
def doctor() -> None:
    """Check each setting and each external service, and say what to do."""
    from app.operations.doctor import examine

    checks = list(examine())
    for check in checks:
        state = gettext("ok") if check.passed else gettext("PROBLEM")
        subject = gettext(check.subject) + wording.colon(terminal.language())
        click.echo(layout.padded(state, PASSED_WIDTH) + subject + translated(check.message))
    raise SystemExit(0 if all(check.passed for check in checks) else 1)


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
    if isinstance(fault, sa.exc.DBAPIError):
        return gettext("The database cannot be used: %(error)s", error=one_line_error(fault))
    if isinstance(fault, sa.exc.ArgumentError):
        return gettext("TINGQI_DATABASE_URL is not the URL of a database.")
    if isinstance(fault, OSError):
        subject = fault.filename or gettext("The operating system reports")
        return f"{subject}{colon}{translated(terminal.system_error(fault))}"
    return translated(message_of(fault)) if isinstance(fault, Exception) else str(fault)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 success, 1 problem found, 2 usage error."""
    os.umask(0o077)  # instance/ contains personal data and keys
    terminal.tolerate_other_characters()
    with terminal.speaking(config.language_of_commands()):
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
    except (
        click.ClickException,
        Misconfigured,
        Refusal,
        Invalid,
        OSError,
        sa.exc.OperationalError,
        sa.exc.DatabaseError,
        sa.exc.ArgumentError,
    ) as fault:
        click.echo(sentence(fault), err=True)
        raise SystemExit(USAGE_ERROR) from None
    raise SystemExit(status if isinstance(status, int) else 0)
