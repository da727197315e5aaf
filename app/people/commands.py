"""Commands that manage courts, users and API tokens."""

import sys

import click

from app.core import web
from app.core.db import transaction
from app.core.db.schema_check import checked_app
from app.court import places
from app.people import service
from app.people.models import User
from app.people.rules import ROLES


@click.group()
def court() -> None:
    """Courts."""


@court.command("add")
@click.argument("name")
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="IANA time zone.")
@click.option(
    "--country",
    default="CN",
    show_default=True,
    help="Whose holidays; with its part (ISO 3166-2) where they differ: CN, GB-ENG.",
)
@click.option("--language", default="zh", show_default=True, help="en or zh.")
@click.option("--short", default="", help="A short name, for text messages.")
@click.option("--phone", default="", help="Where people can ring.")
def add_court(name: str, zone: str, country: str, language: str, short: str, phone: str) -> None:
    """Add a court."""
    with checked_app().app_context(), transaction() as session:
        added = service.add_court(
            session, name, zone=zone, country=country, language=language, short=short, phone=phone
        )
        place = places.code_of(added.country, added.subdivision)
        hint = places.missing(added.country, added.subdivision, web.now().year)
        message = f"Court {added.name} is added: {added.zone}, {place}, {added.language}."
    click.echo(message)
    if hint:
        click.echo(f"{hint} Choose it on the page of settings.", err=True)


@click.group()
def user() -> None:
    """People of a court who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--court", "court_name", default="", help="Needed where there are several.")
@click.option("--name", default="", help="How letters name them.")
@click.option("--language", default="", type=click.Choice(["", "en", "zh"]))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(
    email: str, role: str, court_name: str, name: str, language: str, password_stdin: bool
) -> None:
    """Add a user; without a password, print a link that sets one."""
    password = _password() if password_stdin else ""
    with checked_app().app_context(), transaction() as session:
        court = service.find_court(session, court_name)
        user = service.add_user(
            session,
            court,
            email,
            role=role,
            now=web.now(),
            name=name,
            password=password,
            language=language,
        )
        link = "" if password else _link(user)
        message = f"User {user.email} ({role}) is added to {court.name}."
    click.echo(message, err=bool(link))
    _show(link)


@user.command("link")
@click.argument("email")
def new_link(email: str) -> None:
    """Print a link by which a user sets a new password."""
    with checked_app().app_context(), transaction() as session:
        link = _link(service.find_user(session, email))
    _show(link)


def _password() -> str:
    try:
        password = sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError("The password on standard input is not UTF-8.") from None
    if not password:
        raise click.UsageError("No password came on standard input.")
    return password


def _link(user: User) -> str:
    path = service.open_password_link(user, web.secret(), web.now())
    return web.services().settings.public_url + path


def _show(link: str) -> None:
    if link:
        click.echo("Open this link within seven days to set the password:", err=True)
        click.echo(link)


@click.group()
def token() -> None:
    """Keys by which programs use the API."""


@token.command("create")
@click.argument("email")
@click.option("--name", default="", help="What it is for.")
def create_token(email: str, name: str) -> None:
    """Make a token that acts as a user; it is shown once, alone on stdout."""
    with checked_app().app_context(), transaction() as session:
        owner = service.find_user(session, email)
        api_token = service.create_token(session, owner, name[:100], web.now())
    click.echo(api_token)


@token.command("list")
@click.argument("email")
def list_tokens(email: str) -> None:
    """List a user's tokens, newest first."""
    with checked_app().app_context(), transaction() as session:
        for api_token in service.tokens_of(session, service.find_user(session, email)):
            state = f"revoked {api_token.revoked_at:%Y-%m-%d}" if api_token.revoked_at else "valid"
            created = f"{api_token.created_at:%Y-%m-%d}"
            click.echo(f"{api_token.id}\t{api_token.hint}…\t{created}\t{state}\t{api_token.name}")


@token.command("revoke")
@click.argument("email")
@click.argument("number", type=int)
def revoke_token(email: str, number: int) -> None:
    """End one of a user's tokens, by its number in the list."""
    with checked_app().app_context(), transaction() as session:
        service.revoke_token(session, service.find_user(session, email), number, web.now())
    click.echo(f"Token {number} is revoked.")
