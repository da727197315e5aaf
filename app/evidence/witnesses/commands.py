"""Commands of a witness: follow another court's days, print what was seen, compare two witnesses.

A witness needs no court: a folder (TINGQI_INSTANCE) is enough, with its own key and database.
"""

import json
import threading
from pathlib import Path
from typing import Any

import click

from app.core.db import db
from app.core.db.schema_check import checked_app
from app.core.errors import N_, Message, Misconfigured, Refusal
from app.core.settings import web_address
from app.core.terminal import say, write_data
from app.core.web import Services
from app.core.web_client.direct_http import DirectClient
from app.core.web_client.guarded_http import FetchFailed
from app.evidence import signing_keys
from app.evidence.witnesses import following
from app.evidence.witnesses.following import PUBLISHED, FollowedCourt, FollowedDays, Rewritten
from app.evidence.witnesses.rules import NotFollowed
from app.record import standalone_verifier

CONVICTED, AWAY = 1, 2
EVERY_SECONDS = 3600
AT_ONCE = 500  # statements that are read from the database at once


@click.command("witness")
@click.argument("url")
@click.option(
    "--court", "number", type=click.IntRange(1), default=1, help="The court's number there."
)
@click.option("--key", "keys", multiple=True, help="The court's key, as the court itself told you.")
@click.option("--once", is_flag=True, help="Look once, and end; otherwise once an hour.")
@click.option("--quiet", is_flag=True, help="Print only what is wrong.")
def witness(url: str, number: int, keys: tuple[str, ...], once: bool, quiet: bool) -> None:
    """Follow the sealed days of another court, and sign and keep what it shows.

    The exit status is 1 if it shows a day otherwise than before, 2 if it cannot be followed.
    """
    try:
        address = web_address("URL", url.removesuffix(PUBLISHED))
    except Misconfigured as fault:
        raise Refusal(fault.message.words, **fault.message.facts) from None
    court = FollowedCourt(address, number, [key.lower() for key in keys])
    app = checked_app()
    services: Services = app.extensions["tingqi"]
    with app.app_context():
        key = signing_keys.current(services.settings.signing_key, services.external.clock.now())
        status = _look(court, key, services, quiet)
        while not once and status != CONVICTED:
            threading.Event().wait(EVERY_SECONDS)
            status = _look(court, key, services, quiet)
    raise SystemExit(status)


def _look(
    court: FollowedCourt, key: signing_keys.SigningKey, services: Services, quiet: bool
) -> int:
    """Follow a court once, print what was found, and return the exit status."""
    try:
        found = following.follow(court, DirectClient(), key, services.external.clock.now)
    except (FetchFailed, NotFollowed) as fault:
        error = fault.message if isinstance(fault, NotFollowed) else Message(str(fault))
        words = N_("%(address)s cannot be followed, nothing was kept: %(error)s")
        say(words, address=court.address, error=error, err=True)
        return AWAY
    if found.rewritten:
        _print_conviction(court, found)
        return CONVICTED
    if found.trust == "new key" and found.last is not None:
        words = N_("%(address)s signs with another key since: %(key)s. Ask the court about it.")
        say(words, address=court.address, key=found.last.key)
    if quiet:
        return 0
    if found.last is None:
        say(N_("%(address)s has no sealed day yet."), address=court.address)
        return 0
    words = N_("%(address)s: %(count)s new days, signed; the last is day %(day)s of %(on)s")
    last = found.last
    say(words, address=court.address, count=found.new, day=last.number, on=last.on)
    say(N_("  head %(hash)s, signed by the court with key %(key)s"), hash=last.hash, key=last.key)
    if found.trust == "first sight":
        say(N_("  This key was seen here for the first time: compare it with what the court says."))
    return 0


def _print_conviction(court: FollowedCourt, found: FollowedDays) -> None:
    first = found.rewritten[0]
    words = N_("REWRITTEN: %(address)s shows another history than before, from day %(day)s on.")
    say(words, address=court.address, day=first.number)
    for each in dict.fromkeys((0, len(found.rewritten) - 1)):
        _print_heads(found.rewritten[each])
    say(N_("All heads were signed by the court: `tingqi record statements` prints the evidence."))


def _print_heads(day: Rewritten) -> None:
    seen = day.seen["day"]
    facts = {"hash": seen["hash"], "key": seen["key"], "at": day.seen["seen_at"]}
    say(N_("day %(day)s of %(on)s:"), day=day.number, on=seen["on"])
    say(N_("  seen %(at)s: %(hash)s, signed with key %(key)s"), **facts)
    if day.shown is None:
        say(N_("  now: the day is gone"))
        return
    shown = day.shown["day"]
    facts = {"hash": shown["hash"], "key": shown["key"], "at": day.shown["seen_at"]}
    say(N_("  seen %(at)s: %(hash)s, signed with key %(key)s"), **facts)


@click.command("statements")
@click.option("--about", default="", help="Only about the court at this address.")
def statements(about: str) -> None:
    """Print what was seen of other courts' days, signed by them and by this installation."""
    with checked_app(make=False).app_context():
        separator, after = "", 0
        write_data('{"statements": [')
        address = about.removesuffix(PUBLISHED).rstrip("/")
        while rows := following.published(db.session(), after, AT_ONCE, address):
            for row in rows:
                write_data(f"{separator}\n{row.statement}")
                separator, after = ",", row.id
        write_data("\n]}\n")


@click.command("compare")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
def compare(files: tuple[str, ...]) -> None:
    """Compare what several witnesses saw; the exit status is 1 if a court showed two histories."""
    found: list[dict[str, Any]] = []
    for name in files:
        try:
            value = json.loads(Path(name).read_text(encoding="utf-8"))
            found += value.get("statements", [value])
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            raise Refusal(N_("%(file)s holds no statements of a witness."), file=name) from None
    try:
        status, lines = standalone_verifier.check_statements(found, [], [])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(N_("These files hold no statements of witnesses.")) from None
    click.echo("\n".join(lines))
    raise SystemExit(status)
