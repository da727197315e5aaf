"""Access to a member's page by link: the guard of its pages and acts.

The same rules as for counsel's pages (see ``app.counsel.access``), with keys of another kind: a
member's link opens no page of counsel, and counsel's none of these.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Generic, TypeVar

from flask import Request, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db
from app.counsel import page_keys
from app.counsel.access import (
    ACT_RATE,
    NOT_REJECTED,
    PAGE_RATE,
    Destination,
    Rejection,
    StalePage,
    carry_out,
)
from app.counsel.page_keys import Audience
from app.hearings.bench import invitations
from app.members import page as member_page
from app.members.page import MemberPage

F = TypeVar("F")
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class MemberSubmission(Generic[F]):
    """A form sent from a page that was rendered for a member; ``proposal_id`` is 0 for none."""

    invitation_id: int
    proposal_id: int
    form: F
    nonce: str
    now: dt.datetime


def enter(token: str) -> MemberPage:
    """Return the page that a link opens; words are in the person's language from here.

    Aborts with a page of status 404 for an unknown link, of 410 for one that was replaced or whose
    person is needed no longer.
    """
    page = member_page.load(db.session(), token, web.now())
    if page is None:
        abort(make_response(render_template("members/link_unknown.html"), 404))
    g.language = page.language
    refresh()
    if page.replaced_at is not None or not page.is_needed:
        abort(make_response(render_template("members/ended.html", page=page), 410))
    return page


def render(
    template: str, page: MemberPage, rejection: Rejection = NOT_REJECTED, **context: Any
) -> str:
    """Render a page of a member, with a new page key for its forms."""
    return render_template(
        template,
        page=page,
        nonce=page_keys.issue(web.secret(), page.subject, Audience.MEMBER),
        message=rejection.message,
        errors=rejection.errors,
        **context,
    )


def sent_from_page(page: MemberPage) -> bool:
    """Tell whether the request carries the key of a page rendered for this state."""
    key = page_keys.parse(web.secret(), request.form.get("nonce", ""), Audience.MEMBER)
    return key is not None and key.subject == page.subject


def page(show: Callable[[MemberPage], ResponseReturnValue]) -> View:
    """Guard a view that decides nothing."""

    @web.limiter.limit(PAGE_RATE)
    @wraps(show)
    def view(key: str) -> ResponseReturnValue:
        return show(enter(key))

    return view


def act(
    read: Callable[[Request], F],
    show: Callable[[MemberPage, F, Rejection], ResponseReturnValue],
    *,
    stale: str,
) -> Callable[[Callable[[Session, MemberSubmission[F]], object]], View]:
    """Guard a view by which a member does something; the arguments are those of counsel's.

    A Destination that the decorated function returns is where it goes on instead of their page.
    """

    def guard(perform: Callable[[Session, MemberSubmission[F]], object]) -> View:
        @web.limiter.limit(ACT_RATE)
        @wraps(perform)
        def view(key: str) -> ResponseReturnValue:
            form, nonce = read(request), request.form.get("nonce", "")

            def work(session: Session) -> object:
                return perform(session, _submission(session, key, nonce, form))

            def go_on(outcome: object) -> ResponseReturnValue:
                then = outcome if isinstance(outcome, Destination) else Destination("member.page")
                return redirect(url_for(then.endpoint, key=key, **then.values), 303)

            return carry_out(work, go_on, partial(enter, key), show, form, stale)

        return view

    return guard


def _submission(session: Session, token: str, nonce: str, form: F) -> MemberSubmission[F]:
    """Return the submission of a form. Raises StalePage unless its page was this person's."""
    page_key = page_keys.parse(web.secret(), nonce, Audience.MEMBER)
    opened = invitations.opened_by(session, token)
    if page_key is None or opened is None or opened.replaced_at is not None:
        raise StalePage
    if page_key.subject.id != opened.invitation.id:
        raise StalePage
    return MemberSubmission(
        opened.invitation.id, page_key.subject.proposal_id, form, page_key.nonce, web.now()
    )
