"""The carriers by page: how each is, as `tingqi doctor` says it, and a message to try it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from app.cases import phones
from app.core import web
from app.core.channels import Channel
from app.core.db import db, retrying
from app.core.errors import Invalid, Message, Refusal
from app.core.web.access import may
from app.court.authorship import signed_in_author
from app.sending import carrier_checks

bp = Blueprint("carriers", __name__)


@bp.get("/settings/carriers")
@may("set_up")
def carriers_page() -> str:
    """Show how the carriers are; each is asked now."""
    return _page()


def _page(**more: Any) -> str:
    session, house, now = db.session(), web.services(), web.now()
    settings = house.settings
    sends = bool(settings.smtp_url or settings.twilio_account_sid)
    found = [
        *carrier_checks.findings(house.gateways, settings.mail_authserv, str(settings.outbox)),
        carrier_checks.public_url(settings.public_url, sends),
        carrier_checks.worker(session, now),
    ]
    return render_template(
        "sending/carriers.html",
        findings=found,
        zone=current_user.court.zone,
        tests=[
            (test, carrier_checks.shown_state(test, now))
            for test in carrier_checks.tests(session, current_user.court_id)
        ],
        **{"given": {}, "errors": {}, "refused": "", **more},
    )


@bp.post("/settings/carriers")
@may("set_up")
def test_carrier() -> Any:
    """Ask for a test message: by mail to one's own address, by text to one's own number."""
    channel, phone = request.form.get("channel", ""), request.form.get("phone", "")[:100]
    address, whose = current_user.email, signed_in_author()
    try:
        if channel == Channel.SMS:
            address = phones.parse_phone(phone, current_user.court.country)
            if phones.is_land_line(address):
                raise phones.PhoneError(Message(phones.LAND_LINE, phone=phone))
        retrying(lambda session: carrier_checks.ask(session, whose(session), channel, address).id)
    except phones.PhoneError as fault:
        return _page(given={"phone": phone}, errors={"phone": web.translated(fault.message)}), 422
    except Invalid as fault:
        return _page(refused=web.translated(next(iter(fault.errors.values())))), 422
    except Refusal as fault:
        return _page(given={"phone": phone}, refused=web.translated(fault.message)), 429
    flash(
        gettext("The worker sends it within seconds; look here for what the carrier said."), "yes"
    )
    return redirect(url_for("carriers.carriers_page"), 303)
