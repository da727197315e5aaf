"""`tingqi doctor`: check each setting and each external service, and name the remedy."""

import datetime as dt
import errno
import os
import tempfile
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import config, create_app, storage
from app.carriers import registry
from app.cases import queries
from app.config import Settings
from app.core import web, zones
from app.core.db import db, schema_check
from app.core.errors import N_, Message, Misconfigured
from app.core.runtime import disk
from app.core.runtime.clock import SystemClock
from app.core.settings import shown
from app.core.terminal import system_error
from app.core.web_client.guarded_http import FetchFailed
from app.court import places
from app.court.models import Court
from app.evidence import signing_keys
from app.people.factors import service as factors
from app.people.single_sign_on.checks import check_provider
from app.record import stray_rows
from app.record.models import Receipt
from app.record.time_stamps import asking
from app.record.time_stamps.verifying import StampRefused
from app.sending import carrier_checks, receipts
from app.sending.carrier_checks import CarrierCheck
from app.storage import clamd
from app.worker import rezoning

PROBE = 64 * 1024  # bytes
# Subjects of several results.
SETTINGS, FOLDER, SECRET = N_("settings"), N_("instance folder"), N_("secret")
SIGNING_KEY, SINGLE_SIGN_ON = N_("signing key"), N_("single sign-on")
TIME_STAMPS = N_("time stamps")
PAPERS, SCANNER = N_("papers"), N_("scanner of papers")
DATABASE, NAMES, RECORD = N_("database"), N_("names"), N_("record")
STORED_TIMES = N_("stored times")


def examine() -> Iterator[CarrierCheck]:
    """Yield the results of all checks; those that depend on a failed one are left out."""
    try:
        settings = config.read()
        app = create_app(settings)
    except Misconfigured as fault:
        yield CarrierCheck(SETTINGS, False, fault.message)
        return
    if settings.unknown:
        text = N_("%(names)s in the environment: not a setting of Tingqi")
        yield _check(SETTINGS, False, text, names=list(settings.unknown))
    else:
        yield _check(SETTINGS, True, N_("complete"))
    yield from _carrier_settings(app)
    yield _instance(settings)
    yield _papers(app)
    yield _scanner(settings)
    yield _secret(settings)
    yield _signing_key(settings)
    yield _time_stamps(settings)
    yield _public_url(app)
    yield _single_sign_on(app)
    yield _zones()
    yield from _carriers(app)
    database = _database(app)
    yield database
    if database.passed:
        with app.app_context():
            yield _sealed(settings)
            yield _courts()
            yield from _holidays()
            yield _doubles()
            yield from _stored_times()
            yield _guards()
            yield _unmatched()
            yield _worker(settings)
    schema_check.close_connections(app)


def _check(subject: str, passed: bool, words: str, /, **facts: Any) -> CarrierCheck:
    return CarrierCheck(subject, passed, Message(words, **facts))


def _carrier_settings(app: Flask) -> Iterator[CarrierCheck]:
    """Yield the settings of each carrier that is set up, without secrets."""
    services: web.Services = app.extensions["tingqi"]
    in_use = {carrier.name for carrier in services.external.carriers}
    for name, group in services.settings.carriers.by_name.items():
        plugin = registry.plugins()[name]
        words = "%(carrier)s: %(settings)s"
        if name not in in_use:
            words = N_("%(carrier)s: %(settings)s (not in use)")
        facts = {"carrier": Message(plugin.label), "settings": shown(group, plugin.prefix)}
        yield _check(SETTINGS, True, words, **facts)


def _instance(settings: Settings) -> CarrierCheck:
    try:
        with tempfile.TemporaryFile(dir=settings.instance) as probe:
            probe.write(bytes(PROBE))  # an empty file can be created on a full disk
            probe.flush()
            os.fsync(probe.fileno())
        free = disk.nearly_full(settings.instance)
    except OSError as fault:
        words = N_(
            "%(folder)s cannot be written to (%(error)s): change its owner to the user who runs "
            "Tingqi"
        )
        if fault.errno == errno.ENOSPC:
            words = N_("%(folder)s cannot be written to (%(error)s): free some space")
        facts = {"folder": settings.instance, "error": system_error(fault)}
        return _check(FOLDER, False, words, **facts)
    if free:
        return _check(FOLDER, False, N_("its disk is %(state)s: free some space"), state=free)
    return _check(FOLDER, True, N_("%(folder)s can be written to"), folder=settings.instance)


