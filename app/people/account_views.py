"""A user's own account page (language, API tokens), and the court's settings."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message
from app.core.web.access import may, signed_in
from app.core.web.params import row_number
from app.court import change_log, places
from app.court import settings as court_settings
from app.court.authorship import signed_in_author
from app.court.models import Court
from app.people import sessions
from app.people import tokens as api_tokens
from app.people.factors import queries as factor_queries
from app.people.factors.confirmation import ask_first, needs_fresh_proof
from app.people.models import User
from app.people.rules import TokenScope, scopes_of_role

bp = Blueprint("account", __name__)


@bp.get("/me")
@signed_in
def me() -> str:
    """Show a user's own settings."""
    return _account_page()


def _account_page(**context: Any) -> str:
    allowed = scopes_of_role(current_user.role)
    shown = {"form": {"name": "", "scopes": [], "until": ""}, "token_errors": {}, **context}
    return render_template(
        "people/account.html",
        factors=factor_queries.of_user(db.session(), current_user.id),
        tokens=api_tokens.of_user(db.session(), current_user),
        sessions=sessions.of_user(db.session(), current_user.id, web.now()),
        here=g.user_session.id,
        device_name=sessions.device_name,
        scopes=[each for each in TokenScope if each in allowed],
        **shown,
    )


@bp.get("/me/sessions")
def own_sessions() -> Any:
    """Redirect to the account page, for a browser that reloads the page after a POST."""
    return redirect(url_for("account.me"))


@bp.post("/me/sessions")
@signed_in
def end_session() -> Any:
    """End one of one's own sessions, or all but this one."""
    user_id, here = current_user.id, g.user_session.id
    wanted = request.form.get("session", "")
    if wanted == "others":
        count = retrying(lambda session: sessions.end_others(session, user_id, here, web.now()))
        message = ngettext("%(num)s other session ended.", "%(num)s other sessions ended.", count)
    else:
        session_id = row_number(wanted) or 0
        retrying(lambda session: sessions.end(session, user_id, session_id, web.now()))
        message = gettext("Session ended. That browser has to sign in again.")
    flash(message, "ok")
    return redirect(url_for("account.me"), 303)


@bp.post("/me")
@signed_in
def change_me() -> Any:
    """Save the user's language."""
    language = request.form.get("language", "")
    user_id = current_user.id

    def change(session: Session) -> None:
        session.get_one(User, user_id).language = language if language in web.LANGUAGES else ""

    retrying(change)
    response = redirect(url_for("account.me"), 303)
    response.delete_cookie("lang")  # the account's language overrides one chosen by ?lang=
    return response


@bp.get("/me/tokens")
def tokens() -> Any:
    """Redirect to the account page, for a browser that reloads the page after a POST."""
    return redirect(url_for("account.me"))


@bp.post("/me/tokens")
@signed_in
@needs_fresh_proof
def make_token() -> Any:
    """Create an API token and show it once."""
    name = court_settings.plain(request.form.get("name", "").strip()[: api_tokens.MOST_NAME])
    names, until = request.form.getlist("scope"), request.form.get("until", "").strip()
    user_id = current_user.id

    def create(session: Session) -> str:
        user = session.get_one(User, user_id)
        scopes = api_tokens.chosen_scopes(names, user)
        ends_at = api_tokens.end_of_day(_last_day(until), user)
        _, token = api_tokens.create(
            session, user, name, web.now(), scopes=scopes, expires_at=ends_at
        )
        return token

    try:
        return _account_page(new_token=retrying(create))
    except Invalid as fault:
        form = {"name": name, "scopes": names, "until": until}
        errors = {field: web.translated(words) for field, words in fault.errors.items()}
        return _account_page(form=form, token_errors=errors), 422


def _last_day(typed: str) -> dt.date | None:
    """Return the day of a date field, or None for an empty one. Raises Invalid."""
    try:
        return dt.date.fromisoformat(typed) if typed else None
    except ValueError as fault:
        message = Message(N_("Enter a date such as 2026-12-15."))
        raise Invalid({"expires_at": message}) from fault


@bp.post("/me/tokens/<int:token_id>/revoke")
@signed_in
def revoke_token(token_id: int) -> Any:
    """Revoke an API token."""
    user_id = current_user.id
    retrying(
        lambda session: api_tokens.revoke(
            session, session.get_one(User, user_id), token_id, web.now()
        )
    )
    flash(gettext("Token revoked. No program can use it any more."), "ok")
    return redirect(url_for("account.me"), 303)


@bp.get("/settings")
@may("set_up")
def settings() -> str:
    """Show the form of the court's settings."""
    return _settings_page(current_user.court)


def _settings_page(court: Court, **context: Any) -> str:
    context = {"form": court_settings.form_values(court), "errors": {}, **context}
    if context["form"]["subdivision"] is None:
        context["form"]["subdivision"] = court.subdivision
    country = context["form"]["country"]
    return render_template(
        "court/settings.html",
        court=court,
        countries=_countries(),
        parts=_subdivision_choices(country),
        differs=places.differs_by_subdivision(country, web.now().year),
        **context,
    )


def _countries() -> list[tuple[str, str]]:
    """Return codes and names of the known countries, sorted by name in the page's language."""
    choices = [(code, wording.country_name(code, web.language())) for code in places.countries()]
    return sorted(choices, key=lambda each: each[1])


