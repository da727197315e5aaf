"""A user's own page of second factors: add, remove, new recovery codes."""

from typing import Any

import segno
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Refusal
from app.core.web.access import signed_in
from app.people import sessions
from app.people.browser_sessions import finish_sign_in, go_on
from app.people.factors import passkeys, pending, queries, service, subjects
from app.people.factors.confirmation import ask_first, needs_fresh_proof
from app.people.factors.sign_in_views import party, pending_user, prover_of
from app.people.factors.subjects import FactorSubject
from app.people.models import User

bp = Blueprint("factors", __name__)
RATE = "30 per minute"


@bp.get("/me/factors")
@signed_in
def listed() -> str:
    """Show a user's second factors."""
    return _list()


def _list(**context: Any) -> str:
    return render_template(
        "people/factors/factors.html",
        factors=queries.of_user(db.session(), current_user.id),
        party=party(),
        **context,
    )


def _subject() -> FactorSubject | Any:
    """Return who sets up a factor, or the response that asks them to prove who they are."""
    subject = subjects.find()
    if subject is None:
        return redirect(url_for("people.sign_in"), 303)
    return (subject.session_id and ask_first()) or subject


@bp.get("/me/factors/app")
def app_form() -> Any:
    """Show the QR code of a new authenticator app."""
    subject = _subject()
    return _app_page(subject) if isinstance(subject, FactorSubject) else subject


