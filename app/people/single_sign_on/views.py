"""Sign-in at the provider: sent there, back with an answer, signed out there; an admin's way in."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from flask_login import current_user

from app.core import web
from app.core.db import db, retrying
from app.core.web import pending_form
from app.court.models import Court
from app.people import service as people
from app.people.browser_sessions import local_path
from app.people.factors.pending import ProviderSignIn
from app.people.factors.sign_in_views import begin_sign_in
from app.people.models import User
from app.people.single_sign_on import service
from app.people.single_sign_on.id_tokens import TokenRejected
from app.people.single_sign_on.models import Purpose
from app.people.single_sign_on.provider import (
    CodeRefused,
    ProviderAnswer,
    ProviderUnavailable,
    SignInRequest,
    SignOnProvider,
    error_code,
)
from app.people.single_sign_on.rules import (
    account_label,
    account_names,
    has_claim,
    has_several_factors,
)
from app.people.single_sign_on.service import AttemptFacts, SignOnFault, SignOnRefused

bp = Blueprint("single_sign_on", __name__)
log = logging.getLogger("tingqi.single_sign_on")
# Many users of a court may come from one address, all at half past eight.
STARTS = "120 per minute"
FAILURES = "60 per minute"
STATUS = {
    SignOnFault.OVER: 400,
    SignOnFault.PROVIDER_REFUSED: 400,
    SignOnFault.UNAVAILABLE: 503,
    SignOnFault.NOT_VERIFIED: 400,
    SignOnFault.TAKEN: 409,
    SignOnFault.HAS_ANOTHER: 409,
}  # 403 for all others


def _has_failed(response: Response) -> bool:
    return response.status_code >= 400


def provider_or_404() -> SignOnProvider:
    """Return the provider; there is no such page without one."""
    provider = web.services().sign_on
    if provider is None:
        abort(404)
    return provider


@bp.app_template_global()
def sign_on_label() -> str:
    """Return the name of the provider for users, "" where none is set up."""
    provider = web.services().sign_on
    return provider.settings.label if provider else ""


@bp.app_template_global()
def password_forbidden(court: Court) -> bool:
    """Tell whether users of a court sign in by single sign-on only."""
    return bool(web.services().sign_on) and service.rule_of(db.session(), court.id).only


@bp.app_template_global()
def passwords_useless() -> bool:
    """Tell whether nobody at all can sign in with a password."""
    return bool(web.services().sign_on) and service.all_courts_without_passwords(db.session())


def _cookie_name() -> str:
    """Return the name of the cookie that ties a sign-in to its browser.

    With https the prefix keeps pages of sibling domains from setting it.
    """
    is_secure = web.services().settings.public_url.startswith("https")
    return "__Host-tingqi-sign-on" if is_secure else "tingqi-sign-on"


def send_to_provider(
    purpose: Purpose,
    *,
    next_path: str = "",
    kept: str = "",
    user: User | None = None,
    session_id: int | None = None,
    other_account: bool = False,
) -> Any:
    """Return the page that leads to the provider's sign-in, or the page that says why not.

    A form that redirects to another site is stopped by the policy of our pages, whatever sites the
    provider itself redirects to; a page that leads on is not.
    """
    provider = provider_or_404()
    asked = SignInRequest(*(secrets.token_urlsafe(32) for _ in range(3)))
    language = web.language()
    user_id, version = (user.id, user.version) if user else (None, 0)
    db.session().rollback()  # no connection waits for the provider
    try:
        address = provider.sign_in_address(asked, language, other_account=other_account)
    except ProviderUnavailable as fault:
        log.error("the provider of single sign-on is away: %s", fault)
        return refusal(SignOnFault.UNAVAILABLE)
    browser_key = request.cookies.get(_cookie_name()) or secrets.token_urlsafe(32)
    attempt = AttemptFacts(
        purpose,
        provider.settings.issuer,
        asked,
        next_path,
        kept,
        user_id,
        version,
        session_id,
    )
    retrying(lambda session: service.begin(session, attempt, browser_key, web.now()))
    response = _leading_to(address, signed_out=False)
    response.set_cookie(
        _cookie_name(),
        browser_key,
        max_age=int(service.ATTEMPT_LIVES.total_seconds()),
        samesite="Lax",
        httponly=True,
        secure=web.services().settings.public_url.startswith("https"),
    )
    return response


def _leading_to(address: str, *, signed_out: bool) -> Response:
    """Return the page that leads on by itself.

    Not by a header: an address with a token may be longer than what a proxy takes as headers.
    """
    return make_response(
        render_template(
            "people/single_sign_on/leading.html", address=address, signed_out=signed_out
        )
    )


@bp.get("/sign-in/oidc")
def back_to_sign_in() -> Any:
    """Redirect to the sign-in page, for a browser that reloads the page after a POST."""
    return redirect(url_for("people.sign_in"))


@bp.post("/sign-in/oidc")
@web.limiter.limit(STARTS, key_func=get_remote_address)
def start() -> Any:
    """Send the browser to the provider to sign in."""
    return send_to_provider(
        Purpose.SIGN_IN,
        next_path=local_path(request.form.get("next", "")),
        kept=_kept_form(),
        other_account=bool(request.form.get("other")),
    )


def _kept_form() -> str:
    """Return the form that this browser's last user typed before the sign-in, "" for none.

    What was not sealed here is not stored.
    """
    kept = request.form.get("kept", "")
    user_id = pending_form.marked(web.secret(), request.cookies.get(pending_form.LAST, ""))
    return kept if pending_form.opened(web.secret(), kept, user_id, web.now()) else ""


@bp.get("/sign-in/oidc/callback")
@web.limiter.limit(FAILURES, key_func=get_remote_address, deduct_when=_has_failed)
def callback() -> Any:
    """Complete a sign-in with the provider's answer; every answer is good for one time."""
    provider = provider_or_404()
    try:
        return _complete(provider)
    except SignOnRefused as refused:
        return refusal(refused.fault)
    except ProviderUnavailable as fault:
        log.error("the provider of single sign-on is away: %s", fault)
        return refusal(SignOnFault.UNAVAILABLE)
    except TokenRejected as fault:
        log.error("an answer of the provider of single sign-on was refused: %s", fault)
        return refusal(SignOnFault.NOT_VERIFIED)
    except CodeRefused as fault:
        log.error("the provider of single sign-on gave no token: %s", fault.error)
        return refusal(SignOnFault.PROVIDER_REFUSED, error=fault.error)


