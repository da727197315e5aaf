"""The session of a browser: begun by each way of signing in once it knows the user, and ended."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import (
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app.core import web
from app.core.db import retrying
from app.core.errors import N_, Refusal
from app.core.web import pending_form
from app.people import members, sessions
from app.people.factors import devices
from app.people.factors import queries as factor_queries
from app.people.models import User

SESSION_KEY = "session_key"  # in the cookie: see ``sessions``


def local_path(target: str) -> str:
    """Return the target if it is a path of this site, else ``/``: no open redirect."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    is_local = (
        not (parts.scheme or parts.netloc) and target.startswith("/") and target.isprintable()
    )
    return "/" if not is_local or target.startswith("//") or "\\" in target else target


def finish_sign_in(
    user: User,
    next_path: str,
    kept: str = "",
    begun: Callable[[Session, int], None] | None = None,
    *,
    by_factor: bool = False,
    page: str = "",
) -> Any:
    """Begin a session for a user who has shown who they are, and send them on.

    The key in the cookie is a new one, and the session that this browser had before is over.
    ``next_path`` counts only if it is a path of this site. ``kept`` is the form that was submitted
    after an earlier session had ended (see ``pending_form``): it is shown again in place of
    ``next_path``. ``begun`` is called with the session's id, in the transaction that begins it.
    ``by_factor``: by a second factor too. Raises Refusal where the user has one that was not shown.
    ``page``, if any, is shown before they go on.
    """
    former_key = str(session.get(SESSION_KEY, ""))
    session.clear()
    session[SESSION_KEY] = _begin(user.id, user.version, former_key, begun, by_factor)
    login_user(user)
    response = make_response(page) if page else go_on(user, next_path, kept)
    devices.remember(response, user, by_factor=by_factor)
    response.set_cookie(
        pending_form.LAST,
        pending_form.mark(web.secret(), user.id),
        max_age=pending_form.REMEMBERS,
        samesite="Lax",
        httponly=True,
        secure=web.services().settings.public_url.startswith("https"),
    )
    return response


def go_on(user: User, next_path: str, kept: str, *, confirmed: bool = False) -> Any:
    """Show the form that a user had submitted, or redirect to a path of this site.

    ``confirmed``: they had not to sign in anew, only to confirm who they are.
    """
    pending = pending_form.opened(web.secret(), kept, user.id, web.now())
    return _resume(*pending, confirmed) if pending else redirect(local_path(next_path), 303)


def _begin(
    user_id: int,
    version: int,
    former_key: str,
    begun: Callable[[Session, int], None] | None,
    by_factor: bool,
) -> str:
    address, agent = request.remote_addr or "", request.user_agent.string

    def begin(session_: Session) -> str:
        if former := sessions.find(session_, former_key, web.now()):
            sessions.end(session_, former.user_id, former.id, web.now())
        members.note_last_seen(session_, user_id, web.now())  # locks the user's row
        if not by_factor and factor_queries.has_any(session_, user_id):
            raise Refusal(N_("A second factor is needed. Sign in again."))
        key = sessions.begin(
            session_, user_id, version, address, agent, web.now(), by_factor=by_factor
        )
        if begun and (row := sessions.find(session_, key, web.now())):
            begun(session_, row.id)
        return key

    return retrying(begin)


def _resume(path: str, fields: list[tuple[str, str]], confirmed: bool) -> Any:
    """Show the form that was submitted before; the user submits it again."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except HTTPException:
        return redirect("/", 303)
    shown_again = getattr(current_app.view_functions[str(endpoint)], "shows_again", False)
    return make_response(
        render_template(
            "people/go_on.html",
            path=path,
            fields=fields,
            words=pending_form.words(fields),
            shown_again=shown_again,
            confirmed=confirmed,
        )
    )


def end_session() -> Any:
    """End this browser's session, on the server too: a copy of the cookie is of no use any more."""
    if current_user.is_authenticated:
        current = g.user_session
        session_id, user_id = current.id, current.user_id
        retrying(lambda session_: sessions.end(session_, user_id, session_id, web.now()))
    logout_user()
    session.clear()
    return redirect(url_for("people.sign_in"), 303)
