"""Look at each setting and each outside service: well or not, and what to do."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from app import config, create_app, schema, web
from app.config import Misconfigured, Settings
from app.db import db
from app.gateways import Carrier
from app.notices.models import Worker
from app.people.models import Court

LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is well, and what to say of it."""

    what: str
    well: bool
    said: str


def examine() -> Iterator[Finding]:
    """Yield one finding after the other; what depends on something broken is left out."""
    try:
        settings = config.read()
        app = create_app(settings)
    except Misconfigured as fault:
        yield Finding("settings", False, str(fault))
        return
    yield Finding("settings", True, "each is whole")
    yield _instance(settings)
    yield _secret(settings)
    yield _public_url(settings)
    yield from _carriers(app)
    database = _database(app)
    yield database
    if database.well:
        with app.app_context():
            yield _courts()
            yield _worker(settings)
    schema.hang_up(app)


def _instance(settings: Settings) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=settings.instance):
            pass
    except OSError as fault:
        said = f"{settings.instance} cannot be written ({fault.strerror}): make it the user's own"
        return Finding("instance folder", False, said)
    return Finding("instance folder", True, f"{settings.instance} can be written")


def _secret(settings: Settings) -> Finding:
    kept = settings.instance / "secret_key"
    if settings.embedded and kept.exists() and kept.stat().st_mode & 0o077:
        return Finding("secret", False, f"others can read {kept}: run `chmod 600` on it")
    return Finding("secret", True, "set" if not kept.exists() else f"kept in {kept}")


def _public_url(settings: Settings) -> Finding:
    url, what = settings.public_url, "public URL"
    is_local = urlsplit(url).hostname in LOCAL
    if is_local and (settings.smtp_url or settings.twilio_account_sid):
        said = (
            f"{url} is this machine only, but messages go out: "
            "set TINGQI_PUBLIC_URL to what counsel can open"
        )
        return Finding(what, False, said)
    if not is_local and not url.startswith("https"):
        return Finding(what, False, f"{url} is not https: links are keys and would travel open")
    return Finding(what, True, url + (" (this machine only)" if is_local else ""))


def _carriers(app: Flask) -> Iterator[Finding]:
    house: web.House = app.extensions["tingqi"]
    for what, carrier in (("mail", house.gateways.email), ("text messages", house.gateways.sms)):
        yield _carrier(what, carrier, house.settings)
    yield _mailbox(house)


def _mailbox(house: web.House) -> Finding:
    what, mailbox = "replies by mail", house.gateways.mailbox
    if mailbox is None:
        return Finding(what, True, "not read (TINGQI_IMAP_URL is unset)")
    if fault := mailbox.check():
        return Finding(what, False, fault)
    trusted = house.settings.mail_authserv
    if not trusted:
        said = (
            f"{mailbox.name} is read, but each reply must be confirmed by link: set "
            "TINGQI_MAIL_AUTHSERV to the name that your server writes in Authentication-Results"
        )
        return Finding(what, True, said)
    return Finding(what, True, f"{mailbox.name} is read; senders are vouched for by {trusted}")


def _carrier(what: str, carrier: Carrier, settings: Settings) -> Finding:
    fault = carrier.check()
    if fault:
        return Finding(what, False, fault)
    where = f"to the local outbox, {settings.outbox}" if carrier.name == "outbox" else carrier.name
    return Finding(what, True, where)


def _database(app: Flask) -> Finding:
    try:
        schema.check(app)
        with app.app_context():
            engine = db.engine
            where = engine.url.render_as_string(hide_password=True)
    except Misconfigured as fault:
        return Finding("database", False, str(fault))
    except sa.exc.SQLAlchemyError as fault:
        said = " ".join(str(getattr(fault, "orig", fault)).split())
        return Finding("database", False, f"cannot be used ({said}): see TINGQI_DATABASE_URL")
    return Finding("database", True, f"{where}, schema of this version")


def _courts() -> Finding:
    count = db.session.scalar(sa.select(sa.func.count(Court.id)))
    if not count:
        return Finding("courts", False, "there is none yet: run `tingqi court add NAME`")
    return Finding("courts", True, str(count))


def _worker(settings: Settings) -> Finding:
    heard = db.session.scalar(sa.select(sa.func.max(Worker.beat_at)))
    if heard is None:
        return Finding("worker", False, "none was ever heard, nothing is sent: run `tingqi worker`")
    ago = (web.now() - heard).total_seconds()
    patience = max(60.0, 3 * settings.beat_seconds)
    said = f"last heard {dt.timedelta(seconds=round(ago))} ago"
    if ago > patience:
        return Finding("worker", False, f"{said}, nothing is sent: run `tingqi worker`")
    return Finding("worker", True, said)
