"""Sign-in, sign-out and the password link."""

import logging
from typing import Any

import sqlalchemy as sa
from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.people import members, service, sessions
from app.people.browser_sessions import SESSION_KEY, end_session, local_path
from app.people.factors import devices
from app.people.factors.sign_in_views import begin_sign_in
from app.people.models import User
from app.people.rules import use_is_stale
from app.people.sessions import CurrentSession
from app.people.single_sign_on.views import password_forbidden, sign_out_there

bp = Blueprint("people", __name__)
login = LoginManager()
log = logging.getLogger("tingqi.people")
A_YEAR = 365 * 24 * 3600  # seconds


def init_login(app: Flask) -> None:
    """Install Flask-Login, the language cookie and the update of a user's last visit."""
    login.init_app(app)
    app.after_request(_keep_language)
    app.after_request(_update_last_seen)


@login.user_loader
def _load_user(key: str) -> User | None:
    """Return the user of this browser's session, or None if it is over."""
    row = sessions.find(db.session(), str(session.get(SESSION_KEY, "")), web.now())
    if row is None or str(row.user_id) != key or row.lacks_factor:
        return None
    g.user_session = CurrentSession(row.id, row.user_id, row.used_at, row.proven_at)
    service.read_as(db.session(), row.user)
    return row.user


def _keep_language(response: Response) -> Response:
    language = request.args.get("lang")
    if language in web.LANGUAGES:
        secure = web.services().settings.public_url.startswith("https")
        response.set_cookie(
            "lang", str(language), max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure
        )
    return response


def _update_last_seen(response: Response) -> Response:
    """Update the user's last visit after a successful POST; a GET writes nothing."""
    if request.method != "POST" or response.status_code >= 400:
        return response
    try:
        current = g.get("user_session") if current_user.is_authenticated else None
        if current and use_is_stale(current.used_at, web.now()):
            session_id, user_id = current.id, current.user_id

            def note(session: Session) -> None:
                sessions.note_use(session, session_id, web.now())
                members.note_last_seen(session, user_id, web.now())

            retrying(note, tries=1)
    except sa.exc.SQLAlchemyError:
        log.warning("it could not be noted that a user was here")
    return response


def _account_limit_key() -> str:
    """Return what failed tries are counted by: the account, on a known device that device too."""
    name = service.sign_in_name(request.form.get("email", "")[:1000])[:254]
    return f"account {name} {devices.known_as(name)}".rstrip()


def _sign_in_failed(response: Response) -> bool:
    return response.status_code == 422


@bp.get("/sign-in")
def sign_in() -> Any:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        return redirect(local_path(request.args.get("next", "/")))
    return render_template("people/sign_in.html", email="", next=request.args.get("next", ""))


@bp.post("/sign-in")
@web.limiter.limit("10 per minute", key_func=get_remote_address, deduct_when=_sign_in_failed)
@web.limiter.limit("10 per 15 minutes", key_func=_account_limit_key, deduct_when=_sign_in_failed)
def check() -> Any:
    """Sign the user in; the error does not tell whether address or password was wrong."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    next_path = request.form.get("next", "")
    user = service.check_password(db.session(), email[:254], password[:1000])
    forbidden = user is not None and password_forbidden(user.court)
    if user is None or forbidden:
        error = gettext("E-mail or password is wrong. After ten tries you have to wait a while.")
        if forbidden:
            error = gettext("Your court signs in by single sign-on only. Use that button instead.")
        page = render_template(
            "people/sign_in.html",
            email=email[:254],
            next=next_path,
            refused=error,
            kept=request.form.get("kept", ""),
        )
        return page, 403 if forbidden else 422
    return begin_sign_in(user, next_path, request.form.get("kept", ""))


@bp.post("/sign-out")
def sign_out() -> Any:
    """Sign the user out, at the provider of single sign-on too."""
    session_id = g.user_session.id if current_user.is_authenticated else 0
    response = end_session()
    return sign_out_there(session_id) or response


@bp.route("/password/<int:user_id>/<token>", methods=["GET", "POST"])
@web.limiter.limit("30 per minute", key_func=get_remote_address)
def password(user_id: int, token: str) -> Any:
    """Set a password once, by the link an admin created."""
    if request.method == "GET":
        user = service.user_of_password_link(db.session(), user_id, token, web.secret(), web.now())
        return render_template("people/password.html", user=user), 200 if user else 404
    new_password = request.form.get("password", "")
    user = service.user_of_password_link(db.session(), user_id, token, web.secret(), web.now())
    if user and password_forbidden(user.court):
        return render_template("people/password.html", user=user), 403
    try:
        link_valid = retrying(lambda s: _set_password(s, user_id, token, new_password))
    except Invalid as fault:
        user = service.user_of_password_link(db.session(), user_id, token, web.secret(), web.now())
        error = web.translated(fault.errors["password"])
        return render_template("people/password.html", user=user, error=error), 422
    if not link_valid:
        return render_template("people/password.html", user=None), 404
    flash(gettext("Password set. Sign in with it."), "ok")
    return redirect(url_for("people.sign_in"), 303)


def _set_password(session_: Session, user_id: int, token: str, new_password: str) -> bool:
    user = service.user_of_password_link(session_, user_id, token, web.secret(), web.now())
    if user:
        service.set_password(user, new_password)
    return user is not None