def _complete(provider: SignOnProvider) -> Any:
    state = request.args.get("state", "")[:200]
    browser_key, now = request.cookies.get(_cookie_name(), ""), web.now()
    attempt = retrying(lambda session: service.take(session, state, browser_key, now))
    if attempt.issuer != provider.settings.issuer:
        raise SignOnRefused(SignOnFault.OVER)
    issuer, error = request.args.get("iss"), request.args.get("error")
    if error is not None:
        provider.check_answer(issuer)
        raise CodeRefused(error_code(error))
    code = request.args.get("code", "")
    if not code:
        raise TokenRejected("the answer has no code")
    if attempt.purpose == Purpose.LINK_OWN:
        _check_still_signed_in(attempt)
    db.session().rollback()  # no connection waits for the provider
    answer = provider.redeem(code[:4000], issuer, attempt.asked, now)
    claims = _with_userinfo(provider, answer, attempt)
    try:
        user_id, identity_id = retrying(
            lambda session: service.complete(session, attempt, claims, now)
        )
    except SignOnRefused as refused:
        if refused.fault in (SignOnFault.NOT_LINKED, SignOnFault.TAKEN):
            return refusal(refused.fault, account=account_label(claims))
        raise
    is_linked = attempt.purpose != Purpose.SIGN_IN
    by_factor = has_several_factors(answer.claims)
    response = begin_sign_in(
        db.session().get_one(User, user_id),
        "/me/single-sign-on" if is_linked else attempt.next_path,
        attempt.kept,
        ProviderSignIn(identity_id, answer.id_token, by_factor),
    )
    if is_linked:
        words = gettext("Linked: from now on you can sign in through %(provider)s.")
        flash(words % {"provider": provider.settings.label}, "ok")
    return response


