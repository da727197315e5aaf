"""`tingqi doctor`: check each setting and each external service, and name the remedy."""

import datetime as dt
import errno
import os
import tempfile
from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask

from app import config, create_app
from app.carriers import registry
from app.cases import queries
from app.config import Settings
from app.core import web, zones
from app.core.db import db, schema_check
from app.core.errors import Message, Misconfigured
from app.core.runtime import disk
from app.core.settings import shown
from app.court import places
from app.court.models import Court
from app.record import stray_rows
from app.record.models import Receipt
from app.sending import carrier_checks, receipts
from app.sending.carrier_checks import CarrierCheck
from app.worker import rezoning

PROBE = 64 * 1024  # bytes


def examine() -> Iterator[CarrierCheck]:
    """Yield the results of all checks; those that depend on a failed one are left out."""
    try:
        settings = config.read()
        app = create_app(settings)
    except Misconfigured as fault:
        yield _check("settings", False, str(fault))
        return
    if settings.unknown:
        text = f"{', '.join(settings.unknown)} in the environment: no setting of Tingqi's"
        yield _check("settings", False, text)
    else:
        yield _check("settings", True, "each is whole")
    yield from _carrier_settings(app)
    yield _instance(settings)
    yield _secret(settings)
    yield _public_url(app)
    yield _zones()
    yield from _carriers(app)
    database = _database(app)
    yield database
    if database.passed:
        with app.app_context():
            yield _courts()
            yield from _holidays()
            yield _doubles()
            yield from _stored_times()
            yield _guards()
            yield _unmatched()
            yield _worker(settings)
    schema_check.close_connections(app)


def _check(subject: str, passed: bool, text: str) -> CarrierCheck:
    return CarrierCheck(subject, passed, Message("%(text)s", text=text))


def _carrier_settings(app: Flask) -> Iterator[CarrierCheck]:
    """Yield the settings of each carrier that is set up, without secrets."""
    services: web.Services = app.extensions["tingqi"]
    in_use = {carrier.name for carrier in services.external.carriers}
    for name, group in services.settings.carriers.by_name.items():
        plugin = registry.plugins()[name]
        values = f"{plugin.label}: {shown(group, plugin.prefix)}"
        yield _check("settings", True, values if name in in_use else f"{values} (not in use)")


def _instance(settings: Settings) -> CarrierCheck:
    try:
        with tempfile.TemporaryFile(dir=settings.instance) as probe:
            probe.write(bytes(PROBE))  # an empty file can be created on a full disk
            probe.flush()
            os.fsync(probe.fileno())
        free = disk.nearly_full(settings.instance)
    except OSError as fault:
        do = "make room" if fault.errno == errno.ENOSPC else "make it the user's own"
        text = f"{settings.instance} cannot be written ({fault.strerror}): {do}"
        return _check("instance folder", False, text)
    if free:
        return _check("instance folder", False, f"its disk is {free}: make room")
    return _check("instance folder", True, f"{settings.instance} can be written")


def _secret(settings: Settings) -> CarrierCheck:
    file = settings.instance / "secret_key"
    if settings.embedded and file.exists() and file.stat().st_mode & 0o077:
        return _check("secret", False, f"others can read {file}: run `chmod 600` on it")
    return _check("secret", True, "set" if not file.exists() else f"kept in {file}")


def _public_url(app: Flask) -> CarrierCheck:
    services: web.Services = app.extensions["tingqi"]
    url = services.settings.public_url
    return carrier_checks.public_url(url, services.external.leave_the_machine)


def _zones() -> CarrierCheck:
    choice = zones.choose()
    text = [f"rules of {choice.used}"]
    for other in choice.unused:
        how = f"{other.version}, not newer" if other.version else "of no known version"
        text.append(f"this machine's own in {other.folder} are {how}, and are not used")
    return _check("time zones", True, "; ".join(text))


def _carriers(app: Flask) -> Iterator[CarrierCheck]:
    services: web.Services = app.extensions["tingqi"]
    settings = services.settings
    yield from carrier_checks.check_carriers(
        services.external, settings.carriers.mailbox.authserv, str(settings.outbox)
    )


def _database(app: Flask) -> CarrierCheck:
    try:
        schema_check.check(app)
        with app.app_context():
            engine = db.engine
            where = engine.url.render_as_string(hide_password=True)
    except Misconfigured as fault:
        return _check("database", False, str(fault))
    except sa.exc.SQLAlchemyError as fault:
        text = " ".join(str(getattr(fault, "orig", fault)).split())
        return _check("database", False, f"cannot be used ({text}): see TINGQI_DATABASE_URL")
    return _check("database", True, f"{where}, schema of this version")


def _courts() -> CarrierCheck:
    count = db.session.scalar(sa.select(sa.func.count(Court.id)))
    if not count:
        return _check("courts", False, "there is none yet: run `tingqi court add NAME`")
    return _check("courts", True, str(count))


def _holidays() -> Iterator[CarrierCheck]:
    """Yield the courts without a subdivision, in countries whose holidays differ by it."""
    for court in db.session.scalars(sa.select(Court).order_by(Court.id)):
        fault = places.missing(court.country, court.subdivision, web.now().year)
        if fault is not None:
            text = f"{court.name}: {fault} Choose it on the page of settings"
            yield _check("holidays", False, text)


def _doubles() -> CarrierCheck:
    names = queries.list_duplicates(db.session())
    if not names:
        return _check("names", True, "no case, judge or courtroom is there twice")
    text = (
        f"{', '.join(names)}: there twice, once with characters that nobody sees, so that a double "
        "booking of the two is not noticed: go on with the other one, and move what this one has"
    )
    return _check("names", False, text)


def _stored_times() -> Iterator[CarrierCheck]:
    with db.engine.connect() as connection:
        rules = rezoning.find_stale(connection)
    if rules.error:
        yield _check("stored times", False, str(rules.error))
    elif rules.courts:
        text = (
            f"those of {len(rules.courts)} of the courts are stored by other time zone rules; the "
            "next start of pages or worker stores them anew"
        )
        yield _check("stored times", True, text)


def _guards() -> CarrierCheck:
    missing = stray_rows.missing_guards(db.session())
    if missing:
        text = (
            f"the database does not guard it: {', '.join(missing[:5])} "
            f"{'is' if len(missing) == 1 else 'are'} missing or changed; run `tingqi record "
            "verify`, and go back to a backup that has them"
        )
        return _check("record", False, text)
    return _check("record", True, "the database refuses changes of it")


def _unmatched() -> CarrierCheck:
    """Count unmatched receipts; their contents are shown to the court they concern only."""
    count = db.session.scalar(sa.select(sa.func.count(Receipt.id)).where(receipts.unmatched()))
    text = f"{count} of carriers match no message here; what they say is blanked after 30 days"
    return _check("receipts", True, text)


def _worker(settings: Settings) -> CarrierCheck:
    patience = dt.timedelta(seconds=max(60.0, 3 * settings.beat_seconds))
    return carrier_checks.worker(db.session(), web.now(), patience)
