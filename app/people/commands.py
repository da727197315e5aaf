"""Commands that manage courts, users and API tokens."""

import datetime as dt
import sys
from zoneinfo import ZoneInfo

import click

from app.core import web
from app.core.db import transaction
from app.core.db.schema_check import checked_app
from app.core.errors import N_
from app.core.terminal import gettext, say
from app.court import places
from app.court.change_log import ChangeAuthor
from app.people import service, tokens
from app.people.factors import service as factors
from app.people.models import ApiToken, User
from app.people.rules import ROLES, TokenScope
from app.people.single_sign_on import service as sign_on


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
    help="Country, for public holidays, with its part (ISO 3166-2) if needed: CN, GB-ENG.",
)
@click.option("--language", default="zh", show_default=True, help="Language: en or zh.")
@click.option("--short", default="", help="Short name, for text messages.")
@click.option("--phone", default="", help="Telephone number for callers.")
def add_court(name: str, zone: str, country: str, language: str, short: str, phone: str) -> None:
    """Add a court."""
    with checked_app().app_context(), transaction() as session:
        added = service.add_court(
            session, name, zone=zone, country=country, language=language, short=short, phone=phone
        )
        place = places.code_of(added.country, added.subdivision)
        hint = places.missing(added.country, added.subdivision, web.now().year)
        facts = {"name": added.name, "zone": added.zone, "language": added.language}
    words = N_("Court %(name)s is added: %(zone)s, %(country)s, %(language)s.")
    click.echo(gettext(words, country=place, **facts))
    if hint:
        say(N_("%(hint)s Choose it on the settings page."), hint=hint, err=True)


@click.group()
def user() -> None:
    """Users of a court."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES), help="Role in the court.")
@click.option("--court", "court_name", default="", help="The court, if there are several.")
@click.option("--name", default="", help="Name in messages.")
@click.option(
    "--language",
    default="",
    type=click.Choice(["", "en", "zh"]),
    help="Language of pages and messages; by default the court's.",
)
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
        facts = {"user": user.email, "role": role, "court": court.name}
    words = N_("User %(user)s (%(role)s) is added to %(court)s.")
    click.echo(gettext(words, **facts), err=bool(link))
    _show(link)


@user.command("link")
@click.argument("email")
def new_link(email: str) -> None:
    """Print a link with which a user sets a new password."""
    with checked_app().app_context(), transaction() as session:
        link = _link(service.find_user(session, email))
    _show(link)


@user.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a link with which an admin signs in once, while single sign-on does not work."""
    with checked_app().app_context(), transaction() as session:
        path = sign_on.open_way_in(session, service.find_user(session, email), web.now())
        link = web.services().settings.public_url + path
    say(N_("Open this link within fifteen minutes to sign in once:"), err=True)
    click.echo(link)


@user.command("reset-factors")
@click.argument("email")
def reset_factors(email: str) -> None:
    """Remove a user's second factors; they sign in with the password, and are told by mail."""
    with checked_app().app_context(), transaction() as session:
        found = service.find_user(session, email)
        factors.reset(session, ChangeAuthor(found.court_id, None, web.now()), found)
        name = found.email
    say(N_("The second factors of %(user)s are removed."), user=name)


def _password() -> str:
    try:
        password = sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError(gettext("The password on standard input is not in UTF-8.")) from None
    if not password:
        raise click.UsageError(gettext("There is no password on standard input."))
    return password


def _link(user: User) -> str:
    path = service.open_password_link(user, web.secret(), web.now())
    return web.services().settings.public_url + path


def _show(link: str) -> None:
    if link:
        say(N_("Open this link within seven days to set the password:"), err=True)
        click.echo(link)


@click.group()
def token() -> None:
    """Tokens with which programs use the API."""


@token.command("create")
@click.argument("email")
@click.option("--name", default="", help="Purpose of the token.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([each.value for each in TokenScope]),
    help="What it may do; may be given several times. By default all that the user may do.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day on which it works, such as 2027-03-31. By default it does not end.",
)
def create_token(email: str, name: str, scopes: tuple[str, ...], until: dt.datetime | None) -> None:
    """Create a token that acts as a user; it is printed once, alone on stdout."""
    with checked_app().app_context(), transaction() as session:
        owner = service.find_user(session, email)
        chosen = tokens.chosen_scopes(scopes, owner) if scopes else None
        ends_at = tokens.end_of_day(until.date() if until else None, owner)
        _, api_token = tokens.create(
            session, owner, name, web.now(), scopes=chosen, expires_at=ends_at
        )
    click.echo(api_token)


@token.command("list")
@click.argument("email")
def list_tokens(email: str) -> None:
    """List a user's tokens, newest first: scopes, last use and state of each."""
    with checked_app().app_context(), transaction() as session:
        for each in tokens.of_user(session, service.find_user(session, email)):
            created = f"{each.created_at:%Y-%m-%d}"
            used = f"{each.last_used_at:%Y-%m-%d}" if each.last_used_at else gettext("never used")
            scopes = tokens.stored(each.granted).replace(" ", ",")
            cells = (each.id, f"{each.hint}…", created, scopes, used, _state(each), each.name)
            click.echo("\t".join(map(str, cells)))


def _state(api_token: ApiToken) -> str:
    """Return whether a token can be used, and until when."""
    if api_token.revoked_at:
        return gettext("revoked %(day)s", day=f"{api_token.revoked_at:%Y-%m-%d}")
    if api_token.expires_at is None:
        return gettext("valid")
    zone = ZoneInfo(api_token.user.court.zone)
    last_day = (api_token.expires_at - dt.timedelta(minutes=1)).astimezone(zone)
    expired = api_token.has_expired(web.now())
    words = N_("expired after %(day)s") if expired else N_("valid until %(day)s")
    return gettext(words, day=f"{last_day:%Y-%m-%d}")


@token.command("revoke")
@click.argument("email")
@click.argument("number", type=int)
def revoke_token(email: str, number: int) -> None:
    """Revoke one of a user's tokens, by its number in the list."""
    with checked_app().app_context(), transaction() as session:
        tokens.revoke(session, service.find_user(session, email), number, web.now())
    say(N_("Token %(number)s is revoked."), number=number)
