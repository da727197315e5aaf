"""Settings pages of webhooks: endpoints, the last calls of each, and what an admin does to them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Message, NotFound, Refusal
from app.core.forms import load
from app.core.web.access import may
from app.court.authorship import signed_in_author
from app.court.change_log import ChangeAuthor
from app.events.rules import EventType
from app.webhooks import queries, service
from app.webhooks.forms import WebhookIn
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import EndpointState

bp = Blueprint("webhooks", __name__)


@bp.get("/settings/webhooks")
@may("set_up")
def webhooks() -> str:
    """List the court's endpoints, with a form to add one."""
    return _list()


def _list(**context: Any) -> str:
    session, court = db.session(), current_user.court
    endpoints = queries.endpoints(session, court.id)
    return render_template(
        "webhooks/webhooks.html",
        endpoints=endpoints,
        types=list(EventType),
        zone=court.zone,
        **{"typed": {}, "errors": {}, "refused": "", **context},
    )


@bp.post("/settings/webhooks")
@may("set_up")
def add_webhook() -> Any:
    """Add an endpoint."""
    typed: dict[str, Any] = {
        "url": request.form.get("url", ""),
        "description": request.form.get("description", ""),
        "types": request.form.getlist("types"),
    }
    author, connector = signed_in_author(), web.services().external.webhooks

    def add(session: Session) -> int:
        return service.add(session, author(session), load(WebhookIn, typed), connector).id

    try:
        endpoint_id = retrying(add)
    except Invalid as fault:
        errors = {name.partition(".")[0]: web.translated(m) for name, m in fault.errors.items()}
        return _list(typed=typed, errors=errors), 422
    except Refusal as fault:
        return _list(typed=typed, refused=web.translated(fault.message)), 422
    flash(gettext("Webhook added. Enter its secret at the receiver, then send a test."), "ok")
    return redirect(url_for("webhooks.webhook", endpoint_id=endpoint_id), 303)


@bp.get("/settings/webhooks/<int:endpoint_id>")
@may("set_up")
def webhook(endpoint_id: int) -> str:
    """Show one endpoint with its last 200 calls."""
    return _detail(endpoint_id)


def _detail(endpoint_id: int, **context: Any) -> str:
    session = db.session()
    endpoint = queries.find(session, current_user.court_id, endpoint_id)
    return render_template(
        "webhooks/webhook.html",
        endpoint=endpoint,
        secret=service.secret_of(endpoint, web.secret()),
        both=endpoint.old_secret_until if _both_sign(endpoint) else None,
        calls=queries.last_calls(session, endpoint.id),
        count=queries.count_waiting(session, endpoint.id),
        event_type=EventType,
        zone=current_user.court.zone,
        **{"refused": "", **context},
    )


def _both_sign(endpoint: WebhookEndpoint) -> bool:
    return endpoint.old_secret_until is not None and endpoint.old_secret_until > web.now()


Act = Callable[[Session, ChangeAuthor, int], Any]
ACTS: dict[str, Act] = {
    "test": service.queue_test,
    "turn_off": service.turn_off,
    "turn_on": service.turn_on,
    "new_secret": service.renew_secret,
    "delete": service.delete,
}


def _done(act: str) -> str:
    return {
        "test": gettext("The test is sent within a few seconds. Reload this page to see it."),
        "turn_off": gettext("Turned off. Nothing is sent to it any more."),
        "turn_on": gettext("Turned on. Events are sent to it from now on."),
        "new_secret": gettext("New secret made. For a day the old one signs as well."),
        "delete": gettext("Webhook deleted."),
    }[act]


@bp.post("/settings/webhooks/<int:endpoint_id>")
@may("set_up")
def change_webhook(endpoint_id: int) -> Any:
    """Test an endpoint, turn it off or on, make a new secret, or delete it."""
    act, author = request.form.get("act", ""), signed_in_author()
    if act not in ACTS:
        return redirect(url_for("webhooks.webhook", endpoint_id=endpoint_id), 303)
    try:
        retrying(lambda session: ACTS[act](session, author(session), endpoint_id))
    except NotFound:
        raise
    except Refusal as fault:
        return _detail(endpoint_id, refused=web.translated(fault.message)), 422
    flash(_done(act), "ok")
    if act == "delete":
        return redirect(url_for("webhooks.webhooks"), 303)
    return redirect(url_for("webhooks.webhook", endpoint_id=endpoint_id), 303)


@bp.post("/settings/webhooks/<int:endpoint_id>/deliveries/<int:number>/again")
@may("set_up")
def send_again(endpoint_id: int, number: int) -> Any:
    """Send one delivery again."""
    author = signed_in_author()
    try:
        retrying(lambda session: service.send_again(session, author(session), endpoint_id, number))
    except NotFound:
        raise
    except Refusal as fault:
        return _detail(endpoint_id, refused=web.translated(fault.message)), 422
    flash(gettext("It is sent again within a few seconds."), "ok")
    return redirect(url_for("webhooks.webhook", endpoint_id=endpoint_id), 303)


@bp.app_template_global()
def endpoint_state(state: str) -> EndpointState:
    """Return the state of an endpoint, with its label, icon and look."""
    return EndpointState(state)


@bp.app_template_global()
def fault_words(fault: str) -> str:
    """Return why a call had no answer, in the language of the page."""
    return web.translated(Message(fault))
