"""Access to counsel's pages by link, without an account: the one guard of all pages and acts.

``page`` guards what counsel reads and ``act`` what counsel does. Both limit the rate, resolve the
link and speak counsel's language. An act must also carry the key of a page that was rendered for
the invitation (see ``page_keys``): mail scanners and chat previews open links, run scripts and
even press buttons. An act runs in one transaction that locks the hearing first, so that the link,
the page key and the act itself are all checked against the same state; what the services refuse is
shown on the form that was sent, with all that was typed.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Generic, TypeVar

from flask import Request, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Refusal
from app.counsel import page_keys, page_state
from app.counsel.page_state import CounselPage, HearingStatus
from app.hearings.answers import locking
from app.hearings.answers.locking import LockedInvitation

# A whole law office may sit behind one address, and guessing 128 bits is hopeless at any rate.
PAGE_RATE = "1200/minute"
ACT_RATE = "10/minute"

F = TypeVar("F")
View = Callable[[str], ResponseReturnValue]


@dataclass(frozen=True)
class Rejection:
    """Why an act was not carried out: an HTTP status, a message, and errors by form field."""

    status: int = 200
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


# Of a form that is shown for the first time.
NOT_REJECTED = Rejection()


@dataclass(frozen=True)
class Submission(Generic[F]):
    """A form sent from a page that was rendered for the invitation; the hearing is locked.

    ``nonce`` tells that page from the same page rendered again.
    """

    invitation: LockedInvitation
    form: F
    nonce: str
    now: dt.datetime


class StalePage(Exception):  # noqa: N818
    """The form was not sent from a page that is current: none of this invitation, or none at all.

    Also where the link is unknown or revoked, or counsel no longer acts in the case.
    """


def enter(token: str) -> CounselPage:
    """Return the state of the page that a link leads to; words are in counsel's language from here.

    Aborts with a page of status 404 for an unknown link, of 410 for one that was revoked or whose
    counsel no longer acts in the case. A link of an earlier proposal leads to the newest one.
    """
    session = db.session()
    link = page_state.resolve_link(session, token)
    if link is None:
        abort(make_response(render_template("counsel/link_unknown.html"), 404))
    page = page_state.load(session, token, link.invitation_id, web.now())
    g.language = page.counsel.language
    refresh()
    if link.revoked or page.status == HearingStatus.LEFT:
        abort(make_response(render_template("counsel/link_revoked.html", page=page), 410))
    return page


def render(
    template: str, page: CounselPage, rejection: Rejection = NOT_REJECTED, **context: Any
) -> str:
    """Render a page of counsel, with a new page key for its forms."""
    return render_template(
        template,
        page=page,
        nonce=page_keys.issue(web.secret(), page.invitation.id, page.proposal.id),
        message=rejection.message,
        errors=rejection.errors,
        **context,
    )


def in_wechat() -> bool:
    """Tell whether the page is read in WeChat's own browser, which opens no calendar files."""
    return "MicroMessenger" in request.user_agent.string


def sent_from_page(page: CounselPage) -> bool:
    """Tell whether the request carries the key of a page rendered for this state."""
    key = request.form.get("nonce", "")
    ids = (page.invitation.id, page.proposal.id)
    return page_keys.nonce_of(web.secret(), key, *ids) is not None


def page(show: Callable[[CounselPage], ResponseReturnValue]) -> View:
    """Guard a view that decides nothing."""

    @web.limiter.limit(PAGE_RATE)
    @wraps(show)
    def view(token: str) -> ResponseReturnValue:
        return show(enter(token))

    return view


def act(
    read: Callable[[Request], F],
    show: Callable[[CounselPage, F, Rejection], ResponseReturnValue],
    *,
    then: str,
    stale: str = N_("Nothing was recorded. Please press the button once more."),
    rate: str = ACT_RATE,
    max_body: int | None = None,
) -> Callable[[Callable[[Session, Submission[F]], object]], View]:
    """Guard a view by which counsel does something.

    ``read`` takes the typed form out of the request, right or wrong; ``show`` renders the form
    again when the act is rejected, ``stale`` being the message for a page that is not current;
    ``then`` is the endpoint to which counsel is redirected when it is done. The decorated function
    gets a session and a Submission, and raises Invalid or Refusal. ``max_body`` (bytes) allows
    larger forms than usual, to those alone who have a link.
    """

    def guard(perform: Callable[[Session, Submission[F]], object]) -> View:
        @web.limiter.limit(rate)
        @wraps(perform)
        def view(token: str) -> ResponseReturnValue:
            if max_body is not None:
                enter(token)
                request.max_content_length = max_body
            form, key, now = read(request), request.form.get("nonce", ""), web.now()

            def work(session: Session) -> None:
                invitation, nonce = _authorize(session, token, key)
                perform(session, Submission(invitation, form, nonce, now))

            try:
                retrying(work)
            except (StalePage, Invalid, Refusal) as error:
                current = enter(token)  # sets the language of the error
                rejection = _rejection(error, stale)
                response = make_response(show(current, form, rejection))
                if response.status_code == 200:
                    response.status_code = rejection.status
                return response
            return redirect(url_for(then, token=token), 303)

        return view

    return guard


def _authorize(session: Session, token: str, key: str) -> tuple[LockedInvitation, str]:
    """Lock the invitation of a link and return it with the nonce of a page key.

    Raises StalePage.
    """
    invitation = locking.by_link(session, token)
    if invitation is None or invitation.revoked or not invitation.own.acting:
        raise StalePage
    nonce = page_keys.nonce_of(web.secret(), key, invitation.id, invitation.proposal.id)
    if nonce is None:
        raise StalePage
    return invitation, nonce


def _rejection(error: Exception, stale: str) -> Rejection:
    if isinstance(error, StalePage):
        return Rejection(422, gettext(stale))
    status = web.status_of(error)
    if isinstance(error, Invalid):
        errors = {name: web.translated(message) for name, message in error.errors.items()}
        return Rejection(status, errors=errors)
    assert isinstance(error, Refusal)
    return Rejection(status, web.translated(error.message))
