"""The webhooks of carriers: receipts and inbound texts, handed to the services."""

import logging
from dataclasses import replace
from typing import NoReturn

import sqlalchemy as sa
from flask import Flask, abort

from app.carriers import registry
from app.carriers.base import DeliveryReceipt, IncomingText
from app.carriers.plugin import InvalidCallback, WebhookContext
from app.core.db import retrying
from app.core.web import Services, limiter, now, secret
from app.inbound import service
from app.record import counters
from app.sending import receipts

log = logging.getLogger("tingqi.replies")

STATUS = {InvalidCallback.MALFORMED: 400}


def register(app: Flask) -> None:
    """Register the webhooks of every installed carrier, each below the carrier's name.

    Those of a carrier that is not in use stay: receipts of what it took earlier may still come.
    """
    services: Services = app.extensions["tingqi"]
    context = WebhookContext(
        settings=services.settings.carriers.by_name,
        public_url=services.settings.public_url,
        receive=receive,
        receive_text=receive_text,
        refuse=refuse,
    )
    for plugin in registry.plugins().values():
        if plugin.webhooks is not None:
            pages = plugin.webhooks(context)
            limiter.exempt(pages)  # all callbacks come from few addresses, and are authenticated
            app.register_blueprint(pages, url_prefix=f"/{plugin.name}")


def receive(receipt: DeliveryReceipt) -> None:
    """Store a receipt, cut to what the database holds."""
    bounded = replace(
        receipt,
        carrier_id=_text(receipt.carrier_id, 100),
        reference=_text(receipt.reference, 40),
        status=_text(receipt.status, 40),
        code=_text(receipt.code, 10),
        to=_text(receipt.to, 40),
        raw={_text(name): _text(value) for name, value in receipt.raw.items()},
        impersonal={_text(name): _text(value) for name, value in receipt.impersonal.items()},
    )
    retrying(lambda session: receipts.take(session, bounded, now()))


def receive_text(text: IncomingText) -> None:
    """Store a text that a person sent, and act on it."""
    bounded = replace(
        text,
        sender=_text(text.sender),
        words=_text(text.words),
        opt_out=_text(text.opt_out),
        carrier_id=_text(text.carrier_id, 38),
    )
    retrying(lambda session: service.take_text(session, bounded, now(), secret()))


def refuse(reason: InvalidCallback) -> NoReturn:
    """Count a refused request, if the database is free to, and abort it with 400 or 403."""
    try:
        retrying(lambda session: counters.count(session, reason.value, now()), tries=2)
    except sa.exc.OperationalError:
        log.warning("a refused callback (%s) could not be counted", reason.value)
    abort(STATUS.get(reason, 403))


def _text(text: str, most: int | None = None) -> str:
    """Return a text without NUL, which PostgreSQL does not store, cut to a length."""
    return text.replace("\x00", "")[:most]