def _subdivision_choices(country: str) -> list[tuple[str, str]]:
    return [
        (code, name if name == code else f"{name} ({country}-{code})")
        for code, name in places.subdivisions(country).items()
    ]


@bp.get("/settings/subdivisions")
@may("set_up")
def subdivisions() -> str:
    """Render the select of a country's subdivisions, for htmx."""
    country = places.split(request.args.get("country", ""))[0]
    form, court = {"subdivision": ""}, current_user.court
    if country == court.country:
        form["subdivision"] = court.subdivision
    return render_template(
        "court/_subdivisions.html",
        parts=_subdivision_choices(country),
        form=form,
        errors={},
        differs=places.differs_by_subdivision(country, web.now().year),
    )


@bp.app_template_global()
def setting_names() -> dict[str, str]:
    """Return the label of each setting."""
    return {
        "name": gettext("Name of the court"),
        "short": gettext("Short name, for text messages"),
        "phone": gettext("Telephone"),
        "postal": gettext("Postal address"),
        "zone": gettext("Time zone"),
        "country": gettext("Country (for holidays)"),
        "subdivision": gettext("Region"),
        "language": gettext("Language"),
        "reminder_days": gettext("Reminders (days before)"),
        "reminder_at": gettext("Time of reminders"),
        "quiet_from": gettext("Quiet hours from"),
        "quiet_until": gettext("Quiet hours until"),
        "opens": gettext("Hearings start from"),
        "closes": gettext("Hearings end by"),
        "lunch_from": gettext("Lunch from"),
        "lunch_until": gettext("Lunch until"),
        "buffer_minutes": gettext("Minutes between two hearings"),
        "move_closes_hours": gettext(
            "Counsel may ask for another date by link until (hours before)"
        ),
        "answer_days": gettext("Working days to answer a question"),
        "sends_from": gettext("First day on which counsel are told by Tingqi"),
        "outcomes_from": gettext("First day whose hearings wait for an outcome"),
        "text_links": gettext("Text messages contain a link (otherwise a code to type)"),
        "text_slots": gettext(
            "Text messages list numbered slots that can be answered with a digit (costs more)"
        ),
        "tentative_invites": gettext("Add proposed slots to calendars as tentative"),
        "factor_assistant": gettext("Second factor required of assistants"),
        "factor_judge": gettext("Second factor required of judges"),
        "factor_admin": gettext("Second factor required of admins"),
        "factor_by_provider": gettext(
            "Accept a second factor that the provider of single sign-on has asked for"
        ),
    }


@bp.app_template_global()
def place_name(court: Court) -> str:
    """Return the name of the country and subdivision that decide a court's holidays."""
    country_name = wording.country_name(court.country, web.language())
    subdivision_name = places.subdivisions(court.country).get(court.subdivision, court.subdivision)
    code = places.code_of(court.country, court.subdivision)
    place = wording.listed([country_name, *filter(None, [subdivision_name])], web.language())
    return f"{place}{wording.aside(code, web.language())}"


@bp.app_template_global()
def scope_names() -> dict[str, tuple[str, str]]:
    """Return the name of each scope of a token, and what it allows."""
    return {
        TokenScope.READ: (gettext("Read"), gettext("cases, hearings, papers and the record")),
        TokenScope.SCHEDULE: (
            gettext("Schedule"),
            gettext("enter cases, and propose, fix, move and cancel hearings"),
        ),
        TokenScope.CONTACT: (
            gettext("Contact counsel"),
            gettext("send answers, papers and links, and log contacts"),
        ),
        TokenScope.ADMIN: (
            gettext("Administer"),
            gettext("create and revoke tokens, and set the court up"),
        ),
    }


@bp.app_template_global()
def role_names() -> dict[str, str]:
    """Return the name of each role."""
    return {"assistant": gettext("assistant"), "judge": gettext("judge"), "admin": gettext("admin")}


@bp.get("/court")
@signed_in
def about_court() -> str:
    """Show the settings read-only to every user of the court."""
    court = current_user.court
    return render_template("court/court.html", court=court, form=court_settings.form_values(court))


@bp.post("/settings")
@may("set_up")
def change_settings() -> Any:
    """Save the court's settings."""
    form, author = court_settings.from_form(request.form), signed_in_author()
    if court_settings.factors_differ(current_user.court, form) and (asked := ask_first()):
        return asked
    own_role = f"factor_{current_user.role}"
    newly = form[own_role] and not getattr(current_user.court, own_role)
    if newly and not factor_queries.has_any(db.session(), current_user.id):
        words = gettext("Set up a second factor of your own first, on your page.")
        return _settings_page(current_user.court, form=form, errors={own_role: words}), 422

    def change(session: Session) -> None:
        by = author(session)
        court = session.get_one(Court, by.court_id)
        before = court_settings.form_values(court)
        court_settings.change(court, form)
        if court.zone != before["zone"]:
            session.flush()
            web.services().hold(session, court, web.now())
        change_log.note_all(session, by, "court", before, court_settings.form_values(court))

    try:
        retrying(change)
    except Invalid as fault:
        errors = {name: web.translated(words) for name, words in fault.errors.items()}
        return _settings_page(current_user.court, form=form, errors=errors), 422
    flash(gettext("Settings saved. They apply from the next message on."), "ok")
    return redirect(url_for("account.settings"), 303)