def _papers(app: Flask) -> CarrierCheck:
    """Check that files can be stored, and that the next filing has room."""
    store = storage.of_app(app)
    try:
        low = store.check()
    except OSError as fault:
        words = N_("%(place)s cannot be written to (%(error)s): check TINGQI_PAPERS")
        return _check(PAPERS, False, words, place=str(store), error=system_error(fault))
    if low:
        return _check(PAPERS, False, N_("its disk is %(state)s: free some space"), state=low)
    services: web.Services = app.extensions["tingqi"]
    limits = services.settings.paper_limits
    words = N_(
        "%(folder)s can be written to; %(file)s a file, %(papers)s papers and %(filing)s a filing"
    )
    facts = {"file": limits.file_text, "papers": limits.items, "filing": limits.filing_text}
    return _check(PAPERS, True, words, folder=str(store), **facts)


def _scanner(settings: Settings) -> CarrierCheck:
    """Check that the scanner of papers can be reached, where one is set up."""
    place = settings.storage.clamd
    if not place:
        words = N_("not set up: papers are not scanned for malware, and each says so")
        return CarrierCheck(SCANNER, True, Message(words), configured=False)
    try:
        return _check(SCANNER, True, "%(version)s", version=clamd.version(place))
    except clamd.ScannerAway as fault:
        words = N_(
            "%(place)s cannot be reached (%(error)s): start clamd, or check TINGQI_CLAMD. Papers "
            "are filed, and nobody else can open them before they are scanned"
        )
        return _check(SCANNER, False, words, place=place, error=str(fault))


def _secret(settings: Settings) -> CarrierCheck:
    file = settings.instance / "secret_key"
    if settings.embedded and file.exists() and file.stat().st_mode & 0o077:
        words = N_("other users can read %(file)s: run %(command)s")
        return _check(SECRET, False, words, file=file, command=f"`chmod 600 {file}`")
    if file.exists():
        return _check(SECRET, True, N_("stored in %(file)s"), file=file)
    return _check(SECRET, True, N_("set"))


def _sealed(settings: Settings) -> CarrierCheck:
    """Check that the secrets of authenticator apps open under the secret key."""
    count = factors.unreadable_apps(db.session(), settings.secret_key)
    if count:
        words = N_(
            "the secrets of %(count)s authenticator apps were sealed with another secret key: put "
            "it back, or let these users set up their apps anew"
        )
        return _check(SECRET, False, words, count=count)
    return _check(SECRET, True, N_("opens the secrets of authenticator apps"))


def _signing_key(settings: Settings) -> CarrierCheck:
    """Check that receipts can be signed, and that nobody else can sign them."""
    file = settings.signing_key
    try:
        signing_keys.load(file)
    except Misconfigured as fault:
        return CarrierCheck(SIGNING_KEY, False, fault.message)
    if file.stat().st_mode & 0o077:
        words = N_("other users can read %(file)s: run %(command)s")
        return _check(SIGNING_KEY, False, words, file=file, command=f"`chmod 600 {file}`")
    return _check(SIGNING_KEY, True, N_("stored in %(file)s"), file=file)


def _time_stamps(settings: Settings) -> CarrierCheck:
    """Get one stamp from the authority for time stamps, where one is set up."""
    authority = settings.stamp_authority
    if authority is None:
        words = N_("not set up: sealed days carry no time stamp from outside the court")
        return CarrierCheck(TIME_STAMPS, True, Message(words), configured=False)
    try:
        asking.stamp_of(b"tingqi doctor", authority, SystemClock().now)
    except (FetchFailed, StampRefused) as fault:
        words = N_("%(address)s gives no time stamp: %(error)s")
        facts = {"address": authority.url, "error": getattr(fault, "message", str(fault))}
        return _check(TIME_STAMPS, False, words, **facts)
    return _check(TIME_STAMPS, True, N_("%(address)s gives time stamps"), address=authority.url)


def _public_url(app: Flask) -> CarrierCheck:
    services: web.Services = app.extensions["tingqi"]
    url = services.settings.public_url
    return carrier_checks.public_url(url, services.external.leave_the_machine)


