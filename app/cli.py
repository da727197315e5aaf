"""The command line; usage errors are one sentence and exit status 2."""

import logging
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate.cli import db as database_commands

from app import __version__, create_app
from app.core.db.schema_check import checked_app, close_connections
from app.core.errors import Invalid, Misconfigured, Refusal
from app.core.runtime import gc_tuning
from app.core.runtime.logs import configure_logging, one_line_error
from app.imports.commands import import_
from app.listing.commands import list_hearings
from app.operations.backup import backup, restore
from app.people.commands import court, token, user
from app.record.commands import record
from app.retention.commands import erase, keep

USAGE_ERROR = 2  # exit status
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
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(bind: str, workers: int) -> None:
    """Serve the pages and the API."""
    app = checked_app()
    close_connections(app)
    _check_address(bind)
    _start_log(app)
    click.echo(f"Serving on {bind if '://' in bind else f'http://{bind}'}; Ctrl-C stops.", err=True)
    _serve(bind, workers, click.get_current_context().find_root().obj.create_app)


def _serve(bind: str, workers: int, new_app: Callable[[], Flask]) -> None:
    from gunicorn.app.base import BaseApplication

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
        raise click.BadParameter(f"{bind!r} is no address and port.", param_hint="--bind")
    if not isinstance(address, tuple):
        return
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        socket.create_server(address, family=family).close()
    except (OSError, OverflowError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise click.BadParameter(
            f"{bind} cannot be used: {reason}.", param_hint="--bind"
        ) from fault


@cli.command(with_appcontext=False)
@click.option("--once", is_flag=True, help="Do all that is due now, then exit.")
def worker(once: bool) -> None:
    """Send what is due, every few seconds, until told to stop."""
    from app.worker import beat as beats
    from app.worker import jobs

    app = checked_app()
    _start_log(app)
    if once:
        click.echo(f"{beats.beat(app)} messages were tried.", err=True)
        while beats.process_file(app):
            pass
        return
    click.echo("The worker beats; Ctrl-C stops.", err=True)
    jobs.run(app)


def _start_log(app: Flask) -> None:
    """Configure logging, and warn of unknown settings, which may be misspelled."""
    configure_logging()
    for name in app.extensions["tingqi"].settings.unknown:
        log.warning("%s is set in the environment, and is no setting of Tingqi", name)


@cli.command(with_appcontext=False)
@click.option("--port", type=click.IntRange(1, 65535), default=lambda: os.environ.get("PORT", 8000))
@click.option("--fresh", is_flag=True, help="Start anew; what the demo holds is thrown away.")
def demo(port: int, fresh: bool) -> None:
    """Show a small court: pages, worker and local outbox in one process."""
    from app.demo import run

    run(port, fresh)


@cli.command(with_appcontext=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rehearse(as_json: bool) -> None:
    """Walk the main job end to end on a throw-away database, with local stand-ins."""
    from app.rehearsal import run

    raise SystemExit(run(as_json))


@cli.command(with_appcontext=False)
def doctor() -> None:
    """Check each setting and each outside service, and say what to do."""
    from app.operations.doctor import examine

    checks = list(examine())
    for check in checks:
        click.echo(f"{'ok' if check.passed else 'PROBLEM':<8}{check.subject}: {check.message}")
    raise SystemExit(0 if all(check.passed for check in checks) else 1)


def sentence(fault: BaseException) -> str:
    """Return the sentence for a usage error."""
    if isinstance(fault, click.UsageError):
        prefix = f"{fault.ctx.command_path}: " if fault.ctx else ""
        return prefix + " ".join(fault.format_message().split())
    if isinstance(fault, click.ClickException):
        return fault.format_message()
    if isinstance(fault, Invalid):
        return "; ".join(f"{field}: {message}" for field, message in fault.errors.items())
    if isinstance(fault, sa.exc.DBAPIError):
        return f"The database cannot be used: {one_line_error(fault)}"
    if isinstance(fault, sa.exc.ArgumentError):
        return "TINGQI_DATABASE_URL is no database address."
    if isinstance(fault, OSError):
        return f"{fault.filename or 'The machine says'}: {fault.strerror or fault}"
    return str(fault)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 success, 1 problem found, 2 usage error."""
    os.umask(0o077)  # instance/ contains personal data and keys
    try:
        status: Any = cli.main(arguments, prog_name="tingqi", standalone_mode=False)
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
