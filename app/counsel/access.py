"""Access to counsel's pages by link, without an account: the one guard of all pages and acts.

``page`` guards what counsel reads and ``act`` what counsel does. Both limit the rate, resolve the
link and speak counsel's language. An act must also carry the key of a page that was rendered for
the invitation (see ``page_keys``): mail scanners and chat previews open links, run scripts and
even press buttons. A delegate of counsel may read or do what the table of acts allows them (see
``for_delegates``), and nothing else. An act runs in one transaction that locks the hearing first,
so that the link, the page key and the act itself are all checked against the same state; what the
services refuse is shown on the form that was sent, with all that was typed.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial, wraps
from typing import Any, Generic, TypeVar, cast

from flask import (
    Request,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from sqlalchemy.orm import Session

from app.cases.delegates import DelegateEnd, Delegation
from app.cases.models import Delegate, Representation
from app.core import web
from app.core.db import db, release_session, retrying
from app.core.errors import N_, Invalid, Refusal
from app.core.web.params import row_number
from app.counsel import case_hearings, page_keys, page_state
from app.counsel.case_hearings import CaseHearing
from app.counsel.page_keys import PageKey, PageSubject
from app.counsel.page_state import CasePage, CounselPage
from app.hearings.answers import counsel_keys, locking
from app.hearings.answers.locking import LockedInvitation
from app.storage.staged_uploads import UploadRequest

# A whole law office may sit behind one address, and guessing 128 bits is hopeless at any rate.
PAGE_RATE = "1200/minute"
ACT_RATE = "10/minute"

F = TypeVar("F")
P = TypeVar("P")
View = Callable[..., ResponseReturnValue]


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
    # Who acts for counsel, if not counsel themselves.
    delegate: Delegation | None = None


class DelegateRight(StrEnum):
    """What a page or an act is to a delegate of counsel, who may have less right than counsel."""

    NONE = "none"
    READ = "read"
    ANSWER = "answer"
    # Of the whole case, and so not for a delegate for one hearing.
    READ_CASE = "read_case"
    ANSWER_CASE = "answer_case"

    def permits(self, delegate: Delegate) -> bool:
        """Tell whether a delegate may do it."""
        if self is DelegateRight.NONE:
            return False
        answers = self in (DelegateRight.ANSWER, DelegateRight.ANSWER_CASE)
        of_case = self in (DelegateRight.READ_CASE, DelegateRight.ANSWER_CASE)
        return (delegate.may_answer or not answers) and not (of_case and delegate.hearing_id)


class StalePage(Exception):  # noqa: N818
    """The form was not sent from a page that is current: none of this invitation, or none at all.

    Also where the link is unknown or revoked, or counsel no longer acts in the case.
    """


def enter_case(token: str) -> CasePage:
    """Return the page of a case that a link opens; words are in counsel's language from here.

    Aborts with a page of status 404 for an unknown link, of 410 for one that was revoked or whose
    counsel no longer acts in the case.
    """
    session, now = db.session(), web.now()
    page = page_state.load_case(session, token, now)
    if page is None:
        abort(make_response(render_template("counsel/link_unknown.html"), 404))
    g.language = page.counsel.language
    refresh()
    if page.delegate is not None:
        _admit(page, page.delegate)
    if page.revoked_at or page.left:
        first = None if page.left else _unasked(page, now)
        shown = page_state.load_hearing(session, page, first, now) if first else page
        abort(make_response(render_template("counsel/link_revoked.html", page=shown), 410))
    if len(page.hearings) > 1:
        g.hearing_in_links = _named_hearing()
    return page


def _admit(page: CasePage, delegate: Delegate) -> None:
    """Let a delegate in, in their language. Aborts with status 410 if they may act no longer.

    And with 403 where the page or the act is for counsel alone.
    """
    g.language = delegate.language or page.counsel.language
    refresh()
    if page.ended_because or page.left:
        why = DelegateEnd(page.ended_because or DelegateEnd.LEFT).label
        words = render_template("counsel/delegates/ended.html", page=page, why=gettext(why))
        abort(make_response(words, 410))
    right = _right()
    if not right.permits(delegate):
        words = render_template("counsel/delegates/refused.html", page=page, right=right)
        abort(make_response(words, 403))


def _right() -> DelegateRight:
    """Return what the requested page or act is to delegates: nothing, unless the table says so."""
    right: DelegateRight = g.get("delegate_right", DelegateRight.NONE)
    return right


def for_delegates(view: View, right: DelegateRight) -> View:
    """Let delegates use a view, within a right."""

    @wraps(view)
    def allowed(token: str, **values: str) -> ResponseReturnValue:
        g.delegate_right = right
        return view(token, **values)

    return allowed


def enter(token: str) -> CounselPage:
    """Return the page of a case with the hearing that it is about, otherwise as ``enter_case``.

    Aborts with the page of the case and status 404 where counsel was invited to no hearing.
    """
    page = enter_case(token)
    shown = with_hearing(page)
    if not isinstance(shown, CounselPage):
        words = gettext("No hearing has been arranged with you in this case yet.")
        abort(make_response(render("counsel/case.html", page, Rejection(404, words)), 404))
    return shown


def with_hearing(page: CasePage) -> CasePage:
    """Return the page with the hearing that it is about; unchanged where there is none.

    Where a case has several, the page's links and forms name the one that it shows.
    """
    hearing = chosen(page)
    if hearing is None:
        return page
    if len(page.hearings) > 1:
        g.hearing_in_links = hearing.id
    return page_state.load_hearing(db.session(), page, hearing, web.now())


def chosen(page: CasePage) -> CaseHearing | None:
    """Return the hearing that a request is about, or None if counsel was invited to none.

    That is the one of the page that a form was sent from, else the one named in the address, else
    the one that an earlier key was sent for, else the first one to show. Aborts with status 404 if
    the address names none of this case.
    """
    invited = [each for each in page.hearings if each.invitation_id is not None]
    key = page_keys.parse(web.secret(), request.form.get("nonce", ""))
    if key is not None and key.subject.proposal_id:
        hearing_id = page_state.hearing_of(db.session(), key.subject.id, page.counsel.id)
        if sent_from := next((each for each in invited if each.id == hearing_id), None):
            return sent_from
    if "hearing" in request.args:
        named = next((each for each in invited if each.id == _named_hearing()), None)
        if named is None:
            words = gettext("This case has no such hearing.")
            abort(make_response(render("counsel/case.html", page, Rejection(404, words)), 404))
        return named
    return _unasked(page, web.now())


def hearing_id(page: CasePage) -> int | None:
    """Return the id of the hearing that a request is about, or None if there is none."""
    hearing = chosen(page)
    return hearing.id if hearing else None


def sent_hearing(request: Request) -> int | None:
    """Return the hearing that a form about a case names as that of its page; None for none.

    Of what is no number it is 0, which is the hearing of no case.
    """
    named = request.form.get("hearing_id", "")
    return (row_number(named) or 0) if named else None


def _unasked(page: CasePage, now: dt.datetime) -> CaseHearing | None:
    """Return the hearing to show where a request names none, or None if there is none."""
    invited = (each for each in page.hearings if each.invitation_id is not None)
    earlier = next((each for each in invited if each.id == page.sent_for), None)
    return earlier or case_hearings.shown_first(page.hearings, now)


def _named_hearing() -> int | None:
    """Return the id of the hearing that the address names, None if it names none."""
    return row_number(request.args.get("hearing", ""))


def keep_hearing(endpoint: str, values: dict[str, Any]) -> None:
    """Let links from a page of counsel name the hearing that it shows, if the case has several."""
    hearing = g.get("hearing_in_links")
    if hearing and "token" in values and endpoint.startswith(("counsel.", "feeds.")):
        values.setdefault("hearing", hearing)


def render(
    template: str, page: CasePage, rejection: Rejection = NOT_REJECTED, **context: Any
) -> str:
    """Render a page of counsel, with a new page key for its forms."""
    return render_template(
        template,
        page=page,
        nonce=page_keys.issue(web.secret(), page.subject),
        message=rejection.message,
        errors=rejection.errors,
        **context,
    )


def in_wechat() -> bool:
    """Tell whether the page is read in WeChat's own browser, which opens no calendar files."""
    return "MicroMessenger" in request.user_agent.string


