"""The page of carriers: the checks of `tingqi doctor`, and a test message for each channel."""

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
    """Show the state of each carrier, checked now."""
    return _page()


def _page(**more: Any) -> str:
    session, services, now = db.session(), web.services(), web.now()
    settings, external = services.settings, services.external
    authserv = settings.carriers.mailbox.authserv
    checks = [
        *carrier_checks.check_carriers(external, authserv, str(settings.outbox)),
        carrier_checks.public_url(settings.public_url, external.leave_the_machine),
        carrier_checks.worker(session, now),
    ]
    return render_template(
        "sending/carriers.html",
        checks=checks,
        zone=current_user.court.zone,
        tests=[
            (test, carrier_checks.shown_state(test, now))
            for test in carrier_checks.recent_tests(session, current_user.court_id)
        ],
        **{"given": {}, "errors": {}, "refused": "", **more},
    )


@bp.post("/settings/carriers")
@may("set_up")
def test_carrier() -> Any:
    """Queue a test message: a mail to the user's own address, or a text to a number typed in."""
    channel, phone = request.form.get("channel", ""), request.form.get("phone", "")[:100]
    address, whose = current_user.email, signed_in_author()
    try:
        if channel == Channel.SMS:
            address = phones.parse_phone(phone, current_user.court.country)
            if phones.is_land_line(address):
                raise phones.PhoneError(Message(phones.LAND_LINE, phone=phone))
        retrying(
            lambda session: carrier_checks.queue_test(session, whose(session), channel, address).id
        )
    except phones.PhoneError as fault:
        return _page(given={"phone": phone}, errors={"phone": web.translated(fault.message)}), 422
    except Invalid as fault:
        return _page(refused=web.translated(next(iter(fault.errors.values())))), 422
    except Refusal as fault:
        return _page(given={"phone": phone}, refused=web.translated(fault.message)), 429
    flash(gettext("The test is sent within seconds. Reload this page to see the result."), "ok")
    return redirect(url_for("carriers.carriers_page"), 303)
