"""Tingqi: a court settles a hearing's date with every lawyer by link, on the record.

`create_app` builds the services and calls each feature's `register`. Imports are inside functions:
whoever imports one module of the package must not load Flask and every feature with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from app.carriers.base import Clock
    from app.carriers.registry import ExternalServices
    from app.config import Settings
    from app.core import web
    from app.storage.stores import FileStore

__version__ = "0.1.0"

LARGEST_BODY = 2 * 1024 * 1024  # bytes; no form of ours comes near it


def create_app(settings: Settings | None = None, external: ExternalServices | None = None) -> Flask:
    """Return the pages and the API over one database; starts nothing in the background.

    Settings are read from the environment and carriers built from the settings unless they are
    given. Raises Misconfigured where the environment is wrong or half made.
    """
    from app.core.runtime import gc_tuning

    with gc_tuning.paused():
        return _create_app(settings, external)


def _create_app(settings: Settings | None, external: ExternalServices | None) -> Flask:
    from flask import Flask

    from app import config
    from app.core import zones
    from app.core.web import static_files, templates
    from app.storage import staged_uploads

    zones.choose()  # before anything computes with a time zone
    settings = settings or config.read()
    external = external or build_services(settings)
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, instance_path=str(settings.instance), static_folder="static")
    app.request_class = staged_uploads.UploadRequest
    app.jinja_environment = templates.Environment
    app.config.update(_flask_config(settings))
    app.extensions["tingqi"] = _services(settings, external)
    _add_database(app)
    _add_web(app, settings)
    _register_features(app)
    static_files.install(app)  # after all blueprints, for their folders of static files
    _read_rules(settings)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    """Return the configuration of Flask and its extensions."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "SESSION_COOKIE_NAME": "tingqi",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https"),
        "REMEMBER_COOKIE_DURATION": 0,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "API_TITLE": "Tingqi",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def attach(app: Flask, settings: Settings, external: ExternalServices) -> None:
    """Let an app serve another installation, of the same settings but for folder and database.

    Its routes, its API's document and the templates that it compiled stay, which take a hundred
    times as long to make: the tests keep one app for a whole run. Nothing that the app remembers
    of the installation before is kept; its connections to that database are closed.
    """
    from app.core import zones
    from app.core.db import use_database

    zones.choose()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app.instance_path = str(settings.instance)
    app.config.update(SECRET_KEY=settings.secret_key, SQLALCHEMY_DATABASE_URI=settings.database_url)
    app.extensions["tingqi"] = _services(settings, external)
    use_database(app, settings.database_url, _engine_options(settings))
    _share_rate_limits(app, settings)
    _read_rules(settings)


def _share_rate_limits(app: Flask, settings: Settings) -> None:
    """Let all processes count rate limits together, in Redis if it is set, else in the database.

    Raises Misconfigured where the client of Redis is not installed.
    """
    from app.core.db import db
    from app.core.web import rate_limits, shared_counts

    if settings.redis_url:
        counts: Any = shared_counts.RedisCounts(settings.redis_url, settings.secret_key)
    else:
        with app.app_context():
            counts = shared_counts.DatabaseCounts(db.engine, settings.secret_key)
    rate_limits.install(app, counts)


def _services(settings: Settings, external: ExternalServices) -> web.Services:
    """Return what the requests and jobs of an installation work with."""
    from app.core import web
    from app.people.single_sign_on.provider import SignOnProvider
    from app.worker import rezoning

    return web.Services(
        settings,
        external,
        build_store(settings),
        rezoning.convert_all,
        rezoning.convert_court,
        SignOnProvider(settings.oidc, settings.public_url) if settings.oidc else None,
    )


def build_store(settings: Settings) -> FileStore:
    """Return the store of files that the settings name; nothing is connected yet.

    Raises Misconfigured where the SDK of a bucket is not installed.
    """
    from app.storage import s3, stores
    from app.storage.staging import FOLDER

    folder = settings.storage.folder(settings.instance)
    if settings.storage.in_bucket:
        return s3.BucketStore(settings.storage, folder / FOLDER)
    return stores.FolderStore(folder)


