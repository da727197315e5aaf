"""The pages that Twilio calls: check the signature, store, answer at once."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from twilio.request_validator import RequestValidator

from app.carriers.base import IncomingText
from app.carriers.plugin import InvalidCallback, WebhookContext
from app.carriers.twilio.receipts import read_form
from app.carriers.twilio.settings import TwilioSettings

ACCOUNTS = ("twilio", "twilio2")
# An empty TwiML document: no text is sent back.
NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def blueprint(context: WebhookContext) -> Blueprint:
    """Return ``/twilio/status`` and ``/twilio/inbound``."""
    pages = Blueprint("twilio", __name__)

    @pages.post("/status")
    def status() -> tuple[str, int]:
        """Store a receipt. One that matches no message is kept apart for review."""
        carrier, form = _signed_form(context)
        receipt = read_form(carrier, form, request.args.get("ref", ""))
        if not receipt.carrier_id or not receipt.status:
            context.refuse(InvalidCallback.MALFORMED)
        context.receive(receipt)
        return "", 204

    @pages.post("/inbound")
    def inbound() -> Response:
        """Store a text that a person sent."""
        _, form = _signed_form(context)
        context.receive_text(
            IncomingText(
                form.get("From", ""),
                form.get("Body", ""),
                form.get("OptOutType", ""),
                form.get("MessageSid", ""),
                _small_number(form.get("NumMedia", "")),
            )
        )
        return Response(NO_REPLY, mimetype="text/xml")

    return pages


def _signed_form(context: WebhookContext) -> tuple[str, dict[str, str]]:
    """Return the carrier whose account signed the request, and the form; refuse any other.

    The signature is over the address that Twilio was given, which behind a TLS proxy differs from
    the one seen here: it is built from TINGQI_PUBLIC_URL (Twilio, "Validating requests").
    """
    accounts: dict[str, TwilioSettings] = {
        name: context.settings[name] for name in ACCOUNTS if name in context.settings
    }
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    signature = request.headers.get("X-Twilio-Signature", "")
    form = request.form  # every value of a repeated field is signed
    url = f"{context.public_url}{request.path}{query}"
    if not accounts or not signature:
        context.refuse(InvalidCallback.UNSIGNED)
    signed = [
        name
        for name, account in accounts.items()
        if form.get("AccountSid", account.account_sid) == account.account_sid
        and signature_ok(account.auth_token, url, form, signature)
    ]
    if not signed:
        context.refuse(InvalidCallback.FORGED)
    return signed[0], {
        name.replace("\x00", ""): value.replace("\x00", "") for name, value in form.items()
    }


def signature_ok(auth_token: str, url: str, params: Mapping[str, Any], signature: str) -> bool:
    """Return whether Twilio signed this form for this exact public URL, its query included.

    `params` are all parameters of the form, unknown ones too: a dict, or a MultiDict of which every
    value counts. Twilio signs each value of a repeated name once, in sorted order ("Validating
    requests"), so that a second copy of the same value changes nothing.
    """
    if not auth_token or not signature:
        return False
    return bool(RequestValidator(auth_token).validate(url, params, signature))


def _small_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