def _single_sign_on(app: Flask) -> CarrierCheck:
    """Check that the provider of single sign-on answers and knows us, where one is set up."""
    services: web.Services = app.extensions["tingqi"]
    if services.sign_on is None:
        words = N_("not set up: users sign in with a password")
        return CarrierCheck(SINGLE_SIGN_ON, True, Message(words), configured=False)
    return CarrierCheck(SINGLE_SIGN_ON, *check_provider(services.sign_on))


def _zones() -> CarrierCheck:
    choice = zones.choose()
    used = choice.used
    words = N_("rules of %(version)s, from the tzdata package")
    if used.folder:
        words = N_("rules of %(version)s, from %(folder)s")
        if not used.version:
            words = N_("rules of no known version, from %(folder)s")
    message = Message(words, version=used.version, folder=used.folder)
    for other in choice.unused:
        words = N_(
            "%(used)s; those of this machine in %(folder)s are of no known version and are not used"
        )
        if other.version:
            words = N_(
                "%(used)s; those of this machine in %(folder)s (%(version)s) are not newer and are "
                "not used"
            )
        message = Message(words, used=message, folder=other.folder, version=other.version)
    return CarrierCheck(N_("time zones"), True, message)


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
        return CarrierCheck(DATABASE, False, fault.message)
    except sa.exc.SQLAlchemyError as fault:
        text = " ".join(str(getattr(fault, "orig", fault)).split())
        words = N_("cannot be used (%(error)s): check TINGQI_DATABASE_URL")
        return _check(DATABASE, False, words, error=text)
    return _check(DATABASE, True, N_("%(url)s, schema of this version"), url=where)


def _courts() -> CarrierCheck:
    count = db.session.scalar(sa.select(sa.func.count(Court.id)))
    if not count:
        words = N_("there is none yet: run %(command)s")
        return _check(N_("courts"), False, words, command="`tingqi court add NAME`")
    return _check(N_("courts"), True, "%(count)s", count=count)


def _holidays() -> Iterator[CarrierCheck]:
    """Yield the courts without a subdivision, in countries whose holidays differ by it."""
    for court in db.session.scalars(sa.select(Court).order_by(Court.id)):
        fault = places.missing(court.country, court.subdivision, web.now().year)
        if fault is not None:
            words = N_("%(court)s: %(problem)s Choose it on the settings page")
            yield _check(N_("holidays"), False, words, court=court.name, problem=fault)


def _doubles() -> CarrierCheck:
    names = queries.list_duplicates(db.session())
    if not names:
        return _check(NAMES, True, N_("no case, judge or courtroom exists twice"))
    words = N_(
        "%(names)s: exists twice, once with invisible characters, so that a double booking of the "
        "two is not detected: use the other one, and move to it what belongs to this one"
    )
    return _check(NAMES, False, words, names=list(names))


def _stored_times() -> Iterator[CarrierCheck]:
    with db.engine.connect() as connection:
        rules = rezoning.find_stale(connection)
    if rules.error:
        yield CarrierCheck(STORED_TIMES, False, rules.error)
    elif rules.courts:
        words = N_(
            "stored by other time zone rules in %(count)s courts; the next start of the pages or "
            "the worker converts them"
        )
        yield _check(STORED_TIMES, True, words, count=len(rules.courts))


def _guards() -> CarrierCheck:
    missing = stray_rows.missing_guards(db.session())
    if missing:
        words = N_(
            "the database does not guard it: missing or changed triggers: %(triggers)s; run "
            "%(command)s, and restore a backup that has them"
        )
        facts = {"triggers": missing[:5], "command": "`tingqi record verify`"}
        return _check(RECORD, False, words, **facts)
    return _check(RECORD, True, N_("the database refuses changes to it"))


def _unmatched() -> CarrierCheck:
    """Count unmatched receipts; their contents are shown to the court they concern only."""
    count = db.session.scalar(sa.select(sa.func.count(Receipt.id)).where(receipts.unmatched()))
    words = N_("%(count)s without a matching message; their contents are erased after 30 days")
    return _check(N_("receipts"), True, words, count=count)


def _worker(settings: Settings) -> CarrierCheck:
    patience = dt.timedelta(seconds=max(60.0, 3 * settings.beat_seconds))
    return carrier_checks.worker(db.session(), web.now(), patience)