def _app_page(subject: FactorSubject, app_secret: str = "", error: str = "") -> str:
    app_secret = app_secret or service.new_app_secret()
    address = service.app_address(subject.user, app_secret)
    picture = segno.make(address, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    return render_template(
        "people/factors/app.html",
        layout="base_plain.html" if subject.pending_key else "base.html",
        court=subject.user.court,
        qr=Markup(picture),  # noqa: S704 - made by segno of our own address
        address=address,
        app_secret=" ".join(app_secret[at : at + 4] for at in range(0, len(app_secret), 4)),
        sealed=service.seal_app_secret(web.secret(), subject.user.id, app_secret),
        next=request.values.get("next", ""),
        kept=request.form.get("kept", ""),
        error=error,
    )


@bp.post("/me/factors/app")
@web.limiter.limit(RATE)
def add_app() -> Any:
    """Store an authenticator app, once it shows the right code."""
    subject = _subject()
    if not isinstance(subject, FactorSubject):
        return subject
    user_id, typed, now = subject.user.id, request.form.get("code", ""), web.now()
    app_secret = service.unseal_app_secret(web.secret(), user_id, request.form.get("sealed", ""))
    if app_secret is None or "code" not in request.form:  # the page comes from a sign-in
        return _app_page(subject)

    def add(session: Session) -> list[str]:
        user = service.lock_user(session, user_id)
        _refuse_another(session, subject)
        codes = service.add_app(session, user, app_secret, typed, now, web.secret())
        _count_as_proof(session, subject, first=bool(codes))
        return codes

    try:
        codes = retrying(add)
    except Invalid as fault:
        error = web.translated(fault.errors["code"])
        return _app_page(subject, app_secret, error), 422
    return _done(subject, codes, gettext("Your authenticator app is set up."))


@bp.post("/me/factors/challenge")
@web.limiter.limit(RATE)
def challenge() -> Any:
    """Return what a browser's passkey is to sign next, as JSON."""
    registers, now = request.form.get("purpose") == "create", web.now()
    if current_user.is_authenticated or registers:
        subject = subjects.find()
    else:
        user = pending_user()
        subject = FactorSubject(user, subjects.pending_browser()) if user else None
    relying_party = party()
    if subject is None or relying_party is None:
        return Response('{"error": "not signed in"}', 403, content_type="application/json")
    user_id, browser, secret = subject.user.id, subject.browser, web.secret()

    def issue(session: Session) -> str:
        issued = passkeys.issue_challenge(session, browser, now, registers=registers)
        user = session.get_one(User, user_id)
        if registers:
            return passkeys.creation_options(session, relying_party, user, issued, secret)
        return passkeys.request_options(session, relying_party, user, issued)

    return Response(retrying(issue), content_type="application/json")


@bp.post("/me/factors/passkeys")
@web.limiter.limit(RATE)
def add_passkey() -> Any:
    """Store a passkey that this browser has made."""
    subject = _subject()
    if not isinstance(subject, FactorSubject):
        return subject
    user_id, browser, prover = subject.user.id, subject.browser, prover_of(subject.user.id)
    answer, name = request.form.get("answer", ""), request.form.get("name", "")
    taken = retrying(lambda s: passkeys.take_challenge(s, browser, prover.now, registers=True))

    def add(session: Session) -> list[str]:
        user = service.lock_user(session, user_id)
        _refuse_another(session, subject)
        codes = service.add_passkey(session, prover, user, answer, taken, name)
        _count_as_proof(session, subject, first=bool(codes))
        return codes

    try:
        codes = retrying(add)
    except (Invalid, Refusal) as fault:
        message = fault.message if isinstance(fault, Refusal) else fault.errors["passkey"]
        return _refused(subject, web.translated(message))
    return _done(subject, codes, gettext("The passkey is added."))


def _refuse_another(session: Session, subject: FactorSubject) -> None:
    """Refuse a factor by a pending sign-in of a user who has one by now. Raises Refusal."""
    if subject.pending_key and queries.has_any(session, subject.user.id):
        raise Refusal(N_("A second factor is needed. Sign in again."))


def _count_as_proof(session: Session, subject: FactorSubject, *, first: bool) -> None:
    """Let a new factor count as shown; the first one ends all other sessions of the user."""
    if subject.pending_key:
        pending.end(session, subject.pending_key)
    else:
        now = web.now()
        sessions.note_proof(session, subject.session_id, now, by_factor=True)
    if first:
        sessions.end_others(session, subject.user.id, subject.session_id, web.now())


def _refused(subject: FactorSubject, words: str) -> Any:
    if not subject.pending_key:
        return _list(refused=words), 422
    page = render_template(
        "people/factors/required.html",
        user=subject.user,
        court=subject.user.court,
        party=party(),
        next=request.form.get("next", ""),
        kept=request.form.get("kept", ""),
        refused=words,
    )
    return page, 422


def _done(subject: FactorSubject, codes: list[str], words: str) -> Any:
    """Show new recovery codes once, or return to the list; a pending sign-in is finished."""
    next_path, kept = request.form.get("next", ""), request.form.get("kept", "")
    if not subject.pending_key:
        if codes:
            return _codes_page(subject.user, codes, words, url_for("factors.listed"), "")
        flash(words, "ok")
        return redirect(url_for("factors.listed"), 303)
    user = db.session().get_one(User, subject.user.id)
    return finish_sign_in(
        user,
        next_path,
        begun=subject.begun,
        by_factor=True,
        page=_codes_page(user, codes, words, next_path, kept),
    )


def _codes_page(user: User, codes: list[str], words: str, next_path: str, kept: str) -> str:
    return render_template(
        "people/factors/codes.html",
        user=user,
        codes=codes,
        words=words,
        next=next_path,
        kept=kept,
    )


@bp.post("/me/factors/continue")
@signed_in
def continue_() -> Any:
    """Go on after the recovery codes were shown: to the form or the page of before."""
    user = current_user._get_current_object()
    return go_on(user, request.form.get("next", ""), request.form.get("kept", ""))


@bp.post("/me/factors/remove")
@signed_in
@needs_fresh_proof
def remove() -> Any:
    """Remove the app or a passkey."""
    user_id, which = current_user.id, request.form.get("which", "")[:20]
    sure = request.form.get("sure") == "1"
    try:
        retrying(
            lambda s: service.remove(s, service.lock_user(s, user_id), which, web.now(), sure=sure)
        )
    except Refusal as fault:
        if web.status_of(fault) == 404:
            raise
        return _list(refused=web.translated(fault.message)), 422
    flash(gettext("Removed. You are told by e-mail, too."), "ok")
    return redirect(url_for("factors.listed"), 303)


@bp.post("/me/factors/codes")
@signed_in
@needs_fresh_proof
def new_codes() -> Any:
    """Make ten new recovery codes and show them once."""
    user_id = current_user.id
    try:
        codes = retrying(lambda s: service.renew_codes(s, service.lock_user(s, user_id), web.now()))
    except Refusal as fault:
        return _list(refused=web.translated(fault.message)), 422
    words = gettext("Ten new recovery codes. Those of before do not work any more.")
    user = current_user._get_current_object()
    return _codes_page(user, codes, words, url_for("factors.listed"), "")