def sent_from_page(page: CasePage) -> bool:
    """Tell whether the request carries the key of a page rendered for this state."""
    key = page_keys.parse(web.secret(), request.form.get("nonce", ""))
    return key is not None and key.subject == page.subject


def still_acting(
    session: Session, token: str, now: dt.datetime
) -> tuple[Representation, Delegation | None] | None:
    """Return for whom a link acts within a transaction, and the delegate; None once nobody does.

    For acts whose form is not a page's: files that come in parts.
    """
    opened = counsel_keys.resolve(session, token, now)
    if opened is None or opened.revoked:
        return None
    delegate = counsel_keys.lock_delegate(session, token, now) if opened.delegate_id else None
    if opened.delegate_id and (delegate is None or not _right().permits(delegate)):
        return None
    representation = session.get_one(Representation, opened.representation_id)
    case_id = representation.party.case_id
    acts = counsel_keys.acts(session, case_id, representation.counsel_id)
    return (representation, _delegation(delegate)) if acts else None


def case_page(show: Callable[[CasePage], ResponseReturnValue]) -> View:
    """Guard a view about a case that decides nothing."""

    @web.limiter.limit(PAGE_RATE)
    @wraps(show)
    def view(token: str) -> ResponseReturnValue:
        return show(enter_case(token))

    return view