def _read_rules(settings: Settings) -> None:
    """Read the court's own rules of procedure. Raises Misconfigured."""
    from app import law
    from app.core.errors import N_, Misconfigured, message_of

    try:
        law.load_rules_folder(settings.instance / "rules")
    except law.InvalidRules as fault:
        raise Misconfigured(
            N_("The rules of procedure cannot be read: %(error)s"), error=message_of(fault)
        ) from fault


def _engine_options(settings: Settings) -> dict[str, Any]:
    """Return SQLAlchemy's options: PostgreSQL is given up on in time, a request never waits on."""
    import orjson

    from app.core.db import json_text

    common = {"json_serializer": json_text, "json_deserializer": orjson.loads}
    if settings.embedded:
        return {**common, "connect_args": {"timeout": 15, "check_same_thread": False}}
    return {
        **common,
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "connect_args": {
            "connect_timeout": 10,
            "application_name": "tingqi",
            "tcp_user_timeout": 20_000,
            "options": "-c statement_timeout=60s -c lock_timeout=4s "
            "-c idle_in_transaction_session_timeout=120s",
        },
    }


def build_services(settings: Settings, clock: Clock | None = None) -> ExternalServices:
    """Return the clients of all services that the settings name; nothing is connected yet.

    Raises app.config.Misconfigured where an address in them is no address.
    """
    from app.carriers import registry
    from app.core.errors import Misconfigured, message_of

    installation = registry.Installation(
        settings.outbox, settings.public_url, settings.court_address, settings.hooks_inside
    )
    try:
        return registry.build(settings.carriers, installation, clock)
    except ValueError as fault:
        raise Misconfigured(message_of(fault)) from fault


def _add_database(app: Flask) -> None:
    """Add the database with its sessions and migrations."""
    from flask_migrate import Migrate

    from app.core.db import configure_engine, db, release_session

    db.init_app(app)
    # Runs before Flask-SQLAlchemy's own teardown, which then finds nothing to do.
    app.teardown_appcontext(release_session)
    with app.app_context():
        configure_engine(db.engine)
    Migrate(app, db, directory=str(migrations()))


def _add_web(app: Flask, settings: Settings) -> None:
    """Add what all pages share: languages, error pages, checks of each request, headers."""
    from flask_bootstrap import Bootstrap5
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app.carriers import registry
    from app.core import web
    from app.worker import rezoning

    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Bootstrap5(app)
    web.limiter.init_app(app)
    _share_rate_limits(app, settings)
    rezoning.install(app)
    web.install_languages(app)
    web.install_number_converter(app)
    web.install_error_pages(app, "/api/")
    web.install_origin_check(app, ("/api/", *registry.webhook_paths()))
    web.install_security_headers(app)


def _register_features(app: Flask) -> None:
    """Let each feature register its pages; importing them also defines their tables."""
    from app import (
        addresses,
        api,
        cases,
        counsel,
        court,
        delegates,
        desk,
        evidence,
        feeds,
        figures,
        hearings,
        imports,
        inbound,
        law,
        letters,
        listing,
        members,
        needs,
        notices,
        operations,
        outcomes,
        papers,
        people,
        questions,
        record,
        sending,
        storage,
        webhooks,
    )

    storage.register(app)
    people.register(app)
    court.register(app)
    cases.register(app)
    law.register(app)
    record.register(app)
    notices.register(app)
    letters.register(app)
    sending.register(app)
    hearings.register(app)
    evidence.register(app)
    outcomes.register(app)
    figures.register(app)
    papers.register(app)
    questions.register(app)
    needs.register(app)
    addresses.register(app)
    delegates.register(app)
    desk.register(app)
    counsel.register(app)
    members.register(app)
    feeds.register(app)
    imports.register(app)
    inbound.register(app)
    listing.register(app)
    operations.register(app)
    webhooks.register(app)
    api.register(app)


def migrations() -> Path:
    """Return the folder of the migrations: beside the package, or inside an installed one."""
    inside = Path(__file__).parent / "migrations"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "migrations"
