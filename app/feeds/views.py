"""Calendars at unguessable addresses, and counsel's page to subscribe to theirs."""

import datetime as dt

from flask import Blueprint, Request, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db
from app.counsel import access
from app.counsel.access import NOT_REJECTED, PAGE_RATE, CaseSubmission, Rejection
from app.counsel.page_state import CasePage
from app.feeds import calendars, queries, service, tags
from app.feeds.tags import CalendarTag

bp = Blueprint("feeds", __name__)


@bp.get("/feeds/<token>.ics")
@web.limiter.exempt
def calendar(token: str) -> Response:
    """Return a calendar, or 304 if the program has it already. Writes nothing."""
    session, now, court_address = db.session(), web.now(), web.services().settings.court_address
    known = tags.parse(request.if_none_match.as_set(include_weak=True))
    feed = queries.feed_request(session.connection(), token, known.position if known else 0)
    if feed is None:
        with web.limiter.limit(PAGE_RATE):  # counts guesses; a known address costs no counting
            pass
        words = "There is no calendar at this address, or it was ended.\n"
        return Response(words, 404, content_type="text/plain; charset=utf-8")
    if known and calendars.proves_unchanged(known, feed, now, court_address):
        return _with_headers(Response(status=304), known)
    hearings = queries.hearings_in(session, feed, now)
    tag = calendars.tag_of(feed, hearings, court_address)
    if request.if_none_match.star_tag or (known and known.is_same_calendar(tag)):
        return _with_headers(Response(status=304), tag)
    changed_at = _second(calendars.last_modified(feed, hearings))
    if _not_modified_since(changed_at):
        response = Response(status=304)
    else:
        body = calendars.body(session, feed, hearings, court_address)
        response = Response(body, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="tingqi.ics"'
    response.last_modified = changed_at
    return _with_headers(response, tag)


def _with_headers(response: Response, tag: CalendarTag) -> Response:
    response.set_etag(str(tag))
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _not_modified_since(changed_at: dt.datetime) -> bool:
    """Tell whether If-Modified-Since says so; an ETag takes precedence (RFC 9110, 13.2.2)."""
    since = request.if_modified_since
    return since is not None and changed_at <= since and not request.headers.get("If-None-Match")


def _second(at: dt.datetime) -> dt.datetime:
    """Return the first whole second not before a time: HTTP dates know no fractions."""
    return at if not at.microsecond else at.replace(microsecond=0) + dt.timedelta(seconds=1)


def read(request: Request) -> bool:
    """Tell whether a form asks to end the calendar's address."""
    return bool(request.form.get("stop"))


def render(page: CasePage, _stop: bool, rejection: Rejection) -> str:
    """Render the address of counsel's calendar, or the button that makes it."""
    session = db.session()
    feed = queries.open_feed(session, page.court.id, "counsel", page.counsel.id, None)
    url, name = web.services().settings.public_url, page.court.short
    ways = service.ways_of(feed, url, web.secret(), name) if feed is not None else None
    return access.render("feeds/subscribe.html", page, rejection, ways=ways)


@bp.get("/r/<token>/feed")
@access.case_page
def subscribe(page: CasePage) -> ResponseReturnValue:
    """Show counsel the address of their calendar, or the button that makes it."""
    return render(page, False, NOT_REJECTED)


@bp.post("/r/<token>/feed")
@access.case_act(read, render, then="feeds.subscribe")
def begin(session: Session, submission: CaseSubmission[bool]) -> None:
    """Open counsel's own calendar, or end it with ``stop=1``: a new one has a new address."""
    counsel_id, now = submission.representation.counsel_id, submission.now
    court = submission.representation.party.case.court
    if not submission.form:
        service.open_for_counsel(session, court.id, counsel_id, now, web.secret())
    elif feed := queries.open_feed(session, court.id, "counsel", counsel_id, None):
        service.revoke(session, court, feed.id, now)
