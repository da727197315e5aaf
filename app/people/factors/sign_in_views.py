"""The sign-in between the password and the second factor.

A browser in which the password was right is half signed in: its cookie has the key of a pending
sign-in, which opens the pages of this module and, for a user who has to set up a first factor,
those that add one. For all other pages it is nobody.
"""

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from sqlalchemy.orm import Session

from app.core import links, web
from app.core.db import db, retrying
from app.core.errors import Message
from app.people.browser_sessions import finish_sign_in, local_path
from app.people.factors import devices, passkeys, pending, queries, service
from app.people.factors.passkeys import RelyingParty
from app.people.factors.pending import ProviderSignIn
from app.people.factors.rules import FEW_CODES, FactorMethod
from app.people.factors.service import FactorAnswer, Prover
from app.people.models import User
from app.people.single_sign_on import service as single_sign_on

bp = Blueprint("factor_sign_in", __name__)
PENDING_KEY = "pending_key"  # in the cookie: see ``pending``
RATE = "30 per minute"  # answers of one address


def begin_sign_in(
    user: User, next_path: str, kept: str = "", provider: ProviderSignIn | None = None
) -> Any:
    """Let a user who has shown the first factor go on: to the second one, or straight in.

    ``provider``: the first one was a sign-in there. Straight in goes who needs no factor here, or,
    where the court accepts it, who has shown one there.
    """
    there = provider is not None and provider.by_factor and user.court.factor_by_provider
    needed = queries.has_any(db.session(), user.id) or user.court.needs_factor(user.role)
    if there or not needed:
        begun = _begun(provider.identity_id, provider.id_token) if provider else None
        return finish_sign_in(user, next_path, kept, begun, by_factor=there)
    user_id = user.id

    def begin(session_: Session) -> str:
        return pending.begin(session_, session_.get_one(User, user_id), web.now(), provider)

    session[PENDING_KEY] = retrying(begin)
    if kept:  # it is in the page and nowhere else
        return _page(user, next_path, kept)
    return redirect(url_for("factor_sign_in.ask", **_next(next_path)), 303)


def _next(next_path: str) -> dict[str, Any]:
    path = local_path(next_path)
    return {"next": path} if path != "/" else {}


def _begun(identity_id: int, id_token: str) -> Callable[[Session, int], None]:
    """Return what notes by which identity a session was begun."""
    return lambda session_, id_: single_sign_on.begun(session_, identity_id, id_, id_token)


def pending_begun() -> Callable[[Session, int], None] | None:
    """Return what is noted of the session that follows the pending sign-in, or None."""
    row = pending.find(db.session(), str(session.get(PENDING_KEY, "")), web.now())
    return _begun(row.identity_id, row.id_token) if row and row.identity_id else None


def pending_user() -> User | None:
    """Return the user who is half signed in here, or None; the page is in their language."""
    key = str(session.get(PENDING_KEY, ""))
    row = pending.find(db.session(), key, web.now()) if key else None
    if row and row.user.language:
        g.language = row.user.language
    return row.user if row else None


def pending_browser() -> str:
    """Return the digest of the key of the pending sign-in, by which challenges are stored."""
    return links.digest(str(session.get(PENDING_KEY, "")))


def party() -> RelyingParty | None:
    """Return for whom this installation's passkeys are, or None where it can have none."""
    return RelyingParty.of(web.services().settings.public_url)


def prover_of(user_id: int) -> Prover:
    """Return the user whose proof a request brings, with their device and the present time."""
    return Prover(user_id, devices.proven_for(user_id), party(), web.secret(), web.now())


def read_answer(browser: str) -> FactorAnswer:
    """Return the proof that a form brings; the challenge of a passkey is void from now on."""
    method, typed = request.form.get("method", ""), request.form.get("answer", "")
    known = FactorMethod(method) if method in set(FactorMethod) else FactorMethod.APP
    challenge = b""
    if known is FactorMethod.PASSKEY:
        now = web.now()
        challenge = retrying(lambda s: passkeys.take_challenge(s, browser, now))
    return FactorAnswer(known, typed[: passkeys.LONGEST_ANSWER + 1], challenge)


def _over() -> Any:
    session.pop(PENDING_KEY, None)
    flash(gettext("That took longer than ten minutes. Sign in again."), "due")
    return redirect(url_for("people.sign_in", **_next(request.values.get("next", ""))), 303)


def _page(user: User, next_path: str, kept: str, refused: str = "") -> str:
    """Return the page that asks for the factor, or leads to setting one up."""
    factors = queries.of_user(db.session(), user.id)
    name = "people/factors/sign_in.html" if factors.count else "people/factors/required.html"
    return render_template(
        name,
        user=user,
        court=user.court,
        factors=factors,
        party=party(),
        next=next_path,
        kept=kept,
        refused=refused,
    )


@bp.get("/sign-in/factor")
def ask() -> Any:
    """Ask for the second factor."""
    user = pending_user()
    if user is None:
        return redirect(url_for("people.sign_in", **_next(request.args.get("next", ""))))
    return _page(user, request.args.get("next", ""), "")


def was_refused(response: Response) -> bool:
    return response.status_code == 422


@bp.post("/sign-in/factor")
@web.limiter.limit(RATE, key_func=get_remote_address, deduct_when=was_refused)
def answer() -> Any:
    """Check the second factor, and finish the sign-in."""
    user = pending_user()
    if user is None:
        return _over()
    next_path, kept = request.form.get("next", ""), request.form.get("kept", "")
    proof, prover = read_answer(pending_browser()), prover_of(user.id)
    key, begun = str(session[PENDING_KEY]), pending_begun()

    def prove(session_: Session) -> Message | None:
        wrong = None
        if not queries.has_any(session_, prover.user_id) or proof.method is FactorMethod.PASSWORD:
            wrong = Message(service.CHOOSE_ANOTHER)
        wrong = wrong or service.prove(session_, prover, proof)
        if wrong is None:
            pending.end(session_, key)
        return wrong

    wrong = retrying(prove)
    if wrong is not None:
        return _page(user, next_path, kept, web.translated(wrong)), 422
    response = finish_sign_in(user, next_path, kept, begun, by_factor=True)
    _warn_of_few_codes(user.id)
    return response


def _warn_of_few_codes(user_id: int) -> None:
    factors = queries.of_user(db.session(), user_id)
    if factors.codes_left <= FEW_CODES:
        words = gettext(
            "You have %(count)s recovery codes left. Make new ones on your page.",
            count=factors.codes_left,
        )
        flash(words, "due")


@bp.post("/sign-in/cancel")
def cancel() -> Any:
    """Forget a pending sign-in, to sign in as somebody else."""
    key = str(session.pop(PENDING_KEY, ""))
    if key:
        retrying(lambda session_: pending.end(session_, key))
    return redirect(url_for("people.sign_in"), 303)