def _check_still_signed_in(attempt: AttemptFacts) -> None:
    """Raise SignOnRefused unless the session that wanted to link an account is this browser's."""
    if not current_user.is_authenticated or g.user_session.id != attempt.session_id:
        raise SignOnRefused(SignOnFault.LINK_OVER)


def _with_userinfo(
    provider: SignOnProvider, answer: ProviderAnswer, attempt: AttemptFacts
) -> Mapping[str, Any]:
    """Return the claims, with those of the user info if what is looked for is not there.

    That is the claim with the roles, and what an account is called which is linked to nobody yet:
    many providers put nothing but the subject into the token.
    """
    court_id = service.court_of(db.session(), attempt, answer.claims)
    claim = service.rule_of(db.session(), court_id).role_claim if court_id else ""
    db.session().rollback()  # no connection waits for the provider
    has_roles = not claim or has_claim(answer.claims, claim)
    is_new = not court_id or attempt.purpose != Purpose.SIGN_IN
    if has_roles and not (is_new and not account_names(answer.claims)):
        return answer.claims
    return {**provider.userinfo(answer), **answer.claims}


def refusal(fault: SignOnFault, **context: Any) -> Any:
    """Return the page that says why somebody is not signed in, and what to do."""
    page = render_template("people/single_sign_on/refused.html", fault=fault.value, **context)
    return page, STATUS.get(fault, 403)


@bp.post("/password/<int:user_id>/<token>/oidc")
@web.limiter.limit(FAILURES, key_func=get_remote_address, deduct_when=_has_failed)
def link_invited(user_id: int, token: str) -> Any:
    """Send the user of a set-up link to the provider, to link their account there."""
    session = db.session()
    user = people.user_of_password_link(session, user_id, token, web.secret(), web.now())
    if user is None:
        return refusal(SignOnFault.LINK_OVER)
    return send_to_provider(Purpose.LINK_INVITED, user=user, other_account=True)


@bp.get("/password/sign-in/<token>")
@web.limiter.limit(FAILURES, key_func=get_remote_address, deduct_when=_has_failed)
def way_in(token: str) -> Any:
    """Show whom a link of the command line signs in; opening it uses nothing up."""
    user = service.admin_of_way_in(db.session(), token, web.now())
    return render_template("people/single_sign_on/way_in.html", user=user), 200 if user else 404


@bp.post("/password/sign-in/<token>")
@web.limiter.limit(FAILURES, key_func=get_remote_address, deduct_when=_has_failed)
def use_way_in(token: str) -> Any:
    """Sign an admin in with a link of the command line, once."""
    try:
        user_id = retrying(lambda session: service.use_way_in(session, token, web.now()).id)
    except SignOnRefused:
        return render_template("people/single_sign_on/way_in.html", user=None), 404
    return begin_sign_in(db.session().get_one(User, user_id), "/settings/single-sign-on")


def sign_out_there(session_id: int) -> Any:
    """Return the page that ends the session at the provider too, or None if there is none."""
    provider = web.services().sign_on
    if provider is None or not session_id:
        return None
    id_token = retrying(lambda session: service.forget_token(session, session_id))
    if not id_token:
        return None
    try:
        address = provider.sign_out_address(id_token)
    except ProviderUnavailable as fault:
        log.warning("nobody can be signed out at the provider of single sign-on: %s", fault)
        address = ""
    if address:
        return _leading_to(address, signed_out=True)
    words = gettext(
        "You are signed out of Tingqi. %(provider)s could not be reached: sign out there as well."
    )
    flash(words % {"provider": provider.settings.label}, "due")
    return None
