"""Short codes: counsel types the code of a message that could carry no link."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import web
from app.core.db import db
from app.counsel.access import ACT_RATE, PAGE_RATE
from app.hearings.answers import counsel_keys
from app.hearings.bench import invitations

TEMPLATE = "counsel/short_codes.html"


@web.limiter.limit(PAGE_RATE)
def show() -> str:
    """Show the form for a code."""
    return render_template(TEMPLATE, code="", error="")


@web.limiter.limit(ACT_RATE)
def submit() -> ResponseReturnValue:
    """Redirect from a code to its page."""
    session, code = db.session(), request.form.get("code", "")
    token = counsel_keys.token_of_code(session, code[:100], web.secret())
    if token is None and counsel_keys.is_revoked_code(session, code[:100]):
        error = gettext("The court has replaced this code. Use that of its newest message to you.")
        return render_template(TEMPLATE, code=code[:40], error=error), 410
    member = invitations.token_of_code(session, code[:100], web.secret()) if token is None else None
    if member is not None:
        return redirect(url_for("member.page", key=member), 303)
    if token is None:
        error = gettext("No page has this code. Compare it with the message, letter by letter.")
        return render_template(TEMPLATE, code=code[:40], error=error), 422
    return redirect(url_for("counsel.page", token=token), 303)
