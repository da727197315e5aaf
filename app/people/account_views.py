"""What people set themselves: a user their language and API tokens, an admin the court."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.core.web.access import may, signed_in
from app.court import change_log, places
from app.court import settings as habits
from app.court.authorship import by_whom
from app.court.models import Court
from app.people import service
from app.people.models import User

bp = Blueprint("account", __name__)


@bp.get("/me")
@signed_in
def me() -> str:
    """Show a user's own settings."""
    return _me()


def _me(**more: Any) -> str:
    tokens = service.tokens_of(db.session(), current_user)
    return render_template("people/account.html", tokens=tokens, **more)


@bp.post("/me")
@signed_in
def change_me() -> Any:
    """Take a user's language."""
    wish = request.form.get("language", "")
    user_id = current_user.id

    def change(session: Session) -> None:
        session.get_one(User, user_id).language = wish if wish in web.LANGUAGES else ""

    retrying(change)
    answer = redirect(url_for("account.me"), 303)
    answer.delete_cookie("lang")  # what was chosen for good goes before what was chosen in passing
    return answer


@bp.get("/me/tokens")
def tokens() -> Any:
    """Lead back to where tokens are made: a page that was posted may be asked for again."""
    return redirect(url_for("account.me"))


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
    retrying(
        lambda session: service.revoke_token(
            session, session.get_one(User, user_id), token_id, web.now()
        )
    )
    flash(gettext("The token is revoked; no program gets in with it any more."), "yes")
    return redirect(url_for("account.me"), 303)


@bp.get("/settings")
@may("set_up")
def settings() -> str:
    """Show what a court has set."""
    return _settings(current_user.court)


def _settings(court: Court, **more: Any) -> str:
    typed = {"given": habits.of(court), "errors": {}, **more}
    if typed["given"]["subdivision"] is None:
        typed["given"]["subdivision"] = court.subdivision
    country = typed["given"]["country"]
    return render_template(
        "court/settings.html",
        court=court,
        countries=_countries(),
        parts=_parts(country),
        differs=places.differs_by_subdivision(country, web.now().year),
        **typed,
    )


def _countries() -> list[tuple[str, str]]:
    """Return the countries whose holidays are known, by their names in the page's language."""
    named = [(code, wording.country_name(code, web.language())) for code in places.countries()]
    return sorted(named, key=lambda each: each[1])


def _parts(country: str) -> list[tuple[str, str]]:
    return [
        (code, name if name == code else f"{name} ({country}-{code})")
        for code, name in places.subdivisions(country).items()
    ]


@bp.get("/settings/subdivisions")
@may("set_up")
def subdivisions() -> str:
    """Return the choice of the parts of a country, for the settings' form."""
    country = places.split(request.args.get("country", ""))[0]
    given, court = {"subdivision": ""}, current_user.court
    if country == court.country:
        given["subdivision"] = court.subdivision
    return render_template(
        "court/_subdivisions.html",
        parts=_parts(country),
        given=given,
        errors={},
        differs=places.differs_by_subdivision(country, web.now().year),
    )


@bp.app_template_global()
def setting_names() -> dict[str, str]:
    """Name each setting of a court."""
    return {
        "name": gettext("Name of the court"),
        "short": gettext("Short name, for text messages"),
        "phone": gettext("Telephone"),
        "postal": gettext("Postal address"),
        "zone": gettext("Time zone"),
        "country": gettext("Country, whose holidays hold"),
        "subdivision": gettext("Part of the country"),
        "language": gettext("Language"),
        "reminder_days": gettext("Reminders, days before"),
        "reminder_at": gettext("Reminders at"),
        "quiet_from": gettext("Quiet from"),
        "quiet_until": gettext("Quiet until"),
        "opens": gettext("Hearings from"),
        "closes": gettext("Hearings until"),
        "lunch_from": gettext("Lunch from"),
        "lunch_until": gettext("Lunch until"),
        "buffer_minutes": gettext("Minutes between two hearings"),
        "text_links": gettext("Text messages may carry a link (otherwise a code to type)"),
        "text_slots": gettext(
            "Text messages list the slots by number, so that they can be "
            "answered by a digit (costs more)"
        ),
        "tentative_invites": gettext("Proposed slots go into calendars as a tentative invite"),
    }


@bp.app_template_global()
def place_name(court: Court) -> str:
    """Name the country, and its part, whose holidays hold for a court."""
    named = wording.country_name(court.country, web.language())
    part = places.subdivisions(court.country).get(court.subdivision, court.subdivision)
    code = places.code_of(court.country, court.subdivision)
    places_named = wording.listed([named, *filter(None, [part])], web.language())
    return f"{places_named}{wording.aside(code, web.language())}"


@bp.app_template_global()
def role_names() -> dict[str, str]:
    """Name each role."""
    return {"assistant": gettext("assistant"), "judge": gettext("judge"), "admin": gettext("admin")}


@bp.get("/court")
@signed_in
def about_court() -> str:
    """Show everybody of the court what it has set."""
    court = current_user.court
    return render_template("court/court.html", court=court, given=habits.of(court))


@bp.post("/settings")
@may("set_up")
def change_settings() -> Any:
    """Take what an admin sets for the court."""
    given, whose = habits.typed(request.form), by_whom()

    def change(session: Session) -> None:
        by = whose(session)
        court = session.get_one(Court, by.court_id)
        before = habits.of(court)
        habits.change(court, given)
        if court.zone != before["zone"]:
            session.flush()
            web.services().hold(session, court, web.now())
        change_log.note_all(session, by, "court", before, habits.of(court))

    try:
        retrying(change)
    except Invalid as fault:
        said = {name: web.translated(words) for name, words in fault.errors.items()}
        return _settings(current_user.court, given=given, errors=said), 422
    flash(gettext("The settings are kept. They hold from the next message on."), "yes")
    return redirect(url_for("account.settings"), 303)
