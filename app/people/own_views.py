"""What people set themselves: a user their language and API tokens, an admin the court."""

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app import web
from app.db import db, retrying
from app.errors import Invalid, NotFound, Refusal
from app.people import habits, service
from app.people.models import Court, User
from app.people.views import bp, may, signed_in


@bp.get("/me")
@signed_in
def me() -> str:
    """Show a user's own settings."""
    return _me()


def _me(**more: Any) -> str:
    tokens = service.tokens_of(db.session(), current_user)
    return render_template("people/me.html", tokens=tokens, **more)


@bp.post("/me")
@signed_in
def change_me() -> Any:
    """Take a user's language."""
    wish = request.form.get("language", "")
    user_id = current_user.id

    def change(session: Session) -> None:
        session.get_one(User, user_id).language = wish if wish in web.LANGUAGES else ""

    retrying(change)
    answer = redirect(url_for("people.me"), 303)
    answer.delete_cookie("lang")  # what was chosen for good goes before what was chosen in passing
    return answer


@bp.get("/me/tokens")
def tokens() -> Any:
    """Lead back to where tokens are made: a page that was posted may be asked for again."""
    return redirect(url_for("people.me"))


@bp.post("/me/tokens")
@signed_in
def make_token() -> Any:
    """Make an API token and show it, this once."""
    name = request.form.get("name", "").strip()[:100]
    user_id = current_user.id

    def make(session: Session) -> str:
        user = session.get_one(User, user_id)
        return service.create_token(session, user, habits.plain(name), web.now())

    return _me(made=retrying(make))


@bp.post("/me/tokens/<int:token_id>/revoke")
@signed_in
def revoke_token(token_id: int) -> Any:
    """End an API token at once."""
    user_id = current_user.id
    retrying(lambda session: service.revoke_token(
        session, session.get_one(User, user_id), token_id, web.now()))  # fmt: skip
    flash(gettext("The token is revoked; no program gets in with it any more."), "yes")
    return redirect(url_for("people.me"), 303)


@bp.get("/settings")
@may("set_up")
def settings() -> str:
    """Show what a court has set."""
    return _settings(current_user.court)


def _settings(court: Court, **more: Any) -> str:
    users = db.session.scalars(
        sa.select(User).where(User.court_id == court.id).order_by(User.name, User.id)
    ).all()
    typed = {"given": habits.of(court), "person": {}, **more}
    return render_template("people/settings.html", court=court, users=users, **typed)


@bp.post("/settings")
@may("set_up")
def change_settings() -> Any:
    """Take what an admin sets for the court."""
    court_id, given = current_user.court_id, habits.typed(request.form)
    try:
        retrying(lambda session: habits.change(session.get_one(Court, court_id), given))
    except Invalid as fault:
        said = {name: web.said(words) for name, words in fault.errors.items()}
        return _settings(current_user.court, given=given, errors=said), 422
    flash(gettext("The settings are kept. They hold from the next message on."), "yes")
    return redirect(url_for("people.settings"), 303)


@bp.get("/settings/users")
@bp.get("/settings/users/<int:user_id>")
def users(user_id: int = 0) -> Any:
    """Lead back to the settings, which show the court's people."""
    return redirect(url_for("people.settings"))


@bp.post("/settings/users")
@may("set_up")
def add_user() -> Any:
    """Add somebody to the court, and show the link by which they set their password, this once."""
    person = {name: request.form.get(name, "").strip()[:254] for name in ("email", "name", "role")}
    court_id = current_user.court_id

    def add(session: Session) -> tuple[str, str]:
        user = service.add_user(
            session, session.get_one(Court, court_id), person["email"], role=person["role"],
            now=web.now(), name=habits.plain(person["name"])[:200],
        )  # fmt: skip
        return user.name, service.open_password_link(user, web.secret(), web.now())

    try:
        name, path = retrying(add)
    except (Invalid, Refusal) as fault:
        return _settings(current_user.court, person=person, **_why_not(fault)), 422
    return _settings(current_user.court, link_of=name, link=_whole(path))


def _why_not(fault: Invalid | Refusal) -> dict[str, Any]:
    if isinstance(fault, Refusal):
        return {"user_refused": web.said(fault.message)}
    return {"user_errors": {name: web.said(words) for name, words in fault.errors.items()}}


def _whole(path: str) -> str:
    return web.house().settings.public_url + path


@bp.post("/settings/users/<int:user_id>")
@may("set_up")
def change_user(user_id: int) -> Any:
    """Let a user in or shut them out, or make a new link for their password."""
    act, court_id, own = request.form.get("act", ""), current_user.court_id, current_user.id

    def change(session: Session) -> tuple[str, str]:
        user = session.get(User, user_id)
        if user is None or user.court_id != court_id:
            raise NotFound("There is nothing at this address.")
        if act == "link":
            return user.name, service.open_password_link(user, web.secret(), web.now())
        if act in ("shut_out", "let_in") and user.id != own:
            user.active = act == "let_in"
            user.version += 1
        return user.name, ""

    name, path = retrying(change)
    return _settings(current_user.court, link_of=name, link=_whole(path) if path else "")
