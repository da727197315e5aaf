"""Acts that need a fresh proof: who proved longer than ten minutes ago who they are does so again.

The proof is a second factor, or the password of who has none. After it the user returns to what
they did: a form with all that was typed, or the page that was asked for.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Message
from app.core.web import pending_form
from app.core.web.access import signed_in
from app.people import sessions
from app.people.browser_sessions import go_on, local_path
from app.people.factors import queries, service
from app.people.factors.rules import FactorMethod
from app.people.factors.sign_in_views import RATE, party, prover_of, read_answer, was_refused
from app.people.factors.subjects import signed_in_browser
from app.people.sessions import FRESH

bp = Blueprint("confirmation", __name__)
View = TypeVar("View", bound=Callable[..., Any])


def needs_fresh_proof(view: View) -> View:
    """Ask who proved longer ago than FRESH who they are for a proof, before the view runs."""

    @wraps(view)
    def guarded(*args: Any, **more: Any) -> Any:
        return ask_first() or view(*args, **more)

    return guarded  # type: ignore[return-value]


def ask_first() -> Any:
    """Return the page that asks for a proof, or None while the last one is fresh."""
    if web.now() - g.user_session.proven_at <= FRESH:
        return None
    path = request.full_path.rstrip("?")
    if request.method != "POST":
        return redirect(url_for("confirmation.ask", next=path))
    typed = list(request.form.items(multi=True))
    kept = pending_form.seal(web.secret(), current_user.id, path, typed, web.now())
    return _page("/", kept), 401


def _page(next_path: str, kept: str, refused: str = "") -> str:
    return render_template(
        "people/factors/confirm.html",
        factors=queries.of_user(db.session(), current_user.id),
        party=party(),
        next=next_path,
        kept=kept,
        refused=refused,
    )


@bp.get("/confirm")
@signed_in
def ask() -> Any:
    """Ask for a proof."""
    return _page(local_path(request.args.get("next", "/")), "")


@bp.post("/confirm")
@web.limiter.limit(RATE, key_func=get_remote_address, deduct_when=was_refused)
@signed_in
def answer() -> Any:
    """Check the proof, and return to what the user did."""
    user, session_id = current_user._get_current_object(), g.user_session.id
    next_path, kept = request.form.get("next", ""), request.form.get("kept", "")
    proof, prover = read_answer(signed_in_browser()), prover_of(user.id)
    by_factor = proof.method is not FactorMethod.PASSWORD

    def prove(session_: Session) -> Message | None:
        wrong = service.prove(session_, prover, proof)
        if wrong is None:
            sessions.note_proof(session_, session_id, prover.now, by_factor=by_factor)
        return wrong

    wrong = retrying(prove)
    if wrong is not None:
        return _page(next_path, kept, web.translated(wrong)), 422
    response: Response = go_on(user, next_path, kept, confirmed=True)
    return response
