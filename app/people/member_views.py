"""Settings pages for the court's users: role, access, last visit, tokens; and the change log."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import may
from app.court import change_log, settings
from app.court.authorship import signed_in_author
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.people import members, service
from app.people import tokens as api_tokens
from app.people.factors import queries as factor_queries
from app.people.factors import service as factors
from app.people.factors.confirmation import needs_fresh_proof
from app.people.models import User

bp = Blueprint("members", __name__)

ACTS: dict[str, Callable[[Session, ChangeAuthor, User], None]] = {
    "shut_out": members.deactivate,
    "let_in": members.reactivate,
    "sign_out": members.sign_out,
    "reset_factors": factors.reset,
}


@bp.get("/settings/users")
@may("set_up")
def users() -> str:
    """List the court's users."""
    return _list()


def _list(**context: Any) -> str:
    session, court_id = db.session(), current_user.court_id
    users = members.of_court(session, court_id)
    return render_template(
        "people/users.html",
        users=users,
        with_factors=factor_queries.with_factors(session, [each.id for each in users]),
        tokens=members.token_counts(session, court_id),
        zone=current_user.court.zone,
        **{"person": {}, **context},
    )


@bp.post("/settings/users")
@may("set_up")
@needs_fresh_proof
def add_user() -> Any:
    """Add a user and show, once, the link that sets their password."""
    names = ("email", "name", "role")
    person = {name: settings.plain(request.form.get(name, "")).strip()[:254] for name in names}
    author = signed_in_author()

    def add(session: Session) -> tuple[str, str]:
        by = author(session)
        user = service.add_user(
            session,
            session.get_one(Court, by.court_id),
            person["email"],
            role=person["role"],
            now=by.now,
            name=settings.plain(person["name"])[:200],
        )
        change_log.note(session, by, "people", f"added/{user.email}", "", user.role)
        return user.name, service.open_password_link(user, web.secret(), by.now)

    try:
        name, path = retrying(add)
    except (Invalid, Refusal) as fault:
        return _list(person=person, **_refusal(fault)), 422
    return _list(link_of=name, link=_absolute_url(path))


def _refusal(fault: Invalid | Refusal) -> dict[str, Any]:
    if isinstance(fault, Refusal):
        return {"user_refused": web.translated(fault.message)}
    return {"user_errors": {name: web.translated(words) for name, words in fault.errors.items()}}


def _absolute_url(path: str) -> str:
    return web.services().settings.public_url + path


@bp.get("/settings/users/<int:user_id>")
@may("set_up")
def user(user_id: int) -> str:
    """Show one user and the actions an admin has."""
    return _detail(user_id)


def _detail(user_id: int, **context: Any) -> str:
    session = db.session()
    user_ = members.find(session, current_user.court_id, user_id)
    return render_template(
        "people/user.html",
        user=user_,
        tokens=api_tokens.of_user(session, user_),
        factors=factor_queries.of_user(session, user_.id),
        zone=current_user.court.zone,
        **context,
    )


@bp.post("/settings/users/<int:user_id>")
@may("set_up")
@needs_fresh_proof
def change_user(user_id: int) -> Any:
    """Change a user's role, deactivate or reactivate them, or create a password link."""
    act, role, author = (
        request.form.get("act", ""),
        request.form.get("role", ""),
        signed_in_author(),
    )

    def change(session: Session) -> tuple[str, str]:
        by = author(session)
        user_ = members.find(session, by.court_id, user_id)
        if act == "link":
            change_log.note(session, by, "people", f"link/{user_.email}", "", True)
            return user_.name, service.open_password_link(user_, web.secret(), by.now)
        if act == "role":
            members.change_role(session, by, user_, role)
        elif act in ACTS:
            ACTS[act](session, by, user_)
        return user_.name, ""

    try:
        name, path = retrying(change)
    except Invalid as fault:
        return _detail(user_id, refused=web.translated(fault.errors["role"])), 422
    except Refusal as fault:
        if web.status_of(fault) == 404:
            raise
        return _detail(user_id, refused=web.translated(fault.message)), 422
    if path:
        return _detail(user_id, link_of=name, link=_absolute_url(path))
    flash(gettext("Done. The change is in the change log."), "ok")
    return redirect(url_for("members.user", user_id=user_id), 303)


@bp.post("/settings/users/<int:user_id>/tokens/<int:token_id>/revoke")
@may("set_up")
def revoke_users_token(user_id: int, token_id: int) -> Any:
    """Revoke a user's API token."""
    author = signed_in_author()

    def revoke(session: Session) -> None:
        by = author(session)
        user_ = members.find(session, by.court_id, user_id)
        api_tokens.revoke(session, user_, token_id, by.now)
        change_log.note(session, by, "people", f"token/{user_.email}", f"{token_id}", "")

    retrying(revoke)
    flash(gettext("Token revoked. No program can use it any more."), "ok")
    return redirect(url_for("members.user", user_id=user_id), 303)


@bp.get("/settings/changes")
@may("set_up")
def setting_changes() -> str:
    """Show the change log of the court's settings."""
    page_arg = request.args.get("page", "1")
    page = (
        int(page_arg) if page_arg.isascii() and page_arg.isdigit() and int(page_arg[:6]) > 0 else 1
    )
    rows, more = change_log.page_of_changes(db.session(), current_user.court_id, page)
    return render_template(
        "court/changes.html", rows=rows, more=more, page=page, zone=current_user.court.zone
    )
