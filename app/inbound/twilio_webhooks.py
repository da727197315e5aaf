"""Twilio's webhooks: check the signature, write, answer at once."""

import logging
from typing import NoReturn

import sqlalchemy as sa
from flask import Blueprint, Response, abort, request

from app.carriers.twilio.carrier import signature_ok
from app.core.db import retrying
from app.core.web import limiter, now, secret, services
from app.inbound import service
from app.record import counters
from app.sending import receipts

bp = Blueprint("twilio", __name__)
limiter.exempt(bp)  # all callbacks come from a few addresses of the carrier's, and are signed
log = logging.getLogger("tingqi.replies")


def signed_form() -> tuple[str, dict[str, str]]:
    """Return by which carrier a request was signed, and its form; any other is answered 403.

    The signature is over the address that Twilio was given, which behind a TLS proxy is not the
    one seen here: it is built from TINGQI_PUBLIC_URL (Twilio, "Validating requests").
    """
    settings = services().settings
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    signature = request.headers.get("X-Twilio-Signature", "")
    form = request.form  # every value of a repeated field is signed
    url = f"{settings.public_url}{request.path}{query}"
    if not settings.twilios or not signature:
        _refuse(counters.UNSIGNED, 403)
    signed = [
        account.name
        for account in settings.twilios
        if form.get("AccountSid", account.account_sid) == account.account_sid
        and signature_ok(account.auth_token, url, form, signature)
    ]
    if not signed:
        _refuse(counters.FORGED, 403)
    return signed[0], {
        name.replace("\x00", ""): value.replace("\x00", "") for name, value in form.items()
    }


def _refuse(name: str, status: int) -> NoReturn:
    """Count what is refused, where the database has a moment for it, and refuse it."""
    try:
        retrying(lambda session: counters.count(session, name, now()), tries=2)
    except sa.exc.OperationalError:
        log.warning("a refused callback (%s) could not be counted", name)
    abort(status)


@bp.post("/twilio/status")
def status() -> tuple[str, int]:
    """Take a receipt. One that belongs to nothing known is kept apart for review."""
    carrier, form = signed_form()
    told = receipts.Callback(
        carrier_id=form.get("MessageSid", form.get("SmsSid", ""))[:100],
        reference=request.args.get("ref", "").replace("\x00", "")[:40],
        status=form.get("MessageStatus", form.get("SmsStatus", ""))[:40],
        code=form.get("ErrorCode", "")[:10],
        raw=form,
        carrier=carrier,
    )
    if not told.carrier_id or not told.status:
        _refuse(counters.MALFORMED, 400)
    retrying(lambda session: receipts.take(session, told, now()))
    return "", 204


def _count(number: str) -> int:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0


@bp.post("/twilio/inbound")
def inbound() -> Response:
    """Take a text; the answer is an empty TwiML document, which sends nothing back."""
    _, form = signed_form()
    retrying(
        lambda session: service.take_text(
            session,
            service.IncomingText(
                form.get("From", ""),
                form.get("Body", ""),
                form.get("OptOutType", ""),
                form.get("MessageSid", "")[:38],
                _count(form.get("NumMedia", "")),
            ),
            now(),
            secret(),
        )
    )
    empty = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    return Response(empty, mimetype="text/xml")