def page(show: Callable[[CounselPage], ResponseReturnValue]) -> View:
    """Guard a view about a hearing that decides nothing."""

    @web.limiter.limit(PAGE_RATE)
    @wraps(show)
    def view(token: str) -> ResponseReturnValue:
        return show(enter(token))

    return view


@dataclass(frozen=True)
class UploadLimits:
    """Bytes that a form with files may have in all, and each of its files."""

    form: int
    file: int


def _allow_upload(token: str, limits: UploadLimits) -> None:
    """Let the form of a request carry files, which are staged as they arrive.

    No connection to the database is kept while they do: that may take minutes.
    """
    enter_case(token)  # reads no form
    release_session()
    allow_files(limits)


def allow_files(limits: UploadLimits) -> None:
    """Let the form of the request carry files, which are staged as they arrive."""
    request.max_content_length = limits.form
    cast(UploadRequest, request).staging_limit = limits.file


def act(
    read: Callable[[Request], F],
    show: Callable[[CounselPage, F, Rejection], ResponseReturnValue],
    *,
    then: str,
    stale: str = N_("Nothing was recorded. Please press the button once more."),
    rate: str = ACT_RATE,
    upload: Callable[[], UploadLimits] | None = None,
) -> Callable[[Callable[[Session, Submission[F]], object]], View]:
    """Guard a view by which counsel does something.

    ``read`` takes the typed form out of the request, right or wrong; ``show`` renders the form
    again when the act is rejected, ``stale`` being the message for a page that is not current;
    ``then`` is the endpoint to which counsel is redirected when it is done. The decorated function
    gets a session and a Submission, and raises Invalid or Refusal. ``upload`` allows files, to
    those alone who have a link.
    """

    def guard(perform: Callable[[Session, Submission[F]], object]) -> View:
        @web.limiter.limit(rate)
        @wraps(perform)
        def view(token: str) -> ResponseReturnValue:
            if upload is not None:
                _allow_upload(token, upload())
            form, key, now = read(request), request.form.get("nonce", ""), web.now()

            def work(session: Session) -> None:
                invitation, nonce, delegate = _authorize(session, token, key, now)
                perform(session, Submission(invitation, form, nonce, now, delegate))

            def go_on(_outcome: object) -> ResponseReturnValue:
                return _go_on(then, token)

            return carry_out(work, go_on, partial(enter, token), show, form, stale)

        return view

    return guard


@dataclass(frozen=True)
class CaseSubmission(Generic[F]):
    """A form sent from a page about a case that was rendered for the representation.

    ``token`` is the link by which the page was opened.
    """

    representation: Representation
    token: str
    form: F
    nonce: str
    now: dt.datetime
    delegate: Delegation | None = None


@dataclass(frozen=True)
class Destination:
    """The page that follows an act, and what its address names besides the key."""

    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


def case_act(
    read: Callable[[Request], F],
    show: Callable[[CasePage, F, Rejection], ResponseReturnValue],
    *,
    then: str,
    done: str | None = None,
    stale: str = N_("Nothing was recorded. Please press the button once more."),
    unsure: str = "",
    rate: str = ACT_RATE,
    upload: Callable[[], UploadLimits] | None = None,
) -> Callable[[Callable[[Session, CaseSubmission[F]], object]], View]:
    """Guard a view by which counsel does something in a case, otherwise as ``act``.

    A Destination that the decorated function returns is where it goes on instead of ``then``;
    ``done`` names in the address of the page that follows what was done, if it is to say so. An
    Invalid or Refusal that the decorated function returns is shown as one that it raises, but what
    it changed is kept. A form that has nothing but a button has a box to tick as well (see
    ``sure`` in counsel/_parts.html), since machines press buttons: ``unsure`` is what is said
    where it is not ticked.
    The services lock what they change; see docs/architecture.md for the order.
    """

    def guard(perform: Callable[[Session, CaseSubmission[F]], object]) -> View:
        @web.limiter.limit(rate)
        @wraps(perform)
        def view(token: str) -> ResponseReturnValue:
            if upload is not None:
                _allow_upload(token, upload())
            form, key, now = read(request), request.form.get("nonce", ""), web.now()

            def work(session: Session) -> object:
                representation, nonce, delegate = _authorize_in_case(session, token, key, now)
                if unsure and request.form.get("sure") != "1":
                    raise Refusal(unsure)
                submission = CaseSubmission(representation, token, form, nonce, now, delegate)
                return perform(session, submission)

            def go_on(outcome: object) -> ResponseReturnValue:
                if isinstance(outcome, Destination):
                    return _go_on(outcome.endpoint, token, done, **outcome.values)
                return _go_on(then, token, done)

            return carry_out(work, go_on, partial(enter_case, token), show, form, stale)

        return view

    return guard


