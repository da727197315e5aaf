"""Sign-in and sign-out, setting a password by a link, and who may see a page."""

import logging
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.core.web import pending_form
from app.people import members, service
from app.people.models import User

bp = Blueprint("people", __name__)
login = LoginManager()
log = logging.getLogger("tingqi.people")
A_YEAR = 365 * 24 * 3600  # seconds


def let_people_sign_in(app: Flask) -> None:
    """Install the sign-in of an app, and let every page remember its language."""
    login.init_app(app)
    app.after_request(_keep_language)
    app.after_request(_note_seen)


@login.user_loader
def _who(key: str) -> User | None:
    """Return whose session it is; a new password ends every session of the old one."""
    row, _, version = key.partition(".")
    user = db.session.get(User, int(row)) if row.isdigit() and len(row) < 19 else None
    return user if user and user.active and str(user.version) == version else None


def _keep_language(response: Response) -> Response:
    wish = request.args.get("lang")
    if wish in web.LANGUAGES:
        secure = web.services().settings.public_url.startswith("https")
        response.set_cookie(
            "lang", str(wish), max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure
        )
    return response


def _note_seen(response: Response) -> Response:
    """Note when somebody was last here; by what they do, for reading writes nothing."""
    if request.method != "POST" or response.status_code >= 400:
        return response
    try:
        if current_user.is_authenticated and members.is_news(current_user, web.now()):
            user_id = current_user.id
            retrying(lambda session: members.note_last_seen(session, user_id, web.now()), tries=1)
    except sa.exc.SQLAlchemyError:
        log.warning("it could not be noted that a user was here")
    return response


def _within(target: str) -> str:
    """Return a path of this site, whatever was asked for: never a way to another."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    own = not (parts.scheme or parts.netloc) and target.startswith("/") and target.isprintable()
    return "/" if not own or target.startswith("//") or "\\" in target else target


def _account() -> str:
    return "account " + service.sign_in_name(request.form.get("email", "")[:1000])[:254]


def _missed(response: Response) -> bool:
    return response.status_code == 422


@bp.get("/sign-in")
def sign_in() -> Any:
    """Ask who is there."""
    if current_user.is_authenticated:
        return redirect(_within(request.args.get("next", "/")))
    return render_template("people/sign_in.html", email="", next=request.args.get("next", ""))


@bp.post("/sign-in")
@web.limiter.limit("10 per minute", key_func=get_remote_address, deduct_when=_missed)
@web.limiter.limit("10 per 15 minutes", key_func=_account, deduct_when=_missed)
def check() -> Any:
    """Let somebody in; what was wrong of address and password is not said."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    onward = request.form.get("next", "")
    user = service.check_password(db.session(), email[:254], password[:1000])
    if user is None:
        words = gettext("Address and password do not fit. After ten tries there is a pause.")
        page = render_template(
            "people/sign_in.html",
            email=email[:254],
            next=onward,
            refused=words,
            kept=request.form.get("kept", ""),
        )
        return page, 422
    session.clear()
    login_user(user)
    before = pending_form.opened(web.secret(), request.form.get("kept", ""), user.id, web.now())
    answer = _go_on(*before) if before else redirect(_within(onward), 303)
    answer.set_cookie(
        pending_form.LAST,
        pending_form.mark(web.secret(), user.id),
        max_age=pending_form.REMEMBERS,
        samesite="Lax",
        httponly=True,
        secure=web.services().settings.public_url.startswith("https"),
    )
    return answer


def _go_on(path: str, fields: list[tuple[str, str]]) -> Any:
    """Show what was typed before the sign-in; nothing is done of it without a new press."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except HTTPException:
        return redirect("/", 303)
    again = getattr(current_app.view_functions[str(endpoint)], "shows_again", False)
    return make_response(
        render_template(
            "people/go_on.html",
            path=path,
            fields=fields,
            words=pending_form.words(fields),
            shown_again=again,
        )
    )


@bp.post("/sign-out")
def sign_out() -> Any:
    """End a session."""
    logout_user()
    session.clear()
    return redirect(url_for("people.sign_in"), 303)


@bp.route("/password/<int:user_id>/<token>", methods=["GET", "POST"])
@web.limiter.limit("30 per minute", key_func=get_remote_address)
def password(user_id: int, token: str) -> Any:
    """Set a password once, by a link that an admin made."""
    if request.method == "GET":
        user = service.user_of_link(db.session(), user_id, token, web.secret(), web.now())
        return render_template("people/password.html", user=user), 200 if user else 404
    typed = request.form.get("password", "")
    try:
        known = retrying(lambda s: _set_password(s, user_id, token, typed))
    except Invalid as fault:
        user = service.user_of_link(db.session(), user_id, token, web.secret(), web.now())
        error = web.translated(fault.errors["password"])
        return render_template("people/password.html", user=user, error=error), 422
    if not known:
        return render_template("people/password.html", user=None), 404
    flash(gettext("The password is set. Sign in with it."), "yes")
    return redirect(url_for("people.sign_in"), 303)


def _set_password(session_: Session, user_id: int, token: str, typed: str) -> bool:
    user = service.user_of_link(session_, user_id, token, web.secret(), web.now())
    if user:
        service.set_password(user, typed)
    return user is not None
