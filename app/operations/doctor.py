"""Look at each setting and each outside service: well or not, and what to do."""

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
    """Yield one finding after the other; what depends on something broken is left out."""
    try:
        settings = config.read()
        app = create_app(settings)
    except Misconfigured as fault:
        yield _found("settings", False, str(fault))
        return
    if settings.unknown:
        said = f"{', '.join(settings.unknown)} in the environment: no setting of Tingqi's"
        yield _found("settings", False, said)
    else:
        yield _found("settings", True, "each is whole")
    yield from _carrier_settings(app)
    yield _instance(settings)
    yield _secret(settings)
    yield _public_url(app)
    yield _zones()
    yield from _carriers(app)
    database = _database(app)
    yield database
    if database.well:
        with app.app_context():
            yield _courts()
            yield from _holidays()
            yield _doubles()
            yield from _stored_times()
            yield _guards()
            yield _unmatched()
            yield _worker(settings)
    schema_check.close_connections(app)


def _found(what: str, well: bool, said: str) -> CarrierCheck:
    return CarrierCheck(what, well, Message("%(said)s", said=said))


def _carrier_settings(app: Flask) -> Iterator[CarrierCheck]:
    """Yield the settings of each carrier that is set up, without secrets."""
    services: web.Services = app.extensions["tingqi"]
    in_use = {carrier.name for carrier in services.gateways.carriers}
    for name, group in services.settings.carriers.by_name.items():
        plugin = registry.plugins()[name]
        values = f"{plugin.label}: {shown(group, plugin.prefix)}"
        yield _found("settings", True, values if name in in_use else f"{values} (not in use)")


def _instance(settings: Settings) -> CarrierCheck:
    try:
        with tempfile.TemporaryFile(dir=settings.instance) as probe:
            probe.write(bytes(PROBE))  # on a full disk an empty file can still be made
            probe.flush()
            os.fsync(probe.fileno())
        few = disk.nearly_full(settings.instance)
    except OSError as fault:
        do = "make room" if fault.errno == errno.ENOSPC else "make it the user's own"
        said = f"{settings.instance} cannot be written ({fault.strerror}): {do}"
        return _found("instance folder", False, said)
    if few:
        return _found("instance folder", False, f"its disk is {few}: make room")
    return _found("instance folder", True, f"{settings.instance} can be written")


def _secret(settings: Settings) -> CarrierCheck:
    kept = settings.instance / "secret_key"
    if settings.embedded and kept.exists() and kept.stat().st_mode & 0o077:
        return _found("secret", False, f"others can read {kept}: run `chmod 600` on it")
    return _found("secret", True, "set" if not kept.exists() else f"kept in {kept}")


def _public_url(app: Flask) -> CarrierCheck:
    services: web.Services = app.extensions["tingqi"]
    url = services.settings.public_url
    return carrier_checks.public_url(url, services.gateways.leave_the_machine)


def _zones() -> CarrierCheck:
    choice = zones.choose()
    said = [f"rules of {choice.used}"]
    for other in choice.unused:
        how = f"{other.version}, not newer" if other.version else "of no known version"
        said.append(f"this machine's own in {other.folder} are {how}, and are not used")
    return _found("time zones", True, "; ".join(said))


def _carriers(app: Flask) -> Iterator[CarrierCheck]:
    services: web.Services = app.extensions["tingqi"]
    settings = services.settings
    yield from carrier_checks.check_carriers(
        services.gateways, settings.carriers.mailbox.authserv, str(settings.outbox)
    )


def _database(app: Flask) -> CarrierCheck:
    try:
        schema_check.check(app)
        with app.app_context():
            engine = db.engine
            where = engine.url.render_as_string(hide_password=True)
    except Misconfigured as fault:
        return _found("database", False, str(fault))
    except sa.exc.SQLAlchemyError as fault:
        said = " ".join(str(getattr(fault, "orig", fault)).split())
        return _found("database", False, f"cannot be used ({said}): see TINGQI_DATABASE_URL")
    return _found("database", True, f"{where}, schema of this version")


def _courts() -> CarrierCheck:
    count = db.session.scalar(sa.select(sa.func.count(Court.id)))
    if not count:
        return _found("courts", False, "there is none yet: run `tingqi court add NAME`")
    return _found("courts", True, str(count))


def _holidays() -> Iterator[CarrierCheck]:
    """Yield the courts of which a part of the country is missing whose holidays differ."""
    for court in db.session.scalars(sa.select(Court).order_by(Court.id)):
        fault = places.missing(court.country, court.subdivision, web.now().year)
        if fault is not None:
            said = f"{court.name}: {fault} Choose it on the page of settings"
            yield _found("holidays", False, said)


def _doubles() -> CarrierCheck:
    found = queries.list_duplicates(db.session())
    if not found:
        return _found("names", True, "no case, judge or courtroom is there twice")
    said = (
        f"{', '.join(found)}: there twice, once with characters that nobody sees, so that a double "
        "booking of the two is not noticed: go on with the other one, and move what this one has"
    )
    return _found("names", False, said)


def _stored_times() -> Iterator[CarrierCheck]:
    with db.engine.connect() as line:
        found = rezoning.find_stale(line)
    if found.error:
        yield _found("stored times", False, str(found.error))
    elif found.courts:
        said = (
            f"those of {len(found.courts)} of the courts are stored by other time zone rules; the "
            "next start of pages or worker stores them anew"
        )
        yield _found("stored times", True, said)


def _guards() -> CarrierCheck:
    missing = stray_rows.missing_guards(db.session())
    if missing:
        said = (
            f"the database does not guard it: {', '.join(missing[:5])} "
            f"{'is' if len(missing) == 1 else 'are'} missing or changed; run `tingqi record "
            "verify`, and go back to a backup that has them"
        )
        return _found("record", False, said)
    return _found("record", True, "the database refuses changes of it")


def _unmatched() -> CarrierCheck:
    """Count what matches nothing; what it says is shown to no one but the court that it names."""
    count = db.session.scalar(sa.select(sa.func.count(Receipt.id)).where(receipts.unmatched()))
    said = f"{count} of carriers match no message here; what they say is blanked after 30 days"
    return _found("receipts", True, said)


def _worker(settings: Settings) -> CarrierCheck:
    patience = dt.timedelta(seconds=max(60.0, 3 * settings.beat_seconds))
    return carrier_checks.worker(db.session(), web.now(), patience)
