"""Settings of single sign-on: the provider, who is linked, and what the court requires."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.core.web.access import may
from app.court import settings
from app.court.authorship import signed_in_author
from app.people import members
from app.people.factors.confirmation import needs_fresh_proof
from app.people.single_sign_on import service
from app.people.single_sign_on.checks import check_provider
from app.people.single_sign_on.service import RULE_FIELDS, CourtRule
from app.people.single_sign_on.views import provider_or_404

bp = Blueprint("sign_on_settings", __name__)


@bp.get("/settings/single-sign-on")
@may("set_up")
def show() -> str:
    """Show the provider and what the court requires."""
    return _page()


def _page(**context: Any) -> str:
    session, court_id = db.session(), current_user.court_id
    provider = web.services().sign_on
    rule = service.rule_of(session, court_id)
    linked = service.identities(session, court_id, provider.settings.issuer) if provider else {}
    users = [each for each in members.of_court(session, court_id) if each.active]
    return render_template(
        "people/single_sign_on/settings.html",
        **{
            "provider": provider,
            "rule": rule,
            "errors": {},
            "users": len(users),
            "unlinked": [each.name for each in users if each.id not in linked],
            **context,
        },
    )


@bp.post("/settings/single-sign-on")
@may("set_up")
@needs_fresh_proof
def change() -> Any:
    """Check the provider now, or save what the court requires."""
    provider = provider_or_404()
    if request.form.get("act") == "check":
        db.session().rollback()  # no connection waits for the provider
        passed, words = check_provider(provider)
        return _page(check=web.translated(words), check_passed=passed)
    texts = {name: settings.plain(request.form.get(name, "")).strip() for name in RULE_FIELDS[1:]}
    rule = CourtRule(only=request.form.get("only") == "1", **texts)
    author, session_id = signed_in_author(), g.user_session.id

    def save(session: Session) -> None:
        service.change_rule(
            session, author(session), rule, session_id, label=provider.settings.label
        )

    try:
        retrying(save)
    except Invalid as fault:
        errors = {name: web.translated(words) for name, words in fault.errors.items()}
        return _page(rule=rule, errors=errors), 422
    flash(gettext("Settings saved."), "ok")
    return redirect(url_for("sign_on_settings.show"), 303)


@bp.app_template_global()
def sign_on_setting_names() -> dict[str, str]:
    """Return the label of each setting of single sign-on."""
    return {
        "only": gettext("Single sign-on only: no sign-in with a password"),
        "role_claim": gettext("Claim that names roles"),
        "admin_value": gettext("Value for admins"),
        "judge_value": gettext("Value for judges"),
        "assistant_value": gettext("Value for assistants"),
    }
