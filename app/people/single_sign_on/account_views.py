"""One's own account at the provider, changed after a fresh sign-in; an admin unlinks others."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Refusal
from app.core.web.access import may, signed_in
from app.court.authorship import signed_in_author
from app.people import members, sessions
from app.people import service as people
from app.people.factors import queries as factor_queries
from app.people.factors.confirmation import ask_first, needs_fresh_proof
from app.people.models import User
from app.people.single_sign_on import service
from app.people.single_sign_on.models import Purpose, UserIdentity
from app.people.single_sign_on.views import provider_or_404, send_to_provider

bp = Blueprint("own_single_sign_on", __name__)


def _account_limit_key() -> str:
    return f"own password {current_user.get_id() if current_user.is_authenticated else ''}"


def _is_refused(response: Any) -> bool:
    return bool(response.status_code == 422)


@bp.app_template_global()
def sign_on_account(user: User) -> UserIdentity | None:
    """Return a user's account at the provider, or None."""
    provider = web.services().sign_on
    if provider is None:
        return None
    return service.identity_of(db.session(), user.id, provider.settings.issuer)


@bp.app_template_global()
def sign_on_accounts(court_id: int) -> Any:
    """Return the accounts of a court's users at the provider, by user id."""
    provider = web.services().sign_on
    if provider is None:
        return {}
    return service.identities(db.session(), court_id, provider.settings.issuer)


@bp.get("/me/single-sign-on")
@signed_in
def own() -> Any:
    """Show one's own account at the provider."""
    if web.services().sign_on is None:
        return redirect(url_for("account.me"))
    return _page()


def _page(**context: Any) -> str:
    is_fresh = sessions.is_fresh(db.session(), g.user_session.id, web.now())
    return render_template("people/single_sign_on/own.html", is_fresh=is_fresh, **context)


@bp.post("/me/single-sign-on")
@signed_in
@web.limiter.limit("10 per 15 minutes", key_func=_account_limit_key, deduct_when=_is_refused)
def change_own() -> Any:
    """Link one's account at the provider, or unlink it, after a fresh sign-in or the password."""
    provider = provider_or_404()
    session_id, user_id = g.user_session.id, current_user.id
    if factor_queries.has_any(db.session(), user_id) and (asked := ask_first()):
        return asked
    if not _shown_again():
        return _page(password_error=gettext("Enter your password: this one is wrong.")), 422
    if request.form.get("act") == "link":
        user = db.session().get_one(User, user_id)
        return send_to_provider(
            Purpose.LINK_OWN, user=user, session_id=session_id, other_account=True
        )
    issuer = provider.settings.issuer

    def unlink(session: Session) -> None:
        service.unlink_own(session, session.get_one(User, user_id), issuer, web.now(), session_id)

    try:
        retrying(unlink)
    except Refusal as fault:
        return _page(refused=web.translated(fault.message)), 422
    flash(gettext("Unlinked. Sign in with your password from now on."), "ok")
    return redirect(url_for("own_single_sign_on.own"), 303)


def _shown_again() -> bool:
    """Tell whether the user signed in a short time ago, or has typed the password again."""
    if sessions.is_fresh(db.session(), g.user_session.id, web.now()):
        return True
    password = request.form.get("password", "")[:1000]
    user = people.check_password(db.session(), current_user.email, password)
    return user is not None and user.id == current_user.id


@bp.post("/settings/users/<int:user_id>/single-sign-on")
@may("set_up")
@needs_fresh_proof
def unlink_user(user_id: int) -> Any:
    """Unlink a user's account at the provider."""
    issuer, author = provider_or_404().settings.issuer, signed_in_author()

    def unlink(session: Session) -> None:
        by = author(session)
        user = members.find(session, by.court_id, user_id)
        identity = service.identity_of(session, user.id, issuer)
        if identity is not None:
            service.unlink(session, by, identity)

    retrying(unlink)
    flash(gettext("Done. The change is in the change log."), "ok")
    return redirect(url_for("members.user", user_id=user_id), 303)