def _authorize_in_case(
    session: Session, token: str, key: str, now: dt.datetime
) -> tuple[Representation, str, Delegation | None]:
    """Return the representation of a link, the nonce of a page key for it, and the acting delegate.

    Raises StalePage.
    """
    page_key = page_keys.parse(web.secret(), key)
    if page_key is None:
        raise StalePage
    delegate = _lock_delegate(session, token, page_key, now)
    opened = counsel_keys.resolve(session, token, now)
    if opened is None or opened.revoked:
        raise StalePage
    subject = PageSubject.representation(opened.representation_id, opened.delegate_id or 0)
    if page_key.subject != subject:
        raise StalePage
    representation = session.get_one(Representation, opened.representation_id)
    case_id = representation.party.case_id
    if not counsel_keys.acts(session, case_id, representation.counsel_id):
        raise StalePage
    return representation, page_key.nonce, _delegation(delegate)


def _lock_delegate(
    session: Session, token: str, page_key: PageKey, now: dt.datetime
) -> Delegate | None:
    """Return the delegate of a page key, locked; None on a page of counsel's own.

    Raises StalePage if the link is not that delegate's any more, or the act is not for them: the
    page that is shown then says so.
    """
    if not page_key.subject.delegate_id:
        return None
    delegate = counsel_keys.lock_delegate(session, token, now)
    if delegate is None or delegate.id != page_key.subject.delegate_id:
        raise StalePage
    if not _right().permits(delegate):
        raise StalePage
    return delegate


def _delegation(delegate: Delegate | None) -> Delegation | None:
    if delegate is None:
        return None
    counsel = delegate.representation.counsel
    return Delegation(delegate.id, delegate.name, counsel.name)


def _authorize(
    session: Session, token: str, key: str, now: dt.datetime
) -> tuple[LockedInvitation, str, Delegation | None]:
    """Lock the invitation of a page key, if the link opens its case.

    Return it with the nonce, and with who acts for counsel. Raises StalePage.
    """
    page_key = page_keys.parse(web.secret(), key)
    if page_key is None:
        raise StalePage
    delegate = _lock_delegate(session, token, page_key, now)
    if delegate is None:
        invitation = locking.by_key(session, token, page_key.subject.id)
    else:
        invitation = locking.by_delegate(session, delegate, page_key.subject.id)
    if invitation is None or invitation.revoked or not invitation.own.acting:
        raise StalePage
    delegate_id = delegate.id if delegate else 0
    subject = PageSubject.invitation(invitation.id, invitation.proposal.id, delegate_id)
    if page_key.subject != subject:
        raise StalePage
    return invitation, page_key.nonce, _delegation(delegate)


def carry_out(
    work: Callable[[Session], object],
    go_on: Callable[[object], ResponseReturnValue],
    open_page: Callable[[], P],
    show: Callable[[P, F, Rejection], ResponseReturnValue],
    form: F,
    stale: str,
) -> ResponseReturnValue:
    """Carry out an act in one transaction; return what follows, or its form if it is rejected.

    What was written is rolled back if the act raises a refusal, and stays if it returns one.
    """
    try:
        outcome = retrying(work)
    except (StalePage, Invalid, Refusal) as error:
        outcome = error
    if not isinstance(outcome, StalePage | Invalid | Refusal):
        return go_on(outcome)
    page = open_page()  # sets the language of the error
    rejection = _rejection(outcome, stale)
    return _with_status(show(page, form, rejection), rejection)


def _go_on(then: str, token: str, done: str | None = None, **values: Any) -> ResponseReturnValue:
    """Redirect to the page that follows an act, at the hearing from whose page it was done."""
    g.hearing_in_links = _named_hearing()
    return redirect(url_for(then, token=token, done=done, **values), 303)


def _with_status(shown: ResponseReturnValue, rejection: Rejection) -> Response:
    """Return a form that is shown again, with the status of its rejection unless it has another."""
    response = make_response(shown)
    if response.status_code == 200:
        response.status_code = rejection.status
    return response


def _rejection(error: Exception, stale: str) -> Rejection:
    if isinstance(error, StalePage):
        return Rejection(422, gettext(stale))
    status = web.status_of(error)
    if isinstance(error, Invalid):
        errors = {name: web.translated(message) for name, message in error.errors.items()}
        return Rejection(status, errors=errors)
    assert isinstance(error, Refusal)
    return Rejection(status, web.translated(error.message))
